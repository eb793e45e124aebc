"""What the film of the small capsule shows, measured in the pixels of its frames."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from capsule import plan
from capsule.layout.boxes import Box, Page, Panel, Progress, Text
from capsule.render import frames
from capsule.theme import HOUSE

Picture = NDArray[np.int16]
RATE = 25
COLOURS = {part: bytes.fromhex(HOUSE.part(part)) for part in ("intro", "message", "debrief")}


def numbers(planned: plan.Plan) -> set[int]:
    """The frames that are looked at: around each scene's start, and its seconds."""
    scenes = planned.scenes
    starts = {scene.start * RATE + n for scene in scenes for n in range(-1, 17)}
    return starts | {second * RATE + 20 for second in range(planned.duration)}


@pytest.fixture(scope="module")
def shown(film: Path, small_plan: plan.Plan) -> dict[int, Picture]:
    wanted = numbers(small_plan)
    with av.open(film) as container:
        return {
            number: frame.to_ndarray(format="rgb24").astype(np.int16)
            for number, frame in enumerate(container.decode(video=0))
            if number in wanted
        }


def filled(picture: Picture, bar: Box, colour: bytes) -> int:
    """How many pixels of the bar, from its left, have the colour."""
    left, middle = round(bar.x * 144), round((bar.y + bar.h / 2) * 144)
    row = picture[middle, left : round((bar.x + bar.w) * 144)]
    near = np.abs(row - np.frombuffer(colour, np.uint8)).max(axis=1) < 40
    return int(np.flatnonzero(~near)[0]) if not near.all() else len(near)


def named(page: Page, name: str) -> Box:
    return next(box for box in page.boxes if box.name == name)


def test_the_ribbon_is_where_the_film_is(
    shown: dict[int, Picture], small_pages: tuple[Page, ...], small_plan: plan.Plan
) -> None:
    for page, scene in zip(small_pages, small_plan.scenes, strict=True):
        if scene.part == "intro":
            continue
        part = next(part for part in small_plan.parts if part.id == scene.part)
        bar = named(page, f"ribbon {part.id}")
        for second in range(scene.start, scene.end):
            picture = shown[second * RATE + 20]
            share = (second - part.start) / part.duration
            found = filled(picture, bar, COLOURS[part.id])
            assert found == pytest.approx(share * bar.w * 144, abs=3), (scene.id, second)
            for other in small_plan.parts:  # all that is over is full, what comes is empty
                if other is not part:
                    whole = named(page, f"ribbon {other.id}")
                    meant = whole.w * 144 if other.start < part.start else 0
                    length = filled(picture, whole, COLOURS[other.id])
                    assert length == pytest.approx(meant, abs=3), (scene.id, other.id)


def test_each_scene_begins_on_its_frame_and_comes_out_of_the_one_before(
    shown: dict[int, Picture], small_plan: plan.Plan
) -> None:
    for scene in small_plan.scenes[1:]:
        first = scene.start * RATE
        before = shown[first - 1]
        away = [float(np.abs(shown[first + n] - before).mean()) for n in range(13)]
        rises = [later - sooner for sooner, later in pairwise(away[1:])]
        assert away[0] < 3 < away[-1], scene.id  # the countdown alone may have reached zero
        assert min(rises) > -0.15, scene.id
        assert away[6] == pytest.approx(away[12] / 2, rel=0.25), scene.id


def test_points_come_in_at_their_beats(
    shown: dict[int, Picture], small_pages: tuple[Page, ...], small_plan: plan.Plan
) -> None:
    for page, scene in zip(small_pages, small_plan.scenes, strict=True):
        if scene.kind not in {"message", "synthesis"}:
            continue
        stage = frames.Stage(page)
        for box in page.boxes:
            if not isinstance(box, Text | Panel) or box.enter is None or box.name == "title":
                continue
            rows = slice(round(box.y * 144), round((box.y + box.h) * 144))
            columns = slice(round(box.x * 144), round((box.x + box.w) * 144))
            whole = stage.at(None)[rows, columns].astype(np.int16)
            bare = stage.at(box.enter.at)[rows, columns].astype(np.int16)
            for second in range(1, scene.duration):
                picture = shown[(scene.start + second) * RATE + 20][rows, columns]
                apart = (np.abs(picture - whole).mean(), np.abs(picture - bare).mean())
                if second + 0.8 < box.enter.at:
                    assert apart[0] > apart[1], (box.name, second)
                elif second + 0.8 > box.enter.at + box.enter.lasts + 0.6:
                    assert apart[0] < apart[1], (box.name, second)


def test_the_ribbon_has_a_progress(small_pages: tuple[Page, ...]) -> None:
    assert any(isinstance(box, Progress) for box in small_pages[5].boxes)
