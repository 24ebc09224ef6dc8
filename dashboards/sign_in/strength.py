"""How strong a sign-in has to be: how long ago at most, with which `acr`, by which `amr`. Pure.

What a provider does not say counts as not so. Nothing is asked for unless the settings do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLOCKS_APART = 60
"""Seconds by which the provider's clock may differ."""


@dataclass(frozen=True)
class Strength:
    """What the settings ask for."""

    max_age: int | None = None
    """Seconds since the provider last saw a password or a second factor."""
    acr: tuple[str, ...] = ()
    """One of these."""
    amr: frozenset[str] = frozenset()
    """All of these."""

    def asked(self) -> dict[str, str]:
        """What the provider is asked for."""
        asked = {"max_age": str(self.max_age or ""), "acr_values": " ".join(self.acr)}
        return {name: value for name, value in asked.items() if value}

    def enough(self, claims: Mapping[str, object], now: float) -> bool:
        """Whether a token's claims say that it was so; `now` in seconds since 1970."""
        if self.max_age is not None:
            at = claims.get("auth_time")
            if not isinstance(at, int | float) or isinstance(at, bool):
                return False
            if not now - self.max_age - CLOCKS_APART <= at <= now + CLOCKS_APART:
                return False
        if self.acr and claims.get("acr") not in self.acr:
            return False
        ways = claims.get("amr")
        return (
            self.amr <= frozenset(way for way in ways if isinstance(way, str))
            if isinstance(ways, list)
            else not self.amr
        )
