"""The guide as trainers get it: parsed by pypdf, measured by Poppler."""

import io
import re
import subprocess
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import pypdf
import pytest
import typst
from PIL import Image
from pydantic import BaseModel
from pypdf.generic import DictionaryObject

from capsule import model, plan, project, resources
from capsule.layout import metrics
from capsule.render import guide
from capsule.render.guide.press import Press
from capsule.theme import HOUSE, Theme, Typeface
from capsule.typography import clock, plain

A4 = (595.28, 841.89)
HOSTILE = (
    """#panic() #{ "} \\" ' $x^2$ *b* _i_ `c` // /* <l> @r = - + [x] ]{}) ~ \\u{41} {{ 7*7 }} &<>"""
)
AWKWARD = "ascii 🚀 👩🏽‍💻 → שלום « œ » ½ 日"


Part = TypeVar("Part", bound=BaseModel)


def _model(part: Part, **changed: object) -> Part:
    return part.model_copy(update=changed)


def _asking(capsule: model.Capsule, questions: list[model.Question]) -> model.Capsule:
    return _model(capsule, debrief=_model(capsule.debrief, questions=questions))


def _made(capsule: model.Capsule, theme: Theme = HOUSE, logo: bytes | None = None) -> bytes:
    return guide.pdf(plan.make(capsule), theme, resources.words(capsule.language), logo)


def _read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf), strict=True)


def _root(pdf: bytes) -> Any:
    return _read(pdf).trailer["/Root"]


def _text(pdf: bytes) -> str:
    """The text of all pages without its spaces, which line breaks change."""
    told = "".join(page.extract_text() for page in _read(pdf).pages)
    return re.sub(r"[\s\u200b]+", "", told)


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", plain(text))


def _elements(node: Any) -> list[Any]:
    """The structure elements under `node`, in reading order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [element for child in node for element in _elements(child)]
    if not isinstance(node, DictionaryObject):
        return []
    own = [node] if "/S" in node else []
    return own + (_elements(node["/K"]) if "/K" in node else [])


@pytest.fixture(scope="module")
def starter_pdf(starter: model.Capsule) -> bytes:
    return _made(starter)


@pytest.fixture(scope="module")
def small_pdf(small: model.Capsule) -> bytes:
    return _made(small)


def _whole(capsule: model.Capsule) -> list[str]:
    """All that the guide must say of `capsule`."""
    message, synthesis = capsule.message, capsule.debrief.synthesis
    told = [capsule.title, capsule.objective, capsule.centre.name, capsule.session]
    told += [capsule.intro.title, capsule.intro.alt, capsule.intro.note, message.statement]
    told += [text for point in message.points for text in (point.title, point.text, point.example)]
    for question in capsule.debrief.questions:
        told += [question.ask, question.note, *question.relaunch]
        told += [text for step in question.steps for text in (step.who, step.do)]
    told += [message.note, synthesis.title, *synthesis.points, synthesis.commitment, synthesis.note]
    return [text for text in told if text]


def test_two_pages_of_a4_say_all_that_the_trainer_needs(
    starter: model.Capsule, starter_pdf: bytes
) -> None:
    told = _text(starter_pdf)
    assert [
        (round(p.mediabox.width, 2), round(p.mediabox.height, 2)) for p in _read(starter_pdf).pages
    ] == [A4] * 2
    assert [text for text in _whole(starter) if _tight(text) not in told] == []


def test_the_debrief_lies_overleaf_with_the_time_of_each_step(
    starter_plan: plan.Plan, starter_pdf: bytes
) -> None:
    first, second = (page.extract_text() for page in _read(starter_pdf).pages)
    for scene in starter_plan.questions:
        assert isinstance(scene.content, model.Question)
        at = [clock(int(scene.start + beat)) for beat in scene.beats]
        asked = second[second.index(plain(scene.content.ask)[:20]) :]
        assert all(time in asked for time in at)
        assert f"{clock(scene.start)} – {clock(scene.end)}" in first


@pytest.mark.parametrize(
    ("captions", "heard", "told"),
    [
        ("soft", True, "Show the captions (Alt+J in PowerPoint)"),
        ("burned", True, "The captions are in the picture"),
        ("burned", False, "Tell what the film shows."),
    ],
)
def test_without_sound_it_says_what_the_film_has(
    small: model.Capsule, captions: str, heard: bool, told: str
) -> None:
    scenes = [s if heard else _model(s, narration=None) for s in small.intro.scenes or []]
    intro, film = _model(small.intro, scenes=scenes), _model(small.film, captions=captions)
    assert _tight(told) in _text(_made(_model(small, language="en", film=film, intro=intro)))


def test_it_says_which_question_to_leave_out(starter_plan: plan.Plan, starter_pdf: bytes) -> None:
    dropped = plan.droppable(starter_plan)
    assert dropped
    words = resources.words("fr")
    mark = _tight(words.gettext("Late? Leave it out"))
    told = _text(starter_pdf)
    assert told.count(mark) == 1
    assert isinstance(dropped.content, model.Question)
    assert told.index(_tight(dropped.content.ask), told.index(mark)) - told.index(mark) < 10 + len(
        mark
    )


def test_one_question_is_never_left_out(small_pdf: bytes) -> None:
    assert _tight(resources.words("fr").gettext("Late? Leave it out")) not in _text(small_pdf)


def test_it_is_tagged_and_says_its_language_and_title(small_pdf: bytes) -> None:
    read, root = _read(small_pdf), _root(small_pdf)
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 (pypdf's own)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert read.metadata
    assert "L’essai" in str(read.metadata.title)
    assert read.metadata.creation_date is None
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_headings_go_down_by_one_and_pictures_are_told(small_pdf: bytes) -> None:
    elements = _elements(_root(small_pdf)["/StructTreeRoot"])
    levels = [int(str(e["/S"])[2:]) for e in elements if re.fullmatch(r"/H\d", str(e["/S"]))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    figures = [e for e in elements if e["/S"] == "/Figure"]
    assert len(figures) == 1
    assert "https://formation.example/essai?a=1&b=2" in figures[0]["/Alt"]
    kinds = {str(e["/S"]) for e in elements}
    assert kinds >= {"/Table", "/TH", "/TD", "/L", "/LI", "/P", "/Link"}


def test_all_fonts_are_inside_and_are_those_shipped(small: model.Capsule) -> None:
    pdf = _made(_model(small, objective="Décoller 🚀"))
    listing = (
        subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
        .stdout.decode()
        .splitlines()[2:]
    )
    assert {re.sub(r"^\w+\+|-.*", "", line.split()[0]) for line in listing} == {
        "LiberationSans",
        "Symbola",
    }
    assert all(re.search(r" yes +yes +yes ", line) for line in listing)  # embedded, subset, Unicode


def test_the_same_capsule_gives_the_same_bytes(small: model.Capsule, small_pdf: bytes) -> None:
    assert _made(small) == small_pdf


def test_the_code_leads_where_the_source_says(small_pdf: bytes) -> None:
    pages: Any = _read(small_pdf).pages
    notes = [note.get_object() for page in pages for note in page.get("/Annots", [])]
    links = [note["/A"]["/URI"] for note in notes if note["/Subtype"] == "/Link"]
    assert set(links) == {"https://formation.example/essai?a=1&b=2"}


def test_a_capsule_in_english_has_a_guide_in_english(small: model.Capsule) -> None:
    pdf = _made(_model(small, language="en"))
    assert "Beforetheroomcomesin" in _text(pdf)
    assert _root(pdf)["/Lang"] == "en"


def test_words_of_another_language_are_told(small: model.Capsule) -> None:
    pdf = _made(_model(small, objective="Donner un **[feedback]{en}** utile."))
    contents = _read(pdf).pages[0].get_contents()
    assert contents is not None
    assert re.search(rb"/Span<</MCID \d+/Lang\(en\)>>", contents.get_data())
    assert "feedback" in _text(pdf)


def test_logo_session_and_font_of_the_centre(small: model.Capsule) -> None:
    png = io.BytesIO()
    Image.new("RGBA", (600, 200), "#c2401c").save(png, "PNG")
    own = resources.symbols_font().read_bytes()
    theme = Theme(typeface=Typeface("Maison", "x", (own, None, None, None)))
    pdf = _made(_model(small, session="Accueil, 12 mars"), theme, png.getvalue())
    assert "Accueil,12mars" in _text(pdf)
    listing = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout
    assert b"Symbola" in listing
    assert b"Liberation" not in listing
    figures = [
        str(e["/Alt"]) for e in _elements(_root(pdf)["/StructTreeRoot"]) if e["/S"] == "/Figure"
    ]
    assert figures[0] == small.centre.name


def _boxes(pdf: bytes) -> list[list[tuple[float, float, float, float]]]:
    """Where the words of each page stand: left, top, right, bottom in points."""
    told = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    # Its head holds the title, which Poppler does not escape.
    document = told[told.index(b"<doc>") : told.index(b"</doc>") + len(b"</doc>")]
    return [
        [
            (
                float(w.attrib["xMin"]),
                float(w.attrib["yMin"]),
                float(w.attrib["xMax"]),
                float(w.attrib["yMax"]),
            )
            for w in page.iter("word")
            if (w.text or "").strip("\u200b ")
        ]
        for page in ElementTree.fromstring(document).iter("page")
    ]


def _assert_laid_out(pdf: bytes) -> None:
    """Two pages, words inside their margins, and none over another."""
    pages = _boxes(pdf)
    assert len(pages) == 2
    for words in pages:
        assert min(w[0] for w in words) > 38
        assert max(w[2] for w in words) < A4[0] - 38
        assert max(w[3] for w in words) < A4[1] - 12
        for a, b in combinations(words, 2):
            wide = min(a[2], b[2]) - max(a[0], b[0])
            high = min(a[3], b[3]) - max(a[1], b[1])
            least = min(a[3] - a[1], b[3] - b[1])
            assert wide < 1 or high < 0.35 * least, (a, b)


def test_words_over_others_or_over_the_edge_are_seen() -> None:
    pages = b'#set page(paper: "a4")\nUn\n#pagebreak()\nDeux\n'
    for fault in (b"#place(top, dx: 1pt)[Trois]", b"#place(top, dx: 500pt)[Trois]"):
        with pytest.raises(AssertionError):
            _assert_laid_out(typst.compile(pages + fault))
    _assert_laid_out(typst.compile(pages + b"#place(top, dx: 90pt)[Trois]"))


@pytest.mark.parametrize("questions", [1, 2, 3, 4, 5, 8])
def test_any_number_of_questions_takes_two_pages(starter: model.Capsule, questions: int) -> None:
    asked = [starter.debrief.questions[n % 3] for n in range(questions)]
    capsule = _asking(starter, asked)
    pdf = _made(capsule)
    _assert_laid_out(pdf)
    told = _text(pdf)
    assert [text for text in _whole(capsule) if _tight(text) not in told] == []


@pytest.mark.parametrize("name", ["awkward", "german", "english", "endless"])
def test_awkward_texts_stay_in_their_place(name: str) -> None:
    opened = project.open_project(Path(__file__).parents[1] / "capsules" / name)
    _assert_laid_out(guide.pdf(opened.plan, opened.theme, opened.words, opened.logo))


def test_advice_that_has_no_room_is_left_out_and_said(starter: model.Capsule) -> None:
    first, second, third = starter.debrief.questions
    much = _model(second, note="Attendez que quelqu’un se lance. " * 150)
    capsule = _asking(starter, [first, much, third])
    planned = plan.make(capsule)
    words = resources.words("fr")
    assert guide.left_out(planned, HOUSE, words, None) == ("debrief", "questions", 1, "note")
    pdf = _made(capsule)
    _assert_laid_out(pdf)
    told = _text(pdf)
    assert "selance" not in told
    assert all(_tight(question.ask) in told for question in capsule.debrief.questions)


def test_questions_that_take_more_are_refused_the_longest_named(starter: model.Capsule) -> None:
    first = starter.debrief.questions[0]
    step = _model(
        first.steps[0], do="Notez ce qui vous fait perdre du temps, même si c’est peu. " * 3
    )
    heavy = _model(first, ask="Qu’est-ce qui coince ? " * 9, steps=[step] * 5)
    heaviest = _model(heavy, ask="Qu’est-ce qui coince ? " * 10)
    asked = _asking(starter, [*[heavy] * 6, heaviest, heavy])
    with pytest.raises(metrics.MisfitError) as error:
        guide.left_out(plan.make(asked), HOUSE, resources.words("fr"), None)
    assert error.value.where == ("debrief", "questions", 6)


def test_a_usual_capsule_leaves_nothing_out_without_asking(
    starter_plan: plan.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Press, "end", None)
    assert guide.left_out(starter_plan, HOUSE, resources.words("fr"), None) is None


def test_what_is_light_enough_not_to_be_measured_fits(starter: model.Capsule) -> None:
    """The heaviest capsules under the limit, of many short texts and of few long ones."""
    first = starter.debrief.questions[0]
    short = _model(first.steps[0], do="Oui.")
    many = _model(first, ask="Qui ?", steps=[short] * 4, relaunch=["Et ?"] * 3, note=None)
    long = _model(first, note="Attendez que quelqu’un se lance. " * 50)
    for asked in ([many] * 8, [first, long, first]):
        capsule = _asking(starter, asked)
        heft = guide._heft([*guide._texts(capsule), *dict(guide._advice(capsule)).values()])
        assert 0.9 * guide._AMPLE < heft < guide._AMPLE
        told = _text(_made(capsule))
        assert [text for text in _whole(capsule) if _tight(text) not in told] == []


def test_no_text_is_read_as_typst(small: model.Capsule) -> None:
    hostile = f"{HOSTILE} {AWKWARD}"
    [question] = small.debrief.questions
    step = model.Step.model_construct(who=hostile, do=hostile, duration=30)
    question = _model(question, ask=hostile, steps=[step], relaunch=[hostile], note=hostile)
    link = model.Link(label=hostile, url='https://formation.example/"#{x}')
    point = model.Point(title=hostile, text=hostile, example=hostile)
    synthesis = _model(
        small.debrief.synthesis,
        title=hostile,
        points=[hostile],
        commitment=hostile,
        note=hostile,
        link=link,
    )
    capsule = _model(
        small,
        title=hostile,
        objective=hostile,
        session=hostile,
        centre=model.Centre(name=hostile),
        intro=_model(small.intro, title=hostile, alt=hostile, note=hostile),
        message=_model(small.message, statement=hostile, points=[point], note=hostile),
        debrief=model.Debrief(questions=[question], synthesis=synthesis),
    )
    pdf = _made(capsule)
    _assert_laid_out(pdf)
    told = _text(pdf)
    assert told.count(_tight(HOSTILE)) >= 20
    assert told.count("□") >= 20  # what no font draws
    assert "🚀" in told


def test_a_source_that_says_too_much_is_told_its_line(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "capsules" / "small" / "capsule.yaml"
    told = source.read_text(encoding="utf-8")
    much = told.replace("note: Attendez.", "note: " + "Attendez que quelqu'un se lance. " * 400)
    assert much != told
    (tmp_path / "capsule.yaml").write_text(much, encoding="utf-8")
    line = next(n for n, text in enumerate(much.splitlines(), 1) if "Attendez que" in text)
    remarks = project.open_project(tmp_path).remarks
    assert [r for r in remarks if f"capsule.yaml:{line}:" in r and "advice" in r]
