"""The command line: parse, one call, print, exit code."""

from __future__ import annotations

from gettext import gettext as _

import click

from capsule import __version__
from capsule.cli.build import build
from capsule.cli.cache import cache
from capsule.cli.content import check, new
from capsule.cli.script import script
from capsule.cli.tracking import track
from capsule.resources import LANGUAGES


@click.group(
    help=_(
        "Make ten-minute opening capsules for training courses, and track who has had them."
        " One file, capsule.yaml, gives the slides, the film, the captions and the packages"
        " for an LMS."
    ),
    epilog=_("Begin with: capsule new tous-concernes"),
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=_("The language of the messages. By default, that of the environment."),
)
@click.version_option(__version__, prog_name="capsule")
def capsule() -> None:
    """Group the commands."""


for command in (new, check, script, build, cache, track):
    capsule.add_command(command)
