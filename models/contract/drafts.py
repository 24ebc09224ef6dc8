"""Checks fields that will become an event against the contract, before they have ids.

An agency's reader checks each row in this way, so that a wrong mapping or export shows at once, without any key.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from pydantic import ValidationError, create_model

from models.contract.events import DATA_CLASSES, Common
from models.contract.refusals import Refusal, from_validation

MINTED = ("event_id", "revision", "agency", "board", "agreement_id")
"""Fields that every event has and no row: minting adds them."""


def draft_refusals(event_type: str, fields: Mapping[str, object]) -> list[Refusal]:
    """Why fields do not meet the contract, by the rule ids that a whole event would get; paths are within its data."""
    try:
        _draft(DATA_CLASSES[event_type]).model_validate_json(orjson.dumps(fields))
    except ValidationError as error:
        return from_validation(error)
    return []


@cache
def _draft(kind: type[Common]) -> type[Common]:
    """The contract's own model of a type of event, with what minting adds left open."""
    left_open: dict[str, Any] = dict.fromkeys(MINTED, (Any, None))
    return create_model(f"{kind.__name__}Draft", __base__=kind, **left_open)
