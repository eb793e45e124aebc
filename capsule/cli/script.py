"""The command that tells what to record."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from gettext import gettext as _
from gettext import ngettext
from math import ceil
from pathlib import Path

import click

from capsule import project as opener
from capsule.cli.content import PROJECT
from capsule.cli.output import AS_JSON, print_json, reporting
from capsule.narration import Line
from capsule.typography import clock

_WIDTH = 76


@click.command(
    help=_(
        "Print what to record for the film of the capsule in the folder PROJECT (by default,"
        " this one): each text to read aloud, with the name of its file and its seconds. What is"
        " recorded already is marked, and what is too long."
    )
)
@PROJECT
@click.option("--passage", metavar=_("NAME"), help=_("Print only this passage, as message."))
@AS_JSON
@reporting()
def script(project: Path, passage: str | None, as_json: bool) -> None:
    """Tell what to record."""
    lines = opener.script(project)
    names = [line.passage.id for line in lines]
    if passage is not None and passage not in names:
        message = _("%(name)s is not one of %(names)s")
        raise click.BadParameter(message % {"name": passage, "names": ", ".join(names)})
    lines = [line for line in lines if passage in (None, line.passage.id)]
    if as_json:
        print_json([line.data for line in lines])
    else:
        _tell(lines)


def _tell(lines: Sequence[Line]) -> None:
    """Print what to record, and how much of it is left."""
    for line in lines:
        click.echo(_told(line) + "\n")
    left = sum(line.recorded is None for line in lines)
    click.echo(
        ngettext(
            "%(count)d text left to record, of %(all)d.",
            "%(count)d texts left to record, of %(all)d.",
            left,
        )
        % {"count": left, "all": len(lines)}
    )
    click.echo(_("Record in a quiet room, the phone 20 cm from your mouth, one file a text."))
    click.echo(_("Any format of a phone will do; then look at: capsule check"))


def _told(line: Line) -> str:
    """A passage as one prints it: what to know in a line, then its text."""
    room, start = line.passage.room, clock(line.passage.start)
    values = {"file": line.file, "start": start, "room": room, "estimate": line.estimate}
    head = _("%(file)s · at %(start)s · %(room)d s, about %(estimate)d s to read") % values
    marks = []
    if line.recorded:
        marks.append(_("recorded: %(seconds)d s") % {"seconds": ceil(line.recorded)})
    elif line.recorded is not None:
        marks.append(_("nothing is heard in it: record it again"))
    if line.too_long:
        long = _("TOO LONG") if line.recorded else _("PROBABLY TOO LONG")
        marks.append(_("%(what)s: shorten it, or lengthen the scene") % {"what": long})
    said = f"{head} [{'; '.join(marks)}]" if marks else head
    text = line.passage.text or _("(no text: say what you like)")
    indent = "    "
    body = textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"{said}\n{body}"
