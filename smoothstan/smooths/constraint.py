"""Make a smooth identifiable next to an intercept."""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray


def sum_to_zero(design: FloatArray) -> FloatArray:
    """Return Z, (p, p - 1), such that every column of ``design @ Z`` sums to zero over the rows.

    Source: Wood (2017), section 5.4.1: the QR decomposition of the transposed constraint.
    """
    return null_space_of(design.mean(axis=0, keepdims=True))


def null_space_of(constraint: FloatArray) -> FloatArray:
    """Return an orthonormal basis, (p, p - j), of the coefficients with ``constraint @ b = 0``."""
    return np.linalg.qr(constraint.T, mode="complete")[0][:, constraint.shape[0] :]
