"""Reads from SQL what operations have to look after: held topics, records passed over, losses that are still open.

The pages have no right on the broker, and no key. So they mend nothing: they say what to run where those are.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from dashboards.words import moment
from models.contract import topics
from models.register import Register
from models.store import RemedyRow

RUN = "docker-compose run --rm operations python -m streams"


@dataclass(frozen=True)
class TroubleLine:
    """One thing to look after."""

    what: str
    since: str
    reason: str
    command: str


@dataclass(frozen=True)
class OperationsPage:
    """All of the page."""

    held: tuple[TroubleLine, ...]
    passed_over: tuple[TroubleLine, ...]
    gaps: tuple[TroubleLine, ...]


def operations_page(connection: Connection, register: Register) -> OperationsPage:
    """What is in force now, the newest first."""
    row = RemedyRow
    query = select(row.kind, row.topic, row.partition, row.offset, row.last_offset, row.rule, row.reason, row.at)
    found = connection.execute(query.where(row.active).order_by(row.at.desc(), row.remedy_id)).all()
    agencies = {topics.raw(agency.id): agency for agency in register.agencies}
    held, passed, gaps = [], [], []
    for one in found:
        agency = agencies.get(one.topic)
        at, place = moment(one.at), f"{one.topic}, partition {one.partition}, offset {one.offset}"
        if one.kind == "hold":
            name = agency.name if agency else one.topic
            command = f"{RUN} resume --agency {agency.id if agency else 'AGENCY'} --as YOU"
            held.append(TroubleLine(f"What {name} sends is not read", at, "most of it proved unusable", command))
        elif one.kind == "skip":
            command = f"{RUN} redrive --rule {one.rule} --since {one.at:%Y-%m-%d} --as YOU"
            passed.append(TroubleLine(place, at, one.reason or "a worker could not handle it three times", command))
        elif one.kind == "gap":
            command = f"{RUN} gaps close {one.topic} {one.partition} {one.offset} --by YOU"
            gaps.append(TroubleLine(f"{place} to {one.last_offset}", at, one.rule, command))
    return OperationsPage(tuple(held), tuple(passed), tuple(gaps))
