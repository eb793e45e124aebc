"""What must be true of any page, and the plans that tests change."""

import gettext
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from capsule import model, plan
from capsule.layout import boxes, metrics
from capsule.theme import HOUSE, PAGE_HEIGHT, PAGE_WIDTH

WORDS = gettext.NullTranslations()
CAPSULES = Path(__file__).parents[1] / "capsules"


def texts(page: boxes.Page) -> Iterator[boxes.Text]:
    for box in page.boxes:
        if isinstance(box, boxes.Text):
            yield box
        elif isinstance(box, boxes.Countdown):
            yield box.label


def changed_plan(capsule: model.Capsule, **update: object) -> plan.Plan:
    return plan.make(capsule.model_copy(update=update))


def asked_question(ask: str, steps: list[dict[str, str]]) -> model.Question:
    timed = {"steps": steps} if steps else {"for": "30 s"}
    return model.Question.model_validate({"ask": ask, **timed}, context={"language": "fr"})


def misplaced(page: boxes.Page) -> list[str]:
    """What of a page leaves it, does not hold in its place, is too small or lies over another."""
    found = [
        f"{box.name} leaves the page"
        for box in page.boxes
        if min(box.x, box.y) < 0
        or box.x + box.w > PAGE_WIDTH + 0.001
        or box.y + box.h > PAGE_HEIGHT + 0.001
    ]
    for text in texts(page):
        if not metrics.fits(text.paragraphs, (text.w, text.h + 0.001)):
            found.append(f"{text.name} does not fit")
        if min(p.size for p in text.paragraphs) < HOUSE.smallest:
            found.append(f"{text.name} is too small")
    inks = [(text.name, ink(text)) for text in texts(page)]
    for (name, one), (under, other) in combinations(inks, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        if not apart:
            found.append(f"{name} lies over {under}")
    return found


def ink(text: boxes.Text) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the lines themselves."""
    wide = max(metrics.widest(p.lines, p.size) for p in text.paragraphs)
    spare = {"left": 0.0, "center": 0.5, "right": 1.0}[text.paragraphs[0].align]
    x = text.x + (text.w - wide) * spare
    high = metrics.height(text.paragraphs)
    y = text.y + (text.h - high) * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[text.anchor]
    return x, y, x + wide, y + high


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [value / 255 for value in bytes.fromhex(colour)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
