"""The report of the statements of a file, beside a bare DuckDB scan that reads what it needs.

    python benchmarks/tracking_report.py [--statements 10000000]

The statements are those of lists, two for each person; one takes 1.3 kB of an NDJSON file. Prints
a Markdown table. The ratio is of processor seconds, since other work on the machine lengthens the
rest.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from costs import measured, row

from capsule.activity import Names
from capsule.tracking import forms, statements
from capsule.tracking.events import Event, Presence

PROJECT = Path(__file__).resolve().parents[1] / "tests" / "capsules" / "small"
SUBJECT = statements.Subject(
    Names("https://formation.example/capsules", "essai"), "L'essai", "fr", 600
)
PLACE = 25  # people in a session
PEOPLE = 3_000_000
SCAN = """
import sys, duckdb
duckdb.execute('''
    SELECT count(id), count(actor), count(verb), count(object), count(result), count(context),
        count(timestamp)
    FROM read_json(?, format = 'newline_delimited', columns = {
        id: 'VARCHAR', actor: 'STRUCT(account STRUCT(name VARCHAR))', verb: 'STRUCT(id VARCHAR)',
        object: 'STRUCT(id VARCHAR, definition STRUCT(name JSON))',
        result: 'STRUCT(duration VARCHAR)', context: 'STRUCT(registration VARCHAR,
            platform VARCHAR, extensions JSON, contextActivities STRUCT(grouping JSON))',
        timestamp: 'VARCHAR'})
''', sys.argv[1:]).fetchall()
"""
REPORT = """
import sys, pathlib, capsule.track.figures
file, project = map(pathlib.Path, sys.argv[1:])
capsule.track.figures.report(project, statements=file)
"""


def main() -> None:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--statements", type=int, default=10_000_000)
    wanted = options.parse_args().statements
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statements.ndjson"
        _write(file, wanted)
        scan = [sys.executable, "-c", SCAN, str(file)]
        report = [sys.executable, "-c", REPORT, str(file), str(PROJECT)]
        measured(scan)  # the file is in the system's cache from here on, as far as it goes
        limit = measured(scan)
        print(
            f"| {wanted:,} statements | CPU s | ratio | wall s | peak MB |\n|---|---|---|---|---|"
        )
        print(row("a bare scan", limit, limit))
        print(row("the report", measured(report), limit))


def _write(target: Path, wanted: int) -> None:
    """The statements of sessions in which everybody was present."""
    written = 0
    with target.open("wb") as file:
        for number in count():
            made = forms.of_event(_session(number), SUBJECT)
            for seat in range(PLACE):
                who = hashlib.sha256(str((number * PLACE + seat) % PEOPLE).encode())
                person = who.hexdigest()
                for form in made:
                    file.write(forms.filled(form.text, person, form.id(person, 1)) + b"\n")
            written += PLACE * len(made)
            if written >= wanted:
                return


def _session(number: int) -> Event:
    start = datetime(2022, 1, 3, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
    return Event(
        session=f"GRE-{number:06}",
        start=start + timedelta(days=number % 1000),
        person="",
        presence=Presence.PRESENT,
        minutes=None if number % 3 else 90,
        centre=f"Centre {number % 40}",
        course=f"Formation {number % 100}",
        trainer="",
        path=Path("list.csv"),
        line=number,
    )


if __name__ == "__main__":
    main()
