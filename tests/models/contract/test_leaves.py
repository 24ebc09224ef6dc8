"""What the schema leaves open is found from the models themselves, and looked at."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from models.contract.events import EVENT_CLASSES, Envelope, MissingEpisode
from models.contract.fields import AreaCode, Token
from models.contract.leaves import identifier, open_leaves
from models.contract.refusals import Refusal
from tests.factories import event, wire


def test_of_todays_contract_no_field_is_open() -> None:
    assert {path for model in EVENT_CLASSES for path in open_leaves(model)} == set()


def test_a_field_added_open_is_found_wherever_it_is() -> None:
    class Inner(BaseModel):
        ref: str | None = None
        token: Token
        seen: int

    class Data(BaseModel):
        area: AreaCode
        note: Annotated[str, Field(pattern=r"^[a-z0-9]*$")]
        parts: tuple[Inner, ...] = ()
        tags: Annotated[tuple[str, ...], Field(max_length=3)] = ()
        far: Annotated[int, Field(ge=0, le=10**10)]
        near: Annotated[int, Field(ge=0, le=10)]

    class Message(BaseModel):
        data: Data

    assert set(open_leaves(Message)) == {
        ("data", "note"), ("data", "parts", "ref"), ("data", "parts", "seen"), ("data", "tags"), ("data", "far"),
    }  # fmt: skip


class Open(MissingEpisode):
    note: str = ""
    far: int = 0


class OpenEvent(Envelope):
    type: Literal["ypsem.missing_episode.v1"]
    data: Open


def test_a_field_that_is_open_is_looked_at() -> None:
    planted = OpenEvent.model_validate_json(wire(event(note="943 476 5919", far=9434765919)))
    assert list(identifier(planted)) == [  # type: ignore[arg-type]
        Refusal("identifier.nhs-number", "data.<unknown>"), Refusal("identifier.number", "data.<unknown>"),
    ]  # fmt: skip
    assert list(identifier(OpenEvent.model_validate_json(wire(event(note="plain", far=3))))) == []  # type: ignore[arg-type]
