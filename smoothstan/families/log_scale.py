"""Differences of probabilities whose logarithms are known."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def log_difference(larger: FloatArray, smaller: FloatArray) -> FloatArray:
    """Return log(exp(larger) - exp(smaller)), elementwise; minus infinity where they are equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(smaller == -np.inf, larger, larger + np.log(-np.expm1(smaller - larger)))
