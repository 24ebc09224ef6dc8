"""Which test files run which lines: so that a mutant meets the tests that could notice it, the quickest first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.mutants.targets import ROOT, Target

CACHE = ROOT / "var" / "mutants" / "reach.json"
SLACK = 3.0
"""For each worker that shares the machine, a mutant may take this many times as long as the tests without a fault."""


class Reach(NamedTuple):
    """What one test file does when nothing is wrong."""

    seconds: float
    lines: Mapping[str, frozenset[int]]
    """Source file, from the root -> the lines that it runs, without those that run while the file is imported."""


def running(reach: Mapping[str, Reach], path: str, lines: range, caught: Mapping[str, int]) -> list[str]:
    """The test files that run one of these lines: first those that caught most in the same source, then by seconds."""
    able = (name for name, of_file in reach.items() if not of_file.lines.get(path, frozenset()).isdisjoint(lines))
    return _ordered(reach, able, caught)


def of_source(reach: Mapping[str, Reach], path: str, caught: Mapping[str, int]) -> list[str]:
    """The test files that may notice a change of what a file does while it is imported, in the same order.

    Those that run anything of it, and those that run no code of the target at all: these read what it made while it
    was imported. Of a file that holds data alone, all.
    """
    run_it = [name for name in reach if reach[name].lines.get(path)]
    only_read = [name for name in reach if not any(reach[name].lines.values())]
    return _ordered(reach, [*run_it, *only_read] if run_it else reach, caught)


def _ordered(reach: Mapping[str, Reach], names: Iterable[str], caught: Mapping[str, int]) -> list[str]:
    return sorted(names, key=lambda name: (-caught.get(name, 0) / (1 + reach[name].seconds), reach[name].seconds))


def within(reach: Mapping[str, Reach], tests: Sequence[str], seconds: float) -> list[str]:
    """The first of these test files that take so many seconds together, the one that goes beyond included."""
    spent, kept = 0.0, list[str]()
    for test in tests:
        if spent >= seconds:
            break
        kept.append(test)
        spent += reach[test].seconds
    return kept


def allowed(reach: Mapping[str, Reach], tests: Iterable[str], workers: int, start: float) -> float:
    """Seconds that a mutant may take: `start` to begin, and some times what these tests take without a fault."""
    return start + SLACK * workers * sum(reach[test].seconds for test in tests)


def known(target: Target, cache: Path = CACHE) -> dict[str, Reach]:
    """What was measured earlier; nothing where code or tests have changed since."""
    kept = json.loads(cache.read_text("utf-8")).get(target.code, {}) if cache.exists() else {}
    if kept.get("state") != _state(target):
        return {}
    return {
        name: Reach(seconds, {path: frozenset(lines) for path, lines in by_path.items()})
        for name, (seconds, by_path) in kept["files"].items()
    }


def keep(target: Target, reach: Mapping[str, Reach], cache: Path = CACHE) -> None:
    """Keep it for the next run."""
    kept = json.loads(cache.read_text("utf-8")) if cache.exists() else {}
    files = {
        name: (of_file.seconds, {path: sorted(lines) for path, lines in of_file.lines.items()})
        for name, of_file in reach.items()
    }
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps(kept | {target.code: {"state": _state(target), "files": files}}), "utf-8")


def _state(target: Target) -> str:
    """Changes whenever code or tests of the target do."""
    digest = hashlib.sha256()
    for place in (target.code, *target.tests):
        for path in [ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()
