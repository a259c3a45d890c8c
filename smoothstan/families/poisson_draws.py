"""Poisson counts of any mean: those that a vague prior predicts exceed what numpy can draw."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray

_LARGE = 2.0**52
"""From here on whole numbers are as far apart as doubles are, and the distribution is normal to their precision."""


def draw_poisson(rng: np.random.Generator, mean: FloatArray) -> FloatArray:
    """Draw counts with the given means; an infinite mean gives infinity.

    Args:
        rng: where random numbers come from.
        mean: >= 0, any shape.

    Returns:
        Whole numbers as doubles, in the shape of ``mean``.
    """
    large = mean >= _LARGE
    if not np.any(large):
        return rng.poisson(mean).astype(float)
    counts = np.where(large, mean, rng.poisson(np.where(large, 0.0, mean)))
    finite = large & np.isfinite(mean)
    counts[finite] += np.sqrt(mean[finite]) * rng.standard_normal(int(finite.sum()))
    return counts
