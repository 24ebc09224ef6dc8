"""Canaries: after a run full of them none is where docs/protection.md#where-what-may-be-found forbids it.

The scanner is attacked, too: a canary planted in any surface, in any form, must be found.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from kafka import KafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from demo.brokers.embedded import BrokerMissing, EmbeddedBroker
from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.contract.receipts import IntakeReceipt
from models.operations.topic_specs import all_topics
from models.register import load_register
from tests.attacks.canaries import CANARIES, Hit, allowed, leaks, of_topic, scan
from tests.attacks.injected import CHOSEN, GLOBAL, moved, series
from tests.attacks.road import Run, run
from tests.kafka.road import read_all
from tests.operations.files import ROOT, tables

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "upper": lambda text: text.upper().encode(),
    "lower": lambda text: text.lower().encode(),
    "no spaces": lambda text: text.replace(" ", "").encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, shifted": lambda text: base64.b64encode(b"x" + text.encode() + b"y"),
    "hex": lambda text: text.encode().hex().encode(),
    "url": lambda text: "".join(f"%{byte:02X}" if chr(byte) in " /@" else chr(byte) for byte in text.encode()).encode(),
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().encode(),
    "sha1": lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().encode(),
    "sha256": lambda text: hashlib.sha256(text.replace(" ", "").encode()).digest(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", CANARIES)
def test_a_planted_canary_is_found_in_every_form(kind: str, encoding: str) -> None:
    surfaces = {"log:x": b"2026-05-11 INFO " + ENCODINGS[encoding](CANARIES[kind]) + b" done"}
    assert kind in {hit.thing for hit in leaks(surfaces)}


LT, CT = b"lt_" + b"a" * 40, b"ct_" + b"a" * 40


@pytest.mark.parametrize(
    ("surface", "content", "fits"),
    [
        (f"topic:{topics.raw('aldermere-police')}", LT, True),
        ("outbox:outbox.sqlite", LT, True),
        (f"topic:{topics.ACCEPTED}", LT, False),
        (f"topic:{topics.ACCEPTED}", CT, True),
        (f"topic:{topics.LEDGER_CHANGELOG}", CT, True),
        (f"topic:{topics.RELEASED_CHANGELOG}", CT, False),
        (f"topic:{topics.DEAD_LETTERS}", CT, False),
        (f"topic:{topics.raw('aldermere-police')}", CT, False),
        ("outbox:outbox.sqlite", CT, False),
        ("database:sink.db", CT, False),
        ("file:intake.log", LT, False),
        ("outbox:outbox.sqlite", b"999 000 0018", False),
        (f"topic:{topics.raw('aldermere-police')}", b"999 000 0018", True),
        (f"topic:{topics.receipts('aldermere-police')}", b"999 000 0018", False),
    ],
)
def test_each_thing_is_allowed_where_decision_20_says(surface: str, content: bytes, fits: bool) -> None:
    assert (leaks({surface: content}) == []) is fits
    assert scan({surface: content}) != []


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("canaries")
    try:
        broker = EmbeddedBroker(folder / "broker")
    except BrokerMissing as error:
        pytest.skip(str(error))
    with broker:
        made = run(folder / "run", broker.bootstrap)
        made.found = made.surfaces()
        _plant(made)
        made.found_later = of_topic(topics.DEAD_LETTERS, read_all(broker.bootstrap, topics.DEAD_LETTERS))
    return made


def _plant(made: Run) -> None:
    """What a careless writer of dead letters would do: the payload's hash, in a header."""
    producer = KafkaProducer(bootstrap_servers=made.bootstrap, enable_idempotence=False)
    digest = hashlib.sha256(CANARIES["nhs"].encode()).hexdigest().encode()
    producer.send(topics.DEAD_LETTERS, value=b"{}", headers=[("x-payload", digest)])
    producer.flush(30)
    producer.close()


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(600)
class TestRun:
    def test_nothing_is_where_it_must_not_be(self, done: Run) -> None:
        assert leaks(done.found) == []

    def test_the_run_was_a_real_one(self, done: Run) -> None:
        found = {(hit.surface, hit.thing) for hit in scan(done.found) if allowed(hit)}
        raw = f"topic:{topics.raw(done.agency.id)}"
        assert {(raw, kind) for kind in CANARIES if kind not in ("surname", "first-name")} <= found
        assert {(raw, "lt"), (f"topic:{topics.ACCEPTED}", "ct"), (f"topic:{topics.LEDGER_CHANGELOG}", "ct")} <= found
        assert any(surface.startswith("outbox:") and thing == "lt" for surface, thing in found)
        families = {surface.partition(":")[0] for surface in done.found}
        assert families == {"metrics", "page", "taken", "printed", "file", "outbox", "database", "topic"}
        assert len([name for name in done.found if name.endswith(".log")]) >= 6
        for name in (topics.DEAD_LETTERS, topics.RELEASES, topics.receipts(done.agency.id), topics.LEDGER_CHANGELOG):
            assert len(done.found[f"topic:{name}"]) > 200, f"{name} is as good as empty"

    def test_every_command_and_file_was_looked_at(self, done: Run) -> None:
        said = {name.partition(":")[2] for name in done.found if name.startswith("printed:")}
        assert {"kit", "facts", "facts-json", "breach-report", "anchor", "export", "export-audit"} <= said
        files = {name.rpartition(".")[2] for name in done.found if name.startswith("file:")}
        assert {"json", "csv", "xlsx", "ods", "pdf", "zip", "log"} <= files
        assert all(part in done.found["file:kit.zip"] for part in (b"def main(", b"VERIFICATION KIT", b"one_to_nine"))

    def test_a_canary_planted_on_any_surface_turns_the_test_red(self, done: Run) -> None:
        """Each surface of the run in turn; in a raw topic, where an identifier may lie, a second-stage token."""
        missed = []
        for surface, content in done.found.items():
            kind, _, name = surface.partition(":")
            raw = kind == "topic" and topics.family(name) == "raw"
            digest = hashlib.md5(b"9990000018", usedforsecurity=False).hexdigest().encode()
            for planted in (CT,) if raw else (CANARIES["nhs"].encode(), digest):
                if not leaks({surface: content[-2000:] + planted}):
                    missed.append(surface)
        assert missed == []
        assert len(done.found) > 40

    def test_one_event_moves_only_what_every_event_moves(self, done: Run) -> None:
        """(g2): neither which series move nor by how much says where the event was, of whom, or of what kind."""
        first = done.moved["a ward"]
        assert {name for _, name, _ in first} <= GLOBAL
        assert ("ledger", "ypsem_ledger_rows", ()) in first
        assert set(first.values()) == {1.0}
        assert [name for name in CHOSEN if done.moved[name] != first] == []

    def test_what_was_released_stays_as_it_was_whatever_is_sent_later(self, done: Run) -> None:
        """(b), (g2): an agency that adds a child and asks again is shown the same bytes."""
        assert len(done.released) > 3
        assert [len(contents) for contents in done.released] == [1] * len(done.released)

    def test_one_planted_in_the_run_is_found(self, done: Run) -> None:
        assert Hit(f"topic:{topics.DEAD_LETTERS}", "nhs", "digest") in leaks(done.found_later)

    def test_dead_letters_hold_coordinates_and_rules_only(self, done: Run) -> None:
        lines = done.found[f"topic:{topics.DEAD_LETTERS}"].split(b"\n")
        letters = [DeadLetter.model_validate_json(line) for line in lines if line.startswith(b"{")]
        assert len(letters) > 150
        keys = {f"{one.topic}|{one.partition}|{one.offset}".encode() for one in letters}
        assert {line for line in lines if line and not line.startswith(b"{")} == keys | {topics.DEAD_LETTERS.encode()}
        assert {one.rule for one in letters} >= {"not-json", "too-large", "schema.extra_forbidden"}
        assert not [one for one in letters if one.path in ("(message key)", "(header)", "(attribute)")]

    def test_what_was_dropped_beside_an_event_is_told_to_its_agency_by_rule_and_place(self, done: Run) -> None:
        lines = done.found[f"topic:{topics.receipts(done.agency.id)}"].split(b"\n")
        told = [IntakeReceipt.model_validate_json(line) for line in lines if b'"warnings":[{' in line]
        found = {(one.rule, one.path) for receipt in told for one in receipt.warnings}
        for rule in ("nhs-number", "upn", "nino", "pnc", "phone", "postcode", "email", "date", "name"):
            assert {(f"identifier.{rule}", place) for place in ("(message key)", "(header)", "(attribute)")} <= found

    def test_metrics_are_no_side_release(self, done: Run) -> None:
        register = load_register(done.folder / "register")
        assert set(done.metrics) == {"intake", "ledger", "sink", "pages"}
        for text in done.metrics.values():
            assert label_problems(text) == []
            named = [agency.id for agency in register.agencies] + [board.code for board in register.boards]
            named += [code for board in register.boards for code in board.area_codes]
            words = set(re.findall(r"[A-Za-z0-9_-]+", text))
            assert words.isdisjoint(set(named) - {"unknown", "not_recorded", "out_of_area"})

    def test_an_agency_is_told_its_rules_and_no_value(self, done: Run) -> None:
        text = "\n".join(done.printed)
        assert "unknown-code" in text
        assert "schema.enum" in text
        assert "Traceback" not in text


def test_a_series_that_tells_wards_apart_is_found() -> None:
    text = '# TYPE a counter\na_total{{topic="raw",ward="X05000001"}} {}\n'
    before, after = (series({"intake": text.format(value)}) for value in (1, 2))
    assert moved(before, after) == {("intake", "a_total", (("topic", "raw"), ("ward", "X05000001"))): 1.0}
    assert moved(after, after) == {}


LABELS = {"topic", "code", "reason", "rule", "outcome", "le", "version", "method"}
OF_THE_CLIENT = {"python_info", "python_gc"}
"""prometheus_client's own about the interpreter: their labels (implementation, generation ...) say nothing of ours."""
FAMILIES = {topics.family(spec.name) for spec in all_topics(["aldermere-police"])}
OUTCOMES = re.compile(r"^[a-z_-]{3,24}$")


def rules_of_the_page() -> set[str]:
    """Every rule id that docs/rules.md explains."""
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    headings = ("## At the agency", "## At intake", "## `schema.…`: not in the form of the contract")
    return {row[0].strip("`") for heading in headings for row in tables(page, heading)}


def label_problems(text: str) -> list[str]:
    """Labels, by name, that are not in the closed list or whose value is not in its closed set."""
    rules = rules_of_the_page()
    closed: dict[str, Callable[[str], bool]] = {
        "topic": FAMILIES.__contains__,
        "rule": rules.__contains__,
        "outcome": lambda value: OUTCOMES.match(value) is not None,
        "le": lambda value: re.fullmatch(r"[0-9.e+-]+|\+Inf", value) is not None,
        "code": lambda value: re.fullmatch(r"[1-5][0-9]{2}", value) is not None,
    }
    found = []
    for family in text_string_to_metric_families(text):
        if family.name.startswith(tuple(OF_THE_CLIENT)):
            continue
        for sample in family.samples:
            for label, value in sample.labels.items():
                if label not in LABELS or label not in closed or not closed[label](value):
                    found.append(f"{family.name}: {label}")
    return found


@pytest.mark.parametrize(
    ("sample", "problems"),
    [
        ('a_total{topic="raw",rule="no-agreement"} 1\n', 0),
        ('a_total{topic="cse.events.aldermere-police.v1"} 1\n', 1),
        ('a_total{agency="x"} 1\n', 1),
        ('a_total{rule="X05000001"} 1\n', 1),
        ('a_total{outcome="943 476 5919"} 1\n', 1),
        ('a_total{area="X05000001",le="1"} 1\n', 1),
    ],
)
def test_a_label_outside_of_the_closed_sets_is_found(sample: str, problems: int) -> None:
    assert len(label_problems(f"# TYPE a counter\n{sample}")) == problems
