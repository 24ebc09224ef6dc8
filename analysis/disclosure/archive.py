"""Which earlier releases the gate takes into account: readers keep what they once saw, withdrawn or not."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.disclosure.algebra import Published
from analysis.disclosure.cells import CellKey
from analysis.disclosure.windows import financial_year_of


def relevant(archive: Iterable[Published], candidate: Iterable[CellKey]) -> list[Published]:
    """Releases with a window in a financial year of the candidate's or the one before (decision 17), oldest first."""
    years = {int(financial_year_of(key.window)[:4]) for key in candidate}
    wanted = {f"{year}FY" for year in years | {year - 1 for year in years}}
    kept = [r for r in archive if any(financial_year_of(key.window) in wanted for key in r.cells)]
    return sorted(kept, key=lambda release: release.cut_off)
