"""What people said on the demo's two boards: figures, voices of few, one that is not counted, one that nobody heard."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.beside import beside
from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Row
from demo.boards import BOARDS, LARGE, two_boards
from demo.synthetic.__main__ import generate
from models.releases import VoiceHeard
from tests.demo.synthetic.test_exports import table
from tests.support.synthetic_ledger import synthetic_rows

CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)


def keys(number: int) -> RoundingKeys:
    return RoundingKeys.derive(bytes([number + 1]) * 32, bytes([number + 101]) * 32, 1)


@pytest.fixture(scope="module", params=BOARDS)
def rows(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """The ledger of one board, from the files that its agencies export."""
    if request.param == LARGE:
        found: dict[str, Row] = request.getfixturevalue("ledger_rows")
        return found
    folder = tmp_path_factory.mktemp("heard")
    generate(folder, board=request.param)
    return synthetic_rows(folder, tmp_path_factory.mktemp("keys"), two_boards())


def heard(rows: dict[str, Row], window: str, number: int) -> dict[str, VoiceHeard]:
    sector_of = {agency.id: str(agency.sector) for agency in two_boards().agencies}
    return {v.voice: v for v in beside(rows.items(), sector_of, CUT_OFF).voices(window, keys(number))}


@pytest.mark.slow
@pytest.mark.parametrize("window", ["2024FY", "2025FY"])
def test_each_board_hears_voices_in_every_state(rows: dict[str, Row], window: str) -> None:
    for number in range(5):
        found = heard(rows, window, number)
        assert {voice: found[voice].numbered for voice in found} == {
            "children": "some", "parents_carers": "all", "lay_members": "all", "faith_communities": "none",
            "community_groups": "no return", "practitioners": "all", "schools": "all",
        }  # fmt: skip
        assert (found["children"].people.value or 0) >= 50
        assert found["lay_members"].people.value in (None, 10)
        states = [count.state for voice in found.values() for count in voice.themes]
        assert states.count("figure") >= 10
        assert states.count("low") >= 30


@pytest.mark.slow
def test_what_was_heard_is_about_no_child(exports: Path) -> None:
    for agency in ("aldermere-safeguarding-unit", "aldermere-schools"):
        lines = table(exports / agency / "2-themes.csv")
        assert set(lines[0]) == {"Theme Ref", "Date", "Voice", "Themes (pipe list)", "People"}
        assert len(lines) >= 8
