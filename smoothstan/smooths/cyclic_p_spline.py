"""Cyclic P-splines, ``bs="cp"``: periodic B-splines with a penalty on differences around the circle.

``m = (m1, m2)`` as for ``bs="ps"``.  The period is the range of the data or of the knots.

Source: Eilers and Marx (1996), Statistical Science 11, 89-121; Wood (2017), section 5.3.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.b_splines import b_spline_design, checked_limits
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request, side_by_side
from smoothstan.smooths.knots import wrapped
from smoothstan.smooths.p_spline import check_difference_order, difference_orders
from smoothstan.smooths.settings import check_settings, finite_knots, finite_number

_DEFAULT_K = 10


def place(covariates: Covariates, request: Request) -> PlacedCyclicPSpline:
    """Space ``k + 1`` knots evenly over the data or between two given limits, or take all given ones."""
    check_settings(request)
    x = finite_number(covariates, request)
    m1, order = difference_orders(request, least=0)
    degree = m1 + 1
    k = request.dimension(_DEFAULT_K, degree)
    check_difference_order(min(order, 1), k)
    given = finite_knots(request)
    name = request.names[0]
    if given is not None and len(given) not in (2, k + 1):
        raise ValueError(f"k={k} needs 2 or {k + 1} knots of {name} (the limits or all), found {len(given)}")
    limits = checked_limits(x, given, name)
    knots = np.linspace(*limits, k + 1) if given is None or len(given) == 2 else given
    return PlacedCyclicPSpline(knots, degree, order)


@final
@dataclass(frozen=True)
class PlacedCyclicPSpline(PlacedBasis):
    """Periodic B-splines on (k + 1,) knots, the last of which is the first again."""

    positions: FloatArray
    degree: int
    order: int

    @property
    def knots(self) -> FloatArray:
        """The knots of one period with both ends, (k + 1,)."""
        return self.positions

    @property
    def _k(self) -> int:
        return len(self.positions) - 1

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the periodic B-splines, wrapping the covariate into the period."""
        x = wrapped(side_by_side(covariates)[:, 0], self.positions)
        unfolded = b_spline_design(self._knots_around, self.degree, x)
        # Functions that a period lies between are one: k + degree of them fold into k.
        unfolded[:, : self.degree] += unfolded[:, self._k :]
        return np.ascontiguousarray(unfolded[:, : self._k])

    @property
    def _knots_around(self) -> FloatArray:
        """The knots with ``degree`` more on either side."""
        t, p = self.positions, self.degree
        period = t[-1] - t[0]
        return np.concatenate([t[-p - 1 : -1] - period, t, t[1 : p + 1] + period])

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The sum of squared differences of coefficients around the circle; of order 0 a ridge."""
        differences = np.eye(self._k)
        for _ in range(self.order):
            differences = np.roll(differences, -1, axis=0) - differences
        return (differences.T @ differences,)

    @property
    def ranks(self) -> tuple[int, ...]:
        """All but equal coefficients; all of a ridge."""
        return (self._k - self.null_space_dimension,)

    @property
    def null_space_dimension(self) -> int:
        """One, the constant, unless the penalty is a ridge."""
        return min(self.order, 1)
