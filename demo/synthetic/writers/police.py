"""Police: the COMPACT missing list in two editions, and the CSE concern list. Windows-1252, as old tools print."""

from __future__ import annotations

from datetime import date

from demo.synthetic import borough as b
from demo.synthetic.dirt import BAD_DAY, MONTH_FIRST, UNKNOWN_WARD, Dirt, bad_nhs, soil
from demo.synthetic.missing_records import MissingRecord
from demo.synthetic.table import ExportFile, ExportLine, columns, time_text
from demo.synthetic.world import World
from demo.synthetic.writers.concerns import concern_list

COLUMNS = columns(
    "Misper Ref,Nominal ID,Age,Sex,Ethnic Appearance,Date/Time Reported,Date/Time Last Seen,Date/Time Located,"
    "Risk Level,Missing From Type,Beat/Ward,CSE Marker,LAC Y/N,Placing Authority,Prevention Interview Date,Harm Y/N,"
    "NHS Number"
)
APPEARANCE = {"W": "IC1", "M": "IC3", "A": "IC4", "B": "IC3", "O": "IC6", "N": "IC9"}
GRADES = {"H": ("H", "High"), "M": ("M", "Medium"), "L": ("L", "Low"), "NAR": ("NAR", "No apparent risk")}
ELSEWHERE = "Farmere (synthetic)"

DIRT = (
    Dirt("bad-date", "Date/Time Last Seen", BAD_DAY + " 21:10", 3),
    Dirt("month-first", "Date/Time Last Seen", MONTH_FIRST + " 21:10", 2),
    Dirt("unknown-code", "Risk Level", "Q", 3),
    Dirt("unknown-ward", "Beat/Ward", UNKNOWN_WARD, 3),
)


def exports(world: World) -> list[ExportFile]:
    """The first edition of the missing list, its final one, and the concern list, in publishing order."""
    marked = {story.child.number for story in world.stories if story.onset is not None}
    first = _missing_list(world, marked, b.FIRST_EDITION, "1-missing-to-2025-12-31.csv", 1)
    last = _missing_list(world, marked, b.LAST_EDITION, "2-missing-to-2026-03-31.csv", 2)
    return [first, last, concern_list(world, b.POLICE, "3-cse-list.csv", "cp1252", 3)]


def _missing_list(world: World, marked: set[int], as_at: date, name: str, order: int) -> ExportFile:
    last_day = min(as_at, b.END)
    lines = [
        _line(world, shown, marked)
        for record in world.police
        if record.start.date() <= last_day and (shown := record.as_at(as_at)) is not None
    ]
    file = ExportFile(
        b.POLICE,
        name,
        COLUMNS,
        lines,
        "compact-missing.yaml",
        encoding="cp1252",
        titles=["Missing persons under 18 – synthetic report", f"Run: {as_at:%d/%m/%Y} 18:00", ""],
        complete=(b.START, last_day),
        order=order,
        key=("Misper Ref",),
        reference="Misper Ref",
    )
    mistyped = [bad_nhs(lines=6)]
    # The final edition has been mended: with --complete, a line that cannot be read would put withdrawing in doubt.
    plan = mistyped if as_at == b.LAST_EDITION else [*DIRT, *mistyped]
    soil(world.random(f"dirt/{name}"), file, plan, duplicates=max(1, len(lines) // 200))
    return file


def _line(world: World, record: MissingRecord, marked: set[int]) -> ExportLine:
    episode, child = record.episode, record.episode.child
    rng = world.random(f"police-line/{record.ref}")
    blanks = [rng.random() for _ in range(4)]
    care = child.care if episode.from_care else None
    prevention = record.end if record.end and blanks[3] < 0.6 else None
    cells = [
        record.ref,
        child.nominal_id,
        str(child.age(record.start.date())),
        child.sex,
        "" if blanks[0] < 0.04 else APPEARANCE[child.ethnicity[0]],
        time_text(record.recorded),
        time_text(record.start),
        time_text(record.end),
        GRADES[record.grade][len(record.ref) % 2],
        "" if blanks[1] < 0.09 else episode.missing_from.capitalize(),
        "" if blanks[2] < 0.03 else world.borough.names[episode.ward],
        "Y" if child.number in marked and blanks[3] < 0.4 else "N",
        "Y" if care else "N",
        (ELSEWHERE if care.area == "out_of_area_theirs" else world.borough.place.own_name) if care else "",
        time_text(prevention)[:10],
        "N" if blanks[3] < 0.95 else "Y",
        "" if rng.random() < 0.02 else child.nhs,
    ]
    return ExportLine(list(cells), record.start.date(), ("missing_episode",))
