"""The beta distribution in a penalised fit; its precision is estimated with the smoothing parameters."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.penalised import (
    MeanDerivatives,
    PenalisedFamily,
    Saturated,
    ShapeDerivatives,
    reject,
)


@final
class PenalisedBeta(PenalisedFamily):
    """y ~ Beta(mu phi, (1 - mu) phi), theta = log phi.

    The half deviance is minus the log density; ``deviance_at_saturation`` makes a deviance of it.
    Source: Ferrari & Cribari-Neto (2004), J. Appl. Stat. 31:799.
    """

    name: ClassVar[str] = "beta"
    links: ClassVar[tuple[str, ...]] = ("logit", "probit", "cloglog", "cauchit")
    scale_known: ClassVar[bool] = True
    shape_names: ClassVar[tuple[str, ...]] = ("phi",)
    lower: ClassVar[float] = 0.0
    upper: ClassVar[float] = 1.0

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from Beta(mu phi, (1 - mu) phi)."""
        precision = self.shape(theta)["phi"]
        return rng.beta(mu * precision, (1 - mu) * precision)

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept numbers strictly between 0 and 1."""
        reject((y <= 0) | (y >= 1), y, "numbers strictly between 0 and 1", self.name)

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y, away from 0 and 1."""
        return np.clip(y, 0.01, 0.99)

    def initial_shape(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the precision by the moments of y, doubled: covariates explain part of the spread."""
        mean, spread = float(np.mean(y)), max(float(np.var(y)), 1e-12)
        return np.array([np.log(np.clip(2 * (mean * (1 - mean) / spread - 1), 1.0, 1e4))])

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return minus the weighted log density."""
        from scipy.special import betaln

        phi = np.exp(theta[0])
        p, q = mu * phi, (1 - mu) * phi
        return np.asarray(weights * (betaln(p, q) - (p - 1) * np.log(y) - (q - 1) * np.log1p(-y)))

    def mean_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> MeanDerivatives:
        """Return the first to fourth derivative of the half deviances in the mean."""
        from scipy.special import digamma, polygamma

        phi = np.exp(theta[0])
        p, q = mu * phi, (1 - mu) * phi
        return (
            weights * phi * (digamma(p) - digamma(q) - np.log(y) + np.log1p(-y)),
            weights * phi**2 * (polygamma(1, p) + polygamma(1, q)),
            weights * phi**3 * (polygamma(2, p) - polygamma(2, q)),
            weights * phi**4 * (polygamma(3, p) + polygamma(3, q)),
        )

    def information(self, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w phi^2 (trigamma(mu phi) + trigamma((1 - mu) phi))."""
        from scipy.special import polygamma

        phi = np.exp(theta[0])
        return np.asarray(weights * phi**2 * (polygamma(1, mu * phi) + polygamma(1, (1 - mu) * phi)))

    def variance(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return mu (1 - mu)/(1 + phi)."""
        return np.asarray(mu * (1 - mu) / (1 + np.exp(theta[0])))

    def variance_slope(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return (1 - 2 mu)/(1 + phi)."""
        return np.asarray((1 - 2 * mu) / (1 + np.exp(theta[0])))

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return 0: the half deviance is the whole density."""
        return Saturated(0.0, 0.0, 0.0, np.zeros(1), np.zeros((1, 1)))

    def deviance_at_saturation(self, y: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return the least half deviance of every row, at the mean where digamma's difference is logit(y)."""
        from scipy.special import digamma, expit, logit, polygamma

        phi, eta = np.exp(theta[0]), logit(y)
        target = logit(y)
        for _ in range(100):
            mu = expit(eta)
            slope = phi * mu * (1 - mu) * (polygamma(1, mu * phi) + polygamma(1, (1 - mu) * phi))
            step = (digamma(mu * phi) - digamma((1 - mu) * phi) - target) / slope
            eta = eta - np.clip(step, -2.0, 2.0)
            if np.max(np.abs(step)) < 1e-12:
                break
        return self.half_deviance(y, np.asarray(expit(eta)), weights, theta)

    def shape_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> ShapeDerivatives:
        """Return the derivatives of the half deviances in log phi."""
        from scipy.special import digamma, polygamma

        phi = np.exp(theta[0])
        m, p, q = 1 - mu, mu * phi, (1 - mu) * phi
        one, two, three = ((polygamma(k, p), polygamma(k, q)) for k in (1, 2, 3))
        first = np.array(
            [
                mu * (digamma(p) - np.log(y)) + m * (digamma(q) - np.log1p(-y)) - digamma(phi),
                digamma(p) - digamma(q) - np.log(y) + np.log1p(-y) + phi * (mu * one[0] - m * one[1]),
                2 * phi * (one[0] + one[1]) + phi**2 * (mu * two[0] + m * two[1]),
                3 * phi**2 * (two[0] - two[1]) + phi**3 * (mu * three[0] - m * three[1]),
            ]
        )
        second = np.array(
            [
                mu**2 * one[0] + m**2 * one[1] - polygamma(1, phi),
                2 * (mu * one[0] - m * one[1]) + phi * (mu**2 * two[0] - m**2 * two[1]),
                2 * (one[0] + one[1])
                + 4 * phi * (mu * two[0] + m * two[1])
                + phi**2 * (mu**2 * three[0] + m**2 * three[1]),
            ]
        )
        shape = weights * phi * first
        return ShapeDerivatives(shape[None], (weights * phi**2 * second + shape[:3])[None, None])

    def shape(self, theta: FloatArray) -> dict[str, float]:
        """Return phi."""
        return {"phi": float(np.exp(theta[0]))}
