"""The places at which low-rank radial bases put their functions.

Source: Wood (2003), *JRSSB* 65, 95-114, section 4 (all distinct places of the data); help page ``tprs`` of
mgcv (knots, and a random subsample of the places where there are too many).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.numerals import is_number
from smoothstan.smooths.basis import Request, Unsuitable
from smoothstan.smooths.r_random import sample_without_replacement
from smoothstan.smooths.text_order import distinct_in_text_order

_DEFAULT_MAX = 2000
_DEFAULT_SEED = 1
_SEEDS_BELOW = 2**31


@dataclass(frozen=True)
class DistinctRows:
    """The distinct rows of a matrix.

    Args:
        points: (N, d) in ascending order, the first column first.
        counts: (N,) how often each occurs.
        which: (n,) the row of ``points`` that every row is.
    """

    points: FloatArray
    counts: IntArray
    which: IntArray


def distinct_rows(x: FloatArray) -> DistinctRows:
    """Find the distinct rows of an (n, d) matrix."""
    order = np.lexsort(x.T[::-1]) if x.shape[1] > 1 else np.argsort(x[:, 0], kind="stable")
    ordered = x[order]
    starts = np.ones(len(x), dtype=bool)
    starts[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    first = np.flatnonzero(starts)
    which = np.empty(len(x), dtype=np.int64)
    which[order] = np.cumsum(starts) - 1
    return DistinctRows(ordered[first], np.diff(np.append(first, len(x))), which)


def finite_numbers(x: FloatArray, names: tuple[str, ...]) -> None:
    """Raise if a covariate holds an infinite or missing number."""
    for i, name in enumerate(names):
        if not np.all(np.isfinite(x[:, i])):
            found = x[~np.isfinite(x[:, i]), i][0]
            raise Unsuitable(f"{name} must be finite, found {found}", i)


def enough(distinct: int, k: int, names: tuple[str, ...]) -> None:
    """Raise if there are fewer distinct rows than basis functions."""
    if distinct < k:
        what = "values" if len(names) == 1 else "combinations"
        raise Unsuitable(
            f"k={k} needs at least {k} distinct {what} of {', '.join(names)}, found {distinct}; lower k", "k"
        )


def given_sites(request: Request, minimum: int, n: int) -> FloatArray | None:
    """Return the user's knots as (N, d) sites in the order given, None if there are none.

    Raises:
        ValueError: unless every covariate has equally many finite numbers, at least ``minimum`` distinct rows and
            no more than the ``n`` rows of the data.
    """
    vectors = [request.knots_of(i) for i in range(len(request.names))]
    given = [v for v in vectors if v is not None]
    if not given:
        return None
    for name, vector in zip(request.names, vectors, strict=True):
        if vector is None:
            raise ValueError(f"the knots of {name} are missing: give as many as for the other covariates")
        if not np.all(np.isfinite(vector)):
            raise ValueError(f"the knots of {name} must be finite numbers")
    if len({len(v) for v in given}) > 1:
        lengths = ", ".join(str(len(v)) for v in given)
        raise ValueError(f"the knots of {', '.join(request.names)} must be equally many, found {lengths}")
    sites = np.column_stack(given)
    if len(sites) > n:
        raise ValueError(f"this basis takes at most as many knots as rows, {n}, found {len(sites)}")
    found = len(distinct_rows(sites).points)
    if found < minimum:
        raise ValueError(f"this basis needs at least {minimum} distinct knots, found {found}")
    return sites


@dataclass(frozen=True)
class Subsampling:
    """When sites are drawn at random: if there are more than ``most``, with this seed."""

    most: int
    seed: int

    def draws_from(self, n: int) -> bool:
        """Whether ``n`` sites are too many."""
        return n > self.most

    def draw(self, ordered: FloatArray) -> FloatArray:
        """Return ``most`` of the (N, d) sites."""
        return ordered[sample_without_replacement(len(ordered), self.most, self.seed)]


def subsampling(request: Request, minimum: int) -> Subsampling:
    """Read ``xt = list(max.knots =, seed =)``; at least ``minimum`` sites must be left."""
    request.known_settings("max.knots", "seed")
    most = _whole(request.xt, "max.knots", _DEFAULT_MAX)
    seed = _whole(request.xt, "seed", _DEFAULT_SEED)
    if "max.knots" in request.xt and most < minimum:
        raise Unsuitable(f"max.knots must be at least {minimum} here, found {most}", "xt")
    if not abs(seed) < _SEEDS_BELOW:
        raise Unsuitable(f"seed must lie between -2^31 and 2^31, found {seed}", "xt")
    return Subsampling(max(most, minimum), seed)


def _whole(xt: Mapping[str, Any], name: str, default: int) -> int:
    value = xt.get(name, default)
    if not is_number(value) or float(value) != int(value):
        raise Unsuitable(f"{name} must be a whole number, found {value!r}", "xt")
    return int(value)


def sites_by_value(points: FloatArray, drawing: Subsampling) -> FloatArray:
    """Return the sites of a thin plate spline: all distinct rows, or a subsample of them, in ascending order.

    Args:
        points: (N, d) distinct rows in ascending order.
        drawing: when and how to draw.
    """
    if not drawing.draws_from(len(points)):
        return points
    ordered = _as_text_orders(points)
    return distinct_rows(drawing.draw(ordered)).points if drawing.draws_from(len(ordered)) else points


def sites_by_text(points: FloatArray, drawing: Subsampling) -> FloatArray:
    """Return the sites of the other radial bases: rows that differ as text, or a subsample of them."""
    ordered = _as_text_orders(points)
    return drawing.draw(ordered) if drawing.draws_from(len(ordered)) else ordered


def _as_text_orders(points: FloatArray) -> FloatArray:
    """Return distinct rows in the order in which R would list them: numbers by value, several as text."""
    return points if points.shape[1] == 1 else points[distinct_in_text_order(points)]
