"""docs/rules.md explains every rule id that the code can give, in its place, and none that it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from agencies.readers.ssda903_rules import REFUSING
from models.contract.message import NotUnderstood, read
from tests.models.contract.test_golden import GOLDEN
from tests.operations.files import ROOT, tables
from tests.operations.rule_ids import PASSED_ON, at_intake, at_the_agency, dfe_numbers, given, of_our_own_records

PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
SEVERITIES = {"refused", "warning", "file"}


def explained(heading: str) -> list[str]:
    """Rule ids in the tables under a heading."""
    return [row[0].strip("`") for row in tables(PAGE, heading)]


@pytest.mark.parametrize(
    ("heading", "ids"),
    [
        ("## At the agency", at_the_agency()),
        ("### DfE's rules of the 903 missing module", dfe_numbers()),
        ("## At intake", at_intake()),
        ("## Not about an agency", of_our_own_records()),
    ],
)
def test_every_id_is_explained_once_and_no_other(heading: str, ids: set[str]) -> None:
    found = explained(heading)
    assert len(found) == len(set(found))
    assert set(found) == ids


def test_ids_are_written_where_they_are_given_or_come_from_a_known_place() -> None:
    others = {expression for package in ("agencies", "streams", "consumers") for expression in given(package)[1]}
    assert others <= PASSED_ON


def test_every_row_says_what_to_do_next() -> None:
    for heading in ("## At the agency", "## At intake", "## `schema.…`: not in the form of the contract"):
        for row in tables(PAGE, heading):
            assert all(len(cell) > 3 for cell in row), row
    assert {row[1] for row in tables(PAGE, "## At the agency")} == SEVERITIES


def test_the_severity_of_dfes_rules_is_that_of_the_code() -> None:
    said = {row[0].strip("`"): row[1] for row in tables(PAGE, "### DfE's rules of the 903 missing module")}
    assert {rule for rule, severity in said.items() if severity == "refused"} == REFUSING
    assert set(said.values()) == {"refused", "warning"}


SPOILT: list[Any] = [
    None, True, -1, 1, 10**9, 2.5, "", "x", "x" * 200, "2026-02-30", "2026-02-03T10:00:00",
    [], [1], ["x"] * 50, {}, {"x": 1},
]  # fmt: skip


def spoilt(document: dict[str, Any], node: Any) -> Iterator[bytes]:
    """The document with each of its values replaced, each key removed, and a key added everywhere."""
    items = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
    for key, value in items:
        for wrong in SPOILT:
            node[key] = wrong
            yield json.dumps(document).encode()
        node[key] = value * 50 if isinstance(value, list) else value
        yield json.dumps(document).encode()
        node[key] = value
        yield from spoilt(document, value)
    if isinstance(node, dict):
        for key, value in items:
            del node[key]
            yield json.dumps(document).encode()
            node[key] = value
        node["surname"] = 1
        yield json.dumps(document).encode()
        del node["surname"]


def schema_ids() -> set[str]:
    """Rule ids that the contract gives for golden events, spoilt in every way, and for messages that are none."""
    messages = [b"", b"x", b"[]", b"1", b'"x"', b"null", b'{"a":', b"\xff", b"[" * 100_000]
    for path in GOLDEN:
        document = json.loads(path.read_text("utf-8"))
        messages += spoilt(document, document)
    found = set()
    for message in messages:
        said = read(message, limit=50)
        if isinstance(said, NotUnderstood):
            found |= {refusal.rule for refusal in said.refusals if refusal.rule.startswith("schema.")}
    return found


def test_what_the_contract_says_of_a_spoilt_event_is_explained() -> None:
    page = set(explained("## `schema.…`: not in the form of the contract"))
    met = schema_ids()
    assert met - page == set()
    assert len(met) > 20
    assert page <= {f"schema.{kind}" for kind in get_args(ErrorType)}
