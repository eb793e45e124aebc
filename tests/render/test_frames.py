import math

import numpy as np
import pytest
from PIL import Image

from capsule import model, plan, resources
from capsule.layout import boxes, film_pages, lettering
from capsule.layout.boxes import Arc, Box, Countdown, Counter, Disc, Enter, Page, Panel, Progress
from capsule.render import frames, shapes
from capsule.render.sizes import SIZES, Size
from capsule.theme import HOUSE

INK, PAPER = (0x14, 0x21, 0x3D), (0xFA, 0xF7, 0xF2)


def page(*content: Box, seconds: int = 10) -> Page:
    return Page("p", None, "P", "FAF7F2", content, "fr", seconds)


def label(text: str, x: float = 2.0, y: float = 2.0, w: float = 4.0) -> boxes.Text:
    run = boxes.Run(text, "14213D", True)
    paragraph = boxes.Paragraph(((run,),), 40, lettering.leading(40))
    return boxes.Text(name="label", paragraphs=(paragraph,), x=x, y=y, w=w, h=1.0)


def bounds(picture: Image.Image) -> tuple[int, int, int, int]:
    """The smallest rectangle that holds all that isn't paper."""
    different = (np.asarray(picture).astype(int) - PAPER).__abs__().sum(axis=2) > 90
    rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def test_a_box_lies_where_it_says() -> None:
    drawn = frames.draw(page(Panel(name="a", fill="14213D", x=2.0, y=2.0, w=4.0, h=1.0)))
    assert drawn.size == (1920, 1080)
    assert drawn.mode == "RGB"
    assert bounds(drawn) == (288, 288, 864, 432)
    assert drawn.getpixel((300, 300)) == INK
    assert drawn.getpixel((0, 0)) == PAPER


def test_text_is_as_wide_as_measured_and_sits_on_its_baseline() -> None:
    text = "HxEnH 0123456789 HxEnH"
    left, _top, right, bottom = bounds(frames.draw(page(label(text))))
    assert right - left == pytest.approx(lettering.width(text, 40, bold=True) * 144, abs=12)
    baseline = 2.0 + lettering.leading(40) - lettering.descent() * 40 / 72
    assert bottom == pytest.approx(baseline * 144, abs=2)


@pytest.mark.parametrize(
    ("layers", "area"),
    [
        (shapes.disc((10.3, 10.6, 80, 80), "000000", Size(200, 200)), math.pi * 1600),
        (shapes.panel((10, 10, 80, 60), 0, "000000", Size(200, 200)), 4800),
        (shapes.panel((10, 10, 80, 60), 20, "000000", Size(200, 200)), 4800 - (4 - math.pi) * 400),
        (shapes.arc((10, 10, 80, 80), (0, 360), 10, "000000", Size(200, 200)), math.pi * 700),
        (shapes.arc((10, 10, 80, 80), (30, 90), 10, "000000", Size(200, 200)), math.pi * 175),
        (shapes.arc((10, 10, 80, 80), (200, 300), 10, "000000", Size(200, 200)), math.pi * 583.3),
    ],
)
def test_shapes_cover_their_area(layers: tuple[shapes.Layer, ...], area: float) -> None:
    (layer,) = layers
    covered = np.asarray(layer.mask).astype(float).sum() / 255
    assert covered == pytest.approx(area, rel=0.01)


def test_an_arc_starts_at_noon_and_turns_clockwise() -> None:
    (layer,) = shapes.arc((0, 0, 100, 100), (0, 90), 20, "000000", Size(100, 100))
    mask = np.zeros((100, 100))
    x, y = layer.x, layer.y
    mask[y : y + layer.mask.height, x : x + layer.mask.width] = np.asarray(layer.mask)
    assert mask[20, 80] == 255
    assert not mask[20, 20]
    assert not mask[80, 80]


@pytest.mark.parametrize("effect", ["fade", "rise", "wipe", "grow", "sweep"])
def test_a_box_comes_in_step_by_step(effect: str) -> None:
    enter = Enter(2.0, effect, 1.0)  # type: ignore[arg-type]
    arc = Arc(
        name="a",
        fill="14213D",
        start=0,
        sweep=270,
        thickness=0.3,
        enter=enter,
        x=2.0,
        y=2.0,
        w=4.0,
        h=1.0,
    )
    shown = page(arc)

    def darkness(at: float | None) -> float:
        return float(255 - np.asarray(frames.draw(shown, at)).mean())

    empty = darkness(0.0)
    assert darkness(2.0) == empty
    growing = [empty, darkness(2.15), darkness(2.5), darkness(3.0)]
    assert growing == sorted(growing)
    assert growing[1] > empty
    assert darkness(3.0) == darkness(9.0) == darkness(None)


def countdown(seconds: int, last: int) -> Countdown:
    return Countdown(
        name="c",
        seconds=seconds,
        thickness=0.4,
        fill="F7B538",
        track="2E3A57",
        label=label("1:30", x=4.6, y=3.0, w=2.0),
        last=last,
        close="FF7A59",
        closing=label("0:10", x=4.6, y=3.0, w=2.0),
        x=4.0,
        y=2.0,
        w=3.0,
        h=3.0,
    )


def test_countdown_counts_whole_seconds_down() -> None:
    stage = frames.Stage(page(countdown(90, 10), seconds=90))
    readings = [stage.at(at).copy() for at in (0.0, 0.96, 1.0, 45.0, 79.96)]
    assert np.array_equal(readings[0], readings[1])
    for one, other in ((1, 2), (2, 3), (3, 4)):
        assert not np.array_equal(readings[one], readings[other])
    halfway = readings[3]  # gone to the right, left at the left
    right, left = halfway[504, 576 + 216 + 187], halfway[504, 576 + 29]
    assert tuple(right) == (0x2E, 0x3A, 0x57)
    assert tuple(left) == (0xF7, 0xB5, 0x38)


def test_its_last_seconds_beat_once_each_and_softly() -> None:
    stage = frames.Stage(page(countdown(20, 10), seconds=20))
    gone = [stage.at(n / 25)[504, 576 + 216 + 187].astype(int) for n in range(20 * 25)]
    lit = [int(colour[0]) for colour in gone]
    assert len(set(lit[6 * 25 : 10 * 25])) == 1  # at rest, once the ring has passed here
    for second in range(10, 20):
        beat = lit[second * 25 : second * 25 + 25]
        assert beat == sorted(beat, reverse=True)  # lit at once, dying away: one flash a second
        assert beat[0] > beat[-1] == 0x2E
    ring = stage.at(10.5)[504, 576 + 29]
    assert tuple(ring) == (0xFF, 0x7A, 0x59)
    over = stage.at(20.0)
    assert over[504, 576 + 29][0] < 0xC0  # all gone
    assert np.array_equal(over, frames.Stage(page(countdown(20, 10), seconds=20)).at(20.0))


@pytest.mark.parametrize("name", ["720p", "2160p"])
def test_each_size_shows_the_same_page(starter_plan: plan.Plan, name: str) -> None:
    size = SIZES[name]
    shown = film_pages(starter_plan, HOUSE, resources.words("fr"), None)[11]
    whole = frames.draw(shown, 40.0)
    other = frames.draw(shown, 40.0, size)
    assert other.size == size
    small = [np.asarray(p.resize((160, 90), Image.Resampling.BOX)) for p in (whole, other)]
    assert np.abs(small[0].astype(int) - small[1]).mean() < 1.5


def test_a_caption_is_there_for_its_time(starter: model.Capsule) -> None:
    film = starter.film.model_copy(update={"captions": "burned"})
    burned = plan.make(starter.model_copy(update={"film": film}))
    shown = film_pages(burned, HOUSE, resources.words("fr"), None)[1]
    bare = film_pages(plan.make(starter), HOUSE, resources.words("fr"), None)[1]
    *_others, captions = shown.boxes
    assert isinstance(captions, boxes.Captions)
    told = captions.told[1]
    for at in (told.start + 0.01, told.end - 0.01):
        differ = (frames.Stage(shown).at(at) != frames.Stage(bare).at(at)).any(axis=2)
        rows, columns = np.flatnonzero(differ.any(axis=1)), np.flatnonzero(differ.any(axis=0))
        assert rows[0] == pytest.approx(told.panel.y * 144, abs=2)
        assert columns[0] == pytest.approx(told.panel.x * 144, abs=2)
    assert frames.caption_at(captions, told.end + 0.001) != 2


def test_counter_and_progress_run() -> None:
    counter = Counter(
        name="n", begin=4, end=1, at=1.0, lasts=2.0, label=label("1"), x=2.0, y=2.0, w=4.0, h=1.0
    )
    bar = Progress(name="p", x=1, y=6, w=10, h=0.1, fill="0B6E69", begin=0.2, end=0.4)
    stage = frames.Stage(page(counter, bar))
    assert frames._reading(counter, 0.0, 10) == 4
    assert frames._reading(counter, 2.0, 10) in {2, 3}
    assert frames._reading(counter, None, 10) == 1
    row = stage.at(5.0)[870]
    filled = np.flatnonzero((row == (0x0B, 0x6E, 0x69)).all(axis=1))
    assert (filled[0], filled[-1] + 1) == (144, 144 + round(0.3 * 1440))


def test_the_array_is_the_same_while_nothing_changes() -> None:
    disc = Disc(name="d", fill="14213D", enter=Enter(1.0), x=2.0, y=2.0, w=4.0, h=1.0)
    stage = frames.Stage(page(disc))
    before = stage.at(0.0)
    assert stage.at(0.9) is before
    settled = stage.at(2.0)
    assert settled is not before
    assert stage.at(3.0) is settled
    assert stage.at(None) is settled


@pytest.mark.parametrize("at", [0.6, 1.7, 3.3, 11.3, 12.0, 20.4])
def test_repainting_what_changed_is_repainting_all(starter_plan: plan.Plan, at: float) -> None:
    pages = film_pages(starter_plan, HOUSE, resources.words("fr"), None)
    for number in (0, 2, 3, 7, 11):
        stage = frames.Stage(pages[number])
        for sooner in (0.0, at - 0.3, at - 0.04):
            stage.at(sooner)
        assert np.array_equal(stage.at(at), frames.Stage(pages[number]).at(at)), number


def test_a_picture_fills_its_box() -> None:
    png = frames.png(page(Panel(name="a", fill="0B6E69", x=0, y=0, w=14, h=8)))
    drawn = frames.draw(page(boxes.Picture(name="p", png=png, x=2.0, y=2.0, w=4.0, h=1.0)))
    assert bounds(drawn) == (288, 288, 864, 432)
