"""Low-rank bases of radial functions and polynomials, and what their setups share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, side_by_side
from smoothstan.smooths.line_functions import LineFunctions, line_functions
from smoothstan.smooths.low_rank import leading_eigenpairs
from smoothstan.smooths.polynomials import monomials
from smoothstan.smooths.radial import RadialFunctions
from smoothstan.smooths.radial_kernels import PowerKernel, RadialKernel
from smoothstan.smooths.sites import DistinctRows

_BLOCK_ROWS = 8192

SumsOfKernels: TypeAlias = RadialFunctions | LineFunctions


@final
@dataclass(frozen=True)
class PlacedRadial(PlacedBasis):
    """Columns ``[ f(x - centre) - offsets | phi(x - centre) * polynomial_scales ]``, p = q + M in all.

    Args:
        centre: (d,).
        functions: f, q sums of a radial kernel over sites relative to the centre.
        offsets: (q,).
        exponents: (M, d) of the monomials phi.
        polynomial_scales: (M,).
        penalty: (p, p).
        rank: of the penalty.
        sums_to_zero: whether every column sums to zero over the data as it is, so that the smooth does.
    """

    centre: FloatArray
    functions: SumsOfKernels
    offsets: FloatArray
    exponents: IntArray
    polynomial_scales: FloatArray
    penalty: FloatArray
    rank: int
    sums_to_zero: bool = False

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the basis; outside the data by the same formula."""
        return self.at(side_by_side(covariates))

    def at(self, x: FloatArray) -> FloatArray:
        """Evaluate the basis at (n, d) points: (n, p)."""
        points = x - self.centre
        radial = self.functions(points)
        if self.sums_to_zero:
            radial -= self.offsets
        if len(self.exponents) == 0:
            return radial
        return np.concatenate([radial, monomials(points, self.exponents) * self.polynomial_scales], axis=1)

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The one penalty."""
        return (self.penalty,)

    @property
    def ranks(self) -> tuple[int, ...]:
        """Its rank."""
        return (self.rank,)

    @property
    def null_space_dimension(self) -> int:
        """The number of polynomials that are not penalised."""
        return len(self.penalty) - self.rank

    @property
    def centred(self) -> bool:
        """Not constrained if it sums to zero as it is."""
        return not self.sums_to_zero

    @property
    def knots(self) -> FloatArray:
        """The sites, (N,) or (N, d)."""
        sites = self.functions.sites
        return np.asarray(sites + (self.centre[0] if sites.ndim == 1 else self.centre), dtype=float)


@dataclass(frozen=True)
class ColumnMoments:
    """Of every column over the rows of the data: mean, mean square and standard deviation (n - 1)."""

    means: FloatArray
    mean_squares: FloatArray
    deviations: FloatArray


def precise_mean(x: FloatArray) -> FloatArray:
    """Return the (d,) means of an (n, d) matrix, corrected for the rounding of the first sum."""
    first = x.mean(axis=0)
    return np.asarray(first + (x - first).mean(axis=0))


def sums_of_kernels(kernel: RadialKernel, sites: FloatArray, weights: FloatArray) -> SumsOfKernels:
    """Return ``sum_i kernel(|x - u_i|) w_i`` in the form that is cheapest to evaluate.

    Args:
        kernel: the kernel.
        sites: (N, d) u.
        weights: (N, q) w; in one dimension and for a power kernel r^(2 m - 1) orthogonal to the
            polynomials of degree below m.
    """
    if isinstance(kernel, PowerKernel) and sites.shape[1] == 1:
        return line_functions(kernel, sites[:, 0], weights)
    return RadialFunctions(kernel, sites, weights)


def truncated(matrix: FloatArray, k: int) -> tuple[FloatArray, FloatArray]:
    """Return U, (N, k), and D, (k, k), with ``matrix ~ U D U'`` of rank k; the matrix itself if N = k."""
    if len(matrix) == k:
        return np.eye(k), matrix
    pairs = leading_eigenpairs(matrix, k)
    return pairs.vectors, np.diag(pairs.values)


def quadratic_form(matrix: FloatArray, columns: FloatArray, null_space_dimension: int) -> FloatArray:
    """Return ``columns' matrix columns``, symmetric, bordered by zeros for the null space."""
    form = columns.T @ matrix @ columns
    return np.asarray(np.pad((form + form.T) / 2, (0, null_space_dimension)))


def column_moments(evaluate: Callable[[FloatArray], FloatArray], rows: DistinctRows) -> ColumnMoments:
    """Gather the moments of the columns of functions over the data, block by block.

    Args:
        evaluate: (n, d) points to (n, p) columns.
        rows: the distinct points of the data.
    """
    # Sums of deviations from some row do not cancel where a column is nearly constant.
    origin = evaluate(rows.points[:1])[0]
    total, squares, deviations = np.zeros((3, len(origin)))
    for start in range(0, len(rows.points), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        values, counts = evaluate(rows.points[block]), rows.counts[block].astype(float)
        squares += counts @ values**2
        values -= origin
        total += counts @ values
        deviations += counts @ values**2
    n = rows.counts.sum()
    shifts = total / n
    variances = (deviations - n * shifts**2) / max(1, n - 1)
    return ColumnMoments(origin + shifts, squares / n, np.sqrt(np.maximum(variances, 0)))
