"""Writes a verification kit as one zip: releases, the rules that made them, and a checker (ADR 0009).

Everything in it is published or public: released cells, the ladder, the rule's parameters, and how areas, sectors and
indicators nest. It holds no count, no key, and no hash of anything that is not in the kit itself.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.disclosure.cells import ANY, NONE_RECORDED, Place, Shape, sector
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import Rule
from analysis.disclosure.rules import described, statements
from analysis.disclosure.search import STANDARD
from analysis.verification.bundle import checker
from models.service.atomic import whole

README = Path(__file__).with_name("README.txt")
LONG_AGO = (2000, 1, 1, 0, 0, 0)

Json = dict[str, Any]


def write_kit(
    out: Path, releases: Mapping[str, bytes], shape: Shape, ladders: Sequence[Ladder], rules: Iterable[Rule]
) -> dict[str, bytes]:
    """Write the zip to `out` and return its files. The same arguments give the same bytes.

    `releases` are the published files, name -> bytes. They are included unchanged.
    """
    files = {f"releases/{name}": content for name, content in releases.items()}
    files |= {
        "check.py": checker().encode(),
        "README.txt": README.read_bytes(),
        "hierarchy.json": _json(hierarchy(shape, ladders)),
        "ladder.json": _json({str(ladder.version): ladder.model_dump(mode="json") for ladder in ladders}),
        "parameters.json": _json({str(entry["rule"]): entry for entry in map(parameters, rules)}),
    }
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files["SHA256SUMS"] = sums.encode()
    folder = out.stem
    with whole(out, mode=0o644) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as kit:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", LONG_AGO)
            entry.external_attr = 0o644 << 16
            kit.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return files


def parameters(rule: Rule) -> Json:
    """The rule's parameters, what published values mean, and what else follows from the rule."""
    follows = {statement["id"]: statement["says"] for statement in statements(rule, few=None, own=False)}
    if isinstance(rule, KR5):
        small, base = rule.threshold - 1, rule.base
        meaning = {
            "figure": f"v stands for v-{base - 1} to v+{base - 1} children, never for fewer than {rule.threshold}",
            "low": f"fewer than {rule.lowest_figure} stands for 0 to {rule.lowest_figure - 1} children",
            "none": "0 stands for no children; only where the ladder's rule shows it",
            "one_to_nine": f"1-{rule.lowest_figure - 1} stands for 1 to {rule.lowest_figure - 1} children",
            "every other state": "any number of children: withheld, no return, not recorded, not applicable",
            "disclosed": f"a group that must have 1 to {small} children; or that may have, while at most {rule.width}"
            " sizes are possible",
        }
        return {**described(rule), "meaning": meaning, "follows": follows}
    reach, policy = rule.bounds(100)[1] - 100, STANDARD
    meaning = {
        "figure": f"the number of children, plus noise with mean 0 and standard deviation {rule.deviation} (a"
        f" discrete Gaussian), to the nearest {rule.base}; no number is excluded, 9 in 10 are within"
        f" {rule.margin(0.9)}, all but about one in a million within {reach}",
        "low": f"fewer than {rule.lowest}: the number of children plus that noise is below {rule.lowest}",
        "every other state": "any number of children: no return, not recorded, not applicable, cannot be counted",
        "disclosed": "nothing can be proven; to one in a million: a group that has 1 to"
        f" {policy.threshold - 1} children, or may have, while at most {policy.min_width} sizes are possible",
    }
    limits = {"threshold": policy.threshold, "width": policy.min_width}
    return {**described(rule), **limits, "meaning": meaning, "follows": follows}


def hierarchy(shape: Shape, ladders: Iterable[Ladder]) -> Json:
    """How the cells of a board nest. Parts that no release shows (ZZ, none_recorded) are included, so that all add up.

    Only on the ladders listed under `agency` are the cells of sectors parts of the cells of all agencies. Areas add up
    in all windows except pairs of years, in which a child may have two homes.
    """
    joined = sorted(ladder.version for ladder in ladders if not ladder.own_records)
    places: list[Place] = [("board", shape.board), *(("town", town) for town in shape.towns)]
    dimensions = {
        "area": {
            "kind": "sum",
            "kind_of_pairs": "union",
            "parent": {area: place[1] for place in places for _, area in shape.parts(place)},
        },
        "agency": {"kind": "union", "ladders": joined, "parent": {sector(name): ANY for name in shape.sectors}},
        "indicator": {"kind": "union", "parent": dict.fromkeys((*shape.indicators, NONE_RECORDED), ANY)},
    }
    return {"board": shape.board, "agencies": dict(shape.sector_of), "dimensions": dimensions}


def _json(content: Json) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
