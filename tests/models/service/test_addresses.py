"""Addresses are read one way, and whoever listens is found."""

from __future__ import annotations

import socket

import pytest

from models.service.addresses import KAFKA_PORT, addresses, listens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:9094", [("127.0.0.1", 9094)]),
        ("one:9092, two:9093", [("one", 9092), ("two", 9093)]),
        ("[::1]:9095", [("::1", 9095)]),
        ("broker", [("broker", KAFKA_PORT)]),
        ("broker:http", [("broker:http", KAFKA_PORT)]),
        ("broker:70000", [("broker", KAFKA_PORT)]),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, found: list[tuple[str, int]]) -> None:
    assert addresses(text) == found


def test_who_listens_is_found_and_who_does_not_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        [there] = addresses(f"127.0.0.1:{server.getsockname()[1]}")
        assert listens(there)
    assert not listens(there)
