"""The pages' cookies, and the token that ties a form to a session."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from starlette.responses import Response

SESSION = "__Host-ypsem"
"""The cookie of a session. Browsers take a name that begins so only over TLS, from this host, for all of it."""


ATTEMPT = "__Host-ypsem-sign-in"
"""The cookie of somebody who is at the provider, with the same promise."""
SAID = "__Host-ypsem-said"
"""The cookie that tells the next page what was done."""
_PREFIX = "__Host-"


@dataclass(frozen=True)
class Cookies:
    """The cookies of pages that are reached over TLS, or over plain HTTP on this machine alone.

    Some browsers keep no `Secure` cookie of plain HTTP, not even of a loopback address.
    """

    tls: bool = True

    @property
    def session(self) -> str:
        """The name of a session's cookie."""
        return self._name(SESSION)

    @property
    def attempt(self) -> str:
        """The name of the cookie of somebody who is at the provider."""
        return self._name(ATTEMPT)

    @property
    def said(self) -> str:
        """The name of the cookie that tells the next page what was done."""
        return self._name(SAID)

    def _name(self, name: str) -> str:
        return name if self.tls else name.removeprefix(_PREFIX)

    def keep(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Set a cookie; without seconds it goes with the browser."""
        # Lax: the way back from the provider, and a link in a mail, come from elsewhere and must bring it.
        answer.set_cookie(name, value, max_age=seconds, path="/", secure=self.tls, httponly=True, samesite="lax")

    def forget(self, answer: Response, name: str) -> None:
        """Take a cookie away."""
        self.keep(answer, name, "", 0)


def form_token(number: str) -> str:
    """What a form of this session has to carry. Whoever has not the session's number cannot know it."""
    return hmac.new(number.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(given: str, number: str) -> bool:
    """Whether a form carries the token of this session."""
    return hmac.compare_digest(given.encode(), form_token(number).encode())
