"""Reads the input of the checker: releases with the files beside them, and generic audit documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from analysis.verification.checker.audit import Audit
from analysis.verification.checker.rules import Counting, kind_of, meant, parts_of, same_time
from analysis.verification.checker.tables import CheckerTables, Dims, NotCheckable

Json = Any


def read(path: Path) -> Json:
    """Read a JSON file. Raises `NotCheckable` if that fails."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NotCheckable(f"{path.name}: not a readable JSON file ({type(error).__name__})") from None


def of_document(document: Json) -> Audit:
    """Set up the audit of a generic audit document: its cells, relations, structure and knowns."""
    tables, structure = CheckerTables(), document.get("structure", {})
    for cell in document["cells"]:
        where = tables.add(cell.get("dims", {}), *_stated(cell["release"]), name=cell["id"])
        if not cell.get("protect", True):
            tables.unprotected.add(where)
    for relation in document.get("relations", ()):
        tables.relate(relation["type"], tables.named(relation["total"]), map(tables.named, relation["parts"]))
    for dim, hierarchy in structure.get("hierarchies", {}).items():
        tables.complete(dim, hierarchy["kind"], hierarchy["parent"], len(document["cells"]))
    windows, releases = structure.get("windows", {}), structure.get("releases", {})
    for _, by_window in tables.groups(windows.get("dim", "period"), len(document["cells"])):
        spans = [(cell, windows["spans"][name]) for name, cell in by_window.items() if name in windows.get("spans", {})]
        for wide, (start, end) in spans:
            inside = [cell for cell, (first, last) in spans if cell != wide and start <= first and last <= end]
            if inside:
                tables.relate("subset", wide, inside)
    tables.order(releases.get("dim", "release"), releases.get("order", ()), releases.get("nested", False))
    policy = document.get("policy", {})
    knowns = {tables.named(name): count for name, count in document.get("knowns", {}).items()}
    return Audit(tables, (policy.get("threshold", 5), policy.get("min_width", 3)), knowns, {})


def _stated(release: Json) -> tuple[int, int | None]:
    """The counts that a published value may stand for."""
    kind = release["kind"]
    if kind == "exact":
        return release["value"], release["value"]
    if kind == "rounded":
        reach = release["base"] // 2 if release.get("mode", "nearest") == "nearest" else release["base"] - 1
        return max(release.get("min", 0), release["value"] - reach, 0), release["value"] + reach
    if kind == "band":
        return release.get("lo", 0), release.get("hi")
    if kind in ("withheld", "none"):
        return 0, None
    raise NotCheckable("a cell has an unknown kind of release")


class Kit:
    """The three JSON files beside the checker, and the audits that they make possible."""

    def __init__(self, folder: Path) -> None:
        self.hierarchy, self.ladders = read(folder / "hierarchy.json"), read(folder / "ladder.json")
        self.rules = read(folder / "parameters.json")

    def releases(self, content: Json) -> list[Json]:
        """The releases of a file: one, or several with one cut-off."""
        if content.get("board") != self.hierarchy["board"]:
            raise NotCheckable("a release is of another board than hierarchy.json")
        whole = "release_id" in content
        parameters = content.get("parameters", {})
        rule = self.rules.get(parameters.get("rule"))
        if rule is None or any(rule.get(name) != value for name, value in parameters.items()):
            raise NotCheckable("a release has other parameters than parameters.json")
        shared = {"cut_off": content["cut_off"], "parameters": rule}
        shared["ladder_version"] = str(content["ladder_version"] if whole else content["ladder"]["version"])
        if shared["ladder_version"] not in self.ladders:
            raise NotCheckable("a release uses a ladder that is not in ladder.json")
        return [{**release, **shared} for release in ([content] if whole else content["releases"])]

    def off_ladder(self, release: Json) -> int:
        """How many cells of a release are not on the ladder, for the schedule that fits best. Should be 0."""
        cells = [(c["level"], kind_of(release["window"]), _split(c), c["measure"]) for c in release["cells"]]
        return min(sum(cell not in rungs for cell in cells) for rungs in self._rungs(release).values())

    def _rungs(self, release: Json) -> dict[str, set[tuple[str, str, str, str]]]:
        """Schedule -> the cells that may exist: (level, kind of window, split, measure)."""
        by_schedule: dict[str, set[tuple[str, str, str, str]]] = {}
        for rung in self.ladders[release["ladder_version"]]["rungs"]:
            cells = {(rung["level"], rung["window"], rung["split"], name) for name in rung["measures"]}
            by_schedule.setdefault(rung.get("schedule", ""), set()).update(cells)
        return by_schedule

    def audit(self, releases: Sequence[Json], knowns: Sequence[Json]) -> Audit:
        """Set up the audit of some releases for an attacker with these knowns.

        Releases with one cut-off are related to each other. Between cut-offs, only the change of a cell is looked at.
        """
        tables = CheckerTables()
        for release in releases:
            for cell in release["cells"]:
                tables.add(_dims(release, cell), *meant(release["parameters"], cell))
        counted = {release["cut_off"]: Counting() for release in releases}
        for release in releases:
            counted[release["cut_off"]].add(self.ladders[release["ladder_version"]])
        for dim, hierarchy in self.hierarchy["dimensions"].items():
            # Only on ladders up to 3 are the cells of sectors parts of the cells of all agencies.
            apart = {cut_off for cut_off, how in counted.items() if how.own and "ladders" in hierarchy}
            for kind in dict.fromkeys((hierarchy["kind"], hierarchy.get("kind_of_pairs", hierarchy["kind"]))):
                wanted = partial(_adds_up, apart, hierarchy, kind)
                tables.complete(dim, kind, hierarchy["parent"], wanted=wanted)
        windows = dict.fromkeys(release["window"] for release in releases)
        # A year lies in two pairs of years, so each pair is completed on its own.
        shorter = {part: window for window in windows if kind_of(window) != "pair" for part in parts_of(window)}
        pairs = [dict.fromkeys(parts_of(window), window) for window in windows if kind_of(window) == "pair"]
        for parent in (shorter, *pairs):
            tables.complete("period", "union", parent, wanted=lambda rest: counted[rest["release"]].adds_up(rest))
        nested = [(p["part"], p["whole"]) for r in releases for p in self.ladders[r["ladder_version"]]["nested"]]
        for rest, by_measure in tables.groups("measure"):
            for part, whole in nested:
                if part in by_measure and whole in by_measure and counted[rest["release"]].alike(rest, part, whole):
                    tables.relate("subset", by_measure[whole], [by_measure[part]])
        tables.order("release", sorted({release["cut_off"] for release in releases}))
        limits = [(release["parameters"]["threshold"], release["parameters"]["width"]) for release in releases]
        return self._knowing(tables, knowns, counted, max(limits))

    def _knowing(
        self, tables: CheckerTables, knowns: Sequence[Json], counted: dict[str, Counting], limits: tuple[int, int]
    ) -> Audit:
        """Add what insiders know: the counts of cells that their own records decide, and some children of others."""
        sectors, whole, own = self.hierarchy["agencies"], dict[int, int](), dict[int, list[int]]()
        for known in knowns:
            members = {*known["agency"].split("+"), *known.get("system", ())}
            if not members <= sectors.keys():
                raise NotCheckable("the insider is not one of the board's agencies")
            names = ("measure", "window", "area", "sector", "indicator")
            counts = {tuple(cell.get(name, "any") for name in names): cell["count"] for cell in known["cells"]}
            for cell, dims in enumerate(tables.dims):
                if same_time(known.get("cut_off"), dims["release"]):
                    sector = dims["agency"].removeprefix("sector:")
                    who = {name for name, its_sector in sectors.items() if sector in ("any", its_sector)}
                    where = (dims["measure"], dims["period"], dims["area"], sector, dims["indicator"])
                    count = counts.get(where, 0)
                    if who <= members and dims["measure"] in counted[dims["release"]].own:
                        whole[cell] = count
                    elif count:
                        own.setdefault(cell, []).append(count)
        return Audit(tables, limits, whole, own)


def _adds_up(apart: set[str], hierarchy: Json, kind: str, rest: Dims) -> bool:
    """Whether cells with these shared dimensions add up as `kind`. Over two years, areas are unions instead of sums."""
    pair = kind_of(rest["period"]) == "pair"
    own = hierarchy.get("kind_of_pairs", hierarchy["kind"]) if pair else hierarchy["kind"]
    return rest["release"] not in apart and own == kind


def _split(cell: Json) -> str:
    by = [name for name in ("sector", "indicator") if cell.get(name, "any") != "any"]
    return " x ".join(by) or "any"


def _dims(release: Json, cell: Json) -> Dims:
    who = cell.get("sector", "any")
    return {
        "release": release["cut_off"],
        "measure": cell["measure"],
        "period": release["window"],
        "area": cell["area"],
        "agency": who if who == "any" else f"sector:{who}",
        "indicator": cell.get("indicator", "any"),
    }
