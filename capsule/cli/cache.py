"""The command that shows and empties the cache."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

import click

from capsule.cache import open_cache
from capsule.cli.output import AS_JSON, print_json, reporting


@click.command(
    help=_(
        "Show where segments of films are kept for the next build, and how much room they take."
        " PLACE is a folder or a URL; by default CAPSULE_CACHE, or the user's own cache. What was"
        " not of use for longest goes first when the limit is reached, 5 GB or"
        " CAPSULE_CACHE_LIMIT."
    )
)
@click.argument("place", required=False)
@click.option("--clear", is_flag=True, help=_("Remove all that is kept."))
@AS_JSON
@reporting()
def cache(place: str | None, clear: bool, as_json: bool) -> None:
    """Show the cache, or empty it."""
    kept = open_cache(place)
    freed = kept.clear() if clear else 0
    entries = kept.entries()
    size = sum(entry.size for entry in entries)
    if as_json:
        data = {"place": kept.place, "entries": len(entries), "bytes": size, "limit": kept.limit}
        print_json({**data, "freed": freed} if clear else data)
        return
    if clear:
        click.echo(_("%(megabytes)d MB freed.") % {"megabytes": round(freed / 1e6)})
    said = ngettext(
        "%(place)s: %(count)d entry, %(size)d MB of %(limit)d MB at most.",
        "%(place)s: %(count)d entries, %(size)d MB of %(limit)d MB at most.",
        len(entries),
    )
    megabytes = {"size": round(size / 1e6), "limit": round(kept.limit / 1e6)}
    click.echo(said % {"place": kept.place, "count": len(entries), **megabytes})
