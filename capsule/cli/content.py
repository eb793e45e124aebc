"""Commands that make a capsule: new, check, build."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from gettext import gettext as _
from pathlib import Path

import click

from capsule import build as conductor
from capsule import project as opener
from capsule.cli.output import bars, print_json, print_table, relative, reporting
from capsule.errors import InputError
from capsule.resources import starters
from capsule.typography import clock

PROJECT = click.argument(
    "project", type=click.Path(path_type=Path), default=Path(), metavar="[PROJECT]"
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help=_("Print JSON for a program."))


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
        " listed with its line; a capsule without a problem shows its plan, part by part."
    )
)
@PROJECT
@AS_JSON
@reporting()
def check(project: Path, as_json: bool) -> None:
    """Show the plan, or every problem."""
    try:
        plan = opener.open_project(project).plan
    except InputError as error:
        if as_json:
            print_json({"problems": [asdict(problem) for problem in error.problems]})
        raise
    if as_json:
        print_json(opener.plan_data(plan))
        return
    title = plan.capsule.title
    rows = [
        (clock(scene.start), clock(scene.duration), scene.part, opener.about(scene, title))
        for scene in plan.scenes
    ]
    print_table((_("At"), _("Length"), _("Part"), _("What")), rows)
    click.echo(_("No problem found. %(time)s in all.") % {"time": clock(plan.duration)})


def _artefacts(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[str, ...]:
    """Read 'deck,film'; all artefacts by default."""
    known = tuple(conductor.ARTEFACTS)
    names = known if value is None else tuple(name.strip() for name in value.split(","))
    for name in names:
        if name not in known:
            message = _("%(name)s is not one of %(names)s")
            raise click.BadParameter(message % {"name": name, "names": ", ".join(known)})
    return names


@click.command(
    help=_(
        "Build the capsule in the folder PROJECT (by default, this one): slides, film, captions,"
        " transcript, web page and LMS packages, all in the folder dist, with build.json, which"
        " lists the files of this build."
    )
)
@PROJECT
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder to write to. By default, dist in the capsule's folder."),
)
@click.option(
    "--only",
    metavar=_("NAMES"),
    callback=_artefacts,
    help=_("Build only these, separated by commas: %(names)s.")
    % {"names": ", ".join(conductor.ARTEFACTS)},
)
@AS_JSON
@reporting()
def build(project: Path, output: Path | None, only: tuple[str, ...], as_json: bool) -> None:
    """Build every artefact, or those asked for."""
    with bars() as progress:
        made = conductor.build(project, output, only, progress)
    if as_json:
        print_json(made.data)
        return
    for file in made.files:
        click.echo(relative(file))
