"""A small HTTP server that no client can keep from answering the others.

It has one thread and waits for no socket. So many connections may be open at once; with one more the oldest is closed,
not the newcomer refused, so that nobody can lock Prometheus out by holding them. Who was looked at longest ago comes
first, a newcomer at once. What all of it may cost the process is bounded, too.
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
"""Connections that the kernel keeps until they are accepted; a longer row would be tried again after a second."""
AT_ONCE = 16
"""Connections with something to do that one turn takes."""
NEWCOMERS = 64
"""Connections that one turn accepts."""
LOOK_SECONDS = 0.25
"""Between two looks for connections whose time is over."""
REST = 1.0
"""Seconds that the thread rests for one that it computed: under any load half a core is left."""
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
            except Exception as error:  # whatever a client or a check has caused: the next turn is another
                self._tell(error)
                time.sleep(LOOK_SECONDS)
        for connection in self._open:
            connection.close()
        for one in (self._selector, self._listener):
            one.close()

    def _turn(self) -> None:
        found = self._selector.select(LOOK_SECONDS)
        began = time.thread_time()
        ready = [key.data for key, _ in found if key.data is not None]
        ready.sort(key=lambda connection: connection.stepped)
        for connection in ready[:AT_ONCE]:
            self._step(connection)
        if any(key.fileobj is self._listener for key, _ in found):
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
            # Most often its request is there already.
            self._step(connection)

    def _step(self, connection: Connection) -> None:
        if connection not in self._open:
            return
        wrote, answered = connection.writing, connection.answered
        try:
            stays = connection.step(time.monotonic())
        except Exception as error:  # a fault of ours costs this connection
            self._tell(error)
            stays = False
        if not stays:
            self._drop(connection)
            return
        if connection.writing != wrote:
            wanted = selectors.EVENT_WRITE if connection.writing else selectors.EVENT_READ
            self._selector.modify(connection.socket, wanted, connection)
        if connection.answered != answered:
            # The youngest again, or of no use any more.
            self._open.move_to_end(connection, last=not connection.last)

    def _drop_late(self) -> None:
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            for connection in [one for one in self._open if one.deadline < now]:
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

    def _tell(self, error: Exception) -> None:
        """Once: a client must not be able to fill the log."""
        if not self._faulty:
            self._faulty = True
            log.error("a fault in the health server: %s", where(error))
