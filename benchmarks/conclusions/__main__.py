"""`python -m benchmarks.conclusions`: judges boards until there are enough, then writes docs/conclusions-validation.md.

Can be stopped at any time and run again: it goes on where it was, unless the code that concludes has changed.
"""

from __future__ import annotations

import ast
import hashlib
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import click

from analysis.training.calibration import curves
from benchmarks.conclusions import page
from benchmarks.conclusions.judged import Judged, judge
from benchmarks.conclusions.plans import FIRST_JUDGED, SIZES, null_plan, planted_plan
from benchmarks.conclusions.store import Store
from models.catalogue import shipped

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "var" / "conclusions" / "boards.jsonl"
CODE = (
    *(
        f"analysis/measures/{name}.py"
        for name in ("breakdown", "count", "m1", "m2", "m7", "m18", "recognition", "workdays")
    ),
    *(
        f"analysis/training/{name}.py"
        for name in ("calibration", "detection", "effect", "expectation", "needs", "posterior", "released")
    ),
    "analysis/disclosure/noise.py",
    *(
        f"benchmarks/conclusions/{name}.py"
        for name in ("counting", "coverage", "habits", "judged", "plans", "recording")
    ),
    *(f"demo/synthetic/{name}.py" for name in ("borough", "catalogue", "children", "exploitation", "sightings")),
)
WORDS = frozenset({"DEFINITION", "NOT_NEEDS", "TRUE_OF"})
"""Names whose values are words."""
COVERAGE_EVERY = 4
"""Coverage (M6) is judged on one board of so many: it is slow, and soon plain."""
TELL_EVERY = 20
"""Seconds."""
Task = tuple[int, int, bool]
"""Children a year, number, whether nothing is planted."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--null", default=page.WANTED_NULL, show_default=True, help="Boards of each size with nothing planted.")
@click.option("--planted", default=4 * page.WANTED_PLANTED, show_default=True, help="Boards of each size with plants.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1), help="At a time.")
@click.option("--minutes", type=float, help="Stop after so long; run again to go on.")
@click.option(
    "--results", default=RESULTS, show_default=True, type=click.Path(path_type=Path), help="Where they are kept."
)
@click.option("--write/--no-write", default=True, show_default=True, help="Write the page at the end.")
def main(null: int, planted: int, processes: int, minutes: float | None, results: Path, write: bool) -> None:
    """Judge invented boards of five sizes: false conclusions, what is found, and stated probability against truth."""
    store = Store(results, code())
    done = {(one.judged.children, one.number, one.null) for one in store.all()}
    todo = [task for task in tasks(null, planted) if task not in done]
    click.echo(f"{len(done)} boards are there, {len(todo)} to do", err=True)
    _run(store, todo, processes, None if minutes is None else time.monotonic() + 60 * minutes)
    kept = store.all()
    if write and kept:
        page.write(kept)
        click.echo(f"{page.OUT.name}: {len(kept)} boards", err=True)


def tasks(null: int, planted: int) -> list[Task]:
    """All of them, every size and kind in turn, so that a run that is stopped has some of each; of the largest, which
    take longest, the fewest first."""
    every = [(size, n, True) for size in SIZES for n in range(null)]
    every += [(size, n, False) for size in SIZES for n in range(planted)]
    return sorted(every, key=lambda task: (task[1] * max(1.0, task[0] / 1_000), task))


def _run(store: Store, todo: list[Task], processes: int, until: float | None) -> None:
    began, told = time.monotonic(), time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        waiting = {pool.submit(one, task): task for task in todo}
        for number, future in enumerate(as_completed(waiting), start=1):
            size, index, null = waiting[future]
            store.add(index, null=null, judged=future.result())
            now = time.monotonic()
            if now - told > TELL_EVERY:
                told = now
                click.echo(
                    f"{number} of {len(todo)} boards, {now - began:.0f} s, the last of {size} children", err=True
                )
            if until is not None and now > until:
                pool.shutdown(cancel_futures=True)
                return


def one(task: Task) -> Judged:
    """One board, in a process of its own."""
    size, number, null = task
    plan = (null_plan if null else planted_plan)(FIRST_JUDGED + number, size)
    return judge(plan, coverage=number % COVERAGE_EVERY == 0)


def code() -> str:
    """What the results are of: the code that makes, counts and judges boards, its words left out, and what the
    catalogue expects of whom, and the calibration."""
    found = hashlib.sha256()
    for name in CODE:
        found.update(_meaning(ROOT / name).encode())
    expected = {entry.code: (entry.category, entry.observers, entry.used) for entry in shipped().indicators}
    found.update(repr(sorted(expected.items())).encode())
    found.update(repr(sorted(curves().items())).encode())
    return found.hexdigest()[:16]


def _meaning(path: Path) -> str:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        lines = getattr(node, "body", None)
        if isinstance(lines, list):
            lines[:] = [line for line in lines if not _is_words(line)] or [ast.Pass()]
    return ast.dump(tree)


def _is_words(line: object) -> bool:
    if isinstance(line, ast.Assign | ast.AnnAssign):
        targets = line.targets if isinstance(line, ast.Assign) else [line.target]
        return any(isinstance(target, ast.Name) and target.id in WORDS for target in targets)
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.conclusions")
