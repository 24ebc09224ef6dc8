"""Finds out when the certificates of Kafka and PostgreSQL run out, by asking the servers: no file of ours holds them.

Only the sink asks, because it uses both. When a server's certificate runs out, all clients refuse it on the same day.
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
    """Show when the first of the servers' certificates runs out; returns whether all of them answered.

    If none answers, the last date stays: it does not change by itself.
    """
    dates = []
    for place in places:
        try:
            dates.append(ask(place))
        except (OSError, CertificateUnreadable) as error:
            log.debug("could not see a server's certificate (%s)", type(error).__name__)
    if dates:
        certificates.show(use, min(dates))
    return len(dates) == len(places)


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
            complete = [look(*server) for server in asked]
            stop.wait(LOOK_EVERY if all(complete) else AGAIN_AFTER)

    if asked:
        threading.Thread(target=turn, name="certificates", daemon=True).start()


def _shown(plain: socket.socket) -> float:
    # Not verified, and nothing is sent: only the date is wanted, above all when it has passed.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with context.wrap_socket(plain) as connection:
        der = connection.getpeercert(binary_form=True)
    if der is None:
        raise CertificateUnreadable("the server showed no certificate")
    return certificates.not_after(der)
