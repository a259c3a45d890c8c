"""The Weibull distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.gamma import Gamma
from smoothstan.families.parameters import LOCATION, POSITIVE_LINKS, SHAPE
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Weibull(Family):
    """y ~ Weibull(shape, mu / Gamma(1 + 1/shape)), mu the mean."""

    name: ClassVar[str] = "weibull"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "mean", POSITIVE_LINKS, intercept_prior=LOCATION),
        SHAPE,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "weibull"

    def check_response(self, response: Response) -> None:
        """Accept positive numbers: at zero the density is zero or infinite."""
        first_offender(response, response.y <= 0, "positive numbers", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(shape / scale) + (shape - 1) log(y / scale) - (y / scale)^shape."""
        from scipy.special import xlogy

        shape, z = parameters["shape"], response.y / _scale(parameters)
        return np.asarray(np.log(shape / _scale(parameters)) + xlogy(shape - 1, z) - z**shape)

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(-np.expm1(self.log_ccdf(y, parameters, response))))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        with np.errstate(over="ignore"):
            return np.asarray(-((y / _scale(parameters)) ** parameters["shape"]))

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu P(a^shape < G <= b^shape) / P(a < Z <= b), Z = Y / scale and G ~ Gamma(1 + 1 / shape, 1)."""
        shape, scale = parameters["shape"], _scale(parameters)
        a, b = (np.where(bound > 0, (np.maximum(bound, 0) / scale) ** shape, -np.inf) for bound in (low, high))
        biased = {"mu": 1 + 1 / shape, "shape": 1 + 1 / shape}
        log_biased_mass = Gamma().log_between(a, b, biased, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw Weibull numbers."""
        mu = parameters["mu"]
        return np.asarray(_scale(parameters) * rng.weibull(np.broadcast_to(parameters["shape"], mu.shape)))


def _scale(parameters: Parameters) -> FloatArray:
    """Return the scale whose mean is mu."""
    from scipy.special import gamma

    return np.asarray(parameters["mu"] / gamma(1 + 1 / parameters["shape"]))
