"""Student's t distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.incomplete import log_beta_i
from smoothstan.families.parameters import LOCATION, LOCATION_LINKS, NU, SIGMA


@final
@dataclass(frozen=True)
class Student(Family):
    """y ~ StudentT(nu, mu, sigma), sigma the scale, nu > 1 the degrees of freedom."""

    name: ClassVar[str] = "student"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "location", LOCATION_LINKS, intercept_prior=LOCATION),
        replace(SIGMA, description="scale of the residuals"),
        NU,
    )
    optional_additions: ClassVar[tuple[str, ...]] = ("weights", "cens", "trunc", "se")
    cdf: ClassVar[str] = "student_t"

    def check_response(self, response: Response) -> None:
        """Accept every finite number."""

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return mu, the mean for nu > 1."""
        return parameters["mu"]

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return the log density; Johnson, Kotz & Balakrishnan (1995), *Univariate Distributions* 2, ch. 28."""
        from scipy.special import gammaln

        nu, sigma = parameters["nu"], parameters["sigma"]
        z = (response.y - parameters["mu"]) / sigma
        constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi) - np.log(sigma)
        return np.asarray(constant - (nu + 1) / 2 * np.log1p(z * z / nu))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        return _log_distribution((y - parameters["mu"]) / parameters["sigma"], parameters["nu"])

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        return _log_distribution((parameters["mu"] - y) / parameters["sigma"], parameters["nu"])

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return mu + sigma (h(a) - h(b)) / P(a < T <= b), h(z) = (nu + z^2) / (nu - 1) times the density of T."""
        from scipy.special import gammaln

        nu, mu, sigma = parameters["nu"], parameters["mu"], parameters["sigma"]
        log_mass = self.log_between(low, high, parameters, response)
        constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) + 0.5 * np.log(nu / np.pi) - np.log(nu - 1) - log_mass
        at_low, at_high = (
            np.exp(constant - (nu - 1) / 2 * np.log1p(((bound - mu) / sigma) ** 2 / nu)) for bound in (low, high)
        )
        return np.asarray(mu + sigma * (at_low - at_high))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw from the t distribution."""
        mu = parameters["mu"]
        return np.asarray(mu + parameters["sigma"] * rng.standard_t(np.broadcast_to(parameters["nu"], mu.shape)))


def _log_distribution(z: FloatArray, nu: FloatArray) -> FloatArray:
    """Return log P(Z <= z) of the standard t distribution; DLMF 8.17.8."""
    squared = np.asarray(z * z)
    tail = np.log(0.5) + log_beta_i(nu / 2, np.asarray(0.5), nu / (nu + squared), squared / (nu + squared))
    return np.asarray(np.where(z < 0, tail, np.log1p(-np.exp(tail))))
