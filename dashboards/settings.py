"""Settings of the pages: `YPSEM_…` variables, each also a command-line option."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import click
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Where the pages are served and what they read; defaults suit one machine."""

    model_config = SettingsConfigDict(env_prefix="YPSEM_", extra="ignore", hide_input_in_errors=True)

    database_url: str = "sqlite:///var/ypsem.db"
    """SQLAlchemy URL: `sqlite:///file` or `postgresql://user@host/name`."""
    register_dir: Path = Field(default=Path("register"), validation_alias="YPSEM_REGISTER")
    """Directory of the register's dated files."""
    web_host: str = "127.0.0.1"
    """Address the pages are served on."""
    web_port: Port = 8080
    """Port the pages are served on."""
    web_signed_in: bool = False
    """Whether the pages stand behind a sign-in of your own. Free text of actions is shown only then."""
    metrics_port: Port = 0
    """Port of /metrics, /live and /ready; 0 for none. Not the pages' port: operations' figures are not for readers."""
    metrics_host: str = "127.0.0.1"
    """Address those are served on."""


def with_settings(**given: Any) -> Settings:
    """Settings with the options that were given on the command line; a `ClickException` names those of no use."""
    # The register's setting has an alias, which is also its name when given directly.
    named = {("YPSEM_REGISTER" if name == "register_dir" else name): value for name, value in given.items()}
    try:
        return Settings(**{name: value for name, value in named.items() if value is not None})
    except ValidationError as error:
        wrong = ", ".join(sorted({str(item["loc"][0]) for item in error.errors()}))
        raise click.ClickException(f"these settings are not usable: {wrong}") from None
