"""Commands that are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

import click


class Lazy(click.Group):
    """A group some of whose commands have slow libraries: name → the module of `capsule.cli`."""

    modules: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all, in the order of `modules` where they are there."""
        return [*super().list_commands(ctx), *self.modules]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import it, if it is one of `modules`."""
        if name not in self.modules:
            return super().get_command(ctx, name)
        found: click.Command = getattr(import_module(f"capsule.cli.{self.modules[name]}"), name)
        return found
