"""Take out of a smooth what smooths of fewer of its covariates already say, so that all coefficients are determined.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.6.3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.terms import BoundSmooth

_DEPENDENT = float(np.sqrt(np.finfo(float).eps))


def side_constraints(smooths: Sequence[BoundSmooth], designs: Sequence[FloatArray]) -> tuple[IntArray | None, ...]:
    """Return for every smooth the columns that are kept, None for all.

    Args:
        smooths: the smooths of a model with an intercept.
        designs: their (n, q) designs.

    A smooth is compared with all smooths of fewer (or as many, and earlier) covariates that share a covariate, with its
    ``by``.
    """
    kept: dict[int, IntArray] = {}
    order = sorted(range(len(smooths)), key=lambda i: len(smooths[i].covariates))
    for position, i in enumerate(order):
        mine = _variables(smooths[i])
        lower = [j for j in order[:position] if _variables(smooths[j]) & mine and smooths[j].smooth.basis.nests]
        if lower and smooths[i].smooth.basis.nests:
            before = [designs[j] if j not in kept else designs[j][:, kept[j]] for j in lower]
            dropped = _dependent(np.column_stack([np.ones(len(designs[i])), *before]), designs[i])
            if len(dropped):
                kept[i] = np.setdiff1d(np.arange(designs[i].shape[1]), dropped)
    return tuple(kept.get(i) for i in range(len(smooths)))


def _variables(smooth: BoundSmooth) -> frozenset[str]:
    suffix = "" if smooth.by is None else smooth.label.rpartition("):")[2]
    return frozenset(f"{covariate.expression.label}:{suffix}" for covariate in smooth.covariates)


def _dependent(before: FloatArray, mine: FloatArray) -> IntArray:
    """Return the columns of ``mine`` that the columns before it span, by a pivoted QR of what they leave."""
    from scipy.linalg import qr

    basis = np.linalg.qr(before)[0]
    rest = mine - basis @ (basis.T @ mine)
    triangle, pivots = qr(rest, mode="r", pivoting=True)
    size = np.abs(np.diag(triangle[: rest.shape[1]]))
    rank = len(size)
    # The trailing block of R holds only rounding where the columns are dependent.
    while rank > 0 and np.mean(np.abs(triangle[rank - 1 : len(size), rank - 1 :])) < size[0] * _DEPENDENT:
        rank -= 1
    return np.asarray(pivots[rank:], dtype=np.int64)
