"""Builds the page of one ward or town: what is released of it over the years, among the others of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analysis.measures.registry import MEASURE_WORDS
from dashboards import breaks
from dashboards.exports.lines import measure_order
from dashboards.pictures.among import Among, among
from dashboards.pictures.series import SeriesPoint, series
from dashboards.where.entries import PlaceRow, likely, names_of, place_rows, population_of, texts_of
from dashboards.where.figures import Level, PlaceFigures, Shown
from dashboards.where.finding import PLURAL
from dashboards.where.named import NamedPlaces, marks
from dashboards.where.view import NothingThere, Step
from dashboards.words import KINDS, capital, quarter, short_quarter
from models.contract.periods import PeriodKind, kind_of
from models.register import Board, Ward

FEWEST, STRIP = 3, 4
"""Periods of a picture over time; and the newest ones of which the others are drawn too."""


@dataclass(frozen=True)
class PlaceSection:
    """One measure by one kind of period."""

    key: str
    title: str
    pictures: tuple[tuple[str, Markup], ...]
    lines: tuple[PlaceLine, ...]
    """Newest first."""
    rated: bool


@dataclass(frozen=True)
class PlaceLine:
    """One period."""

    window: str
    row: PlaceRow
    others: str
    """What the other places of its kind show, in words."""
    note: str
    """Where the series breaks."""


@dataclass(frozen=True)
class PlacePage:
    """All of the page."""

    code: str
    name: str
    level: Level
    town: Step | None
    """Of a ward."""
    wards: tuple[Step, ...]
    """Of a town."""
    neighbours: tuple[Step, ...]
    population: int
    window: str
    findings: tuple[str, ...]
    earlier: Step | None
    later: Step | None
    opened: tuple[NamedPlaces, ...]
    closed: tuple[NamedPlaces, ...]
    sections: tuple[PlaceSection, ...]
    map: str
    """The address of the map of the same period."""

    @property
    def texts(self) -> frozenset[str]:
        """Every entry of its tables."""
        return texts_of([line.row for section in self.sections for line in section.lines])


def place_page(
    figures: PlaceFigures, board: Board, signals: Sequence[NamedPlaces], code: str, window: str = ""
) -> PlacePage:
    """The page of one place of the board as it is registered now, about one of its longest windows or the newest.

    Raises `NothingThere` for a code that is no ward or town of the board, and for a window that is not released.
    """
    names = names_of(board)
    if code not in names:
        raise NothingThere
    level: Level = "ward" if any(ward.code == code for ward in board.wards) else "town"
    longest = figures.windows(board.windows[-1], level) or figures.windows(board.windows[0], level)
    if window and window not in longest:
        raise NothingThere
    chosen = window or (longest[-1] if longest else "")
    marked = marks(signals, board, level)
    rows = _Rows(figures, board, level, code, marked)
    town = next((ward.town for ward in board.wards if ward.code == code), "")
    own = tuple(signal for signal in signals if signal.names(code, board))
    at = longest.index(chosen) if chosen else 0
    measures = sorted({measure for _, measure in figures.levels}, key=measure_order)

    def link(to: str) -> Step:
        return Step(f"/boards/{board.code}/places/{to}", names[to])

    def step(to: str, words: str) -> Step:
        return Step(f"/boards/{board.code}/places/{code}?window={to}", f"{words}: {quarter(to)}")

    return PlacePage(
        code=code,
        name=names[code],
        level=level,
        town=link(town) if town else None,
        wards=tuple(link(ward.code) for ward in _by_name(board) if ward.town == code),
        neighbours=tuple(link(other) for other in _beside(board, code)),
        population=population_of(board)[code],
        window=chosen,
        findings=tuple(_findings(rows, measures, level, chosen)),
        earlier=step(longest[at - 1], "Earlier") if at > 0 else None,
        later=step(longest[at + 1], "Later") if chosen and at + 1 < len(longest) else None,
        opened=tuple(signal for signal in own if signal.closed_on is None),
        closed=tuple(signal for signal in own if signal.closed_on is not None),
        sections=tuple(_sections(rows, measures, board)),
        map=f"/boards/{board.code}/where?show={level}.{chosen}" if chosen else f"/boards/{board.code}/where",
    )


class _Rows:
    """The rows of all places of a level, by window and measure, each worked out once."""

    def __init__(self, figures: PlaceFigures, board: Board, level: Level, code: str, marked: dict[str, str]) -> None:
        self.figures, self.board, self.level, self._code, self._marked = figures, board, level, code, marked
        self._kept: dict[tuple[str, str], tuple[PlaceRow, ...]] = {}

    def has(self, window: str, measure: str) -> bool:
        """Whether the measure is released for these places and this window."""
        return self.level in self.figures.levels.get((window, measure), ())

    def own(self, window: str, measure: str) -> PlaceRow:
        """The place's own row."""
        return next(row for row in self._rows(window, measure) if row.code == self._code)

    def others(self, window: str, measure: str) -> tuple[PlaceRow, ...]:
        """The rows of the others."""
        return tuple(row for row in self._rows(window, measure) if row.code != self._code)

    def _rows(self, window: str, measure: str) -> tuple[PlaceRow, ...]:
        if (window, measure) not in self._kept:
            shown = Shown(self.level, window)
            self._kept[window, measure] = place_rows(self.figures, self.board, shown, measure, self._marked)
        return self._kept[window, measure]


def _findings(rows: _Rows, measures: Sequence[str], level: Level, window: str) -> Iterator[str]:
    for measure in measures:
        if not window or not rows.has(window, measure):
            continue
        own = rows.own(window, measure)
        kind = KINDS[kind_of(window)]
        changed = ""
        if own.moved:
            changed = f" That is {own.change} on the {kind} before."
        elif own.change:
            changed = f" There is no clear change since the {kind} before."
        words = capital(MEASURE_WORDS.get(measure, measure))
        yield f"{words}, {quarter(window)}: {own.shown.text}{own.in_range}.{changed}"


def _sections(rows: _Rows, measures: Sequence[str], board: Board) -> Iterator[PlaceSection]:
    for measure in measures:
        for kind in reversed(board.windows):
            windows = [w for w in rows.figures.windows(kind, rows.level) if rows.has(w, measure)]
            if windows:
                yield _section(rows, measure, kind, windows, board)


def _section(rows: _Rows, measure: str, kind: PeriodKind, windows: Sequence[str], board: Board) -> PlaceSection:
    """One table with its pictures; `windows` are the oldest first."""
    key = f"{measure.partition('_')[0]}-{kind}"
    title = f"{capital(MEASURE_WORDS.get(measure, measure))}, by {KINDS[kind]}"
    lines = tuple(_line(rows, measure, window, board) for window in windows)
    pictures = []
    if len(windows) >= FEWEST:
        points = [_point(rows, line, board) for line in lines]
        pictures.append(("Over time", series(f"{key}-time", f"{title}, over time", points)))
    if kind == board.windows[-1]:
        strip = [_among(rows, measure, line) for line in lines[-STRIP:]]
        beside = among(f"{key}-among", f"{title}, among others", strip)
        pictures.append((f"Among the {PLURAL[rows.level]} of the board", beside))
    drawn = tuple((words, picture) for words, picture in pictures if picture)
    return PlaceSection(key, title, drawn, lines[::-1], any(line.row.rate is not None for line in lines))


def _line(rows: _Rows, measure: str, window: str, board: Board) -> PlaceLine:
    release = rows.figures.releases[window]
    notes = breaks.of_window(board, window, release, rows.figures.earlier(window), places=True)
    return PlaceLine(
        window, rows.own(window, measure), _others(rows.others(window, measure), rows.level), " ".join(notes)
    )


def _others(rows: Sequence[PlaceRow], level: Level) -> str:
    """What the others show: from the lowest figure to the highest, and how many are "fewer than 10"."""
    values = [row.cell.value for row in rows if row.cell is not None and row.cell.value is not None]
    few = sum(row.few for row in rows)
    parts = []
    if values:
        low, high = min(values), max(values)
        parts.append(f"{len(values)} show {low:,}" if low == high else f"{len(values)} show {low:,} to {high:,}")
    if few:
        parts.append(f"{few} fewer than 10")
    rest = len(rows) - len(values) - few
    if rest:
        parts.append(f"{rest} no figure")
    return "; ".join(parts) if parts else f"there is no other {level}"


def _point(rows: _Rows, line: PlaceLine, board: Board) -> SeriesPoint:
    row, release, earlier = line.row, rows.figures.releases[line.window], rows.figures.earlier(line.window)
    broken = earlier is not None and breaks.places_apart(board, line.window, release, earlier)
    ends = likely(row.cell)
    low, high = ends or (None, None)
    value = row.cell.value if row.cell is not None else None
    return SeriesPoint(short_quarter(line.window), row.shown.text, value, low, high, row.few, broken)


def _among(rows: _Rows, measure: str, line: PlaceLine) -> Among:
    row, others = line.row, rows.others(line.window, measure)
    values = tuple(other.cell.value for other in others if other.cell is not None and other.cell.value is not None)
    value = row.cell.value if row.cell is not None else None
    few = sum(other.few for other in others)
    return Among(short_quarter(line.window), row.shown.text, value, likely(row.cell), row.few, values, few)


def _by_name(board: Board) -> list[Ward]:
    return sorted(board.wards, key=lambda ward: ward.name.casefold())


def _beside(board: Board, code: str) -> list[str]:
    """The wards that border on a ward; the towns of which a ward borders on one of a town."""
    ward = next((ward for ward in board.wards if ward.code == code), None)
    names = names_of(board)
    if ward is not None:
        return sorted(ward.neighbours, key=lambda other: names[other].casefold())
    town_of = {ward.code: ward.town for ward in board.wards}
    beside = {town_of[other] for ward in board.wards if ward.town == code for other in ward.neighbours} - {code}
    return sorted(beside, key=lambda other: names[other].casefold())
