from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsule import phrasing

LOOSE = ["innovation", "équipe", "travail,", "bureau", "matin", "dossiers", "simple"]
TIED = [
    "le",
    "la",
    "une",
    "des",
    "de",
    "à",
    "au",
    "et",
    "qui",
    "en",
    "ne",
    "je",
    "dans",
    "sa",
    "M.",
]
FRENCH = [
    *LOOSE,
    *TIED,
    "d’un",
    "jusqu’à",
    "20",
    "%",
    "fini.",
    "prêt\u202f?",
    "«",
    "mot\u00a0»",
    "x" * 45,
]


def read(text: str, language: str = "fr") -> list[list[str]]:
    return [caption.split("\n") for caption in phrasing.captions(text, language)]


def ends(text: str, language: str = "fr") -> list[str]:
    """The last word of each line but the last."""
    lines = [line for caption in read(text, language) for line in caption]
    return [line.split(" ")[-1] for line in lines[:-1]]


@given(st.lists(st.sampled_from(FRENCH), max_size=40), st.sampled_from(["fr", "en", "de-AT"]))
def test_every_word_is_there_in_lines_of_thirty_seven_characters(
    words: list[str], language: str
) -> None:
    text = " ".join(words)
    captions = phrasing.captions(text, language)
    assert " ".join(captions).replace("\n", " ") == text
    for caption in captions:
        lines = caption.split("\n")
        assert len(lines) <= 2
        assert all(len(line) <= phrasing.LINE or " " not in line for line in lines)


@given(st.lists(st.tuples(st.sampled_from(TIED), st.sampled_from(LOOSE)), min_size=1, max_size=20))
def test_no_short_word_waits_for_its_own_at_the_end_of_a_line(pairs: list[tuple[str, str]]) -> None:
    text = " ".join(word for pair in pairs for word in pair)
    assert not {*TIED} & {*ends(text)}


@given(st.lists(st.sampled_from(FRENCH), max_size=30))
def test_same_text_same_captions(words: list[str]) -> None:
    text = " ".join(words)
    assert phrasing.captions(text, "fr") == phrasing.captions(text, "fr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour.", [["Bonjour."]]),
        (
            "L’agente d’accueil la refait en images.",
            [["L’agente d’accueil", "la refait en images."]],
        ),
        (
            "La légitimité : c’est mon travail, j’ai le droit d’y toucher.",
            [["La légitimité : c’est mon travail,", "j’ai le droit d’y toucher."]],
        ),
        (
            "C’est le bon sens de celles et ceux qui connaissent leur travail.",
            [["C’est le bon sens de celles et ceux", "qui connaissent leur travail."]],
        ),
        ("Depuis, on voit d’un coup d’œil ce qui manque ici.", None),
        ("Ils attendaient au guichet depuis 45 minutes, debout.", None),
        ("Elle a demandé conseil au bon docteur, M. Dupont.", None),
        ("Il répondait toujours la même chose : « Demain, peut-être. »", None),
        ("Il en a vu passer quelques-uns, mais quelqu’un manque.", None),
    ],
)
def test_what_is_read_together_stays_together(text: str, expected: list[list[str]] | None) -> None:
    lines = [line for caption in read(text) for line in caption]
    assert not {"d’un", "45", "M.", "«", "le", "à", "au", "en"} & {*ends(text)}, lines
    if expected:
        assert read(text) == expected


def test_a_title_s_stop_ends_no_sentence() -> None:
    text = "Nous en avons parlé longuement hier avec M. Dupont et Mme Bernard du service technique."
    assert "M." not in ends(text)
    assert "Mme" not in ends(text)


def test_a_line_of_one_word_is_for_sentences_of_one() -> None:
    text = "Considérablement simplifiée, la nouvelle procédure convient. Merci. Voilà."
    for caption in read(text):
        for line in caption if len(caption) > 1 else []:
            assert " " in line, caption


def test_lines_of_a_caption_are_of_a_length() -> None:
    texts = ["On prévient son encadrant, on choisit une date, et l’on commence tout de suite."]
    for upper, lower in (c for text in texts for c in read(text) if len(c) == 2):
        assert abs(len(upper) - len(lower)) <= 14


def test_english_has_its_own_short_words() -> None:
    text = "We went through the list of the things that the team wanted to change in the office."
    assert not {"the", "of", "to", "that", "in"} & {*ends(text, "en")}


def test_other_languages_break_by_length_alone() -> None:
    text = "Wir haben die Liste der Dinge durchgesehen, die das Team im Büro ändern wollte."
    assert all(len(line) <= phrasing.LINE for caption in read(text, "de") for line in caption)


def test_captions_of_a_long_text_are_neither_crumbs_nor_bricks() -> None:
    text = (
        "De ce qui revient chaque semaine, et que tout le monde a appris à contourner : le dossier "
        "incomplet, la clé introuvable, le papier signé cinq fois. Une équipe, deux semaines, et "
        "la possibilité de revenir en arrière. Un grand projet raté coûte des années."
    )
    lengths = [len(caption) for caption in phrasing.captions(text, "fr")]
    assert sum(lengths) / len(lengths) > 35
    assert all(b > 20 for a, b in pairwise(lengths) if a < 20)
