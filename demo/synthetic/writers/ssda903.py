"""Social care's statutory return: Missing.csv with its Header and Episodes for two collection years.

Every dirty line breaks one DfE rule, named by its number (docs/domain.md). Siblings are clean, so nothing else warns.
"""

from __future__ import annotations

from datetime import date

from demo.synthetic import borough as b
from demo.synthetic.children import InventedChild
from demo.synthetic.missing_records import MissingRecord
from demo.synthetic.table import ExportFile, ExportLine, columns, day_text
from demo.synthetic.world import World

MISSING = ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"]
HEADER = ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"]
EPISODES = columns("CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN")
YEARS = (
    (date(2024, 4, 1), date(2025, 3, 31), date(2025, 5, 30), "2024-25", 5),
    (date(2025, 4, 1), date(2026, 3, 31), b.LAST_EDITION, "2025-26", 6),
)
PROVIDERS = {"U": "PR1", "K": "PR4", "R": "PR3", "P": "PR0", "S": "PR4"}


def exports(world: World) -> list[ExportFile]:
    """Three files for each collection year; only Missing.csv is published, the others go with it."""
    files: list[ExportFile] = []
    for start, end, run, year, order in YEARS:
        ours = [c for c in world.children if c.care and c.care.area != "out_of_area_theirs" and _in_care(c, start, end)]
        missing = _missing(world, ours, start, end, run, year, order)
        _break_rules(missing, ours, start, end)
        _add_duplicates(world, missing, year)
        files += [missing, _header(ours, year), _episodes(ours, end, year)]
    return files


def _in_care(child: InventedChild, start: date, end: date) -> bool:
    care = child.care
    return care is not None and care.start <= end and (care.end is None or care.end > start)


def _missing(
    world: World, ours: list[InventedChild], start: date, end: date, run: date, year: str, order: int
) -> ExportFile:
    numbers = {child.number for child in ours}
    lines = []
    for record in world.care:
        child = record.episode.child
        shown = record.as_at(run)
        if shown is None or child.number not in numbers or not _belongs(shown, start, end):
            continue
        ended = shown.end.date() if shown.end and shown.end.date() <= end else None
        code = "A" if record.episode.away else "M"
        cells = [child.person_id, day_text(child.born), code, day_text(shown.start.date()), day_text(ended)]
        lines.append(ExportLine(list(cells), shown.start.date(), ("missing_episode",)))
    return ExportFile(
        b.SOCIAL_CARE,
        f"903-{year}/Missing.csv",
        MISSING,
        lines,
        None,
        format="ssda903-missing",
        order=order,
        companions={"header": f"903-{year}/Header.csv", "episodes": f"903-{year}/Episodes.csv"},
        # Else the reader takes the year of the latest start, and rule 570 could never be broken.
        settings={"collection-year": str(start.year)},
        key=("CHILD", "MIS_START"),
    )


def _belongs(record: MissingRecord, start: date, end: date) -> bool:
    """Begun in the collection year, or still open from the one before; and begun while looked after."""
    day = record.start.date()
    care = record.episode.child.care
    open_before = day < start and (record.end is None or record.end.date() >= start)
    return (start <= day <= end or open_before) and care is not None and care.holds(day)


def _break_rules(file: ExportFile, ours: list[InventedChild], start: date, end: date) -> None:
    """One line for each rule that refuses; days of quiet children, so that no honest line is contradicted."""
    quiet = [child for child in ours if child.part == "quiet"][:10]
    if len(quiet) < 9:
        return
    day, later = day_text(date(start.year, 9, 10)), day_text(date(start.year, 9, 12))
    after_year = day_text(date(end.year, 4, 20))
    broken = {
        "1004": ("M", "31/09/2024", later),
        "1005": ("M", day, "12.9.24"),
        "1006": ("X", day, later),
        "564": ("M", "", ""),
        "565": ("", day, later),
        "566": ("", "", later),
        "567": ("M", later, day),
        "570": ("M", after_year, ""),
        "586": ("M", "", later),
        "INT04": ("M", day, later),
    }
    for number, (rule, (code, started, ended)) in enumerate(broken.items()):
        child = quiet[number % len(quiet)]
        person = "7999999" if rule == "INT04" else child.person_id
        if rule == "586":
            started = day_text(date(child.born.year - 1, 5, 5))
        cells = [person, day_text(child.born), code, started, ended]
        place = (number * 37) % (len(file.lines) + 1)
        file.lines.insert(place, ExportLine(list(cells), start, (), f"rule-{rule}"))


def _add_duplicates(world: World, file: ExportFile, year: str) -> None:
    rng = world.random(f"dirt/903/{year}")
    honest = [line for line in file.lines if line.planted is None]
    for line in rng.sample(honest, min(6, len(honest))):
        file.lines.append(ExportLine(list(line.cells), line.day, (), "duplicate"))


def _header(ours: list[InventedChild], year: str) -> ExportFile:
    lines = [ExportLine([c.person_id, c.sex, day_text(c.born), c.ethnicity, c.upn, "", ""], c.born, ()) for c in ours]
    return ExportFile(b.SOCIAL_CARE, f"903-{year}/Header.csv", HEADER, lines, None, format="companion")


def _episodes(ours: list[InventedChild], end: date, year: str) -> ExportFile:
    lines = []
    for child in ours:
        care = child.care
        if care is None:
            continue
        left = care.end if care.end is not None and care.end <= end else None
        cells = [child.person_id, day_text(care.start), "S", "C2", "N1", care.place, PROVIDERS[care.place[0]]]
        cells += [day_text(left), "E8" if left else "", "", "ZZ99 9ZZ", "ZZ99 9ZZ", "XXXXXXX"]
        lines.append(ExportLine(list(cells), care.start, ()))
    return ExportFile(b.SOCIAL_CARE, f"903-{year}/Episodes.csv", EPISODES, lines, None, format="companion")
