"""Merged missing episodes, with the details of their reports and their return interviews (docs/domain.md).

If the reports of an episode differ, the latest end and the longest length count. Any other detail comes from the first
report (by day, then event id) that has it. If two interviews about one return differ, "yes" wins over "no", and both
win over "unknown".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from analysis.episodes import Episode
from analysis.ledger.records import InterviewRecord, MissingReport
from analysis.measures.figures import NO_ANSWER
from analysis.measures.occurrence import Groups, Occurrence
from models.register import Role

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
    """One merged episode. `offered`, `completed` and `within_72h` are `yes`, `no` or `unknown`."""

    started_on: date
    ended_on: date | None
    agencies: frozenset[str]
    reports: tuple[MissingReport, ...] = field(repr=False)
    """The reports of the episode, sorted by day, then event id."""
    length: str
    hour_band: str
    from_where: str
    """`care`, `home`, `other` or `unknown`."""
    placement_area: str
    offered: str
    completed: str
    within_72h: str
    provider: str
    interviewers: frozenset[str]
    """Agencies that reported an interview about it."""

    def known(self, on: date, *, outcome: bool, groups: Groups = ()) -> Occurrence:
        """An occurrence on a day, because of this episode.

        The agencies that reported the episode know of it, and those that interviewed. With `outcome`, the occurrence
        is the outcome of the interview, which only the interviewers know.
        """
        known_to = self.interviewers if outcome else self.agencies | self.interviewers
        roles: frozenset[Role] = frozenset({"interviews"} if self.interviewers else ())
        return Occurrence(on, self.agencies, known_to=known_to, roles=roles, groups=groups)


def spells_of(
    episodes: Sequence[Episode], reports: Iterable[MissingReport], interviews: Sequence[InterviewRecord]
) -> list[Spell]:
    """The spells of a child: its merged episodes in order of start, each with its reports and interviews."""
    if not episodes:
        return []
    groups = _groups(episodes, reports)
    about = _by_episode(interviews, groups) if interviews else {}
    return [
        _spell(episode, group, about.get(number, ()))
        for number, (episode, group) in enumerate(zip(episodes, groups, strict=True))
    ]


def interviews_alone(
    episodes: Sequence[Episode], reports: Iterable[MissingReport], interviews: Sequence[InterviewRecord]
) -> list[InterviewRecord]:
    """Return interviews that belong to none of these episodes, because somebody else reported the episode."""
    about = _by_episode(interviews, _groups(episodes, reports))
    with_episode = {interview.event_id for held in about.values() for interview in held}
    return [interview for interview in interviews if interview.event_id not in with_episode]


def _groups(episodes: Sequence[Episode], reports: Iterable[MissingReport]) -> list[list[MissingReport]]:
    """The reports of each episode, sorted by day, then event id."""
    by_id = {report.event_id: report for report in reports}
    groups = [[by_id[i] for i in episode.event_ids] for episode in episodes]
    for group in groups:
        group.sort(key=lambda report: (report.occurred_on, report.event_id))
    return groups


def ended(group: Iterable[MissingReport]) -> date | None:
    """The latest end that any report gives; None while no report gives one."""
    return max((report.ended_on for report in group if report.ended_on is not None), default=None)


def _by_episode(
    interviews: Iterable[InterviewRecord], groups: list[list[MissingReport]]
) -> dict[int, list[InterviewRecord]]:
    """Attach each interview to an episode. Returns the number of the episode -> its interviews.

    An interview belongs to the episode that it names, else to the one whose end is nearest to `returned_on`, at most a
    day off. Otherwise it is left out.
    """
    place = {report.event_id: number for number, group in enumerate(groups) for report in group}
    ends = [ended(group) for group in groups]
    by_episode: dict[int, list[InterviewRecord]] = {}
    for interview in interviews:
        number = place.get(interview.about) if interview.about else None
        if number is None and interview.returned_on is not None:
            returned = interview.returned_on
            near = [(abs((end - returned).days), n) for n, end in enumerate(ends) if end is not None]
            off, nearest = min(near, default=(2, 0))
            number = nearest if off <= 1 else None
        if number is not None:
            by_episode.setdefault(number, []).append(interview)
    return by_episode


def _spell(episode: Episode, group: list[MissingReport], interviews: Sequence[InterviewRecord]) -> Spell:
    end = ended(group)
    lengths = [LENGTHS.index(r.duration_band) for r in group if r.duration_band in LENGTHS]
    return Spell(
        started_on=episode.started_on,
        ended_on=end,
        agencies=episode.agencies,
        reports=tuple(group),
        length="open" if end is None else LENGTHS[max(lengths)] if lengths else "unknown",
        hour_band=first_answer(r.hour_band for r in group),
        from_where=_from_where(group),
        placement_area=first_answer(r.placement_area for r in group),
        offered=best(offered(i) for i in interviews),
        completed=best(completed(i) for i in interviews),
        within_72h=best(i.within_72h for i in interviews),
        provider=first_answer(i.provider for i in interviews),
        interviewers=frozenset(i.agency for i in interviews),
    )


def first_answer(answers: Iterable[str]) -> str:
    """The first code that is an answer; `unknown` if none is."""
    return next((str(answer) for answer in answers if answer not in NO_ANSWER), "unknown")


def best(answers: Iterable[str]) -> str:
    """`yes` if any answer is `yes`, else `no` if any is `no`, else `unknown`."""
    given = set(answers)
    return "yes" if "yes" in given else "no" if "no" in given else "unknown"


def _from_where(group: list[MissingReport]) -> str:
    where = first_answer(r.missing_from for r in group)
    if where != "unknown":
        return where if where in ("care", "home") else "other"
    placed = first_answer(r.placement_group for r in group)
    if placed in CARE_PLACES:
        return "care"
    return "home" if placed in ("parents", "kinship", "not_looked_after") else "unknown"


def offered(interview: InterviewRecord) -> str:
    """Whether the interview was offered, according to its record: `yes`, `no` or `unknown`."""
    if interview.offered in ("yes", "no"):
        return str(interview.offered)
    return "yes" if interview.state in _ANSWERED or interview.completed_on is not None else "unknown"


def completed(interview: InterviewRecord) -> str:
    """Whether the interview was held, according to its record: `yes`, `no` or `unknown`."""
    if interview.completed_on is not None or interview.state == "completed" or interview.completed == "yes":
        return "yes"
    if interview.completed == "no" or interview.state in _NOT_HELD or offered(interview) == "no":
        return "no"
    return "unknown"
