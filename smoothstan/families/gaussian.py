"""The normal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.parameters import LOCATION, LOCATION_LINKS, SIGMA

_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


@final
@dataclass(frozen=True)
class Gaussian(Family):
    """y ~ Normal(mu, sigma), sigma a standard deviation."""

    name: ClassVar[str] = "gaussian"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean", LOCATION_LINKS, intercept_prior=LOCATION),
        SIGMA,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc", "se")
    cdf: ClassVar[str] = "normal"

    def check_response(self, response: Response) -> None:
        """Accept every finite number."""

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return -log(sigma) - log(sqrt(2 pi)) - (y - mu)^2 / (2 sigma^2)."""
        sigma = parameters["sigma"]
        z = (response.y - parameters["mu"]) / sigma
        return np.asarray(-0.5 * z * z - np.log(sigma) - _LOG_ROOT_2PI)

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        from scipy.special import log_ndtr

        return np.asarray(log_ndtr((y - parameters["mu"]) / parameters["sigma"]))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        from scipy.special import log_ndtr

        return np.asarray(log_ndtr((parameters["mu"] - y) / parameters["sigma"]))

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu + sigma (phi(a) - phi(b)) / (Phi(b) - Phi(a)), a and b the standardised bounds."""
        mu, sigma = parameters["mu"], parameters["sigma"]
        log_mass = self.log_between(low, high, parameters, response)
        at_low, at_high = (
            np.exp(-0.5 * ((bound - mu) / sigma) ** 2 - _LOG_ROOT_2PI - log_mass) for bound in (low, high)
        )
        return np.asarray(mu + sigma * (at_low - at_high))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw from the normal distribution."""
        mu, sigma = parameters["mu"], parameters["sigma"]
        # Half again as fast as rng.normal() of arrays.
        drawn = rng.standard_normal(np.broadcast_shapes(mu.shape, sigma.shape))
        drawn *= sigma
        drawn += mu
        return drawn
