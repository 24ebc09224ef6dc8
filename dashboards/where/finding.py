"""What a map says, in sentences: which places changed, and what the others show. Pure; nobody is ranked.

Every figure in a sentence stands in the table below it, with the same range and the same words for its change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dashboards.where.entries import PlaceRow
from dashboards.where.figures import Level
from dashboards.words import KINDS
from models.contract.periods import kind_of

MOST = 5
"""Places that a sentence names; the table has all."""
PLURAL: dict[Level, str] = {"ward": "wards", "town": "towns"}


def findings(rows: Sequence[PlaceRow], level: Level, window: str) -> tuple[str, ...]:
    """The sentences about one measure in one window, what changed first."""
    return tuple(filter(None, (_changes(rows, level, window), _others(rows, level))))


def searched(rows: Sequence[PlaceRow], level: Level) -> str:
    """What it takes for a change to be told; empty where nothing is compared."""
    compared = sum(bool(row.change) for row in rows)
    if not compared:
        return ""
    return (
        f"{compared} {PLURAL[level]} can be compared with the period before. All are searched at once, so a change is "
        "told only if it is large: where nothing changed, error and chance would show one in at most 1 of 10 searches."
    )


def _changes(rows: Sequence[PlaceRow], level: Level, window: str) -> str:
    kind = KINDS[kind_of(window)]
    moved = [row for row in rows if row.moved]
    if moved:
        named = [f"{row.name} {row.shown.text}{row.in_range}, {row.change}" for row in moved[:MOST]]
        more = f"; and {len(moved) - MOST} more in the table" if len(moved) > MOST else ""
        return f"Changed since the {kind} before: {'; '.join(named)}{more}."
    if any(row.change for row in rows):
        return f"In no {level} has the figure changed since the {kind} before by more than error and chance explain."
    return ""


def _others(rows: Sequence[PlaceRow], level: Level) -> str:
    values = [row.cell.value for row in rows if row.cell is not None and row.cell.value is not None]
    parts = []
    if values:
        low, high = min(values), max(values)
        between = f"{low:,}" if low == high else f"between {low:,} and {high:,}"
        of = f"{len(values)} of {len(rows)} {PLURAL[level]} show" if len(values) > 1 else f"One of {len(rows)} shows"
        if len(values) == len(rows) > 1:
            of = f"All {len(rows)} {PLURAL[level]} show"
        parts.append(f"{of} a figure, {between}")
    states = Counter(row.shown.text for row in rows if row.cell is None or row.cell.value is None)
    parts += [f'{number} {"show" if number > 1 else "shows"} "{text}"' for text, number in states.items()]
    return f"{'; '.join(parts)}." if parts else ""
