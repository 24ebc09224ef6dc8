"""Reads addresses from settings, `host:port[,host:port]`, and checks whether anything listens there."""

from __future__ import annotations

import socket
from typing import NamedTuple

KAFKA_PORT = 9092
"""The port where none is given."""
LISTEN_SECONDS = 3.0
"""How long a listener may take to accept a connection before it counts as away."""


class Address(NamedTuple):
    """A host, without the brackets of IPv6, and a port."""

    host: str
    port: int


def addresses(text: str) -> list[Address]:
    """Every address of a setting, in order; one without a readable port gets Kafka's."""
    return [_address(part.strip()) for part in text.split(",")]


def listens(address: Address, within: float = LISTEN_SECONDS) -> bool:
    """Whether anything accepts a connection there within so many seconds."""
    try:
        socket.create_connection(address, within).close()
    except OSError:
        return False
    return True


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    address = (
        Address(host.strip("[]"), int(port)) if port.isdecimal() and host else Address(text.strip("[]"), KAFKA_PORT)
    )
    return address if 0 < address.port < 65536 else Address(address.host, KAFKA_PORT)
