"""The papers of the pack: what each is for, for whom, and the name of its file. Pure."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

PaperKind = Literal["meeting", "brief", "slides", "police", "inspect", "agency"]
PDF: Final = "application/pdf"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


class Kind(NamedTuple):
    """One kind of paper."""

    name: PaperKind
    """As the audit log has it."""
    file: str
    """The end of its address; for an agency's sheet with `{}` for the agency."""
    title: str
    purpose: str
    whom: str
    length: str
    media_type: str = PDF


KINDS: Final = (
    Kind(
        "meeting", "meeting.pdf", "Meeting pack", "What to know and what to decide, with pictures and figures",
        "everybody at the meeting", "8 to 14 pages, about 150 kB",
    ),
    Kind(
        "brief", "brief.pdf", "Brief for chief officers", "The findings, the decisions and what is late",
        "chief officers who are not at the meeting", "1 page, about 20 kB",
    ),
    Kind(
        "slides", "slides.pptx", "Slides", "To show at the meeting; the evidence stands in the notes of each slide",
        "whoever presents", "12 to 20 slides, about 150 kB", PPTX,
    ),
    Kind(
        "police", "police-annex.pdf", "Annex for the problem profile",
        "What the group's figures say of concern, missing children, places and signals, and what they cannot tell",
        "police analysts", "2 to 4 pages, about 50 kB",
    ),
    Kind(
        "inspect", "inspection.pdf", "Evidence for inspectors",
        "Each paragraph of the review beside what the board can show for it, with figure, date and page",
        "inspectors, and whoever prepares for them", "3 to 6 pages, about 60 kB",
    ),
)  # fmt: skip
"""In the order in which the page offers them."""
SHEET: Final = Kind(
    "agency", "agency-{}.pdf", "Sheet for one agency",
    "Its own returns and overdue actions, and what is released of its sector; nothing of another agency",
    "that agency", "1 or 2 pages, about 25 kB",
)  # fmt: skip
BY_FILE: Final = {kind.file: kind for kind in KINDS}
