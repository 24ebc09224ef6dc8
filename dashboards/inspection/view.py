"""The rows of the page: each paragraph with what the board can show for it. The meeting pack takes the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.inspection.evidence import FINDERS, Evidence
from dashboards.inspection.facts import Facts, facts_of
from dashboards.inspection.paragraphs import ASKED_UNTIL, PARAGRAPHS, Paragraph
from dashboards.measures.known import Known

NO_EVIDENCE = "No evidence yet"
OUTSIDE = "Outside this service"


@dataclass(frozen=True)
class InspectionRow:
    """One paragraph."""

    number: int
    says: str
    evidence: tuple[Evidence, ...]
    """What was found."""
    missing: tuple[Evidence, ...]
    """What was looked for and not found, each with the reason in its sentence."""
    outside: str
    """What this service cannot show, and why; empty if nothing."""

    @property
    def state(self) -> str:
        """In a phrase: whether there is evidence. It never says that a paragraph is met."""
        if self.evidence:
            found = len(self.evidence)
            return f"{found} {'piece' if found == 1 else 'pieces'} of evidence"
        return NO_EVIDENCE if self.missing else OUTSIDE

    @property
    def asks(self) -> bool:
        """Whether the paragraph says what a board must do; the others say what inspectors found."""
        return self.number <= ASKED_UNTIL


def inspection_rows(known: Known) -> tuple[InspectionRow, ...]:
    """A row for each paragraph, in their order, from what the board's pages show today."""
    facts = facts_of(known)
    return tuple(row_of(paragraph, facts) for paragraph in PARAGRAPHS)


def row_of(paragraph: Paragraph, facts: Facts) -> InspectionRow:
    """The row of one paragraph. Pure."""
    looked_for = [FINDERS[name](facts) for name in paragraph.evidence]
    return InspectionRow(
        paragraph.number,
        paragraph.says,
        tuple(one for one in looked_for if one.found),
        tuple(one for one in looked_for if not one.found),
        paragraph.outside,
    )


def lines_of(rows: tuple[InspectionRow, ...]) -> Iterator[tuple[str, ...]]:
    """A table with a line for each piece of evidence; a paragraph without any has one line."""
    for row in rows:
        start = (str(row.number), row.says, row.state)
        for one in row.evidence:
            yield (*start, one.words, one.figure, one.date, one.link, one.address, row.outside)
        for one in row.missing:
            yield (*start, f"{NO_EVIDENCE}. {one.words}", one.figure, one.date, one.link, one.address, row.outside)
        if not row.evidence and not row.missing:
            yield (*start, OUTSIDE, "", "", "", "", row.outside)


HEADINGS = ("paragraph", "what_it_says", "state", "evidence", "figure", "date", "page", "address", "outside")
"""Of the table of `lines_of`."""
