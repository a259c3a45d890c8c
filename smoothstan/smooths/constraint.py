"""Make a smooth identifiable next to an intercept."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def null_space_of(constraint: FloatArray) -> FloatArray:
    """Return an orthonormal basis, (p, p - j), of the coefficients with ``constraint @ b = 0``.

    Coefficients that the (j, p) constraint does not touch keep their column: of the touched ones the
    first ``m - j`` positions receive the rotated columns, the last ``j`` are dropped.  With the column
    sums of the design as the constraint every smooth sums to zero over the rows.

    Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.4.1.
    """
    j, p = constraint.shape
    touched = np.flatnonzero(np.any(constraint != 0, axis=0))
    if j == 0 or len(touched) == 0:
        return np.eye(p)
    rotation = np.linalg.qr(constraint[:, touched].T, mode="complete")[0][:, j:]
    full = np.eye(p)
    full[np.ix_(touched, touched[: len(touched) - j])] = rotation
    return np.delete(full, touched[len(touched) - j :], axis=1)
