"""What was completed in an LMS, from the LRS into the local store."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from capsule import source
from capsule.activity import Names, Verb
from capsule.track.opening import bind, key_of, named, opened, spared, subject_of, writing
from capsule.tracking import keys, playing
from capsule.tracking.credentials import ENVIRONMENT
from capsule.tracking.endpoint import Transport, settings
from capsule.tracking.lrs import Lrs
from capsule.tracking.outbox import Facts
from capsule.tracking.patience import Patience
from capsule.tracking.sparing import Sparing
from capsule.tracking.statements import instant

_AGAIN = timedelta(days=1)
"""How far back a pull begins: some LRSs compare the time of the event, and some statements come
late. What is known already changes nothing."""

_LIMIT = "500"  # statements on a page, at most


@dataclass
class Pulled:
    """How many statements were read, how many completions are new, how many are voided."""

    read: int = 0
    new: int = 0
    voided: int = 0


def pull(
    folder: Path,
    now: datetime,
    progress: Callable[[int], None] = lambda _read: None,
    *,
    everything: bool = False,
    environ: Mapping[str, str] = ENVIRONMENT,
    transport: Transport | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> Pulled:
    """Bring the completions of the capsule in an LMS from the LRS that `environ` names.

    From the last pull on, or `everything`; without people who were forgotten, and days past
    keeping. It can be stopped and started again: what a page brought stays. `progress` hears how
    many statements were read; `transport` replaces the network. Raises UnavailableError when the
    LRS can't be used, CapsuleError when the key is another one than the lists were imported with.
    """
    project = source.load(folder)
    names = subject_of(project.capsule).names
    spare = partial(_sparing, project, now, environ)
    lrs = settings(environ)
    spared = spare()
    ask = partial(Patience(sleep, chance).ask, expected={200})
    with opened(folder, environ) as box, Lrs(lrs, transport) as server:
        pages = partial(server.pages, ask)
        return _Pull(box.facts, pages, lrs.url, names, spare, progress, *spared).all(everything)


@dataclass
class _Pull:
    store: Facts
    pages: Callable[..., Iterator[list[dict[str, Any]]]]
    address: str
    names: Names
    spare: Callable[[], tuple[Sparing, int]]
    progress: Callable[[int], None]
    sparing: Sparing
    erased: int
    done: Pulled = field(default_factory=Pulled)

    def all(self, everything: bool) -> Pulled:
        """What is voided first, so that it isn't taken."""
        before = self.store.count()
        about = {"activity": self.names.capsule_iri, "related_activities": "true"}
        gone: set[str] = set()
        self._take({"verb": Verb.VOIDED.value}, gone, everything)
        self._take({"verb": Verb.COMPLETED.value, **about}, gone, everything)
        self._take({"verb": Verb.PASSED.value, **about}, gone, everything)
        if not self.done.read and not self._sifts():
            self._take({}, gone, everything)
        self.done.voided = before + self.done.new - self.store.count()
        return self.done

    def _sifts(self) -> bool:
        """Whether the LRS finds statements by their verb: Ralph 5.1 on files finds none."""
        some = next(self.pages(limit="1"))
        verbs = [one["verb"]["id"] for one in some]
        return not verbs or bool(next(self.pages(verb=verbs[0], limit="1")))

    def _take(self, sought: Mapping[str, str], gone: set[str], everything: bool) -> None:
        cursor = " ".join([self.address, *sought.values()])
        since = None if everything else self.store.since(cursor)
        asked = {**sought, "ascending": "true", "limit": _LIMIT}
        if since:
            asked["since"] = instant(datetime.fromisoformat(since) - _AGAIN)
        for page in self.pages(**asked):
            gone.update(filter(None, map(playing.voided, page)))
            latest = max((str(said.get("stored", "")) for said in page), default="")
            since = max(filter(None, (since, _utc(latest))), default=None)
            self.done.new += self._bring(cursor, since, page, gone)
            self.done.read += len(page)
            self.progress(self.done.read)

    def _bring(
        self, cursor: str, since: str | None, page: Sequence[Mapping[str, Any]], gone: set[str]
    ) -> int:
        """Keep what is on a page; return how many are new."""
        while True:
            found = [playing.completion(said, self.names, self.sparing) for said in page]
            taken = [one for one in found if one]
            new = self.store.bring(cursor, since, taken, gone, self.erased)
            if new is not None:
                return new
            self.sparing, self.erased = self.spare()  # somebody was forgotten meanwhile


def _utc(text: str) -> str | None:
    """A time in the one form that can be compared as text; None where there is none."""
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        return None


def _sparing(
    project: source.Source, now: datetime, environ: Mapping[str, str]
) -> tuple[Sparing, int]:
    """The pseudonyms of the lists, and who is left out; a key is made if there is none yet.

    With the last entry of the journal that removed something.
    """
    with writing(project, environ, "key", now) as ledger:
        if not ledger.bound:
            names = bind(ledger, project, now, make=True)
            return spared(ledger, project, names, now), ledger.erased
        names = named(project, keys.read(key_of(project)))
        check, *past = names.checks
        iri = subject_of(project.capsule).names.capsule_iri
        ledger.check(check, iri, past, names.checks_otherwise)
        return spared(ledger, project, names, now), ledger.erased
