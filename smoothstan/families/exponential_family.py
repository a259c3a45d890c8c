"""The exponential distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.gamma import Gamma
from smoothstan.families.parameters import LOCATION, POSITIVE_LINKS
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Exponential(Family):
    """y ~ Exponential(1 / mu), mu the mean."""

    name: ClassVar[str] = "exponential"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("mu", "mean", POSITIVE_LINKS, intercept_prior=LOCATION),)
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "exponential"

    def check_response(self, response: Response) -> None:
        """Accept numbers >= 0."""
        first_offender(response, response.y < 0, "numbers >= 0", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return -log(mu) - y / mu."""
        return np.asarray(-np.log(parameters["mu"]) - response.y / parameters["mu"])

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(-np.expm1(-y / parameters["mu"])))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        return np.asarray(-y / parameters["mu"])

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu times the ratio of the masses of Gamma(2, 1 / mu) and of Gamma(1, 1 / mu)."""
        mu = parameters["mu"]
        biased = {"mu": 2 * mu, "shape": np.full((1, 1), 2.0)}
        log_biased_mass = Gamma().log_between(low, high, biased, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw exponential numbers."""
        return rng.exponential(parameters["mu"])
