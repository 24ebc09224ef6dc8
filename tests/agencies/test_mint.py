"""Minting: ids and tokens by key, board and agreement by register, refusals by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from agencies.keys import load_keys
from agencies.mint import Minted, Minter, MintError, NotMinted, content_hash, envelope
from agencies.rows import CanonicalRow, SourceRow
from models.contract.events import EVENT
from models.service import clock
from tests.agencies.support import OTHER_WARD, TODAY, WARD, make_keys, minter, row
from tests.factories import BOARD, OTHER_BOARD, POLICE, SCHOOLS, event, register, wire


@pytest.fixture
def mint(tmp_path: Path) -> Minter:
    return minter(tmp_path)


def minted(by: Minter, source: SourceRow) -> Minted:
    made = by.mint(source)
    assert isinstance(made, Minted), made
    return made


def rules(by: Minter, source: SourceRow) -> list[tuple[str, str]]:
    made = by.mint(source)
    assert isinstance(made, NotMinted)
    return [(refusal.rule, refusal.path) for refusal in made.refusals]


def test_a_minted_row_is_a_valid_event_with_the_board_of_its_ward(mint: Minter) -> None:
    made = minted(mint, row())
    sent = EVENT.validate_json(envelope(POLICE, made.event_type, made.data, 4, clock.now()))
    assert sent.data.board == BOARD == made.board
    assert sent.data.agreement_id == f"dsa-{POLICE}"
    assert sent.data.revision == 4
    assert sent.id == f"{made.event_id}.4"
    assert made.day == date(2026, 2, 3)


def test_nothing_of_the_source_record_is_in_what_leaves(mint: Minter) -> None:
    source = row("SECRET", identifiers={"nhs": "9990000018", "upn": "B801200005001", "demog": "smith|a", "local": "77"})
    made = minted(mint, source)
    payload = envelope(POLICE, made.event_type, made.data, 0, clock.now()).decode() + made.record_digest + repr(made)
    assert not [value for value in ("SECRET", *source.identifiers.values()) if value in payload]
    assert "9990000018" not in repr(source)


def test_tokens_are_at_most_three_in_order_and_local_ones_never_under_the_link_key(tmp_path: Path) -> None:
    all_four = {"local": "7", "demog": "d", "upn": "u", "nhs": "n"}
    keys = make_keys(tmp_path)
    by = minter(tmp_path, keys=keys)

    def tokens(source: SourceRow, m: Minter = by) -> dict[str, str]:
        listed: Any = minted(m, source).data["tokens"]
        return {token["kind"]: token["token"] for token in listed}

    assert list(tokens(row(identifiers=all_four))) == ["nhs", "upn", "demog"]
    other_local = minter(tmp_path, keys=replace(keys, local=b"x" * 32))
    other_link = minter(tmp_path, keys=replace(keys, link=b"x" * 32))
    two = row(identifiers={"nhs": "n", "local": "7"})
    assert tokens(two)["local"] != tokens(two, other_local)["local"]
    assert tokens(two)["local"] == tokens(two, other_link)["local"]
    assert tokens(two)["nhs"] == tokens(two, other_local)["nhs"]
    assert tokens(two)["nhs"] != tokens(two, other_link)["nhs"]


def test_a_row_without_identifiers_has_no_tokens(mint: Minter) -> None:
    assert "tokens" not in minted(mint, row(identifiers={})).data


def test_ids_depend_on_board_type_source_and_key_and_digests_not_on_the_board(mint: Minter) -> None:
    variants = [
        row(), row("2"), row(ward=OTHER_WARD), row(source_system="niche"), row(event_type="ypsem.cse_concern.v1"),
    ]  # fmt: skip
    variants[-1] = replace(variants[-1], fields={"occurred_on": "2026-02-03", "source_system": "compact"})
    made = [minted(mint, source) for source in variants]
    assert len({one.event_id for one in made}) == 5
    assert made[0].record_digest == made[2].record_digest
    assert len({one.record_digest for one in made}) == 4
    assert made[0].record_digest != made[0].event_id


def test_an_event_about_another_names_that_ones_id(mint: Minter) -> None:
    interview = row(event_type="ypsem.return_interview.v1", about=("ypsem.missing_episode.v1", "1"))
    interview = replace(interview, fields={k: v for k, v in interview.fields.items() if k != "status"})
    assert minted(mint, interview).data["about_event_id"] == minted(mint, row("1")).event_id


def test_an_unset_field_is_not_part_of_the_content(mint: Minter) -> None:
    made = minted(mint, row())
    assert "police_grade" not in made.data
    assert made.content_hash == content_hash(dict(reversed(list(made.data.items()))))
    assert made.content_hash != minted(mint, row(police_grade="high")).content_hash


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (row(ward=None), ("board-unknown", "board")),
        (row(ward="X05999999"), ("board-unknown", "board")),
        (row(status="gone"), ("schema.enum", "status")),
        (row(colour="red"), ("schema.extra_forbidden", "<unknown>")),
        (row(occurred_on="2019-01-01"), ("date-window", "occurred_on")),
        (row(occurred_on="2026-05-13"), ("date-window", "occurred_on")),
        (row(areas={"home": "X05999999"}), ("area-not-in-board", "areas.home")),
    ],
)
def test_refusals_name_rule_and_field(mint: Minter, source: SourceRow, rule: tuple[str, str]) -> None:
    assert rules(mint, source) == [rule]


def test_another_boards_ward_is_out_of_area(mint: Minter) -> None:
    areas = {"home": WARD, "occurred": OTHER_WARD, "found": "unknown"}
    assert minted(mint, row(areas=areas)).data["areas"] == areas | {"occurred": "out_of_area"}


def test_tomorrow_and_the_first_retained_day_are_still_taken(mint: Minter) -> None:
    assert minted(mint, row(occurred_on="2026-05-12"))
    assert minted(mint, row(occurred_on="2024-01-11"))


def test_a_ward_of_a_board_the_agency_does_not_serve(tmp_path: Path) -> None:
    schools = Minter(SCHOOLS, register(), make_keys(tmp_path), TODAY)
    assert rules(schools, row(ward=OTHER_WARD)) == [("board-not-registered", "board")]


def test_the_detectors_look_at_the_whole_outgoing_event(tmp_path: Path) -> None:
    listed = register().model_dump(mode="json")
    listed["agencies"][0]["id"] = "agency-4711815"
    listed["agreements"] = [agreement("dsa-test", agency="agency-4711815")]
    by = Minter("agency-4711815", register(**listed), make_keys(tmp_path), TODAY)
    assert rules(by, row()) == [("identifier.number", "agency")]


def test_the_given_board_wins_over_the_ward(tmp_path: Path) -> None:
    assert minted(minter(tmp_path, board=OTHER_BOARD), row()).board == OTHER_BOARD


def agreement(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": name, "agency": POLICE, "boards": (BOARD,), "active_from": "2024-01-01", "lawful_basis": "synthetic",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("agreements", "expected"),
    [
        ([agreement("dsa-old", active_to="2026-05-10")], None),
        ([agreement("dsa-future", active_from="2026-05-12")], None),
        ([agreement("dsa-other", boards=(OTHER_BOARD,))], None),
        ([agreement("dsa-last-day", active_to="2026-05-11")], "dsa-last-day"),
        ([agreement("dsa-old", active_to="2026-04-01"), agreement("dsa-new", active_from="2026-04-02")], "dsa-new"),
    ],
)
def test_only_an_agreement_active_today_for_that_board_serves(
    tmp_path: Path, agreements: list[dict[str, Any]], expected: str | None
) -> None:
    by = Minter(POLICE, register(agreements=agreements), make_keys(tmp_path), TODAY)
    if expected is None:
        assert rules(by, row()) == [("no-agreement", "agreement_id")]
    else:
        assert minted(by, row()).data["agreement_id"] == expected


def test_withdrawing_is_possible_after_the_agreement_has_ended(tmp_path: Path) -> None:
    ended = register(agreements=[agreement("dsa-old", active_to="2026-05-10")])
    by = Minter(POLICE, ended, make_keys(tmp_path), TODAY)
    assert by.withdrawal("a" * 40, BOARD)["agreement_id"] == "dsa-old"
    with pytest.raises(MintError, match="no agreement"):
        by.withdrawal("a" * 40, OTHER_BOARD)


def test_an_unknown_agency_or_board_stops_at_once(tmp_path: Path) -> None:
    with pytest.raises(MintError, match="not in the register"):
        Minter("aldermere-nobody", register(), make_keys(tmp_path), TODAY)
    with pytest.raises(MintError, match="registered for"):
        Minter(SCHOOLS, register(), load_keys(tmp_path), TODAY, board=OTHER_BOARD)


def test_a_canonical_event_keeps_id_tokens_and_revision(mint: Minter) -> None:
    made = mint.accept(CanonicalRow(1, EVENT.validate_json(wire(event(revision=6)))))
    assert isinstance(made, Minted)
    assert made.revision == 6
    assert made.data == {k: v for k, v in event(revision=6)["data"].items() if k != "revision"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"agency": SCHOOLS}, "agency-not-topic"),
        ({"board": "X08000009"}, "board-not-registered"),
        ({"agreement_id": "dsa-invented"}, "no-agreement"),
        ({"occurred_on": "2010-01-01"}, "date-window"),
    ],
)
def test_a_canonical_event_passes_the_same_checks(mint: Minter, changes: dict[str, str], rule: str) -> None:
    document = event()
    document["data"] |= changes
    document["source"] = f"/agencies/{document['data']['agency']}"
    made = mint.accept(CanonicalRow(1, EVENT.validate_json(orjson.dumps(document))))
    assert isinstance(made, NotMinted)
    assert [refusal.rule for refusal in made.refusals] == [rule]
