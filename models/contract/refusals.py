"""Safe errors: a rule and a field path, never a value and never a key that the sender made up.

Rule ids are stable; docs/rules.md explains each. Pydantic's own error types become `schema.<type>`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from models.contract.events import EVENT_CLASSES

UNKNOWN_KEY = "<unknown>"


class Refusal(NamedTuple):
    """Why something was refused: a rule id and the path of the field."""

    rule: str
    path: str


@cache
def _known_names() -> frozenset[str]:
    names: set[str] = set()
    todo: list[type[BaseModel]] = list(EVENT_CLASSES)
    visited: set[type[BaseModel]] = set()
    while todo:
        model = todo.pop()
        if model in visited:
            continue
        visited.add(model)
        for name, info in model.model_fields.items():
            names.add(name)
            todo.extend(_models_in(info.annotation))
    return frozenset(names)


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for arg in getattr(annotation, "__args__", ()) for model in _models_in(arg)]


def safe_path(location: tuple[int | str, ...]) -> str:
    """`("data", "tokens", 0, "kind")` -> `data.tokens[0].kind`; any key outside the contract becomes `<unknown>`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.startswith("ypsem."):
            continue
        else:
            path += ("." if path else "") + (part if part in _known_names() else UNKNOWN_KEY)
    return path or "(whole message)"


def from_validation(error: ValidationError, limit: int = 5) -> list[Refusal]:
    """The first few refusals in a pydantic error, without its messages (they may quote the input)."""
    items = error.errors(include_url=False, include_context=False, include_input=False)
    return [Refusal(f"schema.{item['type']}", safe_path(item["loc"])) for item in items[:limit]]
