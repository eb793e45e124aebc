"""Finished packages: the check of one, the comparison of two."""

from __future__ import annotations

import sys
from dataclasses import replace
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any

import click

from capsule.cli.output import AS_JSON, counted, print_json, refusing, relative, reporting
from capsule.errors import InputError
from capsule.lms import audit, comparison
from capsule.lms.audit.rules import Finding

_PACKAGE = click.Path(path_type=Path)
_LOST = 1  # exit code
_SHOWN = 12  # changes of a kind


def check_package(path: Path, as_json: bool) -> None:
    """Print every problem of the package at `path`, and exit with 2 when there are faults."""
    with refusing(as_json):
        report = audit.inspect(path)
    if as_json:
        faults, remarks = ([_data(f) for f in found] for found in report[-2:])
        told = {"package": path, "formats": report.formats, "files": report.files}
        print_json({**told, "problems": faults, "remarks": remarks})
    else:
        _show(path, report)
    if report.faults:
        sys.exit(InputError.exit_code)


def _data(finding: Finding) -> dict[str, Any]:
    file, line, column, _values = finding.at
    where = {"file": file, "line": line, "column": column}
    return {"rule": finding.rule, **where, "what": finding.what, "remedy": finding.remedy}


def _show(path: Path, report: audit.Report) -> None:
    name = Path(relative(path))
    for finding in report.faults:
        click.echo(str(finding.problem(name)))
    for finding in report.remarks:
        problem = finding.problem(name)
        what = _("(remark) %(what)s") % {"what": problem.what}
        click.echo(str(replace(problem, what=what)))
    if report.faults:
        click.echo(counted(len(report.faults)))
    else:
        said = ngettext(
            "No problem found in %(count)d file: %(formats)s.",
            "No problem found in %(count)d files: %(formats)s.",
            report.files,
        )
        click.echo(said % {"count": report.files, "formats": ", ".join(report.formats)})


@click.command(
    help=_(
        "Compare two versions of a package, OLD and NEW, before the new one goes into the LMS:"
        " whether learners keep their history, and what changes for them. The exit code is 0"
        " when they keep it, 1 when they would lose it or some of their answers."
    )
)
@click.argument("old", type=_PACKAGE, metavar=_("OLD"))
@click.argument("new", type=_PACKAGE, metavar=_("NEW"))
@AS_JSON
@reporting()
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Show the verdict, the reasons, the changes."""
    found = comparison.compare(old, new)
    if as_json:
        losses, changes = ([_change(c) for c in said] for said in (found.losses, found.changes))
        told = {"history": found.history, "verdict": found.verdict, "format": found.format}
        print_json({**told, "losses": losses, "changes": changes})
    else:
        click.echo(found.verdict)
        _list(_("Why:"), found.losses)
        if found.losses:
            click.echo(f"\n{found.remedy}")
        _list(_("What changes:"), found.changes)
    if found.losses:
        sys.exit(_LOST)


def _change(change: comparison.Change) -> dict[str, str]:
    return {"kind": change.kind, "old": change.old, "new": change.new, "text": change.text}


def _list(title: str, changes: tuple[comparison.Change, ...]) -> None:
    """The changes one a line; of many of a kind, how many more there are."""
    if changes:
        click.echo(f"\n{title}")
    kinds = dict.fromkeys(change.kind for change in changes)
    for kind in kinds:
        alike = [change for change in changes if change.kind == kind]
        for change in alike[:_SHOWN]:
            click.echo(f"  {change.text}")
        more = len(alike) - _SHOWN
        if more > 0:
            click.echo("  " + _("and %(count)d more like this (--json has all)") % {"count": more})
