"""A seeded sample of all mutants, two at a time; what is known already is not run again."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import inf
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from tests.mutants import reach
from tests.mutants.mutations import Mutant, Parsed
from tests.mutants.targets import ROOT, Target, files
from tests.mutants.worker import Outcome, Running

Chosen = list[tuple[Mutant, Target]]
RESULTS = ROOT / "var" / "mutants" / "results.jsonl"


class TestsFail(Exception):
    """The tests of a target fail without any fault, so that they could tell of none."""

    __test__ = False


class Result(NamedTuple):
    """What became of a mutant."""

    mutant: Mutant
    outcome: Outcome


def sample(size: int, seed: int, only: str = "") -> list[tuple[Mutant, Target]]:
    """Mutants chosen by chance, in the order of files and lines. Each is in or out by its own id and the seed, so that
    an edit elsewhere changes nothing of what was found."""
    parsed = [
        (Parsed(str(path.relative_to(ROOT)), path.read_text("utf-8")), target)
        for path, target in files()
        if only in str(path.relative_to(ROOT))
    ]
    ranks = {of: hashlib.sha256(f"{seed}|{of}".encode()).digest() for file, _ in parsed for of in file.ids()}
    chosen = frozenset(sorted(ranks, key=ranks.__getitem__)[:size])
    found = []
    for file, target in parsed:
        for of in file.ids():
            if of in chosen and (mutant := file.mutant(of)):
                found.append((mutant, target))
    return found


def known(path: Path = RESULTS) -> dict[str, Outcome]:
    """Outcomes of earlier runs, by mutant: of an interrupted one too."""
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {line["id"]: Outcome(line["verdict"], line["seconds"], line["by"]) for line in lines}


def forget_survivors(path: Path = RESULTS) -> None:
    """Leave out of the results what survived, so that it is run again."""
    kept = {name: outcome for name, outcome in known(path).items() if outcome.verdict != "survived"}
    path.write_text("".join(_line(name, outcome) for name, outcome in kept.items()), "utf-8")


def _line(name: str, outcome: Outcome) -> str:
    return json.dumps({"id": name, **outcome._asdict()}) + "\n"


def results(
    chosen: Chosen, workers: int, say: Callable[[str], None], path: Path = RESULTS, budget: float = inf
) -> Iterator[Result]:
    """Run what is not known yet, target by target and in a seeded order.

    Each outcome is written down as soon as it is there. Raises `TestsFail` where tests fail without any fault.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    done = known(path)
    yield from (Result(mutant, done[mutant.id]) for mutant, _ in chosen if mutant.id in done)
    waiting = [(mutant, target) for mutant, target in chosen if mutant.id not in done]
    random.Random(len(waiting)).shuffle(waiting)
    targets = sorted({target for _, target in waiting})
    for target in targets:
        own = [mutant for mutant, of in waiting if of == target]
        began = time.monotonic()
        _in_nursery(target, own, workers, path, budget)
        done = known(path)
        yield from (Result(mutant, done[mutant.id]) for mutant in own if mutant.id in done)
        inside = sum(mutant.id in done for mutant in own)
        say(f"{target.code}: {inside} inside functions in {time.monotonic() - began:.0f} s")
    for target in targets:
        own = [mutant for mutant, of in waiting if of == target and mutant.id not in done]
        yield from _imported_anew(target, own, workers, path, budget)


def _in_nursery(target: Target, mutants: Sequence[Mutant], workers: int, path: Path, budget: float) -> None:
    """Run those that stand inside functions, in a process that imports our code; they are in `path` afterwards."""
    pid = os.fork()
    if pid == 0:
        code = 3
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # pytest's own report says nothing here
        try:
            code = _nursery(target, mutants, workers, path, budget)
        finally:
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise TestsFail(f"the tests of {target.code} fail without a fault, or cannot be collected; run them by pytest")


def _nursery(target: Target, mutants: Sequence[Mutant], workers: int, path: Path, budget: float) -> int:
    from tests.mutants import nursery

    with tqdm(total=len(mutants), unit="mutant", desc=target.code, disable=None) as bar:

        def say(name: str, outcome: Outcome) -> None:
            bar.update()
            if outcome.verdict != "not exchanged":
                _write(name, outcome, path)

        measured = reach.known(target)
        code, found = nursery.run(target, mutants, workers, measured, say, budget)
        if not measured and not code:
            reach.keep(target, found)
    return code


START_SECONDS = 60.0
FIRST = 2
"""Test files that a fault at import meets first: to collect them all takes longer than most of them run."""


def _imported_anew(
    target: Target, mutants: Sequence[Mutant], workers: int, path: Path, budget: float
) -> Iterator[Result]:
    """Run the others, each in a process that imports our code with the fault in it."""
    of_target = reach.known(target)
    waiting, running = list(mutants), list[tuple[Mutant, Running, list[str]]]()
    caught: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def start(mutant: Mutant, tests: Sequence[str], later: list[str]) -> None:
        limit = reach.allowed(of_target, tests, workers, START_SECONDS)
        running.append((mutant, Running(ROOT, ROOT / mutant.path, mutant.source, tests, limit), later))

    with tqdm(total=len(waiting), unit="mutant", desc=f"{target.code}, at import", disable=None) as bar:
        while waiting or running:
            while waiting and len(running) < workers:
                mutant = waiting.pop(0)
                able = reach.of_source(of_target, mutant.path, caught[mutant.path])
                tests = reach.within(of_target, able, budget)
                start(mutant, tests[:FIRST], tests[FIRST:])
            for mutant, process, later in list(running):
                if not (outcome := process.outcome()):
                    continue
                running.remove((mutant, process, later))
                if outcome.verdict == "survived" and later:
                    start(mutant, later, [])
                    continue
                caught[mutant.path][_file(outcome)] += 1
                bar.update()
                _write(mutant.id, outcome, path)
                yield Result(mutant, outcome)
            time.sleep(0.02)


def _write(name: str, outcome: Outcome, path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(name, outcome))


def _file(outcome: Outcome) -> str:
    """The test file that caught a mutant, of the line in which pytest says what failed."""
    words = outcome.by.split()
    return words[1].partition("::")[0] if len(words) > 1 else ""
