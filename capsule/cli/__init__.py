"""The command line: parse, one call, print, exit code."""

from __future__ import annotations

from gettext import gettext as _
from importlib import import_module

import click

from capsule import __version__
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


class _Commands(click.Group):
    """Commands whose modules are imported when they are asked for: each has its slow libraries."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _MODULES:
            return None
        found: click.Command = getattr(import_module(f"capsule.cli.{_MODULES[name]}"), name)
        return found


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
