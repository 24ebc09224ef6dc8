"""What a worker does beside its chunks: says how it is, watches broker, register and held topics, ends cleanly."""

from __future__ import annotations

import logging
import os
import signal
import time
from typing import Any

import faust

from models.contract import topics
from models.register import Register
from models.service.clock import today
from models.service.exits import START_AGAIN
from models.service.health import Reason
from streams import health, register_watch
from streams.feed.ends import Ends
from streams.feed.stalled import STALLED_AFTER, Stalled
from streams.gaps.lookout import Lookout
from streams.gaps.positions import Positions
from streams.lag import PartitionGauges
from streams.outputs import Outputs
from streams.reach import Reach
from streams.remedies.guard import Guard
from streams.settings import StreamSettings
from streams.worker import stop_loudly, stopped_for

log = logging.getLogger(__name__)

TURN_EVERY = 2.0
"""Seconds between two turns: readiness, lag, and whether the parent is there."""
HELD_LOOK_EVERY = 5.0
"""Seconds between two looks at what retention takes from topics that are held."""
ENDS_LOOK_EVERY = 10.0
"""Seconds between two looks at whether records wait that are not fetched."""


class Upkeep:
    """One worker's. Each method is a turn of one timer, and short: what takes long belongs to an agent."""

    def __init__(
        self, app: faust.App, settings: StreamSettings, outputs: Outputs, guard: Guard, register: Register
    ) -> None:
        self._app = app
        self._settings = settings
        self._outputs = outputs
        self._guard = guard
        self._register = register
        # The embedded broker forgets everything, and what it says of its logs' ends is wrong: nothing can be compared.
        self._lookout = _lookout(settings, outputs, guard, register) if settings.idempotent else None
        self._ends = Ends(settings) if settings.idempotent else None
        self._transport.lookout = self._lookout
        outputs.fence()
        self._reach = Reach(outputs, settings.session_timeout)
        outputs.before_request = self._reach.check
        self._gauges = PartitionGauges()
        self._stalled = Stalled()
        self._is_stalled = False

    @property
    def _transport(self) -> Any:
        return self._app.transport

    @property
    def _consumer(self) -> Any:
        return self._app.consumer

    async def close(self) -> None:
        """Close what was opened; chunks under way have ended."""
        self._guard.follower.stop()
        if self._lookout is not None:
            await self._lookout.stop()
        if self._ends is not None:
            await self._ends.stop()
        await self._outputs.stop()

    def look_at_register(self) -> None:
        """End in good order when another register is in force: the supervisor starts the worker anew."""
        if register_watch.is_stale(self._register, self._settings.register_dir, today()):
            stopped_for.append(START_AGAIN)
            os.kill(os.getpid(), signal.SIGTERM)

    async def look_at_broker(self) -> None:
        """Ask the broker again and again whether it is there, for as long as the worker runs."""
        while not self._app.should_stop:
            await self._reach.look()
            await self._app.sleep(self._reach.look_every)

    def turn(self) -> None:
        """Say how the worker is, set the gauges, and end if the parent has."""
        if self._settings.parent_pid and os.getppid() != self._settings.parent_pid:
            os.kill(os.getpid(), signal.SIGTERM)
        consumer = self._consumer
        health.turned(self._not_ready(bool(consumer.assignment())))
        self._gauges.show(consumer.seen(), consumer.assignment(), self._transport.not_read, time.monotonic())

    async def look_at_held(self) -> None:
        """See what retention takes from topics that nobody reads at present."""
        if not self._app.rebalancing:
            await self._consumer.look_at_held()

    async def look_at_ends(self) -> None:
        """Compare what was fetched with what the broker has, asked by another client than the one that fetches."""
        if self._ends is None:
            return
        places = [] if self._app.rebalancing else self._consumer.fetched()
        ends = await self._ends.of(places) if places else None
        if ends is None or self._app.rebalancing:
            self._stalled.forget()
            stalled = False
        else:
            stalled = self._stalled.look(self._consumer.fetched(), ends, time.monotonic())
        if stalled and not self._is_stalled:
            log.error(
                "fetch-stalled: records wait at the broker, and this worker has fetched none for %.0f s; restart it",
                STALLED_AFTER,
            )
        elif self._is_stalled and not stalled:
            log.warning("fetch-stalled: over; records are fetched again, or none wait")
        self._is_stalled = stalled

    def _not_ready(self, assigned: bool) -> Reason | None:
        if not self._reach.good:
            return Reason.NO_BROKER
        if self._app.rebalancing:
            return Reason.REBALANCING
        if not assigned:
            return Reason.NO_PARTITIONS
        return Reason.FETCH_STALLED if self._is_stalled else None


def keep_up(app: faust.App, settings: StreamSettings, outputs: Outputs, guard: Guard, register: Register) -> None:
    """Have the application do its upkeep by Faust's timers, from its start to its end."""
    upkeep = Upkeep(app, settings, outputs, guard, register)

    @app.on_before_shutdown.connect
    async def _close(*_: object, **__: object) -> None:
        await upkeep.close()

    @app.timer(interval=register_watch.LOOK_EVERY, name=f"{app.conf.id}-register")  # type: ignore[untyped-decorator]
    async def _register() -> None:
        upkeep.look_at_register()

    @app.task  # type: ignore[untyped-decorator]
    async def _reach() -> None:
        await upkeep.look_at_broker()

    @app.timer(interval=TURN_EVERY, name=f"{app.conf.id}-watch")  # type: ignore[untyped-decorator]
    async def _turn() -> None:
        upkeep.turn()

    @app.timer(interval=HELD_LOOK_EVERY, name=f"{app.conf.id}-held")  # type: ignore[untyped-decorator]
    async def _held() -> None:
        await upkeep.look_at_held()

    @app.timer(interval=ENDS_LOOK_EVERY, name=f"{app.conf.id}-ends")  # type: ignore[untyped-decorator]
    async def _ends() -> None:
        await upkeep.look_at_ends()


def _lookout(settings: StreamSettings, outputs: Outputs, guard: Guard, register: Register) -> Lookout:
    agency_of = {topics.raw(agency.id): agency.id for agency in register.agencies}
    return Lookout(Positions(settings), outputs, guard, agency_of, stop_loudly)
