"""Quasi-Poisson regression with a log link, as R's glm fits it, small and fast."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.hotspots.series import Floats

_MAX_ITERATIONS = 25
_EPSILON = 1e-8


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model."""

    coefficients: Floats
    fitted: Floats
    hat: Floats
    inverse: Floats
    """Inverse of X'WX: the covariance of the coefficients but for the dispersion."""
    dispersion: float
    """Pearson's, not held at 1."""
    freedom: int
    converged: bool

    def predict(self, x: Floats, offset: float = 0.0) -> tuple[float, float]:
        """The linear predictor at x, and its standard error but for the root of the dispersion."""
        return float(x @ self.coefficients) + offset, math.sqrt(max(0.0, float(x @ self.inverse @ x)))

    def p_of(self, column: int) -> float:
        """The two-sided p-value of a coefficient, by Student's t."""
        error = float(np.sqrt(self.dispersion * self.inverse[column, column]))
        if error <= 0 or self.freedom <= 0:
            return float("nan")
        return float(2 * special.stdtr(self.freedom, -abs(float(self.coefficients[column])) / error))


def fit_quasi_poisson(x: Floats, y: Floats, offset: Floats, weights: Floats | None = None) -> Fit:
    """Iteratively reweighted least squares from R's start, with R's stopping rule."""
    prior = np.ones(len(y)) if weights is None else weights
    mu = y + 0.1
    eta = np.log(mu)
    deviance = _deviance(y, mu, prior)
    converged = False
    working = prior * mu
    coefficients = np.zeros(x.shape[1])
    inverse = np.zeros((x.shape[1], x.shape[1]))
    for _ in range(_MAX_ITERATIONS):
        working = prior * mu
        weighted = x * working[:, None]
        inverse = _inverse(x.T @ weighted)
        coefficients = inverse @ (weighted.T @ (eta - offset + (y - mu) / mu))
        eta = np.clip(x @ coefficients + offset, -700, 700)
        mu = np.maximum(np.exp(eta), 1e-300)
        before, deviance = deviance, _deviance(y, mu, prior)
        if not np.isfinite(deviance):
            break
        if abs(deviance - before) / (abs(deviance) + 0.1) < _EPSILON:
            converged = True
            break
    hat = working * np.einsum("ij,jk,ik->i", x, inverse, x)
    freedom = len(y) - int(np.sum(prior == 0)) - x.shape[1]
    pearson = float(np.sum(working * ((y - mu) / mu) ** 2))
    return Fit(coefficients, mu, hat, inverse, pearson / freedom if freedom > 0 else float("nan"), freedom, converged)


def _inverse(matrix: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.inv(matrix), np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix), np.float64)


def _deviance(y: Floats, mu: Floats, prior: Floats) -> float:
    return float(2 * np.sum(prior * (special.xlogy(y, y / mu) - (y - mu))))
