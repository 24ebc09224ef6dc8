"""The pages' cookies, and the token that ties a form to a session."""

from __future__ import annotations

import hashlib
import hmac

from starlette.responses import Response

SESSION = "__Host-ypsem"
"""The cookie of a session. Browsers take a name that begins so only over TLS, from this host, for all of it."""


def keep(answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie; without seconds it goes with the browser."""
    # Lax: the way back from the provider, and a link in a mail, come from elsewhere and must bring it.
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def forget(answer: Response, name: str) -> None:
    """Take a cookie away."""
    answer.set_cookie(name, "", max_age=0, path="/", secure=True, httponly=True, samesite="lax")


def form_token(number: str) -> str:
    """What a form of this session has to carry. Whoever has not the session's number cannot know it."""
    return hmac.new(number.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(given: str, number: str) -> bool:
    """Whether a form carries the token of this session."""
    return hmac.compare_digest(given.encode(), form_token(number).encode())
