"""Agencies that record what they see in ordinary contact: schools (CPOMS), youth justice, health and housing lists."""

from __future__ import annotations

from datetime import timedelta

from demo.synthetic import borough as b
from demo.synthetic.dirt import BAD_DAY, MONTH_FIRST, UNKNOWN_WARD, Dirt, bad_nhs, soil
from demo.synthetic.sightings import Concern, InventedSighting
from demo.synthetic.table import Cell, ExportFile, ExportLine, columns, day_text, serial
from demo.synthetic.world import World
from demo.synthetic.writers.heard import HEARD_BY_SCHOOLS, themes

CPOMS = columns(
    "Incident Date,Date Added,Year Group,Categories,Subcategory,Linked,Action,Status,UPN,Incident ID,Ward,Gender,"
    "Ethnicity,NHS Number"
)
INDICATORS = columns(
    "Record Ref,NHS Number,DOB,Sex,Ethnic Group,Date Seen,Date Recorded,Indicators (pipe list),Location Type,Ward,"
    "Home Ward,UPN,Surname,First Name"
)
IDENTIFIERS = ("NHS Number", "UPN", "Surname", "First Name")
SIX_GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "O": "Other", "N": "Unknown"}
PASTORAL = ("Attendance", "Behaviour", "Cause for concern", "Wellbeing")


def schools(world: World) -> list[ExportFile]:
    """CPOMS incidents: concerns and indicators, among others that are not ours (skipped, not refused)."""
    incidents: list[Concern | InventedSighting] = [c for c in world.concerns if c.agency == b.SCHOOLS]
    incidents += [s for s in world.sightings if s.agency == b.SCHOOLS]
    kept = sorted((i for i in incidents if i.recorded <= b.LAST_EDITION), key=lambda i: (i.recorded, i.child.number))
    lines = [_incident(world, incident, number) for number, incident in enumerate(kept, 1)]
    file = ExportFile(
        b.SCHOOLS,
        "1-cpoms-incidents.csv",
        CPOMS,
        lines,
        "cpoms.yaml",
        board=False,
        order=1,
        key=("Incident ID",),
        reference="Incident ID",
    )
    _add_others(world, file)
    plan = [
        Dirt("bad-date", "Incident Date", BAD_DAY, 4),
        Dirt("month-first", "Incident Date", MONTH_FIRST, 2),
        Dirt("unknown-ward", "Ward", UNKNOWN_WARD, 3),
        Dirt("bad-year-group", "Year Group", "Year 99", 2),
        bad_nhs(lines=4),
    ]
    soil(world.random("dirt/cpoms"), file, plan, duplicates=max(1, len(lines) // 150))
    return [file, themes(world, b.SCHOOLS, HEARD_BY_SCHOOLS)]


def _incident(world: World, incident: Concern | InventedSighting, number: int) -> ExportLine:
    child, rng = incident.child, world.random(f"cpoms-line/{number}")
    day = incident.day if isinstance(incident, Concern) else incident.sign.day
    if isinstance(incident, Concern):
        categories, codes, event = "Child Sexual Exploitation", "|".join(incident.codes), "cse_concern"
    else:
        categories, codes, event = rng.choice(PASTORAL), incident.sign.code, "indicator_observed"
    started_school = child.born.year + 5 + (child.born.month >= 9)
    year_group = day.year - (day.month < 9) - started_school + 1
    cells: list[Cell] = [
        day_text(day),
        day_text(incident.recorded),
        str(max(1, min(13, year_group))),
        categories,
        codes,
        "",
        rng.choice(("Parent informed", "DSL informed", "Logged")),
        rng.choice(("Open", "Closed")),
        child.upn,
        f"C{number:06d}",
        child.ward,
        child.sex,
        child.ethnicity,
        child.nhs if rng.random() < (0.25 if b.SCHOOLS in world.plant.upn_mostly else 0.6) else "",
    ]
    return ExportLine(cells, day, (event,))


def _add_others(world: World, file: ExportFile) -> None:
    """Incidents about other things, as any school log has: read, and passed over."""
    rng = world.random("cpoms-others")
    honest = list(file.lines)
    for number in range(len(honest) // 30):
        line = rng.choice(honest)
        cells = list(line.cells)
        cells[3], cells[4], cells[9] = "Lost property", "Uniform", f"L{number:06d}"
        file.lines.insert(rng.randint(0, len(file.lines)), ExportLine(cells, line.day, (), "not-ours"))


def youth_justice(world: World) -> list[ExportFile]:
    """A workbook whose header is on the fourth row."""
    titles = ["Youth justice indicators (synthetic)", "Prepared for the YPSEM group", ""]
    return [indicator_list(world, b.YOUTH_JUSTICE, "1-indicators.xlsx", 1, titles=titles)]


def housing(world: World) -> list[ExportFile]:
    """Semicolons, as a continental-locale spreadsheet saves them; the only list that carries names."""
    return [indicator_list(world, b.HOUSING, "1-indicators.csv", 1, delimiter=";")]


def indicator_list(
    world: World, agency: str, name: str, order: int, delimiter: str = ",", titles: list[str] | None = None
) -> ExportFile:
    """The indicators one agency recorded, one line each."""
    seen = [s for s in world.sightings if s.agency == agency and s.recorded <= b.LAST_EDITION]
    if agency == world.plant.silent_agency:
        # What it recorded after it stopped sending was never sent.
        seen = [s for s in seen if s.recorded < world.plant.silent_from + timedelta(days=1)]
    seen.sort(key=lambda s: (s.recorded, s.child.number, s.sign.code))
    lines = [_sighting(world, sighting, number, name) for number, sighting in enumerate(seen, 1)]
    file = ExportFile(
        agency,
        name,
        INDICATORS,
        lines,
        "indicators.yaml",
        delimiter=delimiter,
        titles=titles or [],
        order=order,
        key=("Record Ref",),
        reference="Record Ref",
    )
    plan = [
        Dirt("bad-date", "Date Seen", BAD_DAY, 1),
        Dirt("unknown-code", "Indicators (pipe list)", "NOT_A_CODE", 2),
        Dirt("unknown-ward", "Ward", UNKNOWN_WARD, 1),
        bad_nhs(lines=2),
    ]
    soil(world.random(f"dirt/{agency}/{name}"), file, plan, duplicates=max(1, len(lines) // 100))
    return file


def _sighting(world: World, sighting: InventedSighting, number: int, name: str) -> ExportLine:
    child, sign = sighting.child, sighting.sign
    rng = world.random(f"indicator-line/{sighting.agency}/{number}")
    excel, names = name.endswith(".xlsx"), sighting.agency in (b.HOUSING, *world.plant.names_only)
    numbered = sighting.agency not in world.plant.names_only
    show = serial if excel else day_text
    cells: list[Cell] = [
        f"R{number:05d}",
        child.nhs if rng.random() > 0.03 and numbered else "",
        show(child.born),
        child.sex,
        SIX_GROUPS[child.ethnicity[0]] if rng.random() > 0.1 else "",
        show(sign.day),
        show(sighting.recorded),
        sign.code,
        sign.place,
        sign.ward if excel else world.borough.names[sign.ward],
        child.ward,
        child.upn if rng.random() < 0.5 and not names else "",
        child.surname if names else "",
        child.first_name if names else "",
    ]
    if sighting.agency == world.plant.untokened_agency and "indicator_observed" in world.plant.untokened_records:
        for column in IDENTIFIERS:
            cells[INDICATORS.index(column)] = ""
    return ExportLine(cells, sign.day, ("indicator_observed",))
