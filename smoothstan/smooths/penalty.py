"""Put penalties on the scale of their basis."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def penalty_scale(penalty: FloatArray, largest_row: float) -> float:
    """Return ``|S|_1 / |X|_inf^2``: maximum column sum over squared maximum row sum of absolute values.

    Args:
        penalty: (p, p) penalty.
        largest_row: the largest row sum of absolute values of the design.

    Dividing the penalty by it makes smoothing parameters comparable between terms, and fixes the
    scale of the random effects that a smooth becomes.
    """
    return float(np.abs(penalty).sum(axis=0).max() / largest_row**2)
