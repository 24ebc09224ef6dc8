"""What follows for a cell from rules and ladders: which counts it may stand for, and which relations hold."""

from __future__ import annotations

from typing import Any

from analysis.verification.checker.exact import Impossible
from analysis.verification.checker.tables import Dims

Published = dict[str, Any]


class Counting:
    """How the cells of one cut-off were counted, according to the ladders of its releases."""

    def __init__(self) -> None:
        self.own: set[str] = set()
        """Measures that a sector's own records decide; empty if the cells of sectors are parts of all agencies."""
        self.few = False
        self.ways: set[bool] = set()

    def add(self, ladder: Published) -> None:
        """Add the ladder of one release."""
        own = ladder.get("own_records", ())
        self.own |= set(own)
        self.few = self.few or bool(ladder.get("most_indicators"))
        self.ways.add(bool(own))

    def adds_up(self, rest: Dims) -> bool:
        """Whether a longer window is the union of shorter ones.

        It is not if the few indicators of a child are drawn anew for each window, or if sectors were counted in two
        ways.
        """
        drawn = self.few and rest["indicator"] not in ("any", "none_recorded")
        return not drawn and (len(self.ways) < 2 or rest["agency"] == "any")

    def alike(self, rest: Dims, part: str, whole: str) -> bool:
        """Whether the same records decide two measures: for a sector, its own records or those of all agencies."""
        return rest["agency"] == "any" or not self.own or (part in self.own) == (whole in self.own)


def meant(rule: Published, cell: Published) -> tuple[int, int | None]:
    """The counts that a cell may stand for under its rule. Raises `Impossible` for a value the rule never gives."""
    base, state = rule["base"], cell["state"]
    least_figure = rule["lowest"] if rule["rule"] == "keyed noise" else 2 * base
    if state == "figure" and (cell["value"] % base or cell["value"] < least_figure):
        raise Impossible
    if rule["rule"] == "keyed noise":
        # A count plus a draw, to the nearest multiple of the base. The draw is within `draw_within`, except for one
        # in a million.
        reach = rule["draw_within"]
        if state == "figure":
            nearest = max(cell["value"] - (base - 1) // 2 - (base % 2 == 0), rule["lowest"])
            return max(0, nearest - reach), cell["value"] + base // 2 + reach
        return (0, rule["lowest"] - 1 + reach) if state == "low" else (0, None)
    bands = {"low": (0, 2 * base - 1), "none": (0, 0), "one_to_nine": (1, 2 * base - 1)}
    if state != "figure":
        return bands.get(state, (0, None))
    return max(rule["threshold"], cell["value"] - base + 1), cell["value"] + base - 1


def same_time(given: str | None, cut_off: str) -> bool:
    """Whether counts are for a cut-off (None: for all). A release may write `Z` where others write `+00:00`."""
    return given is None or given.replace("Z", "+00:00") == cut_off.replace("Z", "+00:00")


def kind_of(window: str) -> str:
    """`2025-05` is a month, `2025Q2` a quarter, `2025FY` the year from April, `2025FY2` that year and the next."""
    if "FY" in window:
        return "pair" if window.endswith("2") else "year"
    return "quarter" if "Q" in window else "month"


def parts_of(window: str) -> list[str]:
    """The next shorter windows that make up a window; empty for a month."""
    year, kind = int(window[:4]), kind_of(window)
    if kind == "pair":
        return [f"{year}FY", f"{year + 1}FY"]
    if kind == "year":
        return [f"{year}Q2", f"{year}Q3", f"{year}Q4", f"{year + 1}Q1"]
    first = 3 * int(window[5]) - 2 if kind == "quarter" else 0
    return [f"{year}-{month:02d}" for month in range(first, first + 3)] if kind == "quarter" else []
