"""Addresses as settings give them, `host:port[,host:port]`: read, and asked whether anybody listens."""

from __future__ import annotations

import socket
from typing import NamedTuple

KAFKA_PORT = 9092
"""Where no port is given."""
LISTEN_SECONDS = 3.0
"""How long a listener may take to accept a connection before it counts as away."""


class Address(NamedTuple):
    """A host, without the brackets of IPv6, and a port."""

    host: str
    port: int


def addresses(text: str) -> list[Address]:
    """Every address of a setting, in its order; without a readable port it is Kafka's."""
    return [_address(one.strip()) for one in text.split(",")]


def listens(address: Address, within: float = LISTEN_SECONDS) -> bool:
    """Whether somebody accepts a connection there, in so many seconds."""
    try:
        socket.create_connection(address, within).close()
    except OSError:
        return False
    return True


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    found = Address(host.strip("[]"), int(port)) if port.isdecimal() and host else Address(text.strip("[]"), KAFKA_PORT)
    return found if 0 < found.port < 65536 else Address(found.host, KAFKA_PORT)
