"""Builds the measures pages: the tables of each, and the facts under "what we cannot know"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from analysis.measures.definition import Definition
from analysis.measures.registry import BY_ID, DEFINITIONS, MEASURE_WORDS
from analysis.shown import measure as shown
from analysis.shown.measure import PageEntry
from analysis.training.detection import usual_range, weighed_sectors
from dashboards import breaks, states
from dashboards.begun import begun
from dashboards.measures.by_sector import against_past, recorded_too
from dashboards.measures.coverage import NOTE, heat
from dashboards.measures.drawn import by_row, detected, detection
from dashboards.measures.duties import charged
from dashboards.measures.entries import TableRow, Told, name_of, rows
from dashboards.measures.finding import findings, pictures
from dashboards.measures.known import Known
from dashboards.measures.limits import Limit, bounds_of, limits_of, links_of
from dashboards.pictures.dots import KEY, KEY_EXPECTED
from dashboards.tied import TiedRow, classes, not_in_totals, rows_of
from dashboards.words import KINDS, capital, sector_words, uncapital
from models.catalogue import shipped
from models.contract.periods import PeriodKind, before, kind_of, parts
from models.register import Duties
from models.register.types import Schedule

PLURAL: Mapping[PeriodKind, str] = {"year": "financial years", "pair": "pairs of financial years"}
ONLY = "Released for {} only, so that each record changes few figures."
SPANS: Mapping[PeriodKind, str] = {"year": "in the year", "pair": "in the two years"}
"""A board's longest window, for use within a sentence."""
BY: Mapping[Schedule, str] = {
    "quarters_and_years": "by quarter, by year and by sector",
    "years_and_pairs_of_years": "by year and by pair of years",
}
"""The tables of a measure's page."""
DETECTED = (
    ("recorded", "Recorded by it too", ""),
    (
        "missed",
        "Not recorded by it",
        "Nobody records everything that others see. Compare the two tables, and a sector with the others. Training "
        "needs are worked out from both.",
    ),
)
"""Part of M18, its title, and the note under its table."""
BEYOND = (
    "A share of the year is {} that of each of its quarters. The year counts each child once, with all of its records "
    "in the year, and each figure is moved by chance."
)
NO_SUM = "A child counts in each row that its records name, so the rows do not add up."
FEW = (
    "This board has few children. It releases financial years and pairs of them, for the whole board and its towns, "
    "and only the measures that would say something."
)


@dataclass(frozen=True)
class Section:
    """One table of a page."""

    key: str
    title: str
    caption: str
    first: str
    """Heading of the first column."""
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    note: str = ""
    prompts: tuple[tuple[str, str], ...] = ()
    """For the coverage table: a sector, and the kinds of sign that it recorded about few children or none."""
    windows: bool = False
    """Whether the rows are windows."""
    bars: bool = False
    """Whether shares are drawn as bars too: where rows are sectors, agencies or answers."""
    heat: Markup | None = None
    """The same as a heat table, to stand in its place."""
    pictures: tuple[tuple[str, Markup], ...] = ()
    """Titles and pictures of its figures over time, to stand before the table."""
    how: str = ""
    """How to read its pictures, unless they are of figures over time."""
    findings: tuple[str, ...] = ()
    """What its newest window says, in sentences."""

    @property
    def texts(self) -> frozenset[str]:
        """Its entries, for the key."""
        entries = [cell.shown.text for row in self.rows for cell in row.cells]
        return frozenset([*entries, *(row.absent.text for row in self.rows if row.absent)])

    @property
    def drawn(self) -> bool:
        """Whether any share is drawn as a bar, so that the bars have to be explained."""
        return self.bars and any(cell.bar for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Summary:
    """One line of the list of measures: its figures for the headline window."""

    definition: Definition
    figures: tuple[tuple[str, Told], ...]
    """What is shown, and its entry."""
    absent: states.Shown | None


@dataclass(frozen=True)
class MeasurePage:
    """All of one measure's page."""

    definition: Definition
    few: str
    """For a board with few children, a note that it releases less than the definition says; else empty."""
    span: str
    """The newest of the board's longest windows, in words."""
    sections: tuple[Section, ...]
    limits: tuple[Limit, ...]
    bounds: str
    """For a measure that depends on links: how far missed links could move it."""
    links: tuple[tuple[str, str, str, str], ...]
    """Two sectors, kinds in common, share of events that carry one."""
    tied: tuple[TiedRow, ...]
    """By sector: the kinds of record that it rests on, and the share of each that can be tied to children."""
    classes: str
    """The classes of that share, in words."""
    totals: str
    """Which children are in no total; empty if there are none."""

    @property
    def texts(self) -> frozenset[str]:
        """The entries of its tables, for the key."""
        return frozenset(text for section in self.sections for text in section.texts)

    @property
    def pictures(self) -> tuple[tuple[str, Markup], ...]:
        """Its figures over time, for the top of the page."""
        return tuple(picture for section in self.sections if section.windows for picture in section.pictures)

    @property
    def findings(self) -> tuple[str, ...]:
        """What the newest of the longest windows says, in sentences, for the top of the page."""
        return next((section.findings for section in self.sections if section.findings), ())


def summaries(known: Known) -> tuple[Summary, ...]:
    """Every measure, with the year's figures."""
    return tuple(_summary(known, definition) for definition in DEFINITIONS)


def measure_page(known: Known, measure: str) -> MeasurePage:
    """The page of one measure; raises `KeyError` for an unknown id."""
    entry, release = BY_ID[measure], known.release
    definition = entry.definition
    return MeasurePage(
        definition,
        "" if known.board.has_sectors else FEW,
        "in these two years" if known.longest == "pair" else "in this year",
        # Sectors are what this measure is about; the total stands beside it.
        tuple(sorted(_sections(known, definition), key=lambda one: measure == "m4" and one.windows)),
        tuple(limits_of(known, definition)),
        bounds_of(known, measure) if entry.links else "",
        links_of(release) if entry.links and release else (),
        rows_of(release, measure) if release else (),
        classes(),
        not_in_totals(release, measure) if release and entry.about_children else "",
    )


def coverage_section(known: Known) -> Section | None:
    """M6: sector by category, for the year; None for a release that has no sectors."""
    if known.headline not in known.boards or not known.boards[known.headline].sectors():
        return None
    board = known.boards[known.headline]
    table, caption = shown.coverage(board), "Children about whom each sector recorded a sign, by kind of sign"
    return Section(
        "coverage",
        "Which signs each sector records",
        caption,
        "Sector",
        tuple(column.words for column in table.columns),
        rows(table, name_of),
        NOTE,
        prompts=tuple((sector_words(sector), ", ".join(few)) for sector, few in shown.prompts(board, shipped())),
        heat=heat("coverage", caption, table),
    )


def _summary(known: Known, definition: Definition) -> Summary:
    table, split = known.tables(definition.id, (known.headline,) if known.headline else ())
    line = next(iter(rows(table, str, known.absent([known.headline]))), None)
    if definition.id == "m18" and split is not None and split.lines:
        titles = [uncapital(title) for _, title, _ in DETECTED]
        of_sectors = [(row.name, at, cell) for row in rows(split, name_of) for at, cell in enumerate(row.cells)]
        return Summary(definition, tuple((f"{name}, {titles[at]}", cell) for name, at, cell in of_sectors), None)
    if line is None:
        absent = states.NOT_IN_RELEASE if known.headline in known.boards else states.NOT_RELEASED
        return Summary(definition, (), absent)
    if line.absent is not None:
        return Summary(definition, (), line.absent)
    if definition.id == "m4" and split is not None and split.lines:
        ratios = [(row.name, row.cells[2]) for row in rows(split, name_of)]
        figures = [(f"{name}, against expectation", cell) for name, cell in ratios if cell.shown.css == "figure"]
        rest = Told(states.Shown(str(len(ratios) - len(figures)), "", "figure"))
        return Summary(definition, (*figures, ("Sectors without a figure in both years", rest)), None)
    headlines = [at for at, column in enumerate(table.columns) if column.headline]
    wanted = headlines or range(min(3, len(line.cells)))
    names = [MEASURE_WORDS.get(c.part, c.words) if c.unit == "children" else c.words for c in table.columns]
    return Summary(definition, tuple((names[at], line.cells[at]) for at in wanted), None)


def _sections(known: Known, definition: Definition) -> Iterable[Section]:
    name = definition.id
    if name == "m6" and (coverage := coverage_section(known)) is not None:
        yield coverage
    shorter, longest = known.board.windows
    longest_only = bool(known.windows[shorter]) and not known.tables(name, known.windows[shorter])[0].columns
    for key in (longest, shorter):
        windows, title = known.windows[key], f"By {KINDS[key]}"
        if not windows:
            continue
        table, _ = known.tables(name, windows)
        if not table.columns:
            continue
        yield Section(
            key,
            title,
            f"{definition.title}, {title.lower()}, newest first",
            capital(KINDS[key]),
            tuple(column.words for column in table.columns),
            rows(table, str, known.absent(windows), _notes(known, name, windows)),
            ONLY.format(PLURAL[longest]) if key == longest and longest_only else "",
            windows=True,
            pictures=() if name == "m4" else pictures(known.board, f"{name}-{key}", table, known.absent(windows).get),
            findings=findings(known.board, table) if key == longest and name != "m4" else (),
        )
    yield from _breakdowns(known, name)
    if name == "m18":
        yield from _detection(known)
        return
    _, split = known.tables(name, (known.headline,) if known.headline else ())
    lines = split.lines if split is not None else ()
    charge = charged(known, name, split.columns if split is not None and lines else ())
    if split is None or not lines:
        if charge.rows:
            columns = tuple(column.words for column in charge.columns)
            title = f"Who owes it, {SPANS[longest]}"
            yield Section("owed", title, f"{definition.title}, owed", "Owed by", columns, charge.rows, charge.words)
        return
    of_agencies = name in ("m5", "m14")
    yield Section(
        "split",
        f"By {'agency' if of_agencies else 'sector'}, {SPANS[longest]}",
        f"{definition.title}, by {'agency' if of_agencies else 'sector'}",
        "Agency" if of_agencies else "Sector",
        tuple(column.words for column in split.columns),
        (*charge.rows, *rows(split, known.agency if of_agencies else name_of)),
        "In alphabetical order. Nobody is ranked here: ranking would punish those who record honestly."
        + (f" {charge.words}" if charge.words else ""),
        bars=True,
        pictures=by_row(f"{name}-split", split, known.agency if of_agencies else name_of),
        findings=against_past(split) if name == "m4" else (),
        how=KEY,
    )


def _breakdowns(known: Known, measure: str) -> Iterable[Section]:
    """A table for each breakdown of a measure, in the newest of the longest windows."""
    board = known.boards.get(known.headline)
    if board is None:
        return
    earlier = known.year_before(known.headline)
    for breakdown in BY_ID[measure].breakdowns:
        table = shown.broken_down(breakdown, board, earlier)
        if table.lines:
            yield Section(
                breakdown.key,
                f"{breakdown.title}, {SPANS[known.longest]}",
                f"{capital(breakdown.whole_words)}, {uncapital(breakdown.title)}",
                "Answer",
                tuple(column.words for column in table.columns),
                rows(table, capital),
                f"{NO_SUM} {breakdown.note}".strip(),
                bars=True,
            )


def _detection(known: Known) -> Iterable[Section]:
    """M18: two tables by sector and kind of sign."""
    board = known.boards.get(known.headline)
    if board is None:
        return
    shares = detected(board)
    observing = Duties.of(known.register, known.board).who("observe")
    usual = {one.detection.sector: usual_range(one) for one in weighed_sectors(board, observing)}
    for part, title, note in DETECTED:
        table = shown.detection(board, part)
        if table.lines:
            caption = f"Children whom a sector knew and of whom another recorded a sign: {uncapital(title)}"
            yield Section(
                f"m18_{part}",
                f"{title}, {SPANS[known.longest]}",
                caption,
                "Sector",
                tuple(column.words for column in table.columns),
                rows(table, name_of),
                note,
                heat=heat(f"m18_{part}", caption, table),
                pictures=detection("m18-shares", shares, usual) if part == "recorded" else (),
                findings=recorded_too(shares) if part == "recorded" else (),
                how=f"{KEY} {KEY_EXPECTED}" if usual else KEY,
            )


def _notes(known: Known, measure: str, windows: Iterable[str]) -> dict[str, str]:
    """Window -> the note under its name: from which day on it counts, whether a year is beyond its quarters, and where
    the series breaks."""
    listed = known.documents.shown
    return {
        window: " ".join(
            filter(
                None,
                (
                    begun(listed[window], measure),
                    _beyond(known, measure, window),
                    *breaks.of_window(known.board, window, listed[window], listed.get(before(window))),
                ),
            )
        )
        for window in windows
        if window in listed
    }


def _beyond(known: Known, measure: str, year: str) -> str:
    """A note if a year's share is above or below that of each of its quarters; else empty."""
    if kind_of(year) != "year":
        return ""
    of_year, of_quarters = (known.tables(measure, windows)[0] for windows in ((year,), tuple(parts(year))))
    quarterly = {column: place for place, column in enumerate(of_quarters.columns)}
    found = set()
    for place, column in enumerate(of_year.columns):
        if column.unit != "share" or column not in quarterly or not of_year.lines[0].entries:
            continue
        whole = _share(of_year.lines[0].entries[place])
        each = [_share(line.entries[quarterly[column]]) for line in of_quarters.lines if line.entries]
        given = [share for share in each if share is not None]
        if whole is not None and len(given) == len(parts(year)):
            found |= {"above"} if whole > max(given) else {"below"} if whole < min(given) else set()
    return BEYOND.format(" or ".join(sorted(found))) if found else ""


def _share(entry: PageEntry) -> float | None:
    return entry.quotient.value if entry.quotient is not None else None
