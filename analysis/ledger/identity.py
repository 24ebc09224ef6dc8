"""Whose an event is: an id belongs to the agency that published it.

Two agencies may use the same event id, by a copied key or on purpose. Then there are two events. Everything that is
kept, looked up, counted, referred to or erased by event id goes by the pair, which is written here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OwnId = str
"""`<event id>|<agency>`. The id comes first, so that sorting by it favours no agency."""


def own_id(event_id: str, agency: str) -> OwnId:
    """The id of an event together with the agency that published it."""
    return f"{event_id}|{agency}"


def split(own: OwnId) -> tuple[str, str]:
    """Event id and agency; raises `ValueError` for anything else."""
    event_id, agency = own.split("|")
    return event_id, agency


def is_own_id(key: bytes) -> bool:
    """Whether a stored key has this form: an older version of this program wrote the event id alone."""
    return key.count(b"|") == 1


def accepted_key(own: OwnId, revision: int) -> bytes:
    """Key of an accepted record: compaction keeps the newest of one revision of one agency's event."""
    return f"{own}|{revision}".encode()


def about_of(agency: str, data: Mapping[str, Any]) -> OwnId | None:
    """The event that another of the same agency's is about; None where it does not say."""
    about = data.get("about_event_id")
    return None if about is None else own_id(str(about), agency)
