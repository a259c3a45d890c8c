"""Zero-inflated families: zeros come from a process of their own with probability zi, else from another family.

P(0) = zi + (1 - zi) f(0) and (1 - zi) f(y) elsewhere; Lambert (1992), Technometrics 34, 1-14.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.beta_family import Beta
from smoothstan.families.binomial import Binomial, check_successes
from smoothstan.families.family import Family, Parameter, Parameters, Response, check_counts, first_offender
from smoothstan.families.negbinomial_family import NegBinomial
from smoothstan.families.parameters import probability
from smoothstan.families.poisson import Poisson
from smoothstan.families.zero_mixture import ZeroMixture

ZI = probability("zi", "probability of a zero of its own")


@dataclass(frozen=True)
class ZeroInflated(ZeroMixture):
    """A family with more zeros.  A subclass names the family in ``base``; its template is its own."""

    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)

    def log_weight(self, parameters: Parameters) -> FloatArray:
        """Return log(1 - zi)."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log1p(-parameters["zi"]))

    def check_response(self, response: Response) -> None:
        """Accept counts."""
        check_counts(response, self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return (1 - zi) times the mean of the base family."""
        return np.asarray((1 - parameters["zi"]) * self.base().mean(parameters, response))

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(zi [y = 0] + (1 - zi) f(y))."""
        other = np.log1p(-parameters["zi"]) + self.base().log_density(response, parameters)
        with np.errstate(divide="ignore"):
            return np.where(response.y == 0, np.logaddexp(np.log(parameters["zi"]), other), other)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw from the base family, and zeros with probability zi."""
        drawn = self.base().draw(rng, parameters, response)
        return np.where(rng.random(drawn.shape) < parameters["zi"], 0.0, drawn)


@final
@dataclass(frozen=True)
class ZeroInflatedPoisson(ZeroInflated):
    """Poisson counts with more zeros."""

    name: ClassVar[str] = "zero_inflated_poisson"
    base: ClassVar[type[Family]] = Poisson
    cdf: ClassVar[str] = Poisson.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*Poisson.parameters, ZI)
    discrete: ClassVar[bool] = True


@final
@dataclass(frozen=True)
class ZeroInflatedNegBinomial(ZeroInflated):
    """Negative binomial counts with more zeros."""

    name: ClassVar[str] = "zero_inflated_negbinomial"
    base: ClassVar[type[Family]] = NegBinomial
    cdf: ClassVar[str] = NegBinomial.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*NegBinomial.parameters, ZI)
    discrete: ClassVar[bool] = True


@final
@dataclass(frozen=True)
class ZeroInflatedBinomial(ZeroInflated):
    """Binomial numbers of successes with more zeros."""

    name: ClassVar[str] = "zero_inflated_binomial"
    base: ClassVar[type[Family]] = Binomial
    cdf: ClassVar[str] = Binomial.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*Binomial.parameters, ZI)
    discrete: ClassVar[bool] = True
    required_additions: ClassVar[tuple[str, ...]] = Binomial.required_additions
    optional_additions: ClassVar[tuple[str, ...]] = ("trials", "weights", "cens", "trunc")

    def check_response(self, response: Response) -> None:
        """Accept whole numbers between 0 and the number of trials."""
        check_successes(response, self.name)


@final
@dataclass(frozen=True)
class ZeroInflatedBeta(ZeroInflated):
    """Numbers between 0 and 1, or 0 with probability zi."""

    name: ClassVar[str] = "zero_inflated_beta"
    base: ClassVar[type[Family]] = Beta
    cdf: ClassVar[str] = Beta.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*Beta.parameters, ZI)
    support: ClassVar[tuple[float, float]] = Beta.support

    def check_response(self, response: Response) -> None:
        """Accept 0 and numbers between 0 and 1."""
        outside = (response.y < 0) | (response.y >= 1)
        first_offender(response, outside, "numbers from 0 to 1, 1 excluded", self.name)

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(zi) at 0 and log(1 - zi) + the beta log density elsewhere."""
        zero = response.y == 0
        inside = replace(response, y=np.where(zero, 0.5, response.y))
        with np.errstate(divide="ignore"):
            other = np.log1p(-parameters["zi"]) + self.base().log_density(inside, parameters)
            return np.where(zero, np.log(parameters["zi"]), other)
