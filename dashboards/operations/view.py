"""Reads from SQL what operations have to look after, what they asked for, and what became of it.

The pages have no right on the broker, and no key. What is asked for here is carried out where those are: the sink
passes it on, and operations' service does it (`python -m streams operations`). No page shows anything of a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection, select

from dashboards.forms.history import request_words
from dashboards.words import day, moment
from models.contract import topics
from models.operations.remedies import RemedyOutcome
from models.operations.remedy_requests import RemedyReason
from models.register import Register
from models.service import clock
from models.store import RefusedRuleRow, RemedyRow, RequestRow, remedy_requests
from models.store.remedy_requests import OUTCOMES, RemedyRequest

SHOWN = 50
"""The newest requests that the page shows."""
SLOW = timedelta(minutes=10)
"""After so long something that takes a minute has not gone as it should."""


@dataclass(frozen=True)
class TroubleLine:
    """One thing to look after."""

    what: str
    since: str
    reason: str
    link: str
    """Where to ask for what mends it."""
    words: str


@dataclass(frozen=True)
class OpenGap:
    """One loss that is open."""

    key: str
    """Topic, partition and first offset, as a form carries them."""
    words: str


@dataclass(frozen=True)
class RequestLine:
    """One request, as the page shows it."""

    request_id: str
    what: str
    at: str
    by: str
    why: str
    stage: str
    waits: bool
    """Whether somebody else may agree."""


@dataclass(frozen=True)
class StuckLine:
    """One request to the ledger that was not passed on."""

    what: str
    board: str
    since: str


@dataclass(frozen=True)
class RefusedLine:
    """What one rule refused lately."""

    rule: str
    records: str
    days: str
    link: str


@dataclass(frozen=True)
class OperationsPage:
    """All of the page."""

    held: tuple[TroubleLine, ...]
    passed_over: tuple[TroubleLine, ...]
    gaps: tuple[TroubleLine, ...]
    refused: tuple[RefusedLine, ...]
    stuck: tuple[StuckLine, ...]
    requests: tuple[RequestLine, ...]


def operations_page(connection: Connection, register: Register) -> OperationsPage:
    """What is in force now, and what was asked for, the newest first."""
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
            link = f"/operations/resume?{urlencode({'agency': agency.id if agency else ''})}"
            held.append(TroubleLine(f"What {name} sends is not read", at, "most of it proved unusable", link, "Resume"))
        elif one.kind == "skip":
            link = f"/operations/redrive?{urlencode({'rule': one.rule, 'since': f'{one.at:%Y-%m-%d}'})}"
            reason = one.reason or "a worker could not handle it three times"
            passed.append(TroubleLine(place, at, reason, link, "Redrive"))
        elif one.kind == "gap":
            link = f"/operations/close?{urlencode({'gap': f'{one.topic}:{one.partition}:{one.offset}'})}"
            gaps.append(TroubleLine(f"{place} to {one.last_offset}", at, one.rule, link, "Close"))
    requests = tuple(request_line(one, register) for one in remedy_requests.newest(connection, SHOWN))
    refused = _refused(connection)
    return OperationsPage(tuple(held), tuple(passed), tuple(gaps), refused, _stuck(connection, register), requests)


def held_agencies(connection: Connection, register: Register) -> list[tuple[str, str]]:
    """Id and name of the agencies whose topic is not read."""
    row = RemedyRow
    held = set(connection.scalars(select(row.topic).where(row.active, row.kind == "hold")))
    return [(one.id, one.name) for one in register.agencies if topics.raw(one.id) in held]


def open_gaps(connection: Connection) -> list[OpenGap]:
    """The losses that are open, the newest first."""
    row = RemedyRow
    query = select(row.topic, row.partition, row.offset, row.last_offset).where(row.active, row.kind == "gap")
    return [
        OpenGap(f"{topic}:{partition}:{first}", f"{topic}, partition {partition}, offset {first} to {last}")
        for topic, partition, first, last in connection.execute(query.order_by(row.at.desc(), row.remedy_id))
    ]


def request_line(one: RemedyRequest, register: Register) -> RequestLine:
    """A request in words."""
    now = clock.now()
    why = RemedyReason(one.reason).words
    return RequestLine(
        one.request_id, _what(one, register), moment(one.requested_at), one.requested_by,
        f"{why}: {one.text}" if one.text else why, _stage(one, now),
        one.outcome is None and one.waits_for_second and not one.lapsed(now),
    )  # fmt: skip


def _what(one: RemedyRequest, register: Register) -> str:
    agency = register.agency_by_id.get(one.agency)
    name = agency.name if agency else one.agency
    if one.kind == "resume":
        return f"Read the topic of {name} again"
    if one.kind == "redrive":
        return f"Redrive {one.rule} since {one.since:%Y-%m-%d}{f' of {name}' if one.agency else ''}"
    verb = "Skip" if one.kind == "skip" else "Close the loss at"
    return f"{verb} {one.topic}, partition {one.partition}, offset {one.offset}"


def _stage(one: RemedyRequest, now: datetime) -> str:
    if one.outcome is not None:
        return OUTCOMES[RemedyOutcome(one.outcome)]
    if one.waits_for_second:
        return "nobody agreed within a day: not done" if one.lapsed(now) else "waiting for somebody else to agree"
    since = one.published_at or one.confirmed_at or one.requested_at
    slow = now - since > SLOW
    if one.published_at:
        return f"with operations' service{', which has not answered: see whether it runs' if slow else ''}"
    return f"waiting to be passed on{': see whether the sink runs' if slow else ''}"


def _refused(connection: Connection) -> tuple[RefusedLine, ...]:
    """What each rule refused within the time for which dead letters are kept, the most first."""
    row = RefusedRuleRow
    query = select(row.rule, row.records, row.first, row.last).order_by(row.records.desc(), row.rule)
    return tuple(
        RefusedLine(
            rule, f"{records:,}", day(first) if first == last else f"{day(first)} to {day(last)}",
            f"/operations/redrive?{urlencode({'rule': rule, 'since': first.isoformat()})}",
        )
        for rule, records, first, last in connection.execute(query)
    )  # fmt: skip


def _stuck(connection: Connection, register: Register) -> tuple[StuckLine, ...]:
    """Requests to the ledger that should have been passed on and were not, the oldest first."""
    row = RequestRow
    late = (row.published_at.is_(None), row.requested_at < clock.now() - SLOW)
    query = select(row.kind, row.board, row.requested_at).where(*late).order_by(row.requested_at, row.request_id)
    names = {code: board.name for code, board in register.board_by_code.items()}
    return tuple(
        StuckLine(request_words(kind), names.get(board, f"{board}, which the register does not list"), moment(at))
        for kind, board, at in connection.execute(query.limit(SHOWN))
    )
