"""Training needs in words: how far below what we would expect, on what it rests, what should move and by when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from analysis.measures.registry import BY_ID, MEASURE_WORDS
from analysis.shown.training import Training
from analysis.training.effect import latest_for, shows_in
from analysis.training.needs import LATE_MATERIAL, NOT_NEEDS, Need
from analysis.training.posterior import MATERIAL
from dashboards.pictures.needs import NeedPoint, needs_picture
from dashboards.words import capital, day, quarter, sector_words, uncapital

RANKS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SHOULD_MOVE = {
    "m2": "the share of children whom it raised no later than 30 days after another agency",
    "m4": "the number of children with a new concern from it",
    "m7": "the share of children who are screened after a concern",
    "m18": "the share of these children whom it records too",
}
"""Measure -> the figure that training should raise."""


@dataclass(frozen=True)
class NeedRow:
    """One need in words."""

    rank: str
    """`first`, or `joint first` where others share it."""
    sector_code: str
    sector: str
    topic: str
    """Its code."""
    about: str
    moves: str
    """Number of the measure that should move: `m6`."""
    measure: str
    """The name of that measure."""
    standing: str
    """`likely` or `worth asking`."""
    probability: str
    against: str
    """How far it is from what we would expect, in words: `57% less than we would expect`."""
    interval: str
    """The range of that, in words: `48% to 65% less`."""
    ratio: float
    rests_on: str
    """The evidence for the need itself, as released."""
    beside: tuple[tuple[str, str], ...]
    """The sector's other figures: what is counted, and its entry in the release."""
    left_out: tuple[str, ...]
    """Sectors that it could not be compared with, each with the reason."""
    aim: str
    """The figure that should move, from what to what, in a sentence."""
    point: NeedPoint
    """The same for the picture."""


def need_rows(findings: Training) -> list[NeedRow]:
    """The priorities, in order of rank; needs that share a rank say so."""
    ranks = [need.rank for need in findings.needs]
    return [need_row(need, ranks.count(need.rank) > 1) for need in findings.priorities]


def picture_of(rows: list[NeedRow], key: str = "needs") -> Markup:
    """The needs as ranges, in the order of the table."""
    return needs_picture(f"{key}-picture", "Needs: what each sector does, against what we would expect",
                         [row.point for row in rows], MATERIAL)  # fmt: skip


def by_when(today: date) -> str:
    """From which figures on training that is held now can be seen to work, in a sentence."""
    year = shows_in(today)
    return (
        f"What is trained by {day(latest_for(year))} can show in the figures of {quarter(year)}. They are released "
        "after that year. What is trained later shows a year later."
    )


def rank_words(rank: int, shared: bool) -> str:
    """`first`, `joint first`, `11th`."""
    word = RANKS[rank - 1] if rank <= len(RANKS) else f"{rank}th"
    return f"joint {word}" if shared else word


def less_words(ratio: float) -> str:
    """What a multiple of what is expected means: `57% less`, `as much`, `12% more`."""
    part = round(100 * (ratio - 1))
    return "as much" if part == 0 else f"{abs(part)}% {'more' if part > 0 else 'less'}"


def range_words(low: float, high: float) -> str:
    """A range of multiples: `48% to 65% less`, `20% less to 10% more`."""
    least, most = less_words(high), less_words(low)
    if least.endswith(" less") and most.endswith(" less"):
        return f"{least.removesuffix(' less')} to {most}"
    return f"{most} to {least}"


def not_needs() -> tuple[tuple[str, str], ...]:
    """What gives no needs: the name of each measure, and the reason."""
    return tuple((BY_ID[measure].definition.title, reason) for measure, reason in NOT_NEEDS)


def need_row(need: Need, shared: bool) -> NeedRow:
    """One need in words."""
    sector, about, against = sector_words(need.sector), capital(need.about), less_words(need.ratio)
    interval = range_words(need.low, need.high)
    return NeedRow(
        rank=rank_words(need.rank, shared),
        sector_code=str(need.sector),
        sector=sector,
        topic=str(need.topic),
        about=about,
        moves=need.moves,
        measure=BY_ID[need.moves].definition.title,
        standing=need.standing,
        probability=_likely(need.probability),
        against=f"{against} {'as' if against == 'as much' else 'than'} we would expect",
        interval=interval,
        ratio=need.ratio,
        rests_on=_rests_on(need),
        beside=tuple((capital(MEASURE_WORDS.get(name, name)), text) for name, text in need.evidence[1:]),
        left_out=_left_out(need.left_out),
        aim=_aim(need),
        point=NeedPoint(f"{sector}: {uncapital(about)}", f"{against} ({interval})", need.ratio, need.low, need.high),
    )


def _aim(need: Need) -> str:
    """`The number of children with a new concern from it should rise from 125 to about 235 or more.`"""
    what = capital(SHOULD_MOVE[need.moves])
    if need.aim is None:
        return f"{what} should rise. It is too small to say to what."
    least = 100 * round(1 - (LATE_MATERIAL if need.moves == "m2" else MATERIAL), 2)
    now, to = need.aim
    if need.moves == "m4":
        words = f"from {now:,.0f} to about {5 * round(to / 5):,} or more"
    else:
        words = f"from {100 * now:.0f}% to about {5 * round(20 * to)}% or more"
    return f"{what} should rise {words}. That is {least:.0f}% less than we would expect, where a need begins."


def _rests_on(need: Need) -> str:
    own, text = need.evidence[0]
    if need.moves == "m4":
        return f"{capital(text)} children with a new concern recorded by the sector"
    _, more = need.evidence[1]
    if need.moves == "m18":
        return f"It recorded {text}, and missed {more}, of children whom it knew and of whom another sector recorded it"
    return f"{_part(text)} of {more}: {uncapital(MEASURE_WORDS[own])}"


def _part(text: str) -> str:
    """`15`, or `About 10 or fewer, or none,`: as the start of a sentence."""
    return capital(text) + ("," if "," in text else "")


def _left_out(texts: tuple[str, ...]) -> tuple[str, ...]:
    """`m6_online police: no return` as `Police: no return`, each once: the figures of both years are named there."""
    said = (text.partition(" ")[2].partition(": ") for text in texts)
    return tuple(dict.fromkeys(f"{sector_words(sector)}: {state}" for sector, _, state in said))


def _likely(probability: float) -> str:
    if probability >= 0.995:
        return "over 99%"
    return f"{100 * probability:.0f}%" if probability >= 0.01 else "under 1%"
