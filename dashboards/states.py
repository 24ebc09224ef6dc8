"""From a released cell or a return to the words on the page. Pure; nothing here knows an unreleased figure.

The states of a cell are never merged: each has its own shorthand, its own words and a line in the key.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from analysis.disclosure.accuracy import apart_words, error_words, few_words, least_change, low_words
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, KeyedNoise, Rule
from analysis.returns import ReturnStatus
from models.releases import CellState

Key = tuple[tuple[str, str], ...]
"""What stands in a table, and what it means."""


class Shown(NamedTuple):
    """A cell on the page: what is seen, what is read aloud after it, and a class for its style."""

    text: str
    meaning: str
    css: str


class ReleasedCell(NamedTuple):
    """A cell as released; `value` only for a figure, `rule` is its release's."""

    state: CellState
    value: int | None
    rule: Rule = STANDARD


_STATES: dict[CellState, Shown] = {
    CellState.LOW: Shown("<10 [low]", "", "low"),
    CellState.NONE: Shown("0", "no children", "none"),
    CellState.ONE_TO_NINE: Shown("1-9", "one to nine", "one-to-nine"),
    CellState.WITHHELD: Shown("[c]", "withheld to protect children", "withheld"),
    CellState.NO_RETURN: Shown("[x]", "no return from the agency", "no-return"),
    CellState.NOT_RECORDED: Shown("[u]", "not recorded", "not-recorded"),
    CellState.NOT_APPLICABLE: Shown("[z]", "not applicable", "not-applicable"),
    CellState.NOT_COUNTABLE: Shown("cannot be counted", "", "not-countable"),
}

NOT_RELEASED = Shown("not yet released", "", "not-released")
"""There is no release for the window: different from every state a released cell can have."""

AWAITING = Shown("awaiting approval", "", "awaiting")
"""A release was built, and its figures are held back until it is approved."""

WITHDRAWN = Shown("withdrawn", "", "withdrawn-release")
"""There was a release, and it no longer counts; beside the window it says since when and why."""

NOT_IN_RELEASE = Shown("not in this release", "", "not-in-release")
"""The window's release was built before this measure was published."""

NO_RATE = Shown("not shown", "a rate is shown only for a figure", "no-rate")

NO_BASE = Shown("none", "nothing to work it out from", "no-rate")
"""Nothing was due, held or asked: there is no share of it."""

OLD_KEY: Key = (
    ("a number", "A figure: a number of children, rounded to a multiple of 5. Rounded figures may not add up."),
    ("<10 [low]", low_words(KR5())),
    ("0", "No children. Shown for a sector in the whole board only; everywhere else it is among <10 [low]."),
    ("1-9", "One to nine children. Shown in the same places only."),
    ("[c]", "Withheld: shown together with other figures, it could say something about a few children."),
)
"""Of releases on ladders 1 to 3."""
_KEY_OF_NOISE = (
    ("a number", f"A figure: a number of children, moved by chance and taken to the nearest {STANDARD.base}."),
    ("<10 [low]", low_words()),
)
_KEY_OF_NOTHING = (
    ("[x]", "No return: the agency sent nothing for the period. This does not mean that nothing happened."),
    ("[u]", "Not recorded: the agency's system does not hold it."),
    ("[z]", "Not applicable: the question does not arise here."),
    (
        "cannot be counted",
        "There are records, and too few of them can be tied to children to say of how many they are; or the board's "
        "records do not go back as far as the measure looks. It is neither few nor none.",
    ),
)
_KEY_OF_PAGES = (
    ("not shown", "A rate where there is no figure to work it out from."),
    ("not yet released", "No release has been built for the period."),
    ("not in this release", "The release has no such figure."),
    ("awaiting approval", "A release was built. Its figures are shown once people who did not ask for it approve."),
    ("withdrawn", "There was a release. It was taken back on the date given, for the reason given."),
)


def release_key(rules: Collection[Rule] = ()) -> Key:
    """What the cells of releases by these rules can say, by the newest without any: all that a file needs."""
    older, newer = any(isinstance(rule, KR5) for rule in rules), any(isinstance(rule, KeyedNoise) for rule in rules)
    if older and newer:
        old = tuple((text, f"On ladders 1 to 3: {words}") for text, words in OLD_KEY)
        return (*_KEY_OF_NOISE, *old, *_KEY_OF_NOTHING)
    return (*(OLD_KEY if older else _KEY_OF_NOISE), *_KEY_OF_NOTHING)


def key(rules: Collection[Rule] = ()) -> Key:
    """The same, and what else a table on a page can say."""
    return (*release_key(rules), *_KEY_OF_PAGES)


KEY: Key = (*key(), *OLD_KEY)
"""Everything that a table may say, by whichever rule."""


def errors(rules: Collection[Rule] = ()) -> tuple[str, ...]:
    """The error that figures by these rules have, for the place where they stand; the newer rule first."""
    ordered = sorted(set(rules) or {STANDARD}, key=lambda rule: isinstance(rule, KR5))
    said = [(isinstance(rule, KR5), f"{error_words(rule)} {apart_words(rule)}") for rule in ordered]
    return tuple(f"On ladders 1 to 3: {words}" if older and len(said) > 1 else words for older, words in said)


def change_words(rules: Collection[Rule] = ()) -> str:
    """Which changes between two figures say nothing."""
    least = max(least_change(rule) for rule in rules or (STANDARD,))
    return f"A change under {least} is within the error of the figures and says nothing."


def show(cell: ReleasedCell | None, absent: Shown | None = None) -> Shown:
    """What stands in the table for a cell; `absent` says why its window shows no release, None if it does."""
    if absent is not None:
        return absent
    if cell is None:
        return NOT_IN_RELEASE
    if cell.state is CellState.FIGURE and cell.value is not None:
        return Shown(f"{cell.value:,}", "", "figure")
    if cell.state is CellState.LOW:
        older = isinstance(cell.rule, KR5)
        return _STATES[cell.state]._replace(meaning="fewer than ten, or none" if older else few_words(cell.rule))
    return _STATES[cell.state]


def show_rate(cell: ReleasedCell | None, absent: Shown | None, population: int) -> Shown:
    """Children per 10,000, from the released figure and a public population; none where there is no figure."""
    if absent is not None:
        return absent
    if cell is None or cell.value is None or population <= 0:
        return NO_RATE
    return Shown(f"{cell.value * 10_000 / population:.1f}", "", "figure")


def change(now: ReleasedCell | None, before: ReleasedCell | None) -> str:
    """The change from the period before, in words; empty when either is not a figure."""
    if now is None or before is None or now.value is None or before.value is None:
        return ""
    difference = now.value - before.value
    if abs(difference) < max(least_change(now.rule), least_change(before.rule)):
        both_rounded = isinstance(now.rule, KR5) and isinstance(before.rule, KR5)
        return "within rounding" if both_rounded else "within the error"
    return f"{'up' if difference > 0 else 'down'} {abs(difference):,}"


RETURN_KEY: tuple[tuple[ReturnStatus, str], ...] = (
    (
        ReturnStatus.RETURNED,
        "The agency said that all of the quarter's events are in. A return with nothing to report counts. Three monthly"
        " returns count too, from the day of the last.",
    ),
    (ReturnStatus.LATE, "The same, after the due date."),
    (ReturnStatus.NONE, "The due date has passed and nothing was returned. This does not mean that nothing happened."),
    (ReturnStatus.NOT_DUE, "The due date has not come yet."),
    (ReturnStatus.NOT_REQUIRED, "The agency did not yet owe returns for that quarter."),
)
