"""Social care: the LCS missing report in two editions (BOM, trailing spaces), concerns, and the screening list."""

from __future__ import annotations

from datetime import date

from demo.synthetic import borough as b
from demo.synthetic.dirt import BAD_DAY, MONTH_FIRST, Dirt, bad_nhs, soil
from demo.synthetic.missing_records import MissingRecord
from demo.synthetic.table import ExportFile, ExportLine, columns, time_text
from demo.synthetic.world import World
from demo.synthetic.writers import ssda903
from demo.synthetic.writers.concerns import concern_list
from demo.synthetic.writers.missing_responses import missing_response_list
from demo.synthetic.writers.responses import response_list
from demo.synthetic.writers.screenings import screening_list

COLUMNS = columns(
    "Person ID,DOB,Gender,Ethnicity,Legal Status,Placement Type,Missing Status,Start Date/Time,End Date/Time,"
    "Reported to Police,RHI Offered,RHI Accepted,RHI Completed Date,Team,Worker,NHS Number"
)

DIRT = (
    Dirt("bad-date", "Start Date/Time", BAD_DAY + " 20:00", 3),
    Dirt("month-first", "Start Date/Time", MONTH_FIRST, 2),
    Dirt("blank-date", "Start Date/Time", "", 1),
    Dirt("unknown-code", "Missing Status", "Z", 2),
)


def exports(world: World) -> list[ExportFile]:
    """Everything social care sends, in publishing order."""
    return [
        _missing_report(world, b.FIRST_EDITION, "1-lcs-missing-to-2025-12-31.csv", 1),
        _missing_report(world, b.LAST_EDITION, "2-lcs-missing-to-2026-03-31.csv", 2),
        concern_list(world, b.SOCIAL_CARE, "3-cse-concerns.csv", "utf-8-sig", 3),
        screening_list(world, b.SOCIAL_CARE, "4-screening.csv", 4),
        *ssda903.exports(world),
        response_list(world, 7),
        missing_response_list(world, 8),
    ]


def _missing_report(world: World, as_at: date, name: str, order: int) -> ExportFile:
    last_day = min(as_at, b.END)
    lines = [
        _line(world, shown)
        for record in world.care
        if record.start.date() <= last_day and (shown := record.as_at(as_at)) is not None
    ]
    file = ExportFile(
        b.SOCIAL_CARE,
        name,
        COLUMNS,
        lines,
        "lcs-missing.yaml",
        encoding="utf-8-sig",
        complete=(b.START, last_day),
        order=order,
        key=("Person ID", "Start Date/Time"),
    )
    mistyped = [bad_nhs(lines=5)]
    # The final edition has been mended: with --complete, a line that cannot be read would put withdrawing in doubt.
    plan = mistyped if as_at == b.LAST_EDITION else [*DIRT, *mistyped]
    soil(world.random(f"dirt/{name}"), file, plan, duplicates=max(1, len(lines) // 150))
    return file


def _line(world: World, record: MissingRecord) -> ExportLine:
    child, care = record.episode.child, record.episode.child.care if record.episode.from_care else None
    rng = world.random(f"care-line/{record.ref}/{record.episode.number}")
    interview = record.interview
    status = "Away" if record.grade == "A" else "Missing"
    cells = [
        record.ref,
        child.born.strftime("%d/%m/%Y"),
        "Female" if child.sex == "F" else "Male",
        child.ethnicity if rng.random() > 0.05 else "",
        rng.choice(("C2", "V2")) if care else "",
        care.place if care else "Not looked after",
        # Typed by hand in many reports: trailing spaces are part of the real thing.
        status + ("  " if rng.random() < 0.2 else ""),
        time_text(record.start),
        time_text(record.end) + (" " if rng.random() < 0.1 else ""),
        "Yes" if rng.random() < 0.9 else "No",
        interview.offered if interview else "",
        interview.accepted if interview else "",
        time_text(interview.completed if interview else None),
        rng.choice(("Team Alpha (synthetic)", "Team Beta (synthetic)")),
        f"Worker Synthetic-{rng.randint(1, 40):02d}",
        "" if rng.random() < 0.02 else child.nhs,
    ]
    events = ("missing_episode", "return_interview") if record.end else ("missing_episode",)
    return ExportLine(list(cells), record.start.date(), events)
