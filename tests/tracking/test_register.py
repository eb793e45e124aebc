import re
from dataclasses import replace
from datetime import date

import pytest

from capsule.tracking.outbox import Held
from capsule.tracking.register import Processing, markdown, page

ABOUT = Processing(
    centre="CNFPT <Isère> | Drôme",
    capsule="essai",
    title="L’innovation *tous* concernés",
    base="https://formation.example/capsules",
    identified=False,
    keep=36,
    held=Held("2025-03-10", "2026-03-01", 4, 1200, True, 1, ""),
    waiting=0,
    sent=2345,
    keys=(date(2025, 1, 1), date(2026, 3, 1)),
    named=1200,
    lrs="lrs.example.org",
    database="",
    day=date(2026, 11, 22),
)


def test_it_says_what_came_from_an_lms() -> None:
    held = replace(ABOUT.held, played=2)
    assert "2 lignes | base locale, d’après le LRS" in markdown(replace(ABOUT, held=held))
    assert "d’après le LRS" not in markdown(ABOUT)


def test_it_says_what_is_kept() -> None:
    text = markdown(ABOUT)
    for said in (
        "établi le 22\u00a0novembre 2026",
        "1200 pseudonymes dans 4 sessions, du 10\u00a0mars 2025 au 1er\u00a0mars 2026",
        "Exploitant du LRS lrs.example.org\u00a0: 2345 traces transmises.",
        "3\u00a0ans à partir du jour de la session",
        "en service depuis le 1er\u00a0mars 2026\u00a0; renouvelée 1 fois",
        "Minutes de présence",
        "1200 lignes | ce poste seulement",
        "(1 personne à ce jour)",
    ):
        assert said in text
    assert text.count("**À compléter.**") == 7
    assert not re.search(r" [:;?!»]|« ", text), "French spacing"


@pytest.mark.parametrize(
    ("change", "said", "unsaid"),
    [
        ({"identified": True}, "en clair, par choix du centre", "ne permet pas de retrouver"),
        ({"keep": None}, "Aucune durée", "purge`"),
        ({"keep": 18}, "18\u00a0mois", "an à partir"),
        ({"keep": 12}, "1\u00a0an à", "ans à"),
        ({"named": None}, "Données conservées", "ce poste seulement"),
        ({"lrs": "", "sent": 0}, "rien n’a été transmis", "Exploitant du LRS"),
        ({"lrs": ""}, "(non réglé sur ce poste)", "rien n’a été"),
        ({"database": "db.example.org"}, "base de données db.example.org", "zzz"),
        ({"keys": ()}, "Mesures", "mode 0600"),
        (
            {"held": Held("", "", 0, 0, False, 0, "2023-11-22")},
            "d’avant le 22\u00a0novembre 2023",
            "Minutes",
        ),
    ],
)
def test_it_follows_the_facts(change: dict[str, object], said: str, unsaid: str) -> None:
    text = markdown(replace(ABOUT, **change))  # type: ignore[arg-type]
    assert said in text
    assert unsaid not in text


def test_the_page_stands_alone_and_escapes() -> None:
    html = page(ABOUT)
    assert "CNFPT &lt;Isère&gt; | Drôme" in html
    assert "L’innovation *tous* concernés" in html
    assert html.count("<h2>") == 10
    assert html.count("<blockquote>") == 7
    assert "<table>" in html
    assert "\\" not in html
    assert not re.search(r"(src|href)=", html)
    assert '<html lang="fr">' in html
