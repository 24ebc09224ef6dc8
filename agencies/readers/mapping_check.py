"""Checks a mapping's rules against the event models: fields that exist, forms that fit, codes that are listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import orjson
from pydantic import TypeAdapter, ValidationError

from agencies.readers import rules as r
from agencies.readers.codetables import CodeEntry, TableError, normalised, shipped_table
from agencies.readers.targets import FieldTarget, targets
from models.contract.events import DATA_CLASSES, short_name

_FITS: dict[type[r.RuleForm], frozenset[str]] = {
    r.Code: frozenset({"code"}),
    r.Codes: frozenset({"codes"}),
    r.Date: frozenset({"date"}),
    r.Month: frozenset({"date"}),
    r.Hour: frozenset({"code"}),
    r.DurationSpan: frozenset({"code"}),
    r.Within72h: frozenset({"code"}),
    r.Age: frozenset({"code"}),
    r.YesNoRule: frozenset({"code"}),
    r.InterviewStateRule: frozenset({"code"}),
    r.Flag: frozenset({"bool"}),
    r.Number: frozenset({"int", "float"}),
    r.Area: frozenset({"text"}),
    r.PeriodRule: frozenset({"text"}),
}
_NEEDED_CODE: dict[type[r.RuleForm], str] = {
    r.Hour: "00-06",
    r.DurationSpan: "lt_6h",
    r.Within72h: "yes",
    r.Age: "10-11",
    r.YesNoRule: "yes",
    r.InterviewStateRule: "offered",
}
"""A code that the field's list must have for the form to make sense there."""


class EventLike(Protocol):
    """The parts of an event rule that are checked here."""

    @property
    def type(self) -> str:
        """Full event type."""

    @property
    def fields(self) -> Mapping[str, r.RuleForm]:
        """Field path -> rule."""


def mistakes_in(
    child: Mapping[str, r.RuleForm], event: EventLike, tables: Mapping[str, dict[str, CodeEntry]]
) -> list[str]:
    """One sentence for each mistake in an event's rules; empty when it can be used."""
    short, known = short_name(event.type), targets(event.type)
    found = [
        f"{short}.{name}: {text}" for name, rule in event.fields.items() for text in _field(name, rule, known, tables)
    ]
    # A `child` field that this type does not have is left out of it, but one that no type could have is a mistake.
    found += [
        f"child.{name}: {text}"
        for name, rule in child.items()
        for text in (_field(name, rule, known, tables) if name in known else _anywhere(name))
    ]
    given = set(child) | set(event.fields)
    found += [
        f"{short}: {name} is required and has no rule" for name, t in known.items() if t.required and name not in given
    ]
    return found


def _anywhere(name: str) -> Iterator[str]:
    made_from_rows = [event_type for event_type in DATA_CLASSES if short_name(event_type) != "erasure"]
    if not any(name in targets(event_type) for event_type in made_from_rows):
        yield "no event type has this field"


def _field(
    name: str, rule: r.RuleForm, known: Mapping[str, FieldTarget], tables: Mapping[str, dict[str, CodeEntry]]
) -> Iterator[str]:
    target = known.get(name)
    if target is None:
        yield f"there is no such field; there are: {', '.join(sorted(known))}"
        return
    if isinstance(rule, r.FirstOf):
        for one in rule.first_of:
            yield from _field(name, one, known, tables)
        return
    if isinstance(rule, r.Constant):
        if not _constant_fits(rule.constant, target):
            yield f"{rule.constant!r} is not a value of this field"
        return
    if target.kind not in _FITS[type(rule)]:
        yield f"this form of rule cannot fill a field of kind {target.kind}"
        return
    needed = _NEEDED_CODE.get(type(rule))
    if needed is not None and needed not in target.codes:
        yield "this form of rule gives other codes than this field has"
    if isinstance(rule, r.Code | r.Codes):
        yield from _codes(rule, target, tables)


def _constant_fits(constant: str, target: FieldTarget) -> bool:
    if target.kind in {"code", "codes"}:
        return constant in target.codes
    if target.kind == "bool":
        return constant in {"true", "false"}
    if target.kind == "text":
        return True
    adapters: dict[str, TypeAdapter[object]] = {"int": TypeAdapter(int), "float": TypeAdapter(float)}
    try:
        if target.kind in adapters:
            adapters[target.kind].validate_json(orjson.dumps(constant))
            return True
    except ValidationError:
        pass
    return False


def _codes(rule: r.Code | r.Codes, target: FieldTarget, tables: Mapping[str, dict[str, CodeEntry]]) -> Iterator[str]:
    for name in rule.table:
        try:
            entries = normalised(tables[name]) if name in tables else shipped_table(name)
        except (TableError, ValueError) as error:
            yield str(error)
            continue
        if wrong := sorted({entry.code for entry in entries.values()} - target.codes):
            yield f"table {name} gives {', '.join(wrong)}, which this field does not have"
    special = {"refuse", "drop"} if isinstance(rule, r.Codes) else {"refuse", "blank"}
    if rule.otherwise not in special | target.codes:
        yield f"otherwise: {rule.otherwise!r} is neither {' nor '.join(sorted(special))} nor a code of this field"
    if isinstance(rule, r.Code) and rule.blank is not None and rule.blank not in target.codes:
        yield f"blank: {rule.blank!r} is not a code of this field"
