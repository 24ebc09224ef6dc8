"""The measured times as a table: 50th and 95th percentile and maximum of each route, first hits apart. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import click

from benchmarks.pages.asked import Answer

TARGET = 0.100
"""Seconds of the 95th percentile of any page."""
MEMORY_MB = 300.0


def show(answers: Sequence[Answer], unknown: Iterable[str], memory: float, with_files: float) -> bool:
    """Print it; True when every page and the memory meet their targets. Files are shown, and have no target."""
    wide = max(len(answer.address.route) for answer in answers)
    click.echo(f"{'milliseconds by the clock':{wide}}        first hits             repeated hits       kB")
    click.echo(f"{'(and of the processor)':{wide}}  p50  p95  max (cpu p95)  p50  p95  max (cpu p95)")
    missed, of_processor = list[str](), list[str]()
    for file in (False, True):
        for route, of_route in _by_route(answers, file).items():
            parts = []
            for again in (False, True):
                seconds = [answer.seconds for answer in of_route if answer.again is again]
                cpu = [answer.cpu for answer in of_route if answer.again is again]
                if not seconds:
                    continue
                told = (percentile(seconds, 50), percentile(seconds, 95), max(seconds), percentile(cpu, 95))
                parts.append("{:5.0f}{:5.0f}{:5.0f} ({:6.0f})".format(*(1000 * one for one in told)))
                if not file:
                    name = f"{route} ({'repeated' if again else 'first'} hits)"
                    missed += [name] if told[1] >= TARGET else []
                    of_processor += [name] if told[3] >= TARGET else []
            kind = " file" if file else ""
            size = max(answer.size for answer in of_route) / 1024
            statuses = {answer.status for answer in of_route} - {200, 303}
            told_status = f"  status {sorted(statuses)}" if statuses else ""
            click.echo(f"{route:{wide}}{'  '.join(parts)} {size:6.0f}{kind}{told_status}")
    for route in unknown:
        click.echo(f"{route:{wide}} not asked for")
    click.echo(
        f"\nmemory: {memory:.0f} MB after all pages, target under {MEMORY_MB:.0f} MB; {with_files:.0f} MB after files"
    )
    for name, those in (("by the clock", missed), ("of the processor", of_processor)):
        click.echo(f"95th percentile under {1000 * TARGET:.0f} ms {name}: {told_of(those)}")
    click.echo("The clock counts what else the machine does. The processor's time is that of the pages' process alone.")
    return not missed and memory < MEMORY_MB


def figures(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    """The same as numbers, in milliseconds, for the file of results."""
    found: dict[str, dict[str, float]] = {}
    for file in (False, True):
        for route, of_route in _by_route(answers, file).items():
            own = found.setdefault(route, {})
            for again, name in ((False, "first"), (True, "repeated")):
                seconds = [answer.seconds for answer in of_route if answer.again is again]
                cpu = [answer.cpu for answer in of_route if answer.again is again]
                if seconds:
                    own |= {
                        f"{name}_cpu_p95": round(1000 * percentile(cpu, 95), 1),
                        f"{name}_p50": round(1000 * percentile(seconds, 50), 1),
                        f"{name}_p95": round(1000 * percentile(seconds, 95), 1),
                        f"{name}_max": round(1000 * max(seconds), 1),
                    }
    return found


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of the values that so many in a hundred do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _by_route(answers: Iterable[Answer], file: bool) -> dict[str, list[Answer]]:
    found: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.address.file is file:
            found[answer.address.route].append(answer)
    return dict(found)


def told_of(missed: Sequence[str]) -> str:
    """Met, or by what it was missed."""
    return f"MISSED by {', '.join(missed)}" if missed else "met"
