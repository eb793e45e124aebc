"""An LMS's list of users, found again under the pseudonyms that they have here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from capsule import tables
from capsule.errors import InputError
from capsule.tracking.events import squeezed
from capsule.tracking.linking import Same
from capsule.tracking.privacy import Ring

_COLUMNS = {
    "id": ("id", "user id", "userid", "id utilisateur"),
    "username": (
        "username",
        "user name",
        "login",
        "nom d utilisateur",
        "nom utilisateur",
        "identifiant de connexion",
        "identifiant",
    ),
    "email": (
        "email",
        "e mail",
        "email address",
        "mail",
        "courriel",
        "adresse de courriel",
        "adresse e mail",
        "adresse mail",
    ),
    "idnumber": (
        "idnumber",
        "id number",
        "official code",
        "numero d identification",
        "matricule",
        "code officiel",
        "student key",
        "external user key",
    ),
    "firstname": ("firstname", "first name", "prenom"),
    "lastname": ("lastname", "last name", "surname", "nom", "nom de famille"),
    "track": ("track", "enrollment mode", "enrollment track"),
    "cohort": ("cohort", "cohort name", "cohorte"),
}
_IDENTIFYING = ("idnumber", "email", "username")  # its own id may be another's number in a list


@dataclass(frozen=True)
class User:
    """A user as the LMS has them: each column that its list has, as it is there."""

    line: int
    fields: dict[str, str]

    def __getitem__(self, field: str) -> str:
        """A field, empty where the list lacks it."""
        return self.fields.get(field, "")


class Users:
    """The users of a CSV exported from the LMS, with a username, e-mail address or other id.

    Raises InputError when the file can't be understood, OSError when it can't be read.
    """

    def __init__(self, path: Path, names: Ring, same: Same) -> None:
        found = tables.read(path, _COLUMNS)
        if lacking := found.lacks({_("user name, e-mail or ID number"): _IDENTIFYING}):
            raise InputError([tables.missing(found, lacking)])
        self.path = path
        self.fields = frozenset(found.columns)
        self._same = same
        self._by_person: dict[str, list[User]] = {}
        for line, cells in found.rows():
            said = {
                field: cells[at].strip() if at < len(cells) else ""
                for field, at in found.columns.items()
            }
            user = User(line, said)
            for person in dict.fromkeys(map(same.one, self._pseudonyms(user, names))):
                self._by_person.setdefault(person, []).append(user)

    def of(self, pseudonym: str) -> list[User]:
        """Who that is: nobody known, one user, or several whom the list can't tell apart."""
        return self._by_person.get(self._same.one(pseudonym), [])

    def aliases(self) -> dict[str, str]:
        """Pseudonyms of one person → the first of these; those of several people aren't there.

        They are those that stand for all that are known to be the same already.
        """
        first: dict[int, str] = {}
        return {
            person: first.setdefault(users[0].line, person)
            for person, users in self._by_person.items()
            if len(users) == 1
        }

    @staticmethod
    def _pseudonyms(user: User, names: Ring) -> Iterator[str]:
        identifiers = {squeezed(user[field]).casefold() for field in _IDENTIFYING}
        for identifier in sorted(identifiers - {""}):
            yield from names.every(identifier)
