"""The disclosure commands as a stranger runs them: files in, JSON and exit codes out, no value in an error."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analysis.__main__ import main
from models.contract.tokens import letters
from models.service.keyfiles import write_key

REGISTER = Path(__file__).parents[2] / "demo" / "register"
Json = dict[str, Any]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """120 synthetic children over a year: five wards, four agencies, two indicators."""
    draw = random.Random(4)
    path = tmp_path / "units.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["child", "area", "period", "agency", "indicator"])
        for number in range(120):
            for _ in range(draw.choice([1, 1, 2, 3])):
                period = draw.choice(["2024-04", "2024-05-17", "2024Q3", "2024Q4", "2025-03-31"])
                agency = draw.choice(["police", "police", "care", "health", "school"])
                rows.writerow([f"canary-child-{number}", f"W{number % 5}", period, agency, draw.choice("AB")])
    return path


@pytest.fixture
def release(units: Path, tmp_path: Path) -> Path:
    result = run("protect", units, "--ladder", "4", "--seed", "7", "--json")
    assert result.exit_code == 0
    path = tmp_path / "release.json"
    path.write_text(result.stdout, "utf-8")
    return path


def test_protect_writes_a_full_grid_and_nothing_exact(units: Path, release: Path) -> None:
    content: Json = json.loads(release.read_text("utf-8"))
    assert "canary" not in release.read_text("utf-8")
    assert content["synthetic"]
    assert [tables["window"] for tables in content["releases"]] == ["2024FY", "2024Q2", "2024Q3", "2024Q4", "2025Q1"]
    for tables in content["releases"]:
        for cell in tables["cells"]:
            assert cell["state"] in ("figure", "low")
            assert cell["state"] != "figure" or (cell["value"] >= 10 and cell["value"] % 5 == 0)
    year = content["releases"][0]["cells"]
    assert len([cell for cell in year if cell["level"] == "ward"]) == 5
    again = run("protect", units, "--ladder", "4", "--seed", "7", "--json")
    assert again.stdout == release.read_text("utf-8"), "the same units and keys give the same bytes"


def test_audit_finds_the_release_safe_and_a_tampered_one_not(release: Path, tmp_path: Path) -> None:
    assert run("audit", release).exit_code == 0
    content: Json = json.loads(release.read_text("utf-8"))
    cells = content["releases"][0]["cells"]
    total = next(c for c in cells if c["level"] == "board" and c["sector"] == c["indicator"] == "any")
    wards = [c for c in cells if c["level"] == "ward"]
    for cell in wards[:-1]:
        cell.update(state="figure", value=total["value"])
    tampered = tmp_path / "tampered.json"
    tampered.write_text(json.dumps(content), "utf-8")
    result = run("audit", tampered, "--json")
    assert result.exit_code in (1, 2)
    assert json.loads(result.stdout)["verdict"] in ("disclosed", "contradictory")
    total.update(value=total["value"] * 10)
    tampered.write_text(json.dumps(content), "utf-8")
    assert run("audit", tampered).exit_code == 2


def test_export_is_a_document_that_gives_the_same_verdict(release: Path, tmp_path: Path) -> None:
    output = tmp_path / "document.json"
    assert run("export-audit", release, "--output", output).exit_code == 0
    content: Json = json.loads(output.read_text("utf-8"))
    judged = {"policy", "cells", "relations", "structure", "knowns"}
    assert set(content) == judged | {"format", "published", "rules", "statements"}
    assert content["policy"] == {"threshold": 5, "min_width": 3}
    kinds = {cell["release"]["kind"] for cell in content["cells"]}
    assert kinds == {"band", "none"}
    ids = {cell["id"] for cell in content["cells"]}
    assert len(ids) == len(content["cells"])
    for relation in content["relations"]:
        assert relation["type"] in ("sum", "union", "subset")
        assert {relation["total"], *relation["parts"]} <= ids
    assert run("audit", output).exit_code == 0


def test_an_insider_attacks_with_its_own_counts(release: Path, tmp_path: Path) -> None:
    """A file of its own counts raises what is certain; one that cannot be is contradictory."""
    count = {"measure": "m1_children", "window": "2024FY", "level": "board", "area": "board", "indicator": "any"}
    knowns = tmp_path / "knowns.json"
    knowns.write_text(json.dumps({"agency": "police", "cells": [count | {"count": 900}]}), "utf-8")
    assert run("audit", release, "--insider", "police", "--knowns", knowns).exit_code == 2
    missing = run("audit", release, "--insider", "police")
    assert missing.exit_code == 2
    assert "--knowns" in missing.output
    stranger = tmp_path / "stranger.json"
    stranger.write_text(json.dumps({"agency": "nobody", "cells": []}), "utf-8")
    assert run("audit", release, "--insider", "nobody", "--knowns", stranger).exit_code == 2


def test_an_insider_who_knows_all_but_two_discloses(release: Path, tmp_path: Path) -> None:
    content: Json = json.loads(release.read_text("utf-8"))
    cells = content["releases"][0]["cells"]
    total = next(c for c in cells if c["level"] == "board" and c["sector"] == c["indicator"] == "any")
    count = {"measure": "m1_children", "window": "2024FY", "level": "board", "area": "board", "indicator": "any"}
    own = {"agency": "police", "cut_off": content["cut_off"], "cells": [count | {"count": total["value"] + 15}]}
    some = [r for r in content["ladder"]["rungs"] if r["split"] == "any" and r["level"] != "board"]
    rungs = [
        *some,
        {"level": "board", "window": "year", "split": "any", "measures": ["m1_children"], "zero_apart": False},
    ]
    small = content["ladder"] | {"rungs": rungs, "nested": []}
    content |= {"ladder": small, "releases": [content["releases"][0] | {"cells": [total]}]}
    cut, knowns = tmp_path / "cut.json", tmp_path / "knowns.json"
    cut.write_text(json.dumps(content), "utf-8")
    knowns.write_text(json.dumps(own), "utf-8")
    assert run("audit", cut).exit_code == 0
    result = run("audit", cut, "--insider", "police", "--knowns", knowns, "--json")
    assert result.exit_code == 1
    assert {(f["lo"], f["hi"]) for f in json.loads(result.stdout)["failures"]} == {(0, 2)}
    knowns.write_text(json.dumps(own | {"cut_off": "another"}), "utf-8")
    assert run("audit", cut, "--insider", "police", "--knowns", knowns).exit_code == 0


def test_releases_with_different_cut_offs_are_audited_together(units: Path, tmp_path: Path) -> None:
    paths = []
    for window in ("2024Q3", "2024FY"):
        result = run("protect", units, "--ladder", "4", "--seed", "7", "--window", window, "--json")
        paths.append(tmp_path / f"{window}.json")
        paths[-1].write_text(result.stdout, "utf-8")
    assert run("audit", *paths).exit_code == 0
    assert run("audit", *paths, "--steady").exit_code in (0, 1)
    apart: Json = json.loads(run("export-audit", *paths).stdout)
    together: Json = json.loads(run("export-audit", *paths, "--steady").stdout)
    assert apart["structure"]["releases"]["order"] == ["2024-10-29", "2025-04-29"]
    assert len(together["relations"]) > len(apart["relations"]), "quarters make up the year only when steady"


def test_a_stored_release_is_audited_as_it_is(tmp_path: Path) -> None:
    cell = {"level": "board", "area": "X08000001", "sector": "any", "agency": "any", "indicator": "any"}
    stored = {
        "release_id": "X08000001.2024Q2.l1",
        "board": "X08000001",
        "window": "2024Q2",
        "starts_on": "2024-04-01",
        "ends_before": "2024-07-01",
        "cut_off": "2024-07-29T00:00:00Z",
        "ladder_version": 1,
        "register_version": "2024-04-01",
        "boundary_set": "synthetic",
        "synthetic": True,
        "linked_share": "90% or more",
        "agencies_returned": 8,
        "agencies_expected": 8,
        "cells": [
            cell | {"measure": "m1_children", "state": "low"},
            cell | {"measure": "m9_children", "state": "figure", "value": 20},
            cell | {"measure": "m10_children", "state": "low"},
        ],
    }
    path = tmp_path / "stored.json"
    path.write_text(json.dumps(stored), "utf-8")
    assert run("audit", path).exit_code == 0
    stored["cells"][2] |= {"state": "figure", "value": 30}  # type: ignore[index]
    path.write_text(json.dumps(stored), "utf-8")
    assert run("audit", path).exit_code == 2, "more repeat missing children than missing children"
    stored["ladder_version"] = 77
    path.write_text(json.dumps(stored), "utf-8")
    assert "77" in run("audit", path).output


def test_a_key_file_gives_other_figures_than_a_seed_and_must_be_private(units: Path, tmp_path: Path) -> None:
    path = tmp_path / "rounding.key"
    write_key(path, "rounding", 3)
    first = run("protect", units, "--ladder", "1", "--key-file", path, "--json")
    assert first.exit_code == 0
    assert not json.loads(first.stdout)["synthetic"]
    assert run("protect", units, "--ladder", "1", "--key-file", path, "--json").stdout == first.stdout
    path.chmod(0o644)
    open_to_all = run("protect", units, "--ladder", "1", "--key-file", path)
    assert open_to_all.exit_code == 2
    assert "chmod 600" in open_to_all.output
    assert run("protect", units, "--ladder", "1").exit_code == 2
    assert run("protect", units, "--ladder", "1", "--seed", "1", "--key-file", path).exit_code == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("canary,W1,2024Q7,police,A", "line 2: column period"),
        (",W1,2024Q2,police,A", "line 2: column child"),
        ("canary,W1,2024Q2,,A", "line 2: column agency"),
    ],
)
def test_bad_rows_are_named_by_line_and_column_only(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(f"child,area,period,agency,indicator\n{line}\n", "utf-8")
    result = run("protect", path, "--ladder", "1", "--seed", "1")
    assert result.exit_code == 2
    assert says in result.output
    assert "canary" not in result.output
    assert "2024Q7" not in result.output


def test_unusable_files_exit_2(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("child,area\n1,2\n", "utf-8")
    assert "no column period" in run("protect", path, "--ladder", "1", "--seed", "1").output
    path.write_bytes(b"\xff\xfe\x00")
    assert run("protect", path, "--ladder", "1", "--seed", "1").exit_code == 2
    assert run("audit", path).exit_code == 2
    path.write_text('{"release_id": "x"}', "utf-8")
    assert run("audit", path).exit_code == 2
    path.write_text("{}", "utf-8")
    assert run("audit", path).exit_code == 2


def test_ladder_can_be_a_file(units: Path, tmp_path: Path) -> None:
    ladder = tmp_path / "ladder.yaml"
    ladder.write_text(
        "version: 7\nrungs:\n- {level: board, window: year, split: sector, measures: [m1_children]}\n", "utf-8"
    )
    content: Json = json.loads(run("protect", units, "--ladder", ladder, "--seed", "1", "--json").stdout)
    sectors = {cell["sector"] for tables in content["releases"] for cell in tables["cells"]}
    assert sectors == {"police", "care", "health", "school"}
    ladder.write_text("version: 0\nrungs: []\n", "utf-8")
    assert run("protect", units, "--ladder", ladder, "--seed", "1").exit_code == 2
    assert run("protect", units, "--ladder", "99", "--seed", "1").exit_code == 2


def event(number: int, agency: str, kind: str, day: str, revision: int = 0, **fields: Any) -> str:
    name = letters(number.to_bytes(20, "big"))
    data = {
        "event_id": name,
        "revision": revision,
        "agency": agency,
        "board": "X08000001",
        "agreement_id": f"dsa-{agency}",
        "occurred_on": day,
        **fields,
    }
    if kind == "withdrawal":
        del data["occurred_on"]
    envelope = {
        "specversion": "1.0",
        "id": f"{name}.{revision}",
        "source": f"/agencies/{agency}",
        "type": f"ypsem.{kind}.v1",
        "time": "2024-07-01T00:00:00Z",
        "data": data,
    }
    return json.dumps(envelope)


def child(number: int) -> Json:
    token = "lt_" + letters((1000 + number).to_bytes(20, "big"))
    return {"tokens": [{"kind": "nhs", "epoch": 1, "token": token}]}


HOME: Json = {"areas": {"home": "X05000001"}}
BOARD_CELL = ("board", "X08000001")


def known(*arguments: object) -> dict[tuple[str, ...], int]:
    """What `knowns` counts, by measure, window, level, area, sector and indicator."""
    result = run("knowns", *arguments, "--register", REGISTER)
    assert result.exit_code == 0, result.output
    assert "lt_" not in result.stdout
    content: Json = json.loads(result.stdout)
    names = ("measure", "window", "level", "area", "sector", "indicator")
    return {tuple(str(c[name]) for name in names): c["count"] for c in content["cells"]}


def test_knowns_counts_the_agency_s_own_children_only(tmp_path: Path) -> None:
    police, care = "aldermere-police", "aldermere-social-care"
    lines = [
        event(1, police, "cse_concern", "2024-05-01", **child(1), **HOME, indicators=["GANG_ASSOC", "DRUGS"]),
        event(2, police, "cse_concern", "2024-05-09", **child(1), **HOME),
        event(3, police, "cse_concern", "2024-06-09", **child(2)),
        event(4, care, "cse_concern", "2024-06-09", **child(3)),
        event(5, police, "cse_concern", "2024-06-09"),
        event(6, police, "cse_concern", "2024-06-10", **child(4)),
        event(6, police, "withdrawal", "2024-06-10", revision=1),
        *(event(10 + n, police, "missing_episode", f"2024-07-{n:02d}", **child(5), **HOME) for n in (1, 11, 21)),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    found = known(path, "--agency", police, "--cut-off", "2025-01-15T00:00:00Z")
    assert found["m1_children", "2024Q2", *BOARD_CELL, "any", "any"] == 2
    assert found["m1_children", "2024Q2", *BOARD_CELL, "police", "any"] == 2, "its sector's own cell"
    assert found["m1_children", "2024FY", "ward", "X05000001", "any", "any"] == 1
    assert found["m1_children", "2024Q2", *BOARD_CELL, "any", "GANG_ASSOC"] == 1
    assert found["m1_children", "2024Q2", *BOARD_CELL, "any", "none_recorded"] == 2
    # Records begin in April: M10 counts from 29 June on.
    assert found["m9_children", "2024Q3", *BOARD_CELL, "any", "any"] == 1
    assert found["m10_children", "2024Q3", "town", "X08000001-T1", "any", "any"] == 1
    both = known(path, "--agency", f"{police}+{care}")
    assert both["m1_children", "2024Q2", *BOARD_CELL, "any", "any"] == 3, "two that pool"
    path.write_text('{"specversion": "canary"}\n', "utf-8")
    bad = run("knowns", path, "--agency", police, "--register", REGISTER)
    assert bad.exit_code == 2
    assert "line 1" in bad.output
    assert "canary" not in bad.output


def test_knowns_leaves_out_what_was_published_after_the_cut_off(tmp_path: Path) -> None:
    """All of these were published on 1 July."""
    path = tmp_path / "events.jsonl"
    path.write_text(event(1, "aldermere-police", "cse_concern", "2024-05-01", **child(1)), "utf-8")
    key = ("m1_children", "2024Q2", *BOARD_CELL, "any", "any")
    assert known(path, "--agency", "aldermere-police", "--cut-off", "2024-07-29T00:00:00Z")[key] == 1
    assert known(path, "--agency", "aldermere-police", "--cut-off", "2024-06-29") == {}
    assert (
        run("knowns", path, "--agency", "aldermere-police", "--cut-off", "soon", "--register", REGISTER).exit_code == 2
    )


def test_knowns_takes_what_the_agency_sees_of_others_as_the_register_says(tmp_path: Path) -> None:
    """Youth justice shares social care's system; social care gets to see interviews, whoever held them."""
    care, voluntary, youth = "aldermere-social-care", "aldermere-voluntary", "aldermere-youth-justice"
    told: Json = {"returned_on": "2024-06-03", "state": "completed", "within_72h": "yes"}
    away: Json = {"ended_on": "2024-06-02"}
    own, seen = tmp_path / "own.jsonl", tmp_path / "seen.jsonl"
    own.write_text(event(1, care, "missing_episode", "2024-06-01", **child(1), **away), "utf-8")
    seen.write_text(event(2, voluntary, "return_interview", "2024-06-05", **child(1), **told), "utf-8")
    key = ("m8_completed", "2024Q2", *BOARD_CELL, "any", "any")
    assert key not in known(own, "--agency", care)
    assert known(own, "--agency", care, "--sees", seen)[key] == 1
    assert known(seen, "--agency", voluntary)[key] == 1, "who interviewed knows without the episode"
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("", "utf-8")
    missing = ("m9_children", "2024Q2", *BOARD_CELL, "any", "any")
    assert known(nothing, "--agency", youth, "--sees", own)[missing] == 1
    assert known(nothing, "--agency", "aldermere-health", "--sees", own) == {}
    result = run("knowns", nothing, "--agency", youth, "--sees", own, "--register", REGISTER)
    assert json.loads(result.stdout)["system"] == [care]


@pytest.mark.slow
def test_help_of_every_command_from_a_fresh_process() -> None:
    """The group finds its commands by itself, and nothing but help is printed."""
    shown = subprocess.run([sys.executable, "-m", "analysis", "--help"], capture_output=True, text=True, check=True)
    for name in ("protect", "audit", "export-audit", "knowns"):
        assert f"\n  {name} " in shown.stdout
        assert run(name, "--help").exit_code == 0


def test_stdout_is_json_and_nothing_else(units: Path) -> None:
    """The solver prints a banner unless stopped: it would end up in the release file."""
    command = [sys.executable, "-m", "analysis", "protect", str(units), "--ladder", "1", "--seed", "1", "--json"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    json.loads(shown.stdout)
    assert shown.stderr == ""


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("area", "c1,canary|1,2025-05-02,police,A"),
        ("area", "c1,any,2025-05-02,police,A"),
        ("agency", "c1,W1,2025-05-02,canary:x,A"),
        ("agency", "c1,W1,2025-05-02,any,A"),
        ("agency", "c1,W1,2025-05-02,canary+b,A"),
        ("indicator", "c1,W1,2025-05-02,police,none_recorded"),
        ("indicator", "c1,W1,2025-05-02,police,canary\x01"),
    ],
)
def test_a_name_that_cells_could_not_be_told_apart_by_is_unusable(tmp_path: Path, column: str, row: str) -> None:
    """It ended in a traceback and exit 1, which says that the gate stayed closed."""
    path = tmp_path / "units.csv"
    path.write_text(f"child,area,period,agency,indicator\nc0,North End,2025-05-02,police,A\n{row}\n", "utf-8")
    result = run("protect", path, "--ladder", "1", "--seed", "1")
    assert result.exit_code == 2
    assert f"line 3: column {column} is no plain name" in result.output
    assert "canary" not in result.output
