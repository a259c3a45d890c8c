"""Penalty matrices: their scale relative to the basis, their rank, and those that the user supplies."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray

_RANK_TOLERANCE = float(np.finfo(float).eps ** 0.8)
"""Eigenvalues below this part of the largest count as zero."""

_ROUNDING = 1e-13
"""Entries below this part of the largest count as zero."""

_SYMMETRY_TOLERANCE = 1e-10
"""Relative asymmetry that is put down to rounding."""


def penalty_scale(norm: float, largest_row: float) -> float:
    """Return ``|S|_1 / |X|_inf^2``: maximum column sum over squared maximum row sum of absolute values.

    Args:
        norm: the largest column sum of absolute values of the penalty.
        largest_row: the largest row sum of absolute values of the design.

    Dividing the penalty by it makes smoothing parameters comparable between terms, and fixes the
    scale of the random effects that a smooth becomes.
    """
    return norm / largest_row**2


def numerical_rank(penalty: FloatArray) -> int:
    """Return the number of eigenvalues of a symmetric matrix that are not zero up to rounding."""
    values = np.linalg.eigvalsh(penalty)
    return int(np.sum(values > _RANK_TOLERANCE * values[-1])) if values[-1] > 0 else 0


def range_and_null_space(penalty: FloatArray, rank: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the ``rank`` largest eigenvalues, descending, their eigenvectors, and the other eigenvectors."""
    values, vectors = np.linalg.eigh(penalty)
    values, vectors = values[::-1], vectors[:, ::-1]
    return values[:rank], vectors[:, :rank], vectors[:, rank:]


def disjoint_diagonals(penalties: tuple[FloatArray, ...]) -> tuple[FloatArray, ...] | None:
    """Return the diagonals of penalties that are diagonal and touch different coefficients, else None."""
    diagonals = tuple(np.diag(s).copy() for s in penalties)
    if any(np.count_nonzero(s - np.diag(d)) for s, d in zip(penalties, diagonals, strict=True)):
        return None
    touched = np.sum([d > 0 for d in diagonals], axis=0)
    return diagonals if np.all(touched <= 1) else None


def separate_diagonals(penalties: tuple[FloatArray, ...]) -> tuple[FloatArray, ...] | None:
    """Return diagonals if every penalty is a block of random effects as it stands, else None.

    Several penalties are if they are diagonal and touch different coefficients; a single one if it is a
    multiple of the identity on the first coefficients and, up to rounding, zero elsewhere.
    """
    if len(penalties) != 1:
        return disjoint_diagonals(penalties)
    (penalty,) = penalties
    level = penalty[0, 0]
    touched = np.diag(penalty) > _ROUNDING * level
    ridge = level * (np.arange(len(penalty)) < np.count_nonzero(touched))
    return (ridge,) if np.abs(penalty - np.diag(ridge)).max() <= _ROUNDING * level else None


def required_penalty(given: Any, p: int, name: str) -> FloatArray:
    """Return a user's penalty as a (p, p) matrix.

    Raises:
        ValueError: naming it, if it is not p x p, finite, symmetric and positive semi-definite, or zero.
    """
    matrix = np.asarray(given, dtype=float)
    if matrix.shape != (p, p):
        found = " x ".join(str(size) for size in matrix.shape) or "a single number"
        raise ValueError(f"the penalty {name} must be {p} x {p}, one row per coefficient, found {found}")
    if not np.isfinite(matrix).all():
        raise ValueError(f"the penalty {name} has missing or infinite entries")
    largest = np.abs(matrix).max()
    if largest == 0:
        raise ValueError(f"the penalty {name} is zero")
    if np.abs(matrix - matrix.T).max() > _SYMMETRY_TOLERANCE * largest:
        i, j = np.unravel_index(np.argmax(np.abs(matrix - matrix.T)), matrix.shape)
        raise ValueError(
            f"the penalty {name} must be symmetric, found {matrix[i, j]:g} in row {i}, column {j} "
            f"but {matrix[j, i]:g} in row {j}, column {i} (counted from 0)"
        )
    values = np.linalg.eigvalsh(matrix)
    if values[0] < -_RANK_TOLERANCE * np.abs(values).max():
        raise ValueError(f"the penalty {name} must be positive semi-definite, found the eigenvalue {values[0]:g}")
    return np.asarray((matrix + matrix.T) / 2, dtype=float)
