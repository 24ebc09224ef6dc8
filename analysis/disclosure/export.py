"""A board's releases as a generic audit document, for an outside checker (docs/audit-format.md; see `document`).

The document has two halves. Cells, relations, structure and knowns are a problem that any checker can judge without
knowing this service. `published`, `rules` and `statements` hold everything else that is published, word for word, for a
checker that uses more. The document holds all that readers have, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.disclosure.algebra import BoardSystem, Published
from analysis.disclosure.audit import Policy
from analysis.disclosure.cells import ANY, NONE_RECORDED, CellKey, Shape, sector
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.rules import distribution, rules_of, statements_of
from analysis.disclosure.system import Knowledge
from models.contract.periods import bounds, containing, kind_of, parts
from models.releases import CellState

Json = dict[str, Any]
FORMAT = "ypsem.audit.v2"


def export(
    releases: Sequence[Published],
    board: BoardSystem,
    knowledge: Knowledge,
    published: Mapping[str, Any] | None = None,
) -> Json:
    """The document of one attack on a board's releases. It lists every hidden cell and every relation.

    `published` is what the releases say besides their cells (see `published.published_of`).
    """
    policy = Policy()
    cells: dict[str, Json] = {}
    for release in releases:
        for key in release.cells:
            name = release.id_of(key)
            if name in cells:  # a window released on two ladders with one cut-off: two publications of one cell
                name = f"{name}|l{release.ladder.version}"
            cells[name] = _cell(name, release.cut_off, key, _kind(release, key)) | _as_shown(release, key)
    for name, (cut_off, key) in board.where.items():
        if name not in cells:
            cells[name] = _cell(name, cut_off, key, {"kind": "none"}) | HIDDEN
    relations = [{"type": kind, "total": total, "parts": list(names)} for kind, total, names in board.system.relations]
    known = insider(board, knowledge)
    cells |= {cell["id"]: cell for cell in known["cells"]}
    windows = sorted({key.window for _, key in board.where.values()}, key=lambda window: (*bounds(window), window))
    return {
        "format": FORMAT,
        "policy": {"threshold": policy.threshold, "min_width": policy.min_width},
        "cells": list(cells.values()),
        "relations": relations + known["relations"],
        "structure": {
            "hierarchies": _hierarchies(board, releases, windows),
            "windows": {
                "dim": "period",
                "order": windows,
                "days": _days(windows),
                "spans": _days(windows) if _nest(board, releases) else {},
            },
            "releases": {"dim": "release", "order": list(dict.fromkeys(r.cut_off for r in releases)), "nested": False},
        },
        "knowns": known["knowns"],
        "published": dict(published or {}),
        "rules": rules_of(releases),
        "statements": statements_of(releases),
    }


HIDDEN: Json = {"level": None, "state": "hidden", "value": None, "of": None}
"""Added to each cell that no release shows."""


def insider(board: BoardSystem, knowledge: Knowledge) -> Json:
    """The cells, relations and knowns that an attacker's own counts add to an outsider's document."""
    cells, relations, knowns = [], [], dict(knowledge.whole)
    for (cell, own), count in knowledge.own.items():
        # Without dimensions, so that no relation is derived for these cells besides the one given here.
        cells.append({"id": own, "dims": {}, "release": {"kind": "none"}, "protect": True} | HIDDEN)
        relations.append({"type": "subset", "total": cell, "parts": [own]})
        knowns[own] = count
    return {"cells": cells, "relations": relations, "knowns": knowns}


def _cell(cell: str, cut_off: str, key: CellKey, kind: Json) -> Json:
    dims = {
        "release": cut_off,
        "measure": key.measure,
        "period": key.window,
        "area": key.area,
        "agency": key.who,
        "indicator": key.indicator,
    }
    return {"id": cell, "dims": dims, "release": kind, "protect": True}


def _as_shown(release: Published, key: CellKey) -> Json:
    cell = release.cells[key]
    return {"level": key.level, "state": str(cell.state), "value": cell.value, "of": release.named(key.window)}


def _kind(release: Published, key: CellKey) -> Json:
    cell, rule = release.cells[key], release.rule
    if cell.state in (CellState.FIGURE, CellState.LOW) and not isinstance(rule, KR5):
        low, high = rule.bounds(cell.value)
        return {"kind": "band", "lo": low, "hi": high, "noise": {"shown": cell.value, **distribution(rule)}}
    if isinstance(rule, KR5) and cell.state is CellState.FIGURE:
        return {
            "kind": "rounded",
            "value": cell.value,
            "base": rule.base,
            "mode": "random",
            "min": rule.threshold,
        }
    if cell.state is CellState.LOW:
        return {"kind": "band", "lo": 0, "hi": rule.bounds(None)[1]}
    if cell.state is CellState.ONE_TO_NINE:
        return {"kind": "band", "lo": 1, "hi": rule.bounds(None)[1]}
    if cell.state is CellState.NONE:
        return {"kind": "exact", "value": 0}
    return {"kind": "withheld"}


def _days(windows: Sequence[str]) -> dict[str, list[str]]:
    """Window -> its first day and the day after its last."""
    return {window: [day.isoformat() for day in bounds(window)] for window in windows}


def _nest(board: BoardSystem, releases: Sequence[Published]) -> bool:
    """Whether each cell is always part of the cell of a longer window that is otherwise equal."""
    few = any(release.ladder.most_indicators for release in releases)
    drawn = {key.window for _, key in board.where.values() if key.indicator not in (ANY, NONE_RECORDED)}
    inside = any(longer != window and longer in containing(window) for longer in drawn for window in drawn)
    return not board.counted_twice and not (few and inside)


def _hierarchies(board: BoardSystem, releases: Sequence[Published], windows: Sequence[str]) -> Json:
    """How the values of each dimension nest, if that holds for every cell. Other relations are listed one by one."""
    shape: Shape = board.shape
    places = [("board", shape.board), *(("town", town) for town in shape.towns)]
    area = {part[1]: place[1] for place in places for part in shape.parts(place)}  # type: ignore[arg-type]
    hierarchies = {
        # Over two years a child may have two homes: then the sums within a year are listed as relations.
        "area": {"parent": area, "kind": "union" if any(kind_of(window) == "pair" for window in windows) else "sum"},
        "indicator": {"parent": dict.fromkeys((*shape.indicators, NONE_RECORDED), ANY), "kind": "union"},
    }
    if not any(release.ladder.own_records for release in releases):
        hierarchies["agency"] = {"parent": {sector(name): ANY for name in shape.sectors}, "kind": "union"}
    if _nest(board, releases):
        # A year lies in two pairs, so a pair cannot be its parent: the union of a pair is listed as a relation.
        longer = [window for window in windows if kind_of(window) in ("quarter", "year")]
        period = {part: window for window in longer for part in parts(window)}
        hierarchies["period"] = {"parent": {p: w for p, w in period.items() if p in windows}, "kind": "union"}
    return hierarchies
