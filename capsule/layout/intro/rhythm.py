"""When things come in: on the narration's sentences where there are some."""

from __future__ import annotations

from collections.abc import Sequence

from capsule.plan import Scene

LEFT = 0.9  # inches, the intro's margin
_NEAR = 0.15  # of the scene: how far a sentence may draw a beat
_LEAST = 0.08  # of the scene: what two beats keep between them


def pace(scene: Scene) -> float:
    """What delays are multiplied by, so that a short scene has its time too."""
    return min(1.0, scene.duration / 8)


def beats(scene: Scene, shares: Sequence[float]) -> list[float]:
    """The seconds into `scene` nearest to each of `shares` at which a sentence begins.

    Where none is near, or it is taken already, the share itself.
    """
    starts = [
        cue.start - scene.start
        for i, cue in enumerate(scene.cues)
        if i == 0 or scene.cues[i - 1].text.rstrip("»\u00a0\u202f ").endswith((*".!?…",))
    ]
    found: list[float] = []
    for share in shares:
        aim = share * scene.duration
        floor = found[-1] + _LEAST * scene.duration if found else 0.0
        free = [start for start in starts if start >= floor]
        near = [start for start in free if abs(start - aim) <= _NEAR * scene.duration]
        best = min(near, key=lambda start: abs(start - aim), default=max(aim, floor))
        found.append(best)
    return found
