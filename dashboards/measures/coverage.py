"""The heat table of coverage: about how many children each sector recorded which signs, and where none were to see."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from analysis.shown import measure as shown
from analysis.shown.measure import PageTable
from analysis.training.released import ReleasedFigure
from dashboards import states
from dashboards.measures.entries import name_of
from dashboards.measures.known import Known
from dashboards.pictures.heat import HeatCell, HeatRow, heat_table, look_of
from dashboards.words import capital, listed, quarter, sector_words
from models.catalogue import shipped

NOTE = (
    "A sector that knows more children is darker, and darker is not better. "
    "An entry of fewer than 10 is a reason to ask, where the sector is in a position to see such signs. Not recorded "
    "is not the same as not seen, and not seen is no fault: the sector may have no contact with such children. What an "
    "agency keeps as free text only is in no figure."
)


@dataclass(frozen=True)
class Coverage:
    """The heat table of one window, with what it says first."""

    window: str
    table: Markup
    texts: frozenset[str]
    """Its entries, for the key."""
    prompts: tuple[tuple[str, str], ...]
    """A sector, and the kinds of sign that it is expected to see and recorded about fewer than 10 children."""
    note: str = NOTE


def coverage_heat(known: Known, key: str = "coverage") -> Coverage | None:
    """Sectors by kind of sign, for the newest of the longest windows; None for a release that has no sectors."""
    board = known.boards.get(known.headline)
    if board is None or not board.sectors():
        return None
    caption = f"Children about whom each sector recorded a sign, {quarter(known.headline)}"
    table = shown.coverage(board)
    texts = frozenset(cell.text for row in _rows(table) for cell in row.cells)
    prompts = tuple((sector_words(sector), listed(few)) for sector, few in shown.prompts(board, shipped()))
    return Coverage(known.headline, heat(key, caption, table), texts, prompts)


def heat(key: str, caption: str, table: PageTable) -> Markup:
    """A table of sectors by kind of sign, shaded by how many children its cells show."""
    return heat_table(key, caption, "Sector", [capital(column.words) for column in table.columns], _rows(table))


def _rows(table: PageTable) -> list[HeatRow]:
    return [HeatRow(name_of(line.name), tuple(_cell(entry.cell) for entry in line.entries)) for line in table.lines]


def _cell(cell: ReleasedFigure | None) -> HeatCell:
    if cell is None:
        return HeatCell(states.NOT_IN_RELEASE.text, "nothing")
    told = states.show(states.ReleasedCell(cell.state, cell.value, cell.rule))
    return HeatCell(told.text, look_of(cell.state, cell.value), told.meaning)
