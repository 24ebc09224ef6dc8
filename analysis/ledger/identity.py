"""The own id of an event: its event id together with the agency that published it.

Two agencies may use the same event id, because of a copied key or on purpose. These are two different events. So
whatever is stored, looked up, counted, referred to or erased by event id uses the own id. Only this module builds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OwnId = str
"""`<event id>|<agency>`. The event id comes first, so that sorting favours no agency."""


def own_id(event_id: str, agency: str) -> OwnId:
    """Build the own id of an event."""
    return f"{event_id}|{agency}"


def split(own: OwnId) -> tuple[str, str]:
    """Split an own id into event id and agency. Raises `ValueError` for anything else."""
    event_id, agency = own.split("|")
    return event_id, agency


def is_own_id(key: bytes) -> bool:
    """Whether a stored key is an own id. An older version of this program stored the event id alone."""
    return key.count(b"|") == 1


def accepted_key(own: OwnId, revision: int) -> bytes:
    """The key of an accepted record. Compaction keeps the newest record of each revision of an agency's event."""
    return f"{own}|{revision}".encode()


def about_of(agency: str, data: Mapping[str, Any]) -> OwnId | None:
    """The own id of the event that an event of the same agency is about; None if its data names none."""
    about = data.get("about_event_id")
    return None if about is None else own_id(str(about), agency)
