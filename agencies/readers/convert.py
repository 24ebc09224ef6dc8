"""Compiles the rules of a mapping into functions from a row's cells to a field's value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agencies.generalise import Moment, age_band_of_year_group, age_on, hour_band, within_72h
from agencies.readers import rules as r
from agencies.readers.areas import Gazetteer
from agencies.readers.cells import (
    CellRefused,
    Convert,
    Pick,
    RowView,
    area,
    banded,
    iso_date,
    month_start,
    number,
    period,
    span,
    yes_no,
)
from agencies.readers.codetables import BLANK_WORDS, NO, UNKNOWN_WORDS, YES, Entry, normal, normalised, shipped_table
from agencies.readers.moments import BadDate, DateFormat, parse_moment
from agencies.readers.targets import Target


@dataclass(frozen=True)
class Compiler:
    """What compiling needs from outside of the rules."""

    columns: Mapping[str, int]
    """Column key -> place in the row; a column that is not there is an optional one."""
    column_key: Callable[[str], str]
    dates: DateFormat
    tables: Mapping[str, dict[str, Entry]]
    gazetteer: Gazetteer

    def pick(self, columns: Sequence[str]) -> Pick:
        """The first cell among `columns` that is not blank."""
        places = [self.columns[key] for column in columns if (key := self.column_key(column)) in self.columns]
        if not places:
            return lambda row: ""
        if len(places) == 1:
            place = places[0]
            return lambda row: row.cells[place]
        return lambda row: next((row.cells[place] for place in places if row.cells[place]), "")

    def table(self, names: Sequence[str], target: Target, own_codes: bool = True) -> dict[str, Entry]:
        """The named tables in order, the first winning, and under them the target's own codes."""
        merged = {normal(code): Entry(code=code) for code in target.codes} if own_codes else {}
        for name in reversed(names):
            found = self.tables[name] if name in self.tables else shipped_table(name)
            merged |= found
        return merged

    def moment(self, columns: Sequence[str]) -> Callable[[RowView], Moment | None]:
        """The date in the first filled of some columns."""
        pick, dates = self.pick(columns), self.dates

        def convert(row: RowView) -> Moment | None:
            text = pick(row)
            if normal(text) in BLANK_WORDS:
                return None
            try:
                return parse_moment(text, dates)
            except BadDate as error:
                row.month_first |= error.month_first
                raise CellRefused("bad-date") from None

        return convert

    def conditions(self, conditions: Sequence[r.Condition]) -> Callable[[RowView], bool]:
        """Whether all conditions hold in a row."""
        tests = [self._condition(condition) for condition in conditions]
        return lambda row: all(test(row) for test in tests)

    def _condition(self, condition: r.Condition) -> Callable[[RowView], bool]:
        pick = self.pick([condition.column])
        if condition.state is not None:
            wanted = condition.state == "filled"
            return lambda row: (normal(pick(row)) not in BLANK_WORDS) == wanted
        values = frozenset(normal(value) for value in (condition.among or condition.not_among))
        wanted, separator = bool(condition.among), condition.separator

        def holds(row: RowView) -> bool:
            parts = pick(row).split(separator) if separator else [pick(row)]
            return any(normal(part) in values for part in parts) == wanted

        return holds

    def compile(self, rule: r.Form, target: Target) -> Convert:
        """A rule as a function; `target` is the field it fills."""
        convert = self._plain(rule, target)
        if not rule.when:
            return convert
        holds = self.conditions(rule.when)
        return lambda row: convert(row) if holds(row) else None

    def _plain(self, rule: r.Form, target: Target) -> Convert:
        match rule:
            case r.Constant(constant=constant):
                value = [constant] if target.kind == "codes" else constant
                return lambda row: value
            case r.Code():
                return self._code(rule, target)
            case r.Codes():
                return self._codes(rule, target)
            case r.Date(date=columns):
                return iso_date(self.moment(columns))
            case r.Month(month=columns):
                return month_start(self.pick(columns))
            case r.Hour(hour=columns):
                at = self.moment(columns)
                return lambda row: hour_band(moment) if (moment := at(row)) else None
            case r.Span(duration_from=columns, to=to):
                return span(self.moment(columns), self.moment([to]))
            case r.Within72h(returned=returned, completed=completed):
                back, done = self.moment([returned]), self.moment([completed])
                return lambda row: within_72h(back(row), done(row))
            case r.Age():
                return self._age(rule)
            case r.YesNoRule(yes_no=columns):
                return yes_no(self.pick(columns))
            case r.Flag(flag=column):
                answer = yes_no(self.pick([column]))
                return lambda row: answer(row) == "yes"
            case r.Number(number=column, scale=scale):
                return number(self.pick([column]), scale, whole=target.kind == "int")
            case r.Area(area=columns, postcode=postcode):
                return area(self.pick(columns), self.gazetteer, postcode)
            case r.PeriodRule(period=column):
                return period(self.pick([column]))
            case r.InterviewStateRule():
                return self._interview(rule)
            case r.FirstOf(first_of=several):
                converts = [self.compile(one, target) for one in several]
                return lambda row: next((value for convert in converts if (value := convert(row)) is not None), None)
        raise TypeError(type(rule).__name__)

    def _code(self, rule: r.Code, target: Target) -> Convert:
        pick, table = self.pick(rule.code), self.table(rule.table, target, rule.own_codes)
        otherwise, blank, has_unknown = rule.otherwise, rule.blank, "unknown" in target.codes

        def convert(row: RowView) -> object:
            text = normal(pick(row))
            entry = table.get(text)
            if entry is not None:
                if not entry.in_force(row.day):
                    row.warnings.append("code-not-in-force")
                return entry.code
            if text in BLANK_WORDS:
                return blank
            if has_unknown and text in UNKNOWN_WORDS:
                return "unknown"
            if otherwise == "refuse":
                raise CellRefused("unknown-code")
            return blank if otherwise == "blank" else otherwise

        return convert

    def _codes(self, rule: r.Codes, target: Target) -> Convert:
        picks, table = [self.pick([column]) for column in rule.codes], self.table(rule.table, target)
        separator, otherwise = rule.separator, rule.otherwise

        def one(text: str) -> str | None:
            if (entry := table.get(text)) is not None:
                return entry.code
            if text in UNKNOWN_WORDS:
                return "unknown"
            if otherwise == "refuse":
                raise CellRefused("unknown-code")
            return None if otherwise == "drop" else otherwise

        def convert(row: RowView) -> object:
            texts = [normal(part) for pick in picks for part in pick(row).split(separator)]
            found = [code for text in texts if text not in BLANK_WORDS and (code := one(text))]
            # In the order of the code, not of the file: the same facts must give the same content.
            return sorted(set(found)) or None

        return convert

    def _age(self, rule: r.Age) -> Convert:
        if rule.age_from == "dob":
            born = self.moment([rule.column])

            def from_dob(row: RowView) -> object:
                found = born(row)
                return banded(age_on(found.day, row.day)) if found and row.day else None

            return from_dob
        pick = self.pick([rule.column])
        by_year = rule.age_from == "year_group"

        def convert(row: RowView) -> object:
            text = normal(pick(row))
            if text in BLANK_WORDS:
                return None
            if text in UNKNOWN_WORDS:
                return "unknown"
            if by_year:
                try:
                    return age_band_of_year_group(text, row.day) if row.day else None
                except ValueError:
                    raise CellRefused("bad-year-group") from None
            if not re.fullmatch(r"[0-9]{1,2}", text):
                raise CellRefused("bad-age")
            return banded(int(text))

        return convert

    def _interview(self, rule: r.InterviewStateRule) -> Convert:
        offered, accepted = yes_no(self.pick([rule.interview_offered])), self.pick([rule.accepted])
        completed = self.pick([rule.completed])

        def convert(row: RowView) -> object:
            done, answer = normal(completed(row)), normal(accepted(row))
            if done in YES or (done not in NO | BLANK_WORDS | UNKNOWN_WORDS):
                return "completed"
            if answer in {"not reached", "not contacted", "no reply"}:
                return "not_reached"
            if answer in NO or answer in {"declined", "refused"}:
                return "declined"
            if answer in YES or answer == "accepted":
                return "not_completed" if done in NO else "accepted"
            return {"yes": "offered", "no": "required"}.get(str(offered(row)), "not_recorded")

        return convert


def own_tables(tables: Mapping[str, dict[str, Entry]]) -> dict[str, dict[str, Entry]]:
    """A mapping's tables, keyed by normalised value."""
    return {name: normalised(entries) for name, entries in tables.items()}
