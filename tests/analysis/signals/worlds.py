"""Invented boards for signals: background children everywhere, a rise in one ward, and which agency saw whom."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Row
from analysis.signals.draws import drawn, held_back
from analysis.signals.evidence import Evidence, evidence
from analysis.signals.places import Places, places_of
from analysis.signals.thresholds import STANDING, Thresholds
from models.register import Board, load_register
from tests.factories import CARE, POLICE, SCHOOLS, token

REGISTER = Path(__file__).parents[3] / "demo" / "register"
TODAY = date(2026, 3, 2)
"""A Monday."""
WARD, NEXT = "X05000018", "X05000007"
AGENCIES = (POLICE, CARE, SCHOOLS)
KEYS = RoundingKeys(b"r" * 32, b"s" * 32)


def keys(number: int) -> RoundingKeys:
    """Fresh keys."""
    return RoundingKeys.derive(b"r" * 32, b"k" * 32, number)


def keys_without_noise(*wards: str, today: date = TODAY) -> RoundingKeys:
    """The first keys by which these wards' concerns have no noise in either window."""
    rows = [places().wards.index(ward) for ward in wards]
    for number in range(20_000):
        noise = drawn(places(), "cse_concern", today, keys(number))[rows]
        if not noise.any():
            return keys(number)
    raise AssertionError("no such keys")


@cache
def board() -> Board:
    """The demo's board: 24 wards in six towns."""
    return load_register(REGISTER).boards[0]


@cache
def places() -> Places:
    """Its places."""
    return places_of(board())


BACK = int(held_back(places(), "cse_concern")[0])
"""Children beyond ten that a ward's count of concerns must have, because the noise can add."""
THRESHOLDS = STANDING
EASY = Thresholds(0.5, 9.0)
"""So low that the rule of ten alone decides."""


def row(
    agency: str,
    child: str | None,
    day: date,
    ward: str | None = WARD,
    kind: str = "cse_concern",
    recorded: date | None = None,
    at: datetime | None = None,
    **data: Any,
) -> Row:
    """A ledger row; history unless `at`, when the broker had it, is given."""
    areas = {"missing_from" if kind == "missing_episode" else "occurred": ward} if ward else {}
    body: dict[str, Any] = {
        "agency": agency,
        "board": board().code,
        "occurred_on": day.isoformat(),
        "recorded_on": (recorded or day).isoformat(),
        "areas": areas,
        "tokens": [token(child)] if child else [],
    }
    ms = int((at or datetime(2026, 3, 1, tzinfo=UTC)).timestamp() * 1000)
    return Row(kind, 0, "d", body | data, ms, 1, [(0, "d")], {0: [0]})


@dataclass
class Story:
    """Rows of a board, by event id."""

    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, *rows: Row) -> list[str]:
        """Add rows under new ids."""
        ids = [f"e{len(self.rows) + n:05}" for n in range(len(rows))]
        self.rows.update(zip(ids, rows, strict=True))
        return ids

    def evidence(self, without: Iterable[str] = ()) -> Evidence:
        """What the ledger would make of it, optionally as if some agencies had never sent anything."""
        left = set(without)
        kept = [(i, r) for i, r in self.rows.items() if r.agency not in left]
        return evidence(kept, board().live_from)

    def copy(self) -> Story:
        """Another story with the same rows."""
        return Story(dict(self.rows))


def background(seed: int = 1, days: int = 400, a_week: float = 9.0, until: date = TODAY, spare: int = 0) -> Story:
    """Every week some children anywhere on the board, each with one agency; none in the last `spare` days."""
    draw = random.Random(seed)
    story = Story()
    for n in range(round(days / 7 * a_week)):
        day = until - timedelta(days=draw.randint(1, days))
        ward = draw.choice(places().wards)
        if (until - day).days > spare:
            story.add(row(draw.choice(AGENCIES), f"b{n}", day, ward))
    # Whoever is looked at, somebody was heard yesterday.
    story.add(*(row(agency, f"last-{agency}", until - timedelta(days=1), "X05000001") for agency in AGENCIES))
    return story


def rise(
    story: Story, seen_by: Sequence[Sequence[str]], ward: str = WARD, days: int = 26, until: date = TODAY
) -> Story:
    """One more child in a ward for each entry, recorded by all the agencies of the entry."""
    risen = story.copy()
    for n, agencies in enumerate(seen_by):
        day = until - timedelta(days=2 + n % days)
        risen.add(*(row(agency, f"rise{n}", day, ward) for agency in agencies))
    return risen


def shared(children: int) -> list[list[str]]:
    """Children in turn with police and care, care and schools, schools and police: any one agency may be left out."""
    pairs = [[POLICE, CARE], [CARE, SCHOOLS], [SCHOOLS, POLICE]]
    return [pairs[n % 3] for n in range(children)]
