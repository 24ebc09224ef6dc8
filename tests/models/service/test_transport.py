"""The settings of a secured connection: complete or refused, and nothing secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from consumers.settings import SinkSettings
from models.service.transport import Transport, TransportError
from streams.settings import StreamSettings


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("open-sesame\n")
    path.chmod(0o600)
    return path


def test_in_clear_nothing_is_given_to_the_client() -> None:
    assert Transport().client() == {}


def test_a_login_reads_its_password_when_it_is_needed(password: Path) -> None:
    login = Transport(
        kafka_security_protocol="SASL_PLAINTEXT", kafka_sasl_username="ypsem-sink", kafka_sasl_password_file=password
    )
    assert login.client() == {
        "security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "ypsem-sink", "sasl_plain_password": "open-sesame",
    }  # fmt: skip
    assert "open-sesame" not in repr(login)
    password.chmod(0o644)
    with pytest.raises(TransportError, match="chmod 600"):
        login.client()


@pytest.mark.parametrize("content", ["", "two words", "two\nlines", "\u00e9"])
def test_a_password_file_holds_one_word(password: Path, content: str) -> None:
    password.write_text(content, "utf-8")
    login = Transport(
        kafka_security_protocol="SASL_PLAINTEXT", kafka_sasl_username="x", kafka_sasl_password_file=password
    )
    with pytest.raises(TransportError) as caught:
        login.password()
    assert not content or content not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"kafka_sasl_username": "x"},
        {"kafka_security_protocol": "SASL_SSL"},
        {"kafka_security_protocol": "SSL", "kafka_ssl_certfile": "a.pem"},
        {"kafka_sasl_username": "x", "kafka_sasl_password_file": "p"},
        {"kafka_security_protocol": "MAGIC"},
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Transport.model_validate(given)


def test_over_tls_a_file_that_is_no_certificate_is_named_and_not_shown(password: Path) -> None:
    for name in ("kafka_ssl_cafile", "kafka_ssl_certfile"):
        more = {"kafka_ssl_keyfile": password} if name == "kafka_ssl_certfile" else {}
        with pytest.raises(TransportError) as caught:
            Transport.model_validate({"kafka_security_protocol": "SSL", name: password, **more}).client()
        assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("settings", [StreamSettings, SinkSettings])
def test_every_service_reads_it_from_its_environment(
    settings: type[Transport], password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YPSEM_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
    monkeypatch.setenv("YPSEM_KAFKA_SASL_USERNAME", "ypsem-sink")
    monkeypatch.setenv("YPSEM_KAFKA_SASL_PASSWORD_FILE", str(password))
    assert settings().client()["sasl_plain_password"] == "open-sesame"
