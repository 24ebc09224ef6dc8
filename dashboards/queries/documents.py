"""The releases that are shown, as documents, for the pages of measures and of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, select

from dashboards.life.listing import parse
from dashboards.queries.releases import Released, every_release, of_windows
from models.releases import Release
from models.store import ReleaseRow

parsed = lru_cache(maxsize=32)(parse)
"""Cached by bytes, because a release never changes. Whether it may be shown is checked every time."""


@dataclass(frozen=True)
class Documents:
    """For one board: the release that counts for each window, and the document of each that is shown."""

    standing: Mapping[str, Released]
    bodies: Mapping[str, bytes]
    """Window -> the stored bytes of a release that is shown."""

    @property
    def shown(self) -> Mapping[str, Release]:
        """The same, parsed."""
        return {window: parsed(body) for window, body in self.bodies.items()}


def documents(connection: Connection, board: str) -> Documents:
    """The releases and documents of one board as of now."""
    standing = of_windows(every_release(connection, board))
    ids = {row.release_id: window for window, row in standing.items() if row.shown}
    rows = connection.execute(select(ReleaseRow.release_id, ReleaseRow.body).where(ReleaseRow.release_id.in_(ids)))
    return Documents(standing, {ids[row.release_id]: row.body for row in rows})
