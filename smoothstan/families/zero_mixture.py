"""Mixtures of zeros with another family: what hurdle and zero-inflated families have in common.

Their distribution functions follow from the probability of 0 and from those of the other family, whose values above 0
have probability ``weight`` times what they have there.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.family import Family, Parameters, Response


@dataclass(frozen=True)
class ZeroMixture(Family):
    """Zeros with a probability of their own, or a value of another family, which a subclass names in ``base``."""

    atom: ClassVar[bool] = True
    base: ClassVar[type[Family]]

    @abstractmethod
    def log_weight(self, parameters: Parameters) -> FloatArray:
        """Return the log of what the probabilities of values above 0 are multiplied by, (draws, rows)."""

    def log_cdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y <= y)."""
        return self.log_between(np.full(np.shape(y), -np.inf), y, parameters, response)

    def log_ccdf(self, y: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(Y > y)."""
        with np.errstate(divide="ignore"):
            above = self.log_weight(parameters) + self.base().log_ccdf(np.maximum(y, 0), parameters, response)
        return np.where(y < 0, 0.0, above)

    def log_between(self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return log P(low < Y <= high): the probability of 0, if it is there, and that of the values above."""
        above = self.log_weight(parameters) + self._log_base(low, high, parameters, response)
        zero = self.log_density(replace(response, y=np.zeros(np.shape(low))), parameters)
        return np.where((low < 0) & (high >= 0), np.logaddexp(zero, above), above)

    def truncated_mean(
        self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response
    ) -> FloatArray:
        """Return the mean of the other family above 0 within the bounds, times the share that it has of them."""
        log_share = self.log_weight(parameters) + self._log_base(low, high, parameters, response)
        share = np.exp(log_share - self.log_between(low, high, parameters, response))
        mean = self.base().truncated_mean(np.maximum(low, 0), high, parameters, response)
        return np.where(share == 0, 0.0, share * mean)

    def _log_base(self, low: FloatArray, high: FloatArray, parameters: Parameters, response: Response) -> FloatArray:
        """Return the log probability that the other family gives to the values above 0 between two bounds."""
        inside = self.base().log_between(np.maximum(low, 0), np.maximum(high, 0), parameters, response)
        return np.where(high > 0, inside, -np.inf)
