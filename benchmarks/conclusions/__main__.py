"""`python -m benchmarks.conclusions`: judges boards until there are enough, then writes docs/conclusions-validation.md.

Can be stopped at any time and run again: it goes on where it was, unless the code that concludes has changed.
"""

from __future__ import annotations

import ast
import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import click

from benchmarks.conclusions import page
from benchmarks.conclusions.judged import Judged, judge
from benchmarks.conclusions.plans import SIZES, null_plan, planted_plan
from benchmarks.conclusions.store import Store

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "var" / "conclusions" / "boards.jsonl"
CODE = (
    "analysis/training/*.py", "analysis/measures/*.py", "analysis/disclosure/noise.py", "models/catalogue/*",
    "benchmarks/conclusions/plans.py", "benchmarks/conclusions/habits.py", "benchmarks/conclusions/recording.py",
    "benchmarks/conclusions/counting.py", "benchmarks/conclusions/judged.py", "demo/synthetic/*.py",
)  # fmt: skip
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


def tasks(null: int, planted: int) -> Iterator[Task]:
    """All of them, every size and kind in turn, so that a run that is stopped has some of each."""
    for number in range(max(null, planted)):
        for size in SIZES:
            if number < null:
                yield size, number, True
            if number < planted:
                yield size, number, False


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
    return judge((null_plan if null else planted_plan)(number, size))


def code() -> str:
    """What the results are of: the code that makes, counts and judges boards, its words left out."""
    found = hashlib.sha256()
    for pattern in CODE:
        for path in sorted(ROOT.glob(pattern)):
            found.update(_meaning(path).encode())
    return found.hexdigest()[:16]


def _meaning(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return text
    tree = ast.parse(text)
    for node in ast.walk(tree):
        lines = getattr(node, "body", None)
        if isinstance(lines, list):
            lines[:] = [line for line in lines if not _is_words(line)] or [ast.Pass()]
    return ast.dump(tree)


def _is_words(line: object) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.conclusions")
