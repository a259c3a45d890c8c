"""The exponential dispersion families of a penalised fit: normal, Poisson, binomial, gamma, inverse normal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.penalised import (
    NO_SHAPE,
    NO_SHAPE_HESSIAN,
    MeanDerivatives,
    PenalisedFamily,
    PowerVarianceFamily,
    Saturated,
    gaussian_scale,
    known_scale,
    reject,
)

_MEAN_LINKS = ("log", "identity", "inverse", "sqrt", "softplus")


@final
class PenalisedGaussian(PowerVarianceFamily):
    """y ~ Normal(mu, phi / w)."""

    name: ClassVar[str] = "gaussian"
    links: ClassVar[tuple[str, ...]] = ("identity", "log", "inverse", "softplus")
    scale_known: ClassVar[bool] = False
    power: ClassVar[float] = 0.0

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from Normal(mu, phi / w)."""
        return rng.normal(mu, np.sqrt(phi / weights))

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept every finite number."""

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y."""
        return y

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (y - mu)^2 / 2."""
        return np.asarray(0.5 * weights * (y - mu) ** 2)

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return -n/2 log(2 pi phi) + sum(log w)/2."""
        n = y.shape[0]
        return gaussian_scale(-0.5 * n * np.log(2 * np.pi * phi) + 0.5 * float(np.sum(np.log(weights))), n)


@final
class PenalisedPoisson(PowerVarianceFamily):
    """y ~ Poisson(mu)."""

    name: ClassVar[str] = "poisson"
    links: ClassVar[tuple[str, ...]] = ("log", "identity", "sqrt", "softplus")
    scale_known: ClassVar[bool] = True
    power: ClassVar[float] = 1.0
    lower: ClassVar[float] = 0.0

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from Poisson(mu)."""
        return rng.poisson(mu).astype(float)

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept whole numbers >= 0."""
        reject((y < 0) | (y != np.floor(y)), y, "whole numbers >= 0", self.name)

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y + 0.1."""
        return y + 0.1

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (y log(y/mu) - y + mu)."""
        from scipy.special import xlogy

        return np.asarray(weights * (xlogy(y, y / mu) - (y - mu)))

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the log likelihood at mu = y."""
        from scipy.special import gammaln, xlogy

        return known_scale(float(np.sum(weights * (xlogy(y, y) - y - gammaln(y + 1)))))


class _ProportionFamily(PenalisedFamily):
    """Variance mu (1 - mu)."""

    lower: ClassVar[float] = 0.0
    upper: ClassVar[float] = 1.0
    links: ClassVar[tuple[str, ...]] = ("logit", "probit", "cloglog", "cauchit", "identity", "log")

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return (w y + 1/2) / (w + 1)."""
        return (weights * y + 0.5) / (weights + 1)

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (y log(y/mu) + (1 - y) log((1 - y)/(1 - mu)))."""
        from scipy.special import xlogy

        return np.asarray(weights * (xlogy(y, y / mu) + xlogy(1 - y, (1 - y) / (1 - mu))))

    def mean_derivatives(
        self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray
    ) -> MeanDerivatives:
        """Return the first to fourth derivative of the half deviances in the mean."""
        a, b = y / mu, (1 - y) / (1 - mu)
        # Written by parts: each is of one sign, so that nothing cancels when mu is next to 0 or 1.
        return (
            weights * (b - a),
            weights * (a / mu + b / (1 - mu)),
            2 * weights * (b / (1 - mu) ** 2 - a / mu**2),
            6 * weights * (a / mu**3 + b / (1 - mu) ** 3),
        )

    def information(self, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w / (mu (1 - mu))."""
        return np.asarray(weights / (mu * (1 - mu)))

    def variance(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return mu (1 - mu)."""
        return mu * (1 - mu)

    def variance_slope(self, mu: FloatArray, theta: FloatArray) -> FloatArray:
        """Return 1 - 2 mu."""
        return 1 - 2 * mu


@final
@dataclass(frozen=True)
class PenalisedBinomial(_ProportionFamily):
    """m y ~ Binomial(m, mu), counted w/m times: y is the proportion of successes, w the weight.

    Args:
        trials: (n,) numbers of trials m; the weights if None.
    """

    name: ClassVar[str] = "binomial"
    scale_known: ClassVar[bool] = True
    trials: FloatArray | None = None

    def with_trials(self, trials: FloatArray) -> PenalisedBinomial:
        """Return the family of responses with these numbers of trials."""
        return PenalisedBinomial(trials)

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw proportions of w trials; None if the weights are no numbers of trials."""
        if np.any(weights != np.floor(weights)):
            return None
        return rng.binomial(weights.astype(np.int64), mu) / weights

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept proportions of whole numbers."""
        reject((y < 0) | (y > 1), y, "proportions between 0 and 1, with the number of trials as weight", self.name)

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the log likelihood at mu = y."""
        from scipy.special import gammaln, xlogy

        trials = weights if self.trials is None else self.trials
        successes = trials * y
        choose = gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1)
        each = choose + xlogy(successes, y) + xlogy(trials - successes, 1 - y)
        return known_scale(float(np.sum(weights / trials * each)))


class _PositiveFamily(PowerVarianceFamily):
    """Positive numbers, with a scale that is estimated."""

    scale_known: ClassVar[bool] = False
    lower: ClassVar[float] = 0.0

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept positive numbers."""
        reject(y <= 0, y, "positive numbers", self.name)

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y."""
        return y


@final
class PenalisedGamma(_PositiveFamily):
    """y ~ Gamma(shape w/phi, mean mu)."""

    name: ClassVar[str] = "gamma"
    links: ClassVar[tuple[str, ...]] = ("log", "inverse", "identity", "softplus")
    power: ClassVar[float] = 2.0

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from Gamma with mean mu and shape w / phi."""
        return rng.gamma(weights / phi, mu * phi / weights)

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w ((y - mu)/mu - log(y/mu))."""
        return np.asarray(weights * ((y - mu) / mu - np.log(y / mu)))

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the log likelihood at mu = y and its derivatives in log(phi), by the shape k = w/phi."""
        from scipy.special import digamma, gammaln, polygamma

        k = weights / phi
        value = float(np.sum(k * np.log(k) - k - gammaln(k) - np.log(y)))
        gap = digamma(k) - np.log(k)
        second = -k * (gap + k * polygamma(1, k) - 1)
        return Saturated(value, float(np.sum(k * gap)), float(np.sum(second)), NO_SHAPE, NO_SHAPE_HESSIAN)

    def criterion_likelihood(
        self,
        y: FloatArray,
        mu: FloatArray,
        weights: FloatArray,
        theta: FloatArray,
        known: float | None,
        deviance: float,
        optimised: float,
    ) -> float:
        """Return the weighted sum of gamma log densities at the optimised scale, as R does."""
        from scipy.special import gammaln

        k = 1 / (optimised if known is None else known)
        density = k * np.log(k * y / mu) - np.log(y) - k * y / mu - gammaln(k)
        return float(np.sum(weights * density))


@final
class PenalisedInverseGaussian(_PositiveFamily):
    """y ~ inverse normal with mean mu and variance phi mu^3 / w."""

    name: ClassVar[str] = "inverse.gaussian"
    links: ClassVar[tuple[str, ...]] = ("1/mu^2", "log", "inverse", "identity", "softplus")
    power: ClassVar[float] = 3.0

    def draw(
        self, rng: np.random.Generator, mu: FloatArray, weights: FloatArray, theta: FloatArray, phi: float
    ) -> FloatArray | None:
        """Draw from the inverse normal with mean mu and precision w / phi."""
        return rng.wald(mu, weights / phi)

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (y - mu)^2 / (2 y mu^2)."""
        return np.asarray(0.5 * weights * (y - mu) ** 2 / (y * mu * mu))

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return -sum(log(2 pi phi y^3 / w))/2."""
        return gaussian_scale(-0.5 * float(np.sum(np.log(2 * np.pi * phi * y**3 / weights))), y.shape[0])

    def criterion_likelihood(
        self,
        y: FloatArray,
        mu: FloatArray,
        weights: FloatArray,
        theta: FloatArray,
        known: float | None,
        deviance: float,
        optimised: float,
    ) -> float:
        """Return R's version, which takes the deviance to be phi times the number of rows at the optimised phi."""
        if known is not None:
            return self.log_likelihood(y, mu, weights, theta, known)
        return -0.5 * float(np.sum(weights * (np.log(2 * np.pi * optimised) + 1 + 3 * np.log(y))))


def _extended_quasi(weights: FloatArray, phi: float) -> Saturated:
    """Return the scale's part of the extended quasi likelihood (Nelder & Pregibon 1987, Biometrika 74:221)."""
    n = weights.shape[0]
    return gaussian_scale(-0.5 * n * np.log(phi) + 0.5 * float(np.sum(np.log(weights))), n)


@final
class PenalisedQuasiPoisson(PowerVarianceFamily):
    """Variance phi mu / w and the Poisson's score."""

    name: ClassVar[str] = "quasipoisson"
    links: ClassVar[tuple[str, ...]] = PenalisedPoisson.links
    scale_known: ClassVar[bool] = False
    power: ClassVar[float] = 1.0
    lower: ClassVar[float] = 0.0

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept numbers >= 0."""
        reject(y < 0, y, "numbers >= 0", self.name)

    def initial_mean(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return y + 0.1."""
        return y + 0.1

    def half_deviance(self, y: FloatArray, mu: FloatArray, weights: FloatArray, theta: FloatArray) -> FloatArray:
        """Return w (y log(y/mu) - y + mu)."""
        from scipy.special import xlogy

        return np.asarray(weights * (xlogy(y, y / mu) - (y - mu)))

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the extended quasi likelihood's scale part."""
        return _extended_quasi(weights, phi)


@final
class PenalisedQuasiBinomial(_ProportionFamily):
    """Variance phi mu (1 - mu) / w and the binomial's score."""

    name: ClassVar[str] = "quasibinomial"
    scale_known: ClassVar[bool] = False

    def check(self, y: FloatArray, weights: FloatArray) -> None:
        """Accept proportions."""
        reject((y < 0) | (y > 1), y, "proportions between 0 and 1", self.name)

    def saturated(self, y: FloatArray, weights: FloatArray, phi: float, theta: FloatArray) -> Saturated:
        """Return the extended quasi likelihood's scale part."""
        return _extended_quasi(weights, phi)
