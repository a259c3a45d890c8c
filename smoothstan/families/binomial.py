"""The binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FamilyError
from smoothstan.families.family import Family, Parameter, Parameters, Response, check_counts
from smoothstan.families.incomplete import log_beta_i
from smoothstan.families.parameters import LOCATION, PROBABILITY_LINKS
from smoothstan.families.size_biased import mean_between


@final
@dataclass(frozen=True)
class Binomial(Family):
    """y ~ Binomial(trials, mu), mu the probability of success."""

    name: ClassVar[str] = "binomial"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "probability", PROBABILITY_LINKS, intercept_prior=LOCATION),
    )
    discrete: ClassVar[bool] = True
    required_additions: ClassVar[tuple[str, ...]] = ("trials",)
    optional_additions: ClassVar[tuple[str, ...]] = ("trials", "weights", "cens", "trunc")
    support: ClassVar[tuple[float, float]] = (0.0, np.inf)
    cdf: ClassVar[str] = "binomial"

    def check_response(self, response: Response) -> None:
        """Accept whole numbers between 0 and the number of trials."""
        check_successes(response, self.name)

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return trials * mu."""
        return np.asarray(number_of_trials(response) * parameters["mu"])

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(choose(trials, y)) + y log(mu) + (trials - y) log(1 - mu)."""
        from scipy.special import gammaln, xlog1py, xlogy

        y, n, mu = response.y, number_of_trials(response), parameters["mu"]
        choose = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        return np.asarray(choose + xlogy(y, mu) + xlog1py(n - y, -mu))

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        trials, p = number_of_trials(response), parameters["mu"]
        return np.where(y < trials, log_beta_i(np.maximum(trials - y, 1), y + 1, 1 - p, p), 0.0)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        trials, p = number_of_trials(response), parameters["mu"]
        return np.where(y < trials, log_beta_i(y + 1, np.maximum(trials - y, 1), p, 1 - p), -np.inf)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return the mean times the ratio of two masses; y - 1 has a trial less."""
        fewer = replace(response, trials=np.maximum(number_of_trials(response) - 1, 0))
        log_biased_mass = self.log_between(low - 1, high - 1, parameters, fewer)
        return mean_between(self, low, high, parameters, response, log_biased_mass)

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw numbers of successes."""
        return rng.binomial(number_of_trials(response).astype(np.int64), parameters["mu"]).astype(float)


def check_successes(response: Response, family: str) -> None:
    """Raise FamilyError naming the first value that is no whole number from 0 to its number of trials."""
    check_counts(response, family)
    y, trials = response.y, number_of_trials(response)
    over = y > trials
    if np.any(over):
        row = int(np.argmax(over))
        raise FamilyError(
            f"the response {response.label!r} has {y[row]:g} successes in {trials[row]:g} trials "
            f"in row {row} of the rows used (rows count from 0); trials() must be at least the response"
        )


def number_of_trials(response: Response) -> FloatArray:
    """Return the (n,) numbers of trials; FamilyError if the response has none."""
    if response.trials is None:
        raise FamilyError("binomial families need the number of trials: write 'y | trials(n) ~ ...'")
    return response.trials
