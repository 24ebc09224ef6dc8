"""What may be stored and what may not: the last lock before SQL."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consumers.records import parse
from models.contract import topics
from models.contract.refusals import Refusal
from models.releases import CellState, NoiseParameters, Release
from tests.models.store.factories import make_cell, make_release, make_signal, make_silence, make_submission, wire


def release_with(**fields: Any) -> bytes:
    """A valid release on the wire, then changed past its model."""
    return json.dumps(json.loads(wire(make_release())) | fields).encode()


def cell_with(**fields: Any) -> bytes:
    """A release of one cell, changed past its model."""
    cell = json.loads(make_cell(value=45).model_dump_json()) | fields
    return release_with(cells=[cell])


def rule_of(value: bytes | None, topic: str = topics.RELEASES) -> tuple[str, str]:
    """Rule and path of the refusal."""
    found = parse(topic, value)
    assert isinstance(found, Refusal), "was accepted"
    return found.rule, found.path


def test_what_is_sound_is_read_back_whole() -> None:
    release, submission = make_release(), make_submission()
    assert parse(topics.RELEASES, wire(release)) == release
    assert parse(topics.SUBMISSIONS, wire(submission)) == submission


@pytest.mark.parametrize("value", [1, 4, 9, 12, 23, 47, 0, -5, 5, 10**9])
def test_a_value_that_is_not_a_rounded_figure_is_refused(value: int) -> None:
    assert rule_of(cell_with(value=value)) == ("sink.not-rounded", "cells[0].value")


def noisy_with(cell: dict[str, Any] | None = None, version: int = 4, **parameters: Any) -> bytes:
    """A release since ladder 4, changed past its model."""
    release = make_release(ladder_version=version)
    told = json.loads(NoiseParameters().model_dump_json()) | parameters
    cells = json.loads(wire(release))["cells"]
    named = {"release_id": release.release_id, "ladder_version": version, "parameters": told}
    return release_with(**named, cells=[cells[0] | (cell or {})])


def test_a_release_with_noise_is_read_back_whole() -> None:
    cells = (make_cell(value=10), make_cell("m9_children"), make_cell("m10_children", state=CellState.NO_RETURN))
    release = make_release(ladder_version=4, parameters=NoiseParameters(), cells=cells)
    assert parse(topics.RELEASES, wire(release)) == release


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (noisy_with(deviation=2), ("sink.noise", "parameters.deviation")),
        (noisy_with(lowest=5), ("sink.noise", "parameters.lowest")),
        (noisy_with(base=1), ("sink.rounding-base", "parameters.base")),
        (noisy_with({"value": 5}), ("sink.not-rounded", "cells[0].value")),
        (noisy_with({"value": 17}), ("sink.not-rounded", "cells[0].value")),
        (noisy_with({"value": 15}, lowest=20), ("sink.not-rounded", "cells[0].value")),
        (noisy_with({"state": "none", "value": None}), ("sink.state", "cells[0].state")),
        (noisy_with({"state": "one_to_nine", "value": None}), ("sink.state", "cells[0].state")),
        (noisy_with({"state": "withheld", "value": None}), ("sink.state", "cells[0].state")),
        (noisy_with(version=3), ("sink.rule", "parameters.rule")),
        (wire(make_release(ladder_version=4)), ("sink.rule", "parameters.rule")),
    ],
)
def test_a_release_that_protects_less_than_is_said_is_refused(value: bytes, expected: tuple[str, str]) -> None:
    assert rule_of(value) == expected


def voices_with(voice: dict[str, Any], version: int = 4, twice: bool = False) -> bytes:
    """A release with what people said, changed past its model."""
    value = json.loads(noisy_with(version=version))
    if version < 4:
        value["parameters"] = json.loads(make_release().parameters.model_dump_json())
    said = {"voice": "children", "numbered": "all", "people": {"state": "figure", "value": 25}}
    said |= {"themes": [{"theme": "trusted_adult", "state": "low"}]} | voice
    return json.dumps(value | {"voices": [said] * (1 + twice)}).encode()


def test_what_people_said_is_read_back_whole() -> None:
    found = parse(topics.RELEASES, voices_with({}))
    assert isinstance(found, Release)
    assert (found.voices[0].people.value, found.voices[0].themes[0].value) == (25, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (voices_with({"people": {"state": "figure", "value": 23}}), ("sink.not-rounded", "voices[0].people.value")),
        (voices_with({"people": {"state": "figure", "value": 5}}), ("sink.not-rounded", "voices[0].people.value")),
        (
            voices_with({"themes": [{"theme": "trusted_adult", "state": "figure", "value": 3}]}),
            ("sink.not-rounded", "voices[0].themes[0].value"),
        ),
        (
            voices_with({"themes": [{"theme": "trusted_adult", "state": "low"}] * 2}),
            ("sink.cell-twice", "voices[0].themes"),
        ),
        (voices_with({}, twice=True), ("sink.cell-twice", "voices")),
        (voices_with({}, version=3), ("sink.rule", "voices")),
        (voices_with({"numbered": "no return"}), ("schema.value_error", "voices[0]")),
        (voices_with({"people": {"state": "low", "value": 4}}), ("schema.value_error", "voices[0].people")),
        (voices_with({"people": {"state": "none"}}), ("schema.literal_error", "voices[0].people.state")),
        (voices_with({"voice": "Jane Doe"}), ("schema.literal_error", "voices[0].voice")),
        (
            voices_with({"themes": [{"theme": "she said", "state": "low"}]}),
            ("schema.enum", "voices[0].themes[0].theme"),
        ),
    ],
)
def test_what_people_said_is_protected_like_a_cell(value: bytes, expected: tuple[str, str]) -> None:
    assert rule_of(value) == expected


def test_a_finer_rounding_base_is_refused_and_a_coarser_one_is_held_to() -> None:
    parameters = json.loads(make_release().parameters.model_dump_json())
    assert rule_of(release_with(parameters=parameters | {"base": 1})) == ("sink.rounding-base", "parameters.base")
    coarser = release_with(parameters=parameters | {"base": 10})
    assert rule_of(coarser) == ("sink.not-rounded", "cells[0].value")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"release_id": "X08000001.2025Q4.l1"}, ("sink.release-id", "release_id")),
        ({"cut_off": "2026-05-01T00:00:00"}, ("sink.time-without-zone", "cut_off")),
        ({"agencies_returned": 9}, ("sink.agencies", "agencies_returned")),
        ({"boundary_set": "A sentence of prose"}, ("sink.code", "boundary_set")),
        ({"window": "last week"}, ("schema.string_pattern_mismatch", "window")),
        ({"Jane Doe": 1}, ("schema.extra_forbidden", "<unknown>")),
    ],
)
def test_a_release_that_does_not_hold_together_is_refused(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    assert rule_of(release_with(**fields)) == expected


@pytest.mark.parametrize("name", ["area", "sector", "agency", "indicator"])
@pytest.mark.parametrize("text", ["", "two words", "x" * 33, "nul\x00", "é"])
def test_a_cell_is_named_by_codes_only(name: str, text: str) -> None:
    assert rule_of(cell_with(**{name: text})) == ("sink.code", f"cells[0].{name}")


def test_a_cell_given_twice_is_refused() -> None:
    cell = json.loads(make_cell(value=45).model_dump_json())
    assert rule_of(release_with(cells=[cell, cell])) == ("sink.cell-twice", "cells")


@pytest.mark.parametrize("value", [None, b"", b"\xff\xfe", b"[]", b"null", b"{", b'"' + b"[" * 5000])
def test_rubbish_is_refused_and_never_raises(value: bytes | None) -> None:
    for topic in (topics.RELEASES, topics.SUBMISSIONS):
        assert rule_of(value, topic)[0].startswith(("schema.", "sink.empty"))


def test_a_refusal_holds_nothing_of_the_record() -> None:
    canary = "A Canary"
    for name in (*Release.model_fields, canary):
        assert canary not in str(parse(topics.RELEASES, release_with(**{name: canary})))


def test_a_submission_without_a_zone_is_refused() -> None:
    value = json.dumps(json.loads(wire(make_submission())) | {"received_at": "2026-04-10T09:00:00"}).encode()
    assert rule_of(value, topics.SUBMISSIONS) == ("sink.time-without-zone", "received_at")


def test_a_signal_is_read_back_and_one_with_more_in_it_is_refused() -> None:
    assert parse(topics.SIGNALS, wire(make_signal())) == make_signal()
    assert parse(topics.SIGNALS, wire(make_silence())) == make_silence()
    counted = json.dumps(json.loads(wire(make_signal())) | {"children": 12}).encode()
    assert rule_of(counted, topics.SIGNALS) == ("schema.extra_forbidden", "<unknown>.<unknown>")
    timed = json.dumps(json.loads(wire(make_signal())) | {"opened_on": "2026-02-02T10:00:00Z"}).encode()
    assert rule_of(timed, topics.SIGNALS)[0].startswith("schema.date")
    named = json.dumps(json.loads(wire(make_silence())) | {"areas": ["X05000018"]}).encode()
    assert rule_of(named, topics.SIGNALS)[0] == "schema.extra_forbidden"
