"""Builds a section's page from the pages of its measures: findings, pictures, and tables that answer its question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from analysis.measures.definition import Definition
from dashboards.measures.known import Known
from dashboards.measures.view import MeasurePage, measure_page
from dashboards.measures.view import Section as Table
from dashboards.order import Section


@dataclass(frozen=True)
class Answer:
    """One measure on a section's page."""

    definition: Definition
    findings: tuple[str, ...]
    picture: tuple[str, Markup] | None
    """Title and picture of its first figure over time."""
    figures: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class SectionPage:
    """All of a section's page."""

    section: Section
    window: str
    answers: tuple[Answer, ...]
    tables: tuple[Table, ...]

    @property
    def texts(self) -> frozenset[str]:
        """The entries of its tables, for the key."""
        return frozenset(text for table in self.tables for text in table.texts)


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
    )


def _answer(page: MeasurePage) -> Answer:
    pictures = [picture for table in page.sections for picture in table.pictures]
    return Answer(page.definition, page.findings, next(iter(pictures), None))
