"""A look at a board with every chunk: the provisional scan, from null distributions at most a minute old.

What it finds stays in the ledger tier, and asks for the full Monte Carlo sooner than tonight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from analysis.hotspots.problem import Problem, permutation_measure
from analysis.hotspots.scan import Cluster, provisional
from analysis.hotspots.significance import Null
from analysis.hotspots.zones import Floats
from analysis.ledger.parse import placed_record
from analysis.ledger.row import Row
from analysis.signals.alarms import nulls, problems, seed_of
from analysis.signals.evidence import KINDS_OF, Evidence
from analysis.signals.places import Places
from analysis.signals.seen import REPEAT_DAYS, seen
from models.signals import CHILD_KINDS, ChildKind

WORTH_A_FULL_SCAN = 0.02
"""Below this provisional p the full Monte Carlo is worth its time."""
_REPLICATES = 199


@dataclass
class Book:
    """One kind's counts, kept up by hand between two builds."""

    problem: Problem
    null: Null
    first: int
    """Ordinal of the first day scanned."""
    counted: dict[tuple[str, int], set[int]] = field(repr=False)
    """(child, ward) -> days counted."""

    def add(self, child: str, ward: int, day: int) -> bool:
        """Count a child in; False when it is a repeat, or lies outside the days scanned."""
        at = day - self.first
        days = self.counted.setdefault((child, ward), set())
        near = any(abs(day - other) < REPEAT_DAYS for other in days)
        if near or not 0 <= at < self.problem.cases.shape[1]:
            return False
        days.add(day)
        self.problem.cases[ward, at] += 1
        return True


@dataclass
class Look:
    """A board as of one build, and what has come since."""

    places: Places
    books: Mapping[ChildKind, Book]
    child_of: dict[tuple[str, str], str] = field(repr=False)
    ward_of: Mapping[str, int] = field(repr=False)
    known: set[str] = field(repr=False)
    """Event ids counted already: revisions wait for the next build."""

    def add(self, rows: Iterable[tuple[str, Row]]) -> set[ChildKind]:
        """Count the rows a chunk touched; returns the kinds that changed."""
        changed: set[ChildKind] = set()
        for event_id, row in rows:
            kinds = KINDS_OF.get(row.short_type, ())
            if not kinds or event_id in self.known:
                continue
            record = placed_record(row)
            linked, ward = record.tokens, self.ward_of.get(record.area)
            if not linked or ward is None:
                continue
            self.known.add(event_id)
            child = next((self.child_of[token] for token in linked if token in self.child_of), linked[0][1])
            self.child_of.update(dict.fromkeys(linked, child))
            day = record.occurred_on.toordinal()
            changed |= {kind for kind in kinds if kind in self.books and self.books[kind].add(child, ward, day)}
        return changed

    def rescan(self, kinds: Iterable[ChildKind]) -> dict[ChildKind, Cluster]:
        """The best cluster of each kind now, judged by the cached null; kinds with none are left out."""
        found = {}
        for kind in kinds:
            book = self.books[kind]
            book.problem.measure[:] = _expected(book.problem.cases)
            cluster = provisional(book.problem, book.null)
            if cluster is not None:
                found[kind] = cluster
        return found


def build(evidence: Evidence, places: Places, today: date) -> Look | None:
    """A look from the whole evidence, with fresh null distributions; nothing without a horizon. Blocks for a while."""
    last = evidence.horizon(today)
    if last is None:
        return None
    links = evidence.links()
    ward_of = {code: i for i, code in enumerate(places.wards)}
    books: dict[ChildKind, Book] = {}
    for kind in CHILD_KINDS:
        both = problems(seen(evidence, kind, places, today, last), places)
        null = nulls((both[0], None), seed_of(places.board, kind, today), _REPLICATES).permutation
        if both[0] is None or null is None:
            continue
        counted: dict[tuple[str, int], set[int]] = {}
        for mention in evidence.mentions[kind]:
            if mention.area in ward_of:
                counted.setdefault((links[mention.event_id], ward_of[mention.area]), set()).add(mention.day)
        first = last.toordinal() - both[0].cases.shape[1] + 1
        books[kind] = Book(both[0], null, first, counted)
    child_of = {token: links[event_id] for event_id, of in evidence.tokens.items() for token in of.tokens}
    return Look(places, books, child_of, ward_of, set(evidence.tokens))


def _expected(cases: Floats) -> Floats:
    return permutation_measure(cases) if cases.any() else np.zeros_like(cases)


def is_due(built_at: datetime | None, at: datetime, every: timedelta = timedelta(seconds=60)) -> bool:
    """Whether margins are older than they may be."""
    return built_at is None or at - built_at >= every
