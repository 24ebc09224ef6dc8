"""Errors carry a rule and a path, never a value and never a key that the sender made up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.contract.events import EVENT
from models.contract.refusals import from_validation
from tests.factories import event, wire

CANARY = "Canary-QQ123456C"


def refusals(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        EVENT.validate_json(wire(document))
    return [(refusal.rule, refusal.path) for refusal in from_validation(caught.value)]


def test_a_wrong_code_names_the_field() -> None:
    document = event()
    document["data"]["sex"] = CANARY
    assert refusals(document) == [("schema.enum", "data.sex")]


def test_an_unknown_key_is_not_repeated() -> None:
    document = event()
    document["data"][CANARY] = 1
    assert refusals(document) == [("schema.extra_forbidden", "data.<unknown>")]


def test_nested_paths_have_indexes() -> None:
    document = event()
    document["data"]["tokens"][0]["epoch"] = CANARY
    assert refusals(document) == [("schema.int_type", "data.tokens[0].epoch")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.just(CANARY) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just(CANARY) | st.text(max_size=5), inner),
        max_leaves=8,
    ),
    st.sampled_from(["data", "type", "id", "extra"]),
)
def test_no_input_reaches_an_error(value: Any, where: str) -> None:
    document = event() | {where: value}
    try:
        EVENT.validate_json(wire(document))
    except ValidationError as error:
        for rule, path in from_validation(error):
            assert CANARY not in rule
            assert CANARY not in path
