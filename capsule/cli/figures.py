"""Commands for the LMS administrator: track report, ..."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import TypedDict, Unpack

import click

from capsule.cli.output import AS_JSON, bars, print_json, print_table, relative, reporting
from capsule.errors import CapsuleError
from capsule.track import exporting, figures, pulling, pushing
from capsule.tracking import exports
from capsule.tracking import report as tables

HERE = Path()
_NEW = click.Path(dir_okay=False, path_type=Path)
_OLD = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
_USERS = click.option(
    "--users",
    type=_OLD,
    help=_("The list of users exported from the LMS (CSV): user name, e-mail, ID number."),
)


class _On(TypedDict):
    statements: Path | None
    users: Path | None


class _Wanted(TypedDict):
    users: Path | None
    key: str
    session: str
    points: int | None
    course: str
    block: str


@click.command(
    help=_(
        "Report how many people were expected, were present, and completed the capsule: for each"
        " session, centre, course or month. Who took the capsule in the LMS (see capsule track"
        " pull) is counted too, each person once. The figures come from the imported lists, sent"
        " or not, or from a file of statements."
    )
)
@click.option(
    "--by",
    type=click.Choice([by.value for by in tables.By]),
    default=tables.By.SESSION.value,
    help=_("What a line is about; session by default."),
)
@click.option(
    "--csv", "table", type=_NEW, help=_("Write the report to this CSV file, for a spreadsheet.")
)
@click.option(
    "--html", "page", type=_NEW, help=_("Write a page with charts, which can be forwarded.")
)
@click.option(
    "--from", "statements", type=_OLD, help=_("Report on the statements of this file (NDJSON).")
)
@_USERS
@AS_JSON
@reporting()
def report(
    by: str, table: Path | None, page: Path | None, as_json: bool, **on: Unpack[_On]
) -> None:
    """Show the figures."""
    made = figures.report(HERE, tables.By(by), **on)
    if table:
        tables.write_csv(made, table)
        click.echo(relative(table), err=True)
    if page:
        figures.write_page(HERE, page, date.today(), **on)
        click.echo(relative(page), err=True)
    if as_json:
        print_json(tables.data(made))
    elif not made.lines:
        click.echo(_("Nothing to report yet. Import a list with: capsule track import FILE"))
    elif not (table or page):
        print_table(*tables.shown(made))


@click.command(
    help=_(
        "Write who completed the capsule as an LMS imports it: grades for Moodle, Open edX or"
        " Chamilo, attendance for Moodle's attendance activity. The LMS's own list of users,"
        " exported from it, tells who people are; those who aren't in it go in a second file,"
        " with the reason. Or write what the store has under pseudonyms, for other tools:"
        " statements as NDJSON or Parquet, attendance as CSV."
    )
)
@click.option(
    "--to",
    type=click.Choice([to.value for to in exports.To]),
    required=True,
    help=_("What the file is for."),
)
@click.argument("target", type=_NEW, metavar=_("FILE"))
@_USERS
@click.option(
    "--key",
    type=click.Choice(["username", "email", "idnumber", "id"]),
    default="username",
    help=_("The field by which Moodle finds its users; username by default."),
)
@click.option("--session", default="", help=_("Only the session of this name."))
@click.option("--date", "day", type=_DAY, help=_("Only the sessions of this day."))
@click.option(
    "--points", type=click.IntRange(1), help=_("The points of a completion; 100, or 1 in Open edX.")
)
@click.option("--course-id", "course", default="", help=_("The course, for Open edX."))
@click.option("--block", default="", help=_("The graded block, for Open edX."))
@AS_JSON
@reporting()
def export(
    to: str, target: Path, day: datetime | None, as_json: bool, **wanted: Unpack[_Wanted]
) -> None:
    """Write an export."""
    chosen = exporting.Wanted(day=day.date() if day else None, **wanted)
    done = exporting.export(HERE, exports.To(to), target, chosen)
    if as_json:
        files = [str(file) for file in done.files]
        print_json({"files": files, "count": done.count, "apart": len(done.unknown)})
        return
    for file in done.files:
        click.echo(relative(file), err=True)
    click.echo(
        _("%(count)d written, %(apart)d left apart.")
        % {"count": done.count, "apart": len(done.unknown)}
    )


@click.command(
    help=_(
        "Bring from the LRS who completed the capsule in an LMS, so that the report counts them,"
        " each person once. People are named by the LMS's account or e-mail address, and get the"
        " pseudonym that the same identifier has in the lists. From the last time on; nothing"
        " comes twice. The LRS is that of CAPSULE_LRS_URL, as for capsule track send."
    )
)
@click.option("--all", "everything", is_flag=True, help=_("Read everything again."))
@AS_JSON
@reporting()
def pull(everything: bool, as_json: bool) -> None:
    """Bring completions."""
    done = pulling.pull(HERE, datetime.now(UTC), everything=everything)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(_("%(read)d statements read; %(new)d new completions in the LMS.") % asdict(done))
    if done.voided:
        told = ngettext(
            "%(count)d completion was voided.", "%(count)d completions were voided.", done.voided
        )
        click.echo(told % {"count": done.voided})


@click.group(help=_("Put completions into an LMS through its web service."))
def push() -> None:
    """Group the LMSs."""


@push.command(
    help=_(
        "Mark an activity of Moodle as complete for whoever completed the capsule. Moodle is that"
        " of CAPSULE_MOODLE_URL, with the token of CAPSULE_MOODLE_TOKEN, whose user may override"
        " completions. Who is complete already stays so: it can be done again. The exit code is 1"
        " when Moodle has refused somebody, 3 when it can't be reached or refuses the token."
    )
)
@click.option(
    "--users",
    type=_OLD,
    required=True,
    help=_("The list of users exported from Moodle (CSV), with their id."),
)
@click.option("--course", type=int, required=True, help=_("The course, by its id."))
@click.option(
    "--activity",
    type=int,
    required=True,
    help=_("The activity, by its course module id: the number in its address."),
)
@click.option("--dry-run", is_flag=True, help=_("Ask Moodle who would be marked; mark nobody."))
@AS_JSON
@reporting()
def moodle(users: Path, course: int, activity: int, dry_run: bool, as_json: bool) -> None:
    """Push to Moodle."""
    with bars() as show:
        done = pushing.push(
            HERE,
            users,
            course=course,
            activity=activity,
            progress=lambda n, total: show("Moodle", n / total if total else 1),
            dry_run=dry_run,
        )
    counts = {"marked": done.marked, "before": done.before, "apart": len(done.unknown)}
    if as_json:
        print_json({**counts, "refused": done.refused})
    else:
        said = _("%(marked)d marked as complete, %(before)d were already; %(apart)d are no users.")
        would = _("%(marked)d to mark as complete, %(before)d are already; %(apart)d are no users.")
        click.echo((would if dry_run else said) % counts)
    if done.refused:
        reasons = "\n".join(f"{relative(users)}:{line}: {why}" for line, why in done.refused)
        raise CapsuleError(reasons)
