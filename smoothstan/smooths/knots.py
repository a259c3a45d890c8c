"""Where the knots of a spline go."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def too_few(names: str, found: int, k: int) -> str:
    """Say that covariates have too few distinct values for ``k`` functions."""
    only = "is constant" if found == 1 else f"has only {found} distinct values"
    return f"{names} {only}, but k = {k} needs at least {k}; lower k or leave the smooth out"


def quantile_knots(x: FloatArray, k: int, name: str) -> FloatArray:
    """Place ``k`` knots at evenly spaced quantiles (type 7) of the distinct values of ``x``.

    Args:
        x: (n,) covariate.
        k: number of knots, at least 2.
        name: the covariate, for the message.

    Raises:
        ValueError: if ``x`` has fewer than ``k`` distinct values.

    Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.3.1.
    """
    distinct = np.unique(x)
    if len(distinct) < k:
        raise ValueError(too_few(name, len(distinct), k))
    return np.quantile(distinct, np.linspace(0, 1, k))


def checked_knots(knots: FloatArray, k: int, name: str) -> FloatArray:
    """Return user-supplied knots of a covariate, refusing a wrong number or a wrong order."""
    if len(knots) != k:
        raise ValueError(f"k={k} needs exactly {k} knots of {name}, found {len(knots)}")
    if not np.all(np.diff(knots) > 0):
        raise ValueError(f"the knots of {name} must increase strictly")
    return np.asarray(knots, dtype=float)


def order_statistic_knots(x: FloatArray, k: int, name: str) -> FloatArray:
    """Place ``k`` knots at evenly spaced ranks of the distinct values of ``x``, the extremes included.

    Args:
        x: (n,) covariate.
        k: number of knots, at least 2.
        name: the covariate, for the message.

    Raises:
        ValueError: if ``x`` has fewer than ``k`` distinct values.
    """
    distinct = np.unique(x)
    n = len(distinct)
    if n < k:
        raise ValueError(too_few(name, n, k))
    ranks = (n - 1) / (k - 1) * np.arange(1, k - 1)
    return np.concatenate([distinct[:1], np.interp(ranks, np.arange(n), distinct), distinct[-1:]])


def wrapped(x: FloatArray, knots: FloatArray) -> FloatArray:
    """Move values outside the knots by whole periods, the range of the knots, into it."""
    lower, upper = knots[0], knots[-1]
    outside = (x < lower) | (x > upper)
    return np.where(outside, np.clip(lower + (x - lower) % (upper - lower), lower, upper), x)
