"""B-splines: the non-zero values at every row, derivatives, knots, straight lines beyond the ends.

``t`` are the knots, ``p`` is the degree; ``k = len(t) - p - 1`` functions are a basis of the splines on
the inner range ``[t[p], t[-p-1]]``, where they sum to one.

Source: de Boor (1978), *A Practical Guide to Splines*, chapters IX and X.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, side_by_side

_ROWS_AT_A_TIME = 32768
_MARGIN = 0.001
"""Share of the range by which evenly spaced knots go beyond the data on either side, as in mgcv."""


def inner_range(knots: FloatArray, degree: int) -> tuple[float, float]:
    """Return the range on which the functions are a complete basis."""
    return float(knots[degree]), float(knots[-degree - 1])


def b_spline_design(knots: FloatArray, degree: int, x: FloatArray) -> FloatArray:
    """Evaluate all B-splines at points of the inner range.

    A knot belongs to the interval on its right, the end of the range to the last interval.

    Args:
        knots: (k + degree + 1,) in increasing order, equal ones allowed.
        degree: of the polynomial pieces, at least 0.
        x: (n,) points of the inner range.

    Returns:
        (n, k) matrix with ``degree + 1`` non-zeros in a row.
    """
    k = len(knots) - degree - 1
    design = np.zeros((len(x), k))
    flat = design.reshape(-1)
    for start in range(0, len(x), _ROWS_AT_A_TIME):
        rows = x[start : start + _ROWS_AT_A_TIME]
        interval = _intervals(knots, degree, rows)
        first = (start + np.arange(len(rows))) * k + interval - degree
        for r, values in enumerate(_non_zero_values(knots, degree, rows, interval)):
            flat[first + r] = values
    return design


def _intervals(knots: FloatArray, degree: int, x: FloatArray) -> IntArray:
    """Return ``j`` with ``t[j] <= x < t[j + 1]``, (n,); never an interval without length."""
    last = np.searchsorted(knots, knots[-degree - 1], side="left") - 1
    found = np.searchsorted(knots, x, side="right") - 1
    return np.clip(found, degree, last).astype(np.int64)


def _non_zero_values(knots: FloatArray, degree: int, x: FloatArray, interval: IntArray) -> list[FloatArray]:
    """Return the values of functions ``j - p, ..., j``, each (n,), by the recurrence of Cox and de Boor."""
    values = [np.ones(len(x))]
    to_left = [x - knots[interval - r] for r in range(degree)]
    to_right = [knots[interval + 1 + r] - x for r in range(degree)]
    for d in range(1, degree + 1):
        carried = np.zeros(len(x))
        for r in range(d):
            share = values[r] / (to_right[r] + to_left[d - 1 - r])
            values[r] = carried + to_right[r] * share
            carried = to_left[d - 1 - r] * share
        values.append(carried)
    return values


def derivative_map(knots: FloatArray, degree: int, order: int) -> FloatArray:
    """Return the (k - order, k) map from coefficients to those of a derivative.

    The derivative is a spline of degree ``degree - order`` on ``knots[order:-order]``.

    Source: de Boor (1978), chapter X, equation 12.
    """
    k = len(knots) - degree - 1
    mapped = np.eye(k)
    for done in range(order):
        p = degree - done
        inner = knots[done : len(knots) - done]
        span = (inner[p:] - inner[:-p])[1 : len(mapped)]
        # Functions on knots that coincide are zero, and so is their share of the derivative.
        slope = np.divide(p, span, out=np.zeros(len(span)), where=span > 0)
        mapped = slope[:, None] * np.diff(mapped, axis=0)
    return mapped


def derivative_design(knots: FloatArray, degree: int, order: int, x: FloatArray) -> FloatArray:
    """Evaluate a derivative of all B-splines at (n,) points of the inner range, (n, k)."""
    inner = knots[order : len(knots) - order]
    return b_spline_design(inner, degree - order, x) @ derivative_map(knots, degree, order)


def extrapolated_design(knots: FloatArray, degree: int, x: FloatArray) -> FloatArray:
    """Evaluate all B-splines anywhere, (n, k): straight lines beyond the inner range.

    Degree 0 goes on flat.  So does degree 1 above the range, although not below it: there mgcv takes the
    slope on the right of the last knot, which is zero, and its numbers are kept.
    """
    lower, upper = inner_range(knots, degree)
    inside = np.clip(x, lower, upper)
    design = b_spline_design(knots, degree, inside)
    ends = ((x < lower, lower, 1), (x > upper, upper, 2))
    for beyond, end, least_degree in ends:
        if degree >= least_degree and np.any(beyond):
            slope = derivative_design(knots, degree, 1, np.array([end]))
            design[beyond] += (x - inside)[beyond, None] * slope
    return design


def evenly_spaced_knots(limits: tuple[float, float], degree: int, k: int) -> FloatArray:
    """Return ``k + degree + 1`` evenly spaced knots whose inner range is a little wider than the limits."""
    lower, upper = limits
    margin = _MARGIN * (upper - lower)
    lower, upper = lower - margin, upper + margin
    step = (upper - lower) / (k - degree)
    return np.linspace(lower - degree * step, upper + degree * step, k + degree + 1)


def checked_limits(x: FloatArray, given: FloatArray | None, name: str) -> tuple[float, float]:
    """Return the range of the data, or of given knots in strict order, which must contain it."""
    data = float(np.min(x)), float(np.max(x))
    if given is None:
        if data[0] == data[1]:
            raise ValueError(f"{name} needs at least 2 distinct values, found 1")
        return data
    checked_order(given, name)
    limits = float(given[0]), float(given[-1])
    _check_contained(data, limits, name)
    return limits


def checked_b_spline_knots(x: FloatArray, given: FloatArray, degree: int, name: str) -> FloatArray:
    """Return all ``k + degree + 1`` knots as given, refusing a wrong order or data beyond the inner range."""
    if np.any(np.diff(given) < 0):
        raise ValueError(f"the knots of {name} must be in increasing order")
    span = given[degree + 1 :] - given[: -degree - 1]
    if np.any(span <= 0):
        raise ValueError(f"at most {degree + 1} knots of {name} may be equal (degree {degree})")
    _check_contained((float(np.min(x)), float(np.max(x))), inner_range(given, degree), name)
    return given


def checked_order(given: FloatArray, name: str) -> None:
    """Refuse knots that do not increase strictly."""
    if np.any(np.diff(given) <= 0):
        raise ValueError(f"the knots of {name} must increase strictly")


def _check_contained(data: tuple[float, float], limits: tuple[float, float], name: str) -> None:
    if data[0] < limits[0] or data[1] > limits[1]:
        raise ValueError(
            f"the knots of {name} must contain the data: values from {data[0]:g} to {data[1]:g}, "
            f"range of the knots {limits[0]:g} to {limits[1]:g}"
        )


@dataclass(frozen=True)
class PlacedBSplines(PlacedBasis):
    """B-splines on (k + degree + 1,) knots; what is penalised is said by the bases made of them."""

    positions: FloatArray
    degree: int

    @property
    def knots(self) -> FloatArray:
        """All knots, (k + degree + 1,)."""
        return self.positions

    @property
    def _k(self) -> int:
        return len(self.positions) - self.degree - 1

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the B-splines; straight lines beyond the inner knots."""
        return extrapolated_design(self.positions, self.degree, side_by_side(covariates)[:, 0])
