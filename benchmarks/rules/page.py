"""Writes docs/disclosure-rules.md: the rules that were weighed, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import machine
from benchmarks.rules.gaussian import Gaussian, expected, odds
from benchmarks.rules.made import AT_RANDOM, IN_USE, NEAREST, Rule
from benchmarks.rules.moves import Moved
from benchmarks.rules.weigh import BY, MOST, Weighed


@dataclass(frozen=True, slots=True)
class Profile:
    """A rule with its gate, or beside another profile."""

    name: str
    rule: Rule
    gate: str = ""
    beside: Gaussian | None = None

    def rho(self, squares: float) -> float | None:
        """What is lost of one fact, of both profiles together; None where something is certain."""
        if not isinstance(self.rule, Gaussian):
            return None
        return self.rule.rho(squares) + (self.beside.rho(squares) if self.beside else 0.0)


PROFILES = (
    Profile("KR5, floor and gate (before)", "KR5", "its own"),
    Profile("KR5, all statements gated", "KR5", "all"),
    Profile("noise, deviation 2", Gaussian(2)),
    Profile("**noise, deviation 3 (in use)**", IN_USE),
    Profile("noise, deviation 4", Gaussian(4)),
    Profile("noise, deviation 5", Gaussian(5)),
    Profile("controlled rounding, nearest", NEAREST),
    Profile("controlled rounding, at random", AT_RANDOM),
    Profile("restricted: 2 beside 3", Gaussian(2, base=1, lowest=5), beside=IN_USE),
    Profile("restricted: 1.5 beside 3", Gaussian(1.5, base=1, lowest=5), beside=IN_USE),
)
Results = Mapping[str, Mapping[int, Weighed]]
"""Profile -> children a year -> what came of it."""
LEVELS = ("board", "town", "ward")


def write(out: Path, results: Results, moved: Mapping[int, tuple[Moved, Moved]], reading: Sequence[str]) -> None:
    """Write the page; `reading` is what to make of it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(_lines(results, moved, reading)) + "\n", "utf-8")


def _lines(results: Results, moved: Mapping[int, tuple[Moved, Moved]], reading: Sequence[str]) -> Iterable[str]:
    about, sizes = machine(), sorted(moved)
    yield from (
        "# Rules that were weighed",
        "",
        "Made by `python -m benchmarks.release_rules`; do not edit. Synthetic boards of "
        f"{', '.join(f'{size:,}' for size in sizes)} children a year, the",
        "newest ladder's grid for one year and its quarters, the same facts and keys for every rule. 24 wards in six",
        "towns, eight agencies of which two report 80 %, 45 indicators; only these two record missing episodes, and",
        f"everyone knows it. Run on {about['at'][:10]}, Python {about['python']}, one core.",
        "",
        "- **KR5, floor and gate**: rounding at random by the set of children, a floor against what two agencies",
        "  know, and a gate that takes each figure for what lies less than five away. So ladders 1 to 3 were released.",
        "- **KR5, all statements gated**: the same, and the gate takes into account what the rule itself says: the",
        "  floor (where two agencies alone record something, the count is at most the figure and one, or six for",
        "  `<10`), equal sets that show the same, and what insiders know by their roles. Here gates withhold cells;",
        "  KR5's also moved figures, which the same reasoning would undo. After 12 rounds they give up: a real one",
        "  would refuse the release.",
        "- **noise**: a count and a draw from a discrete Gaussian by the cell and its children, to the nearest five.",
        "- **controlled rounding**: multiples of five less than five away, chosen by an integer programme for each",
        "  release so that areas add up and no part is above its whole.",
        "- **restricted**: whole numbers with less noise, from 5 up, for named readers who have the published release,",
        "  too. Not built.",
        "",
        "## Reading",
        "",
        *reading,
        "",
    )
    yield from _disclosures(results, sizes)
    yield from _odds(moved, sizes)
    yield from _shares(results, sizes)
    yield from _errors(results)
    yield from _times(results, sizes)


def _disclosures(results: Results, sizes: Sequence[int]) -> Iterable[str]:
    yield "## Groups that somebody proves"
    yield ""
    yield "By the outsider / single agencies / pairs of agencies, of one year and its quarters; in brackets those"
    yield "groups that do have one to four children. Noise is read as what all but a millionth of draws lie within:"
    yield "nothing is certain under it. What an agency knows without the figures is not counted; a group that several"
    yield "prove is counted for each. Withheld: cells that a gate kept back."
    yield ""
    yield "| rule | certain proofs | " + " | ".join(f"{size:,} | withheld" for size in sizes) + " |"
    yield "|---" * (2 + 2 * len(sizes)) + "|"
    for profile in PROFILES:
        row = []
        for size in sizes:
            weighed = results[profile.name][size]
            counts = " / ".join(f"{weighed.proofs[by]:,} ({weighed.proofs[f'{by}, small']:,})" for by in BY)
            if weighed.contradictory:  # what cannot be so was not attacked
                counts += f"; contradictory for {weighed.contradictory}"
            row += [counts, f"{100 * weighed.withheld / weighed.cells:.0f} %"]
        yield f"| {profile.name} | {_certain(profile, results)} | {' | '.join(row)} |"
    yield ""


def _certain(profile: Profile, results: Results) -> str:
    if isinstance(profile.rule, Gaussian):
        return "none, by the rule"
    proven = any(weighed.proofs[by] for weighed in results[profile.name].values() for by in BY)
    return "yes" if proven else "none found"


def _odds(moved: Mapping[int, tuple[Moved, Moved]], sizes: Sequence[int]) -> Iterable[str]:
    yield "## Odds"
    yield ""
    yield "By what factor somebody's odds of a fact move at most, but for one of a hundred draws of the keys, if he"
    yield "knows all else: for one child in one cell; for one record (an agency's report of a concern or an episode,"
    yield "in all figures of the year and its quarters that it moves); for all that is known of a child in the year."
    yield "Median and greatest of a sample of children. No limit where something can be certain, also where nothing"
    yield "was found: a gate that withholds by what is hidden tells by that, and its figures exclude counts."
    yield ""
    for size in sizes:
        record, child = moved[size]
        yield (
            f"- {size:,} children a year: a record moves figures with a sum of squares of {record.typical:.0f} "
            f"(greatest {record.worst}), a child {child.typical:.0f} ({child.worst})."
        )
    yield ""
    most = {
        kind: Moved(max(moved[s][n].typical for s in sizes), max(moved[s][n].worst for s in sizes))
        for n, kind in enumerate(("record", "child"))
    }
    yield "| rule | one cell | typical record | greatest record | typical child | greatest child |"
    yield "|---|---|---|---|---|---|"
    for profile in PROFILES:
        squares = (1, most["record"].typical, most["record"].worst, most["child"].typical, most["child"].worst)
        losses = [profile.rho(sum_of_squares) for sum_of_squares in squares]
        yield f"| {profile.name} | {' | '.join('no limit' if r is None else factor(odds(r)) for r in losses)} |"
    yield ""


def factor(value: float) -> str:
    """A factor with as many digits as are meaningful."""
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}" if value < 1e5 else f"{value:.0e}"


def _shares(results: Results, sizes: Sequence[int]) -> Iterable[str]:
    yield "## Share of cells that are figures"
    yield ""
    yield "| rule | " + " | ".join(f"{size:,}: {', '.join(LEVELS)}" for size in sizes) + " |"
    yield "|---" * (1 + len(sizes)) + "|"
    for profile in PROFILES:
        row = []
        for size in sizes:
            weighed = results[profile.name][size]
            row.append(
                ", ".join(f"{100 * weighed.shown[x] / weighed.of[x]:.0f} %" if weighed.of[x] else "-" for x in LEVELS)
            )
        yield f"| {profile.name} | {' | '.join(row)} |"
    yield ""


def _errors(results: Results) -> Iterable[str]:
    for after, title in ((False, "before anything is shown as `<10`"), (True, "of the figures that are shown")):
        yield f"## Errors by the true count, {title}"
        yield ""
        yield "Bias and mean absolute error in children" + (
            ", and the share of cells that are figures" if after else ""
        )
        yield "(for noise exactly, by its distribution; else over the cells of all boards). `-`: no such cell."
        yield ""
        shown = [p for p in PROFILES if p.gate != "all"]
        yield "| count | " + " | ".join(p.name.replace("*", "") for p in shown) + " |"
        yield "|---" * (1 + len(shown)) + "|"
        for count in range(MOST + 1):
            yield f"| {count} | " + " | ".join(_error(p, results[p.name], count, after=after) for p in shown) + " |"
        yield ""


def _error(profile: Profile, by_size: Mapping[int, Weighed], count: int, *, after: bool) -> str:
    if isinstance(profile.rule, Gaussian):
        by_rule = expected(profile.rule, count)
        if after:
            return f"{by_rule.bias_after:+.1f}; {by_rule.error_after:.1f}; {100 * by_rule.shown:.0f} %"
        return f"{by_rule.bias:+.2f}; {by_rule.error:.2f}"
    rows = [weighed.by_count.get(count, [0] * 6) for weighed in by_size.values()]
    n, bias, error, shown, bias_after, error_after = (sum(row[place] for row in rows) for place in range(6))
    if after:
        return f"{bias_after / shown:+.1f}; {error_after / shown:.1f}; {100 * shown / n:.0f} %" if shown else "-"
    return f"{bias / n:+.2f}; {error / n:.2f}" if n else "-"


def _times(results: Results, sizes: Sequence[int]) -> Iterable[str]:
    yield "## Time"
    yield ""
    yield "CPU seconds for a quarter and for a year with its quarters, after counting and without the gate."
    yield ""
    yield "| rule | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---" * (1 + len(sizes)) + "|"
    for profile in PROFILES:
        if profile.gate != "all":
            row = (", ".join(f"{s:.2f}" for s in results[profile.name][size].seconds.values()) for size in sizes)
            yield f"| {profile.name} | {' | '.join(row)} |"
    yield ""
