"""The command that builds a capsule, or its variants."""

from __future__ import annotations

import sys
import time
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Any

import click

from capsule import builds
from capsule.builds import variants
from capsule.cli.content import PROJECT
from capsule.cli.output import AS_JSON, bars, print_json, print_table, relative, reporting
from capsule.numbers import decimal
from capsule.render.sizes import SIZES


def _artefacts(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> frozenset[str] | None:
    """Read 'deck,film'."""
    if value is None:
        return None
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in builds.ARTEFACTS:
            values = {"name": name, "names": ", ".join(builds.ARTEFACTS)}
            raise click.BadParameter(_("%(name)s is not one of %(names)s") % values)
    return frozenset(names)


def _settings(options: dict[str, Any]) -> builds.Settings:
    settings = builds.Settings(**{k: v for k, v in options.items() if v is not None})
    if settings.draft and settings.size:
        raise click.UsageError(_("a draft has its own size: remove --draft or --size"))
    # An LMS does not show the name of the file that it was given.
    if settings.draft and set(builds.PACKAGES) & (settings.only or set()):
        raise click.UsageError(_("a draft is not for an LMS: remove --draft, or the packages"))
    return settings


@click.command(
    help=_(
        "Build the capsule in the folder PROJECT (by default, this one): slides, trainer's guide,"
        " film, captions, transcript, web page and LMS packages, all in the folder dist, with"
        " build.json, which lists the files of this build. What has not changed since the last"
        " build stays as it is."
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
    % {"names": ", ".join(builds.ARTEFACTS)},
)
@click.option(
    "--variants",
    "table",
    metavar=_("CSV"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Build a variant for each row of this table, each in a folder of its own."),
)
@click.option("--size", type=click.Choice(list(SIZES)), help=_("The film's size."))
@click.option(
    "--draft", is_flag=True, help=_("Make a small film in haste, to look at: ...-draft.mp4.")
)
@click.option(
    "--media",
    type=click.Choice(["embed", "link"]),
    help=_(
        "Whether slides and packages hold their film, which is the default; or the slides play the"
        " file beside, and packages the film at film.url."
    ),
)
@click.option("--cache", metavar=_("PLACE"), help=_("Where segments are kept: a folder or a URL."))
@click.option("--workers", type=click.IntRange(1), help=_("How many processes work side by side."))
@click.option("--scheduler", metavar=_("ADDRESS"), help=_("Render on this Dask cluster."))
@AS_JSON
@reporting()
def build(
    project: Path, output: Path | None, table: Path | None, as_json: bool, **options: Any
) -> None:
    """Build every artefact, or those asked for."""
    settings = _settings(options)
    if table:
        _build_variants(project, table, output, settings, as_json)
        return
    with bars() as progress:
        made = builds.build(project, output, settings, progress)
    if as_json:
        print_json(made.data)
        return
    for file in made.files:
        click.echo(relative(file))
    if not made.made:
        click.echo(_("Nothing has changed since these were built."), err=True)


def _build_variants(
    project: Path, table: Path, output: Path | None, settings: builds.Settings, as_json: bool
) -> None:
    with bars() as progress:
        outcomes = variants.build(
            project,
            table,
            output,
            settings=settings,
            progress=progress,
            clock=time.perf_counter,
        )
    whole = [done for done in outcomes if done.files]
    if as_json:
        print_json([done._asdict() for done in outcomes])
    elif whole:
        _show(whole)
    for done in outcomes:
        if done.error:
            click.echo(f"{done.variant}: {done.error}", err=True)
    if len(whole) < len(outcomes):
        sys.exit(1)


def _show(outcomes: list[variants.Outcome]) -> None:
    sizes = [sum(file.stat().st_size for file in done.files) for done in outcomes]
    rows = [
        (relative(done.files[0].parent), len(done.files), size / 1e6, done.seconds)
        for done, size in zip(outcomes, sizes, strict=True)
    ]
    print_table((_("Folder"), _("Files"), _("MB"), _("Seconds")), rows)
    said = ngettext(
        "%(count)d variant, %(whole)s MB, of which %(disk)s MB on the disk.",
        "%(count)d variants, %(whole)s MB, of which %(disk)s MB on the disk.",
        len(rows),
    )
    disk = variants.on_disk(outcomes)
    values = {"count": len(rows), "whole": decimal(sum(sizes) / 1e6), "disk": decimal(disk / 1e6)}
    click.echo(said % values)
