"""Builds the map page: one measure in one window, as a map, a table and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from analysis.measures.registry import MEASURE_WORDS
from dashboards import breaks
from dashboards.errors import NotShown
from dashboards.exports.lines import measure_order
from dashboards.geography.files import Kind, Laid, Maps, path_of
from dashboards.pictures.area_map import MapArea, area_map, swatch
from dashboards.queries.releases import Released
from dashboards.where.entries import PlaceRow, class_of, class_words, names_of, place_rows, texts_of
from dashboards.where.figures import PlaceFigures, Shown
from dashboards.where.finding import PLURAL, findings, searched
from dashboards.where.named import NamedPlaces, marks
from dashboards.where.slopes import Slopes, slopes_of
from dashboards.words import capital, quarter
from models.contract.periods import kind_of
from models.register import Board, Register

KINDS: Mapping[Kind, str] = {"outlines": "Outlines of wards and towns", "hexagons": "Hexagons of one size"}


AsOf = Callable[[Released], tuple[Register, Board]]
"""A release -> the register and the board that say which places it counts by."""


class NothingThere(NotShown):
    """What was asked for is not released."""


class Option(NamedTuple):
    """One entry of a list to choose from."""

    value: str
    words: str
    chosen: bool


class Step(NamedTuple):
    """A link to the same map of another window."""

    href: str
    words: str


@dataclass(frozen=True)
class MapPicture:
    """The map, and what stands around it."""

    picture: Markup
    key: tuple[tuple[Markup, str], ...]
    """How each class and state looks, and its words."""
    kind: Kind
    from_outlines: bool
    credit: str


@dataclass(frozen=True)
class WherePage:
    """All of the page."""

    shown: Shown
    measure: str
    title: str
    """What is shown, as the caption of map and table."""
    windows: tuple[Option, ...]
    measures: tuple[Option, ...]
    kinds: tuple[Option, ...]
    instead: tuple[Step, ...]
    """If the measure is not released for what was chosen: for what it is."""
    findings: tuple[str, ...]
    searched: str
    breaks: tuple[str, ...]
    map: MapPicture | None
    slopes: Slopes | None
    """The same places in this window and the one before, where they may be compared."""
    linked: frozenset[str]
    """The codes of places that have a page: those of the bounds in force now."""
    bounds: str
    """The name of the bounds that the map is of, as the register has it."""
    rows: tuple[PlaceRow, ...]
    all_few: bool
    """Whether every place is "fewer than 10"."""
    compared: bool
    signals: tuple[NamedPlaces, ...]
    """The open ones."""
    release: Released
    earlier: Step | None
    later: Step | None
    file_name: str
    """If there are no outlines: the name of the file that would have them."""

    @property
    def texts(self) -> frozenset[str]:
        """Every entry of its table."""
        return texts_of(self.rows)


def where_page(
    figures: PlaceFigures, register: Register, board: Board, maps: Maps, signals: Sequence[NamedPlaces],
    show: str = "", measure: str = "", kind: str = "", as_of: AsOf | None = None, *, links: bool = True,
) -> WherePage | None:  # fmt: skip
    """The page of a choice; an empty part of it gets a default. None if nothing is released by ward or town.

    `register` and `board` are as of now; `as_of` finds them as of a release that was counted by other bounds. Without
    `links` the map is for paper. Raises `NothingThere` for places and a window without a figure.
    """
    offered = figures.offered()
    if not offered:
        return None
    chosen = next((one for one in offered if one.name == show), None) if show else offered[0]
    if chosen is None:
        raise NothingThere
    every = sorted({name for _, name in figures.levels}, key=measure_order)
    name = measure if measure in every else every[0]
    here = name in figures.measures(chosen)
    open_now = tuple(signal for signal in signals if signal.closed_on is None)
    release = figures.releases[chosen.window]
    then, places = as_of(release) if as_of is not None else (register, board)
    rows = place_rows(figures, places, chosen, name, marks(signals, places, chosen.level)) if here else ()
    laid = {one: maps.laid(then, places, one, by_town=chosen.level == "town") for one in KINDS}
    drawn: Kind = "hexagons" if kind == "hexagons" or laid["outlines"] is None else "outlines"
    title = f"{capital(MEASURE_WORDS.get(name, name))}, by {chosen.level}, {quarter(chosen.window)}"
    order = [one for one in offered if one.level == chosen.level and kind_of(one.window) == kind_of(chosen.window)]
    at = order.index(chosen)
    missing = path_of(maps.directory, places.boundary_set) if laid["outlines"] is None else None

    def step(to: Shown, words: str = "") -> Step:
        address = f"/boards/{board.code}/where?show={to.name}&measure={name}&map={drawn}"
        return Step(address, words or shown_words(to))

    return WherePage(
        shown=chosen,
        measure=name,
        title=title,
        windows=tuple(Option(one.name, shown_words(one), one == chosen) for one in offered),
        measures=tuple(Option(one, capital(MEASURE_WORDS.get(one, one)), one == name) for one in every),
        kinds=tuple(Option(one, words, one == drawn) for one, words in KINDS.items() if laid[one] is not None),
        instead=() if here else tuple(step(one) for one in offered if name in figures.measures(one)),
        findings=findings(rows, chosen.level, chosen.window),
        searched=searched(rows, chosen.level),
        breaks=breaks.of_window(board, chosen.window, release, figures.earlier(chosen.window), places=True),
        map=map_of(title, chosen, rows, laid[drawn], board, links=links) if rows else None,
        linked=frozenset(names_of(board)),
        bounds=places.boundary_set,
        slopes=slopes_of(rows, f"{title}, and the period before", chosen.window),
        rows=rows,
        all_few=bool(rows) and all(row.few for row in rows),
        compared=any(row.before is not None for row in rows),
        signals=open_now,
        release=release,
        earlier=step(order[at + 1], f"Earlier: {quarter(order[at + 1].window)}") if at + 1 < len(order) else None,
        later=step(order[at - 1], f"Later: {quarter(order[at - 1].window)}") if at else None,
        file_name=missing.name if missing else "",
    )


def shown_words(shown: Shown) -> str:
    """`Wards, April 2025 to March 2026`."""
    return f"{capital(PLURAL[shown.level])}, {quarter(shown.window)}"


def map_of(
    title: str, shown: Shown, rows: Sequence[PlaceRow], laid: Laid | None, board: Board, *, links: bool = True
) -> MapPicture | None:
    """The map of a table's rows and its key; None without a ground. Without `links` it is for paper."""
    if laid is None:
        return None
    now = names_of(board)
    areas = [_area(shown, row, f"/boards/{board.code}/places/{row.code}" if row.code in now else "") for row in rows]
    return MapPicture(
        area_map("map", title, laid.ground, areas, links=links),
        tuple(_key(shown, rows)),
        laid.kind,
        laid.from_outlines,
        laid.credit,
    )


def _area(shown: Shown, row: PlaceRow, href: str) -> MapArea:
    value = row.cell.value if row.cell is not None else None
    heard = f"{row.shown.text}{row.in_range}" + (f"; {row.change} on the period before" if row.change else "")
    return MapArea(
        code=row.code,
        name=row.name,
        text=row.shown.text,
        said=heard,
        rank=None if value is None else class_of(shown.level, value),
        few=row.few,
        signal=row.signal,
        href=href,
    )


def _key(shown: Shown, rows: Sequence[PlaceRow]) -> Iterator[tuple[Markup, str]]:
    """Every class, whether it is on this map or not; "fewer than 10"; and the other states that are."""
    for rank, words in enumerate(class_words(shown.level)):
        yield swatch(f"key-{rank}", f"{words} children", rank), f"{words} children"
    few = next((row.shown.text for row in rows if row.few), "fewer than 10")
    yield swatch("key-few", few, few=True), f"{few}, perhaps none"
    states = sorted({row.shown.text for row in rows if not row.few and (row.cell is None or row.cell.value is None)})
    for at, words in enumerate(states):
        yield swatch(f"key-state-{at}", words), words
