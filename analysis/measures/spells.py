"""Merged missing episodes with what was said of them, and the return interviews of each (docs/domain.md).

Where reports of one episode differ: the end is the latest, the length the longest, any other detail that of the first
report (by day, then event id) that has one. Of two interviews about one return, "yes" wins over "no", and both over
unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analysis.episodes import Report
from analysis.measures.history import Child, Event, Occurrence
from models.register import Role

NO_ANSWER = frozenset({"unknown", "not_recorded"})
LENGTHS = ("lt_6h", "6_24h", "1_3d", "3_7d", "gt_7d")
CARE_PLACES = frozenset(
    {
        *(
            "foster_in_house",
            "foster_agency",
            "childrens_home",
            "secure",
            "supported_accommodation",
            "residential_school",
        ),
        *("residential_care", "nhs", "yoi", "with_parents_on_order", "temporary"),
    }
)
_ANSWERED = frozenset({"offered", "accepted", "declined", "not_reached", "completed", "not_completed"})
_NOT_HELD = frozenset({"declined", "not_reached", "not_completed"})


@dataclass(frozen=True, slots=True)
class Spell:
    """One merged episode; answers are `yes`, `no` or `unknown`."""

    started_on: date
    ended_on: date | None
    agencies: frozenset[str]
    statuses: frozenset[str]
    """`<scheme>:<status>` of each report: vocabularies are not merged."""
    length: str
    hour_band: str
    from_where: str
    """`care`, `home`, `other` or `unknown`."""
    placement_area: str
    found_at: tuple[tuple[str, str], ...]
    """(area, location type) of where the child was found, by report."""
    offered: str
    completed: str
    within_72h: str
    provider: str
    interviewers: frozenset[str]
    """Agencies that reported an interview about it."""

    def known(self, on: date, *, outcome: bool) -> Occurrence:
        """The child counts on a day because of this episode.

        Who reported it knows, and who interviewed; of what the interview came to (`outcome`) only the latter.
        """
        known_to = self.interviewers if outcome else self.agencies | self.interviewers
        roles: frozenset[Role] = frozenset({"interviews"} if self.interviewers else ())
        return Occurrence(on, self.agencies, known_to=known_to, roles=roles)


def spells_of(child: Child) -> list[Spell]:
    """A child's merged episodes by start, each with its interviews."""
    if not child.episodes:
        return []
    reports = {event.event_id: event for event in child.events.get("missing_episode", ())}
    groups = [[reports[i] for i in episode.event_ids] for episode in child.episodes]
    for group in groups:
        group.sort(key=lambda event: (event.occurred_on, event.event_id))
    interviews = _interviews(child.events.get("return_interview", ()), groups)
    return [
        _spell(episode.started_on, episode.agencies, group, interviews.get(number, ()))
        for number, (episode, group) in enumerate(zip(child.episodes, groups, strict=True))
    ]


def interviews_alone(child: Child) -> list[Event]:
    """Return interviews about no episode that these records hold: the episode was reported by somebody else."""
    reports = {event.event_id: event for event in child.events.get("missing_episode", ())}
    groups = [[reports[i] for i in episode.event_ids] for episode in child.episodes]
    found = child.events.get("return_interview", ())
    with_episode = {event.event_id for events in _interviews(found, groups).values() for event in events}
    return [event for event in found if event.event_id not in with_episode]


def report_of(event: Event) -> Report:
    """A missing-episode event as one report, for merging some of a child's reports anew."""
    end = event.data.get("ended_on")
    return Report(
        event.event_id,
        event.agency,
        event.occurred_on,
        event.data.get("hour_band", "not_recorded"),
        date.fromisoformat(end) if end else None,
        event.data.get("ended_hour_band", "not_recorded"),
    )


def ended(group: Iterable[Event]) -> date | None:
    """The latest end any report gives."""
    return max((date.fromisoformat(e.data["ended_on"]) for e in group if e.data.get("ended_on")), default=None)


def _interviews(found: Sequence[Event], groups: list[list[Event]]) -> dict[int, list[Event]]:
    """Each interview by the episode it names, else that whose end is nearest `returned_on`, a day off at most."""
    place = {event.event_id: number for number, group in enumerate(groups) for event in group}
    ends = [ended(group) for group in groups]
    by_episode: dict[int, list[Event]] = {}
    for interview in found:
        about, told = interview.about, interview.data.get("returned_on")
        number = place.get(about) if about else None
        if number is None and told:
            returned = date.fromisoformat(told)
            near = [(abs((end - returned).days), n) for n, end in enumerate(ends) if end is not None]
            off, nearest = min(near, default=(2, 0))
            number = nearest if off <= 1 else None
        if number is not None:
            by_episode.setdefault(number, []).append(interview)
    return by_episode


def _spell(started_on: date, agencies: frozenset[str], group: list[Event], interviews: Sequence[Event]) -> Spell:
    end = ended(group)
    lengths = [LENGTHS.index(d) for e in group if (d := e.data.get("duration_band")) in LENGTHS]
    return Spell(
        started_on,
        end,
        agencies,
        frozenset(f"{e.data.get('scheme', 'not_recorded')}:{e.data.get('status', 'not_recorded')}" for e in group),
        "open" if end is None else LENGTHS[max(lengths)] if lengths else "unknown",
        first_answer(e.data.get("hour_band") for e in group),
        _from_where(group),
        first_answer(e.data.get("placement_area") for e in group),
        tuple(
            (str(e.data.get("areas", {}).get("found") or "not_recorded"), str(e.data.get("found_location_type") or ""))
            for e in group
        ),
        best(offered(i) for i in interviews),
        best(completed(i) for i in interviews),
        best(str(i.data.get("within_72h")) for i in interviews),
        first_answer(i.data.get("provider") for i in interviews),
        frozenset(i.agency for i in interviews),
    )


def first_answer(answers: Iterable[str | None]) -> str:
    """The first that is an answer; `unknown` when none is."""
    return next((str(a) for a in answers if a and a not in NO_ANSWER), "unknown")


def best(answers: Iterable[str]) -> str:
    """`yes` if any is, else `no` if any is, else `unknown`."""
    found = set(answers)
    return "yes" if "yes" in found else "no" if "no" in found else "unknown"


def _from_where(group: list[Event]) -> str:
    told = first_answer(e.data.get("missing_from") for e in group)
    if told != "unknown":
        return told if told in ("care", "home") else "other"
    placed = first_answer(e.data.get("placement_group") for e in group)
    if placed in CARE_PLACES:
        return "care"
    return "home" if placed in ("parents", "kinship", "not_looked_after") else "unknown"


def offered(interview: Event) -> str:
    """Whether an interview was offered, by its record."""
    told, state = interview.data.get("offered"), interview.data.get("state")
    if told in ("yes", "no"):
        return str(told)
    return "yes" if state in _ANSWERED or interview.data.get("completed_on") else "unknown"


def completed(interview: Event) -> str:
    """Whether it was held, by its record."""
    data = interview.data
    if data.get("completed_on") or data.get("state") == "completed" or data.get("completed") == "yes":
        return "yes"
    if data.get("completed") == "no" or data.get("state") in _NOT_HELD or offered(interview) == "no":
        return "no"
    return "unknown"
