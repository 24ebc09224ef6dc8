"""Operational signals: an agency that has gone silent. No child data: returns, and whether anything came at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from analysis.silence import Heard, Silent, silent_agencies
from models.contract.periods import bounds
from models.register import Agency
from models.signals import OperationalSignal


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
    after = {signal.signal_id: signal for signal in stored}
    served = list(agencies)
    silent = {one.agency: silent_since(one) for one in silent_agencies(signs, served, today)}
    for agency in served:
        since = silent.get(agency.id)
        mine = [s for s in after.values() if s.agency == agency.id and s.kind == "agency_silent" and not s.closed_on]
        if since is not None and not mine:
            began = OperationalSignal(
                signal_id=f"{board}.agency_silent.{agency.id}.{since}",
                board=board,
                kind="agency_silent",
                agency=agency.id,
                starts_on=since,
                opened_on=today,
                updated_on=today,
            )
            after.setdefault(began.signal_id, began)
        elif since is None:
            for signal in mine:
                after[signal.signal_id] = signal.model_copy(update={"updated_on": today, "closed_on": today})
    return [after[key] for key in sorted(after)]
