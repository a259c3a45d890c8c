"""log|S|_+ of a block of penalties, and the factorisations that stay accurate when penalties differ wildly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray

WIDE_SPREAD = 1e7
"""Overlapping penalties whose sizes differ by more are handled by a row-sorted QR decomposition."""


@dataclass(frozen=True)
class Factor:
    """A positive definite matrix A by its inverse and log determinant."""

    inverse: FloatArray
    log_determinant: float


def cholesky_factor(matrix: FloatArray) -> Factor | None:
    """Invert a symmetric matrix by Cholesky after scaling its diagonal to 1; None if it is not positive definite."""
    from scipy.linalg import lapack

    diagonal = matrix.diagonal()
    if not (diagonal.min(initial=np.inf) > 0 and np.isfinite(diagonal).all()):
        return None
    scale = 1 / np.sqrt(diagonal)
    lower, failed = lapack.dpotrf(matrix * scale * scale[:, None], lower=1, clean=1, overwrite_a=1)
    if failed:
        return None
    pivots = lower.diagonal()
    # Rounding turns a singular matrix into one with a pivot of this size.
    if pivots.min(initial=1.0) < 1e-8:
        return None
    log_determinant = 2 * float(np.sum(np.log(pivots / scale)))
    inverse, _ = lapack.dpotri(lower, lower=1)
    inverse = inverse + inverse.T
    size = inverse.shape[0]
    inverse.flat[:: size + 1] *= 0.5
    return Factor(inverse * scale * scale[:, None], log_determinant)


def stacked_factor(rows: FloatArray) -> Factor | None:
    """Invert A = rows' rows without forming A; None if A is singular.

    Householder QR with column pivoting of rows sorted by size is backward stable row by row (Cox & Higham
    1998, in *Numerical Analysis 1997*, 57-73), so that small rows survive beside rows 1e20 times as large.

    Args:
        rows: (m, p) stacked square roots of the parts of A.
    """
    from scipy.linalg import lapack, qr

    ordered = rows[np.argsort(-np.max(np.abs(rows), axis=1), kind="stable")]
    r, pivots = qr(ordered, mode="r", pivoting=True, check_finite=False)
    size = rows.shape[1]
    r = r[:size]
    if r.shape[0] < size or not np.all(r.diagonal() != 0):
        return None
    inverse_root, failed = lapack.dtrtri(r)
    if failed:
        return None
    inverse = np.empty((size, size))
    inverse[np.ix_(pivots, pivots)] = np.triu(inverse_root) @ np.triu(inverse_root).T
    return Factor(inverse, 2 * float(np.sum(np.log(np.abs(r.diagonal())))))


@dataclass(frozen=True)
class BlockLogDeterminant:
    """log|sum_j lambda_j S_j| of one block on the space that its penalties reach.

    Args:
        rank: the dimension r of that space.
        numbers: the numbers of the block's penalties in the model.
        parameters: the free smoothing parameter of each, or -1.
        matrices: (r, r) penalties on that space.
        roots: (r, r_j) square roots of them.
    """

    rank: int
    numbers: tuple[int, ...]
    parameters: tuple[int, ...]
    matrices: tuple[FloatArray, ...]
    roots: tuple[FloatArray, ...]

    def spread(self, sp: FloatArray) -> float:
        """Return the ratio of the largest to the smallest penalty."""
        if len(self.numbers) == 1:
            return 1.0
        sizes = [
            sp[number] * np.max(matrix.diagonal()) for number, matrix in zip(self.numbers, self.matrices, strict=True)
        ]
        return float(max(sizes) / min(sizes))

    def add(self, sp: FloatArray, gradient: FloatArray, hessian: FloatArray) -> float:
        """Return the log determinant; add its derivatives in the free log parameters to those given."""
        if len(self.numbers) == 1:
            if self.parameters[0] >= 0:
                gradient[self.parameters[0]] += self.rank
            return self.rank * float(np.log(sp[self.numbers[0]])) + self._constant()
        lam = sp[list(self.numbers)]
        factor = self._factor(sp, lam)
        whitened = [np.sqrt(value) * root for value, root in zip(lam, self.roots, strict=True)]
        for j, k in enumerate(self.parameters):
            if k < 0:
                continue
            half = factor.inverse @ whitened[j]
            trace = float(np.sum(half * whitened[j]))
            gradient[k] += trace
            hessian[k, k] += trace
            for i, m in enumerate(self.parameters):
                if m >= 0:
                    hessian[k, m] -= float(np.sum((whitened[i].T @ half) ** 2))
        return factor.log_determinant

    def _constant(self) -> float:
        return float(np.sum(np.log(self.matrices[0].diagonal())))

    def _factor(self, sp: FloatArray, lam: FloatArray) -> Factor:
        factor = None
        if self.spread(sp) < WIDE_SPREAD:
            factor = cholesky_factor(np.einsum("j,jab->ab", lam, np.asarray(self.matrices)))
        if factor is None:
            factor = stacked_factor(
                np.vstack([np.sqrt(value) * root.T for value, root in zip(lam, self.roots, strict=True)])
            )
        if factor is None:
            raise FloatingPointError("the penalties of a block are singular on the space that they reach")
        return factor
