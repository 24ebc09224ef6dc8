"""SQL to the pages of measures: which tables each has, and the facts beside "what we cannot know"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.measures.definition import Definition
from analysis.measures.registry import BY_ID, DEFINITIONS, MEASURE_WORDS
from analysis.shown import measure as shown
from dashboards import states
from dashboards.measures.entries import TableRow, Told, name_of, rows
from dashboards.measures.known import Known
from dashboards.measures.limits import Limit, bounds_of, limits_of, links_of
from dashboards.words import sector_words
from models.catalogue import shipped

YEARS_ONLY = "Released for financial years only, so that each record moves few figures."


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
    """Of coverage: a sector, and the kinds of sign that it recorded about few children, or none."""
    windows: bool = False
    """Whether the rows are windows."""


@dataclass(frozen=True)
class Summary:
    """One measure on the list of all: its year at a glance."""

    definition: Definition
    figures: tuple[tuple[str, Told], ...]
    """What it is, and what it says."""
    absent: states.Shown | None


@dataclass(frozen=True)
class MeasurePage:
    """All of one measure's page."""

    definition: Definition
    year: str
    sections: tuple[Section, ...]
    limits: tuple[Limit, ...]
    bounds: str
    """Of a measure that rests on links: how far missed ones could move it."""
    links: tuple[tuple[str, str, str, str], ...]
    """Two sectors, kinds in common, share of events that carry one."""


def summaries(known: Known) -> tuple[Summary, ...]:
    """Every measure, with the year's figures."""
    return tuple(_summary(known, definition) for definition in DEFINITIONS)


def measure_page(known: Known, measure: str) -> MeasurePage:
    """The page of one measure; raises `KeyError` for one that there is not."""
    entry, release = BY_ID[measure], known.release
    definition = entry.definition
    return MeasurePage(
        definition,
        known.year,
        tuple(_sections(known, definition)),
        tuple(limits_of(known, definition)),
        bounds_of(known, measure) if entry.links else "",
        links_of(release) if entry.links and release else (),
    )


def coverage_section(known: Known) -> Section | None:
    """M6: sector by category, for the year."""
    if known.year not in known.boards:
        return None
    table = shown.coverage(known.boards[known.year])
    return Section(
        "coverage",
        "Which signs each sector records",
        "Children about whom each sector recorded a sign, by kind of sign",
        "Sector",
        tuple(column.words for column in table.columns),
        rows(table, name_of),
        "<10 is a prompt for training where the sector is in a position to see such signs; [z]: the catalogue does not "
        "expect them of the sector. What is not recorded may have been seen, and what was not seen is no fault.",
        prompts=tuple(
            (sector_words(sector), ", ".join(few)) for sector, few in shown.prompts(known.boards[known.year], shipped())
        ),
    )


def _summary(known: Known, definition: Definition) -> Summary:
    table, split = known.tables(definition.id, (known.year,) if known.year else ())
    line = next(iter(rows(table, str, known.absent([known.year]))), None)
    if line is None or line.absent is not None:
        return Summary(definition, (), line.absent if line else states.NOT_RELEASED)
    if definition.id == "m4" and split is not None:
        ratios = [(row.name, row.cells[2]) for row in rows(split, name_of)]
        told = [(f"{name}, against expectation", cell) for name, cell in ratios if cell.shown.css == "figure"]
        rest = Told(states.Shown(str(len(ratios) - len(told)), "", "figure"))
        return Summary(definition, (*told, ("Sectors without a figure in both years", rest)), None)
    headlines = [at for at, column in enumerate(table.columns) if column.headline]
    wanted = headlines or range(min(3, len(line.cells)))
    names = [MEASURE_WORDS.get(c.part, c.words) if c.unit == "children" else c.words for c in table.columns]
    return Summary(definition, tuple((names[at], line.cells[at]) for at in wanted), None)


def _sections(known: Known, definition: Definition) -> Iterable[Section]:
    name = definition.id
    if name == "m6" and (found := coverage_section(known)) is not None:
        yield found
    years_only = bool(known.quarters) and not known.tables(name, known.quarters)[0].columns
    for key, title, windows in (("year", "By financial year", known.years), ("quarter", "By quarter", known.quarters)):
        if not windows:
            continue
        table, _ = known.tables(name, windows)
        if not table.columns:
            continue
        yield Section(
            key,
            title,
            f"{definition.title}, {title.lower()}, newest first",
            "Financial year" if key == "year" else "Quarter",
            tuple(column.words for column in table.columns),
            rows(table, str, known.absent(windows)),
            YEARS_ONLY if key == "year" and years_only else "",
            windows=True,
        )
    _, split = known.tables(name, (known.year,) if known.year else ())
    if split is None or not split.lines:
        return
    of_agencies = name in ("m5", "m14")
    yield Section(
        "split",
        "By agency, in the year" if of_agencies else "By sector, in the year",
        f"{definition.title}, by {'agency' if of_agencies else 'sector'}",
        "Agency" if of_agencies else "Sector",
        tuple(column.words for column in split.columns),
        rows(split, known.agency if of_agencies else name_of),
        "In order of name. Nobody is ranked here: ranking would punish those who record honestly.",
    )
