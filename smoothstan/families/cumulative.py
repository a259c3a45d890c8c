"""The cumulative family: categories cut out of a latent variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.ordinal import Ordinal
from smoothstan.families.tails import Tails


@final
@dataclass(frozen=True)
class Cumulative(Ordinal):
    """P(y <= k) = F(disc (threshold_k - mu)).

    Source: McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142, equation 2.4.
    """

    name: ClassVar[str] = "cumulative"
    ordered_thresholds: ClassVar[bool] = True

    def log_probabilities(self, distances: FloatArray, tails: Tails) -> FloatArray:
        """Return log(F(x_k) - F(x_(k - 1))), with F(x_0) = 0 and F(x_(K + 1)) = 1."""
        first, last = tails.log_below(distances[:, :, :1]), tails.log_above(distances[:, :, -1:])
        inner = tails.log_between(distances[:, :, :-1], distances[:, :, 1:])
        return np.concatenate([first, inner, last], axis=2)
