"""M5 Return completeness and timeliness (paragraphs 159, 165): who said that all is in, nil returns included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.ledger.records import ReturnRecord
from analysis.measures.definition import Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.measure import Measure
from analysis.measures.picture import Picture
from models.contract.periods import bounds, quarter_of, quarters_between

TARGETS = {"received": 1.0, "on_time": 0.9}

DEFINITION = Definition(
    5,
    "Return completeness and timeliness",
    "Which agencies said for the quarter that everything is in, and by the due date?",
    "scheduled quarterly submission returns received, nil returns included; and those submitted by their due date",
    "scheduled returns whose due date falls in the period: every quarter that ends after the agency's first "
    "day of owing, due a number of days after it ends (register)",
    "the period, by due date",
    "returns",
    "agency",
    "paragraphs 159, 165; domain.md 6",
    "as it is: it holds no child data (decision 18)",
    "Targets: 100 % received, 90 % on time. No return is shown as no return, never as zero. A nil return is a return.",
    (
        Unknown("late", "A return submitted late counts as received once it is here: an earlier page said less."),
        Unknown(
            "not recorded", "Timeliness goes by the date the agency gives as submitted, not by when the broker had it."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Due:
    """One scheduled return: `received_on` is None while there is none."""

    agency: str
    period: str
    due_on: date
    received_on: date | None
    nil: bool

    @property
    def on_time(self) -> bool:
        """Whether it had been submitted by the due date."""
        return self.received_on is not None and self.received_on <= self.due_on


def schedule(picture: Picture, window: DateSpan) -> Iterator[Due]:
    """Every return due in the window, by agency and period."""
    setting = picture.setting
    first: dict[tuple[str, str], ReturnRecord] = {}
    for told in picture.returns:
        first.setdefault((told.agency, told.period), told)
    for agency in sorted(setting.sector_of):
        for period in quarters_between(setting.returns_from[agency], window.end):
            due = due_on(period, agency, setting.due_days)
            if window.holds(due) and bounds(period)[1] > setting.returns_from[agency]:
                got = first.get((agency, period))
                yield Due(agency, period, due, got.submitted_on if got else None, bool(got and got.nil))


def due_on(period: str, agency: str, due_days: Mapping[str, int]) -> date:
    """The last day on which a return is on time, as the submission states count it."""
    return bounds(period)[1] + timedelta(days=due_days[agency])


def figures(picture: Picture, window: DateSpan) -> list[Figure]:
    """All agencies, then each; `value` is the share received."""
    dues = list(schedule(picture, window))
    agencies = [ALL, *sorted(picture.setting.sector_of)]
    return [_figure(agency, [d for d in dues if agency in (ALL, d.agency)]) for agency in agencies]


def _figure(agency: str, dues: list[Due]) -> Figure:
    received = [d for d in dues if d.received_on is not None]
    counts = {
        "due": len(dues),
        "received": len(received),
        "on_time": sum(d.on_time for d in dues),
        "nil": sum(d.nil for d in received),
    }
    missing = tuple(sorted({d.period for d in dues if d.received_on is None}))
    return Figure(ALL if agency == ALL else "agency", agency, counts, ratio(len(received), len(dues)), codes=missing)


MEASURE = Measure(DEFINITION, of_records=figures, about_children=False)

__all__ = ["DEFINITION", "MEASURE", "Due", "due_on", "figures", "quarter_of", "schedule"]
