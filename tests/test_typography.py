import pytest

from capsule import typography

NB, NN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Vraiment ?", f"Vraiment{NN}?"),
        ("Vraiment?", f"Vraiment{NN}?"),
        ("Quoi ?!", f"Quoi{NN}?!"),
        ("Trois mots : un, deux", f"Trois mots{NB}: un, deux"),
        ("à 9:30", "à 9:30"),
        ("« Bonjour »", f"«{NB}Bonjour{NB}»"),
        ("«Bonjour»", f"«{NB}Bonjour{NB}»"),
        ("L'été, c'est 10 min", f"L’été, c’est 10{NB}min"),
        ("80 %", f"80{NB}%"),
        ("1 250 000 agents", f"1{NN}250{NN}000 agents"),
        ("en 2026 300 agents, au 04 76 12 34 56", "en 2026 300 agents, au 04 76 12 34 56"),
        ("Et puis...", "Et puis…"),
        ("https://exemple.fr/?a=b", "https://exemple.fr/?a=b"),
        ("e\u0301te\u0301", "été"),
        ("deux\n  lignes", "deux lignes"),
        ("C'est **vous** !", f"C’est **vous**{NN}!"),
    ],
)
def test_french(written: str, set_: str) -> None:
    assert typography.typeset(written, "fr") == set_
    assert typography.typeset(set_, "fr-FR") == set_


def test_other_languages_have_their_apostrophe_alone() -> None:
    written = "Really? It's 10 %, 12 000 of 'all' the users' 5' 10"
    assert typography.typeset(written, "en") == written.replace("It's", "It’s")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("À retenir", "À retenir."),
        (f"À retenir{NN}!", f"À retenir{NN}!"),
        (f"**À retenir{NN}!**", f"**À retenir{NN}!**"),
        (f"«{NB}Et vous{NN}?{NB}»", f"«{NB}Et vous{NN}?{NB}»"),
        (f"À retenir{NB}:", f"À retenir{NB}:"),
        ("Deux mots (ou trois)", "Deux mots (ou trois)."),
    ],
)
def test_a_full_stop_where_none_is(text: str, closed: str) -> None:
    assert typography.closed(text) == closed


def test_spans() -> None:
    spans = [(span.text, span.strong, span.language) for span in typography.spans("a **b** c")]
    assert spans == [("a ", False, None), ("b", True, None), (" c", False, None)]
    assert typography.plain("**L'innovation** : **oui") == "L'innovation : **oui"


def test_words_of_another_language() -> None:
    text = "Un **[peer review]{en-GB} utile** et le [feedback]{en}, [a](b)"
    marked = [(span.text, span.strong) for span in typography.spans(text) if span.language]
    assert marked == [("peer review", True), ("feedback", False)]
    assert typography.plain(text) == "Un peer review utile et le feedback, [a](b)"


def test_sentences() -> None:
    assert typography.sentences(f"Dit-il : «{NB}ça rate{NN}?{NB}» Non.") == (
        f"Dit-il : «{NB}ça rate{NN}?{NB}»",
        "Non.",
    )
    assert typography.sentences("Un. Deux ! Trois") == ("Un.", "Deux !", "Trois")
