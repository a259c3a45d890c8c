"""Functions of the distance between points: the building blocks of radial bases.

Each takes (n, d) points and (N, d) sites and returns (n, N).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray


@dataclass(frozen=True)
class Kernel(ABC):
    """A function of the distance between two points."""

    @abstractmethod
    def between(self, points: FloatArray, sites: FloatArray) -> FloatArray:
        """Return the kernel of every point, (n, d), with every site, (N, d): (n, N)."""


@final
@dataclass(frozen=True)
class PowerKernel(Kernel):
    """``factor * r^power``, times ``log r`` if the power is even.

    Source: Wood (2003), JRSSB 65, 95-114, equation 5, for thin plate splines; Duchon (1977).
    """

    factor: float
    power: float

    def between(self, points: FloatArray, sites: FloatArray) -> FloatArray:
        """Return the kernel; zero where the points meet."""
        squared = squared_distances(points, sites)
        if self.power % 2 == 0:
            with np.errstate(divide="ignore"):
                logarithm = np.log(squared)
            logarithm[squared == 0] = 0.0
            logarithm *= squared if self.power == 2 else squared ** (self.power / 2)
            logarithm *= self.factor / 2
            return logarithm
        if self.power == 3:
            return np.asarray(self.factor * squared * np.sqrt(squared))
        return np.asarray(self.factor * squared ** (self.power / 2))


@final
@dataclass(frozen=True)
class CorrelationKernel(Kernel):
    """A correlation function of ``r / range``.

    Kinds: 1 spherical, 2 power exponential with exponent ``kappa``, 3 to 5 Matern with smoothness 3/2, 5/2
    and 7/2.  Source: Kammann & Wand (2003), Appl. Stat. 52, 1-18.
    """

    kind: int
    range: float
    kappa: float

    def between(self, points: FloatArray, sites: FloatArray) -> FloatArray:
        """Return the correlations."""
        e = np.sqrt(squared_distances(points, sites)) / self.range
        if self.kind == 1:
            return np.where(e <= 1, 1 - 1.5 * e + 0.5 * e**3, 0.0)
        if self.kind == 2:
            return np.exp(-(e**self.kappa))
        polynomial = {3: 1 + e, 4: 1 + e + e**2 / 3, 5: 1 + e + 0.4 * e**2 + e**3 / 15}[self.kind]
        return np.asarray(polynomial * np.exp(-e))


@final
@dataclass(frozen=True)
class SphereKernel(Kernel):
    """Splines on the sphere; points are latitude and longitude in degrees.

    ``order`` 0 is the second-order spline of Wendelberger (1981), 1 to 4 the pseudo-splines of Wahba (1981),
    SIAM J. Sci. Stat. Comput. 2, 5-16, -1 and -2 the thin plate kernels of the chord.
    """

    order: int

    def between(self, points: FloatArray, sites: FloatArray) -> FloatArray:
        """Return the kernel."""
        cosine = np.clip(unit_vectors(points) @ unit_vectors(sites).T, -1.0, 1.0)
        if self.order < 0:
            chord = np.sqrt(2 * (1 - cosine))
            if self.order == -2:
                return -chord
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.where(chord > 0, chord**2 * np.log(chord), 0.0) / (8 * np.pi)
        if self.order == 0:
            from scipy.special import spence

            return np.asarray((1 - np.pi**2 / 6 + spence(1 - (1 + cosine) / 2)) / (4 * np.pi))
        return _pseudo_spline(self.order, (1 - cosine) / 2)


def _pseudo_spline(order: int, w: FloatArray) -> FloatArray:
    root = np.sqrt(w)
    with np.errstate(divide="ignore"):
        a = np.where(w > 0, np.log1p(1 / np.where(w > 0, root, 1.0)), 0.0)
    c = 2 * root
    if order == 1:
        q = 2 * a * w - c + 1
    elif order == 2:
        q = a * (6 * w**2 - 2 * w) - 3 * c * w + 3 * w + 0.5
    elif order == 3:
        q = (a * (60 * w**3 - 36 * w**2) + 30 * w**2 + c * (8 * w - 30 * w**2) - 3 * w + 1) / 3
    else:
        q = (
            a * (70 * w**4 - 60 * w**3 + 6 * w**2)
            + 35 * w**3 * (1 - c)
            + c * 55 * w**2 / 3
            - 12.5 * w**2
            - w / 3
            + 0.25
        )
    return np.asarray((q / math.factorial(order) - 1 / math.factorial(order + 1)) / (2 * np.pi))


def squared_distances(points: FloatArray, sites: FloatArray) -> FloatArray:
    """Return squared distances, (n, N), from differences: the product form loses the digits of near points."""
    total = np.subtract.outer(points[:, 0], sites[:, 0])
    total *= total
    for j in range(1, points.shape[1]):
        difference = np.subtract.outer(points[:, j], sites[:, j])
        difference *= difference
        total += difference
    return total


def unit_vectors(points: FloatArray) -> FloatArray:
    """Return (n, 3) vectors of latitude and longitude in degrees."""
    latitude, longitude = np.deg2rad(points).T
    return np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )
