"""The attacked pages, made once for a file of attacks, on the demo's day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.attacks.pages.world import World, world
from tests.dashboards.conftest import TODAY


@pytest.fixture(scope="module", autouse=True)
def on_11_may_2026() -> Iterator[None]:
    """The demo's day."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(int((TODAY - datetime.now(UTC)).total_seconds())))
        yield


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, on_11_may_2026: None) -> Iterator[World]:
    """The pages and their provider."""
    with world(tmp_path_factory.mktemp("pages")) as made:
        yield made
