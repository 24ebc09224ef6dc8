"""What a judge of records is told, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agencies.conformance.wire import WireRecord
from models.contract.refusals import Refusal

Problem = tuple[WireRecord, str]
"""A record, and what is wrong with it: a rule, with the path of the field where there is one."""


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """What the judge needs besides the records."""

    agency: str
    now: datetime
    epochs: frozenset[int] = frozenset()
    """Epochs that intake has gate keys of; empty when nobody said."""
    register: Callable[[WireRecord], tuple[Refusal, ...]] | None = None
    """What the register says of an event; None when there is none."""
