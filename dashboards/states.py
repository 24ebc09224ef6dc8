"""Turns a released cell or a submission return into words on a page. Pure; it sees no unreleased figure.

The states of a cell are never merged: each has its own word (`models.releases.written`) and a line in the key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import ceil
from typing import NamedTuple

from analysis.disclosure.accuracy import (
    apart_words,
    error_words,
    few_words,
    least_change,
    low_words,
    noticed_change,
    told_change,
)
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, KeyedNoise, Rule
from analysis.returns import ReturnStatus
from models.releases import CellState
from models.releases.written import WRITTEN

Key = tuple[tuple[str, str], ...]
"""Pairs of an entry in a table and its meaning."""
Mark = Callable[[CellState], str]
"""How a state is written: on a page, or in a file."""


class Shown(NamedTuple):
    """A cell on the page: its text, what a screen reader adds, and its CSS class."""

    text: str
    meaning: str
    css: str


class ReleasedCell(NamedTuple):
    """A cell as released. `value` is set for a figure only; `rule` is the release's protection rule."""

    state: CellState
    value: int | None
    rule: Rule = STANDARD


_ALOUD = {
    CellState.NONE: "no children",
    CellState.ONE_TO_NINE: "one to nine",
    CellState.WITHHELD: "to protect children",
    CellState.NO_RETURN: "the agency sent nothing",
}
"""What is read aloud after a state's word, where the word alone says too little."""

NOT_RELEASED = Shown("not yet released", "", "not-released")
"""The window has no release. This differs from every state that a released cell can have."""

AWAITING = Shown("awaiting approval", "", "awaiting")
"""A release was built. Its figures are not shown until it is approved."""

WITHDRAWN = Shown("withdrawn", "", "withdrawn-release")
"""The release was withdrawn; a note beside the window says when and why."""

REFUSED = Shown("refused", "", "withdrawn-release")
"""The release was refused before anybody saw its figures; a note beside the window says when and why."""

NOT_IN_RELEASE = Shown("not in this release", "", "not-in-release")
"""The window's release was built before this measure was published."""

NO_RATE = Shown("not shown", "a rate is shown only for a figure", "no-rate")

NO_BASE = Shown("none", "nothing to work it out from", "no-rate")
"""Nothing was due, held or asked, so there is no share to show."""

_OLD = (CellState.LOW, CellState.NONE, CellState.ONE_TO_NINE, CellState.WITHHELD)
"""What releases on ladders 1 to 3 can say besides figures; newer releases use only the first of these."""
_NOTHING = tuple(state for state in WRITTEN if state not in _OLD)
"""States that have no count behind them."""
_KEY_OF_PAGES = (
    ("not shown", "There are too few children for a rate or a percentage."),
    ("not yet released", "No release has been built for the period."),
    ("not in this release", "The release has no such figure."),
    ("awaiting approval", "The figures are ready. They wait for the approval of somebody who did not ask for them."),
    ("withdrawn", "There was a release. It was taken back on the date given, for the reason given."),
    ("refused", "A release was built and then refused, on the date and for the reason given. Nobody saw its figures."),
)


def _of_noise(mark: Mark) -> Key:
    return (
        ("a number", f"A figure: a number of children, moved by chance and taken to the nearest {STANDARD.base}."),
        (mark(CellState.LOW), low_words()),
    )


def _of_old(mark: Mark) -> Key:
    """Of releases on ladders 1 to 3."""
    return (
        ("a number", "A figure: a number of children, rounded to a multiple of 5. Rounded figures may not add up."),
        (mark(CellState.LOW), low_words(KR5())),
        *((mark(state), WRITTEN[state].meaning) for state in _OLD[1:]),
    )


def _release_key(rules: Collection[Rule], mark: Mark) -> Key:
    older, newer = any(isinstance(rule, KR5) for rule in rules), any(isinstance(rule, KeyedNoise) for rule in rules)
    nothing = tuple((mark(state), WRITTEN[state].meaning) for state in _NOTHING)
    if older and newer:
        old = tuple((text, f"In older releases: {words}") for text, words in _of_old(mark))
        return (*_of_noise(mark), *old, *nothing)
    return (*(_of_old(mark) if older else _of_noise(mark)), *nothing)


def word(state: CellState) -> str:
    """How a page writes a state."""
    return WRITTEN[state].word


def file_word(state: CellState) -> str:
    """What stands for a state in a file, in the place of a number."""
    return WRITTEN[state].in_files


def release_key(rules: Collection[Rule] = ()) -> Key:
    """What the cells of releases by these rules can say on a page, by the newest without any."""
    return _release_key(rules, word)


def file_key(rule: Rule) -> Key:
    """What the cells of a file can say, of a release by this rule."""
    return _release_key((rule,), file_word)


def key(rules: Collection[Rule] = ()) -> Key:
    """The key to a table on a page: cells of releases under these rules, and entries where there is no cell."""
    return (*release_key(rules), *_KEY_OF_PAGES)


def used(entries: Key, texts: Collection[str]) -> Key:
    """Those lines of a key whose entry stands on the page; `a number` stands for every figure."""
    figures = any(text[:1].isdigit() for text in texts)
    return tuple(line for line in entries if line[0] in texts or (figures and line[0] == "a number"))


OLD_KEY: Key = _of_old(word)
"""Of releases on ladders 1 to 3."""
KEY: Key = (*key(), *OLD_KEY)
"""Every entry that a table may have, under any rule."""


def errors(rules: Collection[Rule] = ()) -> tuple[str, ...]:
    """Sentences on the error of figures under these rules, to show beside them; the newer rule first."""
    ordered = sorted(set(rules) or {STANDARD}, key=lambda rule: isinstance(rule, KR5))
    sentences = [(isinstance(rule, KR5), f"{error_words(rule)} {apart_words(rule)}") for rule in ordered]
    return tuple(f"In older releases: {words}" if older and len(sentences) > 1 else words for older, words in sentences)


NO_CHANGE = "no clear change"
"""Of a difference that the error of the figures, or chance, may explain."""
SEARCHED = 100
"""How many pairs of figures pages look through for changes at once: a change in a sentence is told by this bar, so that
every page tells the same."""
CHANGES_FROM = (25, 100)
"""Figures for which the page says what change is told."""


def change_words(rules: Collection[Rule] = ()) -> str:
    """Which changes between two figures are told, and which would have been noticed."""
    given = tuple(rules) or (STANDARD,)
    pair = (given[0], given[-1])
    least, noticed = (
        tuple(ceil(of(figure)) for figure in CHANGES_FROM)
        for of in (lambda n: told_change(n, n, pair), lambda n: noticed_change(n, pair))
    )
    return (
        "A change is told only if chance and the error of the figures would make one as large in fewer than 1 of 10 "
        f"cases. For figures of about {CHANGES_FROM[0]} that is a change of {least[0]} or more; for figures of about "
        f"{CHANGES_FROM[1]}, one of {least[1]} or more. To be told 4 times in 5, a rise has to be about {noticed[0]} "
        f"and {noticed[1]}."
    )


def show(cell: ReleasedCell | None, absent: Shown | None = None) -> Shown:
    """What a table shows for a cell. `absent` says why its window shows no release; None if it shows one."""
    if absent is not None:
        return absent
    if cell is None:
        return NOT_IN_RELEASE
    if cell.state is CellState.FIGURE and cell.value is not None:
        return Shown(f"{cell.value:,}", "", "figure")
    aloud = _ALOUD.get(cell.state, "")
    if cell.state is CellState.LOW:
        aloud = "fewer than ten, or none" if isinstance(cell.rule, KR5) else few_words(cell.rule)
    return Shown(WRITTEN[cell.state].word, aloud, cell.state.value.replace("_", "-"))


def in_file(cell: ReleasedCell) -> str:
    """What stands for a cell in a file: its number as people read it, or how files write its state."""
    return f"{cell.value:,}" if cell.value is not None else WRITTEN[cell.state].in_files


def show_rate(cell: ReleasedCell | None, absent: Shown | None, population: int) -> Shown:
    """Children per 10,000, from the released figure and a public population; none where there is no figure."""
    if absent is not None:
        return absent
    if cell is None or cell.value is None or population <= 0:
        return NO_RATE
    return Shown(f"{cell.value * 10_000 / population:.1f}", "", "figure")


def change(now: ReleasedCell | None, before: ReleasedCell | None, looked_at: int = 1) -> str:
    """The change from the period before, in words; empty when either is not a figure.

    `looked_at` is how many pairs a reader searches for changes at once (`told_change`).
    """
    if now is None or before is None or now.value is None or before.value is None:
        return ""
    difference = now.value - before.value
    least = max(least_change(now.rule), least_change(before.rule))
    if abs(difference) < max(least, told_change(now.value, before.value, (now.rule, before.rule), looked_at)):
        return NO_CHANGE
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
