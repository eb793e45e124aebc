"""Commands that begin a capsule: new, check."""

from __future__ import annotations

import shlex
from gettext import gettext as _
from pathlib import Path

import click

from capsule import project as opener
from capsule.cli.output import AS_JSON, print_json, print_table, refusing, relative, reporting
from capsule.resources import starters
from capsule.typography import clock

PROJECT = click.argument(
    "project", type=click.Path(path_type=Path), default=Path(), metavar="[PROJECT]"
)

_PACKAGES = (".zip", ".pif", ".xml")


@click.command(
    help=_(
        "Make a capsule from the starter MODEL, in FOLDER (by default, a folder of the model's"
        " name). It can be built at once; its capsule.yaml is then yours to change."
    )
)
@click.argument("model", type=click.Choice(list(starters())))
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@reporting()
def new(model: str, folder: Path | None) -> None:
    """Copy a starter."""
    made = opener.new(model, folder or Path(model))
    click.echo(_("%(folder)s is ready. Next:") % {"folder": relative(made)})
    click.echo(f"  cd {shlex.quote(relative(made))}\n  capsule build")


@click.command(
    help=_(
        "Check the capsule in the folder PROJECT (by default, this one). Every problem is"
        " listed with its line; a capsule without a problem shows its plan, part by part. With"
        " --deck, check finished slides instead, made by capsule or not: what PowerPoint would"
        " repair or not play, and what some could not read, by the criteria of RGAA 4.1. When"
        " PROJECT is a .zip, check this package for an LMS, made by capsule or not: SCORM 1.2,"
        " SCORM 2004, cmi5 or xAPI; a cmi5 course structure may be alone (.xml)."
    )
)
@PROJECT
@click.option(
    "--deck",
    metavar=_("PPTX"),
    type=click.Path(path_type=Path),
    help=_("The slides to check."),
)
@AS_JSON
@reporting()
def check(project: Path, deck: Path | None, as_json: bool) -> None:
    """Show the plan, or every problem."""
    if deck:
        from capsule.cli.deck import check_deck  # noqa: PLC0415 (half a second, of use only here)

        check_deck(deck, as_json)
    elif project.suffix.lower() in _PACKAGES:
        from capsule.cli.package import check_package  # noqa: PLC0415 (slow, too)

        check_package(project, as_json)
    else:
        _check_capsule(project, as_json)


def _check_capsule(project: Path, as_json: bool) -> None:
    with refusing(as_json):
        opened = opener.open_project(project)
    plan = opened.plan
    if as_json:
        print_json({**opener.plan_data(plan), "remarks": opened.remarks})
        return
    title = plan.capsule.title
    rows = [
        (clock(scene.start), clock(scene.duration), scene.part, opener.about(scene, title))
        for scene in plan.scenes
    ]
    print_table((_("At"), _("Length"), _("Part"), _("What")), rows)
    for remark in opened.remarks:
        click.echo(remark)
    click.echo(_("No problem found. %(time)s in all.") % {"time": clock(plan.duration)})
