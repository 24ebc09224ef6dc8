"""What a field of the contract may hold, found from the event models, so that mapping files can be checked."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from models.contract.events import DATA_CLASSES

RESERVED = frozenset(
    {"event_id", "revision", "agency", "board", "agreement_id", "source_system", "tokens", "about_event_id"}
)
"""Fields that minting or the mapping itself fills."""

Kind = Literal["code", "codes", "date", "int", "float", "bool", "text"]


@dataclass(frozen=True, slots=True)
class FieldTarget:
    """A leaf field: its kind, and its codes when it is coded."""

    kind: Kind
    codes: frozenset[str] = frozenset()
    required: bool = False


@cache
def targets(event_type: str) -> dict[str, FieldTarget]:
    """Every leaf a mapping may fill: `occurred_on`, `risk.level`, `areas.home`."""
    return dict(_leaves(DATA_CLASSES[event_type], ""))


def _leaves(model: type[BaseModel], prefix: str) -> list[tuple[str, FieldTarget]]:
    found: list[tuple[str, FieldTarget]] = []
    for name, info in model.model_fields.items():
        if not prefix and name in RESERVED:
            continue
        annotation = _bare(info.annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found += _leaves(annotation, f"{prefix}{name}.")
        else:
            found.append((prefix + name, _target(annotation, info.is_required())))
    return found


def _bare(annotation: object) -> object:
    """Without `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation


def _target(annotation: object, required: bool) -> FieldTarget:
    if get_origin(annotation) is tuple:
        element = _bare(get_args(annotation)[0])
        return FieldTarget("codes", _codes(element), required)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return FieldTarget("code", _codes(annotation), required)
    kinds: dict[object, Kind] = {date: "date", int: "int", float: "float", bool: "bool"}
    return FieldTarget(kinds.get(annotation, "text"), frozenset(), required)


def _codes(enum: object) -> frozenset[str]:
    if not (isinstance(enum, type) and issubclass(enum, StrEnum)):
        raise TypeError("a list field of the contract that is not a list of codes")
    return frozenset(member.value for member in enum)
