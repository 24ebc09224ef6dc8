"""When the certificates of Kafka and PostgreSQL run out: no file of ours, so the servers are asked to show them.

The sink alone asks, because it uses both. Every client refuses a server whose certificate has run out, all on one day.
"""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence

from consumers.settings import SinkSettings
from models.service import certificates
from models.service.addresses import addresses
from models.service.certificates import CertificateUnreadable
from models.store import tls

log = logging.getLogger(__name__)

LOOK_EVERY = 3600.0
AGAIN_AFTER = 60.0
"""Seconds until the next look after one that not every server answered."""
_TIMEOUT = 10.0
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's SSLRequest message: it answers `S`, and TLS begins."""

Place = tuple[str, int]


def kafka(place: Place) -> float:
    """Unix time at which a broker's certificate runs out. Raises `OSError`, `CertificateUnreadable`."""
    with socket.create_connection(place, _TIMEOUT) as plain:
        return _shown(plain)


def database(place: Place) -> float:
    """As `kafka`, of a PostgreSQL."""
    with socket.create_connection(place, _TIMEOUT) as plain:
        plain.sendall(_SSL_REQUEST)
        if plain.recv(1) != b"S":
            raise CertificateUnreadable("this database has no TLS")
        return _shown(plain)


def look(use: str, ask: Callable[[Place], float], places: Sequence[Place]) -> bool:
    """Show the first of the servers' certificates to run out; whether all of them answered.

    What was shown before stands while none answers: the date does not change by itself.
    """
    found = []
    for place in places:
        try:
            found.append(ask(place))
        except (OSError, CertificateUnreadable) as error:
            log.debug("could not see a server's certificate (%s)", type(error).__name__)
    if found:
        certificates.show(use, min(found))
    return len(found) == len(places)


def watch(settings: SinkSettings, stop: threading.Event) -> None:
    """Show the files' and the servers' dates from a daemon thread, until `stop`."""
    certificates.watch({**settings.certificates(), **tls.certificates(settings.database_url)})
    asked: list[tuple[str, Callable[[Place], float], Sequence[Place]]] = []
    if settings.kafka_security_protocol.endswith("SSL"):
        asked.append(("kafka-server", kafka, addresses(settings.bootstrap)))
    if (place := tls.server(settings.database_url)) is not None:
        asked.append(("database-server", database, [place]))

    def turn() -> None:
        while not stop.is_set():
            seen = [look(*one) for one in asked]
            stop.wait(LOOK_EVERY if all(seen) else AGAIN_AFTER)

    if asked:
        threading.Thread(target=turn, name="certificates", daemon=True).start()


def _shown(plain: socket.socket) -> float:
    # Not verified, and nothing is sent: what is wanted is the date, most of all when it has passed.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with context.wrap_socket(plain) as seen:
        der = seen.getpeercert(binary_form=True)
    if der is None:
        raise CertificateUnreadable("the server showed no certificate")
    return certificates.not_after(der)
