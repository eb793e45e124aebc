"""The administrator's guide as it is printed: parsed by pypdf."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pypdf
import pytest

from capsule import model, plan, resources
from capsule.render.guide import importing
from capsule.theme import HOUSE

A4 = (595.28, 841.89)
PACKAGES = get_args(importing.Package)
Print = Callable[..., pypdf.PdfReader]


@pytest.fixture
def printed(tmp_path: Path) -> Print:
    """Prints the guide of a package of 43 MB, in English unless told otherwise."""

    def make(package: importing.Package, capsule: model.Capsule, **more: Any) -> pypdf.PdfReader:
        file = tmp_path / f"{capsule.capsule}-{package}.zip"
        with file.open("wb") as archive:
            archive.truncate(42_000_001)
        words = resources.words(more.pop("language", "en"))
        made = importing.pdf(package, file, plan.make(capsule), HOUSE, words, **more)
        assert made == importing.pdf(package, file, plan.make(capsule), HOUSE, words, **more)
        return pypdf.PdfReader(io.BytesIO(made), strict=True)

    return make


def told(guide: pypdf.PdfReader) -> str:
    """The text of its only page, on one line."""
    [page] = guide.pages
    assert (round(page.mediabox.width, 2), round(page.mediabox.height, 2)) == A4
    return re.sub(r"\s+", " ", page.extract_text())


@pytest.mark.parametrize("language", resources.LANGUAGES)
@pytest.mark.parametrize("package", PACKAGES)
def test_one_page_says_which_file_and_how_large(
    starter: model.Capsule, printed: Print, package: importing.Package, language: str
) -> None:
    guide = printed(package, starter, language=language)
    text = told(guide)
    assert f"tous-concernes-{package}.zip" in text
    assert re.search(r"43[\s\u00a0]M[Bo]", text)
    assert "L’innovation, tous concernés" in text.replace("\u00a0", " ")
    root: Any = guide.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("package", ["scorm12", "scorm2004"])
def test_moodle_s_boxes_are_named_with_the_reason(
    starter: model.Capsule, printed: Print, package: importing.Package
) -> None:
    text = told(printed(package, starter))
    assert "Under Require status, tick both Passed and Completed." in text
    assert "With both ticked, Moodle takes either" in text
    assert "Moodle’s form tracks no completion until you ask for it." in text


def test_xapi_needs_the_activity_and_the_verb_that_the_player_uses(
    starter: model.Capsule, printed: Print
) -> None:
    text = told(printed("xapi", starter)).replace(" ", "")
    assert "https://formation.example/capsules/tous-concernes" in text
    assert "http://adlnet.gov/expapi/verbs/completed" in text


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_recorded_hangs_on_the_source(
    starter: model.Capsule, printed: Print, package: importing.Package
) -> None:
    text = told(printed(package, starter))
    rule = "80 % of the film really played, the message seen, each question answered or talked"
    assert rule in text
    assert "Answers: yes, as learners write them" in text
    assert "Score: 100 of 100 once completed." in text
    spare = {"message": False, "score": False, "questions": "none", "video": 0.5}
    less = starter.model_copy(
        update={
            "completion": starter.completion.model_copy(update=spare),
            "tracking": starter.tracking.model_copy(update={"answers": False}),
        }
    )
    text = told(printed(package, less))
    assert "Completed: 50 % of the film really played. Never" in text
    assert "Answers: no, their texts stay in the learner’s browser" in text
    assert "Score: none." in text
    assert "100" not in text


def test_a_film_on_the_web_is_told_with_its_address(starter: model.Capsule, printed: Print) -> None:
    guide = printed("cmi5", starter, film_url="https://films.example/tous-concernes.mp4")
    assert "The film is not in the package." in told(guide)
    annotations: Any = guide.pages[0]["/Annots"]
    [link] = annotations
    assert link.get_object()["/A"]["/URI"] == "https://films.example/tous-concernes.mp4"
    assert "not in the package. Learners" not in told(printed("cmi5", starter))


def test_beside_a_long_name_the_file_keeps_to_its_line(
    starter: model.Capsule, printed: Print
) -> None:
    centre = starter.centre.model_copy(update={"name": "Centre de gestion " * 6})
    head = told(printed("cmi5", starter.model_copy(update={"centre": centre}))).split("In Moodle")[
        0
    ]
    assert "tous-concernes-cmi5.zip" in head


@pytest.mark.parametrize("package", PACKAGES)
def test_long_names_stay_on_the_page(
    starter: model.Capsule, printed: Print, package: importing.Package
) -> None:
    base = "https://formation.example/" + "/".join(["capsules-du-centre"] * 8)
    long = starter.model_copy(
        update={
            "capsule": "essai-" * 10 + "fin",
            "title": "Accueillir, écouter et accompagner #panic() " * 4,
            "centre": starter.centre.model_copy(update={"name": "Centre de gestion " * 4}),
            "tracking": starter.tracking.model_copy(update={"base": base}),
        }
    )
    assert "#panic() Accueillir" in told(
        printed(package, long, film_url=f"https://films.example/{'dossier/' * 20}film.mp4")
    )
