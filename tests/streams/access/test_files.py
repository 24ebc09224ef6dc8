"""Password files and certificates: their owner's alone, never overwritten by accident, usable by openssl."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from agencies.settings import load_kafka_settings
from models.service.transport import TransportError, read_password
from streams.access.certificates import ADMIN_NAME, CertificateError, make
from streams.access.passwords import Passwords
from streams.access.principals import agency_user, principals
from tests.factories import POLICE, register

AGENCY = next(one for one in principals(register()) if one.user == agency_user(POLICE))


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_an_agencys_file_is_what_its_publisher_reads(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "passwords")
    password = passwords.make(AGENCY)
    assert (passwords.has(AGENCY.user), passwords.read(AGENCY.user)) == (True, password)
    settings = load_kafka_settings(tmp_path / "passwords" / f"{AGENCY.user}.conf")
    assert settings.connection()["sasl_plain_password"] == password
    assert settings.security_protocol == "SASL_SSL"
    assert modes(tmp_path / "passwords") == {0o600}
    assert stat.S_IMODE((tmp_path / "passwords").stat().st_mode) == 0o700
    assert passwords.make(AGENCY) != password
    passwords.remove(AGENCY.user)
    assert list((tmp_path / "passwords").iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on PATH: certificates cannot be made")
def test_certificates_are_made_once_and_hold_together(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    made = make(folder, ["kafka", "127.0.0.1"], 30)
    assert {path.name for path in made} == {
        "ca.pem", "ca.key", "broker.pem", "admin.pem", "admin.key", "admin.properties",
    }  # fmt: skip
    # Another user reads the CA's certificate: Kafka's image runs as one. It is public; everything else holds a key.
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in made} == {
        path.name: 0o644 if path.name == "ca.pem" else 0o600 for path in made
    }
    before = {path.name: path.read_bytes() for path in made}
    assert make(folder, ["another"], 30) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    def openssl(*arguments: str) -> str:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=30, check=True)
        return done.stdout

    ca = str(folder / "ca.pem")
    for name in ("broker.pem", "admin.pem"):
        assert openssl("verify", "-CAfile", ca, str(folder / name)).endswith("OK\n")
    broker = openssl("x509", "-in", str(folder / "broker.pem"), "-noout", "-text")
    assert "DNS:kafka, IP Address:127.0.0.1" in broker
    assert ADMIN_NAME in openssl("x509", "-in", str(folder / "admin.pem"), "-noout", "-subject")
    with pytest.raises(TransportError, match="one word"):
        read_password(folder / "admin.key")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on PATH: certificates cannot be made")
def test_the_database_gets_a_certificate_of_its_own_from_the_same_authority(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    make(folder, ["kafka"], 30)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    made = make(folder, ["kafka"], 30, ["postgres", "127.0.0.1"])
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in made} == {
        "postgres.pem": 0o600, "postgres.key": 0o600,
    }  # fmt: skip
    assert before.items() <= {path.name: path.read_bytes() for path in folder.iterdir()}.items()
    command = ["openssl", "verify", "-CAfile", str(folder / "ca.pem"), "-verify_hostname", "postgres"]
    subprocess.run([*command, "-purpose", "sslserver", str(folder / "postgres.pem")], check=True, capture_output=True)


@pytest.mark.parametrize("name", ["ca.pem", "broker.pem", "admin.key"])
def test_a_folder_where_a_file_belongs_is_named_and_not_taken_for_the_file(tmp_path: Path, name: str) -> None:
    """Docker makes a folder, root's, of a mounted file that is not there yet."""
    (tmp_path / name).mkdir()
    with pytest.raises(CertificateError, match=name):
        make(tmp_path, ["kafka"], 30)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_renewal_without_the_authoritys_key_says_so(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    with pytest.raises(CertificateError, match=r"ca\.key"):
        make(tmp_path, ["kafka"], 30)
