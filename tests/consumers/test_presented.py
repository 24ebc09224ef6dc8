"""The sink sees when Kafka's and PostgreSQL's certificates run out, also once they have, and trusts nothing for it."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from consumers import presented
from consumers.settings import SinkSettings
from demo.processes import free_port
from models.service.certificates import NOT_AFTER, earliest
from models.store import tls
from tests.support.waiting import poll_until

Serve = Callable[[bytes], int]


@pytest.fixture(autouse=True)
def _nothing_shown() -> None:
    NOT_AFTER.clear()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A certificate, self-signed, with its key."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=nobody"]
    subprocess.run([*command, "-keyout", "k", "-out", "c.pem"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "c.pem"


@pytest.fixture
def serve(made: Path) -> Iterator[Serve]:
    """Starts a TLS server on a free port; with a first answer, only after eight bytes in clear, as PostgreSQL does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, made.with_name("k"))
    listening: list[socket.socket] = []

    def start(first: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def answer() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                with plain, suppress(OSError):
                    if first:
                        assert plain.recv(8) == bytes.fromhex("0000000804d2162f")
                        plain.sendall(first)
                    with context.wrap_socket(plain, server_side=True) as seen:
                        seen.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listening:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def shown(use: str) -> float | None:
    return REGISTRY.get_sample_value("ypsem_certificate_not_after_seconds", {"file": use})


def test_files_and_servers_are_shown(serve: Serve, made: Path) -> None:
    url = f"postgresql://sink@127.0.0.1:{serve(b'S')}/ypsem?sslmode=verify-full&sslrootcert={made}"
    settings = SinkSettings(
        bootstrap=f"127.0.0.1:{serve(b'')}",
        database_url=url,
        kafka_security_protocol="SSL",
        kafka_ssl_cafile=made,
    )
    stop = threading.Event()
    presented.watch(settings, stop)
    until = earliest(made.read_bytes())
    wanted = dict.fromkeys(("kafka-server", "database-server", "kafka-ca", "database-ca"), until)
    poll_until(lambda: {use: shown(use) for use in wanted} == wanted, 10, "all four are shown")
    assert shown("kafka-client") is None
    stop.set()


def test_a_server_that_does_not_answer_leaves_what_was_seen_of_it(serve: Serve, made: Path) -> None:
    gone = ("127.0.0.1", free_port())
    assert not presented.look("kafka-server", presented.kafka, [gone])
    assert shown("kafka-server") is None
    assert not presented.look("kafka-server", presented.kafka, [gone, ("127.0.0.1", serve(b""))])
    assert shown("kafka-server") == earliest(made.read_bytes())
    assert not presented.look("kafka-server", presented.kafka, [gone])
    assert shown("kafka-server") == earliest(made.read_bytes())


def test_a_database_without_tls_shows_none(serve: Serve) -> None:
    assert not presented.look("database-server", presented.database, [("127.0.0.1", serve(b"N"))])
    assert shown("database-server") is None


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:///var/x.db", None),
        ("postgresql://a@db/x?sslmode=disable", None),
        ("postgresql://a@db/x?sslmode=verify-full&sslrootcert=system", ("db", 5432)),
        ("postgresql://a@db:5433/x?sslmode=require", ("db", 5433)),
    ],
)
def test_a_server_is_asked_where_the_url_says_tls(url: str, place: tuple[str, int] | None) -> None:
    assert tls.server(url) == place
    assert tls.certificates(url) == {}
