"""The screening list: CSV in social care, a workbook with Excel's serial dates in health."""

from __future__ import annotations

from demo.synthetic import borough as b
from demo.synthetic.dirt import BAD_DAY, UNKNOWN_WARD, Dirt, bad_nhs, soil
from demo.synthetic.sightings import Screened
from demo.synthetic.table import Cell, ExportFile, ExportLine, columns, day_text, serial
from demo.synthetic.world import World
from demo.synthetic.writers.concerns import LEVELS, concern_ref

COLUMNS = columns(
    "Screening Ref,Person ID,NHS Number,UPN,DOB,Gender,Ethnicity,Date of Screening,Date Recorded,Tool,Outcome,Score,"
    "Override,Next Step,Ward,Concern Ref"
)


def screening_list(world: World, agency: str, name: str, order: int) -> ExportFile:
    """The screenings of one agency that had been recorded when the list was run."""
    done = [s for s in world.screenings if s.agency == agency and s.recorded <= b.LAST_EDITION]
    done.sort(key=lambda s: (s.day, s.child.number))
    excel = name.endswith(".xlsx")
    lines = [_line(world, screened, number, excel) for number, screened in enumerate(done, 1)]
    file = ExportFile(
        agency,
        name,
        COLUMNS,
        lines,
        "screening.yaml",
        titles=["Synthetic screening register", ""] if excel else [],
        order=order,
        key=("Screening Ref",),
        reference="Screening Ref",
    )
    plan = [
        Dirt("bad-date", "Date of Screening", BAD_DAY, 2),
        Dirt("unknown-code", "Outcome", "Maybe", 2),
        Dirt("unknown-ward", "Ward", UNKNOWN_WARD, 1),
        bad_nhs(lines=3),
    ]
    soil(world.random(f"dirt/{agency}/{name}"), file, plan, duplicates=max(1, len(lines) // 120))
    return file


def _line(world: World, screened: Screened, number: int, excel: bool) -> ExportLine:
    child, health = screened.child, screened.agency == b.HEALTH
    rng = world.random(f"screening-line/{screened.agency}/{number}")
    days: list[Cell] = (
        [serial(child.born), serial(screened.day), serial(screened.recorded)]
        if excel
        else [day_text(child.born), day_text(screened.day), day_text(screened.recorded)]
    )
    cells: list[Cell] = [
        f"{'H' if health else 'S'}SCR-{number:05d}",
        child.person_id if not health else f"HC{child.number + 300_000}",
        child.nhs,
        "" if rng.random() < 0.08 else child.upn,
        days[0],
        child.sex,
        child.ethnicity,
        days[1],
        days[2],
        "West Midlands" if not health else rng.choice(("West Midlands", "spotting_the_signs")),
        LEVELS[screened.level],
        None if excel else "",
        rng.choice(("N", "N", "N", "Y")),
        screened.next_step,
        child.ward,
        concern_ref(screened.concern) if screened.concern is not None else "",
    ]
    return ExportLine(cells, screened.day, ("screening",))
