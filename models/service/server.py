"""A small HTTP server that answers the others whatever one client does.

It has one thread and blocks on no socket. The number of open connections is limited. One more closes the oldest instead
of being refused, so nobody can lock Prometheus out by holding connections. A new connection is served at once; after
that, the one that has waited longest comes first. The processor time that the thread may use is limited too.
"""

from __future__ import annotations

import errno
import logging
import resource
import selectors
import socket
import threading
import time
from collections import OrderedDict
from types import TracebackType
from typing import Self

from models.service.connection import Answers, Connection
from models.service.errors import ForeseenError
from models.service.faults import where

log = logging.getLogger(__name__)

MOST = 128
"""Connections at once, or an eighth of the files that the process may open, where that is less."""
WAITING = 1024
"""Connections that the kernel queues until they are accepted; beyond that, clients try again after a second."""
AT_ONCE = 16
"""Most connections that one turn serves."""
NEWCOMERS = 64
"""Most connections that one turn accepts."""
LOOK_SECONDS = 0.25
"""Seconds between two checks for connections that are past their deadline."""
REST = 1.0
"""Seconds of rest for each second of computing, so that the thread never uses more than half a core."""
OUT_OF_FILES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class PortTaken(ForeseenError):
    """The port cannot be listened on; the message says what to do."""


class Server:
    """Answers GET and HEAD on one port, on a daemon thread of its own, until closed; a context manager."""

    def __init__(self, answers: Answers, host: str, port: int) -> None:
        """Listen; port 0 is any free one. Raises `PortTaken`."""
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._listener = socket.create_server((host, port), family=family, backlog=WAITING)
        except (OSError, OverflowError):
            raise PortTaken(
                f"the metrics port {port} cannot be opened: another process has it, or its address is not this "
                "machine's; stop the other, or set YPSEM_METRICS_PORT or YPSEM_METRICS_HOST"
            ) from None
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        """The port it listens on."""
        self._answers = answers
        self._most = max(8, min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 8))
        self._open: OrderedDict[Connection, None] = OrderedDict()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._bell, self._rope = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._looked = 0.0
        self._faulty = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and close every connection; returns when that is done."""
        if not self._closing:
            self._closing = True
            self._rope.send(b"x")
            self._thread.join(5)
            self._rope.close()
            self._bell.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while not self._closing:
            try:
                self._turn()
            except Exception as error:  # caused by a client or a check: go on with the next turn
                self._log_once(error)
                time.sleep(LOOK_SECONDS)
        for connection in self._open:
            connection.close()
        for opened in (self._selector, self._listener):
            opened.close()

    def _turn(self) -> None:
        events = self._selector.select(LOOK_SECONDS)
        began = time.thread_time()
        ready = [key.data for key, _ in events if key.data is not None]
        ready.sort(key=lambda connection: connection.stepped)
        for connection in ready[:AT_ONCE]:
            self._step(connection)
        if any(key.fileobj is self._listener for key, _ in events):
            self._accept()
        self._drop_late()
        time.sleep(REST * (time.thread_time() - began))

    def _accept(self) -> None:
        for _ in range(NEWCOMERS):
            try:
                client, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in OUT_OF_FILES and not self._drop_oldest():
                    time.sleep(LOOK_SECONDS)
                    return
                continue
            if len(self._open) >= self._most:
                self._drop_oldest()
            connection = Connection(client, self._answers, time.monotonic())
            self._open[connection] = None
            self._selector.register(client, selectors.EVENT_READ, connection)
            # Its request has usually arrived already.
            self._step(connection)

    def _step(self, connection: Connection) -> None:
        if connection not in self._open:
            return
        wrote, answered = connection.writing, connection.answered
        try:
            stays = connection.step(time.monotonic())
        except Exception as error:  # a fault in our code ends this connection only
            self._log_once(error)
            stays = False
        if not stays:
            self._drop(connection)
            return
        if connection.writing != wrote:
            wanted = selectors.EVENT_WRITE if connection.writing else selectors.EVENT_READ
            self._selector.modify(connection.socket, wanted, connection)
        if connection.answered != answered:
            # It counts as the youngest again, or is about to end.
            self._open.move_to_end(connection, last=not connection.last)

    def _drop_late(self) -> None:
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            for connection in [candidate for candidate in self._open if candidate.deadline < now]:
                self._drop(connection)

    def _drop_oldest(self) -> bool:
        """Close the connection that was accepted or answered longest ago; False when there is none."""
        if not self._open:
            return False
        self._drop(next(iter(self._open)))
        return True

    def _drop(self, connection: Connection) -> None:
        del self._open[connection]
        self._selector.unregister(connection.socket)
        connection.close()

    def _log_once(self, error: Exception) -> None:
        """Log the first fault only: a client must not be able to fill the log."""
        if not self._faulty:
            self._faulty = True
            log.error("a fault in the health server: %s", where(error))
