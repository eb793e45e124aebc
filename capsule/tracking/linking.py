"""Pseudonyms that stand for one person: under several keys, or by identifier and e-mail address.

Nothing that was imported is written anew: it is counted so, and found so in an LMS's list of
users. So neither the order of the imports counts, nor what was sent before a list told of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Same:
    """Tells which pseudonyms are the same person's."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def one(self, pseudonym: str) -> str:
        """The one that stands for all of a person's."""
        while (above := self._above.get(pseudonym, pseudonym)) != pseudonym:
            pseudonym = above
        return pseudonym

    def join(self, one: str, other: str) -> None:
        """Take two for the same person."""
        first, second = sorted((self.one(one), self.one(other)))
        if first != second:
            self._above[second] = first

    def link(self, links: Iterable[tuple[str, str]]) -> None:
        """Take e-mail addresses for the identifiers that lists have beside them.

        One that stands beside several people's identifiers tells nobody.
        """
        beside = defaultdict[str, set[str]](set)
        for email, person in links:
            beside[self.one(email)].add(self.one(person))
        for email, people in beside.items():
            if len(people) == 1:
                self.join(email, *people)

    def all(self) -> dict[str, str]:
        """Each pseudonym that another one stands for → that one."""
        return {pseudonym: self.one(pseudonym) for pseudonym in self._above}
