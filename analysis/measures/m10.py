"""M10 Repeat missing (paragraphs 169, 176).

Numerator: children for whom an episode started in the period was at least the n-th to start within d days (the
day itself included); n and d are the board's repeat rule, by default 3 in 90 (docs/domain.md). Denominator: M9's
children of the same period, of which they are a subset. Episodes are merged across agencies. Unit: children.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from analysis.episodes import Episode
from analysis.measures.children import BoardView
from analysis.measures.counted import Counted, count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Event, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import roles_of
from analysis.measures.workdays import working_days_after

RESPONSE_DAYS = 5
RESPONDED = frozenset({"strategy_discussion", "plan", "lead_professional", "referral", "nrm", "disruption"})

DEFINITION = Definition(
    10,
    "Repeat missing",
    "How many children go missing again and again, and does someone act when they do?",
    "children for whom an episode that started in the period was at least the n-th to start within d days "
    "(the day itself included); n and d are the board's repeat rule, 3 in 90 by default. Of those: children "
    "for whom a strategy discussion, plan, lead professional, referral or other action was recorded by any "
    "agency from that day up to 5 working days after",
    "children with an episode that started in the period (M9), of which they are a subset; for the response, "
    "the repeat ones (pending while their days are not over)",
    "the period, by the day the n-th episode started; the first such day in the period for the response",
    "children",
    "none",
    "paragraphs 169, 176",
    "children: board by quarter and financial year, town and sector by financial year; with a response, board and "
    "sector by financial year",
    "The rule is a prompt for a conversation, not a score. Boards use different rules: do not compare them.",
    (
        UNLINKED,
        Unknown("unlinked", "Missed links split a child in two, who may then reach the rule in neither: too low."),
        Unknown("not recorded", "Responses of agencies that send none look like none."),
        LATE,
    ),
)


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Each episode that is at least the n-th within d days, on the day it started.

    Who reported that episode knows, and who responded.
    """
    for episode in reaching(child.episodes, rules.repeat.episodes, rules.repeat.days):
        done = responses_to(child, episode.started_on)
        known_to = episode.agencies | {response.agency for response in done}
        yield Occurrence(episode.started_on, episode.agencies, known_to=known_to, roles=roles_of(done))


def reaching(episodes: Sequence[Episode], n: int, days: int) -> list[Episode]:
    """The episodes that are at least the n-th to start within `days` days; `episodes` must be sorted by start."""
    return [
        episode
        for first, episode in zip(episodes, episodes[n - 1 :], strict=False)
        if episode.started_on - first.started_on < timedelta(days=days)
    ]


def reaches(starts: Sequence[date], n: int, days: int, start: date, end: date) -> bool:
    """Whether some start in [start, end) is at least the n-th within `days` days; `starts` must be sorted."""
    return any(
        start <= starts[i] < end and starts[i] - starts[i - n + 1] < timedelta(days=days)
        for i in range(n - 1, len(starts))
    )


def children_repeat_missing(board: BoardView, start: date, end: date, n: int, days: int) -> Counted:
    """Children who reach the repeat rule in [start, end); who reported the episode that reached it knows of them."""
    return count(
        (link, {agency for e in reached if start <= e.started_on < end for agency in e.agencies})
        for link, child in board.children.items()
        if reaches([e.started_on for e in child.episodes], n, days, start, end)
        and (reached := reaching(child.episodes, n, days))
    )


def responses_to(child: Child, reached: date) -> list[Event]:
    """What was done from the day the rule was reached up to 5 working days after."""
    last = working_days_after(reached, RESPONSE_DAYS)
    return [
        response
        for response in child.events.get("response", ())
        if response.data.get("kind") in RESPONDED and reached <= response.occurred_on <= last
    ]


def with_response(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Repeat-missing children for whom something was done in time, on the day the rule was reached; who did knows."""
    for episode in reaching(child.episodes, rules.repeat.episodes, rules.repeat.days):
        if done := responses_to(child, episode.started_on):
            known_to = frozenset(response.agency for response in done)
            yield Occurrence(episode.started_on, episode.agencies, known_to=known_to, roles=roles_of(done))


def figures(picture: Picture, window: Window) -> list[Figure]:
    """Repeat-missing children of all missing, then those with a response in time."""
    rule, known_to = picture.setting.rules.repeat, picture.setting.known_to
    missing, repeat, answered, pending = 0, 0, 0, 0
    for child in picture.children.values():
        missing += any(window.holds(e.started_on) for e in child.episodes)
        days = [e.started_on for e in reaching(child.episodes, rule.episodes, rule.days) if window.holds(e.started_on)]
        if days:
            repeat += 1
            done = bool(responses_to(child, days[0]))
            answered += done
            pending += not done and working_days_after(days[0], RESPONSE_DAYS) >= known_to
    return [
        Figure(ALL, ALL, {"missing": missing, "repeat": repeat}, ratio(repeat, missing)),
        Figure(
            "response",
            ALL,
            {"repeat": repeat - pending, "responded": answered, "pending": pending},
            ratio(answered, repeat - pending),
        ),
    ]
