"""Commands that track who has had a capsule: track import, imports, undo, void, send, ..."""

from __future__ import annotations

from dataclasses import asdict, astuple
from datetime import UTC, datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import ClassVar

import click

from capsule import track as conductor
from capsule.cli import privacy
from capsule.cli.lazy import Lazy
from capsule.cli.output import AS_JSON, print_json, print_table, relative, reporting
from capsule.errors import InputError
from capsule.tracking import preview

HERE = Path()


class _Commands(Lazy):
    modules: ClassVar = dict.fromkeys(("send", "verify"), "sending") | dict.fromkeys(
        ("report", "export", "pull", "push"), "figures"
    )


@click.group(
    cls=_Commands,
    help=_(
        "Track who has had the capsule of the current folder: import the attendance lists, send"
        " xAPI statements to an LRS, see what was sent, report who completed."
    ),
)
def track() -> None:
    """Group the commands."""


for command in privacy.COMMANDS:
    track.add_command(command)


@track.command(
    "import",
    help=_(
        "Import attendance lists (CSV, XLSX or ODS) into the local queue. Columns are found by"
        " their French or English names, or those of tracking.columns in capsule.yaml: session,"
        " date, identifier or e-mail, presence, and where the list has them the time, minutes,"
        " trainer, centre and course. A row with a problem is listed with its line and its"
        " column and written to a file to correct and import again, and the exit code is then 2;"
        " the other rows are imported. Importing a row again changes nothing; a row that says"
        " something new of the same person in the same session corrects what was said. xAPI"
        " statements from elsewhere, one on each line of a file, are queued too."
    ),
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar=_("FILE..."),
)
@click.option(
    "--dry-run", is_flag=True, help=_("Show what would happen, session by session; write nothing.")
)
@click.option(
    "--quarantine",
    default=HERE,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder of the files of rows to correct, by default the current one."),
)
@click.option(
    "--replace",
    is_flag=True,
    help=_("Also take the rows that a later list has corrected: this one is right."),
)
@AS_JSON
@reporting()
def import_(
    files: tuple[Path, ...], dry_run: bool, quarantine: Path, replace: bool, as_json: bool
) -> None:
    """Import lists."""
    now = datetime.now(UTC)
    done = conductor.import_attendance(
        HERE, files, now, quarantine=quarantine, dry_run=dry_run, replace=replace
    )
    if as_json:
        print_json(asdict(done))
    else:
        (_tell_plan if dry_run else _tell)(done)
        _tell_changes(done)
    for file in done.quarantined:
        told = _("Rows to correct, then import: %(file)s (it holds personal data)")
        click.echo(told % {"file": relative(file)}, err=True)
    if not as_json:
        _warn(done)
    if done.problems:
        raise InputError(done.problems)


def _tell_plan(done: conductor.Imported) -> None:
    """Say what an import would do."""
    print_table(preview.headers(), [astuple(session) for session in done.sessions])
    click.echo(
        _("Nothing was written. Rows to import: %(added)d; known already: %(known)d.")
        % asdict(done)
    )


def _tell(done: conductor.Imported) -> None:
    """Say what an import did."""
    click.echo(
        _("%(added)d rows imported, %(known)d known already; %(queued)d statements to send.")
        % asdict(done)
    )


def _tell_changes(done: conductor.Imported) -> None:
    """Say what an import changes, or leaves, of what was said before."""
    if done.corrected:
        told = ngettext(
            "%(count)d row corrects what was imported before.",
            "%(count)d rows correct what was imported before.",
            done.corrected,
        )
        click.echo(told % {"count": done.corrected})
    if done.outdated:
        told = ngettext(
            "%(count)d row says what a later list has corrected, and changes nothing;"
            " if it is right, import again with --replace.",
            "%(count)d rows say what a later list has corrected, and change nothing;"
            " if they are right, import again with --replace.",
            done.outdated,
        )
        click.echo(told % {"count": done.outdated})


def _warn(done: conductor.Imported) -> None:
    """Say whom an import left out, and who may count twice."""
    if done.apart:
        told = _(
            "Some people are known by an identifier, others by an e-mail address. Whoever is known"
            " by both counts twice, unless a list with both columns is imported, or capsule track"
            " report has --users."
        )
        click.echo(told, err=True)
    privacy.left_out(done.forgotten, done.expired)


@track.command(
    help=_(
        "List the imports, with their files, and what was voided or undone: number, time in UTC,"
        " rows read, added and corrected, statements queued and those of them that left."
    )
)
@AS_JSON
@reporting()
def imports(as_json: bool) -> None:
    """List the journal."""
    entries = conductor.imports(HERE)
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    headers = (_("Number"), _("Time (UTC)"), _("What"), _("Files"), _("Rows"), _("Added"))
    kinds = {
        "import": _("import"),
        "void": _("voiding"),
        "undo": _("undoing"),
        "forget": _("forgetting"),
        "purge": _("purge"),
        "key": _("key"),
    }
    rows = [
        (
            entry.id,
            entry.at[:16].replace("T", " "),
            kinds[entry.kind] + (" " + _("(undone)") if entry.undone else ""),
            ", ".join(file.name for file in entry.files) or entry.reason or "",
            sum(file.rows for file in entry.files),
            sum(file.added for file in entry.files),
            sum(file.corrected for file in entry.files),
            entry.statements,
            entry.left,
        )
        for entry in entries
    ]
    print_table((*headers, _("Corrected"), _("Statements"), _("Left")), rows)


@track.command(
    help=_(
        "Undo an import, or a voiding, by its number in capsule track imports: what it said goes,"
        " and what it corrected holds again. Once some of its statements have left for the LRS,"
        " it is refused without --void."
    )
)
@click.argument("number", type=int, metavar=_("NUMBER"))
@click.option("--void", is_flag=True, help=_("Have the statements that left voided in the LRS."))
@reporting()
def undo(number: int, void: bool) -> None:
    """Undo an entry of the journal."""
    left = conductor.undo(HERE, number, datetime.now(UTC), void=void)
    click.echo(_("%(number)d is undone.") % {"number": number})
    if left:
        click.echo(_("Send what waits, to have it undone in the LRS: capsule track send"))


@track.command(
    help=_(
        "Take back what a list said of a session, or of one person in it, given by the identifier"
        " or e-mail address of the list; or statements by their ids. What was sent is voided in"
        " the LRS by the next capsule track send, what waits is withdrawn. The reason stays in the"
        " journal, on this machine."
    )
)
@click.argument("session", required=False, metavar="[SESSION]")
@click.argument("person", required=False, metavar=_("[PERSON]"))
@click.option("--reason", required=True, help=_("Why; no names, since it is kept."))
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]),
    help=_("The day of the session, where several have that name."),
)
@click.option("--statement", "ids", multiple=True, help=_("A statement, by its id."))
@reporting()
def void(
    session: str | None,
    person: str | None,
    reason: str,
    date: datetime | None,
    ids: tuple[str, ...],
) -> None:
    """Void a session, a person in it, or statements."""
    if not reason.strip():
        raise click.UsageError(_("give the reason"))
    if (session is None) == (not ids):
        raise click.UsageError(_("give a session, or else --statement"))
    now = datetime.now(UTC)
    if session is None:
        count = conductor.void_statements(HERE, ids, reason, now)
        told = ngettext("%(count)d statement voided.", "%(count)d statements voided.", count)
    else:
        day = date.date() if date else None
        count = conductor.void(HERE, session, person, reason, now, day=day)
        told = ngettext(
            "%(count)d person is taken back.", "%(count)d people are taken back.", count
        )
    click.echo(told % {"count": count})


@track.command(
    help=_(
        "Show how many statements wait, were sent and were refused by the LRS, and for each"
        " refused one the line that it comes from and the LRS's reason."
    )
)
@AS_JSON
@reporting()
def status(as_json: bool) -> None:
    """Show the queue."""
    state = conductor.status(HERE)
    if as_json:
        told = {"statements": [asdict(one) for one in state.refused]}
        late = dict(zip(("overdue", "overdue_played"), privacy.overdue(HERE), strict=True))
        print_json({**asdict(state.counts), **told, **late})
        return
    counts = state.counts
    print_table(
        (_("Waiting"), _("Being sent"), _("Sent"), _("Refused"), _("Withdrawn")),
        [(counts.waiting, counts.claimed, counts.sent, counts.refused, counts.withdrawn)],
    )
    if state.refused:
        print_table((_("Line"), _("Reason")), [(one.origin, one.reason) for one in state.refused])
    privacy.remind(HERE)
