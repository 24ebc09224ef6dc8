"""Format `mapped-csv`: any CSV or XLSX export through a mapping file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agencies.readers import identifiers as ids
from agencies.readers.accept import Window, contract_refusals, order_refusals, order_warnings
from agencies.readers.areas import Gazetteer
from agencies.readers.cells import CellRefused, Convert, Pick, RowView
from agencies.readers.codetables import BLANK_WORDS, normal
from agencies.readers.convert import Compiler, own_tables
from agencies.readers.mapping import EventRule, Mapping
from agencies.readers.moments import BadDate, parse_moment
from agencies.readers.reading import Reading
from agencies.readers.rules import Area, Date, FirstOf, Form, Span, Within72h
from agencies.readers.tabular import Grid, column_key, open_table
from agencies.readers.targets import targets
from agencies.rows import DuplicateRow, RefusedRow, Row, SkippedRow, SourceRow
from models.contract.refusals import Refusal

_DAY_FIELDS = ("occurred_on", "held_on", "submitted_on")
Identify = Callable[[RowView], str | None]


@dataclass(frozen=True)
class _Event:
    """An event rule, compiled."""

    rule: EventRule
    holds: Callable[[RowView], bool]
    key: Callable[[RowView], str]
    about_key: Callable[[RowView], str] | None
    day: tuple[str, Convert]
    fields: tuple[tuple[str, Convert], ...]


@dataclass
class MappedReader:
    """Reads the rows of one file; keeps what it has seen to tell duplicates."""

    mapping: Mapping
    grid: Grid
    gazetteer: Gazetteer
    window: Window
    test_numbers: bool
    month_first: int = 0
    _seen_rows: dict[tuple[str, ...], int] = field(default_factory=dict)
    _seen_keys: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Compile the mapping once for the file's columns."""
        self._compiler = Compiler(
            self.grid.columns, column_key, self.mapping.dates, own_tables(self.mapping.tables), self.gazetteer
        )
        self._dated = {column_key(name) for rule in all_rules(self.mapping) for name in _date_columns(rule)}
        self._events = [self._compile(event) for event in self.mapping.events]
        self._identifiers = self._compile_identifiers()

    def rows(self) -> list[Row]:
        """Every line as rows, in order."""
        found: list[Row] = []
        for number, cells in self.grid.rows:
            found += self._line(number, cells)
        return found

    def _line(self, number: int, cells: list[str]) -> Sequence[Row]:
        first = self._seen_rows.setdefault(tuple(cells), number)
        if first != number:
            return [DuplicateRow(number, first)]
        if len(cells) != self.grid.width:
            return [RefusedRow(number, (Refusal("ragged-row", "(row)"),))]
        view = RowView(cells)
        made, refusals = self._events_of(number, view)
        self.month_first += view.month_first
        if refusals:
            return [RefusedRow(number, tuple(dict.fromkeys(refusals)))]
        if not made:
            return [SkippedRow(number)]
        keys = {(row.event_type, row.record_key) for row in made}
        if len(keys) < len(made) or keys & self._seen_keys:
            return [RefusedRow(number, (Refusal("repeated-key", "(key)"),))]
        self._seen_keys |= keys
        return made

    def _events_of(self, number: int, view: RowView) -> tuple[list[SourceRow], list[Refusal]]:
        made: list[SourceRow] = []
        refusals: list[Refusal] = []
        tokens, warnings = self._identify(view)
        for event in self._events:
            if not event.holds(view):
                continue
            fields, wrong = self._fields(event, view)
            if not wrong and any(_absent(fields, name) for name in event.rule.needs):
                continue
            key = event.key(view)
            if not key:
                wrong.append(Refusal("no-key", "(key)"))
            ward = self._settle(fields, event.rule)
            wrong += order_refusals(fields) + self.window.refusals(fields)
            if not wrong:
                wrong = contract_refusals(event.rule.type, fields)
            if wrong:
                refusals += wrong
                continue
            about = event.about_key(view) if event.about_key and event.rule.about else ""
            made.append(
                SourceRow(
                    number=number,
                    event_type=event.rule.type,
                    record_key=key + event.rule.suffix,
                    fields=fields,
                    identifiers=tokens if "occurred_on" in fields else {},
                    ward=ward,
                    about=(event.rule.about.type, about) if about and event.rule.about else None,
                    warnings=tuple(dict.fromkeys([*warnings, *order_warnings(fields)])),
                )
            )
            warnings = []
        return made, refusals

    def _fields(self, event: _Event, view: RowView) -> tuple[dict[str, object], list[Refusal]]:
        fields: dict[str, object] = {"source_system": self.mapping.source_system.value}
        refusals: list[Refusal] = []
        view.day = None
        for name, convert in (event.day, *event.fields):
            try:
                value = convert(view)
            except CellRefused as error:
                refusals.append(Refusal(error.rule, name))
                continue
            if value is not None:
                _put(fields, name, value)
            if name == event.day[0] and isinstance(value, str) and name != "period":
                view.day = parse_moment(value, "iso").day
            elif name == event.day[0] and value is None:
                refusals.append(Refusal("no-date", name))
        return fields, refusals

    def _settle(self, fields: dict[str, object], rule: EventRule) -> str | None:
        areas = fields.get("areas")
        if not isinstance(areas, dict):
            return None
        prefer = rule.ward.removeprefix("areas.") if rule.ward else None
        return self.gazetteer.settle(areas, prefer, str(fields.get("age_band", "")))

    def _identify(self, view: RowView) -> tuple[dict[str, str], list[Refusal]]:
        found: dict[str, str] = {}
        warnings: list[Refusal] = []
        for kind, identify in self._identifiers:
            try:
                value = identify(view)
            except ids.BadIdentifier as error:
                warnings.append(Refusal(error.rule, f"tokens.{kind}"))
                continue
            if value:
                found[kind] = value
        return found, warnings

    def _compile(self, event: EventRule) -> _Event:
        known = targets(event.type)
        rules = {name: rule for name, rule in self.mapping.child.items() if name in known} | event.fields
        compiled = {name: self._compiler.compile(rule, known[name]) for name, rule in rules.items()}
        day = next(name for name in _DAY_FIELDS if name in compiled)
        return _Event(
            rule=event,
            holds=self._compiler.conditions(event.when),
            key=self._key(event.key),
            about_key=self._key(event.about.key) if event.about else None,
            day=(day, compiled.pop(day)),
            fields=tuple(compiled.items()),
        )

    def _key(self, columns: Sequence[str]) -> Callable[[RowView], str]:
        """Key columns joined; a date is written one way, so that a CSV and a workbook give the same key."""
        picks = [(self._compiler.pick([name]), column_key(name) in self._dated) for name in columns]
        dates = self.mapping.dates

        def key(row: RowView) -> str:
            parts = [_key_part(pick(row), dated, dates) for pick, dated in picks]
            return "|".join(parts) if all(parts) else ""

        return key

    def _compile_identifiers(self) -> list[tuple[str, Identify]]:
        given, pick = self.mapping.identifiers, self._compiler.pick
        made: list[tuple[str, Identify]] = []
        if given.nhs:
            made.append(("nhs", _unless_blank(pick([given.nhs]), lambda text: ids.nhs_number(text, self.test_numbers))))
        if given.upn:
            made.append(("upn", _unless_blank(pick([given.upn]), lambda text: ids.upn(text, self.test_numbers))))
        if given.demog:
            made.append(("demog", self._demographic()))
        if given.local:
            made.append(("local", _unless_blank(pick([given.local]), ids.local_id)))
        return made

    def _demographic(self) -> Identify:
        columns = self.mapping.identifiers.demog
        if columns is None:
            return lambda row: None
        pick = self._compiler.pick
        surname, first_name = pick([columns.surname]), pick([columns.first_name])
        born, sex = self._compiler.moment([columns.dob]), pick([columns.sex])
        table = self._compiler.table([columns.sex_table], targets("ypsem.missing_episode.v1")["sex"])

        def identify(row: RowView) -> str | None:
            if not surname(row) and not first_name(row):
                return None
            try:
                moment = born(row)
            except CellRefused:
                moment = None
            entry = table.get(normal(sex(row)))
            if moment is None or entry is None:
                raise ids.BadIdentifier("incomplete-demographics")
            return ids.demographic(surname(row), first_name(row), moment.day, entry.code)

        return identify


def read_mapped(path: Path, mapping: Mapping, gazetteer: Gazetteer, window: Window, test_numbers: bool) -> Reading:
    """All rows of a file through a mapping; raises `UnreadableFile`."""
    grid = open_table(path, mapping.required(), mapping.sheet)
    reader = MappedReader(mapping, grid, gazetteer, window, test_numbers)
    reading = Reading(reader.rows(), mapping.name)
    if reader.month_first:
        # Other dates of the file may be month-first too and look right: 03/04 is a date either way.
        reading.file_warnings.append(Refusal("month-first-dates", "(file)"))
    areas = list(_area_rules(mapping))
    if areas and not gazetteer.complete:
        reading.rules_not_run["unknown-ward"] = "needs the register (--register)"
    if gazetteer.postcodes is None and any(area.postcode for area in areas):
        reading.rules_not_run["postcode-lookup"] = "needs --postcodes"
    return reading


def _area_rules(mapping: Mapping) -> Iterator[Area]:
    todo: list[Form] = all_rules(mapping)
    while todo:
        rule = todo.pop()
        if isinstance(rule, FirstOf):
            todo += rule.first_of
        elif isinstance(rule, Area):
            yield rule


def all_rules(mapping: Mapping) -> list[Form]:
    """Every field's rule, of all events."""
    return [*mapping.child.values(), *(rule for event in mapping.events for rule in event.fields.values())]


def _date_columns(rule: Form) -> tuple[str, ...]:
    if isinstance(rule, FirstOf):
        return tuple(name for one in rule.first_of for name in _date_columns(one))
    if isinstance(rule, Date):
        return rule.date
    if isinstance(rule, Span):
        return (*rule.duration_from, rule.to)
    return (rule.returned,) if isinstance(rule, Within72h) else ()


def _key_part(text: str, dated: bool, dates: str) -> str:
    if dated:
        try:
            moment = parse_moment(text, "iso" if dates == "iso" else "dd/mm/yyyy")
        except BadDate:
            return ""
        clock = moment.clock.strftime("T%H:%M") if moment.clock else ""
        return moment.day.isoformat() + clock
    return ids.local_id(text)


def _unless_blank(pick: Pick, normalise: Callable[[str], str]) -> Identify:
    def identify(row: RowView) -> str | None:
        text = pick(row)
        return None if normal(text) in BLANK_WORDS else normalise(text)

    return identify


def _put(fields: dict[str, object], path: str, value: object) -> None:
    outer, _, inner = path.partition(".")
    if not inner:
        fields[outer] = value
        return
    nested = fields.setdefault(outer, {})
    if isinstance(nested, dict):
        nested[inner] = value


def _absent(fields: dict[str, object], path: str) -> bool:
    outer, _, inner = path.partition(".")
    value = fields.get(outer)
    return value in (None, []) if not inner else not (isinstance(value, dict) and inner in value)
