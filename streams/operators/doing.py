"""What skip, redrive and gaps have in common, whether a person typed a command or asked on the pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from models.contract import topics
from models.register import Register
from models.service.clock import now, today
from streams.gaps.memory import cuts_in
from streams.operators.redrive import RedriveBroker, Redriven, Redriver, letters_of
from streams.operators.skipping import SkipBroker
from streams.settings import StreamSettings
from streams.standing import Standing


class RemedyBroker(SkipBroker, RedriveBroker, Protocol):
    """What all of them need of a broker."""

    def since(self, topic: str, offset: int) -> Iterable[Any]:
        """The records of a topic's one partition from an offset up to its present end."""
        ...


def standing_of(broker: RemedyBroker) -> Standing:
    """Every remedy in force now; raises `NoBroker`."""
    standing = Standing()
    for record in broker.read(topics.REMEDIES):
        standing.read(record.value)
    return standing


def reader_of(topic: str, register: Register) -> tuple[str, str | None] | None:
    """The group that reads a topic of those a record can be skipped on, and whose raw topic it is; None for another."""
    agencies = {topics.raw(agency.id): agency.id for agency in register.agencies}
    if topic in agencies:
        return topics.INTAKE_APP, agencies[topic]
    return (topics.LEDGER_APP, None) if topic in (topics.ACCEPTED, topics.REQUESTS) else None


def redrive(
    broker: RemedyBroker,
    settings: StreamSettings,
    register: Register,
    rule: str,
    since: date,
    agency: str | None,
    by: str,
) -> Redriven:
    """Decide again what a rule refused since a day, and let through what passes; raises `NoBroker`.

    It needs the gate key, and raises what `gate_keys` raises without it, if there is a raw record to decide.
    """
    from streams.intake.app import gate_keys
    from streams.intake.decide import IntakeRules

    standing = standing_of(broker)
    letters = letters_of(broker.read(topics.DEAD_LETTERS), rule, since, agency)
    redriver = Redriver(
        broker=broker,
        agencies={topics.raw(one.id): one.id for one in register.agencies},
        rules=lambda: IntakeRules(register, gate_keys(settings.keys), now(), today()),
        standing=standing,
        by=by,
        at=now(),
        cuts=cuts_in(broker.read(topics.POSITIONS)),
    )
    return redriver.redrive(letters)
