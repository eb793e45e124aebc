"""Moodle's web service, as far as completions go (REST, JSON).

Moodle answers 200 to whatever fails, with an `exception`, its `errorcode` and a `message`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Any

import httpx

from capsule.errors import CapsuleError, UnavailableError
from capsule.tracking import credentials
from capsule.tracking.endpoint import Transport, fault_of

_URL, _TOKEN = "CAPSULE_MOODLE_URL", "CAPSULE_MOODLE_TOKEN"
_SERVICE = "webservice/rest/server.php"
_TIMEOUT = httpx.Timeout(60, connect=15)  # seconds
_WORDS = 300  # characters of Moodle's explanation that are kept
_HOPELESS = {  # whatever is asked, and of whomever: the token, its user, the service, the site
    "invalidtoken",
    "accessexception",
    "servicenotavailable",
    "servicerequireslogin",
    "webservicesnotenabled",
    "enablewsdescription",
    "sitemaintenance",
    "upgraderunning",
    "requireloginerror",
    "nopermission",
    "nopermissions",
}


@dataclass(frozen=True)
class Settings:
    """Where Moodle is, and the token of a user who may override completions (never shown)."""

    url: str
    token: str = field(repr=False)


class RefusedError(CapsuleError):
    """Moodle refuses one request, in its own words; another one may do."""


def settings(environ: Mapping[str, str]) -> Settings:
    """The Moodle that the environment names: CAPSULE_MOODLE_URL, CAPSULE_MOODLE_TOKEN.

    The token may be in the file that CAPSULE_MOODLE_TOKEN_FILE names instead. Raises
    UnavailableError when one is missing, or when the token would travel in clear.
    """
    url, token = environ.get(_URL, "").strip(), credentials.secret(environ, _TOKEN, "")
    if not (url and token):
        missing = [name for name, given in ((_URL, url), (_TOKEN, token)) if not given]
        raise UnavailableError(
            _("no Moodle is set: give %(names)s in the environment") % {"names": ", ".join(missing)}
        )
    if fault := fault_of(url, _TOKEN):
        raise UnavailableError(f"{_URL}: {fault}")
    address = url.rstrip("/").removesuffix(_SERVICE).rstrip("/") + "/"
    return Settings(address, token.get_secret_value())


class Moodle:
    """A Moodle over one pooled connection. Use it in a `with`; `transport` replaces the network."""

    def __init__(self, moodle: Settings, transport: Transport | None = None) -> None:
        self._token = moodle.token
        self._http = httpx.Client(
            base_url=moodle.url,
            timeout=_TIMEOUT,
            transport=transport,
            trust_env=moodle.url.startswith("https:"),  # http stays on this machine: no proxy
        )

    def __enter__(self) -> Moodle:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    def completed(self, course: int, activity: int, user: int) -> bool:
        """Whether Moodle has the activity (course module) as complete for a user.

        Raises RefusedError when it doesn't say, or the user is no learner of the course (whom it
        would mark all the same); CapsuleError when the activity isn't among those that it tracks
        for anybody; UnavailableError when nothing can be had of it.
        """
        answer = self._ask(
            "core_completion_get_activities_completion_status", courseid=course, userid=user
        )
        for status in answer.get("statuses", []):
            if status.get("cmid") == activity:
                if not status.get("istrackeduser", True):
                    raise RefusedError(_("not a learner of this course"))
                return status.get("state") in (1, 2)  # complete, complete with a pass
        raise CapsuleError(
            _("the course has no activity %(activity)d whose completion is tracked")
            % {"activity": activity}
        )

    def complete(self, activity: int, user: int) -> None:
        """Mark an activity as complete for a user; again changes nothing. Raises as `completed`."""
        answer = self._ask(
            "core_completion_override_activity_completion_status",
            userid=user,
            cmid=activity,
            newstate=1,
        )
        if answer.get("state") not in (1, 2):
            raise RefusedError(_("Moodle did not mark it as complete"))

    def _ask(self, function: str, **asked: int) -> dict[str, Any]:
        sent = {"wstoken": self._token, "wsfunction": function, "moodlewsrestformat": "json"}
        try:
            response = self._http.post(_SERVICE, data={**sent, **asked})
        except httpx.HTTPError as error:
            raise self._unavailable(str(error) or type(error).__name__) from None
        if response.status_code != 200:
            raise self._unavailable(f"{response.status_code} {response.text}")
        try:
            content = response.json()
        except ValueError:
            raise self._unavailable(response.text) from None
        if not isinstance(content, dict):
            raise self._unavailable(response.text)
        if "exception" in content or "errorcode" in content:
            code = str(content.get("errorcode", ""))
            words = f"{content.get('message', '')} ({code})"
            if code in _HOPELESS:
                raise self._unavailable(words)
            raise RefusedError(self._words(words))
        return content

    def _unavailable(self, text: str) -> UnavailableError:
        return UnavailableError(
            _("Moodle does not answer as it should: %(reason)s") % {"reason": self._words(text)}
        )

    def _words(self, text: str) -> str:
        return " ".join(text.replace(self._token, "…").split())[:_WORDS]
