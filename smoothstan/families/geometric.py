"""The geometric distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, check_counts
from smoothstan.families.negbinomial_family import NegBinomial
from smoothstan.families.parameters import COUNT_LINKS, LOCATION
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Geometric(Family):
    """y ~ NegBinomial(mu, 1), mu the mean number of failures.

    With ``rate()`` it is the sum over the units of the denominator, NegBinomial(denom mu, denom).
    """

    name: ClassVar[str] = "geometric"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("mu", "mean", COUNT_LINKS, intercept_prior=LOCATION),)
    discrete: ClassVar[bool] = True
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc", "rate")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "geometric"

    def of_rates(self) -> NegBinomial:
        """Return the negative binomial family, whose shape is the number of units."""
        return NegBinomial((*self.links, ("shape", "identity")))

    def check_response(self, response: Response) -> None:
        """Accept whole numbers >= 0."""
        check_counts(response, self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return y log(mu) - (y + 1) log(1 + mu)."""
        from scipy.special import xlogy

        if (units := _over_units(parameters, response)) is not None:
            return NegBinomial().log_density(response, units)
        return np.asarray(xlogy(response.y, parameters["mu"]) - (response.y + 1) * np.log1p(parameters["mu"]))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        if (units := _over_units(parameters, response)) is not None:
            return NegBinomial().log_cdf(y, units, response)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(-np.expm1(self.log_ccdf(y, parameters, response))))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        if (units := _over_units(parameters, response)) is not None:
            return NegBinomial().log_ccdf(y, units, response)
        return np.asarray(-(y + 1) * np.log1p(1 / parameters["mu"]))

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu times the ratio of two masses; y - 1 is negative binomial with shape 2."""
        if (units := _over_units(parameters, response)) is not None:
            return NegBinomial().truncated_mean(low, high, units, response)
        mu = parameters["mu"]
        biased = {"mu": 2 * mu, "shape": np.full((1, 1), 2.0)}
        log_biased_mass = NegBinomial().log_between(low - 1, high - 1, biased, response)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw the whole parts of exponential numbers, of any mean; Devroye (1986), section X.2."""
        if (units := _over_units(parameters, response)) is not None:
            return NegBinomial().draw(rng, units, response)
        mu = parameters["mu"]
        with np.errstate(divide="ignore"):
            return np.floor(rng.standard_exponential(mu.shape) / np.log1p(1 / mu))


def _over_units(parameters: Parameters, response: Response) -> Parameters | None:
    """Return the parameters of the negative binomial sum over the units of a rate, or None where there is none."""
    return None if response.denom is None else {"mu": parameters["mu"], "shape": response.denom[None]}
