"""Poisson and negative binomial tails and quantiles, for means and sizes that need not be whole."""

from __future__ import annotations

import math

from scipy import special

_FUZZ = 64 * 2.0**-52


def at_least(y: float, mean: float, phi: float = 1.0) -> float:
    """P(Y >= y) for a count of this mean and variance phi * mean; Poisson for phi = 1."""
    if y <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if phi > 1:
        return float(special.betainc(y, mean / (phi - 1), 1 - 1 / phi))
    return float(special.gammainc(y, mean))


def quantile(p: float, mean: float, phi: float = 1.0) -> float:
    """The smallest whole number that a count does not exceed with probability p."""
    if mean <= 0:
        return 0.0
    target = p * (1 - _FUZZ)
    spread = math.sqrt(mean * max(phi, 1.0))
    x = max(0, math.floor(mean + float(special.ndtri(p)) * spread))
    while x > 0 and 1 - at_least(x, mean, phi) >= target:
        x -= 1
    while 1 - at_least(x + 1, mean, phi) < target:
        x += 1
    return float(x)
