"""A board's releases as a generic audit document, for an outside checker (see `document`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.disclosure.algebra import BoardSystem, Published
from analysis.disclosure.audit import Policy
from analysis.disclosure.cells import ANY, NONE_RECORDED, CellKey, Shape, sector
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import KeyedNoise
from analysis.disclosure.system import Knowledge
from analysis.disclosure.windows import bounds, kind_of, parts
from models.releases import CellState

Json = dict[str, Any]


def export(releases: Sequence[Published], board: BoardSystem, knowledge: Knowledge) -> Json:
    """The document of one attack on a board's releases; every hidden cell and relation is written out."""
    policy = Policy()
    cells, keys = [], {}
    for release in releases:
        for key, cell in board.ids[release.cut_off].items():
            if cell not in keys:
                keys[cell] = (release.cut_off, key)
    for release in releases:
        for key in release.cells:
            cells.append(_cell(release.id_of(key), release.cut_off, key, _kind(release, key)))
    shown = {cell["id"] for cell in cells}
    cells += [_cell(cell, *where, {"kind": "none"}) for cell, where in keys.items() if cell not in shown]
    relations = [{"type": kind, "total": total, "parts": list(found)} for kind, total, found in board.system.relations]
    known = insider(board, knowledge)
    cells += known["cells"]
    relations += known["relations"]
    unique = {cell["id"]: cell for cell in reversed(cells)}
    windows = sorted({key.window for _, key in keys.values()})
    return {
        "policy": {"threshold": policy.threshold, "min_width": policy.min_width},
        "cells": list(reversed(unique.values())),
        "relations": relations,
        "structure": {
            "hierarchies": _hierarchies(board.shape, windows),
            "windows": {
                "dim": "period",
                "spans": {window: [day.isoformat() for day in bounds(window)] for window in windows},
            },
            "releases": {"dim": "release", "order": list(dict.fromkeys(r.cut_off for r in releases)), "nested": False},
        },
        "knowns": known["knowns"],
    }


def insider(board: BoardSystem, knowledge: Knowledge) -> Json:
    """What an attacker's own counts add to the outsider's document: cells, relations and knowns."""
    cells, relations, knowns = [], [], dict(knowledge.whole)
    for (cell, own), count in knowledge.own.items():
        cut_off, key = board.where[cell]
        cells.append(_cell(own, cut_off, key._replace(who=own.rsplit("|", 2)[-2]), {"kind": "none"}))
        relations.append({"type": "subset", "total": cell, "parts": [own]})
        knowns[own] = count
    return {"cells": cells, "relations": relations, "knowns": knowns}


def _cell(cell: str, cut_off: str, key: CellKey, kind: Json) -> Json:
    who = key.who.removeprefix("agency:")
    dims = {
        "release": cut_off,
        "measure": key.measure,
        "period": key.window,
        "area": key.area,
        "agency": who,
        "indicator": key.indicator,
    }
    return {"id": cell, "dims": dims, "release": kind, "protect": True}


def _kind(release: Published, key: CellKey) -> Json:
    cell, rule = release.cells[key], release.rule
    if isinstance(rule, KeyedNoise) and cell.state in (CellState.FIGURE, CellState.LOW):
        low, high = rule.bounds(cell.value)
        return {"kind": "band", "lo": low, "hi": high}
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


def _hierarchies(shape: Shape, windows: Sequence[str]) -> Json:
    places = [("board", shape.board), *(("town", town) for town in shape.towns)]
    area = {part[1]: place[1] for place in places for part in shape.parts(place)}  # type: ignore[arg-type]
    # Agencies straight under "any": a sector's own total is released in some places only.
    agency = dict.fromkeys([*(sector(name) for name in shape.sectors), *shape.sector_of], ANY)
    period = {part: window for window in windows if kind_of(window) != "month" for part in parts(window)}
    return {
        "area": {"parent": area, "kind": "sum"},
        "agency": {"parent": agency, "kind": "union"},
        "indicator": {
            "parent": dict.fromkeys((*shape.indicators, NONE_RECORDED), ANY),
            "kind": "union",
        },
        "period": {"parent": {p: w for p, w in period.items() if p in windows}, "kind": "union"},
    }
