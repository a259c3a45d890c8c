"""Cubic regression splines, ``bs="cr"``, and with shrinkage to zero, ``bs="cs"``.

The coefficients are the values of the spline at its knots.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.3.1, equations 5.3 and table 5.1;
Marra and Wood (2011), CSDA 55, 2372-2387, section 2.2, for the shrinkage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request, side_by_side
from smoothstan.smooths.knots import checked_knots, quantile_knots
from smoothstan.smooths.settings import finite_knots, finite_number

_DEFAULT_K = 10
_MINIMUM_K = 3
_SHARE_OF_LINE = 0.1
_SHARE_OF_CONSTANT = 0.01
_ROWS_AT_A_TIME = 2048


def place(covariates: Covariates, request: Request) -> PlacedCubicRegression:
    """Put the knots at quantiles of the distinct values of the one covariate, or take the given ones."""
    request.known_settings()
    x = finite_number(covariates, request)
    k = request.dimension(_DEFAULT_K, _MINIMUM_K)
    given = finite_knots(request)
    return PlacedCubicRegression(
        quantile_knots(x, k, request.names[0]) if given is None else checked_knots(given, k, request.names[0])
    )


def place_shrunk(covariates: Covariates, request: Request) -> PlacedShrunkCubicRegression:
    """Place a cubic regression spline whose straight lines are shrunk, too."""
    spline = place(covariates, request)
    eigenvalues = np.linalg.eigvalsh(spline.penalties[0])
    return PlacedShrunkCubicRegression(spline, float(eigenvalues[2]))


def cubic_design(knots: FloatArray, curvature: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate the cubic spline basis with given second derivatives at the knots.

    Args:
        knots: (k,) in strictly increasing order.
        curvature: (p, p) map F from knot values to second derivatives at the knots; ``p = k - 1`` if the
            last knot is the first again, else ``p = k``.
        x: (n,) values between the first and the last knot.

    Returns:
        (n, p) matrix.
    """
    p = len(curvature)
    basis = np.empty((len(x), p))
    for start in range(0, len(x), _ROWS_AT_A_TIME):
        chunk = slice(start, start + _ROWS_AT_A_TIME)
        basis[chunk] = _cubic_rows(knots, curvature, x[chunk])
    return basis


def _cubic_rows(knots: FloatArray, curvature: FloatArray, x: FloatArray) -> FloatArray:
    j = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    after = (j + 1) % len(curvature)
    h = np.diff(knots).take(j)
    left, right = knots[1:].take(j) - x, x - knots.take(j)
    # Products: numpy's cubes of arrays are many times slower.
    rows, others = curvature.take(j, axis=0), curvature.take(after, axis=0)
    rows *= (left * (left * left / h - h) / 6)[:, None]
    others *= (right * (right * right / h - h) / 6)[:, None]
    rows += others
    # Positions in the matrix read row by row: one index is found faster than two.
    first = np.arange(0, rows.size, len(curvature))
    rows.reshape(-1)[first + j] += left / h
    rows.reshape(-1)[first + after] += right / h
    return rows


@final
@dataclass(frozen=True)
class PlacedCubicRegression(PlacedBasis):
    """A cubic regression spline with its (k,) knots."""

    positions: FloatArray

    tensor_values: ClassVar[bool] = False

    @property
    def knots(self) -> FloatArray:
        """The knots, (k,)."""
        return self.positions

    @cached_property
    def _second_derivatives(self) -> tuple[FloatArray, FloatArray]:
        """Return F, (k, k), from knot values to second derivatives, and the penalty S = D' B^-1 D."""
        h = np.diff(self.knots)
        k = len(self.knots)
        inner = np.arange(k - 2)
        d = np.zeros((k - 2, k))
        d[inner, inner] = 1 / h[:-1]
        d[inner, inner + 1] = -1 / h[:-1] - 1 / h[1:]
        d[inner, inner + 2] = 1 / h[1:]
        b = np.diag((h[:-1] + h[1:]) / 3) + np.diag(h[1:-1] / 6, 1) + np.diag(h[1:-1] / 6, -1)
        solved = np.linalg.solve(b, d)
        f = np.zeros((k, k))
        f[1:-1] = solved
        penalty = d.T @ solved
        return f, (penalty + penalty.T) / 2

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the spline's basis; linear beyond the first and last knot."""
        x = side_by_side(covariates)[:, 0]
        knots = self.knots
        inside = np.clip(x, knots[0], knots[-1])
        basis = cubic_design(knots, self._second_derivatives[0], inside)
        beyond = x != inside
        if np.any(beyond):
            basis[beyond] += (x - inside)[beyond, None] * self._end_slopes((x > knots[-1])[beyond])
        return basis

    def _end_slopes(self, at_right: np.ndarray) -> FloatArray:
        """Return the rows that give the spline's slope at the right or the left end."""
        f, _ = self._second_derivatives
        h = np.diff(self.knots)
        unit = np.eye(len(self.knots))
        left = (unit[1] - unit[0]) / h[0] - h[0] * (2 * f[0] + f[1]) / 6
        right = (unit[-1] - unit[-2]) / h[-1] + h[-1] * (f[-2] + 2 * f[-1]) / 6
        return np.asarray(np.where(at_right[:, None], right, left), dtype=float)

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The integrated squared second derivative as a quadratic form in the knot values."""
        return (self._second_derivatives[1],)

    @property
    def ranks(self) -> tuple[int, ...]:
        """All but the straight lines."""
        return (len(self.positions) - 2,)

    @property
    def null_space_dimension(self) -> int:
        """Two: straight lines are not penalised."""
        return 2


@final
@dataclass(frozen=True)
class PlacedShrunkCubicRegression(PlacedBasis):
    """A cubic regression spline with a small penalty on straight lines, too.

    The two directions of the null space get 0.1 and 0.01 of the smallest eigenvalue of the penalty that is
    not zero.  Which two orthonormal directions is a choice (eigenvectors of an eigenvalue that occurs twice
    are arbitrary, and mgcv takes what rounding gives): here the constant, ``1 / sqrt(k)`` at every knot, gets
    0.01, and the straight line that sums to zero over the knots gets 0.1.  The constraint next to an
    intercept removes most of the constant, so that the line is the direction left to shrink.

    Args:
        spline: without the shrinkage.
        smallest: the smallest eigenvalue of its penalty that is not zero.
    """

    spline: PlacedCubicRegression
    smallest: float

    tensor_values: ClassVar[bool] = False

    @property
    def knots(self) -> FloatArray:
        """The knots, (k,)."""
        return self.spline.knots

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the spline's basis; linear beyond the first and last knot."""
        return self.spline.design(covariates)

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The integrated squared second derivative and the shrinkage in one matrix."""
        k = len(self.knots)
        line = self.knots - np.mean(self.knots)
        on_line = _SHARE_OF_LINE * np.outer(line, line) / np.sum(line**2)
        return (self.spline.penalties[0] + self.smallest * (on_line + _SHARE_OF_CONSTANT / k),)

    @property
    def ranks(self) -> tuple[int, ...]:
        """All coefficients."""
        return (len(self.knots),)

    @property
    def null_space_dimension(self) -> int:
        """Zero."""
        return 0
