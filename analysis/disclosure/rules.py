"""What the rules say of themselves, as data: how figures are made, and what follows from a figure by the rule alone.

Everything a reader may conclude from the fact that a release was made by the rule, and not only from its numbers. The
audit format (docs/audit-format.md) and the verification kit print it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from analysis.disclosure.algebra import Published
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import KeyedNoise, Rule

Json = dict[str, Any]


def distribution(rule: KeyedNoise) -> Json:
    """The noise of a figure, in numbers."""
    return {
        "distribution": "discrete gaussian",
        "mean": 0,
        "deviation": rule.deviation,
        "base": rule.base,
        "lowest": rule.lowest,
    }


def described(rule: Rule) -> Json:
    """A rule with its parameters; of noise also what lies within the bands of cells, and how often nothing does."""
    if isinstance(rule, KR5):
        return {
            "rule": "KR5",
            "threshold": rule.threshold,
            "base": rule.base,
            "width": rule.width,
            "coalition": rule.coalition,
            "bands_hold": "always",
        }
    return {
        "rule": "keyed noise",
        **distribution(rule),
        "draw_within": rule.bounds(100)[1] - rule.noisy(100)[1],
        "bands_hold": "all but about one in a million",
        "nine_in_ten": rule.margin(0.9),
    }


def rules_of(releases: Sequence[Published]) -> list[Json]:
    """Each rule in use, with the releases that were made by it."""
    found: dict[Rule, list[str]] = {}
    for release in releases:
        found.setdefault(release.rule, []).extend(release.names)
    return [{**described(rule), "of": list(dict.fromkeys(names))} for rule, names in found.items()]


def statements_of(releases: Sequence[Published]) -> list[Json]:
    """What follows from rules and ladders besides the numbers; `of` are the releases it is said of."""
    found: dict[str, Json] = {}
    for release in releases:
        for one in statements(release.rule, few=release.ladder.most_indicators, own=bool(release.ladder.own_records)):
            found.setdefault(json.dumps(one), {**one, "of": []})["of"] += release.names
    return [{**one, "of": list(dict.fromkeys(one["of"]))} for one in found.values()]


def statements(rule: Rule, *, few: int | None, own: bool) -> list[Json]:
    """The statements of one rule on a ladder: on which few indicators of a child count, and sectors count their own."""
    said = _of_kr5(rule) if isinstance(rule, KR5) else _of_noise(rule)
    if few:
        said.append(
            {
                "id": "few-indicators",
                "most": few,
                "says": f"Of a measure and window a child counts in at most {few} cells by indicator, drawn by a hash"
                " of the child and the indicator. So a year's cell of an indicator may be below its quarters' cells.",
            }
        )
    if own:
        said.append(
            {
                "id": "sectors-count-their-own",
                "says": "A cell of a sector is counted of that sector's own children: linked by its own identifiers,"
                " living where its own records say. It is no part of the cell of all agencies: two of its children may"
                " be one child there, and one child there may live elsewhere. Under `own_records` of the ladder are the"
                " measures that its own records decide; the others say what anybody recorded about its children.",
            }
        )
    return [
        *said,
        {
            "id": "full-grid",
            "says": "Every cell of the ladder is there, whatever was counted: that a cell exists says nothing. Not"
            " recorded, not applicable and no return follow from the register, the catalogue and the returns alone."
            " Cannot be counted follows from the day on which records begin, or from counts of records with noise,"
            " which the release says in classes (`tied`).",
        },
    ]


def _of_noise(rule: KeyedNoise) -> list[Json]:
    return [
        {
            "id": "no-count-excluded",
            "excludes": [],
            "says": f"A figure is the number of distinct children plus a whole number drawn from a discrete Gaussian"
            f" with mean 0 and standard deviation {rule.deviation}, to the nearest {rule.base}; a noisy count below"
            f" {rule.lowest} is shown as `<{rule.lowest}`. No figure excludes any count, for anybody.",
        },
        {
            "id": "drawn-by-cell-and-set",
            "says": "The draw is a function of the cell (measure, window, level, area, sector, indicator) and the set"
            " of its children under a secret key. Two cells are drawn apart though they count the same children: equal"
            " figures do not say equal sets, unequal ones not unequal sets, and a part may be shown above its whole.",
        },
        {
            "id": "nothing-decided-by-what-is-hidden",
            "says": "No cell is withheld, moved or left out because of a count: its own, or another's.",
        },
    ]


def _of_kr5(rule: KR5) -> list[Json]:
    over = rule.base - 1 - rule.width
    low = rule.lowest_figure - 1 - rule.width
    return [
        {
            "id": "floor",
            "coalition": rule.coalition,
            "known_over_figure_at_most": over,
            "known_of_low_at_most": low,
            "says": f"A cell of two agencies or more shows a figure v only if no {rule.coalition} of them know more"
            f" than v+{over} of its children between them, and `<{rule.lowest_figure}` only if none know more than"
            f" {low}; else it shows {rule.base} more, or {rule.lowest_figure}. A cell of one agency has no such floor.",
        },
        {
            "id": "equal-sets-equal-figures",
            "says": "The draw is a function of the set of children alone: cells that count the same children show the"
            " same, unless the floor or the gate moved one of them.",
        },
        {
            "id": "part-above-whole",
            "says": f"A part that is shown above its whole counts other children than the whole. A figure is one of the"
            f" two multiples of {rule.base} about the count, and the count itself where that is a multiple.",
        },
        {
            "id": "moved-by-the-gate",
            "most": rule.base,
            "says": f"Where a release says `nudges`, so many cells of it and those built with it were moved by"
            f" {rule.base} at most, within the bounds of a figure, and which ones is not told. Tables under `withheld`"
            " were left out because something could be proven from them.",
        },
    ]
