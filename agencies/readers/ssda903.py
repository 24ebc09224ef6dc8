"""Format `ssda903-missing`: DfE's Missing.csv of looked-after children, with Header and Episodes where there are any.

One line is one missing episode. 903 has dates only, so a duration band is given only where the dates prove it; it has
no area, so every area is `unknown` and the board must be given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from agencies.generalise import Moment, age_band, age_on, duration_band
from agencies.readers import identifiers as ids
from agencies.readers import ssda903_rules as rules
from agencies.readers.accept import refusals as field_refusals
from agencies.readers.areas import OUT_OF_AREA, Gazetteer, UnknownArea
from agencies.readers.codetables import normal, shipped_table
from agencies.readers.reading import Reading
from agencies.readers.ssda903_files import MISSING, HeaderLine, Siblings, missing_lines, siblings
from agencies.readers.ssda903_rules import CareEpisode, CollectionYear, MissingLine, TimeInCare
from agencies.readers.tabular import Grid, open_table
from agencies.rows import DuplicateRow, RefusedRow, Row, SourceRow
from models.contract.events import type_name
from models.contract.refusals import Refusal
from models.register.dates import AcceptedDates

EVENT_TYPE = type_name("missing_episode")
_AGENCY_PROVIDERS = frozenset({"PR4", "PR5"})
"""PLACE_PROVIDER private and voluntary: foster care through an agency."""


def read_ssda903(
    path: Path,
    *,
    header: Path | None,
    episodes: Path | None,
    previous: Path | None,
    year: int | None,
    today: date,
    gazetteer: Gazetteer,
    accepted: AcceptedDates,
    test_numbers: bool = False,
) -> Reading:
    """All rows of a Missing.csv; raises `UnreadableFile`. `year` is the one the collection year starts in."""
    grid = open_table(path, MISSING)
    lines = missing_lines(grid)
    collection = CollectionYear(year) if year is not None else _year_of(lines, today)
    others = siblings(path, header, episodes)
    not_run = dict(others.not_run)
    if previous is None:
        not_run.update(dict.fromkeys(rules.NEEDS_PREVIOUS, "needs last year's Missing file (--previous)"))
    run = tuple(rule for rule in rules.ALL if rule not in not_run)
    reading = Reading([], "ssda903-missing", rules_run=run, rules_not_run=not_run)
    if previous is not None:
        missing_now = rules.unfinished(missing_lines(open_table(previous, MISSING)), lines)
        reading.file_warnings.extend([Refusal("576", "CHILD")] * missing_now)
    reader = _Reader(collection, others, gazetteer, accepted, test_numbers)
    reading.rows.extend(reader.rows(grid, lines))
    return reading


@dataclass
class _Reader:
    year: CollectionYear
    siblings: Siblings
    gazetteer: Gazetteer
    accepted: AcceptedDates
    test_numbers: bool

    def rows(self, grid: Grid, lines: Sequence[MissingLine]) -> list[Row]:
        """Each line's row; lines of one child are looked at together for 574."""
        overlapping = self._overlapping(lines)
        care = {child: rules.times_in_care(found) for child, found in (self.siblings.episodes or {}).items()}
        seen_rows: dict[tuple[str, ...], int] = {}
        seen_keys: set[str] = set()
        found: list[Row] = []
        for line, (number, cells) in zip(lines, grid.rows, strict=True):
            first = seen_rows.setdefault(tuple(cells), number)
            if first != number:
                found.append(DuplicateRow(number, first))
                continue
            if len(cells) != grid.width:
                found.append(RefusedRow(number, (Refusal("ragged-row", "(row)"),)))
                continue
            row = self._row(line, line.number in overlapping, care.get(line.child, []))
            if isinstance(row, SourceRow):
                if row.record_key in seen_keys:
                    row = RefusedRow(number, (Refusal("repeated-key", "(key)"),))
                else:
                    seen_keys.add(row.record_key)
            found.append(row)
        return found

    def _overlapping(self, lines: Sequence[MissingLine]) -> set[int]:
        by_child: defaultdict[str, dict[tuple[object, ...], MissingLine]] = defaultdict(dict)
        for line in lines:
            if line.start and (line.end is None or line.end >= line.start):
                # A whole repeat of a line is a duplicate, not an overlap with itself.
                by_child[line.child].setdefault((line.start, line.end, line.kind), line)
        return {number for same in by_child.values() for number in rules.overlaps(list(same.values()))}

    def _row(self, line: MissingLine, overlaps: bool, care: Sequence[TimeInCare]) -> SourceRow | RefusedRow:
        broken = rules.line_rules(line, self.year)
        head = (self.siblings.header or {}).get(line.child)
        if self.siblings.header is not None:
            broken += rules.header_rules(line, head is not None, head.born if head else None)
        if overlaps:
            broken.append(Refusal("574", "MIS_START"))
        episodes = (self.siblings.episodes or {}).get(line.child, [])
        if self.siblings.episodes is not None:
            broken += rules.episode_rules(line, episodes, care)
        refusals = [found for found in broken if found.rule in rules.REFUSING]
        warnings = [found for found in broken if found.rule not in rules.REFUSING]
        if not line.child:
            refusals.append(Refusal("no-key", "CHILD"))
        if not (line.kind or line.start_text or line.end_text):
            refusals.append(Refusal("no-period", "MIS_START"))
        if refusals or line.start is None:
            return RefusedRow(line.number, tuple(refusals))
        fields, noted = self._fields(line, line.start, head, episodes)
        identifiers, unfit = _identifiers(line, head, self.test_numbers)
        refusals = field_refusals(EVENT_TYPE, fields, self.accepted)
        if refusals:
            return RefusedRow(line.number, tuple(refusals))
        return SourceRow(
            number=line.number,
            event_type=EVENT_TYPE,
            record_key=f"{line.child}|{line.start.isoformat()}",
            fields=fields,
            identifiers=identifiers,
            warnings=tuple(warnings + noted + unfit),
        )

    def _fields(
        self, line: MissingLine, start: date, head: HeaderLine | None, episodes: Sequence[CareEpisode]
    ) -> tuple[dict[str, object], list[Refusal]]:
        notes: list[Refusal] = []
        born = line.born or (head.born if head else None)
        fields: dict[str, object] = {
            "source_system": "ssda903",
            "scheme": "ssda903",
            "status": line.kind,
            "occurred_on": start.isoformat(),
            "duration_band": duration_band(Moment(start), Moment(line.end) if line.end else None),
            "age_band": self._age(born, start, notes) if born else "not_recorded",
            "areas": {"home": "unknown", "missing_from": "unknown"},
            "missing_from": "care",
        }
        if line.born_text and line.born is None:
            notes.append(Refusal("bad-birth-date", "DOB"))
        if line.end:
            fields["ended_on"] = line.end.isoformat()
        if head:
            fields["sex"] = self._code("sex_903", head.sex, "SEX", notes)
            fields["ethnic_group"] = self._code("ethnicity_903", head.ethnicity, "ETHNIC", notes)
        if self.siblings.episodes is not None:
            in_force = max((e for e in episodes if e.covers(start)), key=lambda e: e.began, default=None)
            fields["placement_group"] = self._placement(in_force, notes)
            fields["placement_area"] = self._placement_area(in_force)
        return fields, notes

    def _age(self, born: date, day: date, notes: list[Refusal]) -> str:
        try:
            return age_band(age_on(born, day))
        except ValueError:
            notes.append(Refusal("age-out-of-range", "DOB"))
            return "unknown"

    def _code(self, table: str, text: str, column: str, notes: list[Refusal]) -> str:
        """The code of a 903 value; `unknown` with a warning when it is not in the list at all."""
        if not text:
            return "not_recorded"
        entry = shipped_table(table).get(normal(text))
        if entry is None:
            notes.append(Refusal("unknown-code", column))
            return "unknown"
        if not entry.in_force(self.year.last):
            notes.append(Refusal("code-not-in-force", column))
        return entry.code

    def _placement(self, episode: CareEpisode | None, notes: list[Refusal]) -> str:
        if episode is None:
            return "unknown"
        group = self._code("place_903", episode.place, "PLACE", notes)
        return "foster_agency" if group == "foster_in_house" and episode.provider in _AGENCY_PROVIDERS else group

    def _placement_area(self, episode: CareEpisode | None) -> str:
        """In or out of the board's area by the placement's postcode, where --postcodes lists it; else unknown."""
        if episode is None or self.gazetteer.postcodes is None:
            return "unknown"
        try:
            area = self.gazetteer.area_of_postcode(episode.placement_postcode)
        except UnknownArea:
            return "unknown"
        if area in (None, "unknown"):
            return "unknown"
        return "out_of_area_ours" if area == OUT_OF_AREA else "in_area"


def _identifiers(
    line: MissingLine, head: HeaderLine | None, test_numbers: bool
) -> tuple[dict[str, str], list[Refusal]]:
    found = {"local": ids.local_id(line.child)}
    # UN1 to UN7 are DfE's reasons for having no UPN, not UPNs.
    if head is None or not head.upn or head.upn.upper().startswith("UN"):
        return found, []
    try:
        found["upn"] = ids.upn(head.upn, test_numbers)
    except ids.BadIdentifier as error:
        return found, [Refusal(error.rule, "UPN")]
    return found, []


def _year_of(lines: Sequence[MissingLine], today: date) -> CollectionYear:
    """The collection year most starts and ends lie in, the later on a tie; today's when no line has a date.

    The year of the latest start would let one mistyped start move the year, and rule 570 could never hold.
    """
    votes = Counter(CollectionYear.of(day).start for line in lines for day in (line.start, line.end) if day)
    if not votes:
        return CollectionYear.of(today)
    return CollectionYear(max(votes, key=lambda start: (votes[start], start)))
