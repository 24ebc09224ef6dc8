"""What this board can show for a paragraph: one sentence, figure and date for each piece of evidence. Pure.

Nothing here says that a paragraph is met. A figure is evidence whatever it says; a state without a figure is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from analysis.measures.registry import BY_ID
from dashboards.inspection.facts import ActionCounts, Facts, Said
from models.store.actions import Source


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence. Without `found` the sentence says why there is none."""

    words: str
    """A sentence with the figure in it."""
    figure: str
    """The figure alone, or the word that stands for it."""
    date: str
    """The period or the day that it is of, in words."""
    link: str
    """What the page that shows it is called."""
    address: str
    """Where it is, after the board's own address: `measures/m7`."""
    found: bool = True


Finder = Callable[[Facts], Evidence]


class _Counted(NamedTuple):
    """A figure of the board's newest year, or two years, and the sentence that it makes."""

    measure: str
    part: str
    whole: str
    """Of a share; empty for children."""
    words: str
    """With `{}` for the figure and its range."""
    about: str
    """What is not known where there is no figure."""


_COUNTED: Final[Mapping[str, _Counted]] = {
    "concerns": _Counted(
        "m1",
        "m1_children",
        "",
        "Agencies recorded a new concern about child sexual exploitation for {} children.",
        "How many children have a new concern",
    ),
    "delay": _Counted(
        "m2",
        "m2_over_30",
        "m2_children",
        "Of children who had shown an earlier sign, {} were recognised more than 30 days after it.",
        "How late children are recognised",
    ),
    "screened": _Counted(
        "m7",
        "m7_screened",
        "m7_children",
        "Of children with a concern, {} were screened within 10 working days.",
        "How many children are screened in time",
    ),
    "interview_offered": _Counted(
        "m8",
        "m8_offered",
        "m8_returned",
        "Of children who came back after going missing, {} were offered an interview.",
        "How many children are offered an interview",
    ),
    "interview_in_time": _Counted(
        "m8",
        "m8_within_72h",
        "m8_completed",
        "Of children whose interview was held, {} had it within 72 hours of coming back.",
        "How soon interviews are held",
    ),
    "missing": _Counted(
        "m9",
        "m9_children",
        "",
        "{} children went missing at least once.",
        "How many children go missing",
    ),
    "repeat_missing": _Counted(
        "m10",
        "m10_children",
        "m9_children",
        "Of children who went missing, {} did so again and again, by the board's own rule.",
        "How many children go missing again and again",
    ),
    "plan": _Counted(
        "m16",
        "m16_met",
        "m16_high",
        "Of children with a concern at a high level, {} had a plan or a lead practitioner within 10 working days.",
        "How many children get a plan in time",
    ),
    "turned_away": _Counted(
        "m21",
        "m21_turned_away",
        "m1_children",
        "Of children of concern, {} had a concern that ended in no further action.",
        "How many concerns end in no further action",
    ),
    "raised_again": _Counted(
        "m21",
        "m21_raised_again",
        "m21_turned_away",
        "Of those whose concern ended in no further action, {} had another concern within 90 days.",
        "How many concerns are raised again",
    ),
}


def _counted(one: _Counted) -> Finder:
    def find(facts: Facts) -> Evidence:
        said = facts.counted.get((one.measure, one.part, one.whole), Said("not in this release"))
        link, address = BY_ID[one.measure].definition.title, f"measures/{one.measure}"
        if said.figure:
            return Evidence(one.words.format(said.full), said.text, facts.year, link, address)
        return Evidence(f"{one.about}: {said.text}.", said.text, facts.year, link, address, found=False)

    return find


def _returns(facts: Facts) -> Evidence:
    due, received, _ = facts.returns
    words = f"Agencies sent {received} of the {due} returns that were due." if due else "No return was due."
    return Evidence(words, f"{received} of {due}", facts.year, "Returns from agencies", "measures/m5", bool(due))


def _on_time(facts: Facts) -> Evidence:
    due, _, in_time = facts.returns
    words = f"{in_time} of the {due} returns that were due came on time." if due else "No return was due."
    return Evidence(words, f"{in_time} of {due}", facts.year, "Returns from agencies", "measures/m5", bool(due))


def _releases(facts: Facts) -> Evidence:
    if not facts.releases:
        return Evidence("No figures have been approved yet.", "none", facts.today, "Releases and files", "files", False)
    words = f"Figures of {_number(facts.releases, 'period')} are approved. The newest period is {facts.newest}."
    return Evidence(words, str(facts.releases), facts.approved or facts.today, "Releases and files", "files")


def _actions(pick: Callable[[Facts], ActionCounts], origin: str) -> Finder:
    def find(facts: Facts) -> Evidence:
        counts, link = pick(facts), "Actions"
        if not counts.all:
            return Evidence(f"No action {origin} is recorded.", "none", facts.today, link, "actions", False)
        closed, overdue = counts.closed or "none", counts.overdue or "none"
        words = (
            f"{_number(counts.all, 'action')} {origin} {_is(counts.all)} recorded: {closed} closed, {overdue} overdue. "
            f"{_some(counts.evidenced)} evidence of what changed. {_some(counts.told)} been told to every agency."
        )
        return Evidence(words, str(counts.all), facts.today, link, "actions")

    return find


def _heard(voice: str, who: str) -> Finder:
    def find(facts: Facts) -> Evidence:
        said, link = facts.heard.get(voice), "What people say"
        if said is None or said.text in ("no return", "not recorded", "not in this release"):
            why = "nothing is released" if said is None else said.text
            return Evidence(f"What {who} say: {why}.", why, facts.year, link, "voices", False)
        words = f"Agencies heard {said.text} people in groups of {who}, and recorded what they said as themes."
        return Evidence(words, said.text, facts.year, link, "voices")

    return find


def _training(facts: Facts) -> Evidence:
    sessions, came = facts.sessions
    if not sessions:
        return Evidence("No training session is recorded.", "none", facts.year, "Training", "training", False)
    words = f"{_number(sessions, 'training session')} {_was(sessions)} held, and {came:,} staff came."
    return Evidence(words, str(sessions), facts.year, "Training", "training")


def _priorities(facts: Facts) -> Evidence:
    if facts.met is None:
        words = "Whether training answered the needs of the year before: not known."
        return Evidence(words, "not known", facts.year, "Training", "training", False)
    met, wanted = facts.met
    if not wanted:
        words = "No training need was likely or worth asking about in the year before."
        return Evidence(words, "none", facts.year, "Training", "training")
    words = f"{met} of the {wanted} training needs of the year before had a session for their sector and topic."
    return Evidence(words, f"{met} of {wanted}", facts.year, "Training", "training")


def _effects(facts: Facts) -> Evidence:
    if facts.programmes is None or not facts.programmes.compared:
        words = "What training changed: no programme could be compared with sectors that were not trained."
        return Evidence(words, "none", facts.year, "Training", "training", False)
    held, compared, clear = facts.programmes
    words = (
        f"{compared} of {_number(held, 'training programme')} of the last two years could be compared with sectors "
        f"that were not trained. {clear or 'None'} changed clearly more than they did."
    )
    return Evidence(words, f"{clear} of {compared}", facts.year, "Training", "training")


def _needs(facts: Facts) -> Evidence:
    if facts.needs is None:
        return Evidence("Training needs: none can be worked out.", "none", facts.year, "Training", "training", False)
    words = (
        f"{_number(facts.needs, 'training need')} {_is(facts.needs)} likely or worth asking about."
        if facts.needs
        else "No training need is likely or worth asking about. That does not mean that nobody needs training."
    )
    return Evidence(words, str(facts.needs), facts.year, "Training", "training")


def _coverage(facts: Facts) -> Evidence:
    if facts.coverage is None:
        words = "Which signs each sector records: no figures by sector."
        return Evidence(words, "none", facts.year, "Who sees and who does not", "recognition", False)
    some, all_sectors = facts.coverage
    words = (
        f"{some} of {all_sectors} sectors recorded some kinds of sign for fewer than 10 children, though they could "
        "see them. Each is a reason to ask."
    )
    return Evidence(words, f"{some} of {all_sectors}", facts.year, "Who sees and who does not", "recognition")


def _expected(facts: Facts) -> Evidence:
    link, address = "Concerns against what we expect", "measures/m4"
    if facts.expected is None:
        words = "Whether each sector raises the concerns that we expect: cannot be compared."
        return Evidence(words, "none", facts.year, link, address, False)
    below, compared = facts.expected
    names = f": {', '.join(below)}" if below else ""
    words = (
        f"{_number(compared, 'sector')} could be compared with {'its' if compared == 1 else 'their'} own past. "
        f"{len(below)} raised clearly fewer concerns than we expect{names}."
    )
    return Evidence(words, f"{len(below)} of {compared}", facts.year, link, address)


def _signals(facts: Facts) -> Evidence:
    opened, still = facts.signals
    words = (
        f"{_number(opened, 'signal')} of a rise {_was(opened)} opened in this time, and {still} {_is(still)} open now."
        if opened
        else "No signal of a rise was opened in this time. That does not mean that nothing happens."
    )
    return Evidence(words, str(opened), facts.year, "Signals", "signals", bool(opened))


def _schools_returned(facts: Facts) -> Evidence:
    received, due = facts.schools
    link, address = "Returns from agencies", "measures/m5"
    if not due:
        return Evidence("No return was due from a school or college.", "none", facts.year, link, address, False)
    words = f"Agencies of education sent {received} of the {due} returns that were due."
    return Evidence(words, f"{received} of {due}", facts.year, link, address)


def _schools_expected(facts: Facts) -> Evidence:
    said, link, address = facts.schools_expected, "Concerns against what we expect", "measures/m4"
    if said is None or not said.figure:
        why = said.text if said else "cannot be compared"
        words = f"Concerns that education raised, against what we expect: {why}."
        return Evidence(words, why, facts.year, link, address, False)
    words = f"Education raised {said.full} times the concerns that its own past would lead us to expect."
    return Evidence(words, said.text, facts.year, link, address)


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _some(count: int) -> str:
    return f"{count or 'None'} {'has' if count == 1 else 'have'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


FINDERS: Final[Mapping[str, Finder]] = {
    **{name: _counted(one) for name, one in _COUNTED.items()},
    "returns": _returns,
    "on_time": _on_time,
    "releases": _releases,
    "every_action": _actions(lambda facts: facts.actions.of(), "of the board"),
    "section_11_actions": _actions(lambda facts: facts.actions.of(Source.SECTION_11), "from a section 11 audit"),
    "school_actions": _actions(lambda facts: facts.actions.of(Source.SECTION_175), "from schools' audits"),
    "audit_actions": _actions(lambda facts: facts.actions.of(Source.AUDIT), "from case audits"),
    "review_actions": _actions(lambda facts: facts.actions.of(Source.REVIEW), "from reviews of serious cases"),
    "children_heard": _heard("children", "children"),
    "lay_heard": _heard("lay_members", "lay members"),
    "faith_heard": _heard("faith_communities", "faith communities"),
    "training": _training,
    "priorities": _priorities,
    "effects": _effects,
    "needs": _needs,
    "coverage": _coverage,
    "expected": _expected,
    "signals": _signals,
    "schools_returned": _schools_returned,
    "schools_expected": _schools_expected,
}
"""Name of a piece of evidence -> what finds it. Each answers for every board, with or without figures."""
