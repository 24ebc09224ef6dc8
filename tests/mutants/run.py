"""A seeded sample of all mutants, two at a time; what is known already is not run again."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutations import Mutant, Parsed
from tests.mutants.targets import ROOT, Target, files
from tests.mutants.worker import Outcome, Running

RESULTS = ROOT / "var" / "mutants" / "results.jsonl"
SLACK = 3.0
"""A mutant may take this many times as long as the same tests without a fault, and half a minute."""


class Result(NamedTuple):
    """What became of a mutant."""

    mutant: Mutant
    outcome: Outcome


class TestsFail(Exception):
    """The tests of a target fail without any fault, so that they could tell of none."""


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


def baselines(targets: Iterable[Target], say: Callable[[str], None]) -> dict[Target, float]:
    """Seconds that each target's tests take without a fault; raises `TestsFail` where they do not pass."""
    found = {}
    for target in sorted(set(targets)):
        path = next(path for path, of in files() if of == target)
        source = path.read_text("utf-8")
        outcome = _finished(Running(ROOT, path, source, target.tests, 1_800))
        if outcome.verdict != "survived":
            raise TestsFail(f"the tests of {target.code} fail without a fault: {outcome.by or outcome.verdict}")
        say(f"{target.code}: its tests pass in {outcome.seconds:.0f} s")
        found[target] = outcome.seconds
    return found


def results(
    chosen: list[tuple[Mutant, Target]], limits: dict[Target, float], workers: int, path: Path = RESULTS
) -> Iterator[Result]:
    """Run what is not known yet, some at a time and in a seeded order, so that a part of a run is a sample, too.

    Each outcome is written down before it is yielded.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    done = known(path)
    waiting = [(mutant, target) for mutant, target in chosen if mutant.id not in done]
    random.Random(len(waiting)).shuffle(waiting)
    yield from (Result(mutant, done[mutant.id]) for mutant, _ in chosen if mutant.id in done)
    running: list[tuple[Mutant, Running]] = []
    while waiting or running:
        while waiting and len(running) < workers:
            mutant, target = waiting.pop(0)
            limit = 30 + SLACK * workers * limits[target]
            running.append((mutant, Running(ROOT, ROOT / mutant.path, mutant.source, target.tests, limit)))
        for one in list(running):
            outcome = one[1].outcome()
            if outcome is not None:
                running.remove(one)
                with path.open("a", encoding="utf-8") as file:
                    file.write(_line(one[0].id, outcome))
                yield Result(one[0], outcome)
        time.sleep(0.05)


def _finished(running: Running) -> Outcome:
    while (outcome := running.outcome()) is None:
        time.sleep(0.05)
    return outcome
