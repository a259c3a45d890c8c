"""Facts about penalty matrices."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray

# Eigenvalues below this fraction of the largest count as zero.
_NEGLIGIBLE = float(np.finfo(float).eps ** 0.66)


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
    """Return the number of eigenvalues of a positive semi-definite matrix that are not negligible."""
    values = np.linalg.eigvalsh(penalty)
    return int(np.count_nonzero(values > _NEGLIGIBLE * values[-1])) if values[-1] > 0 else 0


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
