"""The sign-in provider: asks it who somebody is, and believes no answer before everything about it has been checked.

OpenID Connect, code flow with PKCE. Authlib makes the requests and checks the token; what it is told to insist on
stands here.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dashboards.errors import NotShown
from dashboards.sign_in.attempt import Attempt
from dashboards.sign_in.logout_token import LogoutToken, read
from dashboards.sign_in.strength import CLOCKS_APART, Strength
from models.store.sessions import LONGEST_SUBJECT

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures that are believed. `none` and those with a shared secret are not among them."""
KNOWN_FOR = 3600.0
"""Seconds after which the provider's addresses and keys are read again."""
KEYS_AGAIN = 60.0
"""Seconds before unknown keys make us ask for them again: nobody can make us ask for each token."""
PATIENCE = 10.0
"""Seconds that the provider may take to answer."""
AGAIN_AFTER = 10.0
"""Seconds before a provider that did not answer is asked again: whoever asks meanwhile is told at once."""
TURN = 2.0
"""Seconds that a request waits for another one that reads the provider's addresses."""
AT_ONCE = 8
"""Answers that are checked with the provider at the same time; one more is told to come again."""
LONGEST_TOKEN = 64 * 1024


class SignInReason(StrEnum):
    """Why a sign-in did not happen: closed codes, for the log and the page."""

    NOT_ASKED = "not-asked"
    """No sign-in was begun in this browser, or another one since, or too long ago."""
    DECLINED = "declined"
    """The provider says that it did not sign the person in."""
    MIX_UP = "mix-up"
    """The answer comes from another provider than the one that was asked."""
    TOKEN = "token"  # noqa: S105 (a code)
    """The provider's token does not hold."""
    USED = "used"
    """The answer has opened a session before."""
    AWAY = "away"
    """The provider does not answer, or not as it should."""
    BUSY = "busy"
    """Too many people sign in at the same moment."""
    WEAK = "weak"
    """The provider signed the person in, and not as strongly or not as recently as the settings ask for."""
    NO_ROLE = "no-role"
    """The person is known to the provider, and has no role here."""


class NotSignedIn(NotShown):
    """A sign-in that did not happen; says why by a code, and nothing of the answer."""

    def __init__(self, reason: SignInReason) -> None:
        """`reason` is what the log and the page say."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Registration:
    """What the provider and these pages know of each other."""

    issuer: str
    client_id: str
    secret: str | None
    """None for a client without one, which PKCE alone protects."""
    redirect_uri: str
    after_sign_out: str
    scopes: str = "openid profile"
    strength: Strength = field(default_factory=Strength)


def is_safe(url: str) -> bool:
    """Whether an address may carry secrets: https, or http to this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, and no other can reach it there."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Provider:
    """One provider; safe to use from several threads."""

    def __init__(self, registration: Registration) -> None:
        self._known = registration
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._metadata: dict[str, Any] = {}
        self._metadata_at = self._keys_at = self._failed_at = float("-inf")
        self._keys: KeySet | None = None

    @property
    def issuer(self) -> str:
        """Whose word is believed."""
        return self._known.issuer

    def address(self, attempt: Attempt) -> str:
        """Where to send a browser that wants to sign in; raises `NotSignedIn` if the provider cannot be read."""
        asked = {
            "response_type": "code",
            "client_id": self._known.client_id,
            "redirect_uri": self._known.redirect_uri,
            "scope": self._known.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
            **self._known.strength.asked(),
        }
        return _with(self._endpoint("authorization_endpoint"), asked)

    def sign_out_address(self) -> str | None:
        """Where a browser signs out at the provider; None if it offers that nowhere, or cannot be read."""
        try:
            address = self._endpoint("end_session_endpoint")
        except NotSignedIn:
            return None
        told = {"client_id": self._known.client_id, "post_logout_redirect_uri": self._known.after_sign_out}
        return _with(address, told)

    def claims(self, attempt: Attempt, answer: Mapping[str, str]) -> dict[str, Any]:
        """What the provider says of the person, from the answer that the browser brought.

        Raises `NotSignedIn` for every answer that is not exactly what was asked for.
        """
        if not attempt.state or not secrets.compare_digest(attempt.state.encode(), answer.get("state", "").encode()):
            raise NotSignedIn(SignInReason.NOT_ASKED)
        self._check_sender(answer)
        if "error" in answer:
            raise NotSignedIn(SignInReason.DECLINED)
        if not answer.get("code"):
            raise NotSignedIn(SignInReason.NOT_ASKED)
        if not self._turns.acquire(blocking=False):
            raise NotSignedIn(SignInReason.BUSY)
        try:
            return self._believed(self._token(answer["code"], attempt), attempt)
        finally:
            self._turns.release()

    def _check_sender(self, answer: Mapping[str, str]) -> None:
        """Whether the answer comes from this provider (RFC 9207)."""
        sender = answer.get("iss")
        announced = self._read().get("authorization_response_iss_parameter_supported") is True
        if (sender is None and announced) or (sender is not None and sender != self.issuer):
            raise NotSignedIn(SignInReason.MIX_UP)

    def _token(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        known = self._known
        method = "none" if known.secret is None else "client_secret_basic"
        try:
            with OAuth2Client(
                known.client_id, known.secret, token_endpoint_auth_method=method, timeout=PATIENCE
            ) as client:
                answer = client.fetch_token(
                    self._endpoint("token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=known.redirect_uri,
                    code_verifier=attempt.verifier,
                )
        except OAuthError:
            raise NotSignedIn(SignInReason.TOKEN) from None
        except (httpx2.HTTPError, ValueError):
            raise NotSignedIn(SignInReason.AWAY) from None
        if not isinstance(answer, Mapping):
            raise NotSignedIn(SignInReason.AWAY)
        return answer

    def _believed(self, token: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
        written = token.get("id_token")
        if not isinstance(written, str) or len(written) > LONGEST_TOKEN:
            raise NotSignedIn(SignInReason.TOKEN)
        try:
            decoded = self._decoded(written)
            must = {"essential": True}
            options = {
                "iss": must | {"value": self.issuer},
                "aud": must | {"value": self._known.client_id},
                "sub": must,
                "exp": must,
                "iat": must,
                "nonce": must | {"value": attempt.nonce},
            }
            beside = {"nonce": attempt.nonce, "client_id": self._known.client_id, **_access_token(token)}
            CodeIDToken(decoded.claims, decoded.header, options, beside).validate(leeway=CLOCKS_APART)
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotSignedIn(SignInReason.TOKEN) from None
        claims: dict[str, Any] = decoded.claims
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
            raise NotSignedIn(SignInReason.TOKEN)
        if not self._known.strength.enough(claims, time.time()):
            raise NotSignedIn(SignInReason.WEAK)
        return claims

    def logout(self, written: str) -> LogoutToken | None:
        """What the provider says of a session that ended; None for a token that says nothing to these pages.

        Raises `NotSignedIn` where its signature does not hold, or the provider's keys cannot be read.
        """
        if len(written) > LONGEST_TOKEN:
            return None
        try:
            decoded = self._decoded(written)
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotSignedIn(SignInReason.TOKEN) from None
        return read(decoded.header, decoded.claims, self.issuer, self._known.client_id, time.time(), CLOCKS_APART)

    def _decoded(self, written: str) -> jwt.Token:
        """The token, its signature checked. A key that is not known yet makes us read the provider's keys again."""
        # Headers that we do not know are no reason to refuse a token; `crit` is obeyed all the same.
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(written, self._signed_by(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(written, self._signed_by(again=True), registry=registry)

    def _signed_by(self, again: bool = False) -> KeySet:
        address = self._endpoint("jwks_uri")
        with self._turn():
            age = time.monotonic() - self._keys_at
            if self._keys is None or age > KNOWN_FOR or (again and age > KEYS_AGAIN):
                try:
                    self._keys = KeySet.import_key_set(_fetched(address))
                except (JoseError, KeyError, TypeError, ValueError):
                    raise NotSignedIn(SignInReason.AWAY) from None
                self._keys_at = time.monotonic()
            return self._keys

    def _endpoint(self, name: str) -> str:
        return self._address_in(self._read(), name)

    @staticmethod
    def _address_in(metadata: Mapping[str, Any], name: str) -> str:
        address = metadata.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise NotSignedIn(SignInReason.AWAY)
        return address

    def _read(self) -> dict[str, Any]:
        """What the provider publishes of itself. It has to be of the very issuer that was set."""
        with self._turn():
            if time.monotonic() - self._metadata_at > KNOWN_FOR:
                found = _fetched(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.issuer:
                    raise NotSignedIn(SignInReason.AWAY)
                self._metadata, self._metadata_at = found, time.monotonic()
            return self._metadata

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One at a time; nobody waits long, so a provider that hangs keeps no thread from those who are signed in."""
        if time.monotonic() - self._failed_at < AGAIN_AFTER:
            raise NotSignedIn(SignInReason.AWAY)
        if not self._lock.acquire(timeout=TURN):
            raise NotSignedIn(SignInReason.BUSY)
        try:
            yield
        except NotSignedIn:
            self._failed_at = time.monotonic()
            raise
        finally:
            self._lock.release()


def _fetched(address: str) -> Any:
    """A JSON object from an address; raises `NotSignedIn` if there is none."""
    try:
        with httpx2.Client(timeout=PATIENCE, follow_redirects=False) as client:
            answer = client.get(address)
            answer.raise_for_status()
            found = answer.json()
    except (httpx2.HTTPError, ValueError):
        raise NotSignedIn(SignInReason.AWAY) from None
    if not isinstance(found, dict):
        raise NotSignedIn(SignInReason.AWAY)
    return found


def _access_token(token: Mapping[str, Any]) -> dict[str, Any]:
    """The access token, which the other token's hash is about."""
    return {"access_token": token.get("access_token")}


def _with(address: str, query: Mapping[str, str]) -> str:
    """The address with a query added to the one that it may have."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
