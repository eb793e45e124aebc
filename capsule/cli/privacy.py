"""Commands on what the tracking keeps about people: track key, people, forget, purge, register."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from capsule.cli.output import AS_JSON, agreed, print_json, print_table, relative, reporting
from capsule.track import keyfile
from capsule.track import people as conductor
from capsule.tracking import keys

HERE = Path()
_PASSPHRASE = "CAPSULE_KEY_PASSPHRASE"  # noqa: S105 (the name of the variable)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(
    help=_(
        "The secret key of the pseudonyms: make it, show where it is, have a new one follow it,"
        " hand it over to the data officer, take it back. It is never printed."
    )
)
def key() -> None:
    """Group the commands of the key."""


@key.command(
    help=_("Make the key before the first import, which makes it otherwise: to hand it over first.")
)
@reporting()
def make() -> None:
    """Make the key."""
    _show(keyfile.make(HERE, datetime.now(UTC)))


@key.command(
    help=_(
        "Show where the key is, the fingerprint by which two copies are compared, and which"
        " sessions it serves. The key itself isn't shown."
    )
)
@AS_JSON
@reporting()
def show(as_json: bool) -> None:
    """Show all but the key."""
    known = keyfile.show(HERE)
    if as_json:
        print_json(asdict(known))
    else:
        _show(known)


@key.command(
    help=_(
        "Have a new key serve the sessions from a day on, by default today or the day after the"
        " last session. Lists of earlier sessions keep their key: importing one again adds"
        " nothing. Who got hold of the former key can't recognise anybody in later sessions; what"
        " was sent before stays exposed to them. Hand the new file over to the data officer."
    )
)
@click.option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]),
    help=_("The first day whose sessions it serves."),
)
@reporting()
def rotate(first: datetime | None) -> None:
    """Have a new key follow."""
    day = first.date() if first else None
    _show(keyfile.rotate(HERE, datetime.now(UTC), day))


@key.command(
    help=_(
        "Write the keys to a file for the data officer, who keeps it apart from the lists: both"
        " together tell who everybody is. With --passphrase the file is sealed, in the format of"
        " age (age-encryption.org), which asks for the passphrase, or takes that of"
        " CAPSULE_KEY_PASSPHRASE."
    )
)
@click.argument("file", type=_FILE)
@click.option("--passphrase", "seal", is_flag=True, help=_("Seal the file by a passphrase."))
@reporting()
def export(file: Path, seal: bool) -> None:
    """Hand the keys over."""
    keyfile.export(HERE, file, _passphrase(confirm=True) if seal else None)
    click.echo(_("%(path)s opens every pseudonym: keep it safe.") % {"path": relative(file)})


@key.command(
    "import",
    help=_(
        "Take over a file of track key export, on another machine or after a loss. It is refused"
        " if the capsule has another key."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reporting()
def import_(file: Path) -> None:
    """Take the keys over."""
    content = file.read_bytes()
    passphrase = _passphrase() if keys.sealed(content) else None
    _show(keyfile.import_(HERE, content, datetime.now(UTC), passphrase))


@click.command(
    help=_(
        "Write whose the pseudonyms are to a CSV that only you may read: pseudonym, identifier"
        " or e-mail address as the lists have it. It stays on this machine; destroy it after"
        " use."
    )
)
@click.argument("file", type=_FILE, required=False)
@click.option(
    "--forget-all", is_flag=True, help=_("Keep no more, on this machine, whose they are.")
)
@reporting()
def people(file: Path | None, forget_all: bool) -> None:
    """Write, or forget, whose the pseudonyms are."""
    if (file is None) != forget_all:
        raise click.UsageError(_("give a file, or else --forget-all"))
    if file is None:
        conductor.forget_people(HERE)
        click.echo(_("This machine no longer keeps whose the pseudonyms are."))
        return
    count = conductor.write_people(HERE, file)
    told = ngettext("%(count)d person in %(path)s.", "%(count)d people in %(path)s.", count)
    click.echo(told % {"count": count, "path": relative(file)})


@click.command(
    help=_(
        "Forget a person, given by the identifier or e-mail address of the lists: all that is"
        " kept here goes, what was sent is voided by the next track send, and lists that are"
        " imported later no longer bring the person back. It can't be undone."
    )
)
@click.argument("person", metavar=_("PERSON"))
@click.option("--yes", is_flag=True, help=_("Don't ask."))
@AS_JSON
@reporting()
def forget(person: str, yes: bool, as_json: bool) -> None:
    """Forget a person."""
    if not (yes or agreed(_("Forget this person for good?"))):
        raise click.Abort
    done = conductor.forget(HERE, person, datetime.now(UTC))
    if as_json:
        print_json(asdict(done))
    else:
        _tell_forgotten(done)


def _tell_forgotten(done: conductor.Forgotten) -> None:
    """Say what was removed, and what is left to do by hand."""
    click.echo(
        _(
            "Lines removed: %(lines)d; statements that had not left, removed: %(withdrawn)d;"
            " statements that capsule track send will void: %(voided)d."
        )
        % asdict(done)
    )
    if not (done.lines or done.left or done.withdrawn):
        click.echo(
            _(
                "Nothing here was about this person: check how the lists write the identifier."
                " Later lists will leave it out all the same."
            ),
            err=True,
        )
    if done.also:
        named = ", ".join(filter(None, done.also)) or _("its e-mail address")
        click.echo(
            _("Lists know this person otherwise too; forget that as well: %(who)s")
            % {"who": named},
            err=True,
        )
    told = _(
        "What is yours to do: destroy the lists, the files of rows to correct and the exports"
        " that name this person; ask whoever runs the LRS to delete what is voided there."
    )
    click.echo(told, err=True)


@click.command(
    help=_(
        "Remove what is past keeping (tracking: {keep: 3 years} in capsule.yaml), counted from"
        " the day of the session: attendance, the bytes of statements, identifiers. The figures"
        " of the sessions stay, and what the LRS has is not touched."
    )
)
@click.option("--dry-run", is_flag=True, help=_("Show what would go; remove nothing."))
@AS_JSON
@reporting()
def purge(dry_run: bool, as_json: bool) -> None:
    """Remove what is past keeping."""
    done = conductor.purge(HERE, datetime.now(UTC), dry_run=dry_run)
    if as_json:
        print_json(asdict(done))
        return
    values = {**asdict(done.erased), "before": done.before, "identifiers": done.identifiers}
    told = _(
        "Before %(before)s: sessions %(sessions)d, lines %(lines)d, statements sent %(left)d,"
        " others %(withdrawn)d, identifiers %(identifiers)d."
    )
    click.echo(told % values)
    click.echo(_("Nothing was removed.") if dry_run else _("They are removed."))


@click.command(
    help=_(
        "Write an extract for the register of processing activities (GDPR, article 30), in"
        " French, with what is really kept; what only the centre knows is left to fill in. FILE"
        " ends in .html or .md."
    )
)
@click.argument("file", type=_FILE)
@reporting()
def register(file: Path) -> None:
    """Write the extract for the register."""
    conductor.write_register(HERE, file, datetime.now(UTC))
    click.echo(relative(file))


def overdue(folder: Path) -> tuple[int, int]:
    """How many sessions and completions in an LMS are past keeping, and still here."""
    due = conductor.overdue(folder, datetime.now(UTC))
    return (due.sessions, due.played) if due else (0, 0)


def remind(folder: Path) -> None:
    """Say on stderr that something is past keeping, if it is."""
    sessions, played = overdue(folder)
    if sessions:
        told = ngettext(
            "%(count)d session is past keeping: capsule track purge",
            "%(count)d sessions are past keeping: capsule track purge",
            sessions,
        )
        click.echo(told % {"count": sessions}, err=True)
    if played:
        told = ngettext(
            "%(count)d completion in the LMS is past keeping: capsule track purge",
            "%(count)d completions in the LMS are past keeping: capsule track purge",
            played,
        )
        click.echo(told % {"count": played}, err=True)


def left_out(forgotten: int, expired: int) -> None:
    """Say which rows of a list an import left out."""
    if forgotten:
        told = ngettext(
            "%(count)d row is about a person known as forgotten, and was left out.",
            "%(count)d rows are about people known as forgotten, and were left out.",
            forgotten,
        )
        click.echo(told % {"count": forgotten})
    if expired:
        told = ngettext(
            "%(count)d row is past keeping (tracking.keep), and was left out.",
            "%(count)d rows are past keeping (tracking.keep), and were left out.",
            expired,
        )
        click.echo(told % {"count": expired})


COMMANDS = (key, people, forget, purge, register)


def _show(known: keyfile.KeyFile) -> None:
    mode = f" ({known.mode})" if known.mode else ""
    click.echo(f"{relative(known.file)}{mode}")
    days = [since.isoformat() if since else "-" for _check, since in known.keys]
    rows = [(check, day) for (check, _since), day in zip(known.keys, days, strict=True)]
    print_table((_("Fingerprint"), _("Since")), rows)


def _passphrase(*, confirm: bool = False) -> str:
    if given := os.environ.get(_PASSPHRASE):
        return given
    asked = _("Passphrase")
    return str(click.prompt(asked, hide_input=True, confirmation_prompt=confirm, err=True))
