"""Cubic regression splines, ``bs="cr"``.

The coefficients are the values of the spline at its knots.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.3.1, equations 5.3 and table 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request, side_by_side
from smoothstan.smooths.knots import checked_knots, quantile_knots

_DEFAULT_K = 10
_MINIMUM_K = 3


def place(covariates: Covariates, request: Request) -> PlacedCubicRegression:
    """Put the knots at quantiles of the distinct values of the one covariate, or take the given ones."""
    x = request.one_number(covariates)
    k = request.dimension(_DEFAULT_K, _MINIMUM_K)
    given = request.knots_of(0)
    return PlacedCubicRegression(quantile_knots(x, k) if given is None else checked_knots(given, k))


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
        f, _ = self._second_derivatives
        inside = np.clip(x, knots[0], knots[-1])
        j = np.clip(np.searchsorted(knots, inside, side="right") - 1, 0, len(knots) - 2)
        h = (knots[1:] - knots[:-1])[j]
        left, right = knots[j + 1] - inside, inside - knots[j]
        c_left = (left**3 / h - h * left) / 6
        c_right = (right**3 / h - h * right) / 6
        basis = c_left[:, None] * f[j] + c_right[:, None] * f[j + 1]
        rows = np.arange(len(x))
        basis[rows, j] += left / h
        basis[rows, j + 1] += right / h
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
