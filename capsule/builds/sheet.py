"""A table of variants, one row per centre or course → a name and a `Row` for each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from capsule import tables
from capsule.errors import InputError, Problem
from capsule.model import Capsule
from capsule.row import Cell, Row, Where
from capsule.source import Source

_NAME = "variant"  # the column that names the folders
_USUAL: Mapping[str, Sequence[str]] = {
    _NAME: ("variante", "dossier", "nom du dossier", "folder"),
    "capsule": ("identifiant", "identifier", "id"),
    "language": ("langue",),
    "title": ("titre", "intitulé", "titre de la capsule"),
    "objective": ("objectif",),
    "session": ("stage", "formation", "cours", "course", "nom de la session"),
    "centre.name": ("centre", "nom du centre", "centre de formation", "antenne", "center"),
    "centre.logo": ("logo", "logo du centre"),
    "theme.template": ("charte", "charte graphique", "modèle", "template"),
    "intro.video": ("vidéo", "film d’ouverture", "video"),
    "intro.captions": ("sous-titres", "captions"),
    "message.statement": ("message",),
}
"""What tables most often call what differs, in French and in English."""
_TELLING = ("capsule", "centre.name", "session", "title")  # what a folder is best named after
_LONGEST = 60  # characters of a folder's name: Windows counts the whole path
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{p}{n}" for p in ("com", "lpt") for n in range(10)}
_Aliases = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Variant:
    """A capsule to build: the name of its folder, and what it writes over the source."""

    name: str
    row: Row


def read(path: Path, source: Source) -> tuple[Variant, ...]:
    """The variants of `source` that the CSV or the workbook at `path` lists, in its order.

    A header is the path of a value in the source (`centre.name`; items count from 1, as in
    `debrief.questions.1.ask`) or its usual name. An empty cell leaves the source's own value.
    Raises InputError with every fault of the header, of the names and of the rows' shape, OSError.
    """
    places = {_dotted(where): where for where in _values(Capsule, source.data)}
    aliases = {name: (name, *_USUAL.get(name, ())) for name in (_NAME, *places)}
    folded = {name: [tables.fold(known) for known in names] for name, names in aliases.items()}
    table = tables.read(path, folded)
    problems = list(_strangers(table, aliases))
    rows, given = list[Row](), list[str]()
    for line, cells in table.rows():
        texts = {
            name: cells[at].strip()
            for name, at in table.columns.items()
            if at < len(cells) and cells[at].strip()
        }
        given.append(texts.pop(_NAME, ""))
        filled = (
            Cell(places[name], text, table.columns[name] + 1, _header(table, name))
            for name, text in texts.items()
        )
        rows.append(Row(path, line, tuple(filled), table.grid.sheet))
        problems += _strays(table, line, cells)
    if not rows:
        what = _("there is no row under the header")
        problems.append(table.problem(table.line, 0, what, _("write a row for each variant")))
    names = _named(rows, given)
    problems += _twice(rows, given, names, table.columns.get(_NAME, -1) + 1)
    if problems:
        raise InputError(problems)
    return tuple(Variant(name, row) for name, row in zip(names, rows, strict=True))


def _values(kind: Any, value: Any, where: tuple[str | int, ...] = ()) -> Iterator[Where]:
    """The places of all values of type `kind` that a cell can hold; lists are as in `value`."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from _values(inner[0], value, where)
    elif origin in (Union, UnionType):
        options = [option for option in inner if option is not NoneType]
        if len(options) > 1:  # the kinds of scenes
            options = [option for option in options if value["kind"] in _kinds(option)]
        for option in options:
            yield from _values(option, value, where)
    elif origin is list:
        for number, item in enumerate(value or ()):
            yield from _values(inner[0], item, (*where, number))
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        known = value if isinstance(value, dict) else {}
        if not known and where[-1:] == ("narration",):
            yield where  # one text stands for it
            return
        for name, field in kind.model_fields.items():
            key = field.alias or name
            if key != "kind":
                yield from _values(field.annotation, known.get(key), (*where, key))
    else:
        yield where


def _kinds(scene: type[BaseModel]) -> tuple[Any, ...]:
    return get_args(scene.model_fields["kind"].annotation)


def _dotted(where: Where) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in where)


def _header(table: tables.Table, name: str) -> str:
    return " ".join(table.header[table.columns[name]].split())


def _strangers(table: tables.Table, aliases: _Aliases) -> Iterator[Problem]:
    """The columns that are not known, or that say the same as another."""
    owners = {tables.fold(known): name for name, names in aliases.items() for known in names}
    for at, cell in enumerate(table.header):
        header = " ".join(cell.split())
        if not header or at in table.columns.values():
            continue
        name = owners.get(tables.fold(header))
        if name:
            values = {"column": header, "other": _header(table, name)}
            what = _('the columns "%(column)s" and "%(other)s" say the same') % values
            remedy = _("remove one of them")
        else:
            what = _('unknown column "%(column)s"') % {"column": header}
            remedy = _suggestion(header, aliases)
        yield table.problem(table.line, at + 1, what, remedy)


def _suggestion(header: str, aliases: _Aliases) -> str:
    known = [name for names in aliases.values() for name in names]
    if near := difflib.get_close_matches(header.casefold(), known, n=1, cutoff=0.6):
        return _('did you mean "%(key)s"?') % {"key": near[0]}
    return _(
        "write the path of a value of capsule.yaml, such as title, centre.name, centre.logo or"
        " debrief.questions.1.ask, or remove the column"
    )


def _strays(table: tables.Table, line: int, cells: Sequence[str]) -> Iterator[Problem]:
    """The texts that stand under no header."""
    for at, cell in enumerate(cells):
        if cell.strip() and not "".join(table.header[at : at + 1]).strip():
            values = {"text": cell.strip(), "sign": table.delimiter}
            quotes = _('name its column, or put quotes around a text that holds "%(sign)s"')
            yield table.problem(
                line,
                at + 1,
                _('"%(text)s" stands under no header') % values,
                quotes % values if table.delimiter else _("name its column"),
            )
            return


def _named(rows: Sequence[Row], given: Sequence[str]) -> list[str]:
    """The folders' names: those given, else what tells the rows apart."""
    names = list[str]()
    for asked, own in zip(given, _telling(rows), strict=True):
        name = _slug(asked or own) or _NAME
        name = f"{name}-1" if name in _DEVICES else name
        if not asked:
            free = (f"{name}-{n}" for n in range(2, len(rows) + 2))
            name = next(free) if name in names else name
            while name in names:
                name = next(free)
        names.append(name)
    return names


def _telling(rows: Sequence[Row]) -> list[str]:
    texts = [{_dotted(cell.where): cell.text for cell in row.cells} for row in rows]
    for name in _TELLING:
        slugs = [_slug(own.get(name, "")) for own in texts]
        if all(slugs) and len(set(slugs)) == len(slugs):
            return slugs
    columns = dict.fromkeys(name for own in texts for name in own)
    differing = [name for name in columns if len({own.get(name) for own in texts}) > 1]
    return [" ".join(own.get(name, "") for name in differing) for own in texts]


def _slug(text: str) -> str:
    """A folder's name for any system: lower case, no accents, words joined by hyphens."""
    return "-".join(tables.bare(text).split())[:_LONGEST].strip("-")


def _twice(
    rows: Sequence[Row], given: Sequence[str], names: Sequence[str], column: int
) -> Iterator[Problem]:
    """Rows that would be built into the same folder, or that make the same capsule."""
    lines = dict[object, int]()
    for row, asked, name in zip(rows, given, names, strict=True):
        same = name if asked else tuple((tuple(cell.where), cell.text) for cell in row.cells)
        if name in lines and asked:
            values = {"name": name, "line": lines[name]}
            what = _('the folder "%(name)s" is that of line %(line)d already') % values
            yield Problem(row.path, row.line, column, what, _("give another name"), row.sheet)
        elif same in lines:
            what = _("the row says the same as line %(line)d") % {"line": lines[same]}
            remedy = _("remove it, or name its folder")
            yield Problem(row.path, row.line, 0, what, remedy, row.sheet)
        lines.setdefault(name, row.line)
        lines.setdefault(same, row.line)
