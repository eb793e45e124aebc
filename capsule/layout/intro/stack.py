"""Large texts one under the other, all of one size."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from capsule.layout import lettering, metrics
from capsule.layout.boxes import Paragraph, Run


def stacked(
    texts: Sequence[Sequence[Run]],
    sizes: Sequence[float],
    room: tuple[float, float],
    wheres: Sequence[metrics.Where],
    gap: float,
) -> list[Paragraph]:
    """A paragraph for each of `texts`, at the largest of `sizes` (points) that fits `room`.

    `gap` lies between them, in lines. Words are broken only if none does otherwise. Raises
    MisfitError for the longest when none fits, with its place of `wheres`.
    """
    for broken, size in product((False, True), sizes):
        after = gap * lettering.leading(size)
        stack = [
            metrics.paragraph(text, size, room[0], after=after, factor=1.03, filmed=True)
            for text in texts
        ]
        if metrics.fits(stack, room, broken=broken):
            break
    else:
        lengths = [sum(len(run.text) for run in text) for text in texts]
        metrics.refuse(wheres[lengths.index(max(lengths))])
    return [metrics.evened(paragraph) for paragraph in stack]
