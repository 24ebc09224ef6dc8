"""Settings that services share, under one name and with one default each; and the error for a bad one.

Every setting is an environment variable `YPSEM_…`, and many are options of a command too. The defaults are safe on one
machine: nothing is served beyond the loopback interface, and no service starts with the demo's register.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.service.errors import SettingsError

Port = Annotated[int, Field(ge=0, le=65535)]
LOOPBACK = "127.0.0.1"


class ServiceSettings(BaseSettings):
    """What every service needs to know: the register, and where its health port is."""

    model_config = SettingsConfigDict(
        env_prefix="YPSEM_", extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    register_dir: Path = Field(default=Path("register"), validation_alias="YPSEM_REGISTER")
    """Directory of register-YYYY-MM-DD.yaml files. The repository has no folder of this name, so a service
    that is given none stops with a message, and never runs with the demo's."""
    metrics_port: Port = 0
    """Port of /metrics, /live and /ready; 0 means none."""
    metrics_host: str = LOOPBACK
    """Address those are served on; a container sets 0.0.0.0 behind its own network."""


class BrokerSettings(BaseModel):
    """For a service that speaks to Kafka: its brokers. Its login is in `models.service.transport.Transport`."""

    bootstrap: str = "127.0.0.1:9092"
    """Brokers, `host:port[,host:port]`."""


class DatabaseSettings(BaseModel):
    """For a service that speaks SQL: its database."""

    database_url: str = "sqlite:///var/ypsem.db"
    """SQLAlchemy URL: `sqlite:///file` or `postgresql://user@host/name`."""


class AuditSettings(BaseModel):
    """For whoever takes rows out of the audit log, or checks it."""

    audit_years: Annotated[int, Field(ge=1, le=100)] = 6
    """How long the audit log is kept. The authority decides; every process that has it needs the same."""


S = TypeVar("S", bound=BaseSettings)


def settings_of(kind: type[S], **given: Any) -> S:
    """Settings from what was given on the command line, and from the environment for what is None.

    Raises `SettingsError`, which names each setting that cannot be used and the rule it breaks, never its value.
    """
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(f"these settings cannot be used: {wrong_in(error)}") from None


def wrong_in(error: ValidationError) -> str:
    """`metrics_port: Input should be less than or equal to 65535; ...`: names and rules, no value."""
    errors = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{_name(item['loc'])}{item['msg'].removeprefix('Value error, ')}" for item in errors)


def _name(place: tuple[int | str, ...]) -> str:
    # A rule about several settings has no place of its own: its words name them.
    return f"{'.'.join(map(str, place))}: " if place else ""
