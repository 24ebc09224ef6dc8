"""How a process of the service reaches Kafka: in clear on one machine, or over TLS with its own login.

One set of settings, under one set of names, for every process: `YPSEM_KAFKA_…`. A password is in a file that only its
owner can read, never in the environment, on a command line or in a log.
"""

from __future__ import annotations

import ssl
import stat
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, model_validator
from pydantic_settings import SettingsConfigDict

from models.service.keyfiles import KeyFileError

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


class TransportError(KeyFileError):
    """A file of the transport that cannot be used; the message names it, and nothing in it."""


class Transport(BaseModel):
    """Settings of the connection to Kafka; mixed into the settings of a process."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    kafka_security_protocol: Protocol = "PLAINTEXT"
    """`SASL_SSL` unless everything runs on one machine."""
    kafka_sasl_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_sasl_username: str | None = None
    kafka_sasl_password_file: Path | None = None
    """File with the password alone, mode 600."""
    kafka_ssl_cafile: Path | None = None
    """Certificate of the authority that signed the brokers'; by default those that the system trusts."""
    kafka_ssl_certfile: Path | None = None
    kafka_ssl_keyfile: Path | None = None
    """Certificate and key of this client, where the broker asks for one."""

    @model_validator(mode="after")
    def _not_contradictory(self) -> Self:
        login = self.kafka_sasl_username is not None, self.kafka_sasl_password_file is not None
        if any(login) and not all(login):
            raise ValueError("kafka_sasl_username and kafka_sasl_password_file go together")
        if self.kafka_security_protocol.startswith("SASL") is not all(login):
            raise ValueError("kafka_security_protocol SASL_SSL goes with kafka_sasl_username, and no other does")
        if bool(self.kafka_ssl_certfile) != bool(self.kafka_ssl_keyfile):
            raise ValueError("kafka_ssl_certfile and kafka_ssl_keyfile go together")
        return self

    def ssl_context(self) -> ssl.SSLContext | None:
        """TLS 1.2 or newer with the host's name checked; None in clear. Raises `TransportError`."""
        if not self.kafka_security_protocol.endswith("SSL"):
            return None
        try:
            context = ssl.create_default_context(cafile=_text(self.kafka_ssl_cafile))
            if self.kafka_ssl_certfile is not None:
                _only_ours(self.kafka_ssl_keyfile)
                context.load_cert_chain(self.kafka_ssl_certfile, self.kafka_ssl_keyfile)
        except (OSError, ssl.SSLError):
            raise TransportError("kafka_ssl_cafile, _certfile or _keyfile: not a readable PEM file") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def certificates(self) -> dict[str, Path | None]:
        """Use (`certificates.USES`) -> PEM file, or None; empty in clear."""
        if not self.kafka_security_protocol.endswith("SSL"):
            return {}
        return {"kafka-ca": self.kafka_ssl_cafile, "kafka-client": self.kafka_ssl_certfile}

    def password(self) -> str | None:
        """What the password file holds; raises `TransportError` if it is unreadable, empty or open to others."""
        return None if self.kafka_sasl_password_file is None else read_password(self.kafka_sasl_password_file)

    def client(self) -> dict[str, Any]:
        """Arguments that the clients of kafka-python and aiokafka share; raises `TransportError`."""
        if self.kafka_security_protocol == "PLAINTEXT":
            return {}
        arguments: dict[str, Any] = {"security_protocol": self.kafka_security_protocol}
        if (context := self.ssl_context()) is not None:
            arguments["ssl_context"] = context
        if self.kafka_sasl_username is not None:
            arguments |= {
                "sasl_mechanism": self.kafka_sasl_mechanism,
                "sasl_plain_username": self.kafka_sasl_username,
                "sasl_plain_password": self.password(),
            }
        return arguments


def read_password(path: Path) -> str:
    """The one line of a password file; raises `TransportError` if it is unreadable, empty or open to others."""
    _only_ours(path)
    try:
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise TransportError(f"{path}: no readable password file") from None
    if not text or len(text.split()) != 1:
        raise TransportError(f"{path}: a password file holds one word")
    return text


def _only_ours(path: Path | None) -> None:
    if path is None:
        return
    try:
        mode = path.stat().st_mode
    except OSError:
        raise TransportError(f"{path}: no readable file") from None
    if stat.S_IMODE(mode) & 0o077:
        raise TransportError(f"{path}: others can read this file; run: chmod 600 {path}")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
