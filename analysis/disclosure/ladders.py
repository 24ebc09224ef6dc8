"""The ladders in use, as data: edit by adding a version, never by changing one that was released from."""

from __future__ import annotations

from typing import Any

from analysis.disclosure.ladder import Ladder

_ALL = ("m1_children", "m9_children", "m10_children")
_NESTED = ({"part": "m10_children", "whole": "m9_children"},)


def _rung(level: str, window: str, split: str, *measures: str) -> dict[str, Any]:
    zero_apart = (level, split) == ("board", "sector")  # the one exception of decision 16
    return {"level": level, "window": window, "split": split, "measures": measures or _ALL, "zero_apart": zero_apart}


LADDERS: dict[int, Ladder] = {
    ladder.version: ladder
    for ladder in (
        # The first releases: three figures a quarter for the whole board.
        Ladder.model_validate(
            {"version": 1, "rungs": (_rung("board", "quarter", "any"),), "nested": _NESTED},
        ),
        # disclosure.md 2.2 as decisions 2 and 18 amend it: by sector, not by organisation; no months; wards by
        # financial year only. Indicators belong to concerns, so only M1 is split by them.
        Ladder.model_validate(
            {
                "version": 2,
                "rungs": (
                    _rung("board", "quarter", "any"),
                    _rung("board", "quarter", "indicator", "m1_children"),
                    _rung("board", "quarter", "sector", "m1_children"),
                    _rung("board", "quarter", "sector x indicator", "m1_children"),
                    _rung("town", "quarter", "any"),
                    _rung("town", "quarter", "indicator", "m1_children"),
                    _rung("town", "quarter", "sector", "m1_children"),
                    _rung("board", "year", "any"),
                    _rung("board", "year", "indicator", "m1_children"),
                    _rung("board", "year", "sector"),
                    _rung("board", "year", "sector x indicator", "m1_children"),
                    _rung("town", "year", "any"),
                    _rung("town", "year", "indicator", "m1_children"),
                    _rung("town", "year", "sector"),
                    _rung("ward", "year", "any"),
                ),
                "nested": _NESTED,
            },
        ),
    )
}
