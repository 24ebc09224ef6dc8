"""The signals that name wards and towns: which are open, and what each says. Never a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from analysis.signals.sentences import NAMES, explain
from dashboards.signals.view import CLOSED_SHOWN, OPERATIONAL
from dashboards.where.figures import Level
from models.register import Board
from models.signals import Recurrence
from models.store import SignalRow


@dataclass(frozen=True)
class NamedPlaces:
    """One signal about children."""

    name: str
    """What there is more of, such as `CSE concerns`."""
    codes: tuple[str, ...]
    where: str
    words: str
    opened_on: date
    closed_on: date | None

    def names(self, code: str, board: Board) -> bool:
        """Whether it names a place, its town, or a ward of it."""
        near = {ward.town for ward in board.wards if ward.code == code}
        near |= {ward.code for ward in board.wards if ward.town == code}
        return bool({code, *near} & set(self.codes))


def named_places(connection: Connection, board: Board, today: date) -> tuple[NamedPlaces, ...]:
    """The open signals of a board, and those closed in the last year, newest first."""
    rows = connection.execute(
        select(SignalRow.__table__)
        .where(SignalRow.board == board.code, SignalRow.kind.not_in(OPERATIONAL))
        .order_by(SignalRow.opened_on.desc(), SignalRow.signal_id)
    ).mappings()
    return tuple(
        _named(row, board) for row in rows if row["closed_on"] is None or today - row["closed_on"] <= CLOSED_SHOWN
    )


def _named(row: RowMapping, board: Board) -> NamedPlaces:
    codes = tuple(row["areas"].split())
    names = {board.code: board.name} | {t.code: t.name for t in board.towns} | {w.code: w.name for w in board.wards}
    level = "board" if codes == (board.code,) else "town" if "-T" in codes[0] else "ward"
    known = [names.get(code, "a ward of earlier bounds") for code in codes]
    words = explain(row["kind"], known, level, row["starts_on"], row["ends_on"], Recurrence(row["recurrence"]))
    return NamedPlaces(NAMES[row["kind"]], codes, ", ".join(known), words, row["opened_on"], row["closed_on"])


def marks(signals: Sequence[NamedPlaces], board: Board, level: Level) -> dict[str, str]:
    """How open signals name the places of one level: `names it`, `names its town`, `names a ward of it`."""
    opened = {code for signal in signals if signal.closed_on is None for code in signal.codes}
    found = {}
    for ward in board.wards:
        if level == "ward" and {ward.code, ward.town} & opened:
            found[ward.code] = "names it" if ward.code in opened else "names its town"
        if level == "town" and ward.code in opened:
            found[ward.town] = "names a ward of it"
    if level == "town":
        found |= {town.code: "names it" for town in board.towns if town.code in opened}
    return found
