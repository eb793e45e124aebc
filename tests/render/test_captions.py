import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import webvtt

from capsule import model, plan, resources
from capsule.errors import InputError
from capsule.plan import Cue
from capsule.render import captions

WORDS = resources.words("fr")
CUES = (Cue(0.0, 1.5, "Un & deux <trois>\n« Qui ? »"), Cue(3661.001, 3662.25, "a --> b"))


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_what_is_written_reads_back(tmp_path: Path, starter_plan: plan.Plan, kind: str) -> None:
    shown = [Cue(cue.start, cue.end, cue.text.replace("<trois>", "trois")) for cue in CUES[:1]]
    for cues in (tuple(shown), starter_plan.cues):
        path = tmp_path / f"captions.{kind}"
        path.write_text(getattr(captions, kind)(cues), encoding="utf-8")
        assert captions.read(path) == cues


def test_vtt_is_what_a_parser_expects() -> None:
    text = captions.vtt(CUES)
    assert "Un &amp; deux &lt;trois&gt;" in text
    assert "01:01:01.001 --> 01:01:02.250" in text
    parsed = webvtt.from_buffer(io.StringIO(text), format="vtt", strict=True)
    assert len(parsed) == 2
    assert captions.vtt(()) == "WEBVTT\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_of_other_programs(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "été.srt"
    lines = ["1", "00:00:01,250 --> 00:00:02,000", "{\\an8}<i>Déjà</i> l’été ?", "", "2",
             "00:00:02,000 --> 00:00:03,000", "Oui.", ""]  # fmt: skip
    path.write_bytes(newline.join(lines).encode(encoding))
    assert captions.read(path) == (Cue(1.25, 2.0, "Déjà l’été ?"), Cue(2.0, 3.0, "Oui."))


def test_cues_over_each_other_are_parted(tmp_path: Path) -> None:
    path = tmp_path / "c.vtt"
    path.write_text(captions.vtt([Cue(5, 9, "c"), Cue(0, 4, "a"), Cue(3, 5, "b"), Cue(5, 9, "d")]))
    assert captions.read(path) == (Cue(0, 3, "a"), Cue(3, 5, "b"), Cue(5, 9, "c\nd"))


def test_each_bad_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.vtt"
    path.write_text("WEBVTT\n\n00:xx --> 00:02.000\na\n\n00:05.000 --> 00:04.000\nb\n")
    with pytest.raises(InputError) as caught:
        captions.read(path)
    assert [problem.line for problem in caught.value.problems] == [3, 6]


@pytest.mark.parametrize("data", [b"", b"WEBVTT\n", b"hello\n", b"\x00\xff\xfe" * 40])
def test_a_file_without_captions_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "c.vtt"
    path.write_bytes(data)
    with pytest.raises(InputError):
        captions.read(path)
    with pytest.raises(InputError):
        captions.read(tmp_path / "absent.vtt")


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.addresses += [values[name] or "" for name in ("src", "href") if name in values]
        if tag == "html":
            self.language = values["lang"]
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_transcript_is_a_whole_page(small_plan: plan.Plan) -> None:
    text = captions.transcript_html(small_plan, WORDS)
    outline = _Outline()
    outline.feed(text)
    assert not outline.open
    assert outline.language == "fr"
    assert outline.headings == ["h1", "h2", "h2", "h2", "h3", "h3"]
    assert outline.addresses == ["https://formation.example/essai?a=1&b=2"]  # loads nothing
    assert "tout compris &amp; &lt;vite&gt;" in text
    assert text == captions.transcript_html(small_plan, WORDS)


def test_transcript_stops_a_point_once(small_plan: plan.Plan, small: model.Capsule) -> None:
    points = [small.message.points[0].model_copy(update={"title": "Osez\u202f!"})]
    message = small.message.model_copy(update={"points": points})
    text = captions.transcript_html(plan.make(small.model_copy(update={"message": message})), WORDS)
    assert "<strong>Osez\u202f!</strong>" in text
    assert "<strong>Partir.</strong>" in captions.transcript_html(small_plan, WORDS)


def test_transcript_says_everything(starter_plan: plan.Plan) -> None:
    said = set(re.sub(r"<[^>]+>", "", captions.transcript_html(starter_plan, WORDS)).split())
    for cue in starter_plan.cues:
        if not set("'\"&") & set(cue.text) and cue.text != "Trois réflexes à garder.":
            assert set(cue.text.split()) <= said, cue.text


def test_a_transcript_holds_what_is_said_instead_of_what_is_shown(small: model.Capsule) -> None:
    said = model.Question.model_validate(
        {"ask": "a", "steps": [{"do": "b", "for": "2 s"}], "narration": "Autre chose, à dire."},
        context={},
    ).narration
    question = small.debrief.questions[0].model_copy(update={"narration": said})
    synthesis = small.debrief.synthesis.model_copy(update={"narration": said})
    debrief = small.debrief.model_copy(update={"questions": [question], "synthesis": synthesis})
    made = plan.make(small.model_copy(update={"debrief": debrief}))
    page = captions.transcript_html(made, resources.words("fr"))
    assert page.count("Autre chose, à dire.") == 2
    assert question.ask in page
