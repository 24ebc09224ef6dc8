"""The door as the settings want it: with sign-in, or without it on this machine alone. Nothing in between starts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import Engine

from dashboards.people.cookies import Cookies
from dashboards.people.entrance import Sessions, WithoutSignIn, WithSessions
from dashboards.people.limits import Rates
from dashboards.settings import PageSettings
from dashboards.sign_in.claims import read_translation
from dashboards.sign_in.provider import Provider, Registration, is_loopback, is_safe
from dashboards.sign_in.routes import SignIn
from dashboards.sign_in.strength import Strength
from models.service.errors import SettingsError
from models.service.transport import TransportError, read_password

BACK, AFTER_SIGN_OUT = "/sign-in/back", "/signed-out"
"""Addresses that the provider has to know, after YPSEM_WEB_URL."""
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-f:]+\](:[0-9]{1,5})?")


def door(settings: PageSettings, engine: Engine) -> tuple[Sessions, SignIn | None]:
    """How visitors are known and how they sign in; raises `SettingsError`, which says what to set."""
    if settings.sign_in == "off":
        if not is_loopback(settings.web_host):
            raise SettingsError(
                "YPSEM_SIGN_IN=off is for tests and a look on this machine: the pages then start on a loopback address "
                "only. Set YPSEM_WEB_HOST to 127.0.0.1, or set up sign-in (docs/running.md, People sign in)"
            )
        return WithoutSignIn(), None
    url, issuer, client = settings.web_url, settings.sign_in_issuer, settings.sign_in_client_id
    if not url or not issuer or not client:
        given = {"YPSEM_WEB_URL": url, "YPSEM_SIGN_IN_ISSUER": issuer, "YPSEM_SIGN_IN_CLIENT_ID": client}
        missing = ", ".join(name for name, value in given.items() if not value)
        raise SettingsError(
            f"people sign in before they see anything, and for that these are missing: {missing} (docs/running.md, "
            "People sign in). To look at invented data on this machine alone: YPSEM_SIGN_IN=off"
        )
    parts = urlsplit(url)
    if not is_safe(url) or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise SettingsError("YPSEM_WEB_URL is https://name or https://name:port, and nothing after it")
    if not is_safe(issuer):
        raise SettingsError("YPSEM_SIGN_IN_ISSUER has to be an https address: passwords are typed behind it")
    if "openid" not in settings.sign_in_scopes.split():
        raise SettingsError("YPSEM_SIGN_IN_SCOPES has to hold openid")
    root = f"{parts.scheme}://{parts.netloc}"
    file = settings.sign_in_client_secret_file
    try:
        secret = read_password(file) if file else None
    except TransportError as error:
        raise SettingsError(str(error)) from None
    strength = Strength(
        settings.sign_in_max_age, tuple((settings.sign_in_acr or "").split()),
        frozenset((settings.sign_in_amr or "").split()),
    )  # fmt: skip
    known = Registration(issuer, client, secret, root + BACK, root + AFTER_SIGN_OUT, settings.sign_in_scopes, strength)
    translated = read_translation(settings.sign_in_roles_file) if settings.sign_in_roles_file else None
    sign_in = SignIn(Provider(known), settings.sign_in_roles_claim, translated)
    cookies = Cookies(tls=parts.scheme == "https")
    return WithSessions(engine, _hosts(parts.netloc, settings.web_hosts), cookies), sign_in


def rates(settings: PageSettings) -> Rates:
    """How often somebody may ask. TLS is a proxy's, so an https address means that one stands before the pages."""
    proxies = settings.web_proxies
    if proxies is None:
        proxies = int((settings.web_url or "").startswith("https:"))
    of = (settings.web_pages_per_minute, settings.web_files_per_minute, settings.web_strangers_per_minute)
    return Rates(*of, proxies)


def _hosts(netloc: str, more: str | None) -> frozenset[str]:
    names = [netloc.lower(), *(name.strip().lower() for name in (more or "").split(",") if name.strip())]
    if any(not _HOST.fullmatch(name) for name in names):
        raise SettingsError("YPSEM_WEB_HOSTS is a list of host names, each with a port where browsers send one")
    return frozenset(names)
