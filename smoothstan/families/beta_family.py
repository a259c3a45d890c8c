"""The beta distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.incomplete import log_beta_i
from smoothstan.families.parameters import LOCATION, PHI, PROBABILITY_LINKS, beta_shapes, size_biased
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Beta(Family):
    """y ~ Beta(mu phi, (1 - mu) phi), mu the mean."""

    name: ClassVar[str] = "beta"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean", PROBABILITY_LINKS, intercept_prior=LOCATION),
        PHI,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, 1.0)
    cdf: ClassVar[str] = "beta"

    def check_response(self, response: Response) -> None:
        """Accept numbers between 0 and 1."""
        first_offender(
            response, (response.y <= 0) | (response.y >= 1), "numbers between 0 and 1, both excluded", self.name
        )

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return (a - 1) log(y) + (b - 1) log(1 - y) - log B(a, b), a = mu phi and b = (1 - mu) phi."""
        from scipy.special import betaln

        (a, b), y = beta_shapes(parameters), response.y
        return np.asarray((a - 1) * np.log(y) + (b - 1) * np.log1p(-y) - betaln(a, b))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        return log_beta_i(*beta_shapes(parameters), y, 1 - y)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        a, b = beta_shapes(parameters)
        return log_beta_i(b, a, 1 - y, y)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu times the ratio of the masses with first shape mu phi + 1 and mu phi between the bounds."""
        log_biased_mass = self.log_between(low, high, size_biased(parameters), response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw beta numbers."""
        return rng.beta(*beta_shapes(parameters))
