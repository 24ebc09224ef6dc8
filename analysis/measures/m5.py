"""M5 Return completeness and timeliness (paragraphs 159, 165): submission returns received, nil returns included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from analysis.measures.definition import Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.measure import Measure
from analysis.measures.picture import Picture
from analysis.returns import Returns, ReturnStatus
from models.contract.periods import quarters_within

DEFINITION = Definition(
    number=5,
    title="Returns from agencies",
    question="Which agencies confirmed that all records of the quarter are in, and did so by the due date?",
    numerator="quarterly submission returns received, nil returns included; and those submitted by their due date",
    denominator=(
        "returns owed for the quarters of the period that are due or have arrived. An agency owes a return for every "
        "quarter that ends after its first day of owing, due a number of days after the quarter ends (register). "
        "Three monthly returns count as a quarterly one, submitted on the day of the last"
    ),
    window="the period",
    unit="returns",
    splits="agency",
    source="paragraphs 159, 165",
    released="as it is: it holds no child data",
    reading=(
        "Targets: 100 % received, 90 % on time. No return is shown as no return, never as zero. A nil return is a "
        "return."
    ),
    unknowns=(
        Unknown("late", "A late return counts as received once it has arrived: an earlier page showed fewer."),
        Unknown(
            "not recorded",
            "Timeliness is judged by the submission date that the agency gives, not by when the broker received it.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Due:
    """One submission return that is due, or has already arrived."""

    agency: str
    period: str
    received: bool
    on_time: bool
    nil: bool


def schedule(picture: Picture, window: DateSpan) -> Iterator[Due]:
    """Every submission return that is due or has arrived for a quarter in the window, by agency and period."""
    setting = picture.setting
    returns, on = Returns(picture.returns), setting.known_to - timedelta(days=1)
    for agency in sorted(setting.sector_of):
        duty = setting.duties[agency]
        for period in quarters_within(window.start, window.end):
            came = returns.of(agency, period)
            status = duty.status(period, came, on)
            if status.counts_as_due:
                nil = came is not None and came.nil
                yield Due(agency, period, status.is_in, status is ReturnStatus.RETURNED, status.is_in and nil)


def figures(picture: Picture, window: DateSpan) -> list[Figure]:
    """All agencies, then each agency. `value` is the share of due returns that was received."""
    dues = list(schedule(picture, window))
    agencies = [ALL, *sorted(picture.setting.sector_of)]
    return [_figure(agency, [d for d in dues if agency in (ALL, d.agency)]) for agency in agencies]


def _figure(agency: str, dues: list[Due]) -> Figure:
    received = [d for d in dues if d.received]
    counts = {
        "due": len(dues),
        "received": len(received),
        "on_time": sum(d.on_time for d in dues),
        "nil": sum(d.nil for d in received),
    }
    missing = tuple(sorted({d.period for d in dues if not d.received}))
    return Figure(ALL if agency == ALL else "agency", agency, counts, ratio(len(received), len(dues)), codes=missing)


MEASURE = Measure(DEFINITION, of_records=figures, about_children=False)
