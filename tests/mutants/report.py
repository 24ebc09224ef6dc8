"""docs/mutants.md: the share that tests caught, and every survivor with the reason why it may live."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.mutants.run import Result
from tests.mutants.targets import ROOT, TARGETS

EXPLAINED = Path(__file__).parent / "explained.yaml"
DOCUMENT = ROOT / "docs" / "mutants.md"


def explanations(path: Path = EXPLAINED) -> dict[str, str]:
    """Mutant -> why no test can or need tell it from the code as it is."""
    loaded = yaml.safe_load(path.read_text("utf-8")) if path.exists() else None
    return {str(key): str(words) for key, words in (loaded or {}).items()}


def share_killed(results: Iterable[Result], explained: dict[str, str]) -> float:
    """Of the mutants that are not explained, the share that a test or the time limit caught; 1 if there are none."""
    counted = [result for result in results if result.mutant.id not in explained]
    caught = sum(result.outcome.verdict != "survived" for result in counted)
    return caught / len(counted) if counted else 1.0


def document(results: list[Result], chosen: int, seed: int, explained: dict[str, str]) -> str:
    """The page; `chosen` is how many mutants the sample has, run or not."""
    share = share_killed(results, explained)
    lines = [
        "# Mutation testing of what decides",
        "",
        "Made by `make mutants` (`python -m tests.mutants`); do not edit. Small faults are put into the code one at a",
        "time: a comparison, a number, a code, an argument, a condition. A test has to fail. Most operators are",
        "mutmut's. They are applied to whole modules: to thresholds and lists of codes too. Words for people,",
        "annotations and log lines are left alone. A survivor is explained where no test can tell it from the code as",
        "it is (an equivalent), or where nothing hangs on it.",
        "",
        f"{len(results):,} run of a sample of {chosen:,}, seed {seed}. " + _verdict(results, chosen, share),
        "",
        "| code | mutants | caught | by the time limit | survived | of these explained |",
        "|---|---|---|---|---|---|",
    ]
    for target in TARGETS:
        own = [result for result in results if result.mutant.path.startswith(target.code)]
        survived = [result for result in own if result.outcome.verdict == "survived"]
        late = sum(result.outcome.verdict == "timeout" for result in own)
        caught = len(own) - len(survived) - late
        known = sum(result.mutant.id in explained for result in survived)
        lines.append(f"| {target.code} | {len(own)} | {caught} | {late} | {len(survived)} | {known} |")
    lines += ["", "## Survivors", "", "| mutant | where | was | became | why it may live |", "|---|---|---|---|---|"]
    for result in results:
        if result.outcome.verdict == "survived":
            mutant = result.mutant
            why = explained.get(mutant.id, "**not explained**")
            where = f"{mutant.path}:{mutant.line}"
            lines.append(f"| {mutant.id} | {where} | {_cell(mutant.before)} | {_cell(mutant.after)} | {why} |")
    return "\n".join(lines) + "\n"


def _verdict(results: list[Result], chosen: int, share: float) -> str:
    if not results:
        return "**Nothing can be said yet.**"
    rest = " The rest has not been run, so that the share says little yet." if len(results) < chosen else ""
    return f"**{share:.1%} of those not explained were caught.**{rest}"


def _cell(code: str) -> str:
    """Code in one line of a table, shortened."""
    line = " ".join(code.split()).replace("|", "\\|").replace("`", "'")
    return f"`{line if len(line) <= 80 else line[:77] + '...'}`"
