"""Reads the audit log for its page and its file: which rows, by which filters, newest first.

Nothing that names a person is in an address: somebody's rows are asked for by the number of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from dashboards.forms.history import detail_of, words_of
from dashboards.words import moment
from models.contract import topics
from models.register import Board, Register
from models.service.clock import LONDON
from models.store import ActionRow, AuditRow
from models.store.audit import AuditEntry

PER_PAGE = 100
MOST_PEOPLE = 500
"""Most people who are offered to choose from."""


@dataclass(frozen=True)
class Filter:
    """What somebody wants to see of the log; empty means all."""

    act: str = ""
    person: int = 0
    """The number of a row: all rows by whoever is named there."""
    since: str = ""
    until: str = ""
    """The last day, included."""
    board: str = ""
    """On the page of the whole log: only rows about one board."""
    before: int = 0
    """Rows from this number on were on the pages before."""

    @property
    def query(self) -> str:
        """For an address, without paging."""
        return urlencode({name: value for name, value in replace(self, before=0).__dict__.items() if value})

    @property
    def wrong(self) -> tuple[tuple[str, str], ...]:
        """Name of a field and what is wrong with it."""
        named = (("since", "From", self.since), ("until", "To", self.until))
        return tuple((name, f"{words}: give a real day") for name, words, day in named if day and _day(day) is None)


@dataclass(frozen=True)
class AuditLine:
    """One row as the page shows it."""

    number: int
    at: str
    who: str
    act: str
    about: str
    detail: str


@dataclass(frozen=True)
class AuditPage:
    """One page of the log."""

    rows: tuple[AuditLine, ...]
    older: str
    """The query of the next page; empty on the last."""
    total: int
    acts: tuple[tuple[str, str], ...]
    people: tuple[tuple[int, str], ...]
    """Number of a row by each person, and how the log names them."""


def audit_page(connection: Connection, scope: ColumnElement[bool], wanted: Filter) -> AuditPage:
    """One page of the rows in a scope that a filter lets through."""
    row = AuditRow
    conditions = _conditions(connection, scope, wanted)
    chosen = and_(scope, *conditions)
    # The scope of a board has to look at every row of the log, so acts, people and number come from one look.
    groups = connection.execute(
        select(row.action, row.who, func.min(row.number), func.count()).where(scope).group_by(row.action, row.who)
    ).all()
    total = sum(count for *_, count in groups)
    if conditions:
        total = connection.scalar(select(func.count()).select_from(row).where(chosen)) or 0
    paged = and_(chosen, row.number < wanted.before) if wanted.before else chosen
    found = list(_entries(connection, paged, PER_PAGE + 1))
    shown, more = found[:PER_PAGE], len(found) > PER_PAGE
    older = urlencode({"before": shown[-1].number}) if more else ""
    people: dict[str, int] = {}
    for _, who, first, _ in groups:
        people[who] = min(first, people.get(who, first))
    return AuditPage(
        rows=tuple(_row(entry) for entry in shown),
        older="&".join(filter(None, (wanted.query, older))) if more else "",
        total=total,
        acts=tuple(sorted(((act, words_of(act)) for act in {act for act, *_ in groups}), key=lambda pair: pair[1])),
        people=tuple((number, who) for who, number in sorted(people.items())[:MOST_PEOPLE]),
    )


def every_row(connection: Connection, scope: ColumnElement[bool], wanted: Filter) -> Iterator[AuditEntry]:
    """All rows in a scope that a filter lets through, newest first."""
    return _entries(connection, and_(scope, *_conditions(connection, scope, wanted)), None)


def of_board(register: Register, board: Board) -> ColumnElement[bool]:
    """The rows about a board: its releases, actions and roles, its page, its erasures, and its agencies' topics.

    Sign-ins and refusals are about no board. They are on the page of the whole log.
    """
    subject = AuditRow.subject
    mine = select(ActionRow.action_id).where(ActionRow.board == board.code)
    agencies = [agency.id for agency in register.agencies_of(board.code)]
    begins = [f"{board.code}.", f"{board.code}:", f"{topics.ACCEPTED}:{board.partition}:"]
    begins += [f"{topics.raw(agency).removeprefix(topics.RAW_PREFIX)}:" for agency in agencies]
    roles = and_(AuditRow.action.startswith("access."), AuditRow.detail.endswith(f":{board.code}", autoescape=True))
    return or_(
        subject == board.code,
        subject.in_([*agencies]),
        subject.in_(mine),
        roles,
        *(subject.startswith(prefix, autoescape=True) for prefix in begins),
    )


def everything() -> ColumnElement[bool]:
    """Every row."""
    return true()


def _conditions(connection: Connection, scope: ColumnElement[bool], wanted: Filter) -> list[ColumnElement[bool]]:
    row = AuditRow
    found: list[ColumnElement[bool]] = []
    if wanted.act:
        found.append(row.action == wanted.act)
    if wanted.person:
        # Only a row that this reader may see leads to its person.
        found.append(row.who == (connection.scalar(select(row.who).where(scope, row.number == wanted.person)) or ""))
    if since := _day(wanted.since):
        found.append(row.at >= _midnight(since))
    if until := _day(wanted.until):
        found.append(row.at < _midnight(until + timedelta(days=1)))
    return found


def _entries(connection: Connection, chosen: ColumnElement[bool], most: int | None) -> Iterator[AuditEntry]:
    columns = [getattr(AuditRow, name) for name in AuditEntry._fields]
    query = select(*columns).where(chosen).order_by(AuditRow.number.desc()).limit(most)
    for row in connection.execution_options(yield_per=500).execute(query):
        yield AuditEntry(*row)


def _row(entry: AuditEntry) -> AuditLine:
    return AuditLine(entry.number, moment(entry.at), entry.who, words_of(entry.action), entry.subject, detail_of(entry))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 9999 else None
