"""Why the sink stops by itself, as one tree: each error has an exit code, and a message that says what to do."""

from __future__ import annotations

from typing import ClassVar

from models.service.errors import ForeseenError
from models.service.exits import LEASE_HELD, TOPIC_MADE_ANEW


class SinkStops(ForeseenError):
    """Only a person can help. Nothing is lost, because the positions are stored with the rows."""


class NotThere(SinkStops):
    """The database, the broker or a topic did not come in time."""


class TopicRecreated(SinkStops):
    """The stored position belongs to another log than the one under the topic's name."""

    exit_code: ClassVar[int] = TOPIC_MADE_ANEW


class LeaseHeld(SinkStops):
    """Another sink is writing to this database."""

    exit_code: ClassVar[int] = LEASE_HELD


class RequestRefused(ForeseenError):
    """A request that the ledger could not carry out was not stored; the message says what is wrong with it."""


class OutOfRange(Exception):
    """The broker has no record at the position asked for: the sink finds out which of its errors that is."""
