"""The golden vectors are what the code makes, and worked producers in four languages make the same without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agencies.conformance.vectors import FILE, STEPS, text
from models.contract import examples
from models.contract.events import EVENT
from streams.intake.decide import Accepted
from tests.producers import toolchains
from tests.producers.support import VECTORS, answers, key_files, questions
from tests.producers.test_contract import decided

WORKED = [
    toolchains.python,
    toolchains.javascript,
    toolchains.jvm,
    # Its first build takes minutes on a busy machine: the others are seconds.
    pytest.param(toolchains.golang, marks=pytest.mark.batch),
]


def test_the_vectors_are_in_step_with_the_code() -> None:
    assert FILE.read_text("utf-8") == text(), "run `make schemas`"


def test_they_say_that_they_are_synthetic_and_hold_no_number_that_a_child_could_have() -> None:
    assert VECTORS["about"].startswith("SYNTHETIC.")
    numbers = ["".join(filter(str.isdigit, one["input"])) for one in VECTORS["tokens"] if one["kind"] == "nhs"]
    assert {number[:3] for number in numbers} == {"999", "300", "399", ""}
    assert all(one["input"].strip()[1:4] == "999" for one in VECTORS["tokens"] if one["kind"] == "upn")


def test_they_cover_every_kind_and_both_outcomes() -> None:
    outcomes = {(one["kind"], "token" in one) for one in VECTORS["tokens"]}
    both = {(kind, found) for kind in ("nhs", "upn", "demog") for found in (True, False)}
    assert outcomes == both | {("local", True)}


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_intake_accepts_the_bytes_of_every_step(mode: str) -> None:
    assert [event["step"] for event in VECTORS["events"]] == list(STEPS)
    for event in VECTORS["events"]:
        wire = event[mode]
        headers = [(name, value.encode()) for name, value in wire["headers"].items()]
        assert isinstance(decided(wire["value"].encode(), headers, event["key"].encode()), Accepted)
        if mode == "structured":
            whole = EVENT.validate_json(wire["value"])
            assert json.loads(event["content"]["canonical"]) == {
                name: value for name, value in json.loads(wire["value"])["data"].items() if name != "revision"
            }
            assert whole.id == f"{examples.record_id('missing_episode')}.{STEPS.index(event['step'])}"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("made", WORKED)
def test_a_worked_producer_makes_the_same_keys_ids_and_tokens(
    made: Callable[[], toolchains.Producer], tmp_path: Path
) -> None:
    keys = str(key_files(tmp_path / "keys"))
    found = made().lines("--vectors", typed="\n".join(questions()) + "\n", KEYS=keys)
    assert dict(zip(questions(), found, strict=True)) == dict(zip(questions(), answers(), strict=True))


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("made", WORKED)
def test_a_worked_producer_writes_the_same_bytes(made: Callable[[], toolchains.Producer], tmp_path: Path) -> None:
    keys = str(key_files(tmp_path / "keys"))
    found = made().lines("--print", examples.PUBLISHED, KEYS=keys)
    assert found == [event["structured"]["value"] for event in VECTORS["events"]]
