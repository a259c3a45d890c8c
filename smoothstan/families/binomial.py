"""The binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FamilyError
from smoothstan.families.family import Family, Parameter, Parameters, Response, first_offender
from smoothstan.families.parameters import LOCATION, PROBABILITY_LINKS


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
    optional_additions: ClassVar[tuple[str, ...]] = ("trials", "weights")

    def check_response(self, response: Response) -> None:
        """Accept whole numbers between 0 and the number of trials."""
        y = response.y
        first_offender(response, (y < 0) | (y != np.floor(y)), "whole numbers >= 0", self.name)
        over = y > _trials(response)
        if np.any(over):
            row = int(np.argmax(over))
            raise FamilyError(
                f"the response {response.label!r} has {y[row]:g} successes in {_trials(response)[row]:g} trials "
                f"in row {row} of the rows used (rows count from 0); trials() must be at least the response"
            )

    def mean(self, parameters: Parameters, response: Response) -> FloatArray:
        """Return trials * mu."""
        return np.asarray(_trials(response) * parameters["mu"])

    def log_density(self, response: Response, parameters: Parameters) -> FloatArray:
        """Return log(choose(trials, y)) + y log(mu) + (trials - y) log(1 - mu)."""
        from scipy.special import gammaln, xlog1py, xlogy

        y, n, mu = response.y, _trials(response), parameters["mu"]
        choose = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        return np.asarray(choose + xlogy(y, mu) + xlog1py(n - y, -mu))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw numbers of successes."""
        return rng.binomial(_trials(response).astype(np.int64), parameters["mu"]).astype(float)


def _trials(response: Response) -> FloatArray:
    if response.trials is None:
        raise FamilyError("family binomial needs the number of trials: write 'y | trials(n) ~ ...'")
    return response.trials
