"""The CSE concern list of police and social care: one layout, differing in encoding and in how a ward is written."""

from __future__ import annotations

from demo.synthetic import borough as b
from demo.synthetic.dirt import BAD_DAY, UNKNOWN_WARD, Dirt, bad_nhs, soil
from demo.synthetic.sightings import Concern
from demo.synthetic.table import ExportFile, ExportLine, columns, day_text
from demo.synthetic.world import World

COLUMNS = columns(
    "Referral ID,Date of Concern,Date Recorded,Source Code,Risk Level,Screening Tool Date,Indicators (pipe list),Model,"
    "Location Type,Ward,Outcome,NHS Number,DOB,Gender,Ethnicity,Home Ward,Person ID,Harm Status"
)
LEVELS = {
    "at_risk": "At risk",
    "significant": "Significant",
    "serious": "Serious",
    "no_current_cse_risk": "No current CSE risk",
}
SOURCES = {b.POLICE: ("6", "6", "6", "1A", "9"), b.SOCIAL_CARE: ("5A", "5A", "2A", "3E", "6", "1B", "8", "5B")}
FROM_POLICE = "6"
"""The CIN census's referral source for the police."""
PREFIX = {b.POLICE: "CSE", b.SOCIAL_CARE: "SC"}


def concern_ref(concern: Concern) -> str:
    """The Referral ID of a concern: one a day from one agency about one child."""
    return f"{PREFIX[concern.agency]}-{concern.day:%y%m%d}-{concern.child.number:05d}"


def concern_list(world: World, agency: str, name: str, encoding: str, order: int) -> ExportFile:
    """The concerns of one agency that had been recorded when the list was run."""
    raised = [c for c in world.concerns if c.agency == agency and c.recorded <= b.LAST_EDITION]
    screened = {id(s.concern) for s in world.screenings if s.concern is not None}
    lines = [_line(world, concern, id(concern) in screened) for concern in sorted(raised, key=_order)]
    file = ExportFile(
        agency,
        name,
        COLUMNS,
        lines,
        "cse-concern.yaml",
        encoding=encoding,
        titles=["CSE concern list – synthetic", ""] if agency == b.POLICE else [],
        order=order,
        key=("Referral ID",),
        reference="Referral ID",
    )
    plan = [
        Dirt("bad-date", "Date of Concern", BAD_DAY, 2),
        Dirt("blank-date", "Date of Concern", "", 1),
        Dirt("unknown-code", "Risk Level", "Purple", 2),
        Dirt("unknown-ward", "Ward", UNKNOWN_WARD, 2),
        bad_nhs(lines=3),
    ]
    soil(world.random(f"dirt/{agency}/{name}"), file, plan, duplicates=max(1, len(lines) // 100))
    return file


def _order(concern: Concern) -> tuple[object, ...]:
    return concern.recorded, concern_ref(concern)


def _line(world: World, concern: Concern, has_screening: bool) -> ExportLine:
    child, rng = concern.child, world.random(f"concern-line/{concern_ref(concern)}")
    ward = concern.ward
    # Social care writes a screening date only where the screening is in no other list.
    tool_date = None
    if concern.agency == b.SOCIAL_CARE and not has_screening and rng.random() < 0.3:
        tool_date = concern.day
    cells = [
        concern_ref(concern),
        day_text(concern.day),
        day_text(concern.recorded),
        _source(world, concern, rng.choice(SOURCES[concern.agency])),
        "" if rng.random() < 0.08 else LEVELS[concern.level],
        day_text(tool_date),
        "|".join(concern.codes),
        "|".join(concern.models),
        "" if rng.random() < 0.12 else concern.place,
        world.borough.names[ward] if concern.agency == b.POLICE else ward,
        "" if rng.random() < 0.03 else concern.outcome,
        "" if rng.random() < 0.02 else child.nhs,
        day_text(child.born),
        "Female" if child.sex == "F" else "Male",
        child.ethnicity if rng.random() > 0.08 else "",
        child.ward,
        child.person_id if concern.agency == b.SOCIAL_CARE else child.nominal_id,
        rng.choice(("suspected", "suspected", "known_harmed", "no_evidence", "")),
    ]
    events = ("cse_concern", "screening") if tool_date else ("cse_concern",)
    return ExportLine(list(cells), concern.day, events)


def _source(world: World, concern: Concern, drawn: str) -> str:
    """Where a list tells second-hand concerns by their source, no other has that source."""
    if concern.second_hand:
        return FROM_POLICE
    own = concern.agency == b.SOCIAL_CARE and world.plant.second_hand > 0
    return "5A" if own and drawn == FROM_POLICE else drawn
