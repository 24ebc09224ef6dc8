"""A signal's life: opened, updated at most once a week, closed four weeks after the rise was last found.

A fold over publication days: each day's findings meet the lives so far. A day that has been is never looked at again,
so nothing is dated twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import orjson

from analysis.signals.gate import Found
from analysis.signals.places import Places
from models.signals import Signal

UPDATE_AFTER = timedelta(days=7)
CLOSE_AFTER = timedelta(days=28)
ALIKE = 0.5
"""Share of wards in common from which two findings are the same rise (Jaccard)."""


@dataclass(frozen=True, slots=True)
class SignalLife:
    """A signal as it was last told, and what is not told: the day the rise was last found."""

    signal: Signal
    last_found: date

    @property
    def open(self) -> bool:
        """Whether it has not been closed."""
        return self.signal.closed_on is None


def encode(life: SignalLife) -> bytes:
    """As the ledger tier stores it."""
    return orjson.dumps({"last_found": life.last_found, "signal": life.signal.model_dump(mode="json")})


def decode(value: bytes) -> SignalLife:
    """The life `encode` wrote."""
    stored = orjson.loads(value)
    signal = Signal.model_validate_json(orjson.dumps(stored["signal"]))
    return SignalLife(signal, date.fromisoformat(stored["last_found"]))


def lived(lives: Iterable[SignalLife], found: Iterable[Found], places: Places, day: date) -> list[SignalLife]:
    """The lives after a publication day: those that were, as they now stand, and those that began.

    `lives` are open and closed ones, in any order; the result is in order of id.
    """
    wards = {place.codes: frozenset(place.rows) for place in places.places}
    after = {life.signal.signal_id: life for life in lives}
    waiting = sorted((life for life in after.values() if life.open), key=lambda life: life.signal.signal_id)
    for one in sorted(found, key=lambda f: (f.kind, f.place.codes)):
        same = next((life for life in waiting if _same(life.signal, one, wards)), None)
        if same is None:
            began = _opened(one, places.board, day)
            after.setdefault(began.signal.signal_id, began)
        else:
            waiting.remove(same)
            after[same.signal.signal_id] = _found_again(same, one, day)
    for life in waiting:
        if day - life.last_found >= CLOSE_AFTER and day - life.signal.updated_on >= UPDATE_AFTER:
            ended = life.signal.model_copy(update={"updated_on": day, "closed_on": day})
            after[life.signal.signal_id] = replace(life, signal=ended)
    return [after[key] for key in sorted(after)]


def _opened(one: Found, board: str, day: date) -> SignalLife:
    signal = Signal(
        signal_id=f"{board}.{one.kind}.{one.place.codes[0]}.{day}",
        board=board,
        kind=one.kind,
        areas=one.place.codes,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        opened_on=day,
        updated_on=day,
        recurrence=one.recurrence,
    )
    return SignalLife(signal, day)


def _found_again(life: SignalLife, one: Found, day: date) -> SignalLife:
    """The same rise: told anew only a week or more after the last time, and only if there is something new."""
    told = life.signal
    now = {
        "areas": one.place.codes,
        "starts_on": min(told.starts_on, one.starts_on),
        "ends_on": max(told.ends_on, one.ends_on),
        "recurrence": one.recurrence,
    }
    if day - told.updated_on < UPDATE_AFTER or all(getattr(told, name) == value for name, value in now.items()):
        return replace(life, last_found=day)
    return SignalLife(told.model_copy(update=now | {"updated_on": day}), day)


def _same(signal: Signal, one: Found, wards: Mapping[tuple[str, ...], frozenset[int]]) -> bool:
    # A place that a new register no longer has is like nothing: its signal closes, another opens.
    mine, theirs = wards.get(signal.areas, frozenset()), frozenset(one.place.rows)
    alike = len(mine & theirs) / len(mine | theirs)
    overlap = signal.starts_on <= one.ends_on and one.starts_on <= signal.ends_on
    return signal.kind == one.kind and overlap and alike >= ALIKE
