"""What has arrived in SQL: releases, how many are approved, and their cells by state. The figures are for the page."""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, func, select

from models.store import ReleaseCellRow, ReleaseRow, ReleaseStateRow

SHOWN = ("approved", "superseded")
"""The states of docs/release-life.md in which figures are shown."""


def releases_in_sql(engine: Engine, board: str) -> dict[str, str]:
    """Release id -> window of every release of a board."""
    with engine.connect() as connection:
        rows = connection.execute(select(ReleaseRow.release_id, ReleaseRow.window).where(ReleaseRow.board == board))
        return {row.release_id: row.window for row in rows}


def approved_releases(engine: Engine, board: str) -> int:
    """How many releases of a board are approved."""
    with engine.connect() as connection:
        count = (
            select(func.count())
            .select_from(ReleaseStateRow)
            .join(ReleaseRow, ReleaseRow.release_id == ReleaseStateRow.release_id)
            .where(ReleaseRow.board == board, ReleaseStateRow.state.in_(SHOWN))
        )
        return connection.execute(count).scalar_one()


def cells_by_state(engine: Engine) -> Counter[str]:
    """Cells of approved releases by state."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(ReleaseCellRow.state, func.count())
            .join(ReleaseStateRow, ReleaseStateRow.release_id == ReleaseCellRow.release_id)
            .where(ReleaseStateRow.state.in_(SHOWN))
            .group_by(ReleaseCellRow.state)
        )
        return Counter({row[0]: row[1] for row in rows})


def publish_files(made: Path, target: Path) -> None:
    """Copy a folder to `target`, and replace what another run left there, if anything."""
    fresh = target.with_name(f".{target.name}-{made.parent.name}")
    old = target.with_name(f".old-{target.name}-{made.parent.name}")
    shutil.copytree(made, fresh)
    with contextlib.suppress(FileNotFoundError):
        target.replace(old)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)
