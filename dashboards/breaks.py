"""Where a series of figures breaks: dates from which figures cannot be compared with those before. Pure.

A board's register lists them (`SeriesBreak`). Releases name the boundary set and the register that they were built
with, so that a change which nobody listed is still told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from dashboards.words import day
from models.contract.periods import before, bounds
from models.register import Board, SeriesBreak
from models.register.types import BreakKind

NOT_COMPARED = "not compared: break in series"
"""In place of a change between two windows."""
WORDS: dict[BreakKind, str] = {
    "area": "Break in series on {}: the board covers another area from then on ({}). {}.",
    "recording": "Break in series on {}: agencies record in another way from then on ({}). {}.",
    "places": "Break in series on {}: towns and wards have other bounds from then on ({}). {} by town and ward; "
    "figures of the whole board can be compared.",
}
WITHIN = "This period has days of both kinds, so compare it with no other"
SINCE = "Do not compare with earlier periods"


class Edition(Protocol):
    """What a release says of the lists that it was built with."""

    @property
    def register_version(self) -> date: ...
    @property
    def boundary_set(self) -> str: ...


def apart(board: Board, window: str) -> bool:
    """Whether no figure of a window may be compared with that of the window before."""
    return any(one.kind != "places" for one in between(board, window))


def places_apart(board: Board, window: str, now: Edition, earlier: Edition) -> bool:
    """Whether no figure by town or ward may be compared with that of the window before."""
    return bool(between(board, window)) or now.boundary_set != earlier.boundary_set


def years_apart(board: Board, years: Iterable[str]) -> frozenset[str]:
    """Those of these windows that may not be compared with the window before them."""
    return frozenset(year for year in years if apart(board, year))


def between(board: Board, window: str) -> list[SeriesBreak]:
    """The breaks that set a window apart from the one before, oldest first: after the first day of the earlier, and
    before the end of the later."""
    start, end = bounds(before(window))[0], bounds(window)[1]
    return sorted((one for one in board.breaks if start < one.day < end), key=lambda one: one.day)


def of_window(
    board: Board, window: str, now: Edition | None = None, earlier: Edition | None = None, *, places: bool = False
) -> tuple[str, ...]:
    """The notes on one window of a series, oldest break first; then another boundary set, another register.

    `now` and `earlier` are the releases of the window and of the window before, if they are shown. `places`: figures
    by town or ward stand beside it, so that breaks in these count too.
    """
    listed = between(board, window)
    notes = [_words(one, window) for one in listed if places or one.kind != "places"]
    if now is None or earlier is None:
        return tuple(notes)
    if places and now.boundary_set != earlier.boundary_set and all(one.kind == "recording" for one in listed):
        notes.append(
            f"Break in series: boundary set {now.boundary_set} here, {earlier.boundary_set} in the period before. Do "
            "not compare figures by town and ward with earlier periods."
        )
    if now.register_version != earlier.register_version:
        notes.append(
            f"Built with the register of {day(now.register_version)}; the period before, with that of "
            f"{day(earlier.register_version)}."
        )
    return tuple(notes)


def of_years(board: Board, year: str) -> tuple[str, ...]:
    """The notes on a year and the year before it, of breaks of all figures: what the training page compares."""
    return tuple(dict.fromkeys((*of_window(board, before(year)), *of_window(board, year)))) if year else ()


def _words(one: SeriesBreak, window: str) -> str:
    inside = one.day > bounds(window)[0]
    return WORDS[one.kind].format(day(one.day), one.words, WITHIN if inside else SINCE)
