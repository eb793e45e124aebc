"""Statements in a file as DuckDB reads them: NDJSON, or the Parquet that `flatten` writes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from capsule.activity import Names, Verb


@dataclass(frozen=True)
class _Source:
    """A file's statements as rows, and how to read what describes their session."""

    relation: str
    session: str = "session"
    centre: str = "centre"
    course: str = "course"


_NDJSON = _Source(
    """(SELECT id, lower(coalesce(actor.account.name, actor.mbox[8:], actor.mbox_sha1sum,
        actor.openid)) AS person, verb.id AS verb, object.id AS object, result.duration AS duration,
        context.registration AS registration, context.platform AS platform,
        timestamp AS moment, object.definition.name AS session,
        context.extensions AS centre, context.contextActivities.grouping AS course
    FROM read_json($file, format = 'newline_delimited', columns = {
            id: 'VARCHAR',
            actor: 'STRUCT(account STRUCT(name VARCHAR), mbox VARCHAR, mbox_sha1sum VARCHAR,
                openid VARCHAR)',
            verb: 'STRUCT(id VARCHAR)',
            object: 'STRUCT(id VARCHAR, definition STRUCT(name JSON))',
            result: 'STRUCT(duration VARCHAR)',
            context: 'STRUCT(registration VARCHAR, platform VARCHAR, extensions JSON,
                contextActivities STRUCT(grouping JSON))',
            timestamp: 'VARCHAR'
        }))""",
    "json_extract_string(session, '$.*')[1]",
    "json_extract_string(centre, $extension)",
    "json_extract_string(course, '$[0].definition.name.*')[1]",
)
_PARQUET = _Source("read_parquet($file)")

# `statements.seconds`, for millions of durations: what it finds in one, and the minutes of that.
PARTS = r"""regexp_extract(duration,
    '^P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?$',
    ['w', 'd', 'h', 'm', 's'])"""
_UNITS = {"w": "10080", "d": "1440", "h": "60", "m": "1", "s": "1 / 60"}
_SUM = " + ".join(
    f"ifnull(nullif(parts.{sign}, '')::DOUBLE, 0) * {minutes}" for sign, minutes in _UNITS.items()
)
MINUTES = f"""CASE WHEN concat(parts.w, parts.d, parts.h, parts.m, parts.s) <> ''
    THEN ({_SUM})::FLOAT END"""

# What is said in a session goes by its registration, what is said in an LMS by its month, and
# what voids something by itself: most files hold none, and are read once. In a room, the minutes
# are those of who attended: the capsule takes all the same time.
_GROUP = """
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT place, room, min(moment) AS start,
    any_value(session) FILTER (verb = $attended) AS session,
    any_value(centre) AS centre, any_value(course) AS course,
    list(person) FILTER (verb = $attended) AS there,
    list(person) FILTER (verb IN ($completed, $passed) AND minutes IS NULL) AS took,
    list(struct_pack(person := person, minutes := minutes)) FILTER (minutes IS NOT NULL) AS lasted,
    list(object) FILTER (verb = $voided) AS voided
FROM (
    SELECT * REPLACE (hash(person) AS person), {minutes} AS minutes,
        CASE WHEN verb = $voided THEN '' WHEN room THEN registration
            ELSE strftime(timezone($zone, moment::TIMESTAMPTZ), '%Y-%m') END AS place
    FROM (
        SELECT *, {parts} AS parts
        FROM (
            SELECT * REPLACE (CASE WHEN verb = $attended OR platform IS DISTINCT FROM 'capsule'
                    THEN duration END AS duration),
                platform IS NOT DISTINCT FROM 'capsule' AND verb <> $voided AS room
            FROM {relation}
            WHERE verb IN ($attended, $completed, $passed, $voided) {kept}
        )
    )
    WHERE CASE WHEN verb = $voided THEN true
        WHEN verb = $attended THEN room AND starts_with(object, $sessions)
        ELSE object = $capsule OR object = $package
            OR (NOT room AND contains(course::VARCHAR, $quoted)) END
)
GROUP BY ALL
"""
_VOIDED = """
CREATE OR REPLACE TEMP TABLE voided AS
SELECT DISTINCT unnest(voided) AS id FROM grouped WHERE place = ''
"""
_DESCRIBED = """
CREATE OR REPLACE TEMP TABLE places AS
SELECT row_number() OVER (ORDER BY start, place) AS id, place, room,
    CASE WHEN room THEN coalesce({session}, '') ELSE '' END AS name,
    CASE WHEN room THEN strftime(timezone($zone, start::TIMESTAMPTZ), '%Y-%m-%dT%H:%M')
        ELSE place END AS start,
    CASE WHEN room THEN coalesce({centre}, '') ELSE '' END AS centre,
    CASE WHEN room THEN coalesce({course}, '') ELSE '' END AS course
FROM grouped WHERE place <> ''
"""
_FLAT = """
COPY (
    SELECT id, person, verb, object, duration, registration, platform, moment,
        coalesce({session}, '') AS session, coalesce({centre}, '') AS centre,
        coalesce({course}, '') AS course
    FROM {relation}
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def run(
    db: duckdb.DuckDBPyConnection, asked: str, values: Mapping[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """Execute what may need more memory than was given to `db`: it then takes what there is."""
    try:
        return db.execute(asked, values)
    except duckdb.OutOfMemoryException:
        db.execute("RESET memory_limit")
        return db.execute(asked, values)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Raise what DuckDB says of the disk, such as that it is full, as the OSError that it is."""
    try:
        yield
    except duckdb.IOException as error:
        if not (found := re.search(r'"errno":"(\d+)"', str(error))):
            raise
        number = int(found[1])
        raise OSError(number, os.strerror(number)) from None


def group(db: duckdb.DuckDBPyConnection, path: Path, names: Names, zone: str) -> None:
    """Make the table `places`: the sessions of a capsule, and the months of those in the LMS.

    For each `place` and `room` there is a row of `grouped`, which lists the people who were
    `there`, those who `took` the capsule, and how long it `lasted` for whom that is said; whoever
    is so in the LMS took it. Raises duckdb.Error.
    """
    source = _source(path)
    asked = {
        "file": str(path),
        "zone": zone,
        "attended": str(Verb.ATTENDED),
        "completed": str(Verb.COMPLETED),
        "passed": str(Verb.PASSED),
        "voided": str(Verb.VOIDED),
        "capsule": names.capsule_iri,
        "package": names.package_iri,
        "quoted": f'"{names.capsule_iri}"',
        "sessions": names.session_iri("").rpartition("/")[0] + "/",
    }
    words = {"relation": source.relation, "parts": PARTS, "minutes": MINUTES}
    run(db, _GROUP.format(kept="", **words), asked)
    run(db, _VOIDED)
    if db.execute("SELECT count(*) FROM voided").fetchall() != [(0,)]:
        kept = "AND id NOT IN (SELECT id FROM voided)"
        run(db, _GROUP.format(kept=kept, **words), asked)
    shown = {"session": source.session, "centre": source.centre, "course": source.course}
    extension = {"extension": f'$."{names.base}/extensions/centre"'} if source is _NDJSON else {}
    run(db, _DESCRIBED.format(**shown), {"zone": zone, **extension})


def flatten(source: Path, target: Path, base: str) -> None:
    """Write NDJSON of statements as Parquet, one column for each thing that a report asks for.

    Raises OSError when it can't be written.
    """
    words = {"session": _NDJSON.session, "centre": _NDJSON.centre, "course": _NDJSON.course}
    file = str(target).replace("'", "''")
    with disk_faults(), duckdb.connect() as db:
        db.execute(
            _FLAT.format(relation=_NDJSON.relation, target=file, **words),
            {"file": str(source), "extension": f'$."{base}/extensions/centre"'},
        )


def _source(path: Path) -> _Source:
    with path.open("rb") as file:
        return _PARQUET if file.read(4) == b"PAR1" else _NDJSON
