"""What a file changes: a pure comparison of its events with what the outbox holds.

One record of the source is one live event: a record that moved to another board has another event id, and the old
one is withdrawn before the new one is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from agencies.mint import WITHDRAWAL, Minted
from agencies.outbox import Stored
from models.contract.events import short_name, type_name

MAX_WITHDRAWN_SHARE = 0.10
STAYS = type_name("submission_return")
"""Returns never move to another board: an agency of several boards sends each board its own for the same period."""


@dataclass(frozen=True, slots=True)
class Revised:
    """An event to publish under this revision, and what the outbox held of it before."""

    event: Minted
    revision: int
    before: Stored | None = None

    @property
    def takes_back(self) -> bool:
        """A withdrawal that came as a canonical event."""
        return self.event.event_type == WITHDRAWAL


@dataclass(frozen=True, slots=True)
class Plan:
    """What to publish and to withdraw, and how the rest of the file stands."""

    publish: tuple[Revised, ...]
    moved: tuple[Stored, ...]
    """Withdrawn because the record is now another board's."""
    gone: tuple[Stored, ...]
    """Withdrawn because a complete file no longer has them."""
    unchanged: int
    repeated: int
    """Rows whose record stands in a later row of the file again; the last one counts."""
    in_scope: int
    """Live events that `--complete` spoke for."""

    @property
    def new(self) -> int:
        """Events never published before."""
        return sum(item.before is None and not item.takes_back for item in self.publish)

    @property
    def revised(self) -> int:
        """Events published before, with other content."""
        return sum(item.before is not None and not item.takes_back for item in self.publish)

    @property
    def withdrawn(self) -> int:
        """Events taken back, for whatever reason."""
        return len(self.moved) + len(self.gone) + sum(item.takes_back for item in self.publish)

    @property
    def too_many_gone(self) -> bool:
        """More than a tenth of what `--complete` spoke for would be withdrawn."""
        return len(self.gone) > MAX_WITHDRAWN_SHARE * self.in_scope

    def gone_by_type_and_month(self) -> list[tuple[str, str, int]]:
        """How many are withdrawn, by type and month: what may be shown of them."""
        counted = Counter((short_name(stored.event_type), stored.day[:7]) for stored in self.gone)
        return [(kind, month, n) for (kind, month), n in sorted(counted.items())]


def make_plan(
    minted: Iterable[Minted],
    stored: Mapping[str, Collection[Stored]],
    scope: Collection[Stored] = (),
    kept: Collection[str] = (),
) -> Plan:
    """Compare a file's events with the outbox.

    `stored` holds the outbox's events by record digest, `scope` what a complete file speaks for, `kept` digests of
    records that are in the file but were refused: they are neither revised nor withdrawn.
    """
    last, rows = _last_of_each(minted)
    publish: list[Revised] = []
    moved: list[Stored] = []
    unchanged = 0
    for digest, event in last.items():
        held = stored.get(digest, ())
        if event.event_type != STAYS:
            moved += [other for other in held if other.event_id != event.event_id and not other.withdrawn]
        before = next((one for one in held if one.event_id == event.event_id), None)
        revision = _next_revision(event, before)
        if revision is None:
            unchanged += 1
        else:
            publish.append(Revised(event, revision, before))
    present = last.keys() | set(kept)
    gone = tuple(one for one in scope if one.record_digest not in present)
    return Plan(tuple(publish), tuple(moved), gone, unchanged, rows - len(last), len(scope))


def _last_of_each(minted: Iterable[Minted]) -> tuple[dict[str, Minted], int]:
    """One event per record: the last in the file, or the highest revision where events bring their own."""
    last: dict[str, Minted] = {}
    rows = 0
    for event in minted:
        rows += 1
        other = last.get(event.record_digest)
        if other is not None and (other.revision or 0) > (event.revision or 0):
            continue
        last[event.record_digest] = event
    return last, rows


def _next_revision(event: Minted, before: Stored | None) -> int | None:
    """The revision to publish under; None when there is nothing to say."""
    if before is None:
        return event.revision or 0
    if event.revision is not None and event.revision > before.revision:
        return event.revision
    stale = event.revision is not None and event.revision < before.revision
    same = before.withdrawn if event.event_type == WITHDRAWAL else before.content_hash == event.content_hash
    if stale or (same and not before.refused):
        return None
    return before.revision + 1
