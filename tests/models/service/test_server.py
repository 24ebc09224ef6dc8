"""The health server with real sockets: what it keeps, what it closes, and how it answers."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from models.service import connection, server
from models.service.connection import Answer, plain
from models.service.server import PortTaken, Server
from tests.support.hostile import ask, connect, silent
from tests.support.waiting import poll_until

ROOT = Path(__file__).parents[3]
GET = b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n"
SECRET = "Kanarienvogel"
LONG = b"x" * 8_000_000


def answers(path: str) -> Answer:
    """Of a service with an error in it, and an answer that fits into no buffer."""
    if path == "/fault":
        raise ValueError(SECRET)
    return {"/live": Answer(200, b"live\n"), "/long": Answer(200, LONG)}.get(path) or plain(404)


@pytest.fixture
def served() -> Iterator[Server]:
    with Server(answers, "127.0.0.1", 0) as running:
        yield running


def whole(port: int, sent: bytes) -> bytes:
    """All that comes back until the server ends the connection."""
    with connect(port) as one:
        one.sendall(sent)
        found = b""
        while part := one.recv(65_536):
            found += part
        return found


def ended(one: socket.socket) -> bool:
    """Whether the server has closed it."""
    one.settimeout(0.01)
    try:
        return one.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_with_one_too_many_the_oldest_is_closed(served: Server) -> None:
    with silent(served.port, server.MOST) as crowd:
        assert not any(map(ended, crowd))
        with connect(served.port) as newcomer:
            newcomer.sendall(GET)
            assert newcomer.recv(100).startswith(b"HTTP/1.1 200 OK")
        poll_until(lambda: ended(crowd[0]), 5)
        assert not any(map(ended, crowd[1:]))


def test_an_answer_makes_a_connection_the_youngest(served: Server) -> None:
    with connect(served.port) as kept, silent(served.port, server.MOST - 1) as crowd:
        # One that is answered before the others are accepted is the oldest again.
        poll_until(lambda: len(served._open) == server.MOST, 5)
        kept.sendall(GET)
        assert b"200 OK" in kept.recv(100)
        with connect(served.port):
            poll_until(lambda: ended(crowd[0]), 5)
        assert not ended(kept)


@pytest.mark.parametrize("first", [b"", b"GET /live HT", GET], ids=["nothing", "half a head", "a whole request"])
def test_a_byte_now_and_then_buys_no_time(served: Server, first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "EXCHANGE_SECONDS", 0.5)
    with connect(served.port) as one:
        one.sendall(first)
        if first == GET:
            assert b"200 OK" in one.recv(4096)
        one.settimeout(0.05)
        until = time.monotonic() + 5
        while True:
            assert time.monotonic() < until, "kept for a byte now and then"
            try:
                one.sendall(b"x")
                if one.recv(4096) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break


def test_who_does_not_read_is_given_up(served: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "EXCHANGE_SECONDS", 0.5)
    with connect(served.port) as one:
        one.sendall(GET.replace(b"live", b"long"))
        assert one.recv(9) == b"HTTP/1.1 "
        poll_until(lambda: not served._open, 5)
        one.settimeout(5)
        found = 0
        # What the kernel had taken is read, then the end or a reset.
        with suppress(OSError):
            while part := one.recv(65_536):
                found += len(part)
        assert found < len(LONG)


def test_who_reads_slowly_has_all_of_it(served: Server) -> None:
    with connect(served.port) as one:
        one.sendall(GET.replace(b"live", b"long"))
        found = 0
        while found < len(LONG):
            part = one.recv(200_000)
            assert part
            found += len(part)


def test_a_connection_is_kept_for_the_next_scrape_and_not_for_ever(
    served: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.5)
    with connect(served.port) as one:
        for _ in range(3):
            one.sendall(GET)
            answer = one.recv(4096)
            assert answer.endswith(b"\r\n\r\nlive\n")
            assert b"Connection: close" not in answer
        poll_until(lambda: ended(one), 5)


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (b"GET /live HTTP/1.0\r\n\r\n", b"200 OK", b"\r\n\r\nlive\n"),
        (b"GET /live?name[]=x HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n", b"200 OK", b"\r\n\r\nlive\n"),
        (b"HEAD /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200 OK", b"Content-Length: 5\r\n"),
        (GET * 3, b"200 OK", b"Connection: close\r\n"),
        (b"GET /else HTTP/1.0\r\n\r\n", b"404 Not Found", b""),
        (
            b"POST /live HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
            b"405 Method Not Allowed",
            b"\r\nAllow: GET, HEAD\r\n",
        ),
        (b"BREW / HTTP/1.0\r\n\r\n", b"405 Method Not Allowed", b"\r\nAllow: GET, HEAD\r\n"),
        (b"GET /live HTTP/1.1\r\nX: " + b"y" * 20_000, b"431 Request Header Fields Too Large", b""),
        (b"GET /live HTTP/2.0\r\n\r\n", b"400 Bad Request", b""),
        (b"\x16\x03\x01\r\n\r\n", b"400 Bad Request", b""),
        (b"GET /\xff\xfe HTTP/1.0\r\n\r\n", b"404 Not Found", b""),
    ],
    ids=["1.0", "close", "head", "pipelined", "path", "body", "method", "headers", "version", "tls", "bytes"],
)
def test_what_is_answered(served: Server, sent: bytes, status: bytes, told: bytes) -> None:
    answer = whole(served.port, sent)
    assert answer.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert told in answer
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert sent.startswith(b"HEAD") == answer.endswith(b"\r\n\r\n")


def test_a_client_that_has_ended_its_half_is_answered(served: Server) -> None:
    with connect(served.port) as one:
        one.sendall(GET)
        one.shutdown(socket.SHUT_WR)
        assert one.recv(4096).endswith(b"live\n")
        assert one.recv(1) == b""


def test_a_fault_costs_its_own_connection_and_one_line_without_its_text(
    served: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert whole(served.port, b"GET /fault HTTP/1.1\r\n\r\n") == b""
    assert ask(served.port, "/live") == (200, "live\n")
    assert len(caplog.records) == 1
    assert "ValueError at test_server.py" in caplog.text
    assert SECRET not in caplog.text


def test_it_answers_while_the_main_thread_computes(served: Server) -> None:
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        asked = pool.submit(ask, served.port, "/live")
        while not asked.done():
            sum(range(100))
        assert asked.result() == (200, "live\n")
        assert time.monotonic() - began < 1


def test_it_ends_with_all_it_has_open(served: Server) -> None:
    with silent(served.port, 5) as crowd:
        served.close()
        assert all(map(ended, crowd))
        assert "health" not in {thread.name for thread in threading.enumerate()}
        with Server(answers, "127.0.0.1", served.port) as again:
            assert ask(again.port, "/live")[0] == 200


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no host", 0), ("127.0.0.1", 70_000)])
def test_a_port_that_cannot_be_had_is_said_with_what_to_do(host: str, port: int) -> None:
    with pytest.raises(PortTaken, match="set YPSEM_METRICS_PORT or YPSEM_METRICS_HOST"):
        Server(answers, host, port)


def test_a_port_that_another_has_is_said(served: Server) -> None:
    with pytest.raises(PortTaken, match=f"the metrics port {served.port} cannot be opened"):
        Server(answers, "127.0.0.1", served.port)


def test_it_listens_on_ipv6() -> None:
    try:
        running = Server(answers, "::1", 0)
    except PortTaken:
        pytest.skip("no IPv6 here")
    with running, socket.create_connection(("::1", running.port), 5) as one:
        one.sendall(GET)
        assert one.recv(4096).endswith(b"live\n")


WITHOUT_FILES = """
import os, resource, sys
from models.service.connection import Answer
from models.service.server import Server
running = Server(lambda path: Answer(200, b"live\\n"), "127.0.0.1", 0)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
taken = []
try:
    while True:
        taken.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    os.close(taken.pop()), os.close(taken.pop())
print(running.port, flush=True)
sys.stdin.read()
"""


def test_it_answers_with_two_files_left_to_the_process() -> None:
    command = [sys.executable, "-c", WITHOUT_FILES]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process,
        ExitStack() as stack,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        port = int(process.stdout.readline())
        for _ in range(40):
            stack.enter_context(connect(port))
        assert ask(port, "/live") == (200, "live\n")
        process.stdin.close()
