"""Writes docs/disclosure-validation.md from the results of the boards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analysis.disclosure.noise import STANDARD
from benchmarks.measure import machine
from benchmarks.release_boards import FEW
from benchmarks.rules.gaussian import Gaussian, expected

Json = dict[str, Any]
SIZES = ((20, 59), (60, 199), (200, FEW - 1), (FEW, 599), (600, 1999), (2000, 4000))
MOST = 30
"""The greatest count whose errors have a row of their own."""
RULE = Gaussian(STANDARD.deviation, STANDARD.base, STANDARD.lowest)
BY = ("outsider", "one agency", "two agencies")


def write(out: Path, boards: Sequence[Json], wanted: int, ladder: int) -> int:
    """Write the report and return how many disclosures there were."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(_lines(boards, wanted, ladder)) + "\n", "utf-8")
    return sum(_disclosed(board, "audit") + _disclosed(board, "attack") for board in boards)


def _disclosed(board: Json, how: str) -> int:
    return sum(board[how].get(f"{by}: proofs", 0) for by in BY)


def _lines(boards: Sequence[Json], wanted: int, ladder: int) -> Iterable[str]:
    about = machine()
    seeds = sorted(board["seed"] for board in boards)
    releases, cells, refused = (sum(board[name] for board in boards) for name in ("releases", "cells", "refused"))
    nearly = Counter[str]()
    for board in boards:
        nearly.update(board["nearly"])
    few = sum(board.get("schedule") == "years_and_pairs_of_years" for board in boards)
    by_audit, by_attack = (sum(_disclosed(board, how) for board in boards) for how in ("audit", "attack"))
    yield from (
        "# Validation of disclosure control",
        "",
        "Made by `make validate-disclosure` (`python -m benchmarks.release_validation`); do not edit. All boards are",
        "synthetic. Other rules, on boards of three sizes, are in disclosure-rules.md.",
        "",
        f"- **Boards run: {len(boards)} of {wanted}**, seeds {_ranges(seeds)}, ladder version {ladder}, deviation "
        f"{STANDARD.deviation}, on",
        f"  {about['at'][:10]}, Python {about['python']}, {about['system']}, {about['cores']} cores (one used).",
        "- Each: 20 to 4,000 children a year, 2 to 6 towns of 3 to 5 wards, 4 to 8 agencies of which two report 40 to",
        "  80 %, 6 to 45 indicators, every measure of the ladder; eight quarters and two financial years, or on the",
        f"  {few} boards under {FEW} children a year two financial years and the pair of them. With an odd seed 3 % of",
        "  facts are recorded too late for their quarter (there: for their year). On every third board one agency",
        "  sends no missing episodes, on another third all but two send none, and the sectors' cells say so.",
        "- Sectors count by their own links: 3 % of a sector's children are two children there.",
        "- Insiders know what they reported and what they learn by their roles: one agency screens and one interviews",
        "  60 %, 80 % or all of the children, and knows of these all that is counted of their concern or episode, of",
        "  whichever sector. Who decides all of a cell knows it whole.",
        f"- Released: {releases:,} releases with {cells:,} cells; {refused} releases refused, no cell moved or",
        "  withheld by anything.",
        f"- **Disclosures: {by_audit} by the audit and {by_attack} by another attack.**",
        "- The audit is that of `analysis audit`: linear programmes. The other attack reads the exported documents and",
        "  shares no code with it: bounds shuttled to a standstill, and 6 groups solved one by one for the outsider",
        "  and for the two biggest agencies together. Both for the outsider, every agency and every pair: nobody is",
        "  sampled.",
        f"- A figure is read as the {5 * STANDARD.deviation + 2} children on both sides that all but a millionth of",
        "  draws lie within. Nothing is certain: by the rule any figure may stand for any count (docs/adr/0020). So",
        "  these are practical proofs, and the bound on odds is what is promised.",
        "- A proof counts if the figures made it closer: what an agency knows without them is no disclosure.",
        "- The attacks assume what certainly holds: areas, windows and indicators add up within one sector and one",
        "  cut-off. They were repeated with what only nearly holds: that all sectors link alike and nothing came late.",
        f"  {nearly['consistent']:,} of those found figures that can go together, with {nearly['proofs']} proofs of",
        f"  which {nearly['right']} are right; {nearly['contradictory']:,} found that they cannot, which proves",
        "  nothing about anybody.",
        "",
        "What this does not show: an audit of intervals says nothing of odds (see `make attacks` and docs/privacy.md);",
        "for unions it is a relaxation; and synthetic children do not cover everything that real ones do.",
        "",
    )
    yield from _by_attacker(boards)
    yield from _by_size(boards)
    yield from _errors(boards)
    yield from _utility(boards)
    yield from _time(boards)
    if by_audit or by_attack:
        yield "## Disclosures"
        yield ""
        for board in boards:
            counts = _disclosed(board, "audit"), _disclosed(board, "attack")
            if any(counts):
                yield f"- seed {board['seed']}, {board['children']} a year: {counts[0]} and {counts[1]}"


def _by_attacker(boards: Sequence[Json]) -> Iterable[str]:
    yield "## Who proved what"
    yield ""
    yield f"An attack is one attacker on one financial year's five releases, or on all three of a board under {FEW}. A"
    yield "proof is right if the group has as many children as it says; figures beyond the millionth make some that are"
    yield "not."
    yield ""
    yield "| attacker | attacks by the audit | proofs | right | of 1 to 4 children | by the other attack | proofs |"
    yield "|---|---|---|---|---|---|---|"
    for by in BY:
        row = [
            sum(b["audit"].get(f"{by}: {name}", 0) for b in boards) for name in ("attacks", "proofs", "right", "small")
        ]
        row += [sum(b["attack"].get(f"{by}: {name}", 0) for b in boards) for name in ("attacks", "proofs")]
        yield f"| {by} | " + " | ".join(f"{number:,}" for number in row) + " |"
    yield ""
    contradictory = sum(b["contradictory"] for b in boards)
    yield f"Figures that contradict each other or what the attacker knows, read so: {contradictory} attacks."
    yield ""


def _by_size(boards: Sequence[Json]) -> Iterable[str]:
    yield "## By size"
    yield ""
    counted = "children a year | boards | releases | refused | cells"
    yield f"| {counted} | figures | fewer than 10 | not recorded | disclosures |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for low, high in SIZES:
        some = _of_size(boards, low, high)
        if not some:
            continue
        releases, refused, cells = (sum(b[name] for b in some) for name in ("releases", "refused", "cells"))
        states = Counter[str]()
        for board in some:
            for by_state in board["states"].values():
                states.update(by_state)
        shares = " | ".join(f"{100 * states[name] / cells:.0f} %" for name in ("figure", "low", "not_recorded"))
        disclosed = sum(_disclosed(b, "audit") + _disclosed(b, "attack") for b in some)
        yield f"| {low:,}-{high:,} | {len(some)} | {releases} | {refused} | {cells:,} | {shares} | {disclosed} |"
    yield ""


def _errors(boards: Sequence[Json]) -> Iterable[str]:
    rows: dict[int, list[int]] = {}
    for board in boards:
        for count, sums in board["by_count"].items():
            rows[int(count)] = [a + b for a, b in zip(rows.get(int(count), [0] * 6), sums, strict=True)]
    within, both = (sum(board["likely"][n] for board in boards) for n in (0, 1))
    yield "## Errors by the true count"
    yield ""
    yield "In children: mean error (bias) and mean absolute error of the rounded noisy count before anything is shown"
    yield "as `<10`, and of the figures that are shown. What is shown of a small count is what happened to come out"
    yield "high: that bias comes from suppression alone. In brackets: what the rule gives on average over all draws."
    yield ""
    if both:
        yield f"Of {both:,} cells, {100 * within / both:.1f} % count what pages say of them (9 in 10: within"
        yield f"{STANDARD.margin()} children of the figure; `<10`: at most {STANDARD.likely(None)[1]})."
        yield ""
    yield "| count | cells | bias before | error before | shown as a figure | bias after | error after |"
    yield "|---|---|---|---|---|---|---|"
    for count in range(MOST + 1):
        n, bias, error, shown, bias_after, error_after = rows.get(count, [0] * 6)
        by_rule = expected(RULE, count)
        cells_of = (
            f"{count} | {n:,}",
            f"{_mean(bias, n, '+')} ({by_rule.bias:+.2f})",
            f"{_mean(error, n)} ({by_rule.error:.2f})",
            f"{100 * shown / n if n else 0:.1f} % ({100 * by_rule.shown:.1f} %)",
            f"{_mean(bias_after, shown, '+')} ({by_rule.bias_after:+.2f})",
            f"{_mean(error_after, shown)} ({by_rule.error_after:.2f})",
        )
        yield f"| {' | '.join(cells_of)} |"
    yield ""


def _mean(total: int, number: int, sign: str = "") -> str:
    return f"{total / number:{sign}.2f}" if number else "-"


def _of_size(boards: Sequence[Json], low: int, high: int) -> list[Json]:
    return [board for board in boards if low <= board["children"] <= high]


def _utility(boards: Sequence[Json]) -> Iterable[str]:
    names = sorted({name for board in boards for name in board["states"]}, key=_coarse_first)
    yield "## Utility"
    yield ""
    yield "Share of cells that are figures (of those that are counted at all), and the mean absolute error of these in"
    yield "children, by what is shown and by children a year. `-`: no figures."
    yield ""
    header = " | ".join(f"{low:,}-{high:,}" for low, high in SIZES)
    yield f"| cells | {header} |"
    yield "|---" * (len(SIZES) + 1) + "|"
    for name in names:
        yield f"| {name} | {' | '.join(_figures(_of_size(boards, *size), name) for size in SIZES)} |"
    yield ""


def _figures(boards: Sequence[Json], name: str) -> str:
    states, error, figures = Counter[str](), 0, 0
    for board in boards:
        states.update(board["states"].get(name, {}))
        errors = board["error"].get(name, (0, 0))
        error, figures = error + errors[0], figures + errors[1]
    counted = states["figure"] + states["low"]
    return f"{100 * figures / counted:.0f} %; {_mean(error, figures)}" if counted else "-"


def _time(boards: Sequence[Json]) -> Iterable[str]:
    yield "## Time"
    yield ""
    yield "CPU seconds, this process alone, on a machine that did other work meanwhile: median and longest."
    yield ""
    for kind in (f"{window}, {what}" for window in ("quarter", "year", "pair") for what in ("counted", "drawn")):
        seconds = sorted(s for board in boards for s in board["seconds"].get(kind, ()))
        if seconds:
            yield f"- {kind}: {seconds[len(seconds) // 2]:.2f} s, {seconds[-1]:.2f} s ({len(seconds)} releases)"
    yield ""


def _coarse_first(name: str) -> tuple[int, ...]:
    level, window, *split = name.split(" ", 2)
    return ("board", "town", "ward").index(level), ("pair", "year", "quarter").index(window), len(split[0])


def _ranges(numbers: Sequence[int]) -> str:
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges) or "none"
