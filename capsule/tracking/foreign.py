"""Statements from elsewhere (an LMS, another queue, an export), one on each line of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import ValidationError

from capsule.errors import Problem
from capsule.tracking import reasons, xapi
from capsule.tracking.events import squeezed
from capsule.tracking.privacy import Pseudonyms
from capsule.tracking.sparing import Sparing
from capsule.tracking.statements import Statement, encode, instant

_HIDDEN = re.compile(r"[0-9a-f]{64}")  # a pseudonym, of this machine or of another
_SET_BY_LRS = ("stored", "authority", "version")


@dataclass(frozen=True)
class Received:
    """A statement ready to be kept: its people are hidden, its bytes settled."""

    id: str
    body: bytes
    origin: str


class Bad(NamedTuple):
    """A line that is no valid statement: all that is wrong, and its bytes."""

    problems: Sequence[Problem]
    text: bytes


def is_one(path: Path) -> bool:
    """Whether a file holds statements and no table: it begins with an object. Raises OSError."""
    with path.open("rb") as file:
        for _number, text in _lines(file):
            return text.startswith((b"{", b"[{"))
    return False


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that say something; one with # in front is a reason that `quarantine` wrote."""
    for number, raw in enumerate(file, 1):
        text = raw.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip()
        if text and not text.startswith(b"# "):
            yield number, text


def read(path: Path, sparing: Sparing, base: str, now: datetime) -> Iterator[Received | Bad]:
    """Read NDJSON, line by line: a statement where it is valid, else what is wrong with it.

    People become accounts of `base`, as those of an attendance list, and lose their names; what
    `sparing` leaves out isn't there. `now` is aware;
    what is dated after it is a problem. Raises OSError.
    """
    with path.open("rb") as file:
        for number, text in _lines(file):
            try:
                if received := _received(text, f"{path.name}:{number}", sparing, base, now):
                    yield received
            except _RefusedError as refused:
                told = [Problem(path, number, refused.column, *why) for why in refused.reasons]
                yield Bad(told, text)


class _RefusedError(ValueError):
    """What is wrong, each with what to do about it."""

    def __init__(self, *reasons: tuple[str, str], column: int = 0) -> None:
        super().__init__()
        self.reasons, self.column = reasons, column


def _received(
    text: bytes, origin: str, sparing: Sparing, base: str, now: datetime
) -> Received | None:
    statement = _parsed(text)
    try:
        xapi.check(statement)
    except ValidationError as error:
        raise _RefusedError(*reasons.of(error)) from None
    if where := xapi.null(statement):
        raise _RefusedError(reasons.of_null(where))
    at = datetime.fromisoformat(statement["timestamp"]).astimezone(UTC)
    if at > now:
        raise _RefusedError((_("the statement is dated in the future"), _("correct its timestamp")))
    kept: Statement = {key: v for key, v in statement.items() if key not in _SET_BY_LRS}
    kept["id"] = kept["id"].lower()
    kept["timestamp"] = instant(at)
    if sparing.past(at.date()) or sparing.gone(_people(kept)):
        return None
    _settle(kept, sparing.names.on(at.date()), base)
    try:
        return Received(kept["id"], encode(kept), origin)
    except UnicodeEncodeError:
        raise _RefusedError((_("the line holds half of a character"), _("remove it"))) from None
    except ValueError:
        raise _RefusedError((_("the line holds a number without end"), _("correct it"))) from None


def _parsed(text: bytes) -> Any:
    reason = (_("this is not JSON"), _("write one statement on each line, in UTF-8"))
    try:
        return json.loads(text.decode(), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _RefusedError(reason, column=error.colno) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise _RefusedError(reason) from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _settle(said: Statement, actors: Pseudonyms, base: str) -> None:
    """Hide the people of a statement, or of a statement in one.

    Activities of the context that stand alone become lists, as an LRS returns them (4.1.6.2).
    """
    said["actor"] = _hidden(said["actor"], actors, base)
    target = said["object"]
    if target.get("objectType") in ("Agent", "Group"):
        said["object"] = _hidden(target, actors, base)
    elif target.get("objectType") == "SubStatement":
        _settle(target, actors, base)
    context = said.get("context", {})
    activities = context.get("contextActivities", {})
    activities |= {key: [one] for key, one in activities.items() if isinstance(one, dict)}
    if "instructor" in context:
        context["instructor"] = _hidden(context["instructor"], actors, base, trainer=True)
    if "team" in context:
        context["team"] = _hidden(context["team"], actors, base)


def about(body: bytes, known: Collection[str]) -> bool:
    """Whether a statement, as it is kept, is about somebody whom one of `known` stands for."""
    return any(name in known for name in _people(json.loads(body)))


def _people(said: Statement) -> Iterator[str]:
    """What identifies those whom a statement is about."""
    target = said["object"]
    for who in (said["actor"], target, said.get("context", {}).get("team", {})):
        if who.get("objectType", "Agent") in ("Agent", "Group"):
            yield from filter(None, map(name_of, [who, *who.get("member", [])]))
    if target.get("objectType") == "SubStatement":
        yield from _people(target)


def _hidden(who: Statement, actors: Pseudonyms, base: str, *, trainer: bool = False) -> Statement:
    """`who`, an agent or a group, without names, as `actors` has them."""
    kind = who.get("objectType", "Agent")
    hidden: Statement = {"objectType": kind}
    if "member" in who:
        hidden["member"] = [_hidden(one, actors, base, trainer=trainer) for one in who["member"]]
    account = who.get("account", {})
    if account.get("homePage") == base and _HIDDEN.fullmatch(account["name"]):
        return {**hidden, "account": account}
    if actors.identified:
        kept = ("mbox", "mbox_sha1sum", "openid", "account")
        return {**hidden, **{key: who[key] for key in kept if key in who}}
    if name := name_of(who):
        hidden["account"] = {
            "homePage": base,
            "name": (actors.trainer if trainer else actors.of)(name),
        }
    return hidden


def name_of(who: Mapping[str, Any]) -> str:
    """What identifies someone, as an attendance list would have it; "" for a group without."""
    if "account" in who:
        return squeezed(who["account"]["name"]).casefold()
    if "mbox" in who:
        return squeezed(who["mbox"].removeprefix("mailto:")).casefold()
    return next((f"{key} {who[key]}" for key in ("mbox_sha1sum", "openid") if key in who), "")
