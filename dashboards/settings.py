"""Settings of the pages: `YPSEM_…` variables, each also a command-line option."""

from __future__ import annotations

from models.service.settings import LOOPBACK, DatabaseSettings, Port, ServiceSettings


class PageSettings(DatabaseSettings, ServiceSettings):
    """Where the pages are served and what they read.

    The metrics port is not the pages' port: operations' figures are not for readers.
    """

    web_host: str = LOOPBACK
    """Address the pages are served on."""
    web_port: Port = 8080
    """Port the pages are served on."""
    web_signed_in: bool = False
    """Whether the pages are behind your own sign-in. The free text of actions is shown only then."""
