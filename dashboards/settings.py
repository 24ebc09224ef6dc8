"""Settings of the pages: `YPSEM_…` variables, each also a command-line option."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from models.operations.retention import YEAR
from models.service.settings import LOOPBACK, AuditSettings, DatabaseSettings, Port, ServiceSettings, settings_of

AMinute = Annotated[int, Field(ge=1, le=1_000_000)]


class PageSettings(AuditSettings, DatabaseSettings, ServiceSettings):
    """Where the pages are served and what they read.

    The metrics port is not the pages' port: operations' figures are not for readers.
    """

    web_host: str = LOOPBACK
    """Address the pages are served on."""
    web_port: Port = 8080
    """Port the pages are served on."""
    web_url: str | None = None
    """How browsers reach the pages, such as https://ypsem.example.org: what the provider sends people back to."""
    web_hosts: str | None = None
    """Further names that browsers may use, with commas between them."""
    sign_in: Literal["oidc", "off"] = "oidc"
    """`off` for tests and a look on this machine: a loopback address only."""
    sign_in_issuer: str | None = None
    """The provider, exactly as it names itself."""
    sign_in_client_id: str | None = None
    """What the provider calls these pages."""
    sign_in_client_secret_file: Path | None = None
    """File with the secret that the provider gave these pages, mode 600; none for a public client."""
    sign_in_scopes: str = "openid profile"
    """What is asked for; `openid` has to be among it."""
    sign_in_roles_claim: str = "roles"
    """The claim with the roles; dots lead into it, as in `realm_access.roles`."""
    sign_in_roles_file: Path | None = None
    """YAML file that translates the provider's values into roles."""
    sign_in_max_age: Annotated[int, Field(ge=60)] | None = None
    """Seconds since the provider last saw somebody's password or second factor, at most; none for any time."""
    sign_in_acr: str | None = None
    """Strengths of sign-in (`acr`) that are enough, with spaces between them; none for any."""
    sign_in_amr: str | None = None
    """Ways of signing in (`amr`), such as `mfa`, of which the token has to name all; none for any."""
    web_pages_per_minute: AMinute = 120
    """Pages and forms of one person; twice as many may come at once."""
    web_files_per_minute: AMinute = 20
    """Files and whole logs of one person."""
    web_strangers_per_minute: AMinute = 60
    """Requests without a session from one network address."""
    web_proxies: Annotated[int, Field(ge=0, le=9)] | None = None
    """Proxies before the pages that add to `X-Forwarded-For`; none for one where YPSEM_WEB_URL is https, else 0."""


def kept_days() -> int:
    """For how many days rows of the audit log have to be kept; raises `SettingsError`."""
    return settings_of(PageSettings).audit_years * YEAR
