"""The sites of a radial basis: distinct rows of the data, a sample of them, or the user's knots."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.numerals import format_number
from smoothstan.smooths.basis import Covariates, Request, Unsuitable
from smoothstan.smooths.knots import too_few
from smoothstan.smooths.r_random import sample_without_replacement
from smoothstan.smooths.settings import finite_knots

_MAX_KNOTS = 2000
_SEED = 1


def finite_numbers(covariates: Covariates, request: Request) -> FloatArray:
    """Return the numeric covariates, (n, d); ValueError if one is a factor, infinite or missing somewhere."""
    x = request.numbers(covariates)
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        raise Unsuitable(f"{request.names[column]} must be finite, found {x[row, column]} in row {row}", int(column))
    return x


def choose_sites(x: FloatArray, request: Request, k: int, centre: FloatArray) -> FloatArray:
    """Return the sites of a basis with ``k`` functions, (N, d), N >= k.

    Args:
        x: (n, d) covariates of the data.
        request: the user's knots, and ``max.knots`` and ``seed`` in its settings.
        k: dimension of the basis.
        centre: (d,) what is subtracted before rows are put in order for sampling.

    Returns:
        The user's knots if there are at least ``k``; else the distinct rows; if these and the rows are more than
        ``max.knots``, a random sample of them, the one that R draws for the seed.
    """
    request.known_settings("max.knots", "seed")
    given = _user_knots(request, x.shape[1], k)
    if given is not None:
        return given
    distinct = distinct_rows(x)
    if len(distinct) < k:
        raise ValueError(too_few(", ".join(request.names), len(distinct), k))
    most = _whole(request.xt.get("max.knots", _MAX_KNOTS), "max.knots")
    if most < k:
        raise ValueError(f"max.knots must be at least k = {k}, found {most}")
    if len(x) <= most or len(distinct) <= most:
        return distinct
    ordered = distinct if x.shape[1] == 1 else distinct[_order_of_text(distinct - centre)]
    return ordered[sample_without_replacement(len(ordered), most, _whole(request.xt.get("seed", _SEED), "seed"))]


def distinct_rows(x: FloatArray) -> FloatArray:
    """Return the distinct rows in lexicographic order."""
    if x.shape[1] == 1:
        return np.unique(x[:, 0])[:, None]
    ordered = x[np.lexsort(x.T[::-1])]
    new = np.ones(len(x), dtype=bool)
    new[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    return ordered[new]


def _user_knots(request: Request, d: int, k: int) -> FloatArray | None:
    given = [finite_knots(request, i) for i in range(d)]
    numbers = [values for values in given if values is not None]
    if not numbers:
        return None
    if len(numbers) < d or len({len(values) for values in numbers}) > 1:
        counts = ", ".join(
            f"{name}: {0 if values is None else len(values)}" for name, values in zip(request.names, given, strict=True)
        )
        raise ValueError(f"knots must be given for every covariate, equally many, found {counts}")
    sites = np.column_stack(numbers)
    if len(distinct_rows(sites)) < len(sites):
        raise ValueError("the knots must be distinct")
    if len(sites) < k:
        raise ValueError(f"k = {k} needs at least {k} knots, found {len(sites)}")
    return sites


def _order_of_text(rows: FloatArray) -> IntArray:
    """Return the order of rows written as R writes them, ``*`` between the numbers, by character codes."""
    columns = [[_text(value) for value in column.tolist()] for column in rows.T]
    keys = ["*".join(parts) for parts in zip(*columns, strict=True)]
    return np.asarray(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _text(value: float) -> str:
    # In this range R writes no exponents, and the short way is several times faster.
    return f"{value:.15g}" if 1e-3 <= abs(value) < 1e5 else format_number(value)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise ValueError(f"{name} in xt must be a whole number, found {value!r}")
    return int(value)
