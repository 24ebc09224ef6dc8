"""What the provider says when somebody's session there has ended: a logout token, checked claim by claim. Pure.

OpenID Connect Back-Channel Logout 1.0, section 2.6. The caller has checked the signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

EVENT = "http://schemas.openid.net/event/backchannel-logout"
KIND = "logout+jwt"
"""The header's `typ`. No token of a sign-in has it."""
OLDEST = 300
"""Seconds since it was made, at most."""
LONGEST = 255


@dataclass(frozen=True)
class LogoutToken:
    """Whose session has ended at the provider."""

    subject: str
    """Empty where it names the session alone."""
    session: str
    """The provider's number of the session; empty for every session of the person."""
    made_at: int
    """Seconds since 1970."""
    number: str
    """Different for each token."""


def read(
    header: Mapping[str, object], claims: Mapping[str, object], issuer: str, client: str, now: float, apart: int
) -> LogoutToken | None:
    """The token, if it is one for these pages and new; None for anything else. Times are seconds since 1970.

    `exp` has to hold where it is there: older providers leave it out. `iat` bounds the token's life in any case.
    """
    audience = claims.get("aud")
    if str(header.get("typ")).lower() != KIND or claims.get("iss") != issuer:
        return None
    if client not in (audience if isinstance(audience, list) else [audience]):
        return None
    events = claims.get("events")
    if "nonce" in claims or not isinstance(events, Mapping) or not isinstance(events.get(EVENT), Mapping):
        return None
    made, ends = claims.get("iat"), claims.get("exp", now)
    if (
        not _is_time(made)
        or not _is_time(ends)
        or not now - OLDEST - apart <= made <= now + apart
        or ends < now - apart
    ):
        return None
    subject, session, number = (claims.get(name, "") for name in ("sub", "sid", "jti"))
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in (subject, session, number)):
        return None
    if not number or not (subject or session):
        return None
    return LogoutToken(str(subject), str(session), int(made), str(number))


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
