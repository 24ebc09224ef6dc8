"""A board's signals: those about children judged once a fortnight, all stored, then told.

A replay tells the stored ones again and dates nothing anew.

The table `signals` holds, by board: the last publication day, each signal's life, the operational signals as told, and
the full alert records, which stay here. It is written by the requests agent alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Row, decode
from analysis.signals import alert, life
from analysis.signals.evidence import evidence
from analysis.signals.history import lives_after, publication_days
from analysis.signals.life import SignalLife
from analysis.signals.operational import operational
from analysis.signals.places import Places, places_of
from analysis.signals.thresholds import thresholds_of
from analysis.silence import heard
from models.contract import topics
from models.register import Board, Register
from models.service.clock import LONDON
from models.signals import CHILD_KINDS, OperationalSignal, RequestScan, Signal
from streams import metrics
from streams.outputs import Out
from streams.standing import Standing

PUBLISHED_AT = time(6)
"""London time of the daily publication: the same for every board and every signal."""

Pair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class BoardSignals:
    """What a board's signals come to: everything that is to be stored."""

    lives: tuple[SignalLife, ...]
    operational: tuple[OperationalSignal, ...]
    alerts: dict[str, bytes] = field(repr=False)
    published: date | None


@dataclass(frozen=True, slots=True)
class _Stored:
    published: date | None
    lives: list[SignalLife]
    operational: list[OperationalSignal]


@dataclass(slots=True)
class Signals:
    """The table `signals`, and what is needed to fill it."""

    register: Register
    keys: RoundingKeys = field(repr=False)
    """For the noise of the gate: the ledger's own."""
    table: MutableMapping[bytes, bytes] = field(repr=False)
    remedies: Standing = field(default_factory=Standing, repr=False)
    _places: dict[str, Places] = field(default_factory=dict, repr=False)
    _asked: set[tuple[str, date]] = field(default_factory=set, repr=False)

    def due(self, board: Board, at: datetime) -> bool:
        """Whether today's publication of a live board is to be asked for: after six, London time, once."""
        local = at.astimezone(LONDON)
        published = self.published(board.code)
        if at < board.live_from or local.time() < PUBLISHED_AT or (board.code, local.date()) in self._asked:
            return False
        return published is None or published < local.date()

    def daily_request(self, board: Board, at: datetime) -> Out:
        """The request for today's publication."""
        day = at.astimezone(LONDON).date()
        self._asked = {key for key in self._asked if key[1] >= day} | {(board.code, day)}
        return request_out(board, f"signals-{board.code.lower()}-{day:%Y%m%d}", at, publish=True)

    async def answer(self, request: RequestScan, rows: list[Pair]) -> BoardSignals | None:
        """Judge a board; nothing for one that the register does not list. Counting runs beside the loop."""
        board = self.register.board_by_code.get(request.board)
        if board is None:
            return None
        if board.code not in self._places and board.wards:
            self._places[board.code] = await asyncio.to_thread(places_of, board)
        stored = _Stored(
            self.published(board.code),
            [life.decode(value) for value in self._stored("life", board.code)],
            self.operational(board.code),
        )
        with metrics.FULL_SCAN_SECONDS.time():
            return await asyncio.to_thread(self._judge, board, request, rows, stored, self.held())

    def keep(self, board: str, told: BoardSignals) -> None:
        """Write everything to the table: to be confirmed before it is told."""
        for one in told.lives:
            self.table[_key("life", board, one.signal.signal_id)] = life.encode(one)
        for signal in told.operational:
            self.table[_key("operational", board, signal.signal_id)] = signal.model_dump_json().encode()
        for kind, body in told.alerts.items():
            self.table[_key("alerts", board, kind)] = body
        if told.published is not None:
            self.table[_key("day", board, "published")] = told.published.isoformat().encode()

    def emitted(self, told: BoardSignals, request: RequestScan) -> list[Out]:
        """The records for the topic. The daily run tells what today changed, any other request tells all again."""
        today = request.requested_at.astimezone(LONDON).date()
        outs = []
        every: list[Signal | OperationalSignal] = [*(one.signal for one in told.lives), *told.operational]
        for signal in every:
            if not request.publish or signal.updated_on == today:
                outs.append(Out(topics.SIGNALS, 0, signal.signal_id.encode(), signal.model_dump_json().encode()))
        metrics.SIGNALS_TOLD.inc(len(outs))
        return outs

    def held(self) -> dict[str, date]:
        """Agencies whose raw topic is not read, and the London day since when."""
        return {agency: hold.at.astimezone(LONDON).date() for agency, hold in self.remedies.holds.items() if hold.held}

    def published(self, board: str) -> date | None:
        """The last publication day of a board."""
        stored = self.table.get(_key("day", board, "published"))
        return date.fromisoformat(stored.decode()) if stored else None

    def told(self, board: str) -> list[Signal]:
        """The signals about children of a board, closed ones included: readers keep what they once saw."""
        return [life.decode(value).signal for value in self._stored("life", board)]

    def operational(self, board: str) -> list[OperationalSignal]:
        """The operational signals of a board as last told."""
        return [OperationalSignal.model_validate_json(value) for value in self._stored("operational", board)]

    def _stored(self, what: str, board: str) -> Iterator[bytes]:
        prefix = _key(what, board, "")
        return (self.table[key] for key in sorted(k for k in self.table if k.startswith(prefix)))

    def _judge(
        self, board: Board, request: RequestScan, rows: list[Pair], stored: _Stored, held: Mapping[str, date]
    ) -> BoardSignals:
        """In a thread: touches no table."""
        today = request.requested_at.astimezone(LONDON).date()
        decoded = rows_of(rows)
        history = request.requested_at < board.live_from
        days = publication_days(today, stored.published, history) if history or request.publish else []
        lives = stored.lives
        records: dict[str, bytes] = {}
        places = self._places.get(board.code)
        if places is not None:
            seen = evidence(decoded, board.live_from)
            lives = lives_after(lives, seen, places, days, self.keys, thresholds_of(board))
            for kind in CHILD_KINDS:
                records[kind] = alert.encode(alert.alerts(seen, kind, places, board.boundary_set, today))
        agencies = self.register.agencies_of(board.code)
        signs = heard(row for _, row in decoded)
        now_standing = operational(
            stored.operational, board.code, agencies=agencies, signs=signs, held=held, today=today
        )
        # Days of a fortnight that is judged already are published too: operational signals are told on any day.
        published = today if history or request.publish else stored.published
        if stored.published is not None and published is not None:
            published = max(published, stored.published)
        return BoardSignals(tuple(lives), tuple(now_standing), records, published)


def rows_of(stored: Iterable[Pair]) -> list[tuple[str, Row]]:
    """Rows as stored, decoded."""
    return [(key.decode(), decode(value)) for key, value in stored]


def request_out(board: Board, request_id: str, at: datetime, publish: bool) -> Out:
    """A request of the ledger to itself: only the requests agent writes the table."""
    request = RequestScan(request_id=request_id, board=board.code, requested_at=at, publish=publish)
    return Out(topics.REQUESTS, board.partition, request_id.encode(), request.model_dump_json().encode())


def _key(what: str, board: str, rest: str) -> bytes:
    return f"{what}|{board}|{rest}".encode()
