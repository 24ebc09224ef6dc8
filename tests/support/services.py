"""Starts one of our services as a test's child process, in the way that operations would: with `python -m`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from demo.processes import ChildProcess, start
from demo.rundir import ROOT, module
from tests.support.waiting import unique


def start_module(folder: Path, name: str, *arguments: str, env: Mapping[str, str | None] | None = None) -> ChildProcess:
    """Start `python -m name arguments…` in the checkout, its log in `folder`; a context manager that stops it.

    The child has `wait_for_line`, `wait_for_port`, `send`, `kill` (the whole group, as a power cut) and `stop`.
    """
    log = folder / f"{unique(name)}.log"
    return start(f"python -m {name} {' '.join(arguments)}", module(name, *arguments), log, env=env, cwd=ROOT)
