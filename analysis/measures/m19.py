"""M19 The picture of concern: how children are exploited, at which kinds of place, how badly, and who they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.measures import m1
from analysis.measures.breakdown import Breakdown, CodedAnswer, counts_of, figures_of, same
from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, NOT_RETURNED, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, NO_ANSWER, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence

DEFINITION = Definition(
    number=19,
    title="The picture of concern",
    question="How are children exploited, at which kinds of place, how badly are they harmed, and who are they?",
    numerator=(
        "children about whom a concern recorded in the period gives the answer: model of exploitation, kind of place, "
        "level of risk, known harm, age band, ethnic group, disability"
    ),
    denominator="children with a concern recorded in the period (M1)",
    window="the period, by the day it was recorded (as in M1)",
    unit="children",
    splits="each answer by itself",
    source="paragraphs 157, 161, 169; IICSA F.3 (harm apart from risk), H.4, H.6",
    released=(
        "board by financial year. A concern counts under its first two models. Kinds of place are grouped. Two "
        "characteristics of a child are never crossed. 'Unknown', 'not recorded', other kinds of place, and ages of 18 "
        "and over are in no row"
    ),
    reading=(
        "A child counts under each answer that its concerns give, so the rows do not add up to all children. A share "
        "says how many concerns name it, not how often it happens. What agencies are trained to ask about is named "
        "more often. Levels: 'at risk' is recorded unevenly."
    ),
    unknowns=(
        NOT_RETURNED,
        UNLINKED,
        Unknown("not recorded", "A concern that leaves a field empty is in no row of it: every row is a lower bound."),
        LATE,
    ),
)

MOST_MODELS = 2
"""A concern counts under the first two models that it names, so that one record cannot move nine figures."""
HARMED = Count("m19_harmed", "Children with a concern that says they are known to be harmed", CONCERN, ("m1_children",))
_OF_CONCERN = ("m1_children", "children with a concern", CONCERN)

MODEL = Breakdown(
    "m19_model",
    "By model of exploitation",
    *_OF_CONCERN,
    same(
        (
            *("inappropriate_relationship", "peer", "organised_network", "party", "gang_group", "lone_offender"),
            *("online", "familial_facilitated", "street_survival"),
        ),
        {
            "inappropriate_relationship": "inappropriate relationship (a 'boyfriend' or 'girlfriend')",
            "peer": "by peers",
            "organised_network": "organised network",
            "party": "parties",
            "gang_group": "gang or group",
            "lone_offender": "one offender alone",
            "familial_facilitated": "by or through the family",
            "street_survival": "on the street, to survive",
        },
    ),
)
PLACE = Breakdown(
    "m19_place",
    "By kind of place",
    *_OF_CONCERN,
    (
        CodedAnswer("home", "own home or a friend's home", ("own_home", "friends_home")),
        CodedAnswer("placement", "children's home or another placement", ("childrens_home", "other_placement")),
        CodedAnswer("school", "school or college", ("school_college",)),
        CodedAnswer("rooms", "hotel, guest house or party flat", ("hotel_bnb", "private_flat_party_house")),
        CodedAnswer("vehicle", "vehicle or taxi", ("vehicle", "taxi_private_hire")),
        CodedAnswer(
            "venue",
            "takeaway, licensed premises or late venue",
            ("takeaway_fast_food", "licensed_premises", "shisha_or_late_venue"),
        ),
        CodedAnswer(
            "public",
            "street, park, shops or transport",
            ("street", "park_open_space", "shopping_centre", "supermarket", "transport_hub"),
        ),
        CodedAnswer("online", "online", ("online",)),
    ),
    "Kinds are grouped, so that most groups have ten children or more on boards of real size.",
)
LEVEL = Breakdown(
    "m19_level",
    "By level of risk",
    *_OF_CONCERN,
    same(("serious", "significant", "at_risk", "no_current_cse_risk"), {"no_current_cse_risk": "no current risk"}),
    "A child counts under each level that a concern gave in the period, not under the highest alone.",
)
AGE = Breakdown(
    "m19_age",
    "By age",
    *_OF_CONCERN,
    (
        CodedAnswer("under_12", "under 12", ("0-9", "10-11")),
        CodedAnswer("12_13", "12 or 13", ("12-13",)),
        CodedAnswer("14_15", "14 or 15", ("14-15",)),
        CodedAnswer("16_17", "16 or 17", ("16-17",)),
    ),
    "By the child's age at each concern. For boys and girls see M17.",
)
ETHNIC = Breakdown(
    "m19_ethnic",
    "By ethnic group",
    *_OF_CONCERN,
    same(("white", "mixed", "asian", "black", "other")),
    "Broad groups of the census. Compare with M17, which shows for how many children a group is recorded at all.",
)
DISABILITY = Breakdown(
    "m19_disability",
    "By disability",
    *_OF_CONCERN,
    (CodedAnswer("yes", "disabled", ("yes",)), CodedAnswer("no", "not disabled", ("no",))),
)
BREAKDOWNS = (MODEL, PLACE, LEVEL, AGE, ETHNIC, DISABILITY)


def answers_of(models: Sequence[str]) -> list[str]:
    """The models that a concern names, without "unknown" and "not recorded"."""
    return [model for model in models if model not in NO_ANSWER]


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern under each answer that it gives, on the day it was recorded. Only its agency knows."""
    for concern in child.concerns:
        occurrence = Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home)
        if concern.harm_status == "known_harmed":
            yield HARMED.name, occurrence
        yield from MODEL.told(occurrence, answers_of(concern.models)[:MOST_MODELS])
        yield from PLACE.told(occurrence, (concern.location_type,))
        yield from LEVEL.told(occurrence, (concern.level,))
        yield from AGE.told(occurrence, (concern.age_band,))
        yield from ETHNIC.told(occurrence, (concern.ethnic_group,))
        yield from DISABILITY.told(occurrence, (concern.disability,))


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Children known to be harmed out of all children of concern, then each breakdown."""
    counts = occurred.during(window, m1.CHILDREN.name, *MEASURE.names)
    harmed, whole = counts.children(HARMED.name), counts.children(m1.CHILDREN.name)
    first = Figure(ALL, ALL, {"harmed": harmed, "of": whole}, ratio(harmed, whole))
    return [first, *figures_of(BREAKDOWNS, counts)]


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(HARMED, *counts_of(BREAKDOWNS)),
    figures=figures,
    columns=(
        shown(m1.CHILDREN),
        shown(HARMED, headline=True),
        share("Of children with a concern, known to be harmed", HARMED.name, m1.CHILDREN.name, headline=True),
    ),
    breakdowns=BREAKDOWNS,
)
