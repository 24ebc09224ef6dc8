"""One mutant, one process that imports our code anew: for what a module does while it is imported.

The process is forked from a parent that has imported the libraries and none of our packages. So a mutant costs the
import of our own code and the tests up to the first that fails, and no mutant touches a file. What is inside a function
is quicker: see `nursery`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

OURS = ("models", "agencies", "analysis", "streams", "consumers", "dashboards", "demo", "benchmarks")
LIBRARIES = (
    *("click", "fastapi", "faust", "highspy", "holidays", "hypothesis", "kafka", "numpy", "openpyxl", "orjson"),
    *("pydantic", "pydantic_settings", "pytest", "scipy.optimize", "scipy.stats", "sqlalchemy"),
    *("starlette.testclient", "yaml"),
)


LANES = "not kafka and not embedded and not postgres and not batch and not alone"
"""The tests that a mutant meets."""
OPTIONS = (
    *("-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
"""pytest's, whichever way a mutant is run."""


class Outcome(NamedTuple):
    """How a run of tests ended: `killed`, `survived` or `timeout`, after some seconds, by which test."""

    verdict: str
    seconds: float
    by: str = ""


class _Mutated(importlib.machinery.SourceFileLoader):
    """Loads one module of ours from another source."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        """Never from a cache on disk."""
        code = self.source_to_code(self._source.encode(), self.path)
        assert isinstance(code, CodeType)
        return code


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The mutated module, and no other."""
        if fullname != self._name:
            return None
        loader = _Mutated(fullname, str(self._path), self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def preload() -> None:
    """Import what every test needs and no mutant changes."""
    for library in LIBRARIES:
        importlib.import_module(library)
    ours = [name for name in sys.modules if name.partition(".")[0] in OURS]
    assert not ours, f"already imported, so that no mutant of it would run: {ours}"


class Running:
    """Tests running with one module's source replaced."""

    def __init__(self, root: Path, path: Path, source: str, tests: Sequence[str], limit: float) -> None:
        self._output = tempfile.NamedTemporaryFile("w+", suffix=".txt")  # noqa: SIM115 - closed when it has been read
        self._began = time.monotonic()
        self._limit = limit
        self._pid = os.fork()
        if self._pid == 0:
            _child(root, path, source, tests, self._output.name)

    def outcome(self) -> Outcome | None:
        """How it ended; None while it goes on. Whatever takes longer than `limit` seconds is ended: a timeout."""
        seconds = time.monotonic() - self._began
        done, status = os.waitpid(self._pid, os.WNOHANG)
        if not done and seconds < self._limit:
            return None
        if not done:
            os.killpg(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        with self._output as output:
            lines = Path(output.name).read_text("utf-8", "replace").splitlines()
        if not done:
            return Outcome("timeout", seconds)
        failed = [line.strip() for line in lines if line.startswith(("FAILED", "ERROR"))]
        survived = os.waitstatus_to_exitcode(status) == 0
        return Outcome("survived" if survived else "killed", seconds, failed[-1][:200] if failed else "")


def _child(root: Path, path: Path, source: str, tests: Sequence[str], output: str) -> None:
    """Never returns."""
    code = 3
    try:
        os.setpgid(0, 0)
        os.chdir(root)
        handle = os.open(output, os.O_WRONLY | os.O_TRUNC)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        sys.path.insert(0, str(root))
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        sys.meta_path.insert(0, _Finder(name, path, source))
        with tempfile.TemporaryDirectory() as storage:
            os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = storage
            import pytest

            code = int(pytest.main([*OPTIONS, "-x", "-m", LANES, *tests]))
    except BaseException as error:  # a mutant may raise anything, while it is imported too
        os.write(2, f"ERROR {type(error).__name__}\n".encode())
    finally:
        os._exit(code)
