"""Codings of a factor: the columns that stand for its levels.

Source: Chambers & Hastie (1992), *Statistical Models in S*, section 2.3; the matrices of the orthogonal
polynomial, sum and Helmert codings come from formulaic.
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.table import Factor


def full_coding(factor: Factor) -> tuple[FloatArray, tuple[str, ...]]:
    """Return one indicator column per level, (levels, levels), and the columns' labels."""
    return np.eye(len(factor.levels)), factor.levels


def reduced_coding(factor: Factor) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the contrasts, (levels, levels - 1): treatment, or polynomial for an ordered factor."""
    name = factor.contrast or ("poly" if factor.ordered else "treatment")
    if name == "treatment" or len(factor.levels) < 2:
        return np.eye(len(factor.levels))[:, 1:], factor.levels[1:]
    return _from_formulaic(name, factor)


def _from_formulaic(name: str, factor: Factor) -> tuple[FloatArray, tuple[str, ...]]:
    from formulaic.transforms import contrasts

    kinds = {
        "poly": contrasts.PolyContrasts,
        "sum": contrasts.SumContrasts,
        "helmert": contrasts.HelmertContrasts,
    }
    levels = list(factor.levels)
    matrix = np.asarray(kinds[name]().get_coding_matrix(levels, reduced_rank=True), dtype=float)
    if name == "poly":
        degrees = (".L", ".Q", ".C", *(f"^{d}" for d in range(4, len(levels))))
        return matrix, degrees[: len(levels) - 1]
    return matrix, tuple(str(i + 1) for i in range(len(levels) - 1))
