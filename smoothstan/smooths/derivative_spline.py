"""B-splines with derivative penalties, ``bs="bs"``.

``m = (degree, order, ...)``: one penalty for every order of derivative; one number stands for
``(degree, degree - 1)``.  The default, (3, 2), is cubic with the integrated squared second derivative.

Source: Wood (2017), Statistics and Computing 27, 985-989.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.b_splines import (
    PlacedBSplines,
    checked_b_spline_knots,
    checked_limits,
    checked_order,
    derivative_design,
    evenly_spaced_knots,
)
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.settings import finite_knots, finite_number, whole_numbers

_DEFAULT_K = 10


def place(covariates: Covariates, request: Request) -> PlacedDerivativeSpline:
    """Space the knots evenly over the data or as given limits say, or take all given ones.

    Two knots are limits of the data; four are the lower limit of prediction, the limits of the data and the
    upper limit of prediction.
    """
    request.known_settings()
    x = finite_number(covariates, request)
    degree, *orders = _degree_and_orders(request)
    k = request.dimension(_DEFAULT_K, degree + 2)
    given = finite_knots(request)
    return PlacedDerivativeSpline(_placed_knots(x, given, degree, k, request.names[0]), degree, tuple(orders))


def _degree_and_orders(request: Request) -> tuple[int, ...]:
    m = whole_numbers(request.m, "m") or (3, 2)
    degree = m[0]
    orders = m[1:] or (max(degree - 1, 0),)
    if degree < 0:
        raise Unsuitable(f"the first number of m, the degree, must be at least 0, found {degree}", "m")
    for order in orders:
        if not 0 <= order <= degree:
            raise Unsuitable(
                f"m: a spline of degree {degree} has derivatives of order 0 to {degree}, found {order}", "m"
            )
    if len(set(orders)) < len(orders):
        raise Unsuitable(f"m: every order of derivative is penalised once, found {', '.join(map(str, orders))}", "m")
    return (degree, *orders)


def _placed_knots(x: FloatArray, given: FloatArray | None, degree: int, k: int, name: str) -> FloatArray:
    count = k + degree + 1
    if given is None or len(given) == 2:
        return evenly_spaced_knots(checked_limits(x, given, name), degree, k)
    if len(given) == count:
        # Where knots coincide the penalty would overlook a jump.
        checked_order(given[degree : len(given) - degree], name)
        return checked_b_spline_knots(x, given, degree, name)
    if len(given) != 4:
        raise ValueError(f"k={k} and degree {degree} need 2, 4 or {count} knots of {name}, found {len(given)}")
    checked_limits(x, given, name)
    return _knots_for_prediction(given, degree, k)


def _knots_for_prediction(limits: FloatArray, degree: int, k: int) -> FloatArray:
    """Return evenly spaced knots between the limits of the data, and one interval each to those of prediction."""
    lower, first, last, upper = limits
    reach = (upper - lower) / (k - degree) * degree
    return np.concatenate(
        [
            np.linspace(lower - reach, lower, degree + 1),
            np.linspace(first, last, k - degree - 1),
            np.linspace(upper, upper + reach, degree + 1),
        ]
    )


@final
@dataclass(frozen=True)
class PlacedDerivativeSpline(PlacedBSplines):
    """B-splines on (k + degree + 1,) knots with penalised derivatives of the given orders."""

    orders: tuple[int, ...]

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """For every order the integral of the squared derivative over the inner knots."""
        return tuple(self._integrated_square(order) for order in self.orders)

    def _integrated_square(self, order: int) -> FloatArray:
        """Integrate exactly: Gauss-Legendre with ``degree - order + 1`` nodes in every interval."""
        nodes, weights = np.polynomial.legendre.leggauss(self.degree - order + 1)
        inner = np.unique(self.positions[self.degree : len(self.positions) - self.degree])
        half = np.diff(inner)[:, None] / 2
        points = inner[:-1, None] + half * (1 + nodes)
        derivative = derivative_design(self.positions, self.degree, order, points.ravel())
        penalty = derivative.T @ ((half * weights).ravel()[:, None] * derivative)
        return np.asarray((penalty + penalty.T) / 2, dtype=float)

    @property
    def ranks(self) -> tuple[int, ...]:
        """All but the polynomials of degree less than the order."""
        return tuple(self._k - order for order in self.orders)

    @property
    def null_space_dimension(self) -> int:
        """The lowest order."""
        return min(self.orders)
