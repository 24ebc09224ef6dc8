"""A small certificate authority by openssl: for brokers and database, and for the one login that may alter brokers."""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.service.atomic import NotWritten, make_folder, write_whole
from streams.errors import StreamsError

ADMIN_NAME = "ypsem-admin"
ADMIN_USER = f"CN={ADMIN_NAME}"
"""Kafka's name of who shows `admin.pem`; the broker's `super.users` has it."""
BROKER_USER = "CN=ypsem-broker"
CA_DAYS = 3650
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
"""As small as is safe, and in the form (PKCS 8) that Kafka reads."""
NAMES = (
    "ca.pem", "ca.key", "broker.pem", "admin.pem", "admin.key", "admin.properties", "postgres.pem", "postgres.key",
)  # fmt: skip
"""Everything that is made."""
TOOLS = """# For Kafka's own tools: --command-config
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.key={}
ssl.keystore.certificate.chain={}
ssl.truststore.type=PEM
ssl.truststore.certificates={}
"""


class CertificateError(StreamsError):
    """They could not be made; the message says why, and holds no key."""


def make(folder: Path, hosts: Sequence[str], days: int, databases: Sequence[str] = ()) -> list[Path]:
    """Make whichever files are missing and return them: PEM, readable by their owner only, but for `ca.pem`.

    `ca.pem`, `ca.key`; `broker.pem` with key and certificate, as Kafka reads it; `admin.pem` and `admin.key`, and
    `admin.properties` with the same for Kafka's own tools; with names of the database, `postgres.pem` and
    `postgres.key`. To renew one, move it away and call this again: that needs `ca.key`.
    Each is there whole or not at all. Raises `CertificateError` and `models.service.atomic.NotWritten`.
    """
    if shutil.which("openssl") is None:
        raise CertificateError("openssl is not on PATH")
    make_folder(folder, mode=0o700)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    if strange := [path.name for name in NAMES if (path := folder / name).exists() and not path.is_file()]:
        raise CertificateError(f"these are not files and have to be removed first: {', '.join(strange)}")
    wanted = ["broker.pem", "admin.pem", *(["postgres.pem"] if databases else [])]
    if ca.is_file() and not ca_key.is_file() and not all((folder / name).is_file() for name in wanted):
        raise CertificateError("ca.pem is there, but ca.key is not: bring ca.key back while this runs")
    made: list[Path] = []
    with _work(folder) as work:
        authority = _Authority(work, ca, ca_key, days)
        if not ca.is_file():
            fresh_key, fresh = (work / path.name for path in (ca_key, ca))
            _openssl(
                "req", "-x509", *NEW_KEY, "-nodes", "-sha256", "-days", str(CA_DAYS), "-subj", "/CN=ypsem-ca",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-keyout", str(fresh_key), "-out", str(fresh),
            )  # fmt: skip
            # The one by whose name it is known to be there comes last, here and below.
            write_whole(ca_key, fresh_key.read_bytes())
            write_whole(ca, fresh.read_bytes(), mode=0o644)
            made += [ca, ca_key]
        if not (folder / "broker.pem").is_file():
            usage = "serverAuth,clientAuth"
            key, certificate = authority.signed("ypsem-broker", names=_names(hosts), usage=usage)
            write_whole(folder / "broker.pem", key + certificate + ca.read_text())
            made.append(folder / "broker.pem")
        if databases and not (folder / "postgres.pem").is_file():
            key, certificate = authority.signed("ypsem-postgres", names=_names(databases), usage="serverAuth")
            write_whole(folder / "postgres.key", key)
            write_whole(folder / "postgres.pem", certificate)
            made += [folder / "postgres.pem", folder / "postgres.key"]
        if not (folder / "admin.pem").is_file():
            key, certificate = authority.signed(ADMIN_NAME, names="", usage="clientAuth")
            write_whole(folder / "admin.key", key)
            write_whole(
                folder / "admin.properties",
                TOOLS.format(*(_escaped(text) for text in (key, certificate, ca.read_text()))),
            )
            write_whole(folder / "admin.pem", certificate)
            made += [folder / "admin.pem", folder / "admin.key", folder / "admin.properties"]
    for path in made:
        # Kafka's image and PostgreSQL's run as users of their own, and trust by this file.
        path.chmod(0o644 if path == ca else 0o600)
    return made


@contextmanager
def _work(folder: Path) -> Iterator[Path]:
    """A folder for openssl's own files; raises `NotWritten` where it failed because the disk is full."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as work:
            try:
                yield Path(work)
            except CertificateError:
                # openssl does not say which: what finds no room for so much either is told as what it is.
                write_whole(Path(work) / "room", bytes(64 * 1024))
                raise
    except NotWritten as problem:
        raise NotWritten(folder, problem) from None
    except OSError as error:
        raise NotWritten(folder, error) from None


def _names(hosts: Sequence[str]) -> str:
    return ",".join(f"IP:{host}" if _is_address(host) else f"DNS:{host}" for host in hosts)


@dataclass(frozen=True, slots=True)
class _Authority:
    """What signs: the authority's certificate and key, in a folder to work in."""

    work: Path
    ca: Path
    ca_key: Path
    days: int
    """How long what it signs is good for."""

    def signed(self, name: str, *, names: str, usage: str) -> tuple[str, str]:
        """Key and certificate of a name, as PEM texts; `names` are those that clients may call it by."""
        key, request, certificate, extensions = (self.work / f"{name}.{end}" for end in ("key", "csr", "pem", "ext"))
        lines = ["basicConstraints=critical,CA:FALSE", f"extendedKeyUsage={usage}"]
        extensions.write_text("\n".join([*lines, f"subjectAltName={names}"] if names else lines) + "\n")
        _openssl(
            "req", *NEW_KEY, "-nodes", "-sha256", "-subj", f"/CN={name}",
            "-keyout", str(key), "-out", str(request),
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-sha256", "-days", str(self.days), "-in", str(request),
            "-CA", str(self.ca), "-CAkey", str(self.ca_key), "-CAcreateserial", "-CAserial", str(self.work / "serial"),
            "-extfile", str(extensions), "-out", str(certificate),
        )  # fmt: skip
        return key.read_text(), certificate.read_text()


def _openssl(*arguments: str) -> None:
    before = os.umask(0o077)
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CertificateError(f"openssl could not be run to its end ({type(error).__name__})") from None
    finally:
        os.umask(before)
    if done.returncode:
        raise CertificateError(f"openssl {arguments[0]} failed with exit code {done.returncode}")


def _escaped(pem: str) -> str:
    """PEM as a value of a properties file."""
    return pem.strip().replace("\n", "\\n")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
