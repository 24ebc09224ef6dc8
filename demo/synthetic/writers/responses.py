"""What social care did about its own concerns: strategy discussions, plans, lead professionals, or nothing further."""

from __future__ import annotations

from datetime import timedelta

from demo.synthetic import borough as b
from demo.synthetic.borough import END
from demo.synthetic.dirt import BAD_DAY, Dirt, bad_nhs, soil
from demo.synthetic.sightings import Concern
from demo.synthetic.table import ExportFile, ExportLine, columns, day_text
from demo.synthetic.world import World
from demo.synthetic.writers.concerns import concern_ref

COLUMNS = columns(
    "Response Ref,Concern Ref,Person ID,NHS Number,DOB,Gender,Ethnicity,Date Opened,Date Recorded,Response,Home Ward"
)
CHANCES = {"at_risk": 0.35, "significant": 0.72, "serious": 0.86}
"""Chance of a response within days, by the level told; the rest is late, or no further action."""


def response_list(world: World, order: int) -> ExportFile:
    """One or two responses to each concern of social care's own that was recorded when the list was run."""
    raised = [c for c in world.concerns if c.agency == b.SOCIAL_CARE and c.recorded <= b.LAST_EDITION]
    raised.sort(key=lambda c: (c.day, c.child.number))
    lines = [line for concern in raised for line in _lines(world, concern)]
    file = ExportFile(
        b.SOCIAL_CARE,
        f"{order}-responses.csv",
        COLUMNS,
        lines,
        "responses.yaml",
        order=order,
        key=("Response Ref",),
        reference="Response Ref",
    )
    plan = [Dirt("bad-date", "Date Opened", BAD_DAY, 2), Dirt("unknown-code", "Response", "Maybe", 1), bad_nhs(lines=2)]
    soil(world.random("dirt/responses"), file, plan, duplicates=max(1, len(lines) // 150))
    return file


def _lines(world: World, concern: Concern) -> list[ExportLine]:
    rng = world.random(f"response-line/{concern_ref(concern)}")
    level = concern.level if concern.level in CHANCES else "at_risk"
    if rng.random() < CHANCES[level]:
        kinds = ["Strategy discussion", "Plan"] if level != "at_risk" and rng.random() < 0.6 else [rng.choice(_USUAL)]
        days = [rng.randint(0, 11) for _ in kinds]
    else:
        kinds, days = [rng.choice(("NFA", "NFA", "Plan"))], [rng.randint(10, 45)]
    child = concern.child
    found = []
    for number, (kind, days_after) in enumerate(zip(kinds, sorted(days), strict=True)):
        opened = concern.day + timedelta(days=days_after)
        if opened > END:
            continue
        recorded = opened + timedelta(days=rng.randint(0, 6))
        cells = [
            f"{concern_ref(concern)}-R{number}",
            concern_ref(concern),
            child.person_id,
            child.nhs,
            day_text(child.born),
            child.sex,
            child.ethnicity,
            day_text(opened),
            day_text(recorded),
            kind,
            child.ward,
        ]
        found.append(ExportLine(list(cells), opened, ("response",)))
    return found


_USUAL = ("Plan", "Lead professional", "Strategy discussion", "Referral")
