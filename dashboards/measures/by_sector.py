"""What a table by sector says, in a sentence: sectors in the order of their names, so that nobody is ranked. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.shown.measure import PageTable
from analysis.shown.quotients import Quotient
from dashboards.words import listed, sector_words, uncapital

NONE_APART = "No sector raises a clearly smaller or larger share of concerns than its own past would lead us to expect."


def against_past(table: PageTable) -> tuple[str, ...]:
    """Which sectors raise clearly less, and more, than their own past would lead us to expect; by their likely range.

    The last column of the table is the ratio to what is expected.
    """
    ratios = [(line.name, line.entries[-1].quotient) for line in table.lines if line.entries]
    known = [(name, ratio) for name, ratio in ratios if ratio is not None and ratio.value is not None]
    low = [name for name, ratio in known if ratio.high is not None and ratio.high < 1]
    high = [name for name, ratio in known if ratio.low is not None and ratio.low > 1]
    said = [
        f"{words} of concerns than its own past would lead us to expect: {_named(names)}."
        for words, names in (("A smaller share", low), ("A larger share", high))
        if names
    ]
    return tuple(said) or ((NONE_APART,) if known else ())


def recorded_too(shares: Sequence[tuple[str, Quotient]]) -> tuple[str, ...]:
    """The share of each sector that has a figure, in the order given."""
    told = [f"{uncapital(sector_words(name))} {100 * one.value:.0f}%" for name, one in shares if one.value is not None]
    about = "Of the children whom a sector knew and of whom another recorded a sign, it recorded one too"
    return (f"{about}: {', '.join(told)}.",) if told else ()


def _named(sectors: Sequence[str]) -> str:
    return listed([uncapital(sector_words(name)) for name in sectors])
