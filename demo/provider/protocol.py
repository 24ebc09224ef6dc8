"""The provider's side of OpenID Connect, code flow with PKCE, for one public client: what is asked, codes, tokens.

Nobody proves who they are here, so it is for synthetic people on one machine.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from demo.provider.people import SyntheticPerson

CLIENT = "ypsem-demo"
"""What the provider calls the demo's pages."""
SECONDS = 60
"""A code is good for so long, and once."""
MOST_CODES = 100
"""Codes that wait to be redeemed; the oldest goes before one more is made."""
TOKEN_SECONDS = 300
PARAMETERS = (
    "client_id", "redirect_uri", "response_type", "code_challenge_method", "state", "nonce", "code_challenge",
)  # fmt: skip
"""What a request has to hold."""


class NotAsked(ValueError):
    """A request that is not one of the client's; its text is for the page, and holds nothing of the request."""


@dataclass(frozen=True)
class SignInRequest:
    """What the pages ask for when they send somebody here."""

    state: str
    nonce: str
    challenge: str


@dataclass(frozen=True)
class _Waiting:
    asked: SignInRequest
    person: SyntheticPerson
    until: float


@dataclass
class Protocol:
    """One provider with one client."""

    issuer: str
    client: str
    redirect: str
    """Where people are sent back to; nowhere else."""
    after_sign_out: str
    _key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "demo", "use": "sig"}))
    _codes: dict[str, _Waiting] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        """What it publishes of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        }

    def keys(self) -> dict[str, Any]:
        """The public key that its tokens are signed with."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def asked(self, given: Mapping[str, str]) -> SignInRequest:
        """What is asked for; raises `NotAsked` for anything but our client's own request."""
        must = {
            "client_id": self.client, "redirect_uri": self.redirect, "response_type": "code",
            "code_challenge_method": "S256",
        }  # fmt: skip
        wrong = [name for name, value in must.items() if given.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if not 0 < len(given.get(name, "")) <= 200]
        if wrong:
            raise NotAsked(f"The demo's pages ask otherwise ({', '.join(wrong)}). Start again from their sign-in.")
        return SignInRequest(given["state"], given["nonce"], given["code_challenge"])

    def answer(self, asked: SignInRequest, person: SyntheticPerson) -> dict[str, str]:
        """The parameters with which somebody who chose a person is sent back."""
        while len(self._codes) >= MOST_CODES:
            del self._codes[next(iter(self._codes))]
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Waiting(asked, person, time.monotonic() + SECONDS)
        return {"code": code, "state": asked.state, "iss": self.issuer}

    def redeemed(self, form: Mapping[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, or None if it is not to be had for one: used, late, or somebody else's."""
        waiting = self._codes.pop(form.get("code", ""), None)
        if waiting is None or waiting.until < time.monotonic():
            return None
        ours = form.get("client_id") == self.client and form.get("redirect_uri") == self.redirect
        challenge = _url_safe(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not ours or not hmac.compare_digest(challenge.encode(), waiting.asked.challenge.encode()):
            return None
        access, now = secrets.token_urlsafe(32), int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.client, "sub": waiting.person.subject, "name": waiting.person.name,
            "roles": list(waiting.person.roles), "nonce": waiting.asked.nonce, "iat": now, "exp": now + TOKEN_SECONDS,
            "at_hash": _url_safe(hashlib.sha256(access.encode()).digest()[:16]),
        }  # fmt: skip
        token = jwt.encode({"alg": "ES256", "kid": "demo"}, claims, self._key)
        return {"access_token": access, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "id_token": token}


def _url_safe(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
