"""Writes docs/disclosure-validation.md from the results of the boards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import machine

Json = dict[str, Any]
SIZES = ((20, 59), (60, 199), (200, 599), (600, 1999), (2000, 4000))


def write(out: Path, boards: Sequence[Json], wanted: int, ladder: int, before: Mapping[int, Sequence[Json]]) -> int:
    """Write the report and return how many disclosures there were; `before` are the boards of older ladders."""
    disclosed: int = sum(board["by_gate"] + board["by_attack"] for board in boards)
    lines = [*_lines(boards, wanted, ladder)]
    for older, found in sorted(before.items(), reverse=True):
        lines += _before(found, older)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines) + "\n", "utf-8")
    return disclosed


def _before(boards: Sequence[Json], ladder: int) -> Iterable[str]:
    releases, cells, nudges = (sum(board[name] for board in boards) for name in ("releases", "cells", "nudges"))
    refused, by_gate, by_attack = (sum(board[name] for board in boards) for name in ("refused", "by_gate", "by_attack"))
    yield f"# Ladder {ladder}, before"
    yield ""
    yield f"The same seeds and sizes on ladder {ladder} (M1, M9 and M10 alone, nothing silent), as they were run"
    yield f"before ladder {ladder + 1} came: {len(boards)} boards, {releases:,} releases with {cells:,} cells,"
    yield f"{nudges:,} cells nudged, {refused} releases refused; disclosures: {by_gate} by the gate's own audit,"
    yield f"{by_attack} by the other attack."
    yield ""
    yield from _by_size(boards)
    yield from _utility(boards)


def _lines(boards: Sequence[Json], wanted: int, ladder: int) -> Iterable[str]:
    about = machine()
    seeds = sorted(board["seed"] for board in boards)
    total = Counter[str]()
    for board in boards:
        total.update({name: board[name] for name in ("releases", "cells", "attacks", "audits", "nudges", "refused")})
        for name in ("consistent", "contradictory"):
            total[name] += board["steady"].get(name, 0)
    yield "# Validation of disclosure control"
    yield ""
    yield "Made by `make validate-disclosure` (`python -m benchmarks.release_validation`); do not edit. All boards are"
    yield "synthetic."
    yield ""
    yield f"- **Boards run: {len(boards)} of {wanted}**, seeds {_ranges(seeds)}, ladder version {ladder}, on"
    yield f"  {about['at'][:10]}, Python {about['python']}, {about['system']}, {about['cores']} cores (one used)."
    yield "- Each: 20 to 4,000 children a year, 2 to 6 towns of 3 to 5 wards, 4 to 8 agencies of which two report 40 to"
    yield "  80 %, 6 to 45 indicators, every measure of the ladder; eight quarters and two financial years released"
    yield "  one after another; with an odd seed 3 % of facts are recorded too late for their quarter; with every"
    yield "  third seed a sector sends no missing episodes, and its cells say so (`[u]`)."
    yield f"- Released: {total['releases']:,} releases with {total['cells']:,} cells; {total['nudges']:,} cells were"
    yield f"  nudged by the gate and {total['refused']} releases refused."
    by_gate, by_attack = (sum(board[name] for board in boards) for name in ("by_gate", "by_attack"))
    yield f"- **Disclosures: {by_gate} by the gate's own audit** (linear programmes, {total['audits']:,} audits of"
    yield f"  independent parts) **and {by_attack} by another attack** that reads the exported documents and shares no"
    yield f"  code with the gate ({total['attacks']:,} attacks by outsider, every agency and every pair: bounds"
    yield "  shuttled to a standstill, and 6 groups of each release solved one by one for the outsider and for the two"
    yield "  biggest agencies together)."
    yield "- What a cell without a figure (`[u]`) could be taken for is attacked by the gate's audit in two readings,"
    yield "  no information and nobody; the other attack reads it as no information."
    yield "- A year was also attacked together with its quarters as if nothing had been recorded late:"
    yield f"  {total['consistent']:,} of those attacks found figures that can go together, {total['contradictory']:,}"
    yield "  found that they cannot, which proves nothing about anybody."
    yield ""
    yield "What this does not show: the audit is of intervals, not of probabilities; for unions it is a relaxation, so"
    yield "a failure is a proof and a pass is not; and synthetic children do not cover everything that real ones do."
    yield ""
    yield from _by_size(boards)
    yield from _utility(boards)
    yield from _time(boards)
    if any(board["by_gate"] or board["by_attack"] for board in boards):
        yield "## Disclosures"
        yield ""
        for board in boards:
            if board["by_gate"] or board["by_attack"]:
                yield f"- seed {board['seed']}, {board['children']} a year: {board['by_gate']} and {board['by_attack']}"


def _by_size(boards: Sequence[Json]) -> Iterable[str]:
    yield "## What the gate did, by size"
    yield ""
    yield "| children a year | boards | releases | refused | nudges a release | tables withheld | which | disclosures |"
    yield "|---|---|---|---|---|---|---|---|"
    for low, high in SIZES:
        some = [board for board in boards if low <= board["children"] <= high]
        if not some:
            continue
        releases, nudges = sum(b["releases"] for b in some), sum(b["nudges"] for b in some)
        withheld = Counter[str]()
        for board in some:
            withheld.update(board["withheld"])
        which = ", ".join(f"{number} {name}" for name, number in withheld.most_common()) or "-"
        refused, found = sum(b["refused"] for b in some), sum(b["by_gate"] + b["by_attack"] for b in some)
        yield (
            f"| {low:,}-{high:,} | {len(some)} | {releases} | {refused} | {nudges / max(releases, 1):.1f} "
            f"| {sum(withheld.values())} | {which} | {found} |"
        )
    yield ""


def _utility(boards: Sequence[Json]) -> Iterable[str]:
    names = sorted({name for board in boards for name in board["states"]}, key=_coarse_first)
    yield "## Utility"
    yield ""
    yield "Mean absolute error of the figures shown, in children, and share of cells that are low (`<10`, `1-9` or"
    yield "`0`), by what is shown and by children a year. `-`: no figures."
    yield ""
    header = " | ".join(f"{low:,}-{high:,}" for low, high in SIZES)
    yield f"| cells | {header} |"
    yield "|---" * (len(SIZES) + 1) + "|"
    for name in names:
        row = []
        for low, high in SIZES:
            some = [board for board in boards if low <= board["children"] <= high]
            states, error, figures = Counter[str](), 0, 0
            for board in some:
                states.update(board["states"].get(name, {}))
                one = board["error"].get(name, (0, 0))
                error, figures = error + one[0], figures + one[1]
            few = states["low"] + states["none"] + states["one_to_nine"]
            mean = f"{error / figures:.2f}" if figures else "-"
            share = f"{100 * few / states.total():.0f} % low" if states.total() else "-"
            held = f", {100 * states['withheld'] / states.total():.1f} % withheld" if states["withheld"] else ""
            row.append(f"{mean}; {share}{held}")
        yield f"| {name} | {' | '.join(row)} |"
    yield ""


def _time(boards: Sequence[Json]) -> Iterable[str]:
    yield "## Time"
    yield ""
    yield "CPU seconds to build and gate one release, this process alone, on a machine that did other work meanwhile:"
    yield "median and longest."
    yield ""
    for kind in ("quarter", "year"):
        seconds = sorted(s for board in boards for s in board["seconds"].get(kind, ()))
        if seconds:
            yield f"- {kind}: {seconds[len(seconds) // 2]:.1f} s, {seconds[-1]:.1f} s ({len(seconds)} releases)"
    yield ""


def _coarse_first(name: str) -> tuple[int, ...]:
    level, window, *split = name.split(" ", 2)
    return ("board", "town", "ward").index(level), ("year", "quarter").index(window), len(split[0])


def _ranges(numbers: Sequence[int]) -> str:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found) or "none"
