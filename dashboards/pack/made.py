"""Makes a paper's file, and names it in the audit log by how its checksum begins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine

from dashboards.labels import Names
from dashboards.life import changes
from dashboards.pack import agency, inspection, papers, pdf, police, slides
from dashboards.pack.kinds import SHEET, Kind
from dashboards.pack.source import Source
from models.register import Agency

_WRITTEN = {
    "meeting": papers.meeting,
    "brief": papers.brief,
    "police": police.annex,
    "inspect": inspection.paper,
}
CHECKSUM = 24
"""Digits of the checksum in the log: the detail of a row holds 32 letters, the kind of paper included."""


@dataclass(frozen=True)
class Made:
    """A file of the pack."""

    kind: Kind
    name: str
    content: bytes
    release_id: str
    agency: str = ""
    """Whose sheet it is."""

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


def paper(source: Source, kind: Kind, taken_by: str) -> Made:
    """A paper about the whole board; raises `PdfUnavailable` or `PdfBusy` for a PDF that cannot be made now."""
    stamp = papers.stamp(source, taken_by)
    if kind.name == "slides":
        names = Names.of(source.register, source.board.code)
        content = slides.write(papers.slides(source, stamp), names)
    else:
        content = pdf.write(_WRITTEN[kind.name](source, stamp))
    return Made(kind, kind.file, content, source.release.release_id)


def sheet(source: Source, one: Agency, taken_by: str) -> Made:
    """The sheet of one agency; raises as `paper` does."""
    content = pdf.write(agency.sheet(source, papers.stamp(source, taken_by), one))
    return Made(SHEET, SHEET.file.format(one.id), content, source.release.release_id, one.id)


def note(engine: Engine, made: Made, who: str) -> None:
    """Record who takes a file. Call it before handing the file out: what cannot be recorded is not handed out."""
    subject = f"{made.release_id}:{made.agency}" if made.agency else made.release_id
    detail = f"{made.kind.name} {made.checksum[:CHECKSUM]}"
    changes.note_reading(engine, changes.ReadingKind.PACK, subject, detail, who=who)
