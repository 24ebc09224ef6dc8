"""What has arrived in SQL: releases and their cells by state. States only; the figures are for the page."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Engine, func, select

from models.store import ReleaseCellRow, ReleaseRow


def windows_in_sql(engine: Engine, board: str) -> set[str]:
    """The windows of a board that have a release."""
    with engine.connect() as connection:
        return set(connection.scalars(select(ReleaseRow.window).where(ReleaseRow.board == board)))


def cells_by_state(engine: Engine) -> Counter[str]:
    """Released cells by state (decision 16)."""
    with engine.connect() as connection:
        rows = connection.execute(select(ReleaseCellRow.state, func.count()).group_by(ReleaseCellRow.state))
        return Counter({row[0]: row[1] for row in rows})
