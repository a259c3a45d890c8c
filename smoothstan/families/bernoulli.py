"""The Bernoulli distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.parameters import LOCATION, PROBABILITY_LINKS


@final
@dataclass(frozen=True)
class Bernoulli(Family):
    """y ~ Bernoulli(mu), mu the probability of a 1."""

    name: ClassVar[str] = "bernoulli"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "probability", PROBABILITY_LINKS, intercept_prior=LOCATION),
    )
    discrete: ClassVar[bool] = True
    binary: ClassVar[bool] = True

    def check_response(self, response: Response) -> None:
        """Accept 0 and 1."""
        first_offender(response, ~np.isin(response.y, (0, 1)), "0 and 1 (or a factor with two levels)", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return y log(mu) + (1 - y) log(1 - mu)."""
        from scipy.special import xlog1py, xlogy

        mu = parameters["mu"]
        return np.asarray(xlogy(response.y, mu) + xlog1py(1 - response.y, -mu))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw zeros and ones."""
        mu = parameters["mu"]
        return (rng.random(mu.shape) < mu).astype(float)
