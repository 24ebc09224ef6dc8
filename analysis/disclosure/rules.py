"""The rules of protection as data: how figures are made, and what a reader may conclude from the rule alone.

These are conclusions from the fact that the rule made a release, besides those from its numbers. The audit format
(docs/audit-format.md) and the verification kit print them.
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
    """The parameters of the noise of a figure."""
    return {
        "distribution": "discrete gaussian",
        "mean": 0,
        "deviation": rule.deviation,
        "base": rule.base,
        "lowest": rule.lowest,
    }


def described(rule: Rule) -> Json:
    """A rule with its parameters; for noise also how wide the bands of cells are, and how often they hold."""
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
    """Each rule in use, with the releases that it made."""
    by_rule: dict[Rule, list[str]] = {}
    for release in releases:
        by_rule.setdefault(release.rule, []).extend(release.names)
    return [{**described(rule), "of": list(dict.fromkeys(names))} for rule, names in by_rule.items()]


def statements_of(releases: Sequence[Published]) -> list[Json]:
    """What follows from rules and ladders besides the numbers. `of` lists the releases that a statement is about."""
    by_text: dict[str, Json] = {}
    for release in releases:
        ladder = release.ladder
        for statement in statements(release.rule, few=ladder.most_indicators, own=bool(ladder.own_records)):
            by_text.setdefault(json.dumps(statement), {**statement, "of": []})["of"] += release.names
    return [{**statement, "of": list(dict.fromkeys(statement["of"]))} for statement in by_text.values()]


def statements(rule: Rule, *, few: int | None, own: bool) -> list[Json]:
    """The statements that hold for a rule and a ladder.

    `few` is the ladder's limit of indicators for a child, if any. `own` is whether sectors count their own children.
    """
    said = _of_kr5(rule) if isinstance(rule, KR5) else _of_noise(rule)
    if few:
        said.append(
            {
                "id": "few-indicators",
                "most": few,
                "says": f"For a measure and window, a child counts in at most {few} cells by indicator. A hash of the"
                " child and the indicator decides which. So a year's cell of an indicator may be below the cells of its"
                " quarters.",
            }
        )
    if own:
        said.append(
            {
                "id": "sectors-count-their-own",
                "says": "A cell of a sector counts that sector's own children: linked by its own identifiers, with the"
                " homes of its own records. It is not part of the cell of all agencies: two of its children may be one"
                " child there, and a child may have another home there. `own_records` of the ladder lists the measures"
                " that the sector's own records decide; the others depend on what any agency recorded about its"
                " children.",
            }
        )
    return [
        *said,
        {
            "id": "full-grid",
            "says": "Every cell of the ladder is listed, whatever was counted, so the existence of a cell says nothing."
            " Not recorded, not applicable and no return follow from the register, catalogue and returns alone."
            " Cannot be counted follows from the day on which records begin, or from counts of records with noise,"
            " which the release gives in classes (`tied`).",
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
            " of its children, under a secret key. Two cells have separate draws even if they count the same children:"
            " equal figures do not mean equal sets, unequal figures do not mean unequal sets, and a part may be shown"
            " above its whole.",
        },
        {
            "id": "nothing-decided-by-what-is-hidden",
            "says": "No cell is withheld, moved or left out because of its own count or that of another cell.",
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
            "says": "The draw is a function of the set of children alone. Cells that count the same children show the"
            " same figure, unless the floor or the gate moved one of them.",
        },
        {
            "id": "part-above-whole",
            "says": f"If a part is shown above its whole, the two count different children. A figure is one of the two"
            f" multiples of {rule.base} around the count, or the count itself if that is a multiple.",
        },
        {
            "id": "moved-by-the-gate",
            "most": rule.base,
            "says": f"`nudges` is the number of cells, in a release and those built with it, that were moved by at most"
            f" {rule.base}, within the bounds of a figure. Which cells is not published. Tables under `withheld` were"
            " left out because something could be proven from them.",
        },
    ]
