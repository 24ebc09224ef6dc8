"""Every agency of the demo attacks every release with what it knows by itself, by the commands, and gets a verdict."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.commands._audited import knowledge_of_files, read_attack
from analysis.disclosure.audit import audit
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import tally
from analysis.disclosure.facts import facts_of, placed
from analysis.disclosure.insiders import Insiders
from analysis.disclosure.knowns import Knowns
from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Row
from analysis.measures.history import Rules
from analysis.release import INDICATORS, board_at, build_releases, candidates, closed_windows
from demo.synthetic.borough import AGENCIES, HEALTH, POLICE, SAFEGUARDING, SOCIAL_CARE, VOLUNTARY, YOUTH_JUSTICE
from models.register import load_register
from tests.demo.synthetic.support import REGISTER, TODAY

pytestmark = pytest.mark.slow
CUT_OFF = datetime(2026, 5, 11, tzinfo=UTC)
KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
PUBLISHED = "2026-05-10T00:00:00Z"


@pytest.fixture(scope="module")
def releases(ledger_rows: dict[str, Row], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every window of the demo as the ledger builds it."""
    folder = tmp_path_factory.mktemp("releases")
    register = load_register(REGISTER)
    (board,) = register.boards
    seen = board_at(register, board, ledger_rows.items(), CUT_OFF)
    paths = []
    for windows in candidates(closed_windows(board, date(2024, 4, 1), TODAY)):
        for release in build_releases(register, board, windows, seen, KEYS, CUT_OFF).releases:
            paths.append(folder / f"{release.release_id}.json")
            paths[-1].write_text(release.model_dump_json(), "utf-8")
    assert len(paths) == 10
    return paths


def events(path: Path, rows: dict[str, Row], agency: str) -> Path:
    """What an agency published, as its outbox exports it."""
    lines = []
    for row in rows.values():
        if row.agency == agency:
            data = row.data | {"revision": row.revision}
            envelope = {
                "specversion": "1.0", "id": f"{data['event_id']}.{data['revision']}", "source": f"/agencies/{agency}",
                "type": f"ypsem.{row.short_type}.v1", "time": PUBLISHED, "data": data,
            }  # fmt: skip
            lines.append(json.dumps(envelope))
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("agency", AGENCIES)
def test_every_agency_gets_a_verdict_from_its_own_events(
    agency: str, releases: list[Path], ledger_rows: dict[str, Row], tmp_path: Path
) -> None:
    own = events(tmp_path / "events.jsonl", ledger_rows, agency)
    result = CliRunner().invoke(main, ["knowns", str(own), "--agency", agency, "--register", str(REGISTER)])
    assert result.exit_code == 0, result.output
    known = tmp_path / "knowns.json"
    known.write_text(result.stdout, "utf-8")
    arguments = ["audit", *map(str, releases), "--insider", agency, "--knowns", str(known), "--json"]
    verdict = json.loads(CliRunner().invoke(main, arguments).stdout)
    assert verdict["verdict"] == "safe", verdict["failures"][:3]
    assert verdict["targets"] > 3_000
    counts = Knowns.model_validate_json(result.stdout)
    for release in releases:
        board = read_attack([release], [], [], steady=False, where=None).board
        attacker = knowledge_of_files(board, [counts])
        report = audit(board.system, attacker)
        assert report.safe, (release.name, report)
        assert attacker.whole, "its own sector's cells"
        assert attacker.own or agency not in (POLICE, SOCIAL_CARE), "its children in the cells of all"


def test_interviewers_are_credited_with_what_they_did(ledger_rows: dict[str, Row]) -> None:
    """They held most interviews and were credited with none: the reports were police's and social care's."""
    register = load_register(REGISTER)
    (board,) = register.boards
    seen = board_at(register, board, ledger_rows.items(), CUT_OFF)
    shape = Shape.of(register, board, INDICATORS)
    facts = facts_of(seen, Rules.of(register, board, CUT_OFF.date()), insiders=Insiders.of(register, board))
    of = tally(placed(facts, seen, shape), shape)
    known: dict[str, Counter[str]] = {agency: Counter() for agency in AGENCIES}
    for measure in ("m8_completed", "m9_children", "m16_met"):
        key = CellKey(measure, "2025FY", "board", board.code)
        for agency in AGENCIES:
            known[agency][measure] = of.known(key, [agency])
        known["all"] = known.get("all", Counter()) | Counter({measure: len(of.children(key))})
    assert known[VOLUNTARY]["m8_completed"] > 0.3 * known["all"]["m8_completed"]
    assert known[POLICE]["m8_completed"] == 0, "it reported the episodes and saw no interview"
    assert known[SOCIAL_CARE]["m8_completed"] == known["all"]["m8_completed"], "it gets to see them all"
    assert known[YOUTH_JUSTICE]["m8_completed"] == known[SOCIAL_CARE]["m8_completed"], "one case system"
    assert known[SAFEGUARDING]["m16_met"] == known["all"]["m16_met"] > 0, "it sees plans, and sends nothing"
    assert known[HEALTH]["m9_children"] == 0
