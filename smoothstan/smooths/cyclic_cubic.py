"""Cyclic cubic regression splines, ``bs="cc"``.

The coefficients are the values of the periodic spline at its knots but the last, where it starts anew.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.3.2, equation 5.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.b_splines import checked_order
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request, side_by_side
from smoothstan.smooths.cubic_regression import cubic_design
from smoothstan.smooths.knots import order_statistic_knots, wrapped
from smoothstan.smooths.settings import check_settings, finite_knots, finite_number

_DEFAULT_K = 10
_MINIMUM_K = 4


def place(covariates: Covariates, request: Request) -> PlacedCyclicCubic:
    """Put ``k`` knots at ranks of the distinct values of the covariate, or take the given ones.

    Two given knots are ends of the period, used as if they were data.
    """
    check_settings(request)
    x = finite_number(covariates, request)
    k = request.dimension(_DEFAULT_K, _MINIMUM_K)
    given = finite_knots(request)
    if given is None:
        return _placed(order_statistic_knots(x, k))
    checked_order(given, request.names[0])
    if len(given) == 2:
        return _placed(order_statistic_knots(np.concatenate([given, x]), k))
    if len(given) != k:
        raise ValueError(f"k={k} needs 2 or {k} knots of {request.names[0]}, found {len(given)}")
    return _placed(given)


def _placed(knots: FloatArray) -> PlacedCyclicCubic:
    b, d = _continuity(np.diff(knots))
    return PlacedCyclicCubic(knots, np.linalg.solve(b, d))


def _continuity(h: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the circulant B and D, (k - 1, k - 1): ``B f'' = D f`` makes the slope continuous at every knot."""
    n = len(h)
    here = np.arange(n)
    after, before = np.roll(here, -1), np.roll(here, 1)
    h_before = h[before]
    b, d = np.zeros((n, n)), np.zeros((n, n))
    b[here, here] = (h_before + h) / 3
    b[here, after] = h / 6
    b[here, before] = h_before / 6
    d[here, here] = -1 / h_before - 1 / h
    d[here, after] = 1 / h
    d[here, before] = 1 / h_before
    return b, d


@final
@dataclass(frozen=True)
class PlacedCyclicCubic(PlacedBasis):
    """A periodic cubic spline.

    Args:
        positions: (k,) knots; the period is their range.
        curvature: (k - 1, k - 1) map from the values at the knots to the second derivatives there.
    """

    positions: FloatArray
    curvature: FloatArray

    tensor_values: ClassVar[bool] = False

    @property
    def knots(self) -> FloatArray:
        """The knots of one period with both ends, (k,)."""
        return self.positions

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the basis, wrapping the covariate into the period."""
        x = wrapped(side_by_side(covariates)[:, 0], self.positions)
        return cubic_design(self.positions, self.curvature, x)

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The integrated squared second derivative over the period, D' B^-1 D."""
        _, d = _continuity(np.diff(self.positions))
        penalty = d.T @ self.curvature
        return ((penalty + penalty.T) / 2,)

    @property
    def ranks(self) -> tuple[int, ...]:
        """All but the constant."""
        return (len(self.positions) - 2,)

    @property
    def null_space_dimension(self) -> int:
        """One: of the straight lines only the constant is periodic."""
        return 1
