"""The voluntary project that holds return interviews for social care: a workbook with serial dates and times."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.synthetic import borough as b
from demo.synthetic.dirt import Dirt, bad_nhs, soil
from demo.synthetic.missing_records import Interview, MissingRecord
from demo.synthetic.table import Cell, ExportFile, ExportLine, columns, serial
from demo.synthetic.world import World

COLUMNS = columns(
    "Interview Ref,Misper Ref,NHS Number,DOB,Gender,Ethnicity,Returned Date/Time,Offered,Offered Date,Accepted,"
    "Completed,Completed Date/Time,Provider,Not Offered Reason,Reasons (pipe list),Ward,Placement Type"
)
REASONS = (
    *(
        "contact_with_family",
        "contact_with_friends",
        "contact_with_friends",
        "placement_unhappy",
        "conflict",
        "bullying",
    ),
    *("exploitation", "substances", "mental_health", "boundaries", "other"),
)


def exports(world: World) -> list[ExportFile]:
    """One line for each interview the project was asked to hold."""
    asked = [
        (record, record.end, record.interview)
        for record in world.care
        if record.end is not None and record.end.date() <= b.END and record.interview is not None
    ]
    held = [one for one in asked if one[2].provider == "vcs" and one[2].offered in ("Yes", "No")]
    lines = [_line(world, *one, number) for number, one in enumerate(held, 1)]
    file = ExportFile(
        b.VOLUNTARY,
        "1-return-interviews.xlsx",
        COLUMNS,
        lines,
        "return-interviews.yaml",
        order=1,
        key=("Interview Ref",),
        reference="Interview Ref",
    )
    plan = [
        Dirt("bad-date", "Returned Date/Time", "31/02/2025 10:00", 2),
        Dirt("unknown-code", "Provider", "Wizard", 2),
        bad_nhs(lines=3),
    ]
    soil(world.random("dirt/interviews"), file, plan, duplicates=max(1, len(lines) // 150))
    return [file]


def _line(world: World, record: MissingRecord, returned: datetime, interview: Interview, number: int) -> ExportLine:
    child = record.episode.child
    rng = world.random(f"interview-line/{number}")
    offered = interview.offered == "Yes"
    done = interview.completed if offered else None
    offered_on = returned.date() + timedelta(days=rng.randint(0, 3)) if offered else None
    # Not asked again, never reached: a third way beside yes and no.
    accepted = {"Yes": "Yes", "No": "No", "": "Not reached"}[interview.accepted] if offered else ""
    reasons = "|".join(sorted(set(rng.choices(REASONS, k=rng.choice((1, 1, 2, 3)))))) if done else ""
    cells: list[Cell] = [
        f"RI-{number:05d}",
        "",
        child.nhs if rng.random() > 0.02 else "",
        serial(child.born),
        child.sex,
        child.ethnicity,
        serial(returned),
        "Y" if offered else "N",
        serial(offered_on),
        accepted,
        ("Y" if done else "N") if offered else "",
        serial(done),
        "Commissioned VCS",
        "" if offered else rng.choice(("not_notified", "out_of_area", "capacity")),
        reasons,
        child.ward,
        child.care.place if record.episode.from_care and child.care else "Not looked after",
    ]
    return ExportLine(cells, returned.date(), ("return_interview",))
