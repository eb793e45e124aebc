"""Two versions of a package: is the learners' history kept, and what changes."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from capsule import model
from capsule.builds.packages import Package
from capsule.errors import InputError
from capsule.lms import comparison
from capsule.plan import make
from capsule.render import player

from .conftest import Made
from .packages import MANIFESTS, Sound, Zipped, edited

Compare = Callable[[Mapping[str, bytes], Mapping[str, bytes]], comparison.Comparison]


@pytest.fixture
def compared(zipped: Zipped) -> Compare:
    def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> comparison.Comparison:
        return comparison.compare(zipped(old, "old.zip"), zipped(new, "new.zip"))

    return compare


def kinds(changes: tuple[comparison.Change, ...]) -> list[str]:
    return [change.kind for change in changes]


def asked(small: model.Capsule, *texts: str) -> model.Capsule:
    """The small capsule with other questions."""
    [first] = small.debrief.questions
    each = [first.model_copy(update={"ask": text}) for text in texts]
    debrief = small.debrief.model_copy(update={"questions": each})
    return small.model_copy(update={"debrief": debrief})


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_same_package(sound: Sound, compared: Compare, name: Package) -> None:
    found = compared(sound[name], sound[name])
    assert (found.history, found.losses, found.changes) == ("kept", (), ())
    assert found.verdict == "The two packages hold the same files."


@pytest.mark.parametrize("channel", ["scorm12", "cmi5", "web"])
def test_a_new_version_keeps_history(
    small: model.Capsule, made: Made, compared: Compare, channel: player.Channel
) -> None:
    title = small.model_copy(update={"title": "Un autre titre"})
    rule = title.model_copy(
        update={
            "completion": model.Completion.model_validate({"video": "50 %", "questions": "none"})
        }
    )
    found = compared(made(make(small), channel), made(make(rule), channel))
    assert found.history == "kept"
    told = {change.kind: change.text for change in found.changes}
    assert "Un autre titre" in told["title"]
    assert "80 % of the film, 1 of 1 questions" in told["rule"]
    assert "→ 50 % of the film" in told["rule"]
    assert "Un autre titre" in told["text-added"]
    assert "file-changed" in told


@pytest.mark.parametrize("channel", ["scorm12", "cmi5", "web"])
def test_another_id_loses_history(
    small: model.Capsule, made: Made, compared: Compare, channel: player.Channel
) -> None:
    other = small.model_copy(update={"capsule": "autre"})
    found = compared(made(make(small), channel), made(make(other), channel))
    assert found.history == "lost"
    expected = {
        "scorm12": ["manifest", "organization", "item"],
        "cmi5": ["course", "unit"],
        "web": ["capsule"],
    }
    assert kinds(found.losses) == expected[channel]
    assert found.verdict.startswith("Learners lose their history")


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("scorm2004", '<manifest identifier="', '<manifest identifier="autre-', "manifest"),
        ("scorm2004", '-organization"', '-autre"', "organization"),
        ("scorm2004", '-item"', '-autre"', "item"),
        ("scorm2004", '-resource"', '-autre"', "resource"),
        ("cmi5", '<au id="', '<au id="https://a.example/', "unit"),
        ("cmi5", '<course id="', '<course id="https://a.example/', "course"),
        ("xapi", "capsules/essai", "capsules/autre", "activity"),
    ],
)
def test_each_identifier_counts(
    sound: Sound, compared: Compare, name: Package, old: str, new: str, kind: str
) -> None:
    found = compared(sound[name], edited(sound[name], MANIFESTS[name], old, new))
    assert kinds(found.losses) == [kind]
    assert found.history == "lost"
    assert found.losses[0].old != found.losses[0].new != ""


def test_an_item_more_loses_nothing(sound: Sound, compared: Compare) -> None:
    one = sound["scorm2004"]
    [reference] = re.findall(r'identifierref="\S*"', one["imsmanifest.xml"].decode())
    item = f'</item><item identifier="bis" {reference}><title>Bis</title></item>'
    more = edited(one, "imsmanifest.xml", "</item>", item)
    assert compared(one, more).history == "kept"
    fewer = compared(more, one)
    assert kinds(fewer.losses) == ["item"]
    assert fewer.losses[0].text == "the identifier of the item changes: bis → none"


def test_a_question_less_loses_its_answers(
    small: model.Capsule, made: Made, compared: Compare
) -> None:
    two, one = (made(make(asked(small, *texts)), "scorm12") for texts in (("A ?", "B ?"), ("A ?",)))
    found = compared(two, one)
    assert found.history == "answers-lost"
    [loss] = found.losses
    assert "B ?" in loss.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert compared(one, two).history == "kept"


def test_another_question_in_its_place_is_told(
    small: model.Capsule, made: Made, compared: Compare
) -> None:
    one, other = (made(make(asked(small, text)), "cmi5") for text in ("A ?", "B ?"))
    found = compared(one, other)
    assert found.history == "kept"
    [change] = [change for change in found.changes if change.kind == "question"]
    assert (change.old[0], change.new[0]) == ("A", "B")


def test_films_files_and_captions_are_told(sound: Sound, compared: Compare) -> None:
    old = sound["scorm12"]
    new = {**old, "media/essai.mp4": b"another film", "player/plus.css": b""}
    del new["transcript.html"]
    new = edited(new, "player/data.js", '"cues": [[', '"cues": [[0.0, 0.1, "Ici"], [')
    told = {change.kind: change for change in compared(old, new).changes}
    assert told["film"].old.startswith("media/essai.mp4 (0 MB, ")
    assert told["file-removed"].old == "transcript.html"
    assert told["file-added"].new == "player/plus.css"
    assert told["file-changed"].new == "player/data.js"
    assert told["captions"].text == "captions: 1 is another"
    assert {"text-added", "text-removed", "rule", "title"} & told.keys() == set()


def test_a_film_put_elsewhere_is_told(sound: Sound, compared: Compare) -> None:
    old = sound["scorm12"]
    moved = "https://films.example/essai.mp4"
    new = edited(old, "index.html", 'src="media/essai.mp4"', f'src="{moved}"')
    del new["media/essai.mp4"]
    [film] = [change for change in compared(old, new).changes if change.kind == "film"]
    assert film.new == moved


def test_settings_of_the_manifest_are_told(sound: Sound, compared: Compare) -> None:
    old = sound["scorm2004"]
    new = edited(old, "imsmanifest.xml", "2004 4th Edition", "2004 3rd Edition")
    [change] = [one for one in compared(old, new).changes if one.kind == "setting"]
    assert "2004 3rd Edition" in change.text
    moved = edited(sound["cmi5"], "cmi5.xml", 'moveOn="Completed"', 'moveOn="Passed"')
    assert "setting" in kinds(compared(sound["cmi5"], moved).changes)


def test_other_formats_are_refused(sound: Sound, compared: Compare) -> None:
    with pytest.raises(InputError, match=r"format \(cmi5\) than the old one \(SCORM 1.2"):
        compared(sound["scorm12"], sound["cmi5"])


def test_a_package_without_manifest_is_refused(compared: Compare) -> None:
    with pytest.raises(InputError, match="no manifest can be read"):
        compared({"index.html": b""}, {"index.html": b""})


@pytest.mark.parametrize("data", ['{"iri": 1}', "{", "[]", '{"iri": ["a"]}', "{" * 100_000, ""])
def test_data_of_another_player_is_left_alone(sound: Sound, compared: Compare, data: Any) -> None:
    other = {**sound["scorm12"], "player/data.js": f"capsule = {{ data: {data}".encode()}
    assert compared(sound["scorm12"], other).history == "kept"
