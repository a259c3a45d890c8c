"""The stopping ratio family: categories that are reached one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from smoothstan.arrays import FloatArray
from smoothstan.families.ordinal import Ordinal, passing
from smoothstan.families.tails import Tails


@final
@dataclass(frozen=True)
class StoppingRatio(Ordinal):
    """P(y = k | y >= k) = F(disc (threshold_k - mu)).

    Source: Tutz (1990), British Journal of Mathematical and Statistical Psychology 43, 39-55.
    """

    name: ClassVar[str] = "sratio"

    def log_probabilities(self, distances: FloatArray, tails: Tails) -> FloatArray:
        """Return log F(x_k) + sum_(j < k) log(1 - F(x_j))."""
        return passing(tails.log_below(distances), tails.log_above(distances))
