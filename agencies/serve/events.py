"""What the central intake makes of one line: the same refusals as `agencies check --format events`, then as `publish`.

What goes on is the event written anew from what was understood, so nothing that a lenient reader would pass over
(a key given twice, odd spelling of numbers) reaches a topic.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

import orjson

from agencies.keys import AgencyKeys
from agencies.mint import Minter, NotMinted
from agencies.outbox import Queued
from agencies.readers.accept import window
from agencies.readers.events import read_line
from agencies.rows import CanonicalRow, RefusedRow
from agencies.serve.limits import Limits, depth
from models.contract.events import Event
from models.contract.refusals import Refusal
from models.register import Register

WHOLE = "(whole message)"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line of a request, by its place, rule and path; never a value."""

    index: int
    refusals: tuple[Refusal, ...] = ()
    queued: Queued | None = field(default=None, repr=False)
    """To be sent; None when it was refused."""


@cache
def _no_keys() -> AgencyKeys:
    """Minting asks for keys to make ids and tokens; a canonical event has them, so what these make is thrown away."""
    link, local, event_id, record = (secrets.token_bytes(32) for _ in range(4))
    return AgencyKeys(1, link, local, event_id, record)


@dataclass(frozen=True)
class Checker:
    """Checks events of one agency against the contract and the register of the day."""

    agency: str
    register: Register
    limits: Limits
    today: date
    now: datetime

    def check(self, lines: Sequence[bytes]) -> list[Outcome]:
        """One outcome a line, in order; lines that hold nothing are passed over."""
        minter = Minter(self.agency, self.register, _no_keys(), self.today)
        return [self._one(index, line, minter) for index, line in enumerate(lines) if line.strip()]

    def _one(self, index: int, line: bytes, minter: Minter) -> Outcome:
        if refusal := self._size(line):
            return Outcome(index, (refusal,))
        row = read_line(index, line.strip(), window(None, self.today))
        if isinstance(row, RefusedRow):
            return Outcome(index, row.refusals)
        minted = minter.accept(row)
        if isinstance(minted, NotMinted):
            return Outcome(index, minted.refusals)
        if refusals := tuple(self._envelope(row.event)):
            return Outcome(index, refusals)
        return Outcome(index, queued=_queued(index, row))

    def _size(self, line: bytes) -> Refusal | None:
        if len(line) > self.limits.line:
            return Refusal("too-large", WHOLE)
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError:
            return None  # `read_line` says so
        return None if depth(document, self.limits.depth) else Refusal("too-deep", WHOLE)

    def _envelope(self, event: Event) -> list[Refusal]:
        """What intake would refuse later, where this sender would not hear of it."""
        found = []
        if event.partitionkey not in (None, event.data.board):
            found.append(Refusal("partitionkey-mismatch", "partitionkey"))
        if event.time > self.now + timedelta(days=1):
            found.append(Refusal("time-in-future", "time"))
        return found


def _queued(index: int, row: CanonicalRow) -> Queued:
    data = row.event.data
    payload = row.event.model_dump_json(exclude_defaults=True).encode()
    return Queued(index, data.event_id, row.event.type.startswith("ypsem.withdrawal."), data.board, payload)
