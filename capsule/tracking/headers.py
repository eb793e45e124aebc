"""The columns of an attendance list, by the names that training departments give them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from gettext import gettext as _
from pathlib import Path

from capsule import tables
from capsule.errors import InputError, Problem

_ALIASES: tables.Aliases = {
    "session": (
        "session",
        "code session",
        "numero de session",
        "n session",
        "no session",
        "reference session",
        "id session",
        "session id",
        "session code",
        "groupe",
        "group",
    ),
    "date": (
        "date",
        "date de session",
        "date de la session",
        "date session",
        "session date",
        "date de debut",
        "date debut",
        "start date",
        "jour",
        "day",
    ),
    "time": ("heure", "heure de debut", "heure debut", "horaire", "time", "start time", "start"),
    "person": (
        "identifiant",
        "identifiant stagiaire",
        "identifiant agent",
        "identifier",
        "id",
        "matricule",
        "numero stagiaire",
        "n stagiaire",
        "no stagiaire",
        "numero agent",
        "n agent",
        "learner id",
        "trainee id",
        "user id",
        "username",
    ),
    "email": (
        "e mail",
        "email",
        "mail",
        "courriel",
        "mel",
        "adresse e mail",
        "adresse email",
        "adresse mail",
        "adresse courriel",
        "adresse electronique",
        "email address",
        "e mail address",
    ),
    "presence": (
        "presence",
        "present",
        "presente",
        "emargement",
        "attendance",
        "statut de presence",
        "statut",
        "status",
    ),
    "minutes": (
        "minutes",
        "minutes de presence",
        "duree en minutes",
        "duree de presence",
        "temps de presence",
        "duree en heures",
        "heures de presence",
        "nombre d heures",
        "nb heures",
        "hours",
        "duree",
        "duration",
        "temps",
    ),
    "trainer": (
        "formateur",
        "formatrice",
        "formateur trice",
        "intervenant",
        "intervenante",
        "animateur",
        "trainer",
        "instructor",
    ),
    "centre": ("centre", "centre de formation", "center", "site", "antenne", "lieu", "location"),
    "course": (
        "cours",
        "formation",
        "intitule de la formation",
        "intitule",
        "stage",
        "course",
        "training",
    ),
}


_PART = re.compile(r"\d{1,2}[/.-]\d{1,2}\b.*|\b(?:matin|apres midi|am|pm|jour \d+|j ?\d+)\b.*")


def lists(path: Path, columns: Mapping[str, str]) -> Iterator[tables.Table | Problem]:
    """The tables that have all that is needed, and a problem for those that nearly do.

    Raises InputError when there is none.
    """
    needed = {
        _("session"): {"session", "course"},
        _("date"): {"date"},
        _("identifier or e-mail"): {"person", "email"},
        _("presence"): {"presence"},
    }
    own = {field: [tables.fold(name) or name] for field, name in columns.items()}
    aliases = {field: [*own.get(field, ()), *names] for field, names in _ALIASES.items()}
    found = tables.found(path, aliases)
    seen = [table for table in found if not table.grid.hidden]
    if not any(not table.lacks(needed) for table in seen):
        raise InputError([_no_list(found, seen, needed)])
    for table in seen:
        lacking = table.lacks(needed)
        if not lacking:
            twice = _twice(table)
            yield twice or table
        elif len(lacking) == 1:
            yield _incomplete(table, lacking)


def _no_list(
    found: Sequence[tables.Table],
    seen: Sequence[tables.Table],
    needed: Mapping[str, Collection[str]],
) -> Problem:
    for table in found:
        if table.grid.hidden and not table.lacks(needed):
            what = _("the list is on a sheet that is hidden")
            return table.problem(0, 0, what, _("show the sheet, and save the workbook"))
    best = tables.best(seen or found)
    return _incomplete(best, best.lacks(needed))


def _incomplete(table: tables.Table, lacking: Sequence[str]) -> Problem:
    """That columns are missing, or that there is one for each half-day."""
    parts = [" ".join(cell.split()) for cell in table.header if _PART.match(tables.bare(cell))]
    parts += [" ".join(cell.split()) for cell in table.header if _PART.match(cell.strip())]
    if len(set(parts)) < 2:
        return tables.missing(table, lacking)
    return table.problem(
        table.line,
        0,
        _("the presences stand in several columns: %(columns)s")
        % {"columns": ", ".join(dict.fromkeys(parts))},
        _("give each its own rows, with one column for the date and one for the presence"),
    )


def _twice(table: tables.Table) -> Problem | None:
    """The column that is there twice, where it matters."""
    names = [tables.fold(cell) for cell in table.header]
    for name in ("session", "date", "person", "email", "presence"):
        at = table.columns.get(name, -1)
        if at >= 0 and names.count(names[at]) > 1:
            again = names.index(names[at], at + 1)
            what = _('the column "%(column)s" is there twice') % {"column": table.header[at]}
            return table.problem(table.line, again + 1, what, _("keep one, or rename the other"))
    return None
