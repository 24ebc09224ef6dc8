"""A bench: a Kafka cluster, a database and our services, into which several faults are injected, one after another.

Services reach broker and database through our proxies; producers and the books connect directly. State is kept from
fault to fault: each comparison covers everything that was ever acknowledged on the bench.
"""

from __future__ import annotations

import itertools
import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from demo.brokers.apache import ApacheKafka
from demo.processes import free_port
from models.store import make_engine
from tests.faults.books import Books, Difference, compare_sql, returns_in_sql, wait
from tests.faults.proxy import Proxy
from tests.faults.services import Service, Supervisor
from tests.faults.told import Told
from tests.kafka.road import Services
from tests.support.pace import factor, patience
from tests.support.postgres import PostgresServer

SETTLE_SECONDS = 90
NO_LIMIT = "1000000"
"""The limit of poison, except where poison is the fault."""
SESSION_SECONDS, GIVE_UP_SECONDS, SILENCE_SECONDS = 6, 20, 8
"""Short times, longer on a busy machine: a session, a producer's last try, a silent connection to the database."""
MOST = 3.0
"""Faults wait until these times run out, so none is made longer than this, however busy the machine is."""
_numbers = itertools.count(1)


def _stretched(seconds: int) -> str:
    """A service's setting for this machine as it is now."""
    return str(round(seconds * min(MOST, factor())))


class PatientKafka(ApacheKafka):
    """Several brokers, which a busy machine takes longer to start."""

    def start(self, timeout: float = 60) -> Self:
        """As for every cluster, with more time on a busy machine."""
        return super().start(patience(timeout))


class ProxiedKafka(PatientKafka):
    """One broker with a second client listener, whose advertised address is a proxy's."""

    def __init__(self, folder: Path, proxy: Proxy, properties: dict[str, str]) -> None:
        super().__init__(folder, 1, properties)
        self._proxy = proxy
        proxy.target = free_port()

    def forget(self) -> None:
        """Delete what the stopped broker has on its disk, its settings included."""
        shutil.rmtree(self._folder / "data-1")
        (self._folder / "node-1.properties").unlink()

    def _generated(self, node: int) -> dict[str, str]:
        lines = super()._generated(node)
        lines["listeners"] += f",NETWORK://127.0.0.1:{self._proxy.target}"
        lines["advertised.listeners"] += f",NETWORK://127.0.0.1:{self._proxy.port}"
        lines["listener.security.protocol.map"] += ",NETWORK:PLAINTEXT"
        return lines


PROPERTIES = {
    # Compaction quick enough for a test; nothing is deleted although the injected clock is not the broker's.
    "log.cleaner.backoff.ms": "500",
    "log.initial.task.delay.ms": "86400000",
}


class Bench:
    """A running pipeline with `brokers` nodes (one: behind a proxy); a context manager."""

    def __init__(self, folder: Path, brokers: int = 1) -> None:
        self.folder = folder / f"bench-{next(_numbers)}"
        self.folder.mkdir(parents=True)
        self.brokers = brokers
        self.told = Told()
        self.network = Proxy()
        self.database_line = Proxy()
        self.postgres = PostgresServer()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.network)
            stack.enter_context(self.database_line)
            self.cluster = self._cluster()
            stack.enter_context(self.cluster)
            near, far = self._database(stack)
            self.bootstrap = self.cluster.bootstrap
            settings = {
                # Small chunks, so that a fault can strike at more points.
                "YPSEM_CHUNK": "200",
                "YPSEM_REPLICATION": str(self.brokers),
                "YPSEM_SINK_LEASE_SECONDS": "3",
                "YPSEM_SINK_POLL_MS": "200",
                "YPSEM_SESSION_TIMEOUT": _stretched(SESSION_SECONDS),
                "YPSEM_GIVE_UP_AFTER": _stretched(GIVE_UP_SECONDS),
                "YPSEM_POISON_LIMIT": NO_LIMIT,
            }
            self.services = Services(self.bootstrap, self.folder / "run", far, settings)
            self.direct = {"YPSEM_BOOTSTRAP": self.bootstrap}
            if self.brokers == 1:
                self.services.environment["YPSEM_BOOTSTRAP"] = f"127.0.0.1:{self.network.port}"
            self.supervisor = Supervisor(self.services)
            stack.callback(self.supervisor.stop)
            self.books = Books(self.bootstrap)
            stack.callback(lambda: self.books.close())
            self.engine: Engine = make_engine(near)
            stack.callback(self.engine.dispose)
            for role in ("intake", "ledger", "sink"):
                self.supervisor.start(role)
            self.supervisor.wait_ready(120)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _cluster(self) -> ApacheKafka:
        if self.brokers == 1:
            return ProxiedKafka(self.folder / "kafka", self.network, PROPERTIES)
        return PatientKafka(self.folder / "kafka", self.brokers, PROPERTIES | {"min.insync.replicas": "2"})

    def _database(self, stack: ExitStack) -> tuple[str, str]:
        """The database's URL for the harness, and for the sink."""
        near = stack.enter_context(self.postgres).url
        self.database_line.target = near.port or 5432
        far = near.set(port=self.database_line.port).update_query_dict({"silence_seconds": _stretched(SILENCE_SECONDS)})
        return near.render_as_string(hide_password=False), far.render_as_string(hide_password=False)

    def lose_disks(self) -> None:
        """The broker ends and everything it had is gone; it comes up empty."""
        assert isinstance(self.cluster, ProxiedKafka)
        self.cluster.kill_node(1)
        self.cluster.forget()
        self.cluster.start()
        self.books.close()
        self.books = Books(self.bootstrap)

    def of(self, role: str) -> Service:
        """The bench's own service of a role."""
        return self.supervisor.of(role)

    def mid_stream(self) -> bool:
        """Whether acknowledged messages are still on their way to the ledger."""
        return not (self.books.read_up() and self.books.settled(self.told))

    def settled(self) -> bool:
        """Whether the ledger and SQL have everything; what has ended meanwhile is started again."""
        self.supervisor.mend()
        return self.books.read_up() and self.books.settled(self.told) and self._stored()

    def _stored(self) -> bool:
        return returns_in_sql(self.engine) == self.told.returns()

    def settle(self, seconds: float = SETTLE_SECONDS) -> float | None:
        """Seconds until the bench was settled, None when it was not in time."""
        return wait(self.settled, seconds)

    def compare(self) -> Difference:
        """Everything ever acknowledged on this bench against receipts, ledger, measures and SQL."""
        self.books.read_up()
        found = self.books.compare(self.told)
        compare_sql(self.told, self.engine, found)
        return found
