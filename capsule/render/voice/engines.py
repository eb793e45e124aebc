"""The engines that speak a text. All are programs that run by themselves, for their licences."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from capsule import digests
from capsule.errors import UnavailableError
from capsule.render.voice.listening import Samples, decoded

_WORDS_A_MINUTE = "130"  # of espeak-ng, whose 175 is hurried for a room that discovers a text


class Engine(Protocol):
    """Something that speaks, always the same way."""

    @property
    def key(self) -> str:
        """All that its voice depends on."""

    def speak(self, lines: Sequence[str]) -> list[Samples]:
        """The sound of each line. Raises UnavailableError when the program is missing or fails."""


@dataclass(frozen=True)
class Espeak:
    """espeak-ng, in a language that it knows."""

    language: str

    @property
    def key(self) -> str:
        """Its version, language and pace."""
        version = _run("espeak-ng", ["--version"], "").split("Data at", maxsplit=1)[0]
        return f"espeak-ng {version.strip()} {self.language} {_WORDS_A_MINUTE}"

    def speak(self, lines: Sequence[str]) -> list[Samples]:
        """The sound of each line, spoken by itself."""
        with TemporaryDirectory() as folder:
            spoken = Path(folder, "spoken.wav")
            options = ["-v", self.language, "-s", _WORDS_A_MINUTE, "-z", "-b", "1"]
            sounds = []
            for line in lines:
                _run("espeak-ng", [*options, "--stdin", "-w", str(spoken)], line)
                sounds.append(decoded(spoken))
            return sounds


@dataclass(frozen=True)
class Piper:
    """Piper with the centre's voice file, which knows its language."""

    model: Path

    @property
    def key(self) -> str:
        """The voice file's bytes and its settings'; Piper doesn't tell its version."""
        told = [digests.of_file(file) for file in (self.model, config_of(self.model))]
        return f"piper {' '.join(told)}"

    def speak(self, lines: Sequence[str]) -> list[Samples]:
        """The sound of each line; without chance, so that a lost sound can be made again."""
        with TemporaryDirectory() as folder:
            voice = ["-m", str(self.model.resolve()), "-c", str(config_of(self.model).resolve())]
            even = ["--noise-scale", "0", "--noise-w-scale", "0"]
            _run("piper", [*voice, *even, "--output-dir", folder], "\n".join(lines) + "\n")
            files = sorted(Path(folder).glob("*.wav"), key=lambda file: int(file.stem))
            if len(files) != len(lines):
                raise _failed("piper", _("it spoke %(some)d sentences of %(all)d")
                              % {"some": len(files), "all": len(lines)})  # fmt: skip
            return [decoded(file) for file in files]


def config_of(model: Path) -> Path:
    """The settings that go with a voice file of Piper's, always beside it."""
    return model.with_name(f"{model.name}.json")


def _run(name: str, options: list[str], text: str) -> str:
    """Run the program `name` on `text`; what it prints."""
    program = shutil.which(name)
    if program is None:
        package = {"espeak-ng": "apt install espeak-ng", "piper": "pip install piper-tts"}[name]
        raise UnavailableError(
            _(
                "%(program)s, which is to speak the texts, is not installed; install it"
                " (%(how)s), or record them and write engine: none under film: voice:"
            )
            % {"program": name, "how": package}
        )
    try:
        done = subprocess.run(  # noqa: S603
            [program, *options],
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONUTF8": "1"},
            check=False,
        )
    except OSError as error:
        raise _failed(name, error.strerror or str(error)) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise _failed(name, lines[-1] if lines else str(done.returncode))
    return done.stdout


def _failed(name: str, why: str) -> UnavailableError:
    return UnavailableError(
        _("%(program)s could not speak the texts: %(why)s") % {"program": name, "why": why}
    )
