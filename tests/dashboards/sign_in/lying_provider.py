"""A small OpenID Connect provider on loopback, with a key of its own, that tells the truth or one lie.

It checks what a good provider checks (PKCE, redirect address, that a code is used once), so that what it lets through
is right by more than our own word.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "ypsem", "synthetic-secret"


@dataclass
class LyingProvider:
    """What it says, and which lie it tells."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "name": "Rita", "roles": []})
    changes: dict[str, Any] = field(default_factory=dict)
    """Claims of the token that are other than they should be; None leaves one out."""
    header: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str | None] = field(default_factory=dict)
    """Parameters of the answer that are other than they should be; None leaves one out."""
    announces_iss: bool = True
    metadata: dict[str, Any] = field(default_factory=dict)
    token_answer: tuple[int, Any] | None = None
    """Instead of a token."""
    sign_with: str = "own"
    """`own`, `stranger` (a key that is published nowhere), `none`, `public` (HMAC with the public key) or `client`."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for."""

    def authorised(self, address: str) -> str:
        """What a browser that is sent here and signs in is sent back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = asked
        answer: dict[str, str | None] = {"code": code, "state": asked["state"]}
        if self.announces_iss:
            answer["iss"] = self.issuer
        answer |= self.answer
        said = {name: value for name, value in answer.items() if value is not None}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def discovery(self) -> dict[str, Any]:
        """What it publishes of itself."""
        endpoints = {
            name: f"{self.issuer}/{path}"
            for name, path in (
                ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "keys"),
                ("end_session_endpoint", "end"),
            )
        }  # fmt: skip
        beside = {"authorization_response_iss_parameter_supported": self.announces_iss}
        return {"issuer": self.issuer, **endpoints, **beside, **self.metadata}

    def redeemed(self, form: dict[str, str], login: str) -> tuple[int, Any]:
        """The answer of the token endpoint."""
        if self.token_answer is not None:
            return self.token_answer
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = _url_safe(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        good = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or login != f"Basic {good}"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_hex(16)
        half = hashlib.sha256(access.encode()).digest()[:16]
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "at_hash": _url_safe(half), **self.claims,
        } | self.changes  # fmt: skip
        said = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self._signed(said)}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.sign_with == "none":
            return f"{_written({'alg': 'none', 'kid': 'one'})}.{_written(claims)}."
        if self.sign_with in ("public", "client"):
            # By hand: the library refuses to use a public key so.
            secret = self.key.as_pem(private=False) if self.sign_with == "public" else SECRET.encode()
            said = f"{_written({'alg': 'HS256', 'kid': 'one'})}.{_written(claims)}"
            return f"{said}.{_url_safe(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"
        key_used = self.key if self.sign_with == "own" else RSAKey.generate_key(2048, {"kid": "one"})
        if "crit" in self.header:
            # By hand too, for the same reason.
            said = f"{_written({'alg': 'RS256', 'kid': self.key.kid, **self.header})}.{_written(claims)}"
            own = self.key.private_key
            assert own is not None
            return f"{said}.{_url_safe(own.sign(said.encode(), PKCS1v15(), SHA256()))}"
        algorithms = ["RS256", "RS512", "PS256"]
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, **self.header}, claims, key_used, algorithms=algorithms)

    def answers(self, path: str, form: dict[str, str], login: str) -> tuple[int, Any]:
        """What a request is answered with."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if path == "/keys":
            return 200, KeySet([self.key]).as_dict(private=False)
        if path == "/token":
            return self.redeemed(form, login)
        return 404, {}


def _written(part: dict[str, Any]) -> str:
    return _url_safe(json.dumps(part).encode())


def _url_safe(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    """One that listens on a free port of this machine."""
    told = LyingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, found = told.answers(self.path, form, self.headers.get("Authorization", ""))
            body = json.dumps(found).encode() if not isinstance(found, bytes) else found
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
