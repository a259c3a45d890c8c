"""The beta-binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.binomial import Binomial, number_of_trials
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.observation import log_between
from smoothstan.families.parameters import PHI, beta_shapes, size_biased


@final
@dataclass(frozen=True)
class BetaBinomial(Family):
    """y ~ Binomial(trials, p) with p ~ Beta(mu phi, (1 - mu) phi)."""

    name: ClassVar[str] = "beta_binomial"
    parameters: ClassVar[tuple[Parameter, ...]] = (*Binomial.parameters, PHI)
    discrete: ClassVar[bool] = True
    required_additions: ClassVar[tuple[str, ...]] = Binomial.required_additions
    optional_additions: ClassVar[tuple[str, ...]] = ("trials", "weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "beta_binomial"

    def check_response(self, response: Response) -> None:
        """Accept whole numbers between 0 and the number of trials."""
        Binomial().check_response(response)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return trials * mu."""
        return Binomial().mean(parameters, response)

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(choose(trials, y)) + log B(y + a, trials - y + b) - log B(a, b)."""
        from scipy.special import betaln, gammaln

        y, n = response.y, number_of_trials(response)
        a, b = beta_shapes(parameters)
        choose = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        return np.asarray(choose + betaln(y + a, n - y + b) - betaln(a, b))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        from scipy import stats

        return np.asarray(
            stats.betabinom.logcdf(
                y,
                number_of_trials(response),
                parameters["mu"] * parameters["phi"],
                (1 - parameters["mu"]) * parameters["phi"],
            )
        )

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        from scipy import stats

        return np.asarray(
            stats.betabinom.logsf(
                y,
                number_of_trials(response),
                parameters["mu"] * parameters["phi"],
                (1 - parameters["mu"]) * parameters["phi"],
            )
        )

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return the mean times the ratio of two masses; y - 1 has a trial less and mu phi + 1."""
        fewer = replace(response, trials=np.maximum(number_of_trials(response) - 1, 0))
        log_mass = log_between(self, low, high, parameters, response)
        return np.asarray(
            self.mean(parameters, response)
            * np.exp(log_between(self, low - 1, high - 1, size_biased(parameters), fewer) - log_mass)
        )

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw probabilities, then numbers of successes."""
        p = rng.beta(*beta_shapes(parameters))
        return rng.binomial(number_of_trials(response).astype(np.int64), p).astype(float)
