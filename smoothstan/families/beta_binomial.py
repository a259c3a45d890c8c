"""The beta-binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.binomial import Binomial, check_successes, number_of_trials
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.parameters import PHI, beta_shapes, size_biased
from smoothstan.families.size_biased import mean_between


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
        check_successes(response, self.name)

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
        trials, (a, b) = number_of_trials(response), beta_shapes(parameters)
        return _log_distribution(*np.broadcast_arrays(y, trials, a, b))

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        trials, (a, b) = number_of_trials(response), beta_shapes(parameters)
        upper = _log_distribution(*np.broadcast_arrays(np.maximum(trials - y - 1, 0), trials, b, a))
        return np.where(y < trials, upper, -np.inf)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return the mean times the ratio of two masses; y - 1 has a trial less and mu phi + 1."""
        fewer = replace(response, trials=np.maximum(number_of_trials(response) - 1, 0))
        log_biased_mass = self.log_between(low - 1, high - 1, size_biased(parameters), fewer)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw probabilities, then numbers of successes."""
        p = rng.beta(*beta_shapes(parameters))
        return rng.binomial(number_of_trials(response).astype(np.int64), p).astype(float)


def _log_distribution(k: FloatArray, trials: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return log P(Y <= k) from the sum on its side of the mean."""
    left = k * (a + b) < trials * a
    first, second = np.where(left, a, b), np.where(left, b, a)
    below = _log_sum(np.where(left, k, np.maximum(trials - k - 1, 0)), trials, first, second)
    with np.errstate(divide="ignore"):
        return np.where(k >= trials, 0.0, np.where(left, below, np.log(-np.expm1(np.minimum(below, 0.0)))))


def _log_sum(k: FloatArray, trials: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the log of the summed mass from 0 to k: the mass at k times a sum of products of ratios."""
    from scipy.special import betaln, gammaln

    term, total = np.ones(k.shape), np.ones(k.shape)
    for step in range(int(np.max(k, initial=0))):
        i = np.maximum(k - step, 0)
        term = term * i * (trials - i + b) / ((trials - i + 1) * (np.maximum(i, 1) - 1 + a))
        total += term
    choose = gammaln(trials + 1) - gammaln(k + 1) - gammaln(trials - k + 1)
    return np.asarray(choose + betaln(k + a, trials - k + b) - betaln(a, b) + np.log(total))
