"""Asks a broker whether it is there, with the smallest request of the protocol and no client's retries."""

from __future__ import annotations

import socket
import ssl
import struct

_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)
"""Request header of ApiVersions v0: key, version, correlation id, null client id; the body is empty."""


def answers(bootstrap: str, timeout: float = 1, tls: bool = False) -> bool:
    """Whether the broker at `host:port` answers an ApiVersions request without error; over TLS nothing is checked."""
    host, _, port = bootstrap.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout) as plain, _wrapped(plain, tls) as connection:
            connection.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
            head = connection.makefile("rb").read(10)
    except OSError:
        return False
    return len(head) == 10 and struct.unpack(">iih", head)[1:] == (1, 0)


def _wrapped(connection: socket.socket, tls: bool) -> socket.socket:
    if not tls:
        return connection
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection)
