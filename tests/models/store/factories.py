"""Valid releases and submission states for tests, each field changeable. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from models.contract import topics
from models.contract.periods import bounds
from models.releases import Cell, CellState, Release, SubmissionState
from models.signals import OperationalSignal, Recurrence, Signal
from models.store import make_engine, upgrade
from models.store.remedy_requests import RemedyRequest

BOARD = "X08000001"
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
"""Parameters of a test that must hold on both databases."""


@contextmanager
def database(kind: str, request: pytest.FixtureRequest, migrated: bool = True) -> Iterator[Engine]:
    """An empty database of one kind, migrated unless told otherwise."""
    if kind == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('tmp_path') / 'store.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = make_engine(url)
    try:
        if migrated:
            upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def make_request(at: datetime, by: str = "sub:a") -> RemedyRequest:
    """A request to skip a record, which a second person has to agree to."""
    return RemedyRequest("r" * 24, "skip", topics.ACCEPTED, 0, 7, "", "", None, "cannot_wait", "", by, at)


def make_cell(measure: str = "m1_children", value: int | None = None, **fields: Any) -> Cell:
    """A board-level cell: a figure if a value is given, else low."""
    state = CellState.LOW if value is None else CellState.FIGURE
    return Cell(**{"measure": measure, "level": "board", "area": BOARD, "state": state, "value": value} | fields)


def make_release(window: str = "2026Q1", cells: tuple[Cell, ...] | None = None, **fields: Any) -> Release:
    """A release of the invented board for a quarter."""
    starts_on, ends_before = bounds(window)
    version = fields.get("ladder_version", 1)
    given: dict[str, Any] = {
        "release_id": f"{BOARD}.{window}.l{version}",
        "board": BOARD,
        "window": window,
        "starts_on": starts_on,
        "ends_before": ends_before,
        "cut_off": datetime(2026, 5, 1, tzinfo=UTC),
        "ladder_version": version,
        "register_version": date(2024, 4, 1),
        "boundary_set": "aldermere-2024",
        "synthetic": True,
        "linked_share": "80-89%",
        "agencies_returned": 6,
        "agencies_expected": 8,
        "cells": cells if cells is not None else (make_cell("m1_children", 45), make_cell("m9_children")),
    }
    return Release(**given | fields)


def make_submission(agency: str = "aldermere-police", period: str = "2026Q1", **fields: Any) -> SubmissionState:
    """A submission state of the invented board."""
    given: dict[str, Any] = {
        "agency": agency,
        "board": BOARD,
        "period": period,
        "submitted_on": date(2026, 4, 10),
        "received_at": datetime(2026, 4, 10, 9, tzinfo=UTC),
        "on_time": True,
    }
    return SubmissionState(**given | fields)


def make_signal(ward: str = "X05000018", opened: date = date(2026, 2, 2), **fields: Any) -> Signal:
    """An open signal of the invented board about children in one ward."""
    given: dict[str, Any] = {
        "signal_id": f"{BOARD}.cse_concern.{ward}.{opened}",
        "board": BOARD,
        "kind": "cse_concern",
        "areas": (ward,),
        "starts_on": date(2025, 12, 29),
        "ends_on": date(2026, 2, 1),
        "opened_on": opened,
        "updated_on": opened,
        "recurrence": Recurrence.FIVE_TO_TWENTY_FIVE,
    }
    return Signal(**given | fields)


def make_silence(agency: str = "aldermere-housing", since: date = date(2026, 1, 1), **fields: Any) -> OperationalSignal:
    """An open signal that an agency has gone silent."""
    given: dict[str, Any] = {
        "signal_id": f"{BOARD}.agency_silent.{agency}.{since}",
        "board": BOARD,
        "kind": "agency_silent",
        "agency": agency,
        "starts_on": since,
        "opened_on": date(2026, 5, 6),
        "updated_on": date(2026, 5, 6),
    }
    return OperationalSignal(**given | fields)


def wire(message: Release | SubmissionState | Signal | OperationalSignal) -> bytes:
    """The message as it lies in its topic."""
    return message.model_dump_json().encode()
