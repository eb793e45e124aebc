from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsule.render.voice.speech import cleaned, sentences_of


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("C’est **du bon sens**\u202f!", "C'est du bon sens !"),
        ("« Et vous\u202f? »", "« Et vous ? »"),
        ("Bravo 🚀 ✔️ → suite", "Bravo suite"),
        ("À 9\u00a0h 30, dans 2\u00a0min.", "À 9 heures 30, dans 2 minutes."),
        ("tou·te·s [[a]]", "tou te s ((a))"),
    ],
)
def test_what_only_eyes_read_is_not_said(written: str, said: str) -> None:
    assert cleaned(written, "fr") == said


def test_other_languages_keep_their_units() -> None:
    assert cleaned("in 2 min", "en") == "in 2 min"


@given(st.text(max_size=300))
def test_sentences_are_found_where_they_are(text: str) -> None:
    found = sentences_of(text, "fr")
    for sentence in found:
        assert cleaned(text[sentence.start : sentence.end], "fr") == sentence.said
        assert "\n" not in sentence.said
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("text", ["", "🚀 ✨", "… ?"])
def test_nothing_to_say(text: str) -> None:
    assert sentences_of(text, "fr") == ()
