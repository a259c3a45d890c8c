"""A further penalty on what the penalties of a smooth leave free.

Source: Marra & Wood (2011), *Practical variable selection for generalized additive models*, CSDA 55, 2372-2387.
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.penalty import disjoint_diagonals, range_and_null_space


def null_space_penalty(penalties: tuple[FloatArray, ...], null_space_dimension: int) -> FloatArray | None:
    """Return U U', (q, q), for an orthonormal basis U of the null space of the summed penalties.

    None if there is no null space, or if the penalties are one ridge already.
    """
    if not penalties or null_space_dimension == 0:
        return None
    total = np.sum(penalties, axis=0)
    if len(penalties) == 1 and disjoint_diagonals(penalties) is not None:
        return np.diag((np.diag(total) == 0).astype(float))
    null = range_and_null_space(total, len(total) - null_space_dimension)[2]
    return np.asarray(null @ null.T)
