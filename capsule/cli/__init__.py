"""The command line: parse, one call, print, exit code."""

from __future__ import annotations

from gettext import gettext as _
from typing import ClassVar

import click

from capsule import __version__
from capsule.cli.lazy import Lazy
from capsule.resources import LANGUAGES

_COMMANDS = {  # the module of each, and what it is for
    "new": ("content", _("Make a capsule from a starter.")),
    "check": ("content", _("Check a capsule, finished slides or a package.")),
    "diff": ("package", _("Compare two versions of a package.")),
    "script": ("script", _("Print what to record for the film.")),
    "build": ("build", _("Build the slides, the film and the packages.")),
    "cache": ("cache", _("Show what is kept for the next build, and empty it.")),
    "track": ("tracking", _("Track who has had the capsule.")),
}


class _Commands(Lazy):
    modules: ClassVar = {name: module for name, (module, _told) in _COMMANDS.items()}

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, told) for name, (_module, told) in _COMMANDS.items()])


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
