"""The map for paper: the one that the page shows first, drawn by the same function, without links."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.geography.files import Maps
from dashboards.where.figures import PlaceFigures
from dashboards.where.named import NamedPlaces
from dashboards.where.view import MapPicture, where_page
from models.register import Board, Register


def paper_map(
    figures: PlaceFigures, register: Register, board: Board, maps: Maps, signals: Sequence[NamedPlaces]
) -> tuple[str, MapPicture] | None:
    """The title and the map that the page "Where" shows first; None if nothing is released by ward or town.

    The picture is 720 px wide and of any height; a style sheet may set another width (`svg.map`). Each entry of the
    key has a title, so that none is without words in a tagged PDF.
    """
    page = where_page(figures, register, board, maps, signals, links=False)
    return (page.title, page.map) if page is not None and page.map is not None else None
