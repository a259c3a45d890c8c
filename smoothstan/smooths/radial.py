"""Functions that are sums of a radial kernel over sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.radial_kernels import RadialKernel
from smoothstan.smooths.sites import distinct_rows

_BLOCK_NUMBERS = 2**15
_WORTH_SORTING_FROM = 100


@final
@dataclass(frozen=True)
class RadialFunctions:
    """``f_j(x) = sum_i kernel(|x - u_i|) w_ij``.

    Args:
        kernel: the kernel.
        sites: (N, d) u.
        weights: (N, q) w.
    """

    kernel: RadialKernel
    sites: FloatArray
    weights: FloatArray

    def __call__(self, points: FloatArray) -> FloatArray:
        """Evaluate the functions at (n, d) points: (n, q)."""
        if len(self.sites) < _WORTH_SORTING_FROM:
            return self._evaluate(points)
        distinct = distinct_rows(points)
        if 2 * len(distinct.points) > len(points):
            return self._evaluate(points)
        return self._evaluate(distinct.points)[distinct.which]

    def scaled(self, factors: FloatArray) -> RadialFunctions:
        """Return every function times its factor, (q,)."""
        return RadialFunctions(self.kernel, self.sites, self.weights * factors)

    def _evaluate(self, points: FloatArray) -> FloatArray:
        values = np.empty((len(points), self.weights.shape[1]))
        # The order in memory, which a file does not keep, decides the last bit of the product.
        weights = np.ascontiguousarray(self.weights)
        for rows in blocks_in_cache(len(points), len(self.sites)):
            values[rows] = self.kernel(squared_distances(points[rows], self.sites)) @ weights
        return values


def kernel_matrix(kernel: RadialKernel, sites: FloatArray) -> FloatArray:
    """Return the (N, N) symmetric matrix of the kernel between all sites."""
    matrix = np.empty((len(sites), len(sites)))
    for rows in blocks_in_cache(len(sites), len(sites)):
        matrix[rows] = kernel(squared_distances(sites[rows], sites))
    return matrix


def largest_distance(sites: FloatArray) -> float:
    """Return the largest distance between two of the (N, d) sites."""
    blocks = blocks_in_cache(len(sites), len(sites))
    return float(np.sqrt(max(squared_distances(sites[rows], sites).max() for rows in blocks)))


def squared_distances(points: FloatArray, sites: FloatArray) -> FloatArray:
    """Return |x_i - u_j|^2, (n, N), from differences: exact to rounding also between neighbours."""
    total = np.subtract.outer(points[:, 0], sites[:, 0])
    np.square(total, out=total)
    difference = np.empty_like(total) if points.shape[1] > 1 else total
    for x, u in zip(points.T[1:], sites.T[1:], strict=True):
        np.subtract.outer(x, u, out=difference)
        np.square(difference, out=difference)
        total += difference
    return total


def blocks_in_cache(n: int, width: int) -> Iterator[slice]:
    """Return slices of rows whose kernel values stay in the processor's cache."""
    step = max(1, _BLOCK_NUMBERS // max(1, width))
    for start in range(0, n, step):
        yield slice(start, start + step)
