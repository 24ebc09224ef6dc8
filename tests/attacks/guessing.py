"""A guesser between two worlds: knows all of both, the code and the parameters, and reads the releases of one.

By the likelihoods of what is published he is the best there can be (Neyman, Pearson), so that what he gets right is
what anybody could.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analysis.beside import beside
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.noise import Protected
from analysis.disclosure.odds import Change, best_success, changes, log_ratio, rho
from analysis.disclosure.release_file import published_release
from analysis.measures.history import Rules
from analysis.mechanism.board import AGENCIES, CUT_OFF, SentRecord, board_of, register, returns, rows
from analysis.mechanism.trial import keys_of, least
from analysis.release import LADDER, board_at, build_releases, counted_at, day_of
from models.releases import CellState, Release

KEYS = 200
YEAR = ("2025FY",)
_COUNTED = (CellState.FIGURE, CellState.LOW)
_REGISTER = register()
_BOARD = board_of(_REGISTER)


@dataclass(frozen=True)
class Game:
    """What the guesser got right, in as many draws of each world."""

    right: float
    of: int
    cost: float
    differing: dict[CellKey, Change] = field(repr=False)

    @property
    def least(self) -> float:
        """The success that he has shown: lower end of its 95 % interval."""
        return least(int(self.right), self.of)

    @property
    def permitted(self) -> float:
        """The most that the bound lets anybody have."""
        return best_success(self.cost)

    @property
    def held(self) -> bool:
        """No better than what is permitted."""
        return self.least <= self.permitted


def release(sent: Iterable[SentRecord], key: int, windows: Sequence[str] = YEAR) -> list[Release]:
    """The releases of what agencies sent, by the real build under the keys of a number."""
    every = [*rows(sent), *returns()]
    seen = board_at(_REGISTER, _BOARD, every, CUT_OFF)
    besides = beside(every, AGENCIES, CUT_OFF)
    return list(build_releases(_REGISTER, _BOARD, windows, seen, keys_of(key), CUT_OFF, besides=besides).releases)


def counted(sent: Iterable[SentRecord]) -> Tally:
    """The children of every cell, as releases count them."""
    rules = Rules.of(_REGISTER, _BOARD, day_of(CUT_OFF))
    seen = board_at(_REGISTER, _BOARD, [*rows(sent), *returns()], CUT_OFF)
    return counted_at(_REGISTER, _BOARD, seen, rules)[1]


def published(sent: Sequence[SentRecord], windows: Sequence[str], keys: int) -> Iterator[dict[CellKey, Protected]]:
    """What is published under each of so many keys. Counting knows no key, so that it is done once.

    The first is built whole, and must have the same cells.
    """
    tally = counted(sent)
    whole = {key: shown for key, shown in cells(release(sent, 0, windows)).items() if shown.state in _COUNTED}
    for number in range(keys):
        made = build(tally, LADDER, windows, keys_of(number))
        assert number or whole.items() <= made.items()
        yield {key: made[key] for key in whole}


def cells(releases: Iterable[Release]) -> dict[CellKey, Protected]:
    """What is published, by cell."""
    return {key: shown for one in releases for key, shown in published_release(one).cells.items()}


def differing(
    less: Iterable[SentRecord], more: Iterable[SentRecord], windows: Sequence[str] = YEAR
) -> dict[CellKey, Change]:
    """Cells that count another number of children in the world with more, first that world's."""
    there, here = counted(more), counted(less)
    return changes(there, here, [key for window in windows for key in LADDER.grid(window, there.shape)])


def pairs(
    less: Sequence[SentRecord], more: Sequence[SentRecord], windows: Sequence[str] = YEAR, keys: int = KEYS
) -> Iterator[tuple[dict[CellKey, Protected], dict[CellKey, Protected]]]:
    """What is published in each of two worlds, under fresh keys."""
    yield from zip(*(published(world, windows, keys) for world in (less, more)), strict=True)


def play(
    less: Sequence[SentRecord], more: Sequence[SentRecord], windows: Sequence[str] = YEAR, keys: int = KEYS
) -> Game:
    """The guesser against the releases of both worlds, under fresh keys; a tie is a coin."""
    found = differing(less, more, windows)
    right = 0.0
    for without, with_it in pairs(less, more, windows, keys):
        told = [
            log_ratio((change, _value(shown[key])) for key, change in found.items()) for shown in (with_it, without)
        ]
        right += (told[0] > 0) + 0.5 * (told[0] == 0) + (told[1] < 0) + 0.5 * (told[1] == 0)
    return Game(right, 2 * keys, rho(found.values()), found)


def _value(shown: Protected) -> int | None:
    assert shown.state in _COUNTED
    return shown.value
