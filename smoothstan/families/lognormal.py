"""The lognormal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.parameters import LOCATION, LOG_ROOT_2PI, LOG_SIGMA
from smoothstan.families.size_biased import mean_between


@dataclass(frozen=True)
class NormalLogarithm(Family):
    """A family of positive numbers of which the logarithm, of all or of what exceeds a shift, is normal."""

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean of the logarithm", ("identity", "inverse"), intercept_prior=LOCATION),
        LOG_SIGMA,
    )
    log_scale: ClassVar[bool] = True
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "normal"

    def check_response(self, response: Response) -> None:
        """Accept positive numbers."""
        first_offender(response, response.y <= 0, "positive numbers", self.name)


@final
@dataclass(frozen=True)
class LogNormal(NormalLogarithm):
    """log(y) ~ Normal(mu, sigma)."""

    name: ClassVar[str] = "lognormal"

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return exp(mu + sigma^2 / 2)."""
        return np.asarray(np.exp(parameters["mu"] + parameters["sigma"] ** 2 / 2))

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the normal log density of log(y), less log(y)."""
        sigma, log_y = parameters["sigma"], np.log(response.y)
        z = (log_y - parameters["mu"]) / sigma
        return np.asarray(-0.5 * z * z - np.log(sigma) - LOG_ROOT_2PI - log_y)

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        from scipy.special import log_ndtr

        with np.errstate(divide="ignore"):
            return np.asarray(log_ndtr((np.log(y) - parameters["mu"]) / parameters["sigma"]))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        from scipy.special import log_ndtr

        with np.errstate(divide="ignore"):
            return np.asarray(log_ndtr((parameters["mu"] - np.log(y)) / parameters["sigma"]))

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return the mean times the ratio of the masses with mu + sigma^2 and with mu between the bounds."""
        biased = {"mu": parameters["mu"] + parameters["sigma"] ** 2, "sigma": parameters["sigma"]}
        log_biased_mass = self.log_between(low, high, biased, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw exponentials of normal numbers."""
        return np.exp(rng.normal(parameters["mu"], parameters["sigma"]))
