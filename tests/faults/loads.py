"""Loads for the faults: the seeded mixture of the Kafka tests, submission returns, and waves that revise each other."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta

from tests.factories import BOARD, CARE, OTHER_BOARD, POLICE, SCHOOLS, event, wire
from tests.kafka.road import load

Messages = list[tuple[str, bytes]]

SERVED = [(agency, board) for agency in (POLICE, CARE) for board in (BOARD, OTHER_BOARD)] + [(SCHOOLS, BOARD)]
_revisions = itertools.count()
QUARTERS = ("2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1")


def mixture(seed: int, events: int) -> Messages:
    """Revisions out of order, copies, withdrawals, two boards, 3 % cut-off messages; returns among them."""
    messages = load(seed, events) + returns()
    random.Random(seed).shuffle(messages)
    return messages


def returns() -> Messages:
    """The next revision of every agency's submission return for every quarter: what goes all the way to SQL."""
    revision = next(_revisions)
    day = date(2026, 1, 1) + timedelta(days=revision % 120)
    return [
        (
            agency,
            wire(
                event(
                    "submission_return",
                    record=f"return-{agency}-{quarter}",
                    revision=revision,
                    agency=agency,
                    board=board,
                    period=quarter,
                    submitted_on=day.isoformat(),
                )
            ),
        )
        for agency, board in SERVED
        for quarter in QUARTERS
    ]


def waves(seed: int, events: int, revisions: int = 2) -> list[Messages]:
    """The same events once in every wave, each wave a revision of the one before with the other sex."""
    rng = random.Random(seed)
    keys = [(rng.choice(SERVED), str(rng.randrange(10**9)), rng.randrange(720)) for _ in range(events)]
    return [
        [
            (
                agency,
                wire(
                    event(
                        record=record,
                        revision=revision,
                        agency=agency,
                        board=board,
                        child=record,
                        occurred_on=(date(2024, 4, 1) + timedelta(days=day)).isoformat(),
                        sex="FM"[revision % 2],
                    )
                ),
            )
            for (agency, board), record, day in keys
        ]
        for revision in range(revisions)
    ]
