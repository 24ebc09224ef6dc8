"""Health: the sexual-health proforma list (no identifier at all), the screening workbook, and indicators seen."""

from __future__ import annotations

from demo.synthetic import borough as b
from demo.synthetic.catalogue import category
from demo.synthetic.dirt import UNKNOWN_WARD, Dirt, soil
from demo.synthetic.table import Cell, ExportFile, ExportLine, columns
from demo.synthetic.world import World
from demo.synthetic.writers.contacts import indicator_list
from demo.synthetic.writers.screenings import screening_list

SEXUAL_HEALTH = columns("Attendance Month,Age Band,Sex,Proforma Completed,Outcome,Indicators,Proforma Ref,Ward")


def exports(world: World) -> list[ExportFile]:
    """Everything health sends, in publishing order; a screening list only where its screenings have an identifier."""
    if "screening" in world.plant.untokened_records:
        return [_sexual_health(world), indicator_list(world, b.HEALTH, "2-indicators.csv", 2)]
    return [
        _sexual_health(world),
        screening_list(world, b.HEALTH, "2-screening.xlsx", 2),
        indicator_list(world, b.HEALTH, "3-indicators.csv", 3),
    ]


def _sexual_health(world: World) -> ExportFile:
    lines: list[ExportLine] = []
    for story in world.stories:
        rng = world.random(f"clinic/{story.child.part}/{story.child.number}")
        signs = [s for s in story.signs if category(s.code) == "health" and s.day >= b.START]
        if not signs or story.child.age(signs[0].day) < 13 or rng.random() > 0.6:
            continue
        sign = rng.choice(signs)
        referred = story.onset is not None and rng.random() < 0.2
        asked = rng.random() < 0.8
        outcome = (
            "Concern - referred" if referred else rng.choice(("No concern", "No concern", "Concern - advice given"))
        )
        age = story.child.age(sign.day)
        codes = "|".join(sorted({s.code for s in signs if s.day <= sign.day}))
        cells: list[Cell] = [
            sign.day.strftime("%m/%Y"),
            "13-15" if age < 16 else "16-17",
            story.child.sex,
            "Y" if asked else "N",
            outcome,
            codes,
            "",
            story.child.ward,
        ]
        # As the mapping has it: a proforma is a screening, and beside it there is a concern or an observation.
        events = ("cse_concern",) if referred else ("indicator_observed",)
        lines.append(ExportLine(cells, sign.day.replace(day=1), (*(("screening",) if asked else ()), *events)))
    lines.sort(key=lambda line: (line.day, str(line.cells)))
    for number, line in enumerate(lines, 1):
        line.cells[6] = f"P{number:05d}"
    file = ExportFile(
        b.HEALTH,
        "1-sexual-health.csv",
        SEXUAL_HEALTH,
        lines,
        "sexual-health.yaml",
        board=False,
        order=1,
        key=("Proforma Ref",),
        reference="Proforma Ref",
    )
    plan = [
        Dirt("bad-date", "Attendance Month", "13/2025", 2),
        Dirt("unknown-code", "Indicators", "NOT_A_CODE", 1),
        Dirt("unknown-ward", "Ward", UNKNOWN_WARD, 1),
    ]
    soil(world.random("dirt/sexual-health"), file, plan, duplicates=2)
    return file
