"""Builds a section's page from the pages of its measures: findings, pictures, and tables that answer its question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from analysis.measures.definition import Definition
from dashboards.measures.known import Known
from dashboards.measures.view import MeasurePage, measure_page
from dashboards.measures.view import Section as Table
from dashboards.order import RECOGNITION, RESPONSES, Section
from dashboards.sections.steps import roads
from dashboards.training.decide import first_needs
from dashboards.words import listed, quarter, uncapital


@dataclass(frozen=True)
class Answer:
    """One measure on a section's page."""

    definition: Definition
    findings: tuple[str, ...]
    picture: tuple[str, Markup] | None
    """Title and picture of its first figure over time."""


@dataclass(frozen=True)
class SectionPage:
    """All of a section's page."""

    section: Section
    window: str
    answers: tuple[Answer, ...]
    tables: tuple[Table, ...]
    leads: tuple[tuple[str, str, str], ...]
    """What the page begins with: a sentence, and the address and words of its evidence."""
    roads: tuple[tuple[str, Markup], ...]
    """Steps as pictures, with their titles: only on the page of what was done."""

    @property
    def texts(self) -> frozenset[str]:
        """The entries of its tables, for the key."""
        return frozenset(text for table in self.tables for text in table.texts)


def gaps(known: Known) -> tuple[tuple[str, str, str], ...]:
    """Which sectors have a likely gap, by the training needs of the newest year."""
    year, needs = first_needs(known.connection, known.register, known.board)
    if not year:
        return ()
    told = []
    for standing, words in (("likely", "Likely gaps"), ("worth asking", "Worth asking about")):
        named = [
            f"{need.sector} ({uncapital(need.about)}, {need.against})" for need in needs if need.standing == standing
        ]
        if named:
            told.append(f"{words} in {quarter(year)}: {listed(named)}.")
    sentence = " ".join(told) or f"No gap is likely or worth asking about in {quarter(year)}."
    return ((sentence, f"/boards/{known.board.code}/training#needs", "How we know, and how sure we are"),)


def section_page(known: Known, section: Section) -> SectionPage:
    """The page of one section, as of now."""
    pages: Mapping[str, MeasurePage] = {measure: measure_page(known, measure) for measure in section.measures}
    return SectionPage(
        section,
        known.headline,
        tuple(_answer(page) for page in pages.values()),
        tuple(
            table
            for measure, key in section.featured
            for table in pages[measure].sections
            if table.key == key and table.rows
        ),
        gaps(known) if section is RECOGNITION and not known.beside[1] else (),
        roads(known.boards[known.headline]) if section is RESPONSES and known.headline in known.boards else (),
    )


def _answer(page: MeasurePage) -> Answer:
    return Answer(page.definition, page.findings, next(iter(page.pictures), None))
