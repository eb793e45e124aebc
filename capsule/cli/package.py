"""The check of a finished package."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any

import click

from capsule.cli.output import print_json, relative
from capsule.errors import InputError
from capsule.lms import audit
from capsule.lms.audit.rules import Finding


def check_package(path: Path, as_json: bool) -> None:
    """Print every problem of the package at `path`, and exit with 2 when there are faults."""
    try:
        report = audit.inspect(path)
    except InputError as error:
        if as_json:
            print_json({"problems": [asdict(problem) for problem in error.problems]})
        raise
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
    count = len(report.faults)
    if count:
        said = ngettext("%(count)d problem found.", "%(count)d problems found.", count)
        click.echo(said % {"count": count})
    else:
        said = ngettext(
            "No problem found in %(count)d file: %(formats)s.",
            "No problem found in %(count)d files: %(formats)s.",
            report.files,
        )
        click.echo(said % {"count": report.files, "formats": ", ".join(report.formats)})
