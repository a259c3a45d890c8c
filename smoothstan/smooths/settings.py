"""Read the numbers of a request: covariate, knots and orders, refusing what makes no sense."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Request, Unsuitable


def finite_number(covariates: Covariates, request: Request) -> FloatArray:
    """Return the one numeric covariate, (n,); ValueError if it is a factor, infinite or missing somewhere."""
    x = request.one_number(covariates)
    _check_finite(x, request.names[0])
    return x


def finite_knots(request: Request, i: int = 0) -> FloatArray | None:
    """Return the user's knots of covariate ``i``, or None; ValueError if one is infinite or missing."""
    knots = request.knots_of(i)
    if knots is not None:
        _check_finite(knots, f"the knots of {request.names[i]}")
    return knots


def whole_numbers(values: tuple[Any, ...], name: str) -> tuple[int, ...]:
    """Return numbers without a fraction as integers; ValueError, placed at the option ``name``, otherwise."""
    for value in values:
        number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not number or value != np.floor(value) or np.isinf(value):
            raise Unsuitable(f"{name} must consist of whole numbers, found {value!r}", name)
    return tuple(int(value) for value in values)


def _check_finite(values: FloatArray, name: str) -> None:
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise ValueError(f"{name} must be finite, found {values[wrong[0]]} at position {wrong[0] + 1}")
