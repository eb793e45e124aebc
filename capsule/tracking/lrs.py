"""The LRS: tincan's object model at the edge, the project's own HTTP underneath.

`Lrs` is a `tincan.RemoteLRS` whose requests share one pooled connection and have timeouts.
Bulk sending posts the frozen bytes as they are; objects are written by `encode`, so that both
ways give the same JSON.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from gettext import gettext as _
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

import httpx
import tincan

from capsule.errors import UnavailableError
from capsule.tracking import statements
from capsule.tracking.endpoint import Settings, Transport

Statement: TypeAlias = tincan.Statement

_TIMEOUT = httpx.Timeout(120, connect=15)  # seconds; a store may think long about a batch
_UNREACHED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_WORDS = 500  # characters of an LRS's explanation that are kept


@dataclass(frozen=True)
class Answer:
    """What the LRS answered: HTTP status (0 for no answer), its words, its JSON if any.

    `wait` is the number of seconds that it asks for before another try; `reached` is whether the
    request may have come to it.
    """

    status: int
    words: str
    content: Any = None
    wait: float | None = None
    reached: bool = True


class Lrs(tincan.RemoteLRS):  # type: ignore[misc]  # tincan has no types
    """An LRS over one pooled connection, with timeouts. Close it, or use it in a `with`.

    Takes and gives `tincan` objects like its parent; `post`, `get`, `query` work on bytes and JSON.
    `transport` replaces the network.
    """

    _props = (*tincan.RemoteLRS._props, "http", "secrets")  # what tincan lets one set

    def __init__(self, lrs: Settings, transport: Transport | None = None) -> None:
        # tincan knows no later version; it is the header below that the LRS reads.
        super().__init__(endpoint=lrs.url, version="1.0.3", auth=f"Basic {_login(lrs)}")
        self._secrets = (lrs.secret, _login(lrs))
        self._http = httpx.Client(
            base_url=self.endpoint,
            headers={"X-Experience-API-Version": lrs.version, "Authorization": self.auth},
            timeout=_TIMEOUT,
            transport=transport,
            trust_env=lrs.url.startswith("https:"),  # http stays on this machine: no proxy
        )

    def __enter__(self) -> Lrs:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    def post(self, bodies: Sequence[bytes]) -> Answer:
        """Post statements, given as JSON, in one request. A lost connection is status 0."""
        return self._ask("POST", content=b"[" + b",".join(bodies) + b"]")

    def get(self, statement_id: str) -> Answer:
        """Ask for one statement; `content` is None when the LRS doesn't have it."""
        return self._one({"statementId": statement_id})

    def get_voided(self, statement_id: str) -> Answer:
        """Ask for one statement that was voided."""
        return self._one({"voidedStatementId": statement_id})

    def query(self, more: str = "", **filters: str) -> Answer:
        """Ask for a page of statements; `more` is what the page before said under this name.

        One that leads to another server, where the key must not go, is answered by an empty page.
        """
        if not more:
            return self._ask("GET", params=filters)
        there = self._next(more)
        return self._ask("GET", there) if there else Answer(200, "", {"statements": []})

    def pages(
        self, ask: Callable[[Callable[[], Answer]], Answer], **sought: str
    ) -> Iterator[list[dict[str, Any]]]:
        """The statements that match `sought` (xAPI 1.0.3, part 3, section 2.1.3), page after page.

        Those that the LRS knows as voided aren't among them. `ask` asks for each page, maybe more
        than once. Raises UnavailableError when the LRS doesn't answer as it should.
        """
        answer = ask(partial(self.query, **sought))
        while True:
            if answer.status != 200 or not isinstance(answer.content, dict):
                said = answer.words if answer.status != 200 else ""
                raise UnavailableError(
                    _("the LRS does not give its statements: %(status)s %(reason)s")
                    % {"status": answer.status or _("no answer"), "reason": said}
                )
            found = answer.content.get("statements")
            yield [one for one in found or [] if isinstance(one, dict)]
            more = str(answer.content.get("more") or "")
            if not more or not found:
                return
            if not self._next(more):
                raise UnavailableError(_("the LRS sends its reader to another server for more"))
            answer = ask(partial(self.query, more))

    def _next(self, more: str) -> str:
        """The address of the next page, "" if another server has it."""
        there = urljoin(f"{self.endpoint}statements", more)
        return there if urlsplit(there)[:2] == urlsplit(self.endpoint)[:2] else ""

    def save_statement(self, statement: Statement) -> tincan.LRSResponse:
        """Post one statement."""
        return self._save([statement], statement)

    def save_statements(self, statements: Sequence[Statement]) -> tincan.LRSResponse:
        """Post several statements."""
        return self._save(statements, statements)

    def _save(self, batch: Sequence[Statement], content: object) -> tincan.LRSResponse:
        request = tincan.HTTPRequest(method="POST", resource="statements")
        request.headers["Content-Type"] = "application/json"
        request.content = b"[" + b",".join(map(encode, batch)) + b"]"
        response = self._send_request(request)
        if response.success:
            response.content = content
        return response

    def _send_request(self, request: tincan.HTTPRequest) -> tincan.LRSResponse:
        """What tincan calls for each request. Raises UnavailableError when there is no answer."""
        try:
            response = self._http.request(
                request.method,
                request.resource,
                params=request.query_params or None,
                headers=request.headers,
                content=request.content,
            )
        except httpx.HTTPError as error:
            # The frames of the library hold the login, so they are left out of a traceback.
            raise UnavailableError(self._words(str(error))) from None
        ignored = response.status_code == 404 and bool(request.ignore404)
        return tincan.LRSResponse(
            success=response.is_success or ignored,
            request=request,
            response=_Response(response),
            data=response.content,
        )

    def _one(self, which: Mapping[str, str]) -> Answer:
        answer = self._ask("GET", params=which)
        if isinstance(answer.content, dict) and "statements" in answer.content:
            found = answer.content["statements"] or [None]  # some LRSs answer with a list
            return Answer(answer.status, answer.words, found[0])
        return answer

    def _ask(self, method: str, where: str = "statements", **request: Any) -> Answer:
        headers = {"Content-Type": "application/json"} if method == "POST" else {}
        try:
            response = self._http.request(method, where, headers=headers, **request)
        except httpx.HTTPError as error:
            words = self._words(str(error) or type(error).__name__)
            return Answer(0, words, reached=not isinstance(error, _UNREACHED))
        content = None
        if response.is_success and (text := response.text.strip()):
            try:
                content = json.loads(text)
            except ValueError:
                if text[0] in "[{":  # half of an answer, which a length would have betrayed
                    return Answer(0, self._words(text))
        return Answer(response.status_code, self._words(response.text), content, _wait(response))

    def _words(self, text: str) -> str:
        """`text` on one line, shortened, without the secret that some servers echo."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return " ".join(text.split())[:_WORDS]


class _Response(http.client.HTTPResponse):
    """An answer of httpx in the form that tincan asks for."""

    def __init__(self, response: httpx.Response) -> None:
        self.fp = None  # type: ignore[assignment]  # nothing left to read
        self.status = response.status_code
        self.reason = response.reason_phrase
        self.headers = self.msg = http.client.HTTPMessage()
        for name, value in response.headers.multi_items():
            self.headers.add_header(name, value)


def decode(body: bytes) -> Statement:
    """A statement's JSON as a `tincan.Statement`."""
    return tincan.Statement({**json.loads(body), "version": None})


def encode(statement: Statement) -> bytes:
    """A `tincan.Statement` as the JSON that the project sends: the inverse of `decode`.

    Raises ValueError for a timestamp without a time zone.
    """
    data = json.loads(statement.to_json())
    data.pop("version", None)
    if statement.timestamp is not None:
        if statement.timestamp.tzinfo is None:
            raise ValueError("a statement's timestamp needs a time zone")
        data["timestamp"] = statements.instant(statement.timestamp)
    if statement.result is not None and isinstance(statement.result.duration, timedelta):
        seconds = statement.result.duration.total_seconds()
        data["result"]["duration"] = statements.duration(seconds)
    return statements.encode(data)


def _login(lrs: Settings) -> str:
    return base64.b64encode(f"{lrs.key}:{lrs.secret}".encode()).decode("ascii")


def _wait(response: httpx.Response) -> float | None:
    """The seconds of Retry-After, which is a number or a date (RFC 9110, section 10.2.3)."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        return max(0.0, (until - parsedate_to_datetime(response.headers["Date"])).total_seconds())
    except (ValueError, TypeError, KeyError):
        return None
