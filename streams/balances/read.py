"""Reads what the accounts are made from: the ledger's changelogs, and intake's receipts. Thin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import orjson
from pydantic import TypeAdapter, ValidationError

from analysis.ledger.coordinates import Place, origin, place_in
from models.contract import topics
from models.contract.receipts import GapReceipt, IntakeReceipt, Receipt
from streams.balances.judge import Balances, judge
from streams.intake.chunk import RAW_HEADER

_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


class TopicReader(Protocol):
    """What this needs of a broker: `streams.operators.broker.OperatorsBroker`."""

    def read(self, topic: str) -> Iterator[Any]:
        """Every record of a topic up to its present end."""
        ...


def balances(broker: TopicReader, agencies: Iterable[str]) -> Balances:
    """The accounts as the topics have them now; receipts first, so that the ledger can only be further."""
    receipts = [receipt for agency in agencies for receipt in _workers_receipts(broker, agency)]
    return judge(_table(broker, topics.LEDGER_CHANGELOG), _table(broker, topics.MARKS_CHANGELOG), receipts)


def ids_at(broker: TopicReader, wanted: Mapping[str, Iterable[Place]]) -> dict[tuple[str, Place], str]:
    """(agency, place) -> event id, of the records that the accepted topic still has.

    A place as it is on the raw topic is that of the newest record that lay there.
    """
    left = {(agency, place) for agency, places in wanted.items() for place in places}
    found: dict[tuple[str, Place], str] = {}
    generations: dict[tuple[str, Place], int] = {}
    for record in broker.read(topics.ACCEPTED) if left else ():
        if record.value is None:
            continue
        try:
            data = orjson.loads(record.value)["data"]
            place = place_in(dict(record.headers)[RAW_HEADER])
            agency, event_id = str(data["agency"]), str(data["event_id"])
        except (ValueError, KeyError, TypeError, IndexError):
            continue
        of = origin(place[0])
        names = {(agency, place)} if of.restores else {(agency, place), (agency, (of.partition, place[1]))}
        for at in names & left:
            if at not in found or of.generation > generations[at]:
                found[at], generations[at] = event_id, of.generation
    return found


def _table(broker: TopicReader, topic: str) -> dict[bytes, bytes]:
    """The last value of every key, as a recovery reads it."""
    last: dict[bytes, bytes] = {}
    for record in broker.read(topic):
        if record.value is None:
            last.pop(record.key, None)
        else:
            last[record.key] = record.value
    return last


def _workers_receipts(broker: TopicReader, agency: str) -> Iterator[IntakeReceipt | GapReceipt]:
    for record in broker.read(topics.receipts(agency)):
        try:
            receipt = _RECEIPT.validate_json(record.value or b"", strict=False)
        except ValidationError:
            continue
        if isinstance(receipt, IntakeReceipt | GapReceipt):
            yield receipt


def by_agency(found: Balances) -> dict[str, set[Place]]:
    """The places that do not add up, to be looked up by `ids_at`."""
    places: defaultdict[str, set[Place]] = defaultdict(set)
    for (_, agency), one in found.statements.items():
        places[agency] |= {*one.in_no_class, *one.never_accepted, *one.in_two_classes}
    for agency, missing in found.not_in_ledger.items():
        places[agency] |= set(missing)
    return {agency: its for agency, its in places.items() if its}
