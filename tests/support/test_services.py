"""A service can be started from a test as operations start it, and its log read."""

from __future__ import annotations

from pathlib import Path

from tests.support.services import start_module


def test_a_module_runs_in_the_checkout_with_a_log_of_its_own(tmp_path: Path) -> None:
    with start_module(tmp_path, "demo", "--help") as child:
        assert child.wait(60) == 0
        assert "Ctrl-C stops all of it" in child.tail(50)
