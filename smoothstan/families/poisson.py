"""The Poisson distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, check_counts
from smoothstan.families.incomplete import log_gamma_p, log_gamma_q
from smoothstan.families.parameters import COUNT_LINKS, LOCATION
from smoothstan.families.poisson_draws import draw_poisson
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Poisson(Family):
    """y ~ Poisson(mu)."""

    name: ClassVar[str] = "poisson"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("mu", "mean", COUNT_LINKS, intercept_prior=LOCATION),)
    discrete: ClassVar[bool] = True
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc", "rate")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "poisson"

    def check_response(self, response: Response) -> None:
        """Accept whole numbers >= 0."""
        check_counts(response, self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return y log(mu) - mu - log(y!)."""
        from scipy.special import gammaln, xlogy

        mu = parameters["mu"]
        return np.asarray(xlogy(response.y, mu) - mu - gammaln(response.y + 1))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        return log_gamma_q(y + 1, parameters["mu"])

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        return log_gamma_p(y + 1, parameters["mu"])

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu P(low <= Y <= high - 1) / P(low < Y <= high), low a whole number."""
        log_biased_mass = self.log_between(low - 1, high - 1, parameters, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw counts."""
        return draw_poisson(rng, parameters["mu"])
