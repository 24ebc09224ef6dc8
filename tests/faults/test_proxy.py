"""The proxy really cuts, stalls and slows: otherwise the network faults would prove nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets, one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        while data := connection.recv(4096):
                            connection.sendall(data)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def said(connection: socket.socket, word: bytes) -> bytes:
    connection.sendall(word)
    return connection.recv(4096)


def test_bytes_pass_until_it_is_cut_and_again_when_healed(echo: int) -> None:
    with Proxy(echo) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as line:
            assert said(line, b"one") == b"one"
            proxy.cut()
            with pytest.raises(ConnectionError):
                said(line, b"two")
        assert proxy.connections_cut == 1
        proxy.heal()
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as line:
            assert said(line, b"three") == b"three"


def test_what_was_stalled_arrives_late(echo: int) -> None:
    with Proxy(echo) as proxy, socket.create_connection(("127.0.0.1", proxy.port), 5) as line:
        assert said(line, b"one") == b"one"
        proxy.stall()
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            said(line, b"two")
        assert proxy.bytes_held == 3
        proxy.heal()
        line.settimeout(5)
        assert line.recv(4096) == b"two"


def test_slow_takes_its_time_both_ways(echo: int) -> None:
    with Proxy(echo) as proxy, socket.create_connection(("127.0.0.1", proxy.port), 5) as line:
        proxy.slow(0.1)
        began = time.monotonic()
        assert said(line, b"one") == b"one"
        assert time.monotonic() - began >= 0.2
        assert proxy.pieces_delayed == 2
