"""The check of finished slides."""

from __future__ import annotations

import sys
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any

import click

from capsule import audit
from capsule.audit.rgaa import CRITERIA
from capsule.audit.rules import Finding, together
from capsule.cli.output import counted, print_json, refusing, relative
from capsule.errors import InputError


def check_deck(path: Path, as_json: bool) -> None:
    """Print every problem of the PPTX at `path`, and exit with 2 when there are any."""
    with refusing(as_json):
        report = audit.inspect(path)
    if as_json:
        print_json({"deck": path, "slides": report.slides, **_data(report)})
    else:
        _show(path, report)
    if report.findings:
        sys.exit(InputError.exit_code)


def _data(report: audit.Report) -> dict[str, Any]:
    counts = report.criteria.items()
    criteria = [{"number": n, "title": title(n), "problems": count} for n, count in counts]
    return {"problems": [_problem(f) for f in report.findings], "rgaa": criteria}


def _problem(finding: Finding) -> dict[str, Any]:
    where = {"slide": finding.slide, "shape": finding.shape, "part": finding.part}
    said = {"what": finding.what, "remedy": finding.remedy, "rgaa": list(finding.criteria)}
    return {"rule": finding.rule, **where, **said}


def _show(path: Path, report: audit.Report) -> None:
    name = relative(path)
    for finding in together(report.findings):
        click.echo(f"{name}: {finding}")
    if report.criteria:
        click.echo("\n" + _("Criteria of RGAA 4.1 that these fail:"))
    for number, problems in report.criteria.items():
        click.echo(f"  {number:<5} {title(number)} ({problems})")
    if report.findings:
        click.echo(("\n" if report.criteria else "") + counted(len(report.findings)))
    else:
        said = ngettext(
            "No problem found in %(count)d slide.",
            "No problem found in %(count)d slides.",
            report.slides,
        )
        click.echo(said % {"count": report.slides})


def title(number: str) -> str:
    """The title of an RGAA criterion, in the user's language."""
    return _(CRITERIA[number])
