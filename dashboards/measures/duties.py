"""Who is charged with a share of work: whoever owes the interview, screening or response, not who saw the child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analysis.measures.columns import Column
from analysis.measures.registry import BY_ID
from analysis.shown import measure as shown
from dashboards.measures.entries import TableRow, rows
from dashboards.measures.known import Known
from dashboards.words import capital, sector_words
from models.register import Duties, Role

IN_WORDS: Mapping[Role, str] = {
    "interviews": "return interviews",
    "screenings": "screenings",
    "responses": "responses",
    "lead": "plans and lead practitioners",
}
"""The sorts of work, as words within a sentence."""


class Charge(NamedTuple):
    """What is added to a measure's table by sector, if the measure asks for work."""

    rows: tuple[TableRow, ...] = ()
    """The row of the whole board, under the name of whoever owes the work."""
    words: str = ""
    columns: tuple[Column, ...] = ()
    """The columns of that row."""


def charged(known: Known, measure: str, columns: tuple[Column, ...] = ()) -> Charge:
    """What is added for a measure (`m8`) that asks for work, since a row's sector need not owe it. Else nothing.

    `columns` are those of the table by sector; without one, the board's are shown.
    """
    duties = {count.duty for count in BY_ID[measure].counts if count.duty is not None}
    if not duties or known.headline not in known.boards:
        return Charge()
    [duty] = duties
    owing = sorted(sector_words(sector) for sector in Duties.of(known.register, known.board).who(duty))
    work = IN_WORDS[duty]
    others = (
        "The rows of sectors say what became of the children whom each recorded. A sector alone cannot answer for that."
        if columns
        else "It is not released by sector, so that each record changes few figures."
    )
    nobody = f"The register names nobody who owes {work} (`owes`), so no sector is charged. {others}"
    if columns and not owing:
        return Charge((), nobody)
    who = " and ".join(owing) or "nobody whom the register names"
    whole = shown.whole_board(measure, known.boards[known.headline], columns)
    if not whole.lines:
        return Charge()
    row = rows(whole, lambda _: f"Whole board, owed by {who}")
    words = f"{capital(work)} are owed by {who}, to which the row of the whole board is charged. {others}"
    return Charge(row, words if owing else nobody, whole.columns)
