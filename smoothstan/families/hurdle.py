"""Hurdle families: 0 with probability hu, else a positive number from another family.

Source: Mullahy (1986), Journal of Econometrics 33, 341-365.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response, check_counts, first_offender
from smoothstan.families.gamma import Gamma
from smoothstan.families.lognormal import LogNormal
from smoothstan.families.negbinomial_family import NegBinomial
from smoothstan.families.parameters import probability
from smoothstan.families.poisson import Poisson
from smoothstan.families.poisson_draws import draw_poisson
from smoothstan.families.zero_mixture import ZeroMixture

HU = probability("hu", "probability of a zero")


@dataclass(frozen=True)
class Hurdle(ZeroMixture):
    """A family of positive numbers, or 0.  A subclass names the family in ``base``."""

    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)

    @abstractmethod
    def positive_mass(self, parameters: Parameters) -> FloatArray | float:
        """Return the probability that the base family gives to positive numbers."""

    def log_weight(self, parameters: Parameters) -> FloatArray:
        """Return log(1 - hu), less the log of the mass above 0 of the base family."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log1p(-parameters["hu"]) - np.log(self.positive_mass(parameters)))

    def check_response(self, response: Response) -> None:
        """Accept numbers >= 0, whole ones for counts."""
        if self.discrete:
            check_counts(response, self.name)
        first_offender(response, response.y < 0, "numbers >= 0", self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return (1 - hu) times the mean of the base family above 0."""
        mean = self.base().mean(parameters, response) / self.positive_mass(parameters)
        return np.asarray((1 - parameters["hu"]) * mean)

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(hu) at 0, elsewhere log(1 - hu) + the log density of the base family above 0."""
        zero = response.y == 0
        above = replace(response, y=np.where(zero, 1.0, response.y))
        with np.errstate(divide="ignore"):
            other = self.log_weight(parameters) + self.base().log_density(above, parameters)
            return np.where(zero, np.log(parameters["hu"]), other)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw positive numbers, and zeros with probability hu."""
        drawn = self.draw_positive(rng, parameters, response)
        return np.where(rng.random(drawn.shape) < parameters["hu"], 0.0, drawn)

    def draw_positive(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw from the base family above 0."""
        return self.base().draw(rng, parameters, response)


@final
@dataclass(frozen=True)
class HurdlePoisson(Hurdle):
    """Zeros, and Poisson counts above 0."""

    name: ClassVar[str] = "hurdle_poisson"
    base: ClassVar[type[Family]] = Poisson
    cdf: ClassVar[str] = Poisson.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*Poisson.parameters, HU)
    discrete: ClassVar[bool] = True

    def positive_mass(self, parameters: Parameters) -> FloatArray:
        """Return 1 - exp(-mu)."""
        return np.asarray(-np.expm1(-parameters["mu"]))

    def draw_positive(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw the first event of a Poisson process on [0, mu], given that there is one, then those after it."""
        mu = parameters["mu"]
        first = -np.log1p(-rng.random(mu.shape) * self.positive_mass(parameters))
        return 1 + draw_poisson(rng, np.maximum(mu - first, 0.0))


@final
@dataclass(frozen=True)
class HurdleNegBinomial(Hurdle):
    """Zeros, and negative binomial counts above 0."""

    name: ClassVar[str] = "hurdle_negbinomial"
    base: ClassVar[type[Family]] = NegBinomial
    cdf: ClassVar[str] = NegBinomial.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*NegBinomial.parameters, HU)
    discrete: ClassVar[bool] = True

    def positive_mass(self, parameters: Parameters) -> FloatArray:
        """Return 1 - (shape / (shape + mu))^shape."""
        shape = parameters["shape"]
        return np.asarray(-np.expm1(-shape * np.log1p(parameters["mu"] / shape)))

    def draw_positive(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw the first event of a Poisson process on [0, 1] with a gamma rate, then the rate, then those after it."""
        mu, shape = parameters["mu"], parameters["shape"]
        none_yet = np.log1p(-rng.random(np.broadcast_shapes(mu.shape, shape.shape)) * self.positive_mass(parameters))
        first = np.minimum(shape * np.expm1(-none_yet / shape) / mu, 1.0)
        rate = rng.standard_gamma(shape + 1, first.shape) / (shape / mu + first)
        return 1 + draw_poisson(rng, rate * (1 - first))


@final
@dataclass(frozen=True)
class HurdleGamma(Hurdle):
    """Zeros, and gamma numbers."""

    name: ClassVar[str] = "hurdle_gamma"
    base: ClassVar[type[Family]] = Gamma
    cdf: ClassVar[str] = Gamma.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*Gamma.parameters, HU)

    def positive_mass(self, parameters: Parameters) -> float:
        """Return 1."""
        return 1.0


@final
@dataclass(frozen=True)
class HurdleLogNormal(Hurdle):
    """Zeros, and lognormal numbers."""

    name: ClassVar[str] = "hurdle_lognormal"
    base: ClassVar[type[Family]] = LogNormal
    cdf: ClassVar[str] = LogNormal.cdf
    parameters: ClassVar[tuple[Parameter, ...]] = (*LogNormal.parameters, HU)
    log_scale: ClassVar[bool] = True

    def positive_mass(self, parameters: Parameters) -> float:
        """Return 1."""
        return 1.0
