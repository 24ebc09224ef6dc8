"""Reads all that the papers of a board say, once: the releases, needs, signals, actions and returns that pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboards import breaks
from dashboards.actions.view import ActionsPage, actions_page
from dashboards.findings.board import findings_of
from dashboards.findings.finding import Findings
from dashboards.geography.files import Maps
from dashboards.inspection.view import InspectionRow, inspection_rows
from dashboards.measures.known import Known
from dashboards.measures.notices import notices_of
from dashboards.pack.figures import Figures
from dashboards.queries import board_page
from dashboards.queries.freshness import Freshness
from dashboards.queries.returns import AgencyRow
from dashboards.signals.view import SignalsPage, signals_page
from dashboards.training.needs import NeedRow, need_rows
from dashboards.training.view import TrainingPage, of, training_page
from dashboards.where.figures import PlaceFigures, place_figures
from dashboards.where.named import NamedPlaces, named_places
from dashboards.words import sector_words
from models.contract.periods import bounds
from models.register import Board, Duties, Register
from models.releases import Release
from models.store.remedies import Left

QUARTERS = 4
"""How many quarters of returns the papers show."""


@dataclass(frozen=True)
class Source:
    """What the papers are written from."""

    known: Known
    window: str
    """What the papers are about: the newest of the board's longest windows that is shown, else the newest of any."""
    release: Release
    body: bytes
    """Its stored bytes."""
    figures: Figures
    training: TrainingPage | None
    needs: tuple[NeedRow, ...]
    """All priorities, in order of rank."""
    findings: Findings
    """As the overview has them."""
    signals: SignalsPage
    actions: ActionsPage
    returns: tuple[AgencyRow, ...]
    """Newest quarter first; the papers show as many as there are `quarters`."""
    quarters: tuple[str, ...]
    fresh: Freshness
    left: Left
    notices: tuple[str, ...]
    """Correction notices on releases that the papers show."""
    places: PlaceFigures
    """What is released by ward and town."""
    named: tuple[NamedPlaces, ...]
    """Where signals are."""
    inspected: tuple[InspectionRow, ...]
    """Each paragraph of the review, with what the board can show for it."""
    maps: Maps
    today: date

    @property
    def board(self) -> Board:
        """Whose papers they are."""
        return self.known.board

    @property
    def register(self) -> Register:
        """The register in force."""
        return self.known.register

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors of the release, by name."""
        return tuple(sorted(self.known.boards[self.window].sectors(), key=sector_words))


def newest(known: Known) -> str:
    """The window that the papers are about; empty while no release is shown."""
    if known.release is not None:
        return known.headline
    return max(known.documents.shown, key=lambda window: bounds(window)[::-1], default="")


def read(
    connection: Connection, register: Register, board: Board, today: date, maps: Maps, *, sees_waiting: bool = False
) -> Source | None:
    """All of it as of a day; None while no release is shown.

    `sees_waiting`: whoever takes the papers may see which releases wait.
    """
    known = Known(connection, register, board, today)
    shown = known.documents.shown
    if not shown:
        return None
    window = newest(known)
    apart = breaks.years_apart(board, known.documents.shown)
    findings = of(known.documents, Duties.of(register, board), apart) if board.has_sectors else None
    page, signals = board_page(connection, register, board), signals_page(connection, register, board, today)
    return Source(
        known=known,
        window=window,
        release=shown[window],
        body=known.documents.bodies[window],
        figures=Figures(known, window),
        training=training_page(findings, today) if findings else None,
        needs=tuple(need_rows(findings)) if findings else (),
        findings=findings_of(connection, known, page, signals, sees_waiting=sees_waiting),
        signals=signals,
        actions=actions_page(connection, register, board, today),
        returns=page.agencies,
        quarters=page.quarters[:QUARTERS],
        fresh=page.freshness,
        left=page.left,
        notices=tuple(words for of, words in notices_of(connection, board.code) if of in shown),
        places=place_figures(connection, board.code),
        named=tuple(named_places(connection, board, today)),
        inspected=inspection_rows(known),
        maps=maps,
        today=today,
    )
