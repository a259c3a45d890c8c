"""Radial kernels, all as functions of the squared distance, which needs no square root to compute.

Every kernel may overwrite its argument.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray

# r^2 log r is zero at r = 0; the logarithm of this number is finite and its product with it negligible.
_TINY = 1e-300


class RadialKernel(ABC):
    """A function of distance."""

    @abstractmethod
    def __call__(self, squared: FloatArray) -> FloatArray:
        """Return the kernel at squared distances, the same shape."""


@final
@dataclass(frozen=True)
class PowerKernel(RadialKernel):
    """``scale * r^power``, times ``log r`` where the power is even.

    Source: Duchon (1977); Wood (2003), *JRSSB* 65, equation 4.
    """

    scale: float
    power: int

    def __call__(self, squared: FloatArray) -> FloatArray:
        """Return the kernel at squared distances."""
        if self.power % 2:
            values, factors = np.sqrt(squared), (self.power - 1) // 2
            values *= self.scale
        else:
            np.maximum(squared, _TINY, out=squared)
            values, factors = np.log(squared), self.power // 2
            values *= self.scale / 2
        for _ in range(factors):
            values *= squared
        return values


def thin_plate_kernel(d: int, m: int) -> PowerKernel:
    """Return the kernel of the penalty on all derivatives of order ``m`` in ``d`` dimensions, 2 m > d.

    Source: Wood (2003), *JRSSB* 65, equation 4; Green and Silverman (1994), section 7.9.
    """
    if d % 2 == 0:
        sign = -1 if (m + 1 + d // 2) % 2 else 1
        divisor = 2 ** (2 * m - 1) * math.pi ** (d / 2) * math.factorial(m - 1) * math.factorial(m - d // 2)
        return PowerKernel(sign / divisor, 2 * m - d)
    divisor = 2 ** (2 * m) * math.pi ** (d / 2) * math.factorial(m - 1)
    return PowerKernel(math.gamma(d / 2 - m) / divisor, 2 * m - d)


def duchon_kernel(power: int) -> PowerKernel:
    """Return the kernel ``+-r^power``, with ``log r`` if even, signed so that the penalty is non-negative."""
    return PowerKernel(1.0 if (power // 2 + 1) % 2 == 0 else -1.0, power)


@final
@dataclass(frozen=True)
class CorrelationKernel(RadialKernel):
    """A correlation that falls with e = r / range.

    Args:
        family: 1 spherical, 2 power exponential, 3 to 5 Matern with smoothness 3/2, 5/2, 7/2.
        range: the unit of distance.
        exponent: of the power exponential, above 0 and at most 2.

    Source: Kammann and Wand (2003), *Applied Statistics* 52, 1-18; Rasmussen and Williams (2006), section 4.2.
    """

    family: int
    range: float
    exponent: float

    def __call__(self, squared: FloatArray) -> FloatArray:
        """Return the correlation at squared distances."""
        squared /= self.range**2
        if self.family == 2:
            return np.exp(-(squared ** (self.exponent / 2)))
        e = np.sqrt(squared)
        if self.family == 1:
            return np.where(e <= 1, 1 - 1.5 * e + 0.5 * e * squared, 0.0)
        polynomial = 1 + e
        if self.family == 4:
            polynomial += squared / 3
        elif self.family == 5:
            polynomial += 0.4 * squared + squared * e / 15
        np.negative(e, out=e)
        polynomial *= np.exp(e, out=e)
        return np.asarray(polynomial)
