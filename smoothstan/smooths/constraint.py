"""Make a smooth identifiable next to an intercept."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def null_space_of(constraint: FloatArray) -> FloatArray:
    """Return an orthonormal basis, (p, p - j), of the coefficients with ``constraint @ b = 0``.

    With the column sums of the design as the constraint every smooth sums to zero over the rows.
    Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.4.1.
    """
    return np.linalg.qr(constraint.T, mode="complete")[0][:, constraint.shape[0] :]
