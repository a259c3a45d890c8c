"""The best approximation of a symmetric matrix by one of low rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray

_DENSE_UP_TO = 300
_PARTIAL_BELOW = 1 / 8
_GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class LowRank:
    """``vectors @ diag(values) @ vectors.T``.

    Args:
        values: (k,) eigenvalues in descending order.
        vectors: (N, k) orthonormal eigenvectors; of every one the entry of largest magnitude is positive.
    """

    values: FloatArray
    vectors: FloatArray


def leading_eigenpairs(matrix: FloatArray, k: int) -> LowRank:
    """Return the ``k`` eigenpairs whose eigenvalues are largest in magnitude.

    Args:
        matrix: (N, N) symmetric, N >= k.
        k: number of pairs.
    """
    n = len(matrix)
    pairs = _partial(matrix, k) if n > _DENSE_UP_TO and k < _PARTIAL_BELOW * n else None
    values, vectors = _complete(matrix, k) if pairs is None else pairs
    order = np.argsort(-values, kind="stable")
    values, vectors = values[order], vectors[:, order]
    return LowRank(values, vectors * largest_positive(vectors))


def largest_positive(vectors: FloatArray) -> FloatArray:
    """Return +-1 per column that makes its entry of largest magnitude positive.

    Of entries that are equal up to rounding, as in symmetric vectors, the first counts.
    """
    magnitude = np.abs(vectors)
    first = np.argmax(magnitude >= (1 - 1e-6) * magnitude.max(axis=0), axis=0)
    return np.where(vectors[first, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)


def _complete(matrix: FloatArray, k: int) -> tuple[FloatArray, FloatArray]:
    from scipy.linalg import eigh

    values, vectors = eigh(matrix, check_finite=False)
    kept = np.argsort(-np.abs(values), kind="stable")[:k]
    return values[kept], vectors[:, kept]


def _partial(matrix: FloatArray, k: int) -> tuple[FloatArray, FloatArray] | None:
    """Return the pairs by Lanczos iterations, or None where these are not to be trusted."""
    from scipy.linalg.blas import dsymv
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    def times(vector: FloatArray) -> FloatArray:
        # Reads half of the matrix, which is what takes the time; BLAS wants it column by column.
        return np.asarray(dsymv(1.0, matrix.T, vector, lower=1))

    start = _start(len(matrix))
    try:
        values, vectors = eigsh(LinearOperator(matrix.shape, times, dtype=float), k, which="LM", v0=start, tol=0)
        if _missed_one(times, values, vectors, start):
            return None
    except ArpackNoConvergence:
        return None
    return values, vectors


def _missed_one(
    times: Callable[[FloatArray], FloatArray], values: FloatArray, vectors: FloatArray, start: FloatArray
) -> bool:
    """Return whether what is left of a matrix, given by its products, has an eigenvalue above those found.

    Lanczos iterations see only one vector of the eigenspace of a repeated eigenvalue, as symmetric sites
    have them, until rounding brings in the others.
    """
    from scipy.sparse.linalg import LinearOperator, eigsh

    n = len(start)
    rest = LinearOperator((n, n), lambda v: times(v) - vectors @ (values * (v @ vectors)), dtype=float)
    (next_value,) = eigsh(rest, 1, which="LM", v0=start, tol=1e-2, return_eigenvectors=False)
    return bool(abs(next_value) > np.abs(values).min() * (1 + 1e-9))


def _start(n: int) -> FloatArray:
    """Return a fixed vector without any symmetry."""
    return np.asarray(np.modf(np.arange(1, n + 1) * _GOLDEN)[0] - 0.3, dtype=float)
