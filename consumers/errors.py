"""Why the sink stops by itself; each has an exit code and a sentence that says what to do."""

from __future__ import annotations


class SinkStops(Exception):
    """Base: the message is for the person who runs the sink."""

    exit_code = 1


class NotThere(SinkStops):
    """The database, the broker or a topic did not come in time."""


class TopicRecreated(SinkStops):
    """The stored position belongs to another log than the one under the topic's name."""

    exit_code = 3


class LeaseHeld(SinkStops):
    """Another sink is writing to this database."""

    exit_code = 4
