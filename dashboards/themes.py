"""What people said, in words for pages and files: voices, themes, states, notes, and where the records answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from analysis.disclosure.accuracy import apart_words, error_words, few_words, low_words
from analysis.disclosure.noise import STANDARD, Rule
from dashboards.states import Key, Mark, Shown
from models.contract.codes import Theme
from models.releases import CellState, PeopleCount, Release
from models.releases.voices import MOST_PEOPLE, MOST_THEMES, Numbered, VoiceCode
from models.releases.written import WRITTEN

VOICES: Final[Mapping[VoiceCode, str]] = {
    "children": "Children",
    "parents_carers": "Parents and carers",
    "lay_members": "Lay members",
    "faith_communities": "Faith communities",
    "community_groups": "Community groups",
    "practitioners": "Practitioners",
    "schools": "Staff of schools",
}
THEMES: Final[Mapping[Theme, str]] = {
    Theme.NOT_LISTENED_TO: "We were not listened to",
    Theme.LISTENED_TO: "We were listened to",
    Theme.HELP_CAME_LATE: "Help came late",
    Theme.TOO_MANY_WORKERS: "Too many different workers",
    Theme.TRUSTED_ADULT: "There was an adult we could trust",
    Theme.HARMFUL_LANGUAGE: "Words were used that blame the child",
    Theme.INFORMATION_NOT_SHARED: "Agencies did not share what they knew",
    Theme.THRESHOLD_UNCLEAR: "It was not clear when a concern is serious enough for help",
    Theme.SIGNS_NOT_RECOGNISED: "Signs were not recognised",
    Theme.RETURN_INTERVIEW_USEFUL: "The interview after going missing was useful",
    Theme.RETURN_INTERVIEW_NOT_WANTED: "The interview after going missing was not wanted",
    Theme.UNSAFE_PLACES: "There are places that do not feel safe",
    Theme.ONLINE_HARM: "Harm happens online",
    Theme.BOYS_NOT_SEEN: "Boys are not seen as children who are harmed",
    Theme.COMMUNITY_NOT_REACHED: "Nobody reached out to our community",
    Theme.LANGUAGE_OR_INTERPRETER: "Language was a barrier, or there was no interpreter",
    Theme.WHOM_TO_TELL_UNKNOWN: "We did not know whom to tell",
    Theme.TRAINING_WANTED: "We want training",
    Theme.OTHER: "Something else",
}
ALL_THEMES: Final = "Any theme: everybody who was heard"


class Counterpart(NamedTuple):
    """What the agencies' records say about something that people said."""

    theme: Theme
    measure: str
    why: str
    """What to compare, in a sentence."""


ANSWERS: Final = (
    Counterpart(
        Theme.HELP_CAME_LATE, "m2", "How many children were recognised more than 30 days after the first sign."
    ),
    Counterpart(Theme.INFORMATION_NOT_SHARED, "m11", "How many children were both missing and of concern."),
    Counterpart(Theme.THRESHOLD_UNCLEAR, "m16", "How many children at a high level had a plan in time."),
    Counterpart(Theme.SIGNS_NOT_RECOGNISED, "m6", "Which signs each sector records, and which it never does."),
    Counterpart(
        Theme.RETURN_INTERVIEW_USEFUL, "m8", "How many children were offered an interview, and how many had one."
    ),
    Counterpart(Theme.RETURN_INTERVIEW_NOT_WANTED, "m8", "How many were offered an interview, and how many took it."),
    Counterpart(Theme.UNSAFE_PLACES, "m13", "Where more children came to notice than before."),
    Counterpart(Theme.BOYS_NOT_SEEN, "m17", "What share of the children with a concern are boys."),
    Counterpart(
        Theme.COMMUNITY_NOT_REACHED, "m17", "For what share of the children the ethnic group is recorded at all."
    ),
    Counterpart(Theme.TRAINING_WANTED, "m15", "What was trained, and whether it met a priority."),
)
"""Themes beside which the records have a measure. It answers to the theme; neither proves nor refutes the other."""

NUMBERED: Final[Mapping[Numbered, str]] = {
    "all": "every group gave its number of people",
    "some": "some groups gave no number of people, and are left out",
    "none": "no group gave a number of people, so nobody can be counted",
    "no return": "no group was returned",
}
_STATES: Final[Mapping[CellState, str]] = {
    CellState.NO_RETURN: "No return: no group of this voice was returned. It does not mean that it had nothing to say.",
    CellState.NOT_RECORDED: "Not recorded: groups of this voice were heard, and none gave a number of people.",
}  # fmt: skip
NOTES: Final = (
    "A group was heard by an agency, which wrote down what it said as themes. The figures are the people in the groups "
    "that named a theme: not every one of them need have said it. They are people who were heard, not children whom "
    "agencies recorded.",
    f"A group counts with at most {MOST_PEOPLE} people, and in at most {MOST_THEMES} of the themes that it named. "
    "Somebody who was in two groups counts twice, as does a group that two agencies return.",
    "Who was asked is not a sample. A theme that few named may not have been asked about, and voices are not ranked.",
    "Practitioners count as staff of schools if an agency of education returned the group. Children who were heard in "
    "school count as children.",
)
"""What a reader has to know, on pages and in files."""


def show(count: PeopleCount) -> Shown:
    """What the page shows for a count of people."""
    if count.value is not None:
        return Shown(f"{count.value:,}", "", "figure")
    state = CellState(count.state)
    aloud = few_words() if state is CellState.LOW else ""
    return Shown(WRITTEN[state].word, aloud, state.value.replace("_", "-"))


def in_file(count: PeopleCount) -> str:
    """What stands for a count of people in a file."""
    return f"{count.value:,}" if count.value is not None else WRITTEN[CellState(count.state)].in_files


def key(mark: Mark) -> Key:
    """What the entries of a table of voices mean; `mark` writes a state as a page or as a file does."""
    return (
        ("a number", f"A figure: a number of people, moved by chance and taken to the nearest {STANDARD.base}."),
        (mark(CellState.LOW), low_words(of="people")),
        *((mark(state), meaning) for state, meaning in _STATES.items()),
    )


def error(rule: Rule = STANDARD) -> str:
    """The sentences about the error of these figures."""
    return f"{error_words(rule, 'people')} {apart_words(rule)}"


def numbered(release: Release) -> tuple[tuple[str, str], ...]:
    """For each voice, whether its groups gave a number of people: never how many did."""
    return tuple((VOICES[voice.voice], NUMBERED[voice.numbered]) for voice in release.voices)
