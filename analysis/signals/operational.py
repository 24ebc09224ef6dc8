"""Operational signals: an agency that has gone silent, or whose format is refused. No child data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from analysis.silence import Heard, Silent, silent_agencies
from models.contract.periods import bounds
from models.register import Agency
from models.signals import OperationalKind, OperationalSignal


def silent_since(silent: Silent) -> date | None:
    """The first day of an agency's silence, if it is a signal and not a late return alone.

    A signal: the last return due is overdue beyond the grace, and nothing that was recorded since that period began
    has come. An agency that sends its events and forgets the return is shown among the returns.
    """
    since: date | None = None
    for period in reversed(silent.overdue):
        first = bounds(period)[0]
        if silent.last_heard is not None and silent.last_heard >= first:
            break
        since = first
    return since


def silences(
    stored: Iterable[OperationalSignal], board: str, agencies: Iterable[Agency], signs: Heard, today: date
) -> list[OperationalSignal]:
    """The operational signals as they now stand: those that were, and those that began. Dates once told stay."""
    served = list(agencies)
    silent = {one.agency: silent_since(one) for one in silent_agencies(signs, served, today)}
    return _after(stored, board, "agency_silent", {agency.id: silent.get(agency.id) for agency in served}, today)


def refusals(
    stored: Iterable[OperationalSignal], board: str, agencies: Iterable[Agency], held: Mapping[str, date], today: date
) -> list[OperationalSignal]:
    """The operational signals, with an agency's whose raw topic is not read as most of it was refused.

    `held` is the London day on which each such topic was held; a topic that is read again ends its signal.
    """
    return _after(stored, board, "refused_format", {agency.id: held.get(agency.id) for agency in agencies}, today)


def operational(
    stored: Iterable[OperationalSignal],
    board: str,
    agencies: Iterable[Agency],
    signs: Heard,
    held: Mapping[str, date],
    today: date,
) -> list[OperationalSignal]:
    """Every operational signal of a board as it now stands. An agency that is not read is not called silent for it."""
    served = list(agencies)
    after = refusals(stored, board, served, held, today)
    return silences(after, board, [agency for agency in served if agency.id not in held], signs, today)


def _after(
    stored: Iterable[OperationalSignal],
    board: str,
    kind: OperationalKind,
    since_of: Mapping[str, date | None],
    today: date,
) -> list[OperationalSignal]:
    """What stands once each agency's trouble began, goes on, or is over (None)."""
    after = {signal.signal_id: signal for signal in stored}
    for agency, since in since_of.items():
        mine = [s for s in after.values() if s.agency == agency and s.kind == kind and not s.closed_on]
        if since is not None and not mine:
            began = OperationalSignal(
                signal_id=f"{board}.{kind}.{agency}.{since}",
                board=board,
                kind=kind,
                agency=agency,
                starts_on=since,
                opened_on=today,
                updated_on=today,
            )
            if (before := after.get(began.signal_id)) is not None:  # over, and back from the same day on
                began = before.model_copy(update={"updated_on": today, "closed_on": None})
            after[began.signal_id] = began
        elif since is None:
            for signal in mine:
                after[signal.signal_id] = signal.model_copy(update={"updated_on": today, "closed_on": today})
    return [after[key] for key in sorted(after)]
