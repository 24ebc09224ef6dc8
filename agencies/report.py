"""The agency's own exact figures, from its own outbox: they never leave the agency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agencies.outbox import Outbox
from agencies.publish.follow import Followed, standing
from models.contract.events import short_name
from models.contract.periods import quarter_of

STATES = ("pending", "sent", "confirmed", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Events of one type and quarter, by state; `withdrawn` counts events taken back."""

    event_type: str
    quarter: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class OutboxReport:
    """Everything `report` shows."""

    agency: str
    last_publish: str | None
    lines: list[ReportLine]
    intake: Followed

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "agency": self.agency,
            "last_publish": self.last_publish,
            "events": [{"type": x.event_type, "quarter": x.quarter, **x.counts} for x in self.lines],
            "intake": self.intake.as_dict(),
        }

    def text(self) -> Iterator[str]:
        """For people."""
        yield f"{self.agency}: your own events, from your own outbox; for your agency only"
        yield f"last publish: {self.last_publish or 'never'}"
        yield f"{'type':<20} {'quarter':<8}" + "".join(f"{state:>11}" for state in STATES)
        for line in self.lines:
            counts = "".join(f"{line.counts.get(state, 0):>11}" for state in STATES)
            yield f"{line.event_type:<20} {line.quarter:<8}{counts}"
        yield from self.intake.lines()


def make_report(outbox: Outbox) -> OutboxReport:
    """Count the outbox; raises `OutboxError` when nothing was ever published from it."""
    rows = outbox.read(
        """SELECT e.event_type, e.day, CASE WHEN e.withdrawn THEN 'withdrawn' ELSE m.state END, count(*)
           FROM events e JOIN messages m ON m.event_id = e.event_id AND m.revision = e.revision
           GROUP BY 1, 2, 3"""
    )
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for event_type, day, state, n in rows:
        where = counted.setdefault((short_name(str(event_type)), quarter_of(date.fromisoformat(str(day)))), {})
        where[str(state)] = where.get(str(state), 0) + int(str(n))
    lines = [ReportLine(kind, quarter, counts) for (kind, quarter), counts in sorted(counted.items())]
    return OutboxReport(outbox.agency, outbox.meta("last_publish"), lines, standing(outbox))
