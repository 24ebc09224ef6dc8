"""Reviewers' requests: a row in SQL first, then a record that the ledger reads."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, select, update

from consumers import metrics
from consumers.broker import Broker
from consumers.errors import RequestRefused
from models.contract import topics
from models.register import RegisterError, load_register
from models.releases import RequestBuild
from models.releases.requests import RequestErase
from models.service import clock
from models.signals import RequestScan
from models.store import RequestRow, remedy_requests, writing
from models.store.requests import AnyRequest, add_request, new_id

log = logging.getLogger(__name__)

PER_TURN = 100
WHO = re.compile(r"[a-z][a-z0-9._-]{0,62}")
"""A user name, not a person's name: it is kept with the request."""

_WAITING = RequestRow.published_at.is_(None)


def add_release_request(engine: Engine, board: str, windows: Sequence[str], who: str) -> str:
    """Store a request to build releases and return its id; the sink publishes it.

    Raises `RequestRefused` for a user name of the wrong form, `pydantic.ValidationError` for a board or window.
    """
    request = RequestBuild(request_id=new_id(), board=board, windows=tuple(windows), requested_at=clock.now())
    return _store(engine, request, who)


def add_scan_request(engine: Engine, board: str, who: str) -> str:
    """Store a request for the full Monte Carlo of a board and return its id; raises as `add_release_request` does."""
    return _store(engine, RequestScan(request_id=new_id(), board=board, requested_at=clock.now()), who)


def add_erasure_request(engine: Engine, board: str, agency: str, who: str) -> str:
    """Store a request to erase all that an agency published for a board, and return its id.

    It names no child, and could not: no token is ever in SQL. One child's events are erased by the agency itself.
    """
    request = RequestErase(request_id=new_id(), board=board, agency=agency, requested_at=clock.now())
    return _store(engine, request, who)


def _store(engine: Engine, request: AnyRequest, who: str) -> str:
    if not WHO.fullmatch(who):
        raise RequestRefused("a user name is lower-case letters, digits, dots, dashes and underscores, a letter first")
    with writing(engine).begin() as connection:
        add_request(connection, request, who)
    return request.request_id


class RequestPublisher:
    """Publishes what waits in the table, oldest first, and marks it once acknowledged."""

    def __init__(self, engine: Engine, broker: Broker, register_dir: Path) -> None:
        self._engine = engine
        self._broker = broker
        self._register_dir = register_dir
        self._logged: set[str] = set()

    def publish(self, take_lease: Callable[[Connection], None]) -> int:
        """Publish up to `PER_TURN` requests and return how many.

        A crash between publishing and marking publishes a request twice under one id, which the ledger answers with
        the same bytes. A request whose board the register does not list is held back, and delays no other.
        """
        with self._engine.connect() as connection:
            boards = set(connection.execute(select(RequestRow.board).where(_WAITING).distinct()).scalars())
        if not boards:
            self._hold(set())
            return 0
        partitions = _partitions(self._register_dir)
        self._hold(boards - partitions.keys())
        with self._engine.connect() as connection:
            waiting = connection.execute(
                select(RequestRow.request_id, RequestRow.board, RequestRow.body)
                .where(_WAITING, RequestRow.board.in_(boards & partitions.keys()))
                .order_by(RequestRow.requested_at, RequestRow.request_id)
                .limit(PER_TURN)
            ).all()
        if not waiting:
            return 0
        for acknowledged in [
            self._broker.send(topics.REQUESTS, row.board.encode(), row.body, partitions[row.board]) for row in waiting
        ]:
            acknowledged()
        with self._engine.begin() as connection:
            take_lease(connection)
            connection.execute(
                update(RequestRow)
                .where(RequestRow.request_id.in_([row.request_id for row in waiting]))
                .values(published_at=clock.now())
            )
        metrics.REQUESTS.inc(len(waiting))
        log.info("published %d request(s)", len(waiting))
        return len(waiting)

    def publish_remedies(self, take_lease: Callable[[Connection], None]) -> int:
        """Pass on what operations asked for on the pages, and return how many; a crash may publish one twice.

        Two people have agreed where two are needed. It waits for no register: operations' service looks at that.
        """
        with self._engine.connect() as connection:
            waiting = remedy_requests.to_publish(connection, PER_TURN)
        if not waiting:
            return 0
        bodies: dict[str, bytes] = {}
        for one in waiting:
            with suppress(ValueError):
                bodies[one.request_id] = one.message().model_dump_json().encode()
        sent = [self._broker.send(topics.REMEDY_REQUESTS, key.encode(), body, 0) for key, body in bodies.items()]
        for acknowledged in sent:
            acknowledged()
        with self._engine.begin() as connection:
            take_lease(connection)
            remedy_requests.published(connection, list(bodies))
            for one in (one for one in waiting if one.request_id not in bodies):
                log.error("a request of operations cannot be sent: its row was not written by the pages")
                remedy_requests.cannot_be_sent(connection, one)
        metrics.REQUESTS.inc(len(bodies))
        log.info("published %d request(s) of operations", len(bodies))
        return len(bodies)

    def _hold(self, boards: set[str]) -> None:
        """Log once which boards' requests wait, and show their number as a metric."""
        for board in sorted(boards - self._logged):
            log.error("requests for board %s wait: the register in force does not list it", board)
        self._logged = boards
        metrics.BOARDS_HELD.set(len(boards))


def _partitions(register_dir: Path) -> dict[str, int]:
    """Board -> partition; empty while the register cannot be read, so that requests wait."""
    try:
        register = load_register(register_dir, clock.today())
    except RegisterError:
        return {}
    return {board.code: board.partition for board in register.boards}
