"""What the checker reads: releases with the files beside them, and generic audit documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.verification.checker.audit import Audit
from analysis.verification.checker.exact import Impossible
from analysis.verification.checker.tables import Dims, Tables, Unusable

Json = Any


def read(path: Path) -> Json:
    """A JSON file."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unusable(f"{path.name}: not a readable JSON file ({type(error).__name__})") from None


def of_document(document: Json) -> Audit:
    """A generic audit document: cells, relations, structure, knowns."""
    tables, structure = Tables(), document.get("structure", {})
    for cell in document["cells"]:
        where = tables.add(cell.get("dims", {}), *_stated(cell["release"]), name=cell["id"])
        if not cell.get("protect", True):
            tables.unprotected.add(where)
    for relation in document.get("relations", ()):
        tables.relate(relation["type"], tables.named(relation["total"]), map(tables.named, relation["parts"]))
    for dim, hierarchy in structure.get("hierarchies", {}).items():
        tables.complete(dim, hierarchy["kind"], hierarchy["parent"], len(document["cells"]))
    windows, releases = structure.get("windows", {}), structure.get("releases", {})
    for _, found in tables.groups(windows.get("dim", "period"), len(document["cells"])):
        spans = [(cell, windows["spans"][name]) for name, cell in found.items() if name in windows.get("spans", {})]
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
    raise Unusable("a cell is published in a way that is not known")


class Kit:
    """The three files beside the checker, and what they say of releases."""

    def __init__(self, folder: Path) -> None:
        self.hierarchy, self.ladders = read(folder / "hierarchy.json"), read(folder / "ladder.json")
        self.rule = read(folder / "parameters.json")

    def releases(self, content: Json) -> list[Json]:
        """The releases of a file: one, or several of one cut-off."""
        if content.get("board") != self.hierarchy["board"]:
            raise Unusable("a release of another board than hierarchy.json is for")
        whole = "release_id" in content
        rule = content.get("parameters", {})
        if any(rule.get(name) != self.rule[name] for name in ("rule", "threshold", "base", "width", "coalition")):
            raise Unusable("a release with other parameters than parameters.json")
        shared = {"cut_off": content["cut_off"]}
        shared["ladder_version"] = str(content["ladder_version"] if whole else content["ladder"]["version"])
        if shared["ladder_version"] not in self.ladders:
            raise Unusable("a release by a ladder that is not in ladder.json")
        return [{**one, **shared} for one in ([content] if whole else content["releases"])]

    def off_ladder(self, release: Json) -> int:
        """How many cells the ladder does not have; none may be published."""
        return sum((c["level"], kind_of(release["window"]), _split(c), c["measure"]) not in self._rungs(release)
                   for c in release["cells"])  # fmt: skip

    def _rungs(self, release: Json) -> set[tuple[str, str, str, str]]:
        rungs = self.ladders[release["ladder_version"]]["rungs"]
        return {(rung["level"], rung["window"], rung["split"], name) for rung in rungs for name in rung["measures"]}

    def audit(self, releases: Sequence[Json], knowns: Sequence[Json]) -> Audit:
        """Releases of one cut-off are taken together; between cut-offs only the change of a cell is known."""
        tables = Tables()
        for release in releases:
            for cell in release["cells"]:
                tables.add(_dims(release, cell), *self._meant(cell))
        for dim, hierarchy in self.hierarchy["dimensions"].items():
            tables.complete(dim, hierarchy["kind"], hierarchy["parent"])
        windows = [release["window"] for release in releases]
        tables.complete("period", "union", {part: window for window in windows for part in parts_of(window)})
        nested = [(p["part"], p["whole"]) for r in releases for p in self.ladders[r["ladder_version"]]["nested"]]
        for _, found in tables.groups("measure"):
            for part, whole in nested:
                if part in found and whole in found:
                    tables.relate("subset", found[whole], [found[part]])
        tables.order("release", sorted({release["cut_off"] for release in releases}))
        return self._knowing(tables, knowns)

    def _meant(self, cell: Json) -> tuple[int, int | None]:
        """The counts that a cell may stand for under rule KR5; raises `Impossible` for a value that it never gives."""
        base, state = self.rule["base"], cell["state"]
        bands = {"low": (0, 2 * base - 1), "none": (0, 0), "one_to_nine": (1, 2 * base - 1)}
        if state != "figure":
            return bands.get(state, (0, None))
        if cell["value"] % base or cell["value"] < 2 * base:
            raise Impossible
        return max(self.rule["threshold"], cell["value"] - base + 1), cell["value"] + base - 1

    def _knowing(self, tables: Tables, knowns: Sequence[Json]) -> Audit:
        """An insider knows cells of its own children whole, and how many of its own are in the others."""
        sectors, whole, own = self.hierarchy["agencies"], dict[int, int](), dict[int, list[int]]()
        for known in knowns:
            members = set(known["agency"].split("+"))
            if not members <= sectors.keys():
                raise Unusable("the insider is not one of the board's agencies")
            names = ("measure", "window", "area", "indicator")
            counts = {tuple(cell[name] for name in names): cell["count"] for cell in known["cells"]}
            for cell, dims in enumerate(tables.dims):
                if known.get("cut_off") in (None, dims["release"]):
                    who = {name for name, of in sectors.items() if dims["agency"] in ("any", f"sector:{of}")}
                    count = counts.get((dims["measure"], dims["period"], dims["area"], dims["indicator"]), 0)
                    if who == members:
                        whole[cell] = count
                    elif who > members:
                        own.setdefault(cell, []).append(count)
        return Audit(tables, (self.rule["threshold"], self.rule["width"]), whole, own)


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


def kind_of(window: str) -> str:
    """`2025-05` is a month, `2025Q2` a quarter, `2025FY` the year from April."""
    return "year" if window.endswith("FY") else "quarter" if "Q" in window else "month"


def parts_of(window: str) -> list[str]:
    """The next narrower windows that make it up."""
    year, kind = int(window[:4]), kind_of(window)
    if kind == "year":
        return [f"{year}Q2", f"{year}Q3", f"{year}Q4", f"{year + 1}Q1"]
    first = 3 * int(window[5]) - 2 if kind == "quarter" else 0
    return [f"{year}-{month:02d}" for month in range(first, first + 3)] if kind == "quarter" else []
