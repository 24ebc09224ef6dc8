"""How an agency reaches its broker: from options, the environment or one file; checked before anything is read."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.service.errors import SettingsError
from models.service.settings import wrong_in
from models.service.transport import Mechanism, Protocol, read_password

DEFAULT_OUTBOX = Path("ypsem-outbox.sqlite")


class KafkaSettings(BaseSettings):
    """Every broker setting: environment `YPSEM_KAFKA_<NAME>`, or `<NAME>=value` lines in `--kafka-config`."""

    model_config = SettingsConfigDict(
        env_prefix="YPSEM_KAFKA_", extra="forbid", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    security_protocol: Protocol = "PLAINTEXT"
    sasl_mechanism: Mechanism | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    sasl_password_file: Path | None = None
    """File with the password alone, mode 600; instead of `sasl_password`."""
    ssl_cafile: Path | None = None
    ssl_certfile: Path | None = None
    ssl_keyfile: Path | None = None
    ssl_password: SecretStr | None = None
    compression: Literal["zstd", "lz4", "gzip", "none"] = "zstd"
    idempotence: bool = True
    """Off only for a broker without InitProducerId; then one request is in flight at a time."""
    connect_seconds: float = Field(default=10, gt=0, le=300)
    """How long a broker may take to answer before the events stay in the outbox."""
    delivery_seconds: float = Field(default=60, gt=0, le=600)
    """How long one batch is retried before the rest stays in the outbox."""
    batch: int = Field(default=2000, ge=1, le=50_000)
    """Events sent before the outbox is told what the broker acknowledged."""

    @model_validator(mode="after")
    def _not_contradictory(self) -> Self:
        sasl = self.security_protocol.startswith("SASL")
        given = bool(self.sasl_password) + bool(self.sasl_password_file)
        if sasl and not (self.sasl_mechanism and self.sasl_username and given == 1):
            raise ValueError("SASL needs sasl_mechanism, sasl_username and one of sasl_password, sasl_password_file")
        if self.sasl_mechanism and not sasl:
            raise ValueError("sasl_mechanism is set, security_protocol is not SASL_SSL or SASL_PLAINTEXT")
        if bool(self.ssl_certfile) != bool(self.ssl_keyfile):
            raise ValueError("ssl_certfile and ssl_keyfile go together")
        return self

    def connection(self) -> dict[str, object]:
        """The arguments that kafka-python's producer and consumer share; raises `KeyFileError` for a password file."""
        found: dict[str, object] = {
            "security_protocol": self.security_protocol,
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self._password(),
            "ssl_cafile": self.ssl_cafile and str(self.ssl_cafile),
            "ssl_certfile": self.ssl_certfile and str(self.ssl_certfile),
            "ssl_keyfile": self.ssl_keyfile and str(self.ssl_keyfile),
            "ssl_password": self.ssl_password and self.ssl_password.get_secret_value(),
        }
        return {name: value for name, value in found.items() if value is not None}

    def _password(self) -> str | None:
        if self.sasl_password_file is not None:
            return read_password(self.sasl_password_file)
        return None if self.sasl_password is None else self.sasl_password.get_secret_value()


def load_kafka_settings(file: Path | None = None) -> KafkaSettings:
    """Settings of `file`, and of the environment for what it leaves out; raises `SettingsError`.

    A file that others can read is refused, because it may hold a password.
    """
    in_file = _read(file) if file is not None else {}
    try:
        return KafkaSettings(**in_file)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(f"these Kafka settings cannot be used: {wrong_in(error)}") from None


def _read(file: Path) -> dict[str, object]:
    try:
        mode, text = file.stat().st_mode, file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file}: cannot be read; give --kafka-config a text file of NAME=value lines") from None
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"{file}: others can read it and it may hold a password; run: chmod 600 {file}")
    found: dict[str, object] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign:
            raise SettingsError(f"{file}: line {number} is not NAME=value")
        found[name.strip().lower().removeprefix("ypsem_kafka_")] = value.strip()
    return found
