"""Sums of powers of distance on a line, as the piecewise polynomials that they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import final

import numpy as np
from numpy.polynomial import Polynomial

from smoothstan.arrays import FloatArray
from smoothstan.smooths.radial import blocks_in_cache
from smoothstan.smooths.radial_kernels import PowerKernel

_BLOCK_ROWS = 2048


@final
@dataclass(frozen=True)
class LineFunctions:
    """Piecewise polynomials of degree 2 m - 1 with q columns, of degree m - 1 beyond the outer sites.

    Between two sites a function is given by its derivatives of order 0, 2, .., 2 m - 2 at both: for
    m = 2 the usual form of a cubic spline by values and second derivatives.  Evaluating it costs the
    same for any number of sites.

    Args:
        sites: (N,) ascending, N >= 2.
        even_derivatives: (N, m, q).
        end_derivatives: (2, m, q) derivatives of order 0 to m - 1 at the first and the last site.

    Source: Lidstone (1930), *Proc. Edinburgh Math. Soc.* 2, 16-19.
    """

    sites: FloatArray
    even_derivatives: FloatArray
    end_derivatives: FloatArray

    def __call__(self, points: FloatArray) -> FloatArray:
        """Evaluate the functions at (n, 1) points: (n, q)."""
        x = points[:, 0]
        values = np.empty((len(x), self.even_derivatives.shape[2]))
        for start in range(0, len(x), _BLOCK_ROWS):
            rows = slice(start, start + _BLOCK_ROWS)
            values[rows] = self._inside(np.clip(x[rows], self.sites[0], self.sites[-1]))
        for end, beyond in enumerate((x < self.sites[0], x > self.sites[-1])):
            if np.any(beyond):
                values[beyond] = self._beyond(x[beyond], end)
        return values

    def scaled(self, factors: FloatArray) -> LineFunctions:
        """Return every function times its factor, (q,)."""
        return LineFunctions(self.sites, self.even_derivatives * factors, self.end_derivatives * factors)

    def _inside(self, x: FloatArray) -> FloatArray:
        left = np.clip(np.searchsorted(self.sites, x, side="right") - 1, 0, len(self.sites) - 2)
        width = self.sites[left + 1] - self.sites[left]
        to_right, to_left = (x - self.sites[left]) / width, (self.sites[left + 1] - x) / width
        values = np.zeros((len(x), self.even_derivatives.shape[2]))
        at_left = self.even_derivatives.take(left, axis=0)
        at_right = self.even_derivatives.take(left + 1, axis=0)
        for order in range(self.even_derivatives.shape[1]):
            lidstone = lidstone_polynomial(order)
            scale = width ** (2 * order)
            values += (scale * lidstone(to_left))[:, None] * at_left[:, order]
            values += (scale * lidstone(to_right))[:, None] * at_right[:, order]
        return values

    def _beyond(self, x: FloatArray, end: int) -> FloatArray:
        step = x - self.sites[-end]
        derivatives = self.end_derivatives[end]
        powers = np.column_stack([step**order / math.factorial(order) for order in range(len(derivatives))])
        return np.asarray(powers @ derivatives)


@cache
def lidstone_polynomial(order: int) -> Polynomial:
    """Return L with L_0(t) = t, L_n'' = L_(n-1) and L_n(0) = L_n(1) = 0 for n > 0."""
    if order == 0:
        return Polynomial([0.0, 1.0])
    particular = lidstone_polynomial(order - 1).integ(2)
    return particular - Polynomial([0.0, particular(1.0)])


def line_functions(kernel: PowerKernel, sites: FloatArray, weights: FloatArray) -> LineFunctions:
    """Return ``sum_i scale |x - u_i|^(2 m - 1) w_i`` as piecewise polynomials.

    Args:
        kernel: an odd power.
        sites: (N,) distinct, any order.
        weights: (N, q), orthogonal to all polynomials of degree below m at the sites.
    """
    order = np.argsort(sites, kind="stable")
    u, w = sites[order], weights[order]
    m = (kernel.power + 1) // 2
    even = np.stack([_derivative(kernel, u, u, w, 2 * j) for j in range(m)], axis=1)
    ends = np.stack([_derivative(kernel, u[[0, -1]], u, w, j) for j in range(m)], axis=1)
    return LineFunctions(u, even, ends)


def _derivative(kernel: PowerKernel, x: FloatArray, u: FloatArray, w: FloatArray, order: int) -> FloatArray:
    """Return the (n, q) derivatives at x of the sums."""
    weights = kernel.scale * math.perm(kernel.power, order) * w
    derivatives = np.empty((len(x), w.shape[1]))
    for rows in blocks_in_cache(len(x), len(u)):
        difference = np.subtract.outer(x[rows], u)
        values = np.sign(difference) if (kernel.power - order) % 2 == 0 else np.abs(difference)
        # One factor |r| or its sign, the others r^2: far cheaper than a power of |r|.
        np.square(difference, out=difference)
        for _ in range((kernel.power - order) // 2):
            values *= difference
        derivatives[rows] = values @ weights
    return derivatives
