"""M17 Recording balance (paragraph 167; IICSA H.4): who comes to notice, who does not, and what is not written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import Figure, Window, ratio
from analysis.measures.history import Child, Event, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import concerns
from analysis.measures.spells import NO_ANSWER

FLAG = 0.2
FIELDS = ("sex", "ethnic_group", "disability", "age_band")

DEFINITION = Definition(
    17,
    "Recording balance",
    "Are boys, children of each ethnic group and disabled children among those noticed, and how much is not recorded?",
    "children with a concern recorded in the period by sex, broad ethnic group, disability and age; and those "
    "with no answer, also for exploitation model and kind of place",
    "children with a concern recorded in the period (M1), beside children missing in the period (M9)",
    "the period",
    "children; shares of children",
    "field and value; concern cohort and missing cohort",
    "paragraph 167; IICSA H.4, H.6",
    "board and sector by financial year: boys with a concern, and children of concern whose ethnic group is "
    "recorded. No crossing of two "
    "characteristics, ever",
    "Flagged where more than 20 % are unknown. A child has an answer when any of its events in the period "
    "gives one; answers that differ count as the first by day. Unknowns are published, never imputed. Boys "
    "come to notice through offending.",
    (
        Unknown("not recorded", "Unknown and not recorded are added here for the flag, and kept apart in the counts."),
        UNLINKED,
        Unknown(
            "not recorded",
            "Shares of the 10-17 population by sex and ethnicity are not in the register: the missing cohort stands "
            "in.",
        ),
        LATE,
    ),
)


def answer(events: Iterable[Event], field: str) -> str:
    """The first answer to a field, else `unknown` if anybody said so, else `not_recorded`."""
    told = [str(event.data.get(field) or "not_recorded") for event in events]
    return next((t for t in told if t not in NO_ANSWER), "unknown" if "unknown" in told else "not_recorded")


def model_of(events: Iterable[Event]) -> str:
    """`recorded` when any concern gives an exploitation model, else which kind of unknown."""
    told = [str(model) for event in events for model in event.data.get("models") or ()]
    if any(t not in NO_ANSWER for t in told):
        return "recorded"
    return "unknown" if "unknown" in told else "not_recorded"


def noticed(child: Child, window: Window) -> list[Event]:
    """A child's concerns recorded in a window."""
    return [c for c in concerns(child) if window.holds(c.recorded_on)]


def figures(picture: Picture, window: Window) -> list[Figure]:
    """Each field by value in each cohort, then the share with no answer."""
    concern = [found for child in picture.children.values() if (found := noticed(child, window))]
    missing = [found for child in picture.children.values() if (found := _went_missing(child, window))]
    out: list[Figure] = []
    for cohort, children in (("concern", concern), ("missing", missing)):
        for field in FIELDS:
            out += _field(f"{cohort}: {field}", Counter(answer(events, field) for events in children))
    out += _field("concern: model", Counter(model_of(events) for events in concern))
    place = Counter(
        "recorded" if answer(e, "location_type") not in NO_ANSWER else answer(e, "location_type") for e in concern
    )
    return [*out, *_field("concern: location_type", place)]


def _field(split: str, told: Counter[str]) -> Iterator[Figure]:
    whole = told.total()
    for value in sorted(told):
        yield Figure(split, value, {"children": told[value], "of": whole}, ratio(told[value], whole))
    none = sum(told[value] for value in NO_ANSWER)
    share = ratio(none, whole)
    flags = ("over_20_percent_unknown",) if share is not None and share > FLAG else ()
    yield Figure(split, "no answer", {"children": none, "of": whole}, share, codes=flags)


def _went_missing(child: Child, window: Window) -> list[Event]:
    starts = {i for e in child.episodes if window.holds(e.started_on) for i in e.event_ids}
    return [event for event in child.events.get("missing_episode", ()) if event.event_id in starts]


def boys(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children of M1 whose concern records them as a boy; its agency knows."""
    for concern in concerns(child):
        if concern.data.get("sex") == "M":
            yield Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home)


def ethnicity_recorded(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children of M1 whose concern records an ethnic group."""
    for concern in concerns(child):
        if str(concern.data.get("ethnic_group") or "not_recorded") not in NO_ANSWER:
            yield Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home)
