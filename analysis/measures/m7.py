"""M7 Screening completion: was a screening tool used after a concern?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Counts, Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import HIGH
from analysis.measures.workdays import months_after, working_days_after
from models.register import Role

DAYS = 10
"""Working days in which a concern should be screened."""
RECENT = timedelta(days=90)
"""A concern calls for no screening if the child was screened within this time before it."""
AGAIN_MONTHS = 3

DEFINITION = Definition(
    number=7,
    title="Screening after a concern",
    question="Is a concern followed by a screening tool, and is a child at a high level screened again?",
    numerator=(
        "concerns followed by a screening of the child, by any agency, from their day up to 10 working days after"
    ),
    denominator=(
        "concerns of the period, by the day they happened, whose child was not screened in the 90 days before. Those "
        "whose 10 working days are not over are pending and left out"
    ),
    window="the period",
    unit="concerns; outcomes and rescreening in screenings. Released in children",
    splits=(
        "sector that raised the concern; sector that screened; outcome level of the period's screenings (outcomes in "
        "the tool's own words are kept beside)"
    ),
    source="paragraphs 169, 170",
    released=(
        "board by quarter and financial year, sector by financial year: children with a concern to be screened, and "
        "children screened in time. For outcomes see M21; rescreening is counted inside alone"
    ),
    reading=(
        "A tool is an aid to judgement: 'no current risk' does not mean that a child is not exploited. Rescreened: "
        "a screening at significant or serious followed by another within 3 calendar months, of those whose 3 "
        "months are over."
    ),
    unknowns=(
        UNLINKED,
        Unknown("unlinked", "A screening under an identifier the concern lacks is not found: the figure is too low."),
        Unknown("not recorded", "Screenings on paper are not counted."),
        LATE,
    ),
)

CHILDREN = Count(
    "m7_children", "Children with a concern to be screened", CONCERN, others_take_away=True, duty="screenings"
)
SCREENED = Count(
    "m7_screened",
    "Children with a concern who were screened within 10 working days",
    CONCERN,
    part_of=("m7_children",),
    duty="screenings",
)
CONCERNS, PENDING, SCREENINGS = "m7_concerns", "m7_pending", "m7_screenings"
SCREENED_BY = "m7_screened_by"
"""Like `m7_screened`, by the agency that screened. For a ladder that charges the work to whoever does it."""
HIGH_SCREENINGS, SCREENED_AGAIN, AGAIN_PENDING = "m7_high_screenings", "m7_screened_again", "m7_again_pending"


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern that calls for a screening, on its day. The agency that raised it knows, and those that screened.

    A concern calls for a screening unless the child was screened in the 90 days before. A concern screened in time is
    counted for the agency that raised it, but only the agencies that screened know. For exact figures only: all
    concerns, pending ones, all screenings with their outcome, and screenings in time by the agency that screened.
    """
    for concern in child.concerns:
        day, own = concern.occurred_on, frozenset({concern.agency})
        yield CONCERNS, Occurrence(day, own)
        if any(day - RECENT <= screening.occurred_on < day for screening in child.screenings):
            continue
        last = working_days_after(day, DAYS)
        by = frozenset(s.agency for s in child.screenings if day <= s.occurred_on <= last)
        roles: frozenset[Role] = frozenset({"screenings"} if by else ())
        yield CHILDREN.name, Occurrence(day, own, concern.home, known_to=by | own, roles=roles)
        if by:
            yield SCREENED.name, Occurrence(day, own, concern.home, known_to=by, roles=roles)
            yield SCREENED_BY, Occurrence(day, by, concern.home, known_to=by, roles=roles)
        elif rules.known_to is not None and last >= rules.known_to:
            yield PENDING, Occurrence(day, own)
    yield from _screenings(child, rules)


def _screenings(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Every screening; for each at a high level also whether another followed within three months."""
    for first in child.screenings:
        occurrence = Occurrence(first.occurred_on, frozenset({first.agency}), groups=(("outcome", first.level),))
        yield SCREENINGS, occurrence
        if first.level not in HIGH:
            continue
        yield HIGH_SCREENINGS, occurrence
        last = months_after(first.occurred_on, AGAIN_MONTHS)
        if any(first.occurred_on < later.occurred_on <= last for later in child.screenings):
            yield SCREENED_AGAIN, occurrence
        elif rules.known_to is not None and last >= rules.known_to:
            yield AGAIN_PENDING, occurrence


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All concerns, then each sector, then outcomes and rescreening."""
    counts = occurred.during(window, *MEASURE.names)
    lines = [_line(ALL, ALL, counts, {"concerns": counts.occurrences(CONCERNS)})]
    lines += [_line("sector", sector, counts.of_sector(sector), {}) for sector in occurred.setting.sectors]
    for sector in occurred.setting.sectors:
        lines.append(Figure("screened by", sector, {"screened": counts.of_sector(sector).occurrences(SCREENED_BY)}))
    for level in counts.groups(SCREENINGS, "outcome"):
        number = counts.where("outcome", level).occurrences(SCREENINGS)
        lines.append(Figure("outcome", level, {"screenings": number}))
    again, pending = counts.occurrences(SCREENED_AGAIN), counts.occurrences(AGAIN_PENDING)
    high = counts.occurrences(HIGH_SCREENINGS) - pending
    rescreening = {"high": high, "rescreened": again, "pending": pending}
    return [*lines, Figure("rescreened", ALL, rescreening, ratio(again, high))]


def _line(split: str, group: str, counts: Counts, more: dict[str, int]) -> Figure:
    screened, pending = counts.occurrences(SCREENED.name), counts.occurrences(PENDING)
    due = counts.occurrences(CHILDREN.name) - pending
    return Figure(split, group, more | {"due": due, "screened": screened, "pending": pending}, ratio(screened, due))


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(CHILDREN, SCREENED),
    inside=(SCREENED_BY, CONCERNS, PENDING, SCREENINGS, HIGH_SCREENINGS, SCREENED_AGAIN, AGAIN_PENDING),
    figures=figures,
    columns=(
        shown(CHILDREN, headline=True),
        shown(SCREENED),
        share(
            "Of children with a concern to be screened, screened within 10 working days",
            SCREENED.name,
            CHILDREN.name,
            headline=True,
            better="higher",
        ),
    ),
)
