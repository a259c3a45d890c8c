"""Several penalties on the same coefficients: one joint precision.

The coefficients b have precision ``sum_j S_j / sds_j^2``.  Two penalties can be made diagonal together,
so that their coefficients are independent given the standard deviations; three or more in general
cannot.

Source: Golub & Van Loan (2013), *Matrix Computations*, 4th ed., section 8.7.1; Wood (2011), JRSSB 73, 3-36,
on the determinant of such sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray


@dataclass(frozen=True)
class JointPrecision:
    """The penalties of one block of r random columns.

    Args:
        diagonals: (r, J) diagonals of the penalties, or None.
        matrices: (J, r, r) penalties if they cannot be made diagonal together, or None.
    """

    diagonals: FloatArray | None = None
    matrices: FloatArray | None = None

    @property
    def n_penalties(self) -> int:
        """J, the number of penalties and of standard deviations."""
        if self.diagonals is not None:
            return int(self.diagonals.shape[1])
        return 0 if self.matrices is None else len(self.matrices)


def diagonalise(
    penalties: tuple[FloatArray, ...], vectors: FloatArray, values: FloatArray
) -> tuple[JointPrecision, FloatArray]:
    """Return the joint precision of several penalties and the (q, r) map to its columns.

    Args:
        penalties: each (q, q).
        vectors: (q, r) orthonormal basis of the range of their sum, each over its Frobenius norm.
        values: (r,) the eigenvalues of that sum.

    With the returned map T, ``T' (sum_j S_j / |S_j|) T`` is the identity.
    """
    whitened = vectors / np.sqrt(values)
    inside = [whitened.T @ s @ whitened for s in penalties]
    if len(penalties) > 2:
        return JointPrecision(matrices=np.stack([(s + s.T) / 2 for s in inside])), whitened
    norms = [float(np.linalg.norm(s)) for s in penalties]
    shares, rotation = np.linalg.eigh((inside[0] + inside[0].T) / (2 * norms[0]))
    shares = np.clip(shares[::-1], 0.0, 1.0)
    # Shares of rounding size are exact zeros: directions that only one of the penalties touches.
    shares[shares < 1e-12] = 0.0
    shares[shares > 1 - 1e-12] = 1.0
    diagonals = np.column_stack([shares * norms[0], (1 - shares) * norms[1]])
    return JointPrecision(diagonals=diagonals), whitened @ rotation[:, ::-1]
