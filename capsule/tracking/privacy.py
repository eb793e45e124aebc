"""Who people are outside: keyed pseudonyms, or themselves where the centre has chosen that.

Under pseudonyms, who the learners are stays on the machine that holds the key. A key may be
followed by another (`keys`): each serves the sessions of its days, whenever their list is
imported, so that the same list gives the same pseudonyms for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from capsule.tracking.events import Event
from capsule.tracking.keys import Key


class Pseudonyms:
    """Pseudonyms under one key: the same person always has the same, no one else can tell whose.

    They are HMAC-SHA256 in hexadecimal, 64 characters. Whoever holds the key and a list of
    identifiers can compute them again; nothing else re-identifies.
    """

    identified = False

    def __init__(self, key: Key) -> None:
        self._key = key

    def of(self, person: str) -> str:
        """The pseudonym of an identifier or e-mail address, as `Event.person` has it."""
        return self._key.digest(person)

    def told(self, person: str) -> str:
        """What stands for them in statements: the same."""
        return self.of(person)

    def trainer(self, trainer: str) -> str:
        """The pseudonym of a trainer, who may be a learner elsewhere."""
        return self.of(f"trainer {trainer}")

    def hide(self, event: Event) -> Event:
        """`event` with what stands for its people in statements."""
        return self.hide_trainer(event)._replace(person=self.told(event.person))

    def hide_trainer(self, event: Event) -> Event:
        """`event` with what stands for its trainer, where there is one."""
        return event._replace(trainer=self.trainer(event.trainer)) if event.trainer else event

    @property
    def check(self) -> str:
        """What tells keys, and the two ways, apart without giving them away."""
        return self._key.check


class Identified(Pseudonyms):
    """People as they are (`actors: identified`): e-mail addresses and identifiers, never names.

    So statements tell of them; the store knows them by their pseudonyms all the same. A trainer
    without an e-mail address stays under a pseudonym: lists give them by name.
    """

    identified = True

    def told(self, person: str) -> str:
        """An e-mail address as an IRI (mailto:), an identifier as it is."""
        return f"mailto:{person}" if "@" in person else person

    def trainer(self, trainer: str) -> str:
        """The e-mail address as an IRI, or a pseudonym."""
        return self.told(trainer) if "@" in trainer else super().trainer(trainer)

    @property
    def check(self) -> str:
        """What tells a store of identified people from others."""
        return self.of("capsule key check, identified")[:16]


class Ring:
    """What stands for people, under the key of the day: `keys`, the oldest first."""

    def __init__(self, keys: Sequence[Key], *, identified: bool = False) -> None:
        self._keys = keys
        self._identified = identified
        self._days = [key.since or date.min for key in keys[1:]]
        kind = Identified if identified else Pseudonyms
        self._actors = [kind(key) for key in keys]

    def on(self, day: date) -> Pseudonyms:
        """What stands for the people of a local day's sessions."""
        return self._actors[bisect_right(self._days, day)]

    def hide(self, event: Event) -> Event:
        """`event` with these for its people."""
        return self.on(event.day).hide(event)

    def of(self, person: str) -> list[str]:
        """The pseudonyms of a person, under each key."""
        return [actors.of(person) for actors in self._actors]

    def every(self, person: str) -> list[str]:
        """All that stands for a person, whatever the day: pseudonyms, then the identifier itself.

        That is how they are known in statements where they are identified, and from elsewhere.
        """
        return [*self.of(person), person]

    @property
    def checks(self) -> list[str]:
        """What tells the keys apart, the newest first."""
        return [actors.check for actors in reversed(self._actors)]

    @property
    def checks_otherwise(self) -> list[str]:
        """`checks`, were people told of the other way."""
        return Ring(self._keys, identified=not self._identified).checks

    def mark(self, person: str, salt: str) -> str:
        """What recognises a person who was forgotten, and nothing else does: no pseudonym."""
        return self._keys[0].digest(f"forgotten {salt} {person}")
