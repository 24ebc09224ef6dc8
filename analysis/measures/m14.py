"""M14 Action tracking (paragraphs 158, 166, 170, 171): whether actions were done and had an effect, from SQL rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from analysis.measures.definition import Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, nearest_rank, ratio
from analysis.measures.measure import Measure

DEFINITION = Definition(
    number=14,
    title="Actions of the board",
    question="Were the board's actions done in time, shared with every agency, and shown to have made a difference?",
    numerator="actions closed by their due date; actions with evidence of impact recorded",
    denominator=(
        "actions due in the period, from reviews, audits (section 11, section 175), practice reviews, hotspots and "
        "training needs"
    ),
    window="the period, by due date; overdue actions by the day asked",
    unit="actions; days overdue (nearest rank), the oldest open action in days",
    splits="owner agency; source",
    source="paragraphs 158, 166, 170, 171",
    released="as it is: it holds no child data",
    reading=(
        "Closing an action is not impact: the two are counted apart. A closed action with no evidence is shown as such."
    ),
    unknowns=(Unknown("not recorded", "Impact that nobody wrote down looks like no impact."),),
)


@dataclass(frozen=True, slots=True)
class Action:
    """One action, as the dashboards' table holds it. It holds no child data."""

    source: str
    owner: str
    due_on: date
    closed_on: date | None = None
    impact_evidence: bool = False
    disseminated_to: frozenset[str] = frozenset()

    def overdue_days(self, on: date) -> int:
        """How many days overdue the action is on a day, or was when it was closed; 0 if it is or was in time."""
        return max(0, ((self.closed_on or on) - self.due_on).days)


def figures(actions: Iterable[Action], agencies: frozenset[str], window: DateSpan, on: date) -> list[Figure]:
    """All actions due in the window, then by owner and by source. `value` is the share closed by the due date.

    An action counts as disseminated to all if it has reached all `agencies`. `on` is the day for which overdue days
    are counted.
    """
    due = [action for action in actions if window.holds(action.due_on)]
    lines = [_figure(ALL, ALL, due, agencies, on)]
    splits: tuple[tuple[str, Callable[[Action], str]], ...] = (
        ("owner", lambda a: a.owner),
        ("source", lambda a: a.source),
    )
    for split, key in splits:
        for group in sorted({key(action) for action in due}):
            lines.append(_figure(split, group, [a for a in due if key(a) == group], agencies, on))
    return lines


def _figure(split: str, group: str, due: list[Action], agencies: frozenset[str], on: date) -> Figure:
    in_time = sum(a.closed_on is not None and a.closed_on <= a.due_on for a in due)
    late = [days for a in due if (days := a.overdue_days(on))]
    counts = {
        "due": len(due),
        "closed_in_time": in_time,
        "closed": sum(a.closed_on is not None for a in due),
        "impact_evidence": sum(a.impact_evidence for a in due),
        "disseminated_to_all": sum(agencies <= a.disseminated_to for a in due),
        "overdue_open": sum(a.closed_on is None and a.due_on < on for a in due),
        "median_days_overdue": nearest_rank(late, 0.5) or 0,
        "oldest_open_days": max((a.overdue_days(on) for a in due if a.closed_on is None), default=0),
    }
    return Figure(split, group, counts, ratio(in_time, len(due)))


MEASURE = Measure(DEFINITION, about_children=False)
"""Its figures come from the actions table, not from events."""
