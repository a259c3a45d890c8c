"""The negative binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, check_counts
from smoothstan.families.incomplete import log_beta_i
from smoothstan.families.parameters import COUNT_LINKS, COUNT_SHAPE, LOCATION, negative_binomial
from smoothstan.families.poisson_draws import draw_poisson
from smoothstan.families.size_biased import mean_between


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
        check_counts(response, self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log mass of the gamma mixture of Poisson distributions."""
        return negative_binomial(response.y, parameters["mu"], parameters["shape"])

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        shape, mu = parameters["shape"], parameters["mu"]
        return log_beta_i(shape, y + 1, shape / (shape + mu), mu / (shape + mu))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        shape, mu = parameters["shape"], parameters["mu"]
        return log_beta_i(y + 1, shape, mu / (shape + mu), shape / (shape + mu))

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu times the ratio of two masses; y - 1 has shape + 1."""
        shape, mu = parameters["shape"], parameters["mu"]
        biased = {"mu": mu * (shape + 1) / shape, "shape": shape + 1}
        log_biased_mass = self.log_between(low - 1, high - 1, biased, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw Poisson numbers with gamma means."""
        shape, mu = parameters["shape"], parameters["mu"]
        # Half again as fast as rng.gamma() of arrays.
        mean = rng.standard_gamma(shape, np.broadcast_shapes(mu.shape, shape.shape))
        mean *= mu / shape
        return draw_poisson(rng, mean)
