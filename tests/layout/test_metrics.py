import pytest

from capsule.layout import lettering, metrics, wrapping
from capsule.layout.boxes import Paragraph
from capsule.theme import HOUSE
from capsule.typography import plain

INK = "14213D"


def _set(text: str, size: float = 20, room: float = 3.0) -> Paragraph:
    return metrics.paragraph(metrics.runs(text, INK), size, room)


def _lines(paragraph: Paragraph) -> list[str]:
    return ["".join(run.text for run in line) for line in paragraph.lines]


def test_lines_stay_within_their_room() -> None:
    told = _set("Ce qui revient chaque semaine, et que tout le monde contourne.")

    assert len(told.lines) > 1
    assert metrics.widest(told.lines, told.size) <= 3.0


def test_no_break_spaces_hold() -> None:
    told = _set("Qu’avez-vous contourné pas plus tard qu’hier\u202f?", room=2.0)

    assert _lines(told)[-1].endswith("qu’hier\u202f?")


def test_a_title_breaks_after_its_comma() -> None:
    told = metrics.evened(_set("L’innovation, tous concernés", size=54, room=6.8))

    assert _lines(told) == ["L’innovation,", "tous concernés"]


def test_evening_keeps_text_and_number_of_lines() -> None:
    told = _set("Avec ceux que cela touche. On garde, on corrige ou on jette.")
    evened = metrics.evened(told)

    assert evened.text == told.text
    assert len(evened.lines) == len(told.lines)


def test_evening_leaves_a_word_that_takes_a_line() -> None:
    told = _set("Anticonstitutionnellement", size=18)

    assert metrics.evened(told) == told


@pytest.mark.parametrize(
    ("text", "language", "lines"),
    [
        ("Anticonstitutionnellement", "fr", ["Anticonstitu\u00ad", "tionnellement"]),
        ("Rechtsschutz**versicherungen**", "de", ["Rechtsschutz\u00ad", "versicherungen"]),
        ("x" * 30, "fr", ["x" * 15 + "\u00ad", "x" * 15]),
        ("well-" * 6 + "known", "en", ["well-" * 4 + "\u200b", "well-well-known"]),
        ("https://a.example/b/c/d/e/f", "fr", ["https://a.example/b/\u200b", "c/d/e/f"]),
        ("👩🏽\u200d💻" * 8, "fr", ["👩🏽\u200d💻" * 4 + "\u200b", "👩🏽\u200d💻" * 4]),
        ("Donau\u00addampf", "de", ["Donaudampf"]),
    ],
)
def test_a_word_that_no_line_can_hold_is_broken(text: str, language: str, lines: list[str]) -> None:
    with lettering.set_in(HOUSE.typeface, language):
        told = metrics.evened(_set(text, size=20, room=2.6))

    assert _lines(told) == lines
    assert metrics.widest(told.lines, 20) <= 2.6
    assert told.text == plain(text).replace("\u00ad", "")


def test_words_are_broken_only_if_none_of_the_sizes_does_otherwise() -> None:
    def fitted(sizes: tuple[float, ...]) -> Paragraph:
        return metrics.fit(metrics.runs("Anticonstitutionnellement", INK), sizes, (3.0, 2.5), ())

    assert (fitted((40, 30, 18)).size, len(fitted((40, 30, 18)).lines)) == (18, 1)
    assert (fitted((40, 30)).size, len(fitted((40, 30)).lines)) == (40, 3)


def test_a_word_breaks_at_its_hyphen_where_impress_would() -> None:
    told = _set("One is well-intentioned, mostly and truly", size=20, room=2.4)

    assert _lines(told) == ["One is well-\u200b", "intentioned, mostly", "and truly"]
    assert told.text == "One is well-intentioned, mostly and truly"


@pytest.mark.parametrize("room", [2.2, 2.7, 3.1, 3.6, 4.4])
def test_a_drawer_that_wraps_at_the_steady_width_breaks_alike(room: float) -> None:
    told = metrics.evened(
        _set("Une équipe, deux semaines, et l’on peut revenir en arrière.", 20, room)
    )
    wide = metrics.steady([told], room)
    pieces = metrics.runs(told.text, INK)

    assert wide <= room
    for error in (0.996, 1.0, 1.004):
        assert wrapping.wrap(pieces, 20, wide * error) == told.lines


def test_a_text_too_long_is_refused_with_its_place() -> None:
    pieces = metrics.runs("trop " * 80, INK)

    with pytest.raises(metrics.MisfitError) as caught:
        metrics.fit(pieces, (20, 14), (3.0, 1.0), ("message", "statement"))
    assert caught.value.where == ("message", "statement")


def test_misfits_can_be_collected() -> None:
    pieces = metrics.runs("trop " * 80, INK)

    with metrics.collecting() as found:
        told = metrics.fit(pieces, (20, 14), (3.0, 1.0), ("title",))
        metrics.fit(pieces, (14,), (3.0, 1.0), ("objective",))
    assert told.size == 14
    assert found == [("title",), ("objective",)]


def test_glyphs_that_the_font_lacks_are_named() -> None:
    assert lettering.missing_glyphs("Été → 🚀 👩🏽‍💻 **ok**, 日") == "日"


def test_emoji_come_from_the_other_font_without_their_marks() -> None:
    assert list(lettering.stretches("Ça 👍🏽!")) == [("Ça ", False), ("👍", True), ("!", False)]
    assert lettering.width("👍🏽", 72) == lettering.width("👍", 72) > 0.5


def test_what_no_font_draws_becomes_a_square() -> None:
    assert lettering.drawable("Été → 🚀 👩🏽‍💻 **ok**, 日") == "Été → 🚀 👩💻 **ok**, □"
    assert lettering.drawable("a\u2003b\u00a0!\u202f\u1680") == "a b\u00a0!\u202f "
