"""The negative binomial distribution in a penalised fit; its shape is estimated with the smoothing parameters."""

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
class PenalisedNegbinomial(PenalisedFamily):
    """y ~ NegBinomial(mean mu, variance mu + mu^2/k), theta = log k.  Source: Wood et al. (2016), appendix I."""

    name: ClassVar[str] = "negbinomial"
    links: ClassVar[tuple[str, ...]] = ("log", "identity", "sqrt", "softplus")
    scale_known: ClassVar[bool] = True
    shape_names: ClassVar[tuple[str, ...]] = ("shape",)
    lower: ClassVar[float] = 0.0

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from Poisson(mu g), g from Gamma with mean 1 and shape k."""
        k = self.shape(theta)["shape"]
        return rng.poisson(mu * rng.gamma(k, 1 / k, mu.shape)).astype(float)

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept whole numbers >= 0."""
        reject((y < 0) | (y != np.floor(y)), y, "whole numbers >= 0", self.name)

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y, and 1/6 for zero."""
        return np.asarray(y + (y == 0) / 6)

    def initial_shape(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return log k by the moments of y, kept between 1 and 100: covariates explain part of the spread."""
        mean, spread = float(np.mean(y)), float(np.var(y))
        k = mean**2 / (spread - mean) if spread > mean > 0 else 100.0
        return np.array([np.log(np.clip(2 * k, 1.0, 100.0))])

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (y log(y/mu) - (y + k) log((y + k)/(mu + k)))."""
        from scipy.special import xlogy

        k = np.exp(theta[0])
        return np.asarray(weights * (xlogy(y, y / mu) - (y + k) * np.log1p((y - mu) / (mu + k))))

    def mean_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> MeanDerivatives:
        """Return the first to fourth derivative of the half deviances in the mean."""
        k = np.exp(theta[0])
        a, b = 1 / mu, 1 / (mu + k)
        u, v = weights * y, weights * (y + k)
        return (
            weights * k * (mu - y) * a * b,
            u * a**2 - v * b**2,
            2 * (v * b**3 - u * a**3),
            6 * (u * a**4 - v * b**4),
        )

    def information(self, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w / V(mu)."""
        return np.asarray(weights / self.variance(mu, theta))

    def variance(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return mu + mu^2/k."""
        return np.asarray(mu + mu**2 * np.exp(-theta[0]))

    def variance_slope(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return 1 + 2 mu/k."""
        return np.asarray(1 + 2 * mu * np.exp(-theta[0]))

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the log likelihood at mu = y and its derivatives in log k."""
        from scipy.special import digamma, gammaln, polygamma, xlogy

        k = float(np.exp(theta[0]))
        value = xlogy(y, y) - (y + k) * np.log(y + k) + k * np.log(k) + gammaln(y + k) - gammaln(k) - gammaln(y + 1)
        first = np.log(k / (y + k)) + digamma(y + k) - digamma(k)
        second = 1 / k - 1 / (y + k) + polygamma(1, y + k) - polygamma(1, k)
        slope = k * float(np.sum(weights * first))
        curvature = k * k * float(np.sum(weights * second)) + slope
        return Saturated(float(np.sum(weights * value)), 0.0, 0.0, np.array([slope]), np.array([[curvature]]))

    def shape_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> ShapeDerivatives:
        """Return the derivatives of the half deviances in log k."""
        k = np.exp(theta[0])
        b = 1 / (mu + k)
        excess, v = (y - mu) * b, (y + k) * b
        first = np.array([excess - np.log1p(excess), -excess * b, (2 * v - 1) * b**2, (2 - 6 * v) * b**3])
        second = np.array([b - 1 / (y + k) - excess * b, 2 * excess * b**2, (4 - 6 * v) * b**3])
        shape = weights * k * first
        return ShapeDerivatives(shape[None], (weights * k * k * second + shape[:3])[None, None])

    def shape(self, theta: FloatArray) -> dict[str, float]:
        """Return k."""
        return {"shape": float(np.exp(theta[0]))}
