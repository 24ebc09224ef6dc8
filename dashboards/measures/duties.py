"""Whom a share is charged to: who owes the interview, the screening or the response, not who recorded the child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analysis.measures.registry import BY_ID
from analysis.shown import measure as shown
from dashboards.measures.entries import TableRow, rows
from dashboards.measures.known import Known
from dashboards.words import capital, sector_words
from models.register import Role

WORK: Mapping[Role, str] = {
    "interviews": "return interviews",
    "screenings": "screenings",
    "responses": "responses",
    "lead": "plans and lead practitioners",
}
"""Sorts of work within a sentence."""


class Charge(NamedTuple):
    """What stands with a table by sector of a measure that asks for work."""

    rows: tuple[TableRow, ...] = ()
    """The whole board's row, under the name of whoever owes the work."""
    words: str = ""


def charged(known: Known, measure: str) -> Charge:
    """Of a measure (`m8`) that asks for work which the sector of a row need not owe; nothing of others."""
    duties = {count.duty for count in BY_ID[measure].counts if count.duty is not None}
    if not duties or known.headline not in known.boards:
        return Charge()
    [duty] = duties
    owing = sorted({sector_words(a.sector) for a in known.register.agencies_of(known.board.code) if duty in a.owes})
    work = WORK[duty]
    others = (
        "The rows of sectors say what became of the children whom each recorded; that is not theirs alone to answer."
    )
    if not owing:
        return Charge((), f"The register names nobody who owes {work} (`owes`), so that no sector is charged. {others}")
    who = " and ".join(owing)
    whole = shown.whole_board(measure, known.boards[known.headline])
    row = rows(whole, lambda _: f"Whole board, owed by {who}")
    return Charge(row, f"{capital(work)} are owed by {who}, and the row of the whole board is charged there. {others}")
