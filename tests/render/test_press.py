"""What Python writes into a Typst source, read by Typst."""

import json

import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from capsule.layout import lettering
from capsule.render.guide.press import literal

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**31)
    | st.text()
    | st.sampled_from(["\\", '"', '\\"', '"#x', "\\u{41}"]),
    lambda inner: st.lists(inner, max_size=4),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(_VALUES, min_size=8, max_size=16))
def test_typst_reads_each_value_as_it_is(values: list[object]) -> None:
    source = "\n".join(f"#metadata({literal(value)})<told>" for value in values)
    told = typst.Compiler(source.encode()).query("<told>", "value")
    assert json.loads(told) == json.loads(json.dumps([_drawn(value) for value in values]))


def _drawn(value: object) -> object:
    if isinstance(value, list):
        return [_drawn(item) for item in value]
    return lettering.drawable(value) if isinstance(value, str) else value
