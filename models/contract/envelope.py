"""Attributes of a CloudEvent that have several valid spellings: all are read, and one is passed on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticKnownError

_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_JSON = re.compile(r"application/json *(?:; *charset *= *\"?utf-?8\"?)?", re.IGNORECASE)


def _whole_seconds(value: Any) -> datetime:
    """UTC, without the fraction; raises errors of pydantic's own kinds, so that their rule ids stay."""
    if isinstance(value, datetime):
        moment = value
    elif not isinstance(value, str):
        raise PydanticKnownError("datetime_type")
    elif (spelt := _RFC_3339.fullmatch(value)) is None:
        raise PydanticKnownError("datetime_parsing", {"error": "not RFC 3339"})
    elif spelt[3] is None:
        raise PydanticKnownError("timezone_aware")
    else:
        try:
            moment = datetime.fromisoformat(f"{spelt[1]}T{spelt[2]}{spelt[3].upper()}")
        except ValueError:
            raise PydanticKnownError("datetime_parsing", {"error": "no such time"}) from None
    if moment.tzinfo is None:
        raise PydanticKnownError("timezone_aware")
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise PydanticKnownError("datetime_parsing", {"error": "no such time"}) from None


def _plain(value: Any) -> Any:
    """The plain name of JSON, however it is spelt; anything else is left for the contract to refuse."""
    return "application/json" if value is None or (isinstance(value, str) and _JSON.fullmatch(value)) else value


PublishedAt = Annotated[AwareDatetime, BeforeValidator(_whole_seconds)]
JsonOnly = Annotated[Literal["application/json"], BeforeValidator(_plain)]
