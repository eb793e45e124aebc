"""Commands that send statements to the LRS, and read them back: track send, verify."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from capsule import track as conductor
from capsule.cli.output import AS_JSON, bars, print_json, print_table, reporting
from capsule.errors import CapsuleError
from capsule.tracking.credentials import ENVIRONMENT

HERE = Path()
_UNITS = {"": 1, "s": 1, "min": 60, "h": 3600}


class _Rate(click.ParamType):  # type: ignore[type-arg]  # generic in click's later versions only
    """Statements per second, given as `20/s`, `600/min` or `5000/h`."""

    name = "rate"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
        found = re.fullmatch(r"(\d+(?:[.,]\d+)?)(?:/(s|min|h))?", value.replace(" ", ""))
        rate = float(found[1].replace(",", ".")) / _UNITS[found[2] or ""] if found else 0.0
        if not rate:
            self.fail(_("give a number of statements, such as 20/s, 600/min or 5000/h"), param, ctx)
        return rate


@click.command(
    help=_(
        "Send the statements that wait to the LRS of CAPSULE_LRS_URL, with the key and the secret"
        " of CAPSULE_LRS_KEY and CAPSULE_LRS_SECRET. It can be stopped and started again at any"
        " time: nothing is lost, and nothing is twice in the LRS. The exit code is 0 when nothing"
        " is left to send, 1 when the LRS has refused statements, 3 when it can't be reached,"
        " refuses the key or fails on what is left."
    )
)
@click.option(
    "--retry-refused", is_flag=True, help=_("Send those that the LRS refused before, too.")
)
@click.option(
    "--watch",
    is_flag=True,
    help=_(
        "Go on, and send what is imported later: a service, which waits while the LRS is down,"
        " tells each event in a line, and stops on Ctrl+C or SIGTERM."
    ),
)
@click.option(
    "--limit-rate",
    "rate",
    type=_Rate(),
    metavar="N/s",
    help=_("Send no more statements than that: 20/s, 600/min, 5000/h."),
)
@AS_JSON
@reporting()
def send(retry_refused: bool, watch: bool, rate: float | None, as_json: bool) -> None:
    """Send what waits."""
    if watch:
        if retry_refused:
            raise click.UsageError(_("--retry-refused does not go with --watch"))
        _watch(rate, as_json)
        return
    with bars() as show, _asked_to_stop() as stop:
        sent = conductor.send(
            HERE,
            ENVIRONMENT,
            lambda done, total: show(_("Statements"), done / total if total else 1),
            retry_refused=retry_refused,
            rate=rate,
            stop=stop,
        )
    counts = conductor.status(HERE).counts
    if as_json:
        print_json(asdict(counts))
    else:
        click.echo(
            ngettext("%(count)d statement sent.", "%(count)d statements sent.", sent.sent)
            % {"count": sent.sent}
        )
    if counts.refused:
        raise CapsuleError(
            _("The LRS refused %(refused)d statements: see capsule track status.") % asdict(counts)
        )


@click.command(
    help=_(
        "Read back from the LRS what was sent to it, and compare: people expected and present in"
        " the lists, statements that wait, were sent, are in the LRS, differ there, or are"
        " missing. The exit code is 1 when a statement that was sent is missing or differs."
    )
)
@click.option("--requeue", is_flag=True, help=_("Let the missing statements wait again."))
@AS_JSON
@reporting()
def verify(requeue: bool, as_json: bool) -> None:
    """Compare with the LRS."""
    with bars() as show:
        done = conductor.verify(
            HERE,
            ENVIRONMENT,
            lambda done, total: show(_("Statements"), done / total if total else 1),
            requeue=requeue,
        )
    (_print_verified_json if as_json else _print_verified)(done)
    if done.missing and requeue:
        click.echo(_("The missing statements wait again: capsule track send"), err=True)
    elif done.missing:
        raise CapsuleError(
            _("The LRS lacks %(missing)d statements: capsule track verify --requeue")
            % {"missing": len(done.missing)}
        )
    if done.differing:
        raise CapsuleError(
            _("The LRS holds %(differing)d statements otherwise than they were sent.")
            % {"differing": len(done.differing)}
        )


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Set by a signal, so that what is claimed waits again at once.

    A second signal stops the process, which loses nothing either.
    """
    stop = threading.Event()
    before = {}

    def asked(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, asked)
    try:
        yield stop
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _watch(rate: float | None, as_json: bool) -> None:
    """Send until a signal asks to stop."""

    def tell(event: str, words: str) -> None:
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        line = {"at": at, "event": event, "message": words}
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else f"{at} {words}")

    with _asked_to_stop() as stop:
        conductor.watch(HERE, ENVIRONMENT, tell, stop, rate=rate)


def _print_verified(done: conductor.Verified) -> None:
    counts = done.counts
    stages = {
        _("Expected"): done.expected,
        _("Present"): done.attended,
        _("Waiting"): counts.waiting + counts.claimed,
        _("Refused"): counts.refused,
        _("Sent"): counts.sent,
        _("In the LRS"): done.found,
        _("Differing"): len(done.differing),
        _("Missing"): len(done.missing),
    }
    print_table(list(stages), [list(stages.values())])
    astray = [(one.origin, one.id, _("differing")) for one in done.differing]
    astray += [(one.origin, one.id, _("missing")) for one in done.missing]
    if astray:
        print_table((_("Line"), _("Statement"), _("In the LRS")), astray)
    if done.erased:
        told = ngettext(
            "%(count)d sent statement isn't compared: what it said was removed here (a forgotten"
            " person, a purged session).",
            "%(count)d sent statements aren't compared: what they said was removed here (forgotten"
            " people, purged sessions).",
            done.erased,
        )
        click.echo(told % {"count": done.erased})


def _print_verified_json(done: conductor.Verified) -> None:
    astray = {
        name: [{"id": one.id, "origin": one.origin} for one in some]
        for name, some in (("differing", done.differing), ("missing", done.missing))
    }
    figures = {
        "expected": done.expected,
        "attended": done.attended,
        "found": done.found,
        "erased": done.erased,
    }
    print_json({**figures, **asdict(done.counts), **astray})
