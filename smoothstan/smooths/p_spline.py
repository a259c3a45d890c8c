"""P-splines, ``bs="ps"``: evenly spaced B-splines with a penalty on differences of the coefficients.

``m = (m1, m2)``: the degree is ``m1 + 1`` and differences of order ``m2`` are penalised; one number is
taken for both.  The default, (2, 2), is cubic with second differences.

Source: Eilers and Marx (1996), Statistical Science 11, 89-121, equations 8 to 12.
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
    evenly_spaced_knots,
)
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.settings import finite_knots, finite_number, whole_numbers

_DEFAULT_K = 10


def place(covariates: Covariates, request: Request) -> PlacedPSpline:
    """Space the knots evenly over the data or between two given limits, or take all given ones."""
    request.known_settings()
    x = finite_number(covariates, request)
    m1, order = difference_orders(request, least=-1)
    degree = m1 + 1
    k = request.dimension(_DEFAULT_K, degree + 1)
    check_difference_order(order, k)
    given = finite_knots(request)
    name = request.names[0]
    if given is not None and len(given) not in (2, k + degree + 1):
        raise ValueError(
            f"k={k} and m={m1} need 2 or {k + degree + 1} knots of {name} (the limits or all), found {len(given)}"
        )
    if given is not None and len(given) > 2:
        return PlacedPSpline(checked_b_spline_knots(x, given, degree, name), degree, order)
    return PlacedPSpline(evenly_spaced_knots(checked_limits(x, given, name), degree, k), degree, order)


def difference_orders(request: Request, least: int) -> tuple[int, int]:
    """Return ``(m1, m2)``; ValueError unless there are at most two whole numbers, ``m1 >= least``, ``m2 >= 0``."""
    m = whole_numbers(request.m, "m") or (2,)
    if len(m) > 2:
        raise Unsuitable(f"m takes at most two numbers (degree - 1, order of the differences), found {len(m)}", "m")
    m1, m2 = m[0], m[-1]
    if m1 < least:
        raise Unsuitable(f"the first number of m (the degree less one) must be at least {least}, found {m1}", "m")
    if m2 < 0:
        raise Unsuitable(f"the second number of m (the order of the differences) must be at least 0, found {m2}", "m")
    return m1, m2


def check_difference_order(order: int, k: int) -> None:
    """Refuse differences of ``k`` coefficients that leave nothing to penalise."""
    if order >= k:
        raise Unsuitable(f"differences of order {order} (m) need k of at least {order + 1}, found {k}", "k")


@final
@dataclass(frozen=True)
class PlacedPSpline(PlacedBSplines):
    """B-splines on (k + degree + 1,) knots with penalised differences of their (k,) coefficients."""

    order: int

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The sum of squared differences; of order 0 a ridge."""
        differences = np.diff(np.eye(self._k), self.order, axis=0)
        return (differences.T @ differences,)

    @property
    def ranks(self) -> tuple[int, ...]:
        """All but the coefficients that follow a polynomial of degree ``order - 1``."""
        return (self._k - self.order,)

    @property
    def null_space_dimension(self) -> int:
        """The order of the differences."""
        return self.order
