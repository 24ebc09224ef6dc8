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
from analysis.disclosure.counting import Tally
from analysis.disclosure.knowns import knowns_of
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise, Protected
from analysis.verification.checker.rules import meant
from analysis.verification.kit import parameters
from models.releases import Cell, CellState, NoiseParameters
from models.releases.release import KR5Parameters
from tests.analysis.disclosure.ledgers import SHAPE, cells_of, counted, ledger
from tests.analysis.verification.empty import check, python
from tests.attacks.test_bad_releases import BAD, GOOD, Json
from tests.models.store.factories import BOARD, make_cell, make_release

CODES = {"safe": 0, "disclosed": 1, "contradictory": 2}


def write(
    path: Path, ladder: int, cells: Mapping[CellKey, Protected], windows: Sequence[str], cut_off: str = "2025-04-29"
) -> Path:
    """A release file of these cells, with the parameters of its ladder."""
    file = release_file(LADDERS[ladder], SHAPE, list(windows), cut_off, dict(cells), synthetic=True)
    if not LADDERS[ladder].own_records:
        file = file.model_copy(update={"parameters": KR5Parameters()})
    path.write_text(file.model_dump_json(), "utf-8")
    return path


def kit(folder: Path, *releases: Path) -> Path:
    """A kit made by its command and unpacked where nothing else is."""
    zipped = folder / "kit.zip"
    result = CliRunner().invoke(main, ["verification-kit", *map(str, releases), "-o", str(zipped)])
    assert result.exit_code == 0, result.output
    zipfile.ZipFile(zipped).extractall(folder / "unpacked")
    return folder / "unpacked" / "kit"


def knowns(folder: Path, of: Tally, agency: str) -> Path:
    """What an agency, or two together, know."""
    path = folder / f"knowns-{agency}.json"
    path.write_text(knowns_of(of, agency).model_dump_json(), "utf-8")
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


PAIR = ("police", "care", "care+police")
CASES = {
    (4, 0, 200, 0, ()): 0,
    (4, 1, 200, 0, PAIR): 0,
    (4, 2, 40, 0, ("police",)): 0,
    (4, 3, 40, 0, ("care", "early-help", "care+early-help")): 0,
    (4, 4, 200, 12, ()): 2,
    (4, 5, 90, 0, ("interviews",)): 0,
    (3, 0, 60, 0, ()): 0,
    (3, 1, 60, 0, PAIR): 1,
    (3, 2, 90, 12, ()): 2,
    (2, 3, 120, 0, ("police",)): 1,
}
"""Ladder, seed, children, figures changed, insiders -> the verdict of both."""


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_verdicts_are_those_of_audit(case: tuple[int, int, int, int, tuple[str, ...]], tmp_path: Path) -> None:
    """Boards of old ladders and of the new one, some with figures that were changed, by outsiders and insiders."""
    ladder, seed, children, changed, insiders = case
    of = counted(ledger(seed, children), ladder)
    cells = cells_of(of, ladder, ["2024Q2"])
    draw = random.Random(seed)
    figures = [key for key, cell in cells.items() if cell.state is CellState.FIGURE]
    for key in draw.sample(figures, min(changed, len(figures))):
        cells[key] = replace(cells[key], value=(cells[key].value or 0) + 5 * draw.choice((90, 120, 300)))
    release = write(tmp_path / "release.json", ladder, cells, ["2024Q2"])
    arguments = [part for name in insiders for part in ("--insider", name)]
    arguments += [part for name in insiders for part in ("--knowns", str(knowns(tmp_path, of, name)))]
    found = check(kit(tmp_path, release), *arguments)
    code, proofs = audited(str(release), *arguments)
    assert found.code == code
    assert {(p["low"], p["high"]) for p in found.verdicts[0]["proofs"]} == {(lo, hi) for _, lo, hi in proofs}
    assert code == CASES[case]


@pytest.mark.slow
def test_a_year_is_taken_together_with_its_quarters(tmp_path: Path) -> None:
    windows = ["2024Q2", "2024Q3", "2024Q4", "2025Q1", "2024FY"]
    of = counted(ledger(4, 90))
    cells = cells_of(of, 4, windows, ["m9_children", "m10_children"])
    release = write(tmp_path / "release.json", 4, cells, windows)
    found = check(kit(tmp_path, release))
    assert found.code == audited(str(release))[0] == 0
    content = json.loads(release.read_text("utf-8"))
    year = next(t for t in content["releases"] if t["window"] == "2024FY")
    year["cells"] = [cell | {"state": "figure", "value": 10_000} for cell in year["cells"]]
    release.write_text(json.dumps(content), "utf-8")
    assert check(kit(tmp_path, release)).verdicts[-1]["code"] == audited(str(release))[0] == 2


@pytest.mark.slow
@pytest.mark.parametrize("insiders", [(), ("police",), PAIR])
def test_a_kit_holds_releases_of_old_ladders_beside_new_ones(insiders: tuple[str, ...], tmp_path: Path) -> None:
    """Each is read by its own rule; together they say no more than what holds of both ways of counting."""
    rows = ledger(6, 50)
    of = {ladder: counted(rows, ladder) for ladder in (3, 4)}
    some = ["m9_children", "m10_children", "m8_returned", "m8_completed"]
    old = write(tmp_path / "old.json", 3, cells_of(of[3], 3, ["2024Q2"], some), ["2024Q2"], "2024-07-29")
    beside = write(tmp_path / "beside.json", 3, cells_of(of[3], 3, ["2024Q3"], some), ["2024Q3"])
    new = write(tmp_path / "new.json", 4, cells_of(of[4], 4, ["2024FY"], some), ["2024FY"])
    arguments = [part for name in insiders for part in ("--insider", name)]
    arguments += [part for name in insiders for part in ("--knowns", str(knowns(tmp_path, of[4], name)))]
    folder = kit(tmp_path, old, beside, new)
    found = check(folder, *arguments)
    together = found.verdicts[-1]
    assert together["of"] == "all 3 together"
    code, proofs = audited(str(old), str(beside), str(new), *arguments)
    assert together["code"] == code
    assert {(p["low"], p["high"]) for p in together["proofs"]} == {(lo, hi) for _, lo, hi in proofs}
    kept = json.loads((folder / "parameters.json").read_text("utf-8"))
    assert set(kept) == {"KR5", "keyed noise"}
    assert json.loads((folder / "hierarchy.json").read_text("utf-8"))["dimensions"]["agency"]["ladders"] == [3]


@pytest.mark.parametrize(("ladder", "code"), [(3, 2), (4, 0)])
def test_sectors_are_parts_of_all_agencies_on_the_old_ladders_alone(ladder: int, code: int, tmp_path: Path) -> None:
    """A sector above all agencies together: impossible when it was counted of them, and nothing since."""
    cells = dict.fromkeys(LADDERS[ladder].grid("2024Q2", SHAPE, ["m1_children"]), Protected(CellState.LOW))
    sector = next(key for key in cells if key.who != "any" and key.level == "board" and key.indicator == "any")
    release = write(tmp_path / "r.json", ladder, cells | {sector: Protected(CellState.FIGURE, 200)}, ["2024Q2"])
    assert check(kit(tmp_path, release)).code == audited(str(release))[0] == code


def test_a_kit_of_two_parameters_of_one_rule_is_refused(tmp_path: Path) -> None:
    cells = cells_of(counted(ledger(1, 20)), 4, ["2024Q2"], ["m1_children"])
    one = write(tmp_path / "one.json", 4, cells, ["2024Q2"])
    content = json.loads(one.read_text("utf-8"))
    content["parameters"]["deviation"] = 4
    (tmp_path / "two.json").write_text(json.dumps(content), "utf-8")
    result = CliRunner().invoke(main, ["verification-kit", str(one), str(tmp_path / "two.json")])
    assert result.exit_code == 2
    assert "different parameters" in result.output


@pytest.mark.parametrize("rule", [KeyedNoise(), KeyedNoise(4, 7, 14), KeyedNoise(3, 1, 5), KR5()])
def test_a_cell_means_to_the_checker_what_it_means_to_the_rule(rule: KeyedNoise | KR5) -> None:
    """The checker works the bounds out from parameters.json by a second hand."""
    known = parameters(rule)
    lowest = known.get("lowest", 10)
    for value in range(lowest + -lowest % rule.base, 200, rule.base):
        assert meant(known, {"state": "figure", "value": value}) == rule.bounds(value)
    assert meant(known, {"state": "low", "value": None}) == rule.bounds(None)
    for state in ("withheld", "no_return", "not_recorded", "not_applicable"):
        assert meant(known, {"state": state, "value": None}) == (0, None)


@pytest.mark.slow
@pytest.mark.parametrize("ladder", [2, 4])
def test_documents_of_export_audit_are_read_too(ladder: int, tmp_path: Path) -> None:
    """As they are, by check.py and by `audit`: same groups, same sizes, as from the release itself."""
    of = counted(ledger(2, 90), ladder)
    measures = ["m1_children", "m9_children", "m10_children"]
    release = write(tmp_path / "release.json", ladder, cells_of(of, ladder, ["2024Q2"], measures), ["2024Q2"])
    own = knowns(tmp_path, of, "police")
    for insider in ([], ["--insider", "police", "--knowns", str(own)]):
        result = CliRunner().invoke(main, ["export-audit", str(release), *insider])
        assert result.exit_code == 0, result.output
        (tmp_path / "document.json").write_text(result.stdout, "utf-8")
        found = check(kit(tmp_path, release), str(tmp_path / "document.json"))
        code, proofs = audited(str(tmp_path / "document.json"))
        assert found.code == code == audited(str(release), *insider)[0]
        assert {(p["low"], p["high"]) for p in found.verdicts[0]["proofs"]} == {(lo, hi) for _, lo, hi in proofs}


def test_a_cell_that_cannot_be_counted_stands_for_any_number(tmp_path: Path) -> None:
    """It bounds nothing, whatever stands around it: a part of a small whole may be large."""
    cells = (
        make_cell("m9_children", 40),
        Cell(measure="m10_children", level="board", area=BOARD, state=CellState.NOT_COUNTABLE),
        make_cell("m1_children", 25),
    )
    release = make_release("2026Q1", cells, ladder_version=4, parameters=NoiseParameters())
    path = tmp_path / f"{release.release_id}.json"
    path.write_text(release.model_dump_json(), "utf-8")
    found = check(kit(tmp_path, path))
    assert (found.code, [one["verdict"] for one in found.verdicts]) == (0, ["SAFE"])
    assert meant(parameters(KeyedNoise()), {"state": "not_countable", "value": None}) == (0, None)
