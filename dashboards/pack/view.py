"""What the page of the meeting pack shows: each paper, and what the visitor took of it last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from dashboards.life.changes import ReadingKind
from dashboards.measures.known import Known
from dashboards.pack.kinds import KINDS, SHEET, Kind
from dashboards.pack.source import newest
from dashboards.people.permissions import Act
from dashboards.people.visitor import Visitor
from dashboards.words import moment, quarter
from models.register import Agency, Board, Register
from models.releases import Release
from models.store import AuditRow


@dataclass(frozen=True)
class PackPage:
    """All of the page."""

    release: Release | None
    """What every paper is written from; None while none is shown."""
    period: str
    papers: tuple[tuple[Kind, str], ...]
    """Each paper, and what the log has of the visitor's last copy; empty if there is none."""
    sheet: Kind
    sheets: tuple[tuple[Agency, str], ...]
    """The agencies whose sheet this visitor may take, in order of name."""


def pack_page(connection: Connection, register: Register, board: Board, visitor: Visitor) -> PackPage:
    """The page of one board."""
    known = Known(connection, register, board)
    window = newest(known)
    release = known.documents.shown.get(window)
    taken = _taken(connection, release.release_id, visitor.who) if release else {}
    agencies = sorted(register.agencies_of(board.code), key=lambda one: one.name.casefold())
    own = [one for one in agencies if visitor.may(Act.TAKE_SHEET, board.code, one.id)]
    return PackPage(
        release,
        quarter(window) if release else "",
        tuple((kind, taken.get((kind.name, ""), "")) for kind in KINDS),
        SHEET,
        tuple((one, taken.get((SHEET.name, one.id), "")) for one in own),
    )


def _taken(connection: Connection, release_id: str, who: str) -> dict[tuple[str, str], str]:
    """Kind of paper and agency -> when this person took it last from this release, and how its checksum begins."""
    row = AuditRow
    query = (
        select(row.at, row.subject, row.detail)
        .where(row.who == who, row.action == ReadingKind.PACK.value)
        .where((row.subject == release_id) | row.subject.startswith(f"{release_id}:", autoescape=True))
        .order_by(row.number)
    )
    found = {}
    for at, subject, detail in connection.execute(query):
        kind, _, checksum = detail.partition(" ")
        found[kind, subject.partition(":")[2]] = f"You took it on {moment(at)}. Its SHA-256 checksum begins {checksum}."
    return found
