"""What a reading comes to: what would be published, what is refused and why, in counts, rules and line numbers.

No value of the file is in any rendering, so the output can go into a ticket.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

import orjson

from agencies.readers.reading import Reading
from agencies.readers.rule_texts import rule_text
from agencies.refuse import scan
from agencies.rows import CanonicalRow, DuplicateRow, RefusedRow, Row, SkippedRow, SourceRow
from models.contract.events import short_name
from models.contract.refusals import Refusal
from models.register import Register
from models.service.exits import DONE, NOT_ALL

SHOWN_ROWS = 20
"""How many line numbers a rule shows; the count is always whole."""

MASK = "…"


@dataclass(slots=True)
class RuleCount:
    """How often a rule applied: rows, the fields it was about, and the first line numbers."""

    rows: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    lines: list[int] = field(default_factory=list)
    _children: set[str] = field(default_factory=set, repr=False)

    def add(self, number: int | None, paths: Iterable[str], child: str | None = None) -> None:
        """Count one row; `child` is the source's own reference, of which only the number of different ones is told."""
        self.rows += 1
        if child is not None:
            self._children.add(child)
        self.fields.update(paths)
        if number is not None and len(self.lines) < SHOWN_ROWS:
            self.lines.append(number)

    def to_dict(self) -> dict[str, object]:
        """For JSON: rows, of how many children where rows say whose they are, fields, first lines."""
        children = {"children": len(self._children)} if self._children else {}
        return {"rows": self.rows, **children, "fields": dict(sorted(self.fields.items())), "lines": self.lines}


@dataclass(slots=True)
class ReadingSummary:
    """What a reading comes to; `read = publishable + refused + duplicates + skipped`, in lines of the file."""

    format: str
    source: str
    read: int = 0
    publishable: int = 0
    refused: int = 0
    duplicates: int = 0
    skipped: int = 0
    events: Counter[str] = field(default_factory=Counter)
    linkable: int = 0
    """Publishable lines with an identifier that can become a token shared between agencies (nhs, upn, demog)."""
    refused_by_rule: dict[str, RuleCount] = field(default_factory=dict)
    warnings_by_rule: dict[str, RuleCount] = field(default_factory=dict)
    rules_run: tuple[str, ...] = ()
    """Numbered rules that were run: one that is in neither list of breaches was kept by every row."""
    rules_not_run: dict[str, str] = field(default_factory=dict)
    preview: list[dict[str, object]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Whether some lines would be refused, as `models.service.exits` has it."""
        return NOT_ALL if self.refused else DONE

    def to_dict(self) -> dict[str, object]:
        """The JSON rendering, as plain data."""
        plain: dict[str, object] = {
            "format": self.format,
            "source": self.source,
            "read": self.read,
            "publishable": self.publishable,
            "refused": self.refused,
            "duplicates": self.duplicates,
            "skipped": self.skipped,
            "linkable": self.linkable,
            "events": dict(sorted(self.events.items())),
            "refused_by_rule": {rule: count.to_dict() for rule, count in sorted(self.refused_by_rule.items())},
            "warnings_by_rule": {rule: count.to_dict() for rule, count in sorted(self.warnings_by_rule.items())},
            "rules_run": list(self.rules_run),
            "rules_not_run": dict(sorted(self.rules_not_run.items())),
        }
        if self.preview:
            plain["preview"] = self.preview
        return plain

    def to_json(self) -> str:
        """Indented JSON."""
        return orjson.dumps(self.to_dict(), option=orjson.OPT_INDENT_2).decode()

    def to_text(self) -> str:
        """For a person at a terminal."""
        lines = [
            f"{self.source}: {self.read} read, {self.publishable} can be published, {self.refused} refused, "
            f"{self.duplicates} duplicates, {self.skipped} not for this board"
        ]
        if self.events:
            made = ", ".join(f"{count} {name}" for name, count in sorted(self.events.items()))
            lines.append(f"events: {made}; {self.linkable} of {self.publishable} lines can be linked between agencies")
        lines += _rule_lines("refused", self.refused_by_rule) + _rule_lines("warnings", self.warnings_by_rule)
        if self.rules_not_run:
            lines.append("not run:")
            lines += [f"  {rule:<16} {why}" for rule, why in sorted(self.rules_not_run.items())]
        if self.preview:
            lines.append("preview (tokens and ids masked):")
            lines += ["  " + orjson.dumps(event).decode() for event in self.preview]
        return "\n".join(lines)


def summarise(
    reading: Reading, format: str, *, register: Register | None = None, board: str | None = None, preview: int = 0
) -> ReadingSummary:
    """The summary of a reading; rows are counted by line of the file."""
    summary = ReadingSummary(
        format, reading.source, rules_run=reading.rules_run, rules_not_run=dict(reading.rules_not_run)
    )
    for warning in reading.file_warnings:
        _count(summary.warnings_by_rule, None, [warning])
    published: set[int] = set()
    linkable: set[int] = set()
    for row in reading:
        if isinstance(row, SourceRow | CanonicalRow) and (found := _identifiers_in(row)):
            row = RefusedRow(row.number, tuple(found))
        if isinstance(row, RefusedRow):
            summary.refused += 1
            _count(summary.refused_by_rule, row.number, row.refusals)
        elif isinstance(row, DuplicateRow):
            summary.duplicates += 1
        elif isinstance(row, SkippedRow):
            summary.skipped += 1
        else:
            published.add(row.number)
            summary.events[_short_type(row)] += 1
            if _is_linkable(row):
                linkable.add(row.number)
            child = row.identifiers.get("local") if isinstance(row, SourceRow) else None
            _count(summary.warnings_by_rule, row.number, row.warnings, child)
            if len(summary.preview) < preview:
                summary.preview.append(_masked(row, register, board))
    summary.publishable, summary.linkable = len(published), len(linkable)
    summary.read = summary.publishable + summary.refused + summary.duplicates + summary.skipped
    return summary


def _count(
    rules: dict[str, RuleCount], number: int | None, refusals: Iterable[Refusal], child: str | None = None
) -> None:
    by_rule: dict[str, list[str]] = {}
    for refusal in refusals:
        by_rule.setdefault(refusal.rule, []).append(refusal.path)
    for rule, paths in by_rule.items():
        rules.setdefault(rule, RuleCount()).add(number, paths, child)


def _identifiers_in(row: SourceRow | CanonicalRow) -> list[Refusal]:
    """The second line, on a row's fields as it will be on the whole event; `events` rows had it when they were read."""
    return scan(row.fields) if isinstance(row, SourceRow) else []


def _short_type(row: SourceRow | CanonicalRow) -> str:
    return short_name(row.event_type if isinstance(row, SourceRow) else row.event.type)


def _is_linkable(row: SourceRow | CanonicalRow) -> bool:
    if isinstance(row, SourceRow):
        return bool(set(row.identifiers) - {"local"})
    return any(token.kind.value != "local" for token in getattr(row.event.data, "tokens", ()))


def _masked(row: SourceRow | CanonicalRow, register: Register | None, board: str | None) -> dict[str, object]:
    """An outgoing event as far as it can be shown: ids and tokens are masked, since a token is personal data."""
    if isinstance(row, CanonicalRow):
        data = cast("dict[str, object]", row.event.data.model_dump(mode="json", exclude_unset=True))
        tokens = [token.kind.value for token in getattr(row.event.data, "tokens", ())]
    else:
        by_ward = register.board_of_ward.get(row.ward or "") if register else None
        data = {"revision": 0, "board": board or by_ward or MASK, **row.fields}
        tokens = list(row.identifiers)
    shown: dict[str, object] = {"event_id": MASK, **{name: data[name] for name in data if name != "event_id"}}
    if _is_about(row, data):
        shown["about_event_id"] = MASK
    if tokens:
        shown["tokens"] = [{"kind": kind, "token": f"lt_{MASK}"} for kind in tokens]
    return {"type": row.event_type if isinstance(row, SourceRow) else str(row.event.type), "data": shown}


def _is_about(row: Row, data: Mapping[str, object]) -> bool:
    """Whether the event refers to another one."""
    return "about_event_id" in data or (isinstance(row, SourceRow) and row.about is not None)


def _rule_lines(title: str, rules: Mapping[str, RuleCount]) -> list[str]:
    if not rules:
        return []
    lines = [f"{title}:"]
    for rule, count in sorted(rules.items(), key=lambda item: (-item[1].rows, item[0])):
        shown = ", ".join(str(number) for number in count.lines)
        more = ", …" if count.rows > len(count.lines) > 0 else ""
        at = f"; lines {shown}{more}" if shown else ""
        lines.append(f"  {rule:<16} {count.rows:>6}  {rule_text(rule)} [{', '.join(sorted(count.fields))}]{at}")
    return lines
