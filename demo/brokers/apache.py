"""Real Apache Kafka (KRaft): one broker or several, from the jars, on this machine.

For tests of crashes, rebalances and security, and for `python -m demo --broker kafka`. Every node is broker and
controller. Data stay in the folder given, so a stopped cluster can be started again where it was.
"""

from __future__ import annotations

import base64
import signal
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.brokers.answer import answers
from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import class_path, java
from demo.processes import ChildProcess, free_port, start

_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
"""A small heap and the quick compiler: a test's broker lives for seconds and shares the machine."""


class ApacheKafka:
    """A cluster of `brokers` nodes, a context manager; `bootstrap` lists its client listeners.

    `properties` override the generated ones on every node, e.g. `listener.security.protocol.map` to put SASL on
    the listener CLIENTS (INTERNAL and CONTROLLER carry the traffic between nodes).
    """

    def __init__(self, folder: Path, brokers: int = 1, properties: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._ports = [(free_port(), free_port(), free_port()) for _ in range(brokers)]
        self._extra = dict(properties or {})
        self._cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._command: list[str] = []
        self.children: dict[int, ChildProcess] = {}
        """Running nodes by node id, from 1."""

    @property
    def bootstrap(self) -> str:
        """`host:port` of every node, comma-separated."""
        return ",".join(f"127.0.0.1:{clients}" for clients, _, _ in self._ports)

    @property
    def internal(self) -> str:
        """`host:port` of every node's listener INTERNAL, for administering a cluster whose CLIENTS need a login."""
        return ",".join(f"127.0.0.1:{internal}" for _, internal, _ in self._ports)

    def start(self, timeout: float = 60) -> Self:
        """Start every node that does not run, and wait until each answers a Kafka request.

        Raises `BrokerMissing` when Java or the jars cannot be had, `ChildFailed` when a node does not come up.
        """
        self._command = [java(), *_JVM, "-cp", class_path()]
        try:
            for node in range(1, len(self._ports) + 1):
                if node not in self.children:
                    self.start_node(node)
            for node, child in self.children.items():
                clients = f"127.0.0.1:{self._ports[node - 1][0]}"
                child.wait_until(lambda clients=clients: answers(clients, tls=self._tls), timeout)  # type: ignore[misc]
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def _tls(self) -> bool:
        protocols = self._extra.get("listener.security.protocol.map", "")
        return any(f"CLIENTS:{protocol}" in protocols.split(",") for protocol in ("SSL", "SASL_SSL"))

    def start_node(self, node: int) -> None:
        """Start one node without waiting for it; its data folder is formatted the first time."""
        config = self._folder / f"node-{node}.properties"
        if not config.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            lines = {**self._generated(node), **self._extra}
            config.write_text("".join(f"{key}={value}\n" for key, value in lines.items()), "utf-8")
            self._format(config)
        log = self._folder / f"node-{node}.log"
        self.children[node] = start(f"Kafka node {node}", [*self._command, "kafka.Kafka", str(config)], log)

    def stop(self, timeout: float = 6) -> None:
        """Stop every node in order; the data stay."""
        for child in self.children.values():
            child.send(signal.SIGTERM)
        for child in self.children.values():
            child.stop(timeout)
        self.children.clear()

    def kill_node(self, node: int) -> None:
        """SIGKILL to one node; `start` brings it back."""
        self.children.pop(node).kill()

    def _format(self, config: Path) -> None:
        tool = [
            *self._command,
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={self._cluster_id}",
            "-c",
            str(config),
        ]
        done = subprocess.run(tool, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise BrokerMissing(f"Kafka's StorageTool failed: {(done.stdout + done.stderr)[-500:]}")

    def _generated(self, node: int) -> dict[str, str]:
        clients, internal, controller = self._ports[node - 1]
        listeners = {"CLIENTS": clients, "INTERNAL": internal, "CONTROLLER": controller}
        addresses = {name: f"{name}://127.0.0.1:{port}" for name, port in listeners.items()}
        copies = str(min(3, len(self._ports)))
        voters = ",".join(f"{number}@127.0.0.1:{ports[2]}" for number, ports in enumerate(self._ports, 1))
        return {
            "process.roles": "broker,controller",
            "node.id": str(node),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INTERNAL",
            "listeners": ",".join(addresses.values()),
            "advertised.listeners": f"{addresses['CLIENTS']},{addresses['INTERNAL']}",
            "listener.security.protocol.map": "CLIENTS:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._folder / f"data-{node}"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "default.replication.factor": copies,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "4",
            # A killed node may register again only when its old session has run out; the default is 9 s.
            "broker.session.timeout.ms": "4000",
            "broker.heartbeat.interval.ms": "500",
            "num.network.threads": "2",
            "num.io.threads": "4",
            "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        }

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
