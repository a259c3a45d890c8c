"""The continuation ratio family: categories that are reached one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from smoothstan.arrays import FloatArray
from smoothstan.families.ordinal import Ordinal, passing
from smoothstan.families.tails import Tails


@final
@dataclass(frozen=True)
class ContinuationRatio(Ordinal):
    """P(y > k | y >= k) = F(disc (mu - threshold_k)); the stopping ratio where F is symmetric.

    Source: Tutz (1990), British Journal of Mathematical and Statistical Psychology 43, 39-55.
    """

    name: ClassVar[str] = "cratio"
    direction: ClassVar[float] = -1.0

    def log_probabilities(self, distances: FloatArray, tails: Tails) -> FloatArray:
        """Return log(1 - F(-x_k)) + sum_(j < k) log F(-x_j)."""
        return passing(tails.log_above(-distances), tails.log_below(-distances))
