"""The verification kit: it runs with nothing else, and comes to the verdicts that `audit` comes to."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.commands.protect import release_file
from analysis.disclosure.cells import CellKey
from analysis.disclosure.gate import Candidate, Gated, gate
from analysis.disclosure.knowns import KnownCount, Knowns
from analysis.disclosure.kr5 import Protected
from models.releases import CellState
from tests.analysis.verification.empty import check, python
from tests.attacks import boards
from tests.attacks.test_bad_releases import BAD, GOOD, Json
from tests.models.store.factories import make_cell, make_release

CODES = {"safe": 0, "disclosed": 1, "contradictory": 2}


def write(path: Path, candidate: Candidate, cells: Mapping[CellKey, Protected], windows: Sequence[str]) -> Path:
    """A release file of these cells."""
    gated = Gated(dict(cells), 0, (), 0)
    file = release_file(candidate.ladder, candidate.tally, list(windows), candidate.cut_off, gated, synthetic=True)
    path.write_text(file.model_dump_json(), "utf-8")
    return path


def kit(folder: Path, *releases: Path) -> Path:
    """A kit made by its command and unpacked where nothing else is."""
    zipped = folder / "kit.zip"
    result = CliRunner().invoke(main, ["verification-kit", *map(str, releases), "-o", str(zipped)])
    assert result.exit_code == 0, result.output
    zipfile.ZipFile(zipped).extractall(folder / "unpacked")
    return folder / "unpacked" / "kit"


def knowns(folder: Path, candidate: Candidate, agency: str) -> Path:
    """What an agency, or two together, can count by themselves."""
    members = agency.split("+")
    cells = [
        KnownCount(measure=measure, window=window, level=level, area=area, indicator=indicator, count=len(found))
        for (measure, window, level, area, indicator), sets in candidate.tally.sets.items()
        if (found := frozenset[str]().union(*(sets.get(name, frozenset()) for name in members)))
    ]
    path = folder / f"knowns-{agency}.json"
    path.write_text(Knowns(agency=agency, cells=tuple(cells)).model_dump_json(), "utf-8")
    return path


def audited(*arguments: str) -> tuple[int, set[tuple[str, int, int]]]:
    """Verdict of `audit`, and the cells with the sizes it proves."""
    result = CliRunner().invoke(main, ["audit", *arguments, "--json"])
    report = json.loads(result.stdout)
    assert result.exit_code == CODES[report["verdict"]]
    return result.exit_code, {(f["cell"].split("|", 1)[1], f["lo"], f["hi"]) for f in report["failures"]}


def test_nothing_of_ours_can_be_imported_where_the_checker_runs(tmp_path: Path) -> None:
    for name in ("analysis", "models", "highspy", "numpy", "click"):
        assert "ModuleNotFoundError" in python(tmp_path, "-c", f"import {name}").stderr


@pytest.mark.parametrize("name", [*BAD, *GOOD])
def test_the_bad_documents_are_caught_and_their_good_twins_are_not(name: str, tmp_path: Path) -> None:
    folder = kit(tmp_path, stored(tmp_path))
    document = tmp_path / "document.json"
    document.write_text(json.dumps({**BAD, **GOOD}[name]), "utf-8")
    found = check(folder, str(document))
    code, proofs = audited(str(document))
    assert found.code == code == int(name in BAD)
    assert {(p["low"], p["high"]) for p in found.verdicts[0]["proofs"]} == {(lo, hi) for _, lo, hi in proofs}


def stored(folder: Path, *values: int | None, window: str = "2026Q1") -> Path:
    """A release as the ledger stores it."""
    names = ("m1_children", "m9_children", "m10_children")
    release = make_release(window, tuple(make_cell(n, v) for n, v in zip(names, values or (40, 25, None), strict=True)))
    path = folder / f"{release.release_id}.json"
    path.write_text(release.model_dump_json(), "utf-8")
    return path


def test_stored_releases_are_judged_each_and_together(tmp_path: Path) -> None:
    folder = kit(tmp_path, stored(tmp_path), stored(tmp_path, 35, None, None, window="2025Q4"))
    done = python(folder, "check.py")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["SAFE"] * 3
    assert "all 2 together" in done.stdout


@pytest.mark.parametrize(
    ("values", "code"),
    [((10, 25, None), 2), ((40, None, 25), 2), ((40, 25, 20), 0), ((41, 25, None), 2), ((5, None, None), 2)],
    ids=["whole below part", "part over low whole", "allowed", "no multiple", "too low a figure"],
)
def test_figures_that_cannot_all_be_right_are_contradictory(
    values: tuple[int | None, ...], code: int, tmp_path: Path
) -> None:
    """M10's children are some of M9's; a figure is a multiple of five, ten or more."""
    folder = kit(tmp_path, stored(tmp_path))
    path = next((folder / "releases").iterdir())
    release = json.loads(path.read_text("utf-8"))
    for cell, value in zip(release["cells"], values, strict=True):
        cell |= {"state": "figure" if value is not None else "low", "value": value}
    path.write_text(json.dumps(release), "utf-8")
    # The first case is M1 against M9, which are not nested: nothing is wrong with it.
    assert check(folder).code == (0 if values == (10, 25, None) else code)


def test_a_cell_that_the_ladder_does_not_have_is_found(tmp_path: Path) -> None:
    folder = kit(tmp_path, stored(tmp_path))
    path = next((folder / "releases").iterdir())
    release = json.loads(path.read_text("utf-8"))
    release["cells"].append(release["cells"][0] | {"sector": "police"})
    path.write_text(json.dumps(release), "utf-8")
    found = check(folder)
    assert found.code == 1
    assert found.verdicts[0]["note"] == "1 cells are not on the ladder"


def test_what_does_not_belong_to_the_kit_is_not_checked(tmp_path: Path) -> None:
    folder = kit(tmp_path, stored(tmp_path))
    changes: list[Json] = [{"board": "X08000002"}, {"ladder_version": 99}, {"parameters": {}}, {"cells": [{}]}]
    for change in changes:
        other = tmp_path / "other.json"
        release = json.loads(stored(tmp_path).read_text("utf-8"))
        other.write_text(json.dumps(release | change), "utf-8")
        assert check(folder, str(other)).code == 3, change
    assert check(folder, "--insider", "a").code == 3
    assert check(folder, str(tmp_path / "nothing.json")).code == 3


def test_a_kit_holds_what_is_published_and_nothing_else(tmp_path: Path) -> None:
    release = stored(tmp_path)
    folder = kit(tmp_path, release)
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    wanted = {"check.py", "README.txt", "hierarchy.json", "ladder.json", "parameters.json", "SHA256SUMS"}
    assert names == wanted | {f"releases/{release.name}"}
    assert (folder / "releases" / release.name).read_bytes() == release.read_bytes()
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    first = (tmp_path / "kit.zip").read_bytes()
    kit(tmp_path, release)
    assert (tmp_path / "kit.zip").read_bytes() == first


def test_the_checker_is_the_files_of_its_folder_and_the_standard_library(tmp_path: Path) -> None:
    text = (kit(tmp_path, stored(tmp_path)) / "check.py").read_text("utf-8")
    assert "from analysis" not in text
    done = python(tmp_path, "-c", f"import ast,sys; t=ast.parse({text!r}); "
        "print(*sorted({(n.module if isinstance(n, ast.ImportFrom) else n.names[0].name).split('.')[0] "
        "for n in ast.walk(t) if isinstance(n, (ast.Import, ast.ImportFrom))} - sys.stdlib_module_names))")  # fmt: skip
    assert done.stdout.strip() == ""


Case = tuple[int, int, bool, int, tuple[str, ...]]
PAIR = ("agency-0", "agency-1", "agency-0+agency-1")
CASES: dict[Case, int] = {
    (0, 120, False, 0, ()): 0,
    (1, 120, False, 0, PAIR): 0,
    (2, 120, False, 0, PAIR): 1,
    (5, 300, True, 0, PAIR): 0,
    (3, 60, False, 0, ("agency-1",)): 0,
    (7, 400, False, 12, ()): 0,
    (8, 80, False, 12, PAIR): 2,
}
"""Seed, children a year, whether it passed the gate, figures changed, insiders -> the verdict of both."""


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_verdicts_are_those_of_audit(case: Case, tmp_path: Path) -> None:
    """Boards of ladder 2, some not yet through the gate, some with figures that were changed."""
    seed, size, passed, changed, insiders = case
    candidate = boards.make(seed, size, ["2024Q2"], indicators=4)
    cells = gate(candidate).cells if passed else dict(candidate.cells)
    draw = random.Random(seed)
    for key in draw.sample([key for key, cell in cells.items() if cell.state is CellState.FIGURE], changed):
        cells[key] = replace(cells[key], value=max(10, (cells[key].value or 0) + 5 * draw.choice((-3, -2, 2, 3))))
    release = write(tmp_path / "release.json", candidate, cells, ["2024Q2"])
    arguments = [part for name in insiders for part in ("--insider", name)]
    arguments += [part for name in insiders for part in ("--knowns", str(knowns(tmp_path, candidate, name)))]
    found = check(kit(tmp_path, release), *arguments)
    code, proofs = audited(str(release), *arguments)
    assert found.code == code == CASES[case]
    assert {(p["low"], p["high"]) for p in found.verdicts[0]["proofs"]} == {(lo, hi) for _, lo, hi in proofs}


@pytest.mark.slow
def test_a_year_is_taken_together_with_its_quarters(tmp_path: Path) -> None:
    """A window that is shown over all of its parts but one gives that one away, unless it is withheld with them."""
    windows = ["2024Q2", "2024Q3", "2024Q4", "2025Q1", "2024FY"]
    candidate = boards.make(4, 200, windows, ladder=2, indicators=1, measures=["m9_children"])
    release = write(tmp_path / "release.json", candidate, candidate.cells, windows)
    found = check(kit(tmp_path, release))
    assert found.code == audited(str(release))[0]
    content = json.loads(release.read_text("utf-8"))
    year = next(t for t in content["releases"] if t["window"] == "2024FY")
    year["cells"] = [cell | {"state": "figure", "value": 10_000} for cell in year["cells"]]
    release.write_text(json.dumps(content), "utf-8")
    assert check(kit(tmp_path, release)).verdicts[-1]["code"] == audited(str(release))[0] == 2


@pytest.mark.slow
def test_documents_of_export_audit_are_read_too(tmp_path: Path) -> None:
    candidate = boards.make(2, 120, ["2024Q2"], indicators=2, measures=["m1_children"])
    release = write(tmp_path / "release.json", candidate, candidate.cells, ["2024Q2"])
    own = knowns(tmp_path, candidate, "agency-0")
    for insider in ([], ["--insider", "agency-0", "--knowns", str(own)]):
        result = CliRunner().invoke(main, ["export-audit", str(release), *insider])
        document: Json = json.loads(result.stdout)
        (tmp_path / "document.json").write_text(json.dumps(document), "utf-8")
        found = check(kit(tmp_path, release), str(tmp_path / "document.json"))
        assert found.code == audited(str(tmp_path / "document.json"))[0]
