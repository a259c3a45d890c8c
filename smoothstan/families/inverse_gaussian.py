"""The inverse Gaussian distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.log_scale import log_difference
from smoothstan.families.parameters import LOCATION, LOG_ROOT_2PI, SHAPE
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class InverseGaussian(Family):
    """y ~ InverseGaussian(mu, shape), mu the mean and mu^3 / shape the variance."""

    name: ClassVar[str] = "inverse.gaussian"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "mu", "mean", ("1/mu^2", "inverse", "identity", "log", "softplus", "squareplus"), intercept_prior=LOCATION
        ),
        SHAPE,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "inverse_gaussian"

    def check_response(self, response: Response) -> None:
        """Accept positive numbers."""
        first_offender(response, response.y <= 0, "positive numbers", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return (log(shape) - 3 log(y)) / 2 - log(sqrt(2 pi)) - shape (y / mu - 1)^2 / (2 y)."""
        shape, y = parameters["shape"], response.y
        relative = y / parameters["mu"] - 1
        return np.asarray(0.5 * np.log(shape) - 1.5 * np.log(y) - LOG_ROOT_2PI - 0.5 * shape * relative**2 / y)

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        below, _, reflected = _shuster(y, parameters)
        return np.logaddexp(below, reflected)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        _, above, reflected = _shuster(y, parameters)
        return log_difference(above, reflected)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu P(mu^2 / high <= Y < mu^2 / low) / P(low < Y <= high)."""
        mu = parameters["mu"]
        # y times the density is that of mu^2 / Y, times mu.
        a = np.where(high > 0, mu**2 / np.maximum(high, 1e-300), np.inf)
        b = np.where(low > 0, mu**2 / np.maximum(low, 1e-300), np.inf)
        log_biased_mass = self.log_between(a, b, parameters, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw from the inverse normal (Wald) distribution."""
        return rng.wald(parameters["mu"], parameters["shape"])


def _shuster(y: FloatArray, parameters: Parameters) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log f, log g and log h with P(Y <= y) = f + h and P(Y > y) = g - h; Shuster (1968), JASA 63, 1514-1516."""
    from scipy.special import log_ndtr

    mu, shape = parameters["mu"], parameters["shape"]
    root, relative = np.sqrt(shape / y), y / mu
    reflected = 2 * shape / mu + log_ndtr(-root * (relative + 1))
    return log_ndtr(root * (relative - 1)), log_ndtr(root * (1 - relative)), reflected
