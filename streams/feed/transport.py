"""Faust's aiokafka transport with its acknowledgements made safe for chunks (docs/faust.md).

Faust is pinned; tests/streams and tests/kafka hold what is mended here, and in `streams.feed.places`: where reading
begins and what is committed.

- Stock `_add_gap` also marks the *arriving* offset as read. With chunks that leaves one duplicate acknowledgement per
  chunk, and the committed offset crawls by one chunk per commit cycle.
- A stream acknowledges messages it *skips* because a rebalance overtook them. When the partition comes back to this
  worker that stale acknowledgement lets the commit jump over a chunk before it is handled. Here only a chunk that its
  agent declared done can be acknowledged.
- When a recovery ends, Faust resumes the stream's partitions, *then* seeks them (a request for each), *then* resumes
  the flow, which empties every queue. What was fetched in between was dropped. Here a resumed partition is held back
  until the flow resumes.
- A fetch under way is given the *live* set of active partitions, and an empty set means all: when the changelogs are
  paused at the end of a recovery it may return, and so step over, records of partitions that are not active, after
  they were sought. Here a fetch has its own copy, and seeking waits for a fetch under way.
- A partition without a committed offset was not sought at all. Here every partition is, to where `streams.gaps` says.
- An offset that is not in the log was reset in silence, past whatever the log has lost. Here it is compared and told.
- Aborted records were read. Here only committed ones are, and a commit gets past the markers that nobody is handed.
- A new assignment is active from its first moment; a worker that had no partition before keeps its flow running, so
  it would handle records before their ledger rows are recovered. Here an assignment starts paused.
- Faust takes offsets it never saw for holes in the log and commits past them. Here pieces are numbered since the last
  seek, and an agent that is handed a piece out of turn stops the process: nothing after the lost one is committed.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.consumer import ensure_TPset
from faust.transport.drivers import aiokafka as driver
from mode.utils.futures import notify

from streams.errors import WorkerError
from streams.feed.places import PlacedConsumer, StartFinder
from streams.feed.reached import Reached

NOT_SOUGHT_YET = 0.05
"""Seconds until the next fetch when a partition has neither a commit nor a position yet."""


class ChunkLost(WorkerError):
    """A piece of a partition did not reach its agent; the process must stop and read it again."""


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Makes a consumer that is handed committed records only; Faust does so for exactly-once alone."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer: Any = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer


class ChunkConsumer(PlacedConsumer):
    """Acknowledges what an agent has declared done, and nothing else; gaps end before the message that showed them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._done: WeakSet[Any] = WeakSet()
        self._held: set[Any] = set()
        self._begun: dict[Any, int] = {}
        self._sought_back: set[Any] = set()

    def _new_consumer_thread(self) -> Any:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    def _set_active_tps(self, tps: Any) -> Any:
        """A new assignment: nothing is fetched before `resume_partitions` and `resume_flow`, in that order."""
        self._held.clear()
        self._buffered_partitions.clear()
        self._paused_partitions.update(ensure_TPset(tps))
        self.reached = Reached()
        self._ends.clear()
        return super()._set_active_tps(tps)

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """What is handled is committed by the time this returns; then others may have the partitions."""
        await super().on_partitions_revoked(revoked)
        self.reached.forget(revoked)

    def pause_partitions(self, tps: Any) -> None:
        """Pause fetching, also from a partition that is held back."""
        self._held -= ensure_TPset(tps)
        super().pause_partitions(tps)

    def resume_partitions(self, tps: Any) -> None:
        """Let the partitions be fetched from as soon as the flow resumes, not before."""
        self._held |= ensure_TPset(tps)

    def resume_flow(self) -> None:
        """Fetch from the partitions that were held back: the queues have been emptied, the offsets sought."""
        held, self._held = self._held, set()
        super().resume_partitions(held)
        super().resume_flow()

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:
        """Fetch from the partitions active now; not from topics that are not to be read, whatever resumes them."""
        not_read: frozenset[str] = getattr(self.transport, "not_read", frozenset())
        wanted = {tp for tp in active_partitions if tp.topic not in not_read}
        if not wanted:
            await self.sleep(timeout)
            return {}
        async with self._fetching:
            try:
                records = await super()._getmany(wanted, timeout)
            except OffsetOutOfRangeError as error:
                await self._out_of_range(error.args[0])
                return {}
            except NoOffsetForPartitionError:
                # Assigned a moment ago, never committed, and not sought yet: `perform_seek` is on its way.
                await self.sleep(NOT_SOUGHT_YET)
                return {}
            scheduler: Any = self.scheduler
            scheduler.fetched()
            for tp in wanted:
                if (state := self._state(tp)) is not None:
                    found = records.get(tp)
                    self.reached.read(tp, found[-1].offset if found else None, state.position)
            return records

    async def perform_seek(self) -> None:
        """Seek every partition to where it is to be read on, once no fetch is under way."""
        async with self._fetching:
            await super().perform_seek()
            own = self._own()
            await self._place({tp: self._committed_offset.get(tp) for tp in own}, running=False)
            scheduler: Any = self.scheduler
            scheduler.restart({*self.assignment(), *scheduler.numbers})
            self._begun.clear()
            self._sought_back.clear()

    async def read_again(self, tp: Any, offset: int) -> None:
        """Go back to a chunk that was put off; what is still queued of the partition is `stale` from now on.

        Never past what is committed: after a rebalance that may lie before the chunk.
        """
        async with self._fetching:
            place = min(offset, self._committed_offset[tp] or offset)
            await self.seek(tp, place)
            self.reached.sought(tp, place)
            scheduler: Any = self.scheduler
            scheduler.restart([tp])
            self._begun.pop(tp, None)
            self._sought_back.add(tp)

    def stale(self, message: Any) -> bool:
        """Whether a chunk was queued before its partition was sought back: it will come again."""
        if message.tp in self._sought_back and message.key == 0:
            self._sought_back.discard(message.tp)
        return message.tp in self._sought_back

    def begin(self, message: Any) -> None:
        """An agent is about to handle a chunk; raises `ChunkLost` unless it is the next piece of its partition."""
        number, last = message.key, self._begun.get(message.tp, -1)
        if number not in (0, last + 1):
            raise ChunkLost("a chunk of this partition was fetched and not handled")
        self._begun[message.tp] = number
        message.acked = True

    def done(self, message: Any) -> None:
        """Everything the chunk caused is confirmed: its offset may be committed."""
        message.acked = False
        self._done.add(message)
        if isinstance(message.value, list):
            self.reached.done(message.tp, message.value[-1].offset)

    def leave(self, message: Any) -> None:
        """The chunk is not handled: it is never acknowledged, and read again.

        Streams acknowledge what an agent has left by code of their own, not through `ack`, unless the message says
        that it was done already.
        """
        if message.tp not in self._sought_back:
            self.reached.left(message.tp, message.offset)
        self._drop(message)

    def _drop(self, message: Any) -> None:
        message.acked = True
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)

    def ack(self, message: Any) -> bool:
        """Record the acknowledgement of a chunk that is done; drop any other."""
        if message in self._done:
            self._done.discard(message)
            acked = bool(super().ack(message))
            # A commit may have got past it already, and then Faust keeps it for one that is still to come.
            self._unacked_messages.discard(message)
            return acked
        self._drop(message)
        return False

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        await super()._add_gap(tp, offset_from, offset_to - 1)


class ChunkTransport(driver.Transport):
    """Transport that uses `ChunkConsumer`."""

    Consumer = ChunkConsumer

    not_read: frozenset[str] = frozenset()
    """Topics that an operator or a worker has stopped (streams/remedies)."""

    lookout: StartFinder | None = None
    """Compares offsets at each seek (streams/gaps); without one reading begins at what is committed."""
