"""The OpenAPI documents are valid, in step with the code, and say which answers come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agencies.serve.openapi import FOLDER, NAMES, document, text
from tests.agencies.serve.support import Gateway, request
from tests.factories import event
from tests.models.contract.test_golden import GOLDEN


@pytest.mark.parametrize("kind", NAMES)
def test_the_file_is_in_step_with_the_code(kind: str) -> None:
    written = (FOLDER / NAMES[kind]).read_text("utf-8")
    assert written == text(kind), "run: python -m agencies.serve.openapi"


def references(node: Any) -> list[str]:
    """Every `$ref` of a document."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("kind", NAMES)
def test_every_reference_leads_somewhere(kind: str) -> None:
    made = document(kind)
    for reference in references(made):
        node: Any = made
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_schema_takes_what_the_contract_takes(path: Any) -> None:
    made = document("central")
    schema = {"$ref": "#/components/schemas/Event", "components": made["components"]}
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    golden = json.loads(path.read_text("utf-8"))
    assert list(validator.iter_errors(golden)) == []
    assert list(validator.iter_errors(golden | {"data": golden["data"] | {"forename": "x"}}))
    assert list(validator.iter_errors(golden | {"traceparent": "00-x"})) == []


def test_files_are_in_the_agencys_document_alone() -> None:
    assert "/v1/files" not in document("central")["paths"]
    assert set(document("agency")["paths"]) == {"/v1/files", "/v1/openapi.json"}


@pytest.mark.embedded
@pytest.mark.slow
def test_it_is_served_to_anybody_and_answers_are_as_it_says(gateway: Gateway) -> None:
    answer = request(gateway.port, "GET", "/v1/openapi.json")
    assert (answer.status, answer.json()) == (200, document("central"))
    schemas = answer.json()["components"]
    for path, bodies in {
        "/v1/events": [json.dumps(event()).encode(), b"{}", b""],
        "/v1/events:batch": [b"{}", b"", json.dumps(event()).encode() + b"\nx"],
    }.items():
        for body in bodies:
            media = "application/cloudevents+json" if path == "/v1/events" else "application/x-ndjson"
            said = gateway.send(path, body, media)
            described = answer.json()["paths"][path]["post"]["responses"][str(said.status)]["content"]
            schema = described[said.headers["content-type"]]["schema"] | {"components": schemas}
            assert list(Draft202012Validator(schema).iter_errors(said.json())) == [], (path, said.status)
