"""The asymmetric Laplace distribution, for quantile regression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.parameters import LOCATION, REAL_LINKS, SIGMA, probability


@final
@dataclass(frozen=True)
class AsymLaplace(Family):
    """y ~ AsymLaplace(mu, sigma, quantile): mu is the quantile of that order; hold it with bf(..., quantile=0.9)."""

    name: ClassVar[str] = "asym_laplace"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "quantile", REAL_LINKS, intercept_prior=LOCATION),
        replace(SIGMA, description="scale"),
        probability("quantile", "order of the quantile"),
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    cdf: ClassVar[str] = "asym_laplace"

    def check_response(self, response: Response) -> None:
        """Accept every finite number."""

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu + sigma (1 - 2 q) / (q (1 - q))."""
        q = parameters["quantile"]
        return np.asarray(parameters["mu"] + parameters["sigma"] * (1 - 2 * q) / (q * (1 - q)))

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(q (1 - q) / sigma) - z (q - [z < 0]); Yu & Zhang (2005), Communications in Statistics 34."""
        q, sigma = parameters["quantile"], parameters["sigma"]
        z = (response.y - parameters["mu"]) / sigma
        return np.asarray(np.log(q) + np.log1p(-q) - np.log(sigma) - z * (q - (z < 0)))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        q, z = parameters["quantile"], (y - parameters["mu"]) / parameters["sigma"]
        with np.errstate(divide="ignore"):
            above = np.log1p(-(1 - q) * np.exp(-q * np.maximum(z, 0)))
            return np.where(z < 0, np.log(q) + (1 - q) * z, above)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        q, z = parameters["quantile"], (y - parameters["mu"]) / parameters["sigma"]
        below = np.log1p(-q * np.exp((1 - q) * np.minimum(z, 0)))
        return np.where(z < 0, below, np.log1p(-q) - q * z)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu + sigma E[Z], the sum of the parts of the two exponential densities within the bounds."""
        q, mu, sigma = parameters["quantile"], parameters["mu"], parameters["sigma"]
        log_mass = self.log_between(low, high, parameters, response)
        # Far beyond the last number whose exponential is not 0, infinite bounds would make 0 times infinity.
        a, b = (np.clip((bound - mu) / sigma, -1e300, 1e300) for bound in (low, high))

        def above(z: FloatArray) -> FloatArray:
            z = np.maximum(z, 0)
            return np.asarray((1 - q) * (z + 1 / q) * np.exp(-q * z - log_mass))

        def below(z: FloatArray) -> FloatArray:
            z = np.minimum(z, 0)
            return np.asarray(q * (z - 1 / (1 - q)) * np.exp((1 - q) * z - log_mass))

        return np.asarray(mu + sigma * (above(a) - above(b) + below(b) - below(a)))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw the difference of two exponential numbers."""
        q, shape = parameters["quantile"], parameters["mu"].shape
        up, down = rng.standard_exponential(shape), rng.standard_exponential(shape)
        return np.asarray(parameters["mu"] + parameters["sigma"] * (up / q - down / (1 - q)))
