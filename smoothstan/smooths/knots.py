"""Where the knots of a spline go."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def quantile_knots(x: FloatArray, k: int) -> FloatArray:
    """Place ``k`` knots at evenly spaced quantiles (type 7) of the distinct values of ``x``.

    Args:
        x: (n,) covariate.
        k: number of knots, at least 2.

    Raises:
        ValueError: if ``x`` has fewer than ``k`` distinct values.

    Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.3.1.
    """
    distinct = np.unique(x)
    if len(distinct) < k:
        raise ValueError(f"k={k} needs at least {k} distinct values, found {len(distinct)}; lower k")
    return np.quantile(distinct, np.linspace(0, 1, k))


def checked_knots(knots: FloatArray, k: int) -> FloatArray:
    """Return user-supplied knots, refusing a wrong number or a wrong order."""
    if len(knots) != k:
        raise ValueError(f"k={k} needs exactly {k} knots, found {len(knots)}")
    if not np.all(np.diff(knots) > 0):
        raise ValueError("the knots must increase strictly")
    return np.asarray(knots, dtype=float)


def order_statistic_knots(x: FloatArray, k: int) -> FloatArray:
    """Place ``k`` knots at evenly spaced ranks of the distinct values of ``x``, the extremes included.

    Args:
        x: (n,) covariate.
        k: number of knots, at least 2.

    Raises:
        ValueError: if ``x`` has fewer than ``k`` distinct values.
    """
    distinct = np.unique(x)
    n = len(distinct)
    if n < k:
        raise ValueError(f"k={k} needs at least {k} distinct values, found {n}; lower k")
    ranks = (n - 1) / (k - 1) * np.arange(1, k - 1)
    return np.concatenate([distinct[:1], np.interp(ranks, np.arange(n), distinct), distinct[-1:]])


def wrapped(x: FloatArray, knots: FloatArray) -> FloatArray:
    """Move values outside the knots by whole periods, the range of the knots, into it."""
    lower, upper = knots[0], knots[-1]
    outside = (x < lower) | (x > upper)
    return np.where(outside, np.clip(lower + (x - lower) % (upper - lower), lower, upper), x)
