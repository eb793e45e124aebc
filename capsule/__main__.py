"""`python -m capsule`, and the `capsule` command."""

from __future__ import annotations

import gc
import gettext
import io
import os
import signal
import sys

from capsule.resources import DOMAIN, LANGUAGES, locales


def main() -> None:
    """Choose the user's language, then run the command.

    The language is settled before the commands are imported, since their help is translated
    as they are defined: `--lang`, then LANGUAGE, LC_ALL, LC_MESSAGES and LANG (as gettext does).
    """
    gc.set_threshold(50_000)  # what is imported is no garbage
    for flag, value in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        name, _, joined = flag.partition("=")
        if name == "--lang" and (joined or value) in LANGUAGES:
            os.environ["LANGUAGE"] = joined or value
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a Windows pipe may know no curly apostrophe
            stream.reconfigure(errors="replace")
    gettext.bindtextdomain(DOMAIN, str(locales()))
    gettext.textdomain(DOMAIN)
    for ending in (name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)):
        signal.signal(getattr(signal, ending), _leave)
    from capsule.cli import capsule  # noqa: PLC0415 (after the language, see above)

    capsule(prog_name="capsule")


def _leave(number: int, _frame: object) -> None:
    """End as after Ctrl-C, with the drafts removed and the workers stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
