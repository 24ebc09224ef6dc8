"""The command line of the checker, and its verdict in words."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from analysis.verification.checker.audit import Audit, Proof
from analysis.verification.checker.exact import Impossible
from analysis.verification.checker.reading import Json, Kit, of_document, read
from analysis.verification.checker.tables import NotCheckable

VERDICTS = ("SAFE", "DISCLOSED", "CONTRADICTORY")
NOT_CHECKED = 3
SHOWN = 10


class CheckerVerdict(NamedTuple):
    """The verdict on one release, or on all releases together."""

    of: str
    code: int
    groups: int
    proofs: list[Proof]
    note: str = ""


def judged(name: str, audit: Callable[[], Audit], off_ladder: int = 0) -> CheckerVerdict:
    """The verdict on what `audit` sets up. Cells that are not on the ladder count as a disclosure."""
    try:
        prepared = audit()
        proofs = prepared.proofs()
    except Impossible:
        return CheckerVerdict(name, 2, 0, [])
    note = f"{off_ladder} cells are not on the ladder" if off_ladder else ""
    return CheckerVerdict(name, int(bool(proofs) or bool(off_ladder)), len(prepared.groups), proofs, note)


def verdicts(folder: Path, files: Sequence[Path], knowns: Sequence[Json]) -> list[CheckerVerdict]:
    """The verdict on each release alone, then on all of them together."""
    contents = [(path.name, read(path)) for path in files]
    documents = [(name, content) for name, content in contents if "cells" in content and "release_id" not in content]
    if documents:
        if len(contents) > 1 or knowns:
            raise NotCheckable("give a generic document alone, without --knowns: it holds what is known itself")
        return [judged(name, partial(of_document, document)) for name, document in documents]
    kit = Kit(folder)
    releases = [release for _, content in contents for release in kit.releases(content)]
    each = [judged(r["release_id"], partial(kit.audit, [r], knowns), kit.off_ladder(r)) for r in releases]
    if len(releases) > 1:
        each.append(judged(f"all {len(releases)} together", partial(kit.audit, releases, knowns)))
    return each


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the releases, print the verdicts, and return the exit code."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(prog="check.py", description="Check published releases for disclosure.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="releases; by default all in releases/")
    parser.add_argument("--insider", action="append", default=[], help="as this agency (a+b: two that pool)")
    parser.add_argument("--knowns", action="append", default=[], type=Path, help="the insider's own counts")
    parser.add_argument("--kit", type=Path, default=here, help="folder of the other files; by default here")
    parser.add_argument("--json", action="store_true", help="every group, as JSON")
    given = parser.parse_args(arguments)
    try:
        knowns = [read(path) for path in given.knowns]
        if sorted(given.insider) != sorted(known["agency"] for known in knowns):
            raise NotCheckable("give a --knowns file for each --insider")
        files = given.files or sorted((given.kit / "releases").glob("*.json"))
        if not files:
            raise NotCheckable("no releases to check")
        results = verdicts(given.kit, files, knowns)
    except NotCheckable as error:
        return _print([f"NOT CHECKED: {error}"], NOT_CHECKED)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return _print([f"NOT CHECKED: a file is not in the form it should be ({type(error).__name__})"], NOT_CHECKED)
    who = " and ".join(given.insider) or "outsider"
    code = max(verdict.code for verdict in results)
    if given.json:
        listed = [
            v._asdict() | {"verdict": VERDICTS[v.code], "proofs": [p._asdict() for p in v.proofs]} for v in results
        ]
        return _print([json.dumps({"attacker": who, "verdicts": listed}, indent=1)], code)
    return _print([line for verdict in results for line in _lines(verdict, who)], code)


def _lines(verdict: CheckerVerdict, who: str) -> list[str]:
    lines = [f"{VERDICTS[verdict.code]:<14} {verdict.of} ({verdict.groups} groups; attacker: {who})"]
    lines += [f"    {verdict.note}"] * bool(verdict.note)
    lines += [f"    {proof.low} to {proof.high} children: {proof.group}" for proof in verdict.proofs[:SHOWN]]
    return lines + ["    and more: --json"] * (len(verdict.proofs) > SHOWN)


def _print(lines: Sequence[str], code: int) -> int:
    sys.stdout.write("\n".join(lines) + "\n")
    return code
