"""The command line: parse, one call, print, exit code."""

from __future__ import annotations

from gettext import gettext as _

import click

from capsule import __version__
from capsule.cli.lazy import Lazy
from capsule.resources import LANGUAGES

_MODULES = {
    "new": "content",
    "check": "content",
    "diff": "package",
    "script": "script",
    "build": "build",
    "cache": "cache",
    "track": "tracking",
}


class _Commands(Lazy):
    modules = _MODULES


@click.group(
    cls=_Commands,
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
