"""What every command of the stream tier begins with: its settings and the register in force."""

from __future__ import annotations

from typing import Any

from models.register import Register, load_register
from models.service import settings
from models.service.clock import today
from streams.settings import StreamSettings


def settings_of(**given: Any) -> StreamSettings:
    """Settings from the options given and the environment; raises `SettingsError` or `TransportError`."""
    found = settings.settings_of(StreamSettings, **given)
    found.client()  # a file of the login that cannot be used is said at once
    return found


def register_of(settings: StreamSettings) -> Register:
    """The register in force today; raises `RegisterError`."""
    return load_register(settings.register_dir, today())
