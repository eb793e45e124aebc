"""How long to wait for an LRS, how often to ask it, and what its failing means."""

from __future__ import annotations

from collections.abc import Callable, Collection
from gettext import gettext as _

from capsule.errors import UnavailableError
from capsule.tracking.lrs import Answer

TRIES = 6
_LONGEST = 60.0  # seconds between two tries
_PATIENCE = 600.0  # seconds that an LRS may ask for
_BUSY = {425, 429, 503}  # whatever was asked
_DENIED = {401, 403}


class DeniedError(UnavailableError):
    """The LRS refuses the key: asking again would only have it locked."""


class Patience:
    """Asks again while a fault may pass. `sleep` (seconds), `chance` (0 to 1): clock and dice."""

    def __init__(self, sleep: Callable[[float], None], chance: Callable[[], float]) -> None:
        self._sleep = sleep
        self._chance = chance

    def ask(
        self,
        ask: Callable[[], Answer],
        expected: Collection[int],
        tries: int = TRIES,
        lost: int = TRIES // 2,
    ) -> Answer:
        """The first answer with an expected status; after so many tries, the last fault.

        After `lost` tries if an answer never came, which may take long each time.

        That fault, a 5xx or an answer that was lost, may be due to what was asked. Raises
        UnavailableError for those that can't be: the LRS can't be reached, is busy for long, or
        isn't one; DeniedError when it refuses the key.
        """
        for attempt in range(tries):
            answer = ask()
            if answer.status in expected:
                return answer
            most = min(tries, lost) if answer.reached and not answer.status else tries
            if not _passing(answer) or attempt + 1 >= most or (answer.wait or 0) > _PATIENCE:
                break
            pause = min(_LONGEST, 2.0**attempt) * (0.5 + self._chance() / 2)
            self._sleep(max(pause, answer.wait or 0))
        if not _passing(answer) or not answer.reached or answer.status in _BUSY or answer.wait:
            raise failure(answer)
        return answer


class Pace:
    """Lets so many statements a second go, or any number. `clock` gives seconds that never jump."""

    def __init__(
        self, rate: float | None, sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> None:
        self._each = 1 / rate if rate else 0.0
        self._sleep = sleep
        self._clock = clock
        self._next = clock()

    def wait(self, count: int) -> None:
        """Sleep, if only for 0 seconds, until `count` statements may go."""
        now = self._clock()
        self._sleep(max(0.0, self._next - now))
        self._next = max(self._next, now) + count * self._each


def failure(answer: Answer) -> UnavailableError:
    """The error that says what is wrong with the LRS."""
    kind = DeniedError if answer.status in _DENIED else UnavailableError
    return kind(_verdict(answer))


def _passing(answer: Answer) -> bool:
    return answer.status in {0, 408, 425, 429} or answer.status >= 500


def _verdict(answer: Answer) -> str:
    values = {"status": answer.status, "words": answer.words, "wait": answer.wait}
    if "CERTIFICATE_VERIFY_FAILED" in answer.words:
        return (
            _(
                "the LRS's certificate isn't trusted; if an authority of your centre's has signed"
                " it, name that one's file in SSL_CERT_FILE: %(words)s"
            )
            % values
        )
    if not answer.status:
        return _("the LRS can't be reached: %(words)s") % values
    if answer.status in _DENIED:
        return _("the LRS refuses the key and the secret (%(status)d): %(words)s") % values
    if answer.wait:
        return _("the LRS asks to come back in %(wait)d seconds (%(status)d)") % values
    if _passing(answer):
        return _("the LRS is out of order (%(status)d): %(words)s") % values
    return _("this address does not answer as an LRS does (%(status)d): %(words)s") % values
