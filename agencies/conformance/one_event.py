"""What can be said of all records of one event together: revisions, repeats, withdrawals, ids that stay.

The order in which revisions arrive does not matter, here as in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from agencies.conformance.facts import JudgeFacts, Problem
from agencies.conformance.wire import WireRecord
from models.contract.events import Withdrawal


def _by_event(records: Sequence[WireRecord]) -> dict[str, list[WireRecord]]:
    """Event id -> its records by revision."""
    found: dict[str, list[WireRecord]] = {}
    for seen in records:
        if seen.event is not None:
            found.setdefault(seen.event.data.event_id, []).append(seen)
    return {event_id: sorted(group, key=_revision) for event_id, group in found.items()}


def _revision(seen: WireRecord) -> int:
    return -1 if seen.event is None else seen.event.data.revision


def _pairs(records: Sequence[WireRecord]) -> Iterator[tuple[WireRecord, WireRecord]]:
    """Neighbours in the order of an event's revisions."""
    for group in _by_event(records).values():
        yield from pairwise(group)


def with_revisions(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Records of events that came with more than one revision."""
    groups = _by_event(records).values()
    return [seen for group in groups if len({_revision(one) for one in group}) > 1 for seen in group]


def idle(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """A revision that changes nothing."""
    for one, other in _pairs(records):
        if _revision(one) != _revision(other) and one.content == other.content:
            yield other, f"another revision than {one.at} with the same content"


def repeated(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Records whose event and revision came more than once."""
    found: dict[str, WireRecord] = {}
    for one, other in _pairs(records):
        if _revision(one) == _revision(other):
            found |= {one.at: one, other.at: other}
    return list(found.values())


def conflicts(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Two contents under one revision."""
    for one, other in _pairs(records):
        if _revision(one) == _revision(other) and one.content != other.content:
            yield other, f"other content than {one.at} under one revision"


def of_several_runs(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """All of them, if they come from more than one run of the producer."""
    return records if len({seen.run for seen in records}) > 1 else []


def new_ids(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Event ids of a later run that the first did not have: the same records should give the same ids."""
    first = min(seen.run for seen in records)
    known = _by_event([seen for seen in records if seen.run == first])
    for event_id, group in _by_event([seen for seen in records if seen.run != first]).items():
        if event_id not in known:
            yield group[0], "an event id that the run before did not have"


def _takes_back(seen: WireRecord) -> bool:
    return seen.event is not None and isinstance(seen.event.data, Withdrawal)


def withdrawn(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Every record of the events that are withdrawn."""
    return [seen for group in _by_event(records).values() if any(map(_takes_back, group)) for seen in group]


def nothing_withdrawn(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Withdrawals that no content with a lower revision came before."""
    for group in _by_event(records).values():
        least = min((_revision(seen) for seen in group if not _takes_back(seen)), default=None)
        for seen in group:
            if _takes_back(seen) and (least is None or least >= _revision(seen)):
                yield seen, "nothing of that event id has a lower revision"
