"""Runs faults one after another on benches, which are kept while they work, and prints the table."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.faults.bench import Bench
from tests.faults.registry import Fault, NotRun, Row, Turn
from tests.support import pace

BROKERS = {"one": 1, "three": 3}
HEAD = ("fault", "injected", "events in", "lost", "doubled", "recovery s", "seen by the operator as")
TARGET = 1500.0
"""Seconds that a whole run may take on a free machine of two cores. No fault is ever left out for it."""
SCHEDULED = 0.9
"""The share of the target that is scheduled; the rest is for the last faults, after the last check of the schedule."""
SLACK = 60.0
"""Seconds that a run may be behind its schedule before its loads become smaller."""
SMALL = 0.4
"""The share of a load that is left when a run is behind its schedule; `Turn.events` has a lower limit."""
Say = Callable[[str], None]


def run_faults(
    faults: Sequence[Fault], folder: Path, seed: int, say: Say, *, quick: bool = False, target: float = TARGET
) -> list[Row]:
    """Run every fault, grouped by bench; some begin a new bench.

    Behind a schedule that ends at `target` seconds they get smaller loads and are injected fewer times; none is left
    out.
    """
    began = time.monotonic()
    rows: list[Row] = []
    weights = sum(fault.weight for fault in faults)
    done = 0
    for kind, brokers in BROKERS.items():
        with ExitStack() as stack:
            bench: Bench | None = None
            for fault in (fault for fault in faults if fault.bench == kind):
                row = Row(fault.name)
                rows.append(row)
                started = time.monotonic()
                row.small = quick or started - began > SCHEDULED * target * done / weights + SLACK
                pace.measure()
                done += fault.weight
                if fault.fresh and not quick:
                    stack.close()
                    bench = None
                try:
                    if bench is None:
                        bench = stack.enter_context(Bench(folder, brokers))
                    _run_one(fault, bench, row, seed)
                except Exception as error:  # the table is printed whatever happens
                    row.problems.append(f"{type(error).__name__}: {str(error)[:500]} ({_place(error)})")
                row.seconds = time.monotonic() - started
                say(f"{line(row)}   ({row.seconds:.0f} s, {time.monotonic() - began:.0f} s in all)")
                if not row.good and not row.not_run:
                    # The next fault must not be blamed for what this one left behind.
                    stack.close()
                    bench = None
    return rows


def _run_one(fault: Fault, bench: Bench, row: Row, seed: int) -> None:
    rng = random.Random(f"{seed}-{fault.name}")
    turn = Turn(bench, row, rng, fault.quick_times if row.small else fault.times, SMALL if row.small else 1.0)
    try:
        fault.run(turn)
        if row.recovery is None:
            turn.settle()
    except NotRun as reason:
        row.not_run = str(reason)
        return
    except Exception as error:  # what became of the events is compared all the same
        row.problems.append(f"{type(error).__name__}: {str(error)[:700]} ({_place(error)})")
    finally:
        bench.network.heal()
        bench.database_line.heal()
        turn.fed()
    row.add(bench.compare())
    if row.times == 0:
        row.problems.append("never really injected")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "faults" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


def line(row: Row) -> str:
    """One line of the table."""
    if row.not_run:
        return f"{row.name:<44} {'NOT RUN':>8}  {row.not_run}"
    recovery = "-" if row.recovery is None else f"{row.recovery:.1f}"
    text = (
        f"{row.name:<44} {row.times:>8} {row.events:>9,} {row.lost:>6} {row.doubled:>7} {recovery:>10}  "
        f"{'; '.join(row.seen)}"
    )
    return text + "".join(f"\n    !! {problem}" for problem in row.problems)


def took(seconds: float, target: float = TARGET) -> str:
    """How long a run took, and whether that is too long."""
    over = seconds - target
    late = f": {over:.0f} s over the target of {target:.0f} s; nothing was left out for it" if over > 0 else ""
    return f"{seconds:.0f} s in all{late}"


def table(rows: Iterable[Row]) -> str:
    """The whole table with its head and a sum."""
    rows = list(rows)
    head = f"{HEAD[0]:<44} {HEAD[1]:>8} {HEAD[2]:>9} {HEAD[3]:>6} {HEAD[4]:>7} {HEAD[5]:>10}  {HEAD[6]}"
    good = sum(row.good for row in rows)
    late = sum(bool(row.not_run) for row in rows)
    small = sum(row.small for row in rows)
    total = (
        f"{good} of {len(rows)} faults: lost 0, doubled 0"
        + (f"; {late} not run" if late else "")
        + (f"; {small} with small loads" if small else "")
        + f"; injected {sum(row.times for row in rows)} times into {sum(row.events for row in rows):,} events"
    )
    return "\n".join([head, "-" * len(head), *map(line, rows), "-" * len(head), total])
