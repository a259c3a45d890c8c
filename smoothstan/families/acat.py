"""The adjacent category family: odds of neighbouring categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.ordinal import Ordinal
from smoothstan.families.tails import Tails


@final
@dataclass(frozen=True)
class AdjacentCategory(Ordinal):
    """P(y = k + 1 | y in {k, k + 1}) = F(disc (mu - threshold_k)).

    Source: Agresti (2010), *Analysis of Ordinal Categorical Data*, section 4.1.
    """

    name: ClassVar[str] = "acat"
    direction: ClassVar[float] = -1.0

    def log_probabilities(self, distances: FloatArray, tails: Tails) -> FloatArray:
        """Return sum_(j < k) of the log odds log F(-x_j) - log(1 - F(-x_j)), less the log of the sum of the odds."""
        from scipy.special import logsumexp

        odds = tails.log_below(-distances) - tails.log_above(-distances)
        reached = np.concatenate([np.zeros((*odds.shape[:2], 1)), np.cumsum(odds, axis=2)], axis=2)
        return np.asarray(reached - logsumexp(reached, axis=2, keepdims=True))
