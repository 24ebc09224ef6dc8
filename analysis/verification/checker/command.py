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
    """What was found of one release, or of all together."""

    of: str
    code: int
    groups: int
    proofs: list[Proof]
    note: str = ""


def judged(of: str, audit: Callable[[], Audit], off_ladder: int = 0) -> CheckerVerdict:
    """One verdict; a cell that the ladder does not have is one too many, whatever it shows."""
    try:
        made = audit()
        proofs = made.proofs()
    except Impossible:
        return CheckerVerdict(of, 2, 0, [])
    note = f"{off_ladder} cells are not on the ladder" if off_ladder else ""
    return CheckerVerdict(of, int(bool(proofs) or bool(off_ladder)), len(made.groups), proofs, note)


def verdicts(folder: Path, files: Sequence[Path], knowns: Sequence[Json]) -> list[CheckerVerdict]:
    """Each release by itself, then all of them together."""
    contents = [(path.name, read(path)) for path in files]
    documents = [(name, one) for name, one in contents if "cells" in one and "release_id" not in one]
    if documents:
        if len(contents) > 1 or knowns:
            raise NotCheckable("a generic document is checked alone, and holds what is known itself")
        return [judged(name, partial(of_document, one)) for name, one in documents]
    kit = Kit(folder)
    releases = [release for _, content in contents for release in kit.releases(content)]
    found = [judged(one["release_id"], partial(kit.audit, [one], knowns), kit.off_ladder(one)) for one in releases]
    if len(releases) > 1:
        found.append(judged(f"all {len(releases)} together", partial(kit.audit, releases, knowns)))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print, and return the exit code."""
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
            raise NotCheckable("give a --knowns file of each --insider")
        files = given.files or sorted((given.kit / "releases").glob("*.json"))
        if not files:
            raise NotCheckable("no releases to check")
        found = verdicts(given.kit, files, knowns)
    except NotCheckable as error:
        return _say([f"NOT CHECKED: {error}"], NOT_CHECKED)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return _say([f"NOT CHECKED: a file is not in the form it should be ({type(error).__name__})"], NOT_CHECKED)
    who = " and ".join(given.insider) or "outsider"
    code = max(verdict.code for verdict in found)
    if given.json:
        listed = [v._asdict() | {"verdict": VERDICTS[v.code], "proofs": [p._asdict() for p in v.proofs]} for v in found]
        return _say([json.dumps({"attacker": who, "verdicts": listed}, indent=1)], code)
    return _say([line for verdict in found for line in _lines(verdict, who)], code)


def _lines(verdict: CheckerVerdict, who: str) -> list[str]:
    lines = [f"{VERDICTS[verdict.code]:<14} {verdict.of} ({verdict.groups} groups; attacker: {who})"]
    lines += [f"    {verdict.note}"] * bool(verdict.note)
    lines += [f"    {one.low} to {one.high} children: {one.group}" for one in verdict.proofs[:SHOWN]]
    return lines + ["    and more: --json"] * (len(verdict.proofs) > SHOWN)


def _say(lines: Sequence[str], code: int) -> int:
    sys.stdout.write("\n".join(lines) + "\n")
    return code
