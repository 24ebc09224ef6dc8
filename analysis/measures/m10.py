"""M10 Repeat missing: children who reach the board's rule (by default 3 episodes in 90 days), and the response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from analysis.episodes import Episode
from analysis.ledger.records import ResponseRecord
from analysis.measures import m9
from analysis.measures.columns import share
from analysis.measures.count import MISSING, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import roles_of
from analysis.measures.workdays import working_days_after

RESPONSE_DAYS = 5
"""Working days in which a response counts."""
RESPONDED = frozenset({"strategy_discussion", "plan", "lead_professional", "referral", "nrm", "disruption"})

DEFINITION = Definition(
    number=10,
    title="Missing again and again",
    question="How many children go missing again and again, and does someone act when they do?",
    numerator=(
        "children for whom an episode that started in the period was at least the n-th to start within d days, the "
        "day itself included. The numbers n and d are the board's repeat rule, 3 in 90 by default. Of those: children"
        " for whom a strategy discussion, plan, lead practitioner, referral or other action was recorded by any "
        "agency from such a day up to 5 working days after"
    ),
    denominator=(
        "children with an episode that started in the period (M9), of which they are a part. For the response: the "
        "repeat ones, pending while their days are not over. Episodes of the board's first d days of records are left"
        " out"
    ),
    window="the period, by the day the n-th episode started",
    unit="children",
    splits="sector that responded",
    source="paragraphs 169, 176",
    released=(
        "children: board by quarter and financial year, town and sector by financial year; with a response, board "
        "and sector by financial year"
    ),
    reading="The rule is a prompt for a conversation, not a score. Boards use different rules: do not compare them.",
    unknowns=(
        UNLINKED,
        Unknown("unlinked", "Missed links split a child in two, who may then reach the rule in neither: too low."),
        Unknown("not recorded", "An agency that sends no responses looks as if it made none."),
        LATE,
    ),
)

CHILDREN = Count(
    "m10_children",
    "Children with repeat missing episodes, by the board's rule",
    MISSING,
    part_of=("m9_children",),
    own_records=True,
)
WITH_RESPONSE = Count(
    "m10_responded",
    "Children with repeat missing episodes and a response recorded within 5 working days",
    MISSING,
    part_of=("m10_children",),
    duty="responses",
)
PENDING = "m10_pending"
RESPONDED_BY = "m10_responded_by"
"""Like `m10_responded`, by the agency that responded. For a ladder that charges the work to whoever does it."""


def reaching(episodes: Sequence[Episode], n: int, days: int) -> list[Episode]:
    """The episodes that are at least the n-th to start within `days` days. `episodes` must be sorted by start."""
    return [
        episode
        for first, episode in zip(episodes, episodes[n - 1 :], strict=False)
        if episode.started_on - first.started_on < timedelta(days=days)
    ]


def responses_to(child: LinkedChild, reached: date) -> list[ResponseRecord]:
    """The responses from the day on which the rule was reached up to 5 working days after it."""
    last = working_days_after(reached, RESPONSE_DAYS)
    return [r for r in child.responses if r.kind in RESPONDED and reached <= r.occurred_on <= last]


def look_back(rules: Rules) -> LookBack:
    """The days of the board's rule, which include the day itself."""
    return LookBack(days=rules.repeat.days - 1)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each episode that is at least the n-th within d days, on the day it started.

    The agencies that reported the episode know of it, and those that responded. An episode with a response in time
    also counts as that, which only the agencies that responded know. For exact figures only: pending episodes, and
    responses in time by the agency that responded.
    """
    back = look_back(rules)
    for episode in reaching(child.episodes, rules.repeat.episodes, rules.repeat.days):
        day, agencies = episode.started_on, episode.agencies
        if not back.within(rules.records_from, day):
            continue
        done = responses_to(child, day)
        by, roles = frozenset(response.agency for response in done), roles_of(done)
        yield CHILDREN.name, Occurrence(day, agencies, known_to=agencies | by, roles=roles)
        if done:
            yield WITH_RESPONSE.name, Occurrence(day, agencies, known_to=by, roles=roles)
            yield RESPONDED_BY, Occurrence(day, by, known_to=by, roles=roles)
        elif rules.known_to is not None and working_days_after(day, RESPONSE_DAYS) >= rules.known_to:
            yield PENDING, Occurrence(day, agencies)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Children with repeat episodes out of all missing children, then those of them with a response in time."""
    counts = occurred.during(window, m9.CHILDREN.name, *MEASURE.names)
    missing, repeat = counts.children(m9.CHILDREN.name), counts.children(CHILDREN.name)
    answered = counts.children(WITH_RESPONSE.name)
    pending = counts.children_without(PENDING, WITH_RESPONSE.name)
    response = {"repeat": repeat - pending, "responded": answered, "pending": pending}
    return [
        Figure(ALL, ALL, {"missing": missing, "repeat": repeat}, ratio(repeat, missing)),
        Figure("response", ALL, response, ratio(answered, repeat - pending)),
        *(
            Figure("responded by", sector, {"responded": counts.of_sector(sector).children(RESPONDED_BY)})
            for sector in occurred.setting.sectors
        ),
    ]


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(CHILDREN, WITH_RESPONSE),
    inside=(PENDING, RESPONDED_BY),
    figures=figures,
    columns=(
        shown(CHILDREN, headline=True),
        share("Of children who were missing, missing repeatedly", CHILDREN.name, m9.CHILDREN.name, headline=True),
        shown(WITH_RESPONSE),
        share(
            "Of children missing repeatedly, a response within 5 working days",
            WITH_RESPONSE.name,
            CHILDREN.name,
            better="higher",
        ),
    ),
    look_back=look_back,
)
