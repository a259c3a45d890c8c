"""Bases made of a kernel centred at sites, plus polynomials: thin plate, Duchon, Gaussian process, sphere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, side_by_side
from smoothstan.smooths.kernels import Kernel, PowerKernel, unit_vectors
from smoothstan.smooths.polynomials import monomials

# Kernel values that fit into a processor's cache.
_BLOCK_ELEMENTS = 1 << 18
_THREADS = 4


@dataclass(frozen=True)
class RadialPart(ABC):
    """The columns that come from the kernel: sums of kernels at N sites, with one set of weights per column."""

    @abstractmethod
    def columns(self, points: FloatArray) -> FloatArray:
        """Return the (n, K) columns at (n, d) points."""

    @abstractmethod
    def scaled(self, factors: FloatArray) -> RadialPart:
        """Return the part with its columns multiplied by (K,) factors."""


@final
@dataclass(frozen=True)
class KernelSums(RadialPart):
    """The kernel at every site times (N, K) weights."""

    kernel: Kernel
    sites: FloatArray
    weights: FloatArray

    def columns(self, points: FloatArray) -> FloatArray:
        """Evaluate block by block, on several threads."""
        result = np.empty((len(points), self.weights.shape[1]))
        step = max(1, _BLOCK_ELEMENTS // len(self.sites))
        blocks = [slice(start, start + step) for start in range(0, len(points), step)]

        def fill(block: slice) -> None:
            result[block] = self.kernel.between(points[block], self.sites) @ self.weights

        if len(blocks) < 2 * _THREADS:
            for block in blocks:
                fill(block)
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(fill, blocks))
        return result

    def scaled(self, factors: FloatArray) -> KernelSums:
        """Return the part with scaled weights."""
        return KernelSums(self.kernel, self.sites, self.weights * factors)


@final
@dataclass(frozen=True)
class CubicPieces(RadialPart):
    """Sums of ``|x - u|^3`` whose weights are orthogonal to straight lines: natural cubic splines.

    Between sorted sites each column is a cubic, given by its values and second derivatives at the ends, so
    that evaluation does not depend on the number of sites; outside it is a straight line.

    Args:
        sites: (N,) in increasing order.
        values: (N, K) the columns at the sites.
        curvatures: (N, K) their second derivatives.
    """

    sites: FloatArray
    values: FloatArray
    curvatures: FloatArray

    def columns(self, points: FloatArray) -> FloatArray:
        """Evaluate the cubic of the interval of every point."""
        x, sites = points[:, 0], self.sites
        inside = np.clip(x, sites[0], sites[-1])
        j = np.clip(np.searchsorted(sites, inside, side="right") - 1, 0, len(sites) - 2)
        h = (sites[1:] - sites[:-1])[j]
        left, right = (sites[j + 1] - inside) / h, (inside - sites[j]) / h
        result = left[:, None] * self.values[j] + right[:, None] * self.values[j + 1]
        bend = h * h / 6
        result += (bend * (left**3 - left))[:, None] * self.curvatures[j]
        result += (bend * (right**3 - right))[:, None] * self.curvatures[j + 1]
        beyond = np.flatnonzero(x != inside)
        if len(beyond):
            slopes = np.where((x[beyond] > sites[-1])[:, None], self._slope(-2, -1), -self._slope(1, 0))
            result[beyond] += (x - inside)[beyond, None] * slopes
        return result

    def _slope(self, inner: int, end: int) -> FloatArray:
        """Return the slope at an end, in the direction from the inner site to it."""
        h = abs(self.sites[end] - self.sites[inner])
        rise = (self.values[end] - self.values[inner]) / h
        return np.asarray(rise + h * (self.curvatures[inner] + 2 * self.curvatures[end]) / 6)

    def scaled(self, factors: FloatArray) -> CubicPieces:
        """Return the part with scaled columns."""
        return CubicPieces(self.sites, self.values * factors, self.curvatures * factors)


def radial_part(kernel: Kernel, sites: FloatArray, weights: FloatArray, *, orthogonal_to_lines: bool) -> RadialPart:
    """Return the fastest form of the sums of a kernel at (N, d) sites with (N, K) weights."""
    one = sites.shape[1] == 1
    if not (one and orthogonal_to_lines and isinstance(kernel, PowerKernel) and kernel.power == 3):
        return KernelSums(kernel, sites, weights)
    order = np.argsort(sites[:, 0])
    u, w = sites[order, 0], weights[order]
    distance = np.abs(np.subtract.outer(u, u))
    curvatures = 6 * kernel.factor * (distance @ w)
    curvatures[[0, -1]] = 0.0
    return CubicPieces(u, kernel.factor * (distance**3 @ w), curvatures)


@final
@dataclass(frozen=True)
class PlacedRadial(PlacedBasis):
    """A radial basis at its sites.

    Args:
        centre: (d,) subtracted from the covariates first.
        radial: the columns from the kernel, K of them.
        exponents: (M, d) exponents of the monomials that follow them.
        factors: (M,) what these are multiplied by.
        penalty: (K + M, K + M).
        rank: its rank.
        sites: (N, d) the sites, not centred.
        free_of_constant: whether the columns need no constraint: their means are taken off instead.
        means: (K + M,) what is subtracted from the columns.
    """

    centre: FloatArray
    radial: RadialPart
    exponents: IntArray
    factors: FloatArray
    penalty: FloatArray
    rank: int
    sites: FloatArray
    means: FloatArray | None = None
    sphere: bool = False

    costly: ClassVar[bool] = True

    @property
    def knots(self) -> FloatArray:
        """The sites, (N, d); (N,) for one covariate."""
        return self.sites[:, 0] if self.sites.shape[1] == 1 else self.sites

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the kernel columns and the polynomials."""
        points = side_by_side(covariates) - self.centre
        linear = unit_vectors(points)[:, [1, 0, 2]] if self.sphere else points
        polynomials = monomials(linear, self.exponents) * self.factors
        columns = np.column_stack([self.radial.columns(points), polynomials])
        return columns if self.means is None else columns - self.means

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """One penalty, on the kernel columns."""
        return (self.penalty,)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The number of penalised columns."""
        return (self.rank,)

    @property
    def null_space_dimension(self) -> int:
        """The number of polynomials without a penalty."""
        return len(self.penalty) - self.rank

    @property
    def centred(self) -> bool:
        """Whether the smooth is to sum to zero; without the polynomials its columns do already."""
        return self.means is None
