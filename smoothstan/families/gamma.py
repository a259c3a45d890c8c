"""The gamma distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.incomplete import log_gamma_p, log_gamma_q
from smoothstan.families.parameters import LOCATION, POSITIVE_LINKS, SHAPE
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Gamma(Family):
    """y ~ Gamma(shape, shape / mu), mu the mean."""

    name: ClassVar[str] = "gamma"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean", POSITIVE_LINKS, intercept_prior=LOCATION),
        SHAPE,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "gamma"

    def check_response(self, response: Response) -> None:
        """Accept positive numbers."""
        first_offender(response, response.y <= 0, "positive numbers", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return shape log(shape / mu) - log Gamma(shape) + (shape - 1) log(y) - shape y / mu."""
        from scipy.special import gammaln

        shape, mu, y = parameters["shape"], parameters["mu"], response.y
        return np.asarray(shape * np.log(shape / mu) - gammaln(shape) + (shape - 1) * np.log(y) - shape * y / mu)

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        shape = parameters["shape"]
        return log_gamma_p(shape, shape * y / parameters["mu"])

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        shape = parameters["shape"]
        return log_gamma_q(shape, shape * y / parameters["mu"])

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu times the ratio of the masses with shape + 1 and with shape between the bounds."""
        shape, mu = parameters["shape"], parameters["mu"]
        biased = {"mu": mu * (shape + 1) / shape, "shape": shape + 1}
        log_biased_mass = self.log_between(low, high, biased, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw gamma numbers."""
        return rng.gamma(parameters["shape"], parameters["mu"] / parameters["shape"])
