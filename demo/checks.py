"""The demo's own checks at the end: on each board, what was planted is where a reader looks for it."""

from __future__ import annotations

from collections.abc import Mapping

from demo.boards import LARGE, SMALL
from demo.household import say
from demo.planted import Planted
from demo.provider.people import OF_THE_LARGE_BOARD, OF_THE_SMALL_BOARD, PEOPLE
from demo.shown import (
    Read,
    boards_listed,
    measures_with_a_figure,
    needs_shown,
    planted_needs,
    themes_with_a_figure,
    training_page,
    voices_page,
)
from demo.signals import Score
from demo.visitor import DemoVisitor
from models.register import Register

MEASURES = 20
"""M1 to M21 without M3, which releases no longer have."""


def of_every_size(read: Read, register: Register, releases: Mapping[str, int]) -> dict[str, bool]:
    """What holds with any number of children: every board has releases, and the first page leads to each."""
    boards = {board.code for board in register.boards}
    return {
        "the first page leads to every board": set(boards_listed(read)) == boards,
        "every board has releases": all(releases[board] > 0 for board in boards),
    }


def of_people(url: str) -> dict[str, bool]:
    """Everybody whom the sign-in offers is let in under their name, and who serves one board is refused the other."""
    named = []
    for person in PEOPLE:
        with DemoVisitor(url, person) as visitor:
            named.append(f"Signed in as {person.name} (" in visitor.landed)
    with DemoVisitor(url, OF_THE_LARGE_BOARD) as large, DemoVisitor(url, OF_THE_SMALL_BOARD) as small:
        own = (large.status(f"boards/{LARGE}"), small.status(f"boards/{SMALL}"))
        others = (large.status(f"boards/{SMALL}"), small.status(f"boards/{LARGE}"))
    return {
        "everybody whom the sign-in offers is let in": all(named),
        "nobody of one board sees the other": (own, others) == ((200, 200), (403, 403)),
    }


def of_signals(scores: Mapping[str, Score], planted: Mapping[str, Planted]) -> dict[str, bool]:
    """At full size: the large board's rise is a signal, and no board has more false signals than nominal.

    The small board's rise has fourteen children in four months: whether it becomes a signal is chance.
    """
    return {
        "the planted rise is a signal, and no more false ones came than nominal": scores[LARGE].found,
        "no board has more false signals than nominal": all(score.few_false for score in scores.values()),
        "the agency that fell silent has a signal, on each board": all(
            planted[board]["silent_agency"] in score.silent for board, score in scores.items()
        ),
    }


def of_the_year(read: Read, planted: Mapping[str, Planted], register: Register, years: int) -> dict[str, bool]:
    """At full size and with financial years released: the large board's page shows every measure and planted needs.

    On the ladder in use every need takes the year before, so one must be likely only if two years are released.
    """
    shown, needs = measures_with_a_figure(read, LARGE), needs_shown(training_page(read, LARGE))
    likely = {need for need, standing in needs.items() if standing == "likely"}
    say(f"{LARGE}: {len(shown)} of {MEASURES} measures show a figure for the year; likely needs: {sorted(likely)}")
    sound = likely <= planted_needs(planted[LARGE], register) and (years < 2 or bool(likely))
    return {
        "every released measure shows a figure for the year": len(shown) == MEASURES,
        "what people said is shown": bool(themes_with_a_figure(voices_page(read, LARGE))),
        "every training need called likely is planted, and there is one": sound,
    }
