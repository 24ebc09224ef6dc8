"""Clients that keep a server busy, and an honest one that is measured beside them."""

from __future__ import annotations

import contextlib
import http.client
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

PATHS = ("/live", "/ready", "/metrics")
GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
Attack = Callable[[int], AbstractContextManager[object]]


def ask(port: int, path: str, method: str = "GET", seconds: float = 10) -> tuple[int, str]:
    """Status and body of one request on a connection of its own; OSError when there is no answer in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except http.client.HTTPException:
        raise ConnectionError("no whole answer") from None
    finally:
        connection.close()


def slowest(port: int, seconds: float, give_up: float = 5) -> float:
    """The longest that an honest client waited for an answer while it asked all paths for so many seconds; `give_up` if
    one never came."""
    worst, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        for path in PATHS:
            began = time.monotonic()
            try:
                ask(port, path, seconds=give_up)
            except OSError:
                return give_up
            worst = max(worst, time.monotonic() - began)
        time.sleep(0.02)
    return worst


def connect(port: int) -> socket.socket:
    """A connection."""
    return socket.create_connection(("127.0.0.1", port), 10)


@contextmanager
def silent(port: int, number: int = 200) -> Iterator[list[socket.socket]]:
    """Connections on which nothing is ever sent."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, number + 500)), hard))
    try:
        with ExitStack() as stack:
            yield [stack.enter_context(connect(port)) for _ in range(number)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def _repeating(number: int, act: Callable[[threading.Event], None]) -> Iterator[None]:
    """Threads that do one thing again and again; a lost connection does not stop them."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                act(stop)
            stop.wait(0.001)

    threads = [threading.Thread(target=run, name="hostile") for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(15)


def _sent(
    *, first: bytes, again: bytes, pause: float, end: bool = False, read: bool = False, number: int = 8
) -> Attack:
    def attack(port: int) -> AbstractContextManager[object]:
        def act(stop: threading.Event) -> None:
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                connection.settimeout(2)
                connection.connect(("127.0.0.1", port))
                connection.sendall(first)
                if end:
                    connection.shutdown(socket.SHUT_WR)
                    stop.wait(2)
                while again and not stop.wait(pause):
                    connection.sendall(again)
                    if read and not connection.recv(65_536):
                        return

        return _repeating(number, act)

    return attack


ATTACKS: dict[str, Attack] = {
    "silent": silent,
    "slow writers": _sent(first=b"GET /li", again=b"x", pause=1, number=24),
    "slow readers": _sent(first=GET, again=GET, pause=1, number=24),
    "half open": _sent(first=b"GET /live HTTP/1.1\r\nHo", again=b"", pause=0, end=True),
    "half open after a request": _sent(first=GET, again=b"", pause=0, end=True),
    "connects": _sent(first=b"", again=b"", pause=0),
    "requests without end": _sent(first=GET, again=GET, pause=0, read=True),
    "pipelined": _sent(first=GET * 400, again=GET * 400, pause=0.001),
    "headers without end": _sent(first=b"GET /live HTTP/1.1\r\n", again=b"X: " + b"y" * 1000 + b"\r\n", pause=0),
    "a line without end": _sent(first=b"GET /", again=b"y" * 4000, pause=0),
    "a body without end": _sent(
        first=b"POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n", again=b"y" * 4000, pause=0
    ),
    "no HTTP": _sent(first=b"\x16\x03\x01\x02\x00\x01\xff\n\n\r\n\r\n", again=b"", pause=0),
}
"""What holds one connection, or many, for as long as the server lets it."""
