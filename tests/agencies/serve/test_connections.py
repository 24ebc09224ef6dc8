"""Connections that show no credential cannot close the intake to everybody: limits by number, address and time."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agencies.serve import metrics
from agencies.serve.answers import PROBLEM
from agencies.serve.connections import REFUSED_AT_ONCE, _neighbours, protocol
from agencies.serve.front import application
from agencies.serve.limits import IntakeLimits
from demo.processes import free_port
from tests.agencies.serve.support import Gateway
from tests.factories import event, wire
from tests.support.waiting import poll_until, unique

SMALL = IntakeLimits(connections=12, per_address=3, head_seconds=0.8, idle_seconds=1.0)
GET = b"GET /fine HTTP/1.1\r\nHost: x\r\n\r\n"
SECRET = "Kanarienvogel"


async def fine(request: Request) -> Response:
    """Answers at once, whatever body may follow."""
    return JSONResponse({})


async def fault(request: Request) -> Response:
    """An error that nobody foresaw, with what was sent in its text."""
    raise ZeroDivisionError(request.headers["x-told"])


@dataclass
class Served:
    """An application of ours under uvicorn, in a thread."""

    port: int

    def connect(self, address: str = "127.0.0.1") -> socket.socket:
        """A connection from an address of this machine."""
        return socket.create_connection(("127.0.0.1", self.port), 10, source_address=(address, 0))

    def ask(self, sent: bytes = GET, address: str = "127.0.0.1") -> bytes:
        """What is answered on a connection of its own."""
        with self.connect(address) as connection:
            return answer_on(connection, sent)


def answer_on(connection: socket.socket, sent: bytes = GET) -> bytes:
    """The answer, head and body; nothing when there is none."""
    try:
        connection.sendall(sent)
        found = b""
        while part := connection.recv(65_536):
            found += part
            head, end, body = found.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: ([0-9]+)", head)
            if end and length and len(body) >= int(length[1]):
                break
    except OSError:
        return b""
    return found


def closed(connection: socket.socket) -> bool:
    """Whether the other side has closed it."""
    connection.settimeout(0.01)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@contextmanager
def served(limits: IntakeLimits = SMALL, *, by_address: bool = True) -> Iterator[Served]:
    """The real stack: uvicorn, our connections, our application."""
    routes = [Route("/fine", fine, methods=["GET", "POST"]), Route("/fault", fault)]

    app = application(routes, {}, lifespan=None)  # type: ignore[arg-type]
    config = uvicorn.Config(
        app, port=0, log_config=None, access_log=False, http=protocol(limits, by_address=by_address),
        loop="agencies.serve.connections:Loop", timeout_keep_alive=int(limits.idle_seconds), lifespan="off",
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        poll_until(lambda: server.started, 10)
        yield Served(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def count(code: str) -> float:
    return float(metrics.REQUESTS.labels(code)._value.get())


def dropped(gateway: Gateway) -> float:
    """The counter, as a scrape sees it."""
    text = gateway.watched("/metrics").body.decode()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("ypsem_gateway_dropped_conn"))


def test_a_connection_without_a_request_is_closed_and_the_next_is_served() -> None:
    with served() as server, ExitStack() as stack:
        began = time.monotonic()
        before = metrics.DROPPED._value.get()
        idle = [stack.enter_context(server.connect(f"127.0.0.{n}")) for n in range(2, 6) for _ in range(3)]
        assert server.ask(address="127.0.0.9").startswith(b"HTTP/1.1 503")
        poll_until(lambda: all(map(closed, idle)), 5)
        assert time.monotonic() - began > 0.7
        assert server.ask(address="127.0.0.9").startswith(b"HTTP/1.1 200")
        assert metrics.DROPPED._value.get() - before == len(idle)


@pytest.mark.parametrize(
    "trickled",
    [b"", b"GET /fine HTTP/1.1\r\n", GET, b"POST /fine HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n"],
    ids=["nothing-first", "half-a-head", "after-an-answer", "rest-of-a-body-nobody-reads"],
)
def test_trickling_bytes_buys_no_time(trickled: bytes) -> None:
    with served() as server, server.connect() as connection:
        connection.sendall(trickled)
        began = time.monotonic()
        connection.settimeout(0.05)
        while True:
            assert time.monotonic() - began < 6, "the connection is kept for a byte now and then"
            try:
                connection.sendall(b"X")
                if connection.recv(4096) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break


def test_a_request_under_way_and_a_kept_connection_are_left_alone() -> None:
    with served() as server, server.connect() as connection:
        for _ in range(4):
            assert answer_on(connection).startswith(b"HTTP/1.1 200")
            assert not closed(connection)
            connection.settimeout(10)
        poll_until(lambda: closed(connection), 5)


def test_too_many_are_told_so_in_our_own_form() -> None:
    with served() as server, ExitStack() as stack:
        before = count("503"), count("429")
        for n in range(2, 6):
            for _ in range(3):
                stack.enter_context(server.connect(f"127.0.0.{n}"))
        full = server.ask(address="127.0.0.9")
        crowd = server.ask(address="127.0.0.2")
    for answer, status, seconds in ((full, b"503", b"5"), (crowd, b"429", b"1")):
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 " + status), answer
        assert b"content-type: " + PROBLEM.encode() in head
        assert b"retry-after: " + seconds in head
        assert b"cache-control: no-store" in head
        assert b"connection: close" in head.lower()
        assert b"too many connections" in body
    assert (count("503"), count("429")) == (before[0] + 1, before[1] + 1)


def test_one_address_cannot_fill_the_house() -> None:
    with served(replace(SMALL, connections=40, head_seconds=30)) as server, ExitStack() as stack:
        crowd = [stack.enter_context(server.connect("127.0.0.2")) for _ in range(60)]
        poll_until(lambda: sum(map(closed, crowd)) >= 60 - SMALL.per_address - REFUSED_AT_ONCE, 5)
        assert server.ask(address="127.0.0.3").startswith(b"HTTP/1.1 200")
        poll_until(lambda: sum(map(closed, crowd)) >= 60 - SMALL.per_address, 5)
        assert server.ask(address="127.0.0.2").startswith(b"HTTP/1.1 429")
        for connection in crowd:
            connection.close()
        poll_until(lambda: server.ask(address="127.0.0.2").startswith(b"HTTP/1.1 200"), 5)


def test_behind_a_proxy_addresses_are_not_told_apart() -> None:
    with served(by_address=False) as server, ExitStack() as stack:
        for _ in range(11):
            stack.enter_context(server.connect())
        assert server.ask().startswith(b"HTTP/1.1 200")


def test_addresses_of_one_customer_are_one() -> None:
    assert _neighbours("2001:db8:1:2::1") == _neighbours("2001:db8:1:2:ffff::9") != _neighbours("2001:db8:1:3::1")
    assert _neighbours("192.0.2.1") != _neighbours("192.0.2.2")
    assert _neighbours("fe80::1%eth0") == _neighbours("fe80::2")
    assert _neighbours("") == ""


def test_an_unforeseen_error_is_answered_in_our_own_form(caplog: pytest.LogCaptureFixture) -> None:
    with served() as server:
        answer = server.ask(f"GET /fault HTTP/1.1\r\nHost: x\r\nX-Told: {SECRET}\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500")
    assert b"content-type: " + PROBLEM.encode() in head
    assert b"A fault in the service" in body
    assert SECRET not in caplog.text + answer.decode()
    assert "ZeroDivisionError at" in caplog.text


@pytest.mark.slow
def test_with_tls_the_key_is_nobody_elses_and_a_silent_handshake_ends(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    gateway = Gateway(tmp_path, f"127.0.0.1:{free_port()}")
    tls = ("--tls-cert", str(cert), "--tls-key", str(key))
    key.chmod(0o640)
    stopped = gateway.start(*tls, wait=False)
    assert stopped.wait(30) == 2
    assert "others can read this key; run: chmod 600" in stopped.tail()
    key.chmod(0o600)
    gateway.start(*tls)
    with gateway, socket.create_connection(("127.0.0.1", gateway.port), 10) as silent:
        began = time.monotonic()
        trusted = ssl.create_default_context(cafile=str(cert))
        client = http.client.HTTPSConnection("127.0.0.1", gateway.port, timeout=10, context=trusted)
        client.request("GET", "/v1/openapi.json")
        assert client.getresponse().status == 200
        client.close()
        poll_until(lambda: closed(silent), IntakeLimits().head_seconds + 10)
        assert time.monotonic() - began > IntakeLimits().head_seconds / 2


@pytest.mark.embedded
@pytest.mark.slow
def test_six_hundred_idle_connections_close_the_intake_to_nobody(tmp_path: Path, fresh_embedded_broker: str) -> None:
    limits = IntakeLimits()
    gateway = Gateway(tmp_path, fresh_embedded_broker, environment={"YPSEM_KAFKA_IDEMPOTENCE": "false"})
    gateway.make_topics()
    with gateway, ExitStack() as stack:
        began = time.monotonic()
        address = ("127.0.0.1", gateway.port)
        # Loopback is told apart by no address: the limit of all is what is filled here.
        for _ in range(limits.connections + 8):
            stack.enter_context(socket.create_connection(address, 10))
        refused = gateway.send("/v1/events", wire(event(record=unique("a"))))
        assert (refused.status, refused.headers["content-type"]) == (503, PROBLEM)
        assert refused.headers["retry-after"] == "5"
        assert gateway.watched("/live").status == 200
        poll_until(lambda: gateway.send("/v1/events", wire(event(record=unique("a")))).status == 202, 30)
        assert time.monotonic() - began < limits.head_seconds + 15
        assert b'ypsem_gateway_requests_total{code="503"}' in gateway.watched("/metrics").body
        poll_until(lambda: dropped(gateway) >= limits.connections, 10)
