"""The audit document against what is published, statement by statement: all of it, and nothing else."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.beside import Beside
from analysis.disclosure.document import Document
from analysis.disclosure.release_file import rule_of
from analysis.disclosure.rules import described, statements
from analysis.disclosure.voices import GroupHeard
from analysis.release import board_at, build_releases
from analysis.verification.checker.reading import of_document
from models.contract.codes import FeedbackStage, IndicatorCategory, Sector, Theme
from models.releases import Answers, CellState, GateResult, Release, SessionHeld
from models.releases.release import KR5Parameters
from tests.analysis.disclosure.ledgers import KEYS, board_of, ledger

CUT = datetime(2025, 4, 29, tzinfo=UTC)
FORMAT = Path(__file__).parents[3] / "docs" / "audit-format.md"
SENT = ["return_interview"]
SIGNAL = {
    **{"signal_id": "X08000001.missing.X05100001.2024-06-03", "board": "X08000001", "kind": "missing"},
    **{"areas": ["X05100001"], "starts_on": "2024-05-20", "ends_on": "2024-06-02", "opened_on": "2024-06-03"},
    **{"updated_on": "2024-06-10", "closed_on": None, "recurrence": "5_to_25_years"},
}
SILENT = {
    **{"signal_id": "X08000001.agency_silent.health.2024-05-01", "board": "X08000001", "kind": "agency_silent"},
    **{"agency": "health", "starts_on": "2024-05-01", "opened_on": "2024-06-03", "updated_on": "2024-06-10"},
    "closed_on": "2024-06-10",
}
NOTICE = {
    **{"release_id": "X08000001.2024Q2.l3", "kind": "correction", "on": "2024-09-01", "reason": "return"},
    "measure": "m9_children",
}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def releases() -> list[Release]:
    """A year and its last quarter as they are built, with what stands beside; and an old release in all its states."""
    register, board = board_of(interviews={"child_records": SENT}, police={"child_records": ["missing_episode"]})
    seen = board_at(register, board, ledger(5, 120).items(), CUT)
    session = SessionHeld(
        held_on=date(2025, 1, 20), audience=Sector.HEALTH, topics=(IndicatorCategory.HEALTH,),
        places=20, attended=12, feedback=(Answers(stage=FeedbackStage.AFTER, answered=9, mean_tenths=71),),
    )  # fmt: skip
    sends = Counter({frozenset({"nhs"}): 300, frozenset({"upn"}): 200})
    groups = (
        GroupHeard("a|health", "children", date(2024, 9, 1), (Theme.TRUSTED_ADULT,), 30),
        GroupHeard("b|health", "children", date(2024, 9, 2), (Theme.TRUSTED_ADULT,), None),
        GroupHeard("c|health", "lay_members", date(2024, 9, 2), (Theme.OTHER,), None),
    )
    besides = Beside((session,), {"health": sends, "police": sends}, groups)
    built = build_releases(register, board, ("2025Q1", "2024FY"), seen, KEYS, CUT, besides=besides).releases
    return [old(built[0]), *built]


def old(like: Release) -> Release:
    """A release of ladder 3, by the rule and the gate of then, with every state that a cell can have."""
    states = list(CellState)
    cells = [
        cell.model_copy(
            update={"state": (state := states[n % len(states)]), "value": 20 if state is CellState.FIGURE else None}
        )
        for n, cell in enumerate(like.cells[:40])
    ]
    return like.model_copy(
        update={
            "release_id": "X08000001.2024Q2.l3", "window": "2024Q2", "ladder_version": 3, "cells": tuple(cells),
            "starts_on": date(2024, 4, 1), "ends_before": date(2024, 7, 1),
            "cut_off": datetime(2024, 7, 29, tzinfo=UTC), "parameters": KR5Parameters(),
            "gate": GateResult(attackers=16, nudges=3, withheld=("m9_children, 2024Q2, board, X08000001, any",)),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def document(releases: list[Release], tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the command writes."""
    folder = tmp_path_factory.mktemp("export")
    paths = []
    for release in releases:
        paths.append(folder / f"{release.release_id}.json")
        paths[-1].write_text(release.model_dump_json(), "utf-8")
    (folder / "signals.jsonl").write_text(f"{json.dumps(SIGNAL)}\n{json.dumps(SILENT)}\n", "utf-8")
    (folder / "notices.json").write_text(json.dumps([NOTICE, withdrawn(), withdrawn() | {"state": "built"}]), "utf-8")
    more = ["--signals", folder / "signals.jsonl", "--notices", folder / "notices.json"]
    result = CliRunner().invoke(main, ["export-audit", *map(str, [*paths, *more])])
    assert result.exit_code == 0, result.output
    found: Json = json.loads(result.stdout)
    return found


def withdrawn() -> Json:
    """A line of `dashboards releases --json`."""
    one = {"release_id": "X08000001.2024FY.l5", "board": "X08000001", "window": "2024FY", "state": "withdrawn"}
    return one | {"since": "2025-05-20T10:00:00+00:00", "reason": "wrong_return", "approvals": 1}


def rebuilt(document: Json) -> list[Json]:
    """The releases, from the document alone."""
    cells: defaultdict[str, list[Json]] = defaultdict(list)
    for cell in document["cells"]:
        if cell["of"]:
            dims = cell["dims"]
            cells[cell["of"]].append(
                {
                    **{name: dims[name] for name in ("measure", "area", "indicator")},
                    **{name: cell[name] for name in ("level", "state", "value")},
                    "sector": dims["agency"].removeprefix("sector:"),
                    "agency": "any",
                }
            )
            release = next(one for one in document["published"]["releases"] if one["release_id"] == cell["of"])
            assert dims["period"] == release["window"]
            assert datetime.fromisoformat(dims["release"]) == datetime.fromisoformat(release["cut_off"])
    return [
        {name: value for name, value in one.items() if name != "file"} | {"cells": cells[one["release_id"]]}
        for one in document["published"]["releases"]
    ]


def test_the_releases_can_be_made_again_from_the_document(releases: list[Release], document: Json) -> None:
    """Every cell with its state, every rule, cut-off, return, session, link and gate: nothing was lost or added."""
    wanted = {release.release_id: release.model_dump(mode="json") for release in releases}
    found = {one["release_id"]: one for one in rebuilt(document)}
    assert found == wanted
    states = {cell["state"] for cell in document["cells"]}
    assert states == {str(state) for state in CellState} | {"hidden"}


def test_what_people_said_is_there_word_for_word_and_among_no_cells(releases: list[Release], document: Json) -> None:
    published = {one["release_id"]: one["voices"] for one in document["published"]["releases"]}
    assert published == {one.release_id: one.model_dump(mode="json")["voices"] for one in releases}
    (year,) = [voices for name, voices in published.items() if ".2024FY." in name]
    assert [voice["numbered"] for voice in year[:3]] == ["some", "no return", "none"]
    assert year[0]["people"]["state"] == "figure"
    text = FORMAT.read_text("utf-8")
    for state in ("no_return", "not_recorded", "all", "some", "none"):
        assert f"`{state}`" in text.partition("`voices`: ")[2].partition("\n\n")[0]


def test_what_is_in_no_release_is_hidden_and_says_nothing(document: Json) -> None:
    hidden = [cell for cell in document["cells"] if cell["state"] == "hidden"]
    assert hidden
    for cell in hidden:
        assert cell["release"] == {"kind": "none"}
        assert cell["of"] is cell["value"] is cell["level"] is None
    shown = {cell["id"] for cell in document["cells"]} - {cell["id"] for cell in hidden}
    assert len(shown) + len(hidden) == len(document["cells"]), "every id once"
    assert document["knowns"] == {}


def test_cells_mean_what_their_rule_says(releases: list[Release], document: Json) -> None:
    rules = {release.release_id: rule_of(release.parameters) for release in releases}
    system, _, _ = Document.model_validate(document).problem()
    numbers = of_document(document).tables
    for cell in document["cells"]:
        if cell["state"] in ("figure", "low"):
            low, high = rules[cell["of"]].bounds(cell["value"])
            assert system.cells[cell["id"]] == (low, high)
            at = numbers.named(cell["id"])
            assert (numbers.low[at], numbers.high[at]) == (low, high)
        if (noise := cell["release"].get("noise")) is not None:
            rule = next(one for one in document["rules"] if cell["of"] in one["of"])
            assert noise == {"shown": cell["value"]} | {name: rule[name] for name in noise if name != "shown"}
    assert {c["release"]["kind"] for c in document["cells"]} == {"band", "rounded", "exact", "withheld", "none"}


def test_windows_stand_in_their_order_and_releases_in_theirs(document: Json) -> None:
    windows = document["structure"]["windows"]
    assert windows["order"] == ["2024Q2", "2024FY", "2024Q3", "2024Q4", "2025Q1"]
    assert windows["days"]["2024FY"] == ["2024-04-01", "2025-04-01"]
    assert document["structure"]["releases"]["order"] == ["2024-07-29T00:00:00+00:00", "2025-04-29T00:00:00+00:00"]
    cut_offs = [datetime.fromisoformat(one["cut_off"]) for one in document["published"]["releases"]]
    assert cut_offs == sorted(cut_offs)


def test_what_was_said_elsewhere_is_there_word_for_word(document: Json) -> None:
    assert document["published"]["signals"] == [SILENT, SIGNAL]
    out = {"release_id": "X08000001.2024FY.l5", "kind": "withdrawal", "on": "2025-05-20", "reason": "wrong_return"}
    assert document["published"]["notices"] == [NOTICE, out | {"measure": ""}]


def test_each_rule_says_what_follows_from_it(releases: list[Release], document: Json) -> None:
    said = {one["id"]: one for one in document["statements"]}
    assert {one["rule"] for one in document["rules"]} == {"KR5", "keyed noise"}
    for release in releases:
        rule, new = rule_of(release.parameters), release.ladder_version > 3
        assert next(one for one in document["rules"] if release.release_id in one["of"]) == {
            **described(rule),
            "of": [one.release_id for one in releases if (one.ladder_version > 3) == new],
        }
        wanted = {one["id"] for one in statements(rule, few=6 if new else None, own=new)}
        assert {name for name, one in said.items() if release.release_id in one["of"]} >= wanted
    assert said["no-count-excluded"]["excludes"] == []
    assert said["floor"] | {"says": ""} == {
        **{"id": "floor", "coalition": 2, "known_over_figure_at_most": 1, "known_of_low_at_most": 6, "says": ""},
        "of": ["X08000001.2024Q2.l3"],
    }
    assert {"equal-sets-equal-figures", "part-above-whole", "moved-by-the-gate"} <= said.keys()


def keys(value: Any, where: str = "") -> Iterator[str]:
    """Every name in a document with where it stands; what is named by data counts as one."""
    if isinstance(value, dict):
        named = re.search(r"\.(parent|spans|days|knowns|shape\.\w+|ladders)$", where)
        for name, one in value.items():
            at = f"{where}.{'*' if named else name}"
            yield at
            yield from keys(one, at)
    elif isinstance(value, list):
        for one in value:
            yield from keys(one, where)


def test_the_format_is_documented_name_by_name(document: Json) -> None:
    """A stranger can write a checker from docs/audit-format.md: no name in a document is missing there."""
    text = FORMAT.read_text("utf-8")
    told = set(re.findall(r"`([a-zA-Z_0-9.*-]+)`", text))
    missing = {name.rsplit(".", 1)[-1] for name in keys(document)} - told - {"*"}
    assert missing == set()
    for one in document["statements"]:
        assert one["id"] in told
    for kind in ("exact", "rounded", "band", "withheld", "none", "sum", "union", "subset"):
        assert kind in told
    for state in (*CellState, "hidden"):
        assert str(state) in told


def test_what_is_given_must_be_of_the_board_and_its_releases(releases: list[Release], tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_text(releases[0].model_dump_json(), "utf-8")
    other = tmp_path / "other.json"
    there = {"board": "X08000002", "signal_id": str(SIGNAL["signal_id"]).replace("X08000001", "X08000002")}
    other.write_text(json.dumps([SIGNAL | there]), "utf-8")
    refused = CliRunner().invoke(main, ["export-audit", str(path), "--signals", str(other)])
    assert refused.exit_code == 2
    assert "another board" in refused.output
    other.write_text(json.dumps([NOTICE | {"release_id": "X08000001.2020Q1.l3"}]), "utf-8")
    assert "not given" in CliRunner().invoke(main, ["export-audit", str(path), "--notices", str(other)]).output
    other.write_text(json.dumps([NOTICE | {"reason": "canary: a child"}]), "utf-8")
    told = CliRunner().invoke(main, ["export-audit", str(path), "--notices", str(other)])
    assert told.exit_code == 2
    assert "canary" not in told.output
