"""`erase` finds what was sent of a child, asks the ledger to erase it, forgets it, and never sends it again."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest
import yaml
from click.testing import CliRunner, Result

from agencies.__main__ import main
from agencies.outbox import Outbox
from models.contract.events import EVENT, Erasure
from models.service.keyfiles import write_key
from tests.factories import BOARD, OTHER_BOARD, POLICE, an_event_id, event, register, token, wire

NO_BROKER = "127.0.0.1:1"


class Agency:
    """The police's machine, with a broker that is away: everything stays in the outbox, to be looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, purpose, epoch in (("link-1", "link", 1), ("event-id", "event-id", 0), ("local", "local", 0)):
            write_key(folder / "keys" / f"{name}.key", purpose, epoch)
        (folder / "register").mkdir()
        (folder / "register" / "register-2024-04-01.yaml").write_text(
            yaml.safe_dump(register().model_dump(mode="json"))
        )

    def run(self, command: str, lines: list[bytes], *more: str) -> Result:
        export = self.folder / "export.jsonl"
        export.write_bytes(b"\n".join(lines))
        where = ["--outbox", str(self.folder / "outbox.sqlite"), "--bootstrap", NO_BROKER]
        given = ["--register", str(self.folder / "register"), "--keys", str(self.folder / "keys")]
        return CliRunner().invoke(
            main, [command, str(export), "--agency", POLICE, "--format", "events", "--json", *where, *given, *more]
        )

    def queued(self) -> list[bytes]:
        with Outbox(self.folder / "outbox.sqlite") as outbox:
            return [queued.payload for queued in outbox.next_batch(100)]

    def erasures(self) -> list[Erasure]:
        data = [EVENT.validate_json(payload).data for payload in self.queued()]
        return [one for one in data if isinstance(one, Erasure)]


@pytest.fixture
def agency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agency:
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", "0")
    monkeypatch.setenv("YPSEM_KAFKA_CONNECT_SECONDS", "1")
    return Agency(tmp_path)


def line(record: str, child: str | None, board: str = BOARD) -> bytes:
    return wire(event(record=record, child=child, board=board))


EVERYTHING = [line("1", "gone"), line("2", "gone"), line("3", "stays"), line("4", None), line("5", "gone", OTHER_BOARD)]
GONE = {an_event_id("1"), an_event_id("2"), an_event_id("5", OTHER_BOARD)}


def test_one_of_a_childs_rows_is_enough_to_erase_all_of_them(agency: Agency) -> None:
    assert agency.run("publish", EVERYTHING).exit_code == 0
    assert agency.run("erase", EVERYTHING[:1], "--yes").exit_code == 0
    made = agency.erasures()
    assert {one.board for one in made} == {BOARD, OTHER_BOARD}
    assert {one for erasure in made for one in erasure.event_ids} == GONE
    assert {one.token for erasure in made for one in erasure.tokens} == {token("gone")["token"]}
    left = b"\n".join(payload for payload in agency.queued() if b"erasure" not in payload)
    assert not any(one.encode() in left for one in GONE), "what was not sent yet is not sent"
    assert an_event_id("3").encode() in left


def test_the_same_again_asks_for_nothing_new(agency: Agency) -> None:
    agency.run("publish", EVERYTHING)
    agency.run("erase", EVERYTHING[:1], "--yes")
    before = len(agency.queued())
    again = agency.run("erase", EVERYTHING[:1], "--yes")
    assert json.loads(again.stdout)["withdrawn"] == 0
    assert len(agency.queued()) == before


def test_an_export_that_still_holds_the_child_does_not_send_it_again(agency: Agency) -> None:
    agency.run("publish", EVERYTHING)
    agency.run("erase", EVERYTHING[:1], "--yes")
    changed = [wire(event(record="1", child="gone", sex="F")), *EVERYTHING[1:]]
    receipt = json.loads(agency.run("publish", changed).stdout)
    assert (receipt["erased"], receipt["new"], receipt["revised"], receipt["unchanged"]) == (3, 0, 0, 2)


def test_only_the_records_when_asked(agency: Agency) -> None:
    agency.run("publish", EVERYTHING)
    agency.run("erase", EVERYTHING[:1], "--yes", "--records-only", "--reason", "sent_in_error")
    [made] = agency.erasures()
    assert (made.event_ids, made.tokens, made.reason.value) == ((an_event_id("1"),), (), "sent_in_error")


def test_what_was_never_published_is_erased_by_its_token_all_the_same(agency: Agency) -> None:
    agency.run("publish", EVERYTHING[2:4])
    agency.run("erase", EVERYTHING[:1], "--yes")
    assert {(one.board, one.event_ids, len(one.tokens)) for one in agency.erasures()} == {
        (BOARD, (), 1),
        (OTHER_BOARD, (), 1),
    }


def test_a_row_that_cannot_be_read_stops_it(agency: Agency) -> None:
    agency.run("publish", EVERYTHING)
    result = agency.run("erase", [EVERYTHING[0], b"{"], "--yes")
    assert result.exit_code == 1
    assert agency.erasures() == []


def test_it_asks_first(agency: Agency) -> None:
    agency.run("publish", EVERYTHING)
    assert agency.run("erase", EVERYTHING[:1]).exit_code == 1
    assert agency.erasures() == []


def test_nothing_of_the_child_is_left_in_the_outbox_but_the_request(agency: Agency) -> None:
    agency.run("publish", EVERYTHING)
    output = agency.run("erase", EVERYTHING[:1], "--yes").output
    secrets = [str(token("gone")["token"]), *GONE]
    assert not any(secret in output for secret in secrets)
    with Outbox(agency.folder / "outbox.sqlite") as outbox:
        events = orjson.dumps([list(map(str, row)) for row in outbox.read("SELECT * FROM events")]).decode()
    assert not any(secret in events for secret in secrets)
