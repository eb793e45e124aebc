import io
import json
import re
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from capsule import files, model, resources
from capsule.plan import Plan, make
from capsule.render import player
from capsule.typography import plain

TEMPLATES = resources.templates() / "player"
CHANNELS: tuple[player.Channel, ...] = ("web", "scorm12", "cmi5", "xapi")


class Page(HTMLParser):
    """What a page refers to, and what a strict content policy would refuse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.inline: list[str] = []
        self.policy = ""
        self.tags: list[str] = []
        self.title = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(tag)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        for name in ("src", "href", "poster"):
            if value := values.get(name):
                self.references.append(value)

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["title"]:
            self.title += data


def bundle(plan: Plan, film: Path, channel: player.Channel = "web", **more: Any) -> dict[str, Any]:
    return player.bundle(
        plan,
        NullTranslations(),
        film=film,
        poster=b"poster",
        transcript_html="<p>",
        channel=channel,
        **more,
    )


def data(entries: dict[str, bytes | Path]) -> dict[str, Any]:
    script = entries["player/data.js"]
    assert isinstance(script, bytes)
    found = re.search(r"data: (\{.*\}), adapters", script.decode(), re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film")
    return path


@pytest.mark.parametrize("channel", CHANNELS)
def test_all_that_the_page_needs_is_in_the_bundle(
    small_plan: Plan, film: Path, channel: player.Channel
) -> None:
    entries = bundle(small_plan, film, channel)
    page = Page(entries["index.html"].decode())
    local = [name for name in page.references if not name.startswith(("http", "#"))]
    assert set(local) <= set(entries)
    assert page.inline == []
    unused = set(entries) - set(local) - {"index.html"}
    assert unused == {name for name in entries if "LICENSE" in name or "NOTICE" in name}
    outside = [name for name in page.references if name.startswith("http")]
    assert outside == ["https://formation.example/essai?a=1&b=2"]
    assert ("connect-src 'none'" in page.policy) == (channel not in ("cmi5", "xapi"))
    assert "unsafe" not in page.policy


def test_same_plan_same_bytes(small_plan: Plan, film: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        files.write_zip(tmp_path / name, bundle(small_plan, film))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_texts_cannot_become_markup(small: model.Capsule, film: Path) -> None:
    hostile = "</script><script>alert(1)</script>\" onload='x' & **<b>** 🙂"
    assert small.message.narration
    spoken = small.message.narration.model_copy(update={"text": hostile})
    message = small.message.model_copy(update={"statement": hostile, "narration": spoken})
    plan = make(small.model_copy(update={"title": hostile, "message": message}))
    page = bundle(plan, film)["index.html"].decode()
    assert "<script>" not in page
    assert "<strong><b>" not in page
    assert "<strong>&lt;b&gt;</strong>" in page
    assert Page(page).inline == []


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
@example("&<>\"' </script> ]]> <!-- {{ 7 * 7 }} {% raw %}")
@example("\u202eعربي\u202c 👩🏽‍🏫 \u2028 \u0000\u0007\ufeff")
@example("é" * 10_000)
def test_any_text_comes_out_as_text(small: model.Capsule, film: Path, text: str) -> None:
    def shown(text: str) -> Page:
        question = small.debrief.questions[0].model_copy(update={"ask": text})
        changes = {
            "title": text,
            "objective": text,
            "message": small.message.model_copy(update={"statement": text}),
            "debrief": small.debrief.model_copy(update={"questions": [question]}),
        }
        return Page(bundle(make(small.model_copy(update=changes)), film)["index.html"].decode())

    page = shown(text)
    assert page.inline == []
    own = {"strong", "span", "button"}  # a text's marks, and the transcript's lines
    assert [tag for tag in page.tags if tag not in own] == [
        tag for tag in shown("x").tags if tag not in own
    ]
    assert page.title.strip() == plain(text).strip()


def test_captions_in_the_picture_leave_nothing_to_turn_on(small: model.Capsule, film: Path) -> None:
    soft = bundle(make(small), film)
    burned = small.film.model_copy(update={"captions": "burned"})
    hard = bundle(make(small.model_copy(update={"film": burned})), film)
    assert b'id="captions"' in soft["index.html"]
    assert b'id="captions"' not in hard["index.html"]
    assert data(soft)["cues"]
    assert data(hard)["cues"] == []
    assert hard["index.html"].count(b"data-seek") == soft["index.html"].count(b"data-seek")


def test_the_rule_is_the_plan_s(small: model.Capsule, film: Path) -> None:
    rule = data(bundle(make(small), film))["rule"]
    assert rule == {
        "share": 0.8,
        "seconds": 16,
        "message": [10, 14],
        "questions": ["question-1"],
    }
    asked = {"video": "50 %", "questions": "none", "message": False}
    completion = model.Completion.model_validate(asked)
    free = make(small.model_copy(update={"completion": completion}))
    entries = bundle(free, film)
    assert data(entries)["rule"] == {
        "share": 0.5,
        "seconds": 10,
        "message": None,
        "questions": [],
    }
    assert b"need-questions" not in entries["index.html"]
    assert b"need-message" not in entries["index.html"]


def test_the_transcript_has_whole_sentences(starter_plan: Plan, film: Path) -> None:
    page = bundle(starter_plan, film)["index.html"].decode()
    lines = re.findall(r'tabindex="-1" data-seek="([\d.]+)">([^<]+)<', page)
    assert (
        "10.0",
        "Innover. Le mot fait penser à des laboratoires, à des écrans, à des budgets.",
    ) in lines
    starts = [float(start) for start, _ in lines]
    assert starts == sorted(starts)
    told = " ".join(cue.text.replace("\n", " ") for cue in starter_plan.cues)
    assert len(" ".join(text for _, text in lines)) >= len(told)


def test_a_logo_goes_in(small_plan: Plan, film: Path) -> None:
    png = io.BytesIO()
    Image.new("RGB", (2, 1), "#14213D").save(png, "PNG")
    entries = bundle(small_plan, film, logo=png.getvalue())
    assert entries["media/logo.png"] == png.getvalue()
    assert b'src="media/logo.png"' in entries["index.html"]
    assert "media/logo.png" not in bundle(small_plan, film)


def test_each_phrase_of_the_scripts_exists_and_is_used(small_plan: Plan, film: Path) -> None:
    phrases = data(bundle(small_plan, film))["words"]
    scripts = "\n".join(path.read_text() for path in TEMPLATES.glob("js/**/*.js"))
    said = set(re.findall(r"""say\((?:[\w.]+ \? )?"(\w+)\"""", scripts))
    assert said <= phrases.keys()
    assert {key for key in phrases if f'"{key}"' not in scripts} == set()
