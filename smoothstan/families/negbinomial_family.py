"""The negative binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.observation import log_between
from smoothstan.families.parameters import COUNT_LINKS, COUNT_SHAPE, LOCATION, negative_binomial


@final
@dataclass(frozen=True)
class NegBinomial(Family):
    """y ~ NegBinomial(mu, shape), mu the mean and mu + mu^2 / shape the variance."""

    name: ClassVar[str] = "negbinomial"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean", COUNT_LINKS, intercept_prior=LOCATION),
        COUNT_SHAPE,
    )
    discrete: ClassVar[bool] = True
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc", "rate")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "neg_binomial_2"

    def check_response(self, response: Response) -> None:
        """Accept whole numbers >= 0."""
        first_offender(
            response, (response.y < 0) | (response.y != np.floor(response.y)), "whole numbers >= 0", self.name
        )

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log mass of the gamma mixture of Poisson distributions."""
        return negative_binomial(response.y, parameters["mu"], parameters["shape"])

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        from scipy import stats

        shape = parameters["shape"]
        return np.asarray(stats.nbinom.logcdf(y, shape, shape / (shape + parameters["mu"])))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        from scipy import stats

        shape = parameters["shape"]
        return np.asarray(stats.nbinom.logsf(y, shape, shape / (shape + parameters["mu"])))

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu times the ratio of two masses; y - 1 has shape + 1."""
        shape, mu = parameters["shape"], parameters["mu"]
        biased = {"mu": mu * (shape + 1) / shape, "shape": shape + 1}
        log_mass = log_between(self, low, high, parameters, response)
        return np.asarray(mu * np.exp(log_between(self, low - 1, high - 1, biased, response) - log_mass))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw Poisson numbers with gamma means."""
        mean = rng.gamma(parameters["shape"], parameters["mu"] / parameters["shape"])
        return rng.poisson(mean).astype(float)
