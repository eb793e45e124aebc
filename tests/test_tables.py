"""Only what no list or table of the other tests shows; they read theirs through it."""

import pytest

from capsule import tables


@pytest.mark.parametrize(
    ("text", "folded", "bare"),
    [
        ("Présent(e)", "present", "present e"),
        ("  N° de\nSESSION ", "n de session", "n de session"),
        ("Isère (38) & Cie", "isere cie", "isere 38 cie"),
        ("Œuvre", "œuvre", "œuvre"),
    ],
)
def test_names_are_compared_without_what_hands_vary(text: str, folded: str, bare: str) -> None:
    assert tables.fold(text) == folded
    assert tables.bare(text) == bare
