from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from capsule.tracking import attendance
from capsule.tracking.events import Event, Presence

PARIS = ZoneInfo("Europe/Paris")
LATEST = datetime(2025, 6, 30, 11, 50, tzinfo=PARIS)
HEADER = "session;date;heure;identifiant;présence;minutes\n"


def _read(
    path: Path,
    content: str | bytes | None,
    latest: datetime = LATEST,
    columns: dict[str, str] | None = None,
) -> tuple[list[Event], list[str]]:
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    events: list[Event] = []
    problems: list[str] = []
    for line in attendance.read(path, PARIS, latest, columns or {}):
        problems += [str(problem).replace(str(path), path.name) for problem in line.problems]
        events += [line.event] if line.event else []
    return events, problems


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(listing: Path, encoding: str, delimiter: str) -> None:
    rows = [
        ["Session", "Date", "Matricule", "Présence", "Centre"],
        ["Été – Œuvre", "31/03/2025", "A1", "Présente", "Échirolles"],
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    events, problems = _read(listing, text.encode(encoding))
    assert not problems
    assert [(e.session, e.centre, e.presence) for e in events] == [
        ("Été – Œuvre", "Échirolles", Presence.PRESENT)
    ]


@pytest.mark.parametrize(
    "header",
    [
        "session,date,time,id,presence,minutes,trainer,centre,course",
        "SESSION , Date ,Start time,Identifier,Status,Duration,Instructor,Center,Training",
        "Code session,Date de début,Heure de début,N° stagiaire,Présence (O/N),"
        "Durée,Formateur(trice),Lieu,Intitulé de la formation",
        "Groupe,Jour,Horaire,Identifiant,ÉMARGEMENT,Minutes,Intervenante,Antenne,Stage",
    ],
)
def test_headers_in_french_and_english(listing: Path, header: str) -> None:
    row = "S1,2025-03-31,9h30,A1,oui,420,Zoé,Grenoble,Accueil"
    events, problems = _read(listing, f"{header}\n{row}\n")
    assert not problems
    (event,) = events
    assert (event.session, event.person, event.trainer) == ("S1", "a1", "zoé")
    assert (event.minutes, event.centre, event.course) == (420, "Grenoble", "Accueil")
    assert event.start.isoformat() == "2025-03-31T09:30:00+02:00"


@pytest.mark.parametrize(
    ("day", "hour", "start"),
    [
        ("31/03/2025", "9h", "2025-03-31T09:00:00+02:00"),
        ("31/03/25", "09:30:00", "2025-03-31T09:30:00+02:00"),
        ("1-2-2025", "9h30-12h30", "2025-02-01T09:30:00+01:00"),
        ("01.02.2025", "14 h 05", "2025-02-01T14:05:00+01:00"),
        ("2025-02-01", "", "2025-02-01T09:00:00+01:00"),
        ("2025-02-01T08:45", "", "2025-02-01T08:45:00+01:00"),
        ("01/02/2025 00:00", "00:00", "2025-02-01T09:00:00+01:00"),
        ("29/03/2025", "9h", "2025-03-29T09:00:00+01:00"),  # the day before summer time
        ("30/03/2025", "9h", "2025-03-30T09:00:00+02:00"),
        ("25/10/2024", "9h", "2024-10-25T09:00:00+02:00"),
        ("28/10/2024", "9h", "2024-10-28T09:00:00+01:00"),
        ("27/10/2024", "2h30 été", "2024-10-27T02:30:00+02:00"),  # this hour comes twice
        ("27/10/2024", "2h30 (heure d'hiver)", "2024-10-27T02:30:00+01:00"),
        ("27/10/2024 02:30 hiver", "", "2024-10-27T02:30:00+01:00"),
        ("27/10/2024", "3h", "2024-10-27T03:00:00+01:00"),
    ],
)
def test_dates_and_times(listing: Path, day: str, hour: str, start: str) -> None:
    events, problems = _read(listing, f"{HEADER}S1;{day};{hour};a;P;\n")
    assert not problems
    assert [event.start.isoformat() for event in events] == [start]


@pytest.mark.parametrize(
    ("words", "presence"),
    [
        ("Présent(e) présente P oui O x X 1 yes Y true ✓ ✔ ✔\ufe0f ☑", Presence.PRESENT),
        ("Signé(e) signée émargé(e) Émargée L late Retard R", Presence.PRESENT),
        ("absent(e) Absente A non N 0 no ☐ E excusé(e) excusée dispensé", Presence.ABSENT),
        ("partiel partielle partial Partiellement", Presence.PARTIAL),
    ],
)
def test_presences(listing: Path, words: str, presence: Presence) -> None:
    rows = [f"S1;2025-02-01;;p{n};{word};1h15\n" for n, word in enumerate(words.split())]
    events, problems = _read(listing, HEADER + "".join(rows))
    assert not problems
    assert {(event.presence, event.minutes) for event in events} == {(presence, 75)}


@pytest.mark.parametrize(
    ("header", "said", "minutes"),
    [
        ("Durée (h)", "3,5", 210),
        ("Durée en heures", "3", 180),
        ("Heures de présence", "3h30", 210),
        ("Hours", "0.75", 45),
        ("Durée", "45", 45),
        ("Durée (minutes)", "45", 45),
    ],
)
def test_a_column_in_hours_counts_hours(
    listing: Path, header: str, said: str, minutes: int
) -> None:
    events, problems = _read(
        listing, f"session;date;id;présence;{header}\nS1;01/02/2025;a;partiel;{said}\n"
    )
    assert not problems
    assert [event.minutes for event in events] == [minutes]


@pytest.mark.parametrize(("there", "long"), [("½ journée", ""), ("0,5 j", ""), ("P", "0,5 j")])
def test_half_days_need_their_minutes(listing: Path, there: str, long: str) -> None:
    events, problems = _read(listing, f"{HEADER}S1;01/02/2025;;a;{there};{long}\n")
    if there == "P":
        assert [event.minutes for event in events] == [None], "the length of the course, say"
    else:
        assert not events
        assert "minutes" in problems[0] or "such as 45" in problems[0]


def test_what_rows_have_in_common_is_not_mixed_up(listing: Path) -> None:
    """Cells are read once for many rows; each row still says what it says."""
    rows = [
        f"S{s};0{1 + s % 2}/02/2025;;p{n};{there};{long};{remark}"
        for n, (s, there, long, remark) in enumerate(
            (s, *said, f"r{s}")
            for _again in range(2)
            for s in range(4)
            for said in (("P", ""), ("partiel", "45"), ("partiel", "50"), ("A", ""))
        )
    ]
    mixed = ["S1;02/02/2025;;;P;;", "S1;02/02/2025;;=A1;P;;", "S1;02/02/2025;;' é2;P"]
    header = HEADER.replace("minutes", "minutes;remarque")
    events, problems = _read(listing, header + "\n".join([*rows, *mixed]) + "\n")
    assert [problem.split(":")[1:3] for problem in problems] == [["34", "4"], ["35", "4"]]
    said = [(e.session, e.day.day, e.person, e.presence, e.minutes, e.line) for e in events]
    kinds = [("present", None), ("partial", 45), ("partial", 50), ("absent", None)]
    assert said[:-1] == [
        (f"S{n // 4 % 4}", 1 + n // 4 % 2, f"p{n}", *kinds[n % 4], n + 2) for n in range(32)
    ]
    assert said[-1][2:] == ("' é2", "present", None, 36)


def test_each_bad_row_is_listed_with_its_column_and_the_others_are_read(listing: Path) -> None:
    rows = [
        "S1;30/02/2025;;a;P;",
        "S1;;;b;P;",
        "S1;01/02/2025;;;P;",
        "S1;01/02/2025;;c;peut-être;",
        ";01/02/2025;25h;d;;",
        "S1;01/02/2025;;e;partiel;",
        "S1;01/02/2025;;f;partiel;beaucoup",
        "S1;01/02/2025;;1,23E+11;P;",
        "S1;01/02/2052;;g;P;",
        "S1;mardi;;h;P",
        "S1;01/02/2025;;#REF!;P;",
        ";;;;;",
        "S1;01/02/2025;;good;P;2 jours",
    ]
    events, problems = _read(listing, HEADER + "\n".join(rows))
    assert [(event.person, event.line) for event in events] == [("good", 14)]
    assert [problem.split(";")[0] for problem in problems] == [
        "list.csv:2:2: 30/02/2025 is not in the calendar",
        "list.csv:3:2: the date is missing",
        "list.csv:4:4: the identifier is missing",
        'list.csv:5:5: "peut-être" is not a known presence',
        'list.csv:6:3: "25h" is not a time of day',
        "list.csv:6:5: the presence is missing",
        "list.csv:6:1: the session is missing",
        "list.csv:7:6: a partial presence needs its minutes",
        'list.csv:8:6: "beaucoup" is not a number of minutes',
        'list.csv:9:4: Excel has cut the identifier to "1,23E+11"',
        "list.csv:10:2: this session has not had the capsule yet",
        'list.csv:11:2: "mardi" is not a date',
        'list.csv:12:4: the identifier is the error of a formula, "#REF!"',
    ]
    assert all(";" in problem for problem in problems)


def test_people_are_told_apart_by_identifier_or_else_by_email(listing: Path) -> None:
    events, problems = _read(
        listing,
        "session;date;nom;matricule;courriel;présence\n"
        "S1;01/02/2025;Martin;M1;A.Martin@Ville.example;P\n"
        "S1;01/02/2025;Martin;;A.Martin@Ville.example;P\n"
        "S1;01/02/2025;Martin;;a.martin;P\n",
    )
    assert [event.person for event in events] == ["m1", "a.martin@ville.example"]
    assert problems[0].startswith('list.csv:4:5: "a.martin" is not an e-mail address')


def test_titles_above_the_header_and_several_lines_in_a_cell(listing: Path) -> None:
    events, problems = _read(
        listing,
        'sep=;\n"Feuille ""Tous concernés""\nmars 2025";;;\n\n'
        'Formation;Date;Identifiant;"Présence\n(O/N)"\n'
        'Accueil;01/02/2025;a;O\n"Accueil";01/02/2025;b;"?"\n',
    )
    assert [(event.session, event.line) for event in events] == [("Accueil", 7)]
    assert problems[0].startswith('list.csv:8:4: "?" is not a known presence')


@pytest.mark.parametrize("tick", ["x", "✓", "☑", "Signé"])
def test_a_list_that_ticks_those_who_were_there(listing: Path, tick: str) -> None:
    events, _problems = _read(listing, f"{HEADER}S1;01/02/2025;;a;{tick};\nS1;01/02/2025;;b;;\n")
    assert [event.presence for event in events] == [Presence.PRESENT, Presence.ABSENT]


def test_a_session_cannot_be_to_come(listing: Path) -> None:
    rows = ["S1;30/06/2025;8h50;a;P;", "S2;30/06/2025;8h51;b;P;", "S3;30/06/2025;;c;P;"]
    early = LATEST - timedelta(hours=3)
    events, problems = _read(listing, HEADER + "\n".join([*rows, "S4;01/07/2025;;d;P;"]), early)
    assert [event.person for event in events] == ["a"]
    assert [problem.split(";")[0] for problem in problems] == [
        "list.csv:3:2: this session has not had the capsule yet",
        "list.csv:4:2: a session without a time is dated at 9:00,"
        " and it is too early for that today",
        "list.csv:5:2: this session has not had the capsule yet",
    ]
    events, problems = _read(listing, HEADER + rows[2], LATEST)
    assert [event.start.hour for event in events] == [9]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "list.csv: the file is empty"),
        (
            b"Nom;Date\nMartin;01/02/2025\n",
            "list.csv:1: columns are missing: session, identifier or e-mail, presence;"
            " found here: Nom, Date",
        ),
        (b"PK\x03\x04\0\0", "list.csv: the workbook is damaged, or it is no workbook"),
        (b"\xff\xd8\0\0", "list.csv: not a text file"),
    ],
)
def test_a_file_that_is_no_list(listing: Path, content: bytes, message: str) -> None:
    events, problems = _read(listing, content)
    assert not events
    assert len(problems) == 1
    assert problems[0].startswith(message)


def test_wrong_quotes_end_the_reading_and_are_said(listing: Path) -> None:
    events, problems = _read(
        listing,
        f'{HEADER}S1;01/02/2025;;a;P;\nS1;01/02/2025;;"b;P;\nS1;01/02/2025;;c;P;\n',
    )
    assert [event.person for event in events] == ["a"]
    assert problems[0].startswith("list.csv:3: quotes are wrong on this line")


def test_a_cell_that_is_too_long_is_said(listing: Path) -> None:
    long = f"S1;01/02/2025;;b;P;{'x' * 200_000}\n"
    events, problems = _read(listing, f"{HEADER}S1;01/02/2025;;a;P;\n{long}")
    assert [event.person for event in events] == ["a"]
    assert problems[0].startswith("list.csv:3: a cell that begins here is very long")
    assert len(problems) == 1


def test_hours_that_are_not_there_and_hours_that_come_twice(listing: Path) -> None:
    rows = ["S1;30/03/2025;2h30;a;P;", "S1;27/10/2024;2h30;b;P;", "S1;27/10/2024 02:00;;c;P;"]
    events, problems = _read(listing, HEADER + "\n".join(rows))
    assert not events
    assert problems == [
        "list.csv:2:3: there is no 02:30 on 30/03/2025: clocks are put forward (Europe/Paris);"
        " correct the time",
        "list.csv:3:3: 02:30 comes twice on 27/10/2024: clocks are put back (Europe/Paris);"
        ' add "summer" for the first, "winter" for the second',
        "list.csv:4:2: 02:00 comes twice on 27/10/2024: clocks are put back (Europe/Paris);"
        ' add "summer" for the first, "winter" for the second',
    ]


@pytest.mark.parametrize(
    ("word", "presence", "minutes"),
    [
        ("absent excusé", Presence.ABSENT, None),
        ("Absente non justifiée", Presence.ABSENT, None),
        ("Abs. exc.", Presence.ABSENT, None),
        ("présente à distance", Presence.PRESENT, None),
        ("✅", Presence.PRESENT, None),
        ("VRAI", Presence.PRESENT, None),
        ("false", Presence.ABSENT, None),
        ("partiel (45 min)", Presence.PARTIAL, 45),
        ("Partielle : 1h30", Presence.PARTIAL, 90),
        ("présente partiellement, 20 mn", Presence.PARTIAL, 20),
        ("45 min", Presence.PARTIAL, 45),
        ("½ journée (3h30)", Presence.PARTIAL, 210),
        ("retard 15 min", Presence.PRESENT, None),
    ],
)
def test_presences_of_several_words(
    listing: Path, word: str, presence: Presence, minutes: int | None
) -> None:
    [event], problems = _read(listing, f"{HEADER}S1;2025-02-01;;a;{word};\n")
    assert not problems
    assert (event.presence, event.minutes) == (presence, minutes)


def test_half_a_day_says_no_minutes(listing: Path) -> None:
    events, problems = _read(listing, f"{HEADER}S1;2025-02-01;;a;1/2 journée;\n")
    assert not events
    assert problems[0].startswith("list.csv:2:6: a partial presence needs its minutes")


def test_what_stands_under_a_list(listing: Path) -> None:
    rows = ["S1;2025-02-01;;a;x;", ";;;Total : 1;;", "Total;;;;1;", ";;;;;", "Fait à Grenoble"]
    events, problems = _read(listing, HEADER + "\n".join(rows))
    assert [event.person for event in events] == ["a"]
    assert not problems
    _events, problems = _read(listing, HEADER + "S1;;;a;P;\nS1;;;;;\nDurand;Claire;;;;")
    assert {problem.split(":")[1] for problem in problems} == {"2", "4"}


def test_headers_again_on_each_page(listing: Path) -> None:
    events, problems = _read(listing, f"{HEADER}S1;2025-02-01;;a;P;\n{HEADER}S1;2025-02-01;;b;A;")
    assert not problems
    assert [event.line for event in events] == [2, 4]
