"""A board's sectors against what we expect of them: their own past for concerns, the other sectors for signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analysis.disclosure.accuracy import told_share_change
from analysis.shown.quotients import Quotient
from analysis.training.released import ReleasedFigure
from dashboards import breaks, states
from dashboards.measures.entries import told
from dashboards.measures.known import Known
from dashboards.training import view as training
from dashboards.words import capital, sector_words
from models.register import Duties

FEWER = "fewer than we expect"
MORE = "more than we expect"
AS_EXPECTED = "as we expect: the likely range includes 1"
CHANCE = "as we expect: chance alone can make this difference"
CANNOT = "cannot be compared"


Compared = Mapping[str, tuple[ReleasedFigure, ReleasedFigure]]
"""Sector -> its figures now and in the year before, of sectors that have both."""


class ExpectedRow(NamedTuple):
    """The concerns of one sector, as a multiple of what its own year before would lead us to expect."""

    sector: str
    figure: str
    beside: str
    """The likely range; empty without one."""
    told: str


class SignRow(NamedTuple):
    """A sector and a kind of sign that it records less of than we would expect."""

    sector: str
    about: str
    figure: str
    beside: str
    standing: str


def expected_rows(known: Known) -> tuple[ExpectedRow, ...]:
    """A row for each sector, by name; none for a board without figures by sector."""
    _, split = known.tables("m4", (known.headline,) if known.headline else ())
    lines = [line for line in (split.lines if split else ()) if line.entries]
    pairs = {line.name: (line.entries[0].cell, line.entries[1].cell) for line in lines}
    compared = {
        name: (now, then)
        for name, (now, then) in pairs.items()
        if now is not None and then is not None and now.value is not None and then.value is not None
    }
    found = []
    for line in lines:
        shown, beside, _ = told(split.columns[2], line.entries[2]) if split else (states.NO_BASE, "", "")
        words = _words(line.name, compared, line.entries[2].quotient)
        found.append(ExpectedRow(sector_words(line.name), shown.text, beside, words))
    return tuple(sorted(found))


def _words(sector: str, compared: Compared, ratio: Quotient | None) -> str:
    """A sector's share of all concerns beside that of the year before: neither error nor chance may explain it."""
    if sector not in compared or ratio is None or ratio.value is None or ratio.low is None or ratio.high is None:
        return CANNOT
    if ratio.low <= 1 <= ratio.high:
        return AS_EXPECTED
    now, then = compared[sector]
    sums = [float(sum(pair[at].value or 0 for pair in compared.values())) for at in (0, 1)]
    shares = [(float(cell.value or 0), whole) for cell, whole in zip((now, then), sums, strict=True)]
    least = told_share_change(shares[0], shares[1], (now.rule, then.rule), len(compared))
    by = shares[0][0] / shares[0][1] - shares[1][0] / shares[1][1]
    if abs(by) < least:
        return CHANCE
    return MORE if by > 0 else FEWER


def sign_rows(known: Known) -> tuple[tuple[SignRow, ...], int]:
    """The pairs of a sector and a kind of sign that are clearly below what we expect, by name, and how many could be
    weighed."""
    if not known.board.has_sectors:
        return (), 0
    apart = breaks.years_apart(known.board, known.documents.shown)
    findings = training.of(known.documents, Duties.of(known.register, known.board), apart)
    if findings is None:
        return (), 0
    below = (need for need in findings.priorities if need.moves == "m18")
    rows = (
        SignRow(
            sector_words(need.sector),
            capital(need.about),
            f"{need.ratio:.2f}",
            f"{need.low:.2f} to {need.high:.2f}",
            need.standing,
        )
        for need in below
    )
    return tuple(sorted(rows)), findings.pairs_weighed
