"""What every command of the stream tier begins with: its settings and the register in force."""

from __future__ import annotations

from typing import Any

import click
from pydantic import ValidationError

from models.register import Register, RegisterError, load_register
from models.service.clock import today
from models.service.transport import TransportError
from streams.settings import StreamSettings


def settings_of(**given: Any) -> StreamSettings:
    """Settings from the options given and the environment; raises `click.UsageError` naming what cannot be used."""
    try:
        settings = StreamSettings(**{name: value for name, value in given.items() if value is not None})
        settings.client()
    except TransportError as error:
        raise click.ClickException(str(error)) from None
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        raise click.UsageError(
            f"settings that cannot be used: {fields}; see `python -m streams worker --help`"
        ) from None
    return settings


def register_of(settings: StreamSettings) -> Register:
    """The register in force today; raises `click.ClickException`."""
    try:
        return load_register(settings.register_dir, today())
    except RegisterError as error:
        raise click.ClickException(str(error)) from None
