"""The beta-binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.binomial import Binomial, number_of_trials
from smoothstan.families.family import Family, Parameter, Parameters, Response
from smoothstan.families.parameters import PHI


@final
@dataclass(frozen=True)
class BetaBinomial(Family):
    """y ~ Binomial(trials, p) with p ~ Beta(mu phi, (1 - mu) phi)."""

    name: ClassVar[str] = "beta_binomial"
    parameters: ClassVar[tuple[Parameter, ...]] = (*Binomial.parameters, PHI)
    discrete: ClassVar[bool] = True
    required_additions: ClassVar[tuple[str, ...]] = Binomial.required_additions
    optional_additions: ClassVar[tuple[str, ...]] = Binomial.optional_additions

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
        a, b = parameters["mu"] * parameters["phi"], (1 - parameters["mu"]) * parameters["phi"]
        choose = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        return np.asarray(choose + betaln(y + a, n - y + b) - betaln(a, b))

    def draw(self, rng: np.random.Generator, parameters: Parameters, response: Response) -> FloatArray:
        """Draw probabilities, then numbers of successes."""
        p = rng.beta(parameters["mu"] * parameters["phi"], (1 - parameters["mu"]) * parameters["phi"])
        return rng.binomial(number_of_trials(response).astype(np.int64), p).astype(float)
