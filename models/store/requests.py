"""What people asked the ledger for, and whether the sink has passed it on: a row first, then a record of its topic."""

from __future__ import annotations

import secrets
import string
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Index, LargeBinary, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.releases import RequestBuild
from models.releases.requests import RequestErase
from models.signals import RequestScan
from models.store import audit
from models.store.base import Base, UtcDateTime

AnyRequest = RequestBuild | RequestErase | RequestScan
"""What people can ask for."""


class RequestRow(Base):
    """One request; `published_at` is set once the broker has acknowledged it."""

    __tablename__ = "requests"
    __table_args__ = (Index(None, "published_at", "requested_at"),)

    request_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    board: Mapped[str] = mapped_column(String(16))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StoredRequest(NamedTuple):
    """A request as it is stored; field names are column names."""

    request_id: str
    kind: str
    board: str
    body: bytes
    requested_by: str
    requested_at: datetime
    published_at: datetime | None


def new_id() -> str:
    """An id for a request, which nobody can guess."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(24))


def add_request(connection: Connection, request: AnyRequest, who: str) -> None:
    """Store a request with its audit row; the sink publishes it. `who` is as the audit log names people.

    Raises what the database raises for an id that is taken.
    """
    values = {"request_id": request.request_id, "kind": request.kind, "board": request.board}
    values |= {"requested_by": who}
    body = request.model_dump_json().encode()
    connection.execute(insert(RequestRow).values(**values, body=body, requested_at=request.requested_at))
    audit.append(connection, who, "request", request.board, request.kind)


def asked(connection: Connection, board: str, kind: str) -> list[StoredRequest]:
    """A board's requests of a kind, newest first."""
    columns = [getattr(RequestRow, name) for name in StoredRequest._fields]
    query = select(*columns).where(RequestRow.board == board, RequestRow.kind == kind)
    newest = query.order_by(RequestRow.requested_at.desc(), RequestRow.request_id)
    return [StoredRequest(*row) for row in connection.execute(newest)]
