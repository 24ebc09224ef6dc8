"""M21 What became of concerns: next steps, concerns turned away and raised again, screening outcomes, responses."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.measures import m1
from analysis.measures.breakdown import Breakdown, counts_of, figures_of, same
from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count, Kinds
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import raised_again, roles_of, turned_away

_SCREENING: Kinds = frozenset({"screening"})
_RESPONSE: Kinds = frozenset({"response"})

DEFINITION = Definition(
    number=21,
    title="What became of concerns",
    question="What followed when a concern was raised: which help, no further action, and was it raised again?",
    numerator=(
        "children with a concern recorded in the period, by its next step. Those with a concern that ended in no "
        "further action, and of those, children about whom another concern happened 1 to 90 days after. Children "
        "screened in the period, by the outcome, and children with a response in the period, by its kind"
    ),
    denominator="children with a concern recorded in the period (M1); children screened; children with any response",
    window="the period, by the day the concern was recorded, the child screened, or the response made",
    unit="children",
    splits="each answer by itself",
    source="paragraphs 156, 168, 169, 170, 176",
    released="board by financial year. No two answers are crossed, and 'unknown' and 'not recorded' are in no row",
    reading=(
        "No further action may be right: the question is whether children come back. A child counts under each answer "
        "that its records give. 'No current risk' does not mean that a child is not exploited."
    ),
    unknowns=(
        UNLINKED,
        Unknown("not recorded", "An agency that sends no next steps or responses looks as if it took none."),
        Unknown("late", "Of concerns in the last two months of a period, not all 90 days had passed at the cut-off."),
        LATE,
    ),
)

TURNED_AWAY = Count(
    "m21_turned_away", "Children with a concern that ended in no further action", CONCERN, ("m1_children",)
)
RAISED_AGAIN = Count(
    "m21_raised_again",
    "Children about whom another concern happened within 90 days after no further action",
    CONCERN,
    (TURNED_AWAY.name,),
)
SCREENED = Count("m21_screened", "Children who were screened in the period", _SCREENING)
ANSWERED = Count("m21_answered", "Children with a response recorded in the period", _RESPONSE)

NEXT = Breakdown(
    "m21_next",
    "By next step of the concern",
    m1.CHILDREN.name,
    "children with a concern",
    CONCERN,
    same(
        ("universal", "early_help", "cin_s17", "s47_strategy", "cse_operational_group", "nrm", "none"),
        {
            "universal": "universal services",
            "cin_s17": "child in need (section 17)",
            "s47_strategy": "strategy discussion (section 47)",
            "cse_operational_group": "CSE operational group",
            "nrm": "National Referral Mechanism",
            "none": "no further action",
        },
    ),
    "As the agency that raised the concern recorded it.",
)
OUTCOME = Breakdown(
    "m21_outcome",
    "By outcome of the screening",
    SCREENED.name,
    "children who were screened",
    _SCREENING,
    same(("serious", "significant", "at_risk", "no_current_cse_risk"), {"no_current_cse_risk": "no current risk"}),
    "The region's levels. A tool's own words are converted as its mapping says.",
)
KIND = Breakdown(
    "m21_response",
    "By kind of response",
    ANSWERED.name,
    "children with a response",
    _RESPONSE,
    same(
        ("strategy_discussion", "plan", "lead_professional", "nrm", "referral", "disruption", "nfa"),
        {
            "lead_professional": "lead practitioner",
            "nrm": "National Referral Mechanism",
            "disruption": "disruption of those who exploit",
            "nfa": "no further action",
        },
    ),
    "Responses to concerns and to missing episodes.",
)
BREAKDOWNS = (NEXT, OUTCOME, KIND)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern by its next step, on the day it was recorded; each screening and response, on its day.

    The agency that made the record knows. That a concern was turned away is also known to whoever answered it so.
    """
    for concern in child.concerns:
        occurrence = Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home)
        yield from NEXT.told(occurrence, (concern.next_step,))
        refused = turned_away(concern, child.responses)
        if refused is None:
            continue
        known = occurrence._replace(known_to=frozenset({concern.agency, *(r.agency for r in refused)}))
        known = known._replace(roles=roles_of(refused))
        yield TURNED_AWAY.name, known
        if raised_again(concern, child):
            yield RAISED_AGAIN.name, known
    for screening in child.screenings:
        occurrence = Occurrence(screening.occurred_on, frozenset({screening.agency}), screening.home)
        occurrence = occurrence._replace(roles=frozenset({"screenings"}))
        yield SCREENED.name, occurrence
        yield from OUTCOME.told(occurrence, (screening.level,))
    for response in child.responses:
        occurrence = Occurrence(response.occurred_on, frozenset({response.agency}), response.home)
        occurrence = occurrence._replace(roles=roles_of([response]))
        yield ANSWERED.name, occurrence
        yield from KIND.told(occurrence, (response.kind,))


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Concerns turned away and raised again, then each breakdown."""
    counts = occurred.during(window, m1.CHILDREN.name, *MEASURE.names)
    away, again = counts.children(TURNED_AWAY.name), counts.children(RAISED_AGAIN.name)
    numbers = {"concern": counts.children(m1.CHILDREN.name), "no_further_action": away, "raised_again": again}
    first = Figure(ALL, ALL, numbers, ratio(again, away))
    return [first, *figures_of(BREAKDOWNS, counts)]


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(
        *(TURNED_AWAY, RAISED_AGAIN, SCREENED, ANSWERED),
        *counts_of(BREAKDOWNS),
    ),
    figures=figures,
    columns=(
        shown(m1.CHILDREN),
        shown(TURNED_AWAY, headline=True),
        share("Of children with a concern, no further action", TURNED_AWAY.name, m1.CHILDREN.name, headline=True),
        shown(RAISED_AGAIN),
        share(
            "Of children whose concern ended in no further action, another concern within 90 days",
            RAISED_AGAIN.name,
            TURNED_AWAY.name,
            better="lower",
        ),
        shown(SCREENED),
        shown(ANSWERED),
    ),
    breakdowns=BREAKDOWNS,
)
