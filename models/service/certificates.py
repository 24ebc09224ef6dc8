"""A gauge of when a service's certificates run out. A scrape reads a file again if it has changed.

The label is what a certificate is for, one of `USES`: no path, no subject, no host.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import Gauge

NOT_AFTER = Gauge(
    "ypsem_certificate_not_after_seconds",
    "When the first certificate of a file, or of a server, runs out, Unix time; 0 if it cannot be read.",
    ("file",),
)
USES = frozenset(
    {"kafka-ca", "kafka-client", "kafka-server", "database-ca", "database-client", "database-server", "server"}
)
"""Values of the label: `…-server` is what Kafka or PostgreSQL shows, `server` what this process shows its clients."""

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


class CertificateUnreadable(ValueError):
    """No readable certificate in DER or PEM; the message holds nothing of the file."""


def watch(files: Mapping[str, Path | None]) -> None:
    """Show when the certificates in `files` (use -> PEM file, or None) run out. Scrapes read the files."""
    for use, path in files.items():
        if path is not None:
            NOT_AFTER.labels(_known(use)).set_function(_reader(path))


def show(use: str, until: float) -> None:
    """Show when a certificate that a server presented runs out; `until` is Unix time."""
    NOT_AFTER.labels(_known(use)).set(until)


def earliest(pem: bytes) -> float:
    """Unix time at which the first of the certificates of a PEM file runs out. Raises `CertificateUnreadable`."""
    try:
        return min(not_after(base64.b64decode(body)) for body in _PEM.findall(pem))
    except (binascii.Error, ValueError):
        raise CertificateUnreadable("no readable certificate") from None


def not_after(der: bytes) -> float:
    """Unix time at which a certificate (X.509 in DER, RFC 5280 4.1) runs out. Raises `CertificateUnreadable`.

    The standard library gives this for a verified peer only, not for a file, so the bytes are parsed here.
    """
    try:
        inside = _value(_value(der, _SEQUENCE)[0], _SEQUENCE)[0]
        if inside[0] == _VERSION:
            inside = _skip(inside)
        for _ in ("serial number", "signature", "issuer"):
            inside = _skip(inside)
        until = _skip(_value(inside, _SEQUENCE)[0])
        kind = until[0]
        text = _value(until, kind)[0].decode("ascii")
        # RFC 5280 4.1.2.5: years before 2050 have two digits, of which 50 to 99 are of the century before.
        if kind == _UTC_TIME:
            text = ("19" if text >= "50" else "20") + text
        elif kind != _GENERALIZED_TIME:
            raise CertificateUnreadable("no readable certificate")
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except (IndexError, ValueError):
        raise CertificateUnreadable("no readable certificate") from None


def _reader(path: Path) -> Callable[[], float]:
    known: tuple[tuple[int, int] | None, float] = (None, 0.0)

    def read() -> float:
        nonlocal known
        try:
            status = path.stat()
            stamp = status.st_mtime_ns, status.st_ino
            if stamp != known[0]:
                known = stamp, earliest(path.read_bytes())
            return known[1]
        except (OSError, CertificateUnreadable):
            return 0.0

    return read


def _known(use: str) -> str:
    if use not in USES:
        raise ValueError("no such use of a certificate")
    return use


def _value(der: bytes, kind: int) -> tuple[bytes, bytes]:
    """The value of the first element, and what comes after it."""
    if der[0] != kind:
        raise CertificateUnreadable("no readable certificate")
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    if len(der) < start + length:
        raise CertificateUnreadable("no readable certificate")
    return der[start : start + length], der[start + length :]


def _skip(der: bytes) -> bytes:
    return _value(der, der[0])[1]
