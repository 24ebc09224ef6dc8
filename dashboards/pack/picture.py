"""What the papers say of where, and of what kind: places, models of exploitation, kinds of place, missing episodes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from analysis.measures.breakdown import Breakdown
from analysis.measures.registry import BY_ID, MEASURE_WORDS
from dashboards.pack.blocks import Drawing, Figure, Grid, Part, Row, Said
from dashboards.pack.figures import NOT_COMPARED
from dashboards.pack.source import Source
from dashboards.where.paper import paper_map
from dashboards.words import KINDS, capital, listed, quarter, uncapital
from models.contract.periods import kind_of

_NUMBER = re.compile(r"\bM[0-9]{1,2}\b")
PLACES = ("m1_children", "m9_children")
"""Counts that are released by town and ward."""
CONCERN = ("m19_model", "m19_place", "m19_level")
MISSING = ("m20_length", "m20_from")
NO_SUM = "A child counts in each row that its records name, so rows do not add up to the whole."
HOMES = (
    "Places here are where children live. A signal says where something was recorded as happening, which may be "
    "elsewhere."
)


def columns(source: Source) -> tuple[str, ...]:
    """The headings of a table that compares two windows."""
    year = KINDS[kind_of(source.window)]
    return ("Children", "Likely", f"The {year} before", "Change")


def row(source: Source, name: str, count: str, *, area: str = "", sector: str = "any", bar: bool = True) -> Row:
    """One count now and in the window before, with the change."""
    now = source.figures.of(count, area=area, sector=sector)
    past = source.figures.past(count, area=area, sector=sector)
    change = source.figures.change(count, area=area, sector=sector)
    return Row(name, (now, now.likely or "–", past, change), now if bar else None)


def scale(rows: Iterable[Row]) -> float:
    """The number at which the bars of a table end: the highest of its likely ranges, and never below ten."""
    return max([10.0, *(bar.high or 0 for one in rows if isinstance(bar := one.bar, Figure) and bar.value is not None)])


def where(source: Source) -> Part:
    """A map, towns with bars, then every ward."""
    return Part("Where", (*mapped(source), *places(source), *wards(source)))


def mapped(source: Source) -> tuple[Drawing, ...]:
    """The map that the page of the map shows first; nothing unless it is of the window of the papers."""
    offered = source.places.offered()
    made = paper_map(source.places, source.register, source.board, source.maps, source.named)
    if made is None or offered[0].window != source.window:
        return ()
    title, drawn = made
    names = {ward.code: ward.name for ward in source.board.wards}
    if offered[0].level == "town":
        names = {town.code: town.name for town in source.board.towns}
    ordered = sorted(names.items(), key=lambda pair: pair[1].casefold())
    figures = tuple((name, source.figures.of(PLACES[0], area=code)) for code, name in ordered)
    return (Drawing(title, drawn.picture, "", figures, wide=True, key=drawn.key, note=drawn.credit),)


def places(source: Source) -> Iterator[Said | Grid]:
    """Each town with a bar, for each count that is released by town."""
    yield Said(HOMES)
    found = False
    for count in PLACES:
        towns = sorted(source.board.towns, key=lambda town: town.name.casefold())
        rows = tuple(row(source, town.name, count, area=town.code) for town in towns)
        if any(figure.cell is not None for one in rows for figure in one.figures):
            found = True
            caption = f"{MEASURE_WORDS[count]}, by town, {quarter(source.window)}"
            yield Grid(caption, ("Town", *columns(source)), rows, most=scale(rows))
    if not found:
        yield Said("No figure by town is in this release.")


def wards(source: Source) -> tuple[Grid | Said, ...]:
    """One table of all wards, both counts side by side; nothing if the release has no figure by ward."""
    rows = []
    towns = {town.code: town.name for town in source.board.towns}
    for ward in sorted(source.board.wards, key=lambda ward: ward.name.casefold()):
        entries: list[str | Figure] = [towns[ward.town]]
        for count in PLACES:
            entries += [source.figures.of(count, area=ward.code), source.figures.change(count, area=ward.code)]
        rows.append(Row(ward.name, tuple(entries)))
    if not any(figure.cell for one in rows for figure in one.figures):
        return ()
    year = KINDS[kind_of(source.window)]
    heads = ("Ward", "Town", "New concern", f"On the {year} before", "Missing", f"On the {year} before")
    note = (
        "In order of name: places are not ranked. “No figure” stands where one of the two years has no number, such as "
        "fewer than 10."
    )
    caption = f"Children by ward, {quarter(source.window)}"
    return Said(_moved(rows, year)), Grid(caption, heads, tuple(rows), note)


def _moved(rows: Sequence[Row], year: str) -> str:
    """Which wards changed, in a sentence."""
    if any(NOT_COMPARED in one.entries for one in rows):
        return f"Wards are not compared with the {year} before: the series breaks, or its figures count other days."
    moved = [one.name for one in rows if any(str(entry).startswith(("up ", "down ")) for entry in one.entries)]
    if not moved:
        return "In no ward can a change be told from chance."
    figures = "a figure" if len(moved) == 1 else "figures"
    return f"{listed(moved)}: {figures} changed clearly. In no other ward can a change be told from chance."


def kinds(source: Source) -> Part:
    """What is recorded of concerns and of missing episodes."""
    return Part("What kind", (Said(NO_SUM), *answers(source, (*CONCERN, *MISSING))))


def answers(source: Source, wanted: Collection[str]) -> tuple[Grid, ...]:
    """The tables of some breakdowns, in the order of the measures."""
    measures = (BY_ID[measure] for measure in ("m19", "m20"))
    breakdowns = [one for measure in measures for one in measure.breakdowns if one.key in wanted]
    return tuple(grid for breakdown in breakdowns for grid in broken_down(source, breakdown))


def broken_down(source: Source, breakdown: Breakdown) -> tuple[Grid, ...]:
    """A table of bars with a row for each answer; nothing if the release has no such cell."""
    pairs = zip(breakdown.answers, breakdown.counts, strict=True)
    rows = tuple(row(source, capital(answer.words), count.name) for answer, count in pairs)
    if not any(figure.cell for one in rows for figure in one.figures):
        return ()
    caption = f"{capital(breakdown.whole_words)}, {uncapital(breakdown.title)}"
    return (Grid(caption, ("Answer", *columns(source)), rows, plain(breakdown.note), scale(rows)),)


def plain(text: str) -> str:
    """A note with the title of each measure in place of its number."""
    return _NUMBER.sub(lambda found: f"“{BY_ID[found[0].lower()].definition.title}”", text)
