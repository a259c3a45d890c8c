"""Effects and the standard normal values from which the program makes them.

Random coefficients with precision P are ``U^-1 z`` with z standard normal and ``U'U = P``: for one penalty P is
``1 / sds^2``, for several it is the sum of the penalties over their variances.  Effects of a group are
``diag(sd) L z``, with L the Cholesky factor of their correlations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.joint import JointPrecision


@dataclass(frozen=True)
class CoefficientRoot:
    """A root of the precision of random coefficients in every draw.

    Args:
        diagonal: (draws, r) or (draws, 1) square roots of a diagonal precision, or None.
        lower: (draws, r, r) lower Cholesky factors of a full one, or None.
    """

    diagonal: FloatArray | None = None
    lower: FloatArray | None = None

    def standardise(self, coefficients: FloatArray) -> FloatArray:
        """Return the standard normal values behind (draws, r) coefficients."""
        if self.lower is None:
            assert self.diagonal is not None
            return np.asarray(coefficients * self.diagonal)
        return np.asarray(np.einsum("sji,sj->si", self.lower, coefficients))

    def scale(self, standardised: FloatArray) -> FloatArray:
        """Return the coefficients that (draws, r) standard normal values make."""
        if self.lower is None:
            assert self.diagonal is not None
            return np.asarray(standardised / self.diagonal)
        return np.asarray(np.linalg.solve(self.lower.swapaxes(1, 2), standardised[:, :, None])[:, :, 0])


def coefficient_root(joint: JointPrecision | None, deviations: FloatArray, block: int) -> CoefficientRoot:
    """Return the root of the precision of a block of random coefficients.

    Args:
        joint: the precision of the one block, if several penalties overlap.
        deviations: (draws, m) standard deviations of the smooth.
        block: the number of the block, from 0.
    """
    if joint is None:
        return CoefficientRoot(diagonal=1 / deviations[:, block : block + 1])
    weights = deviations**-2.0
    if joint.diagonals is not None:
        return CoefficientRoot(diagonal=np.sqrt(weights @ joint.diagonals.T))
    assert joint.matrices is not None
    return CoefficientRoot(lower=np.linalg.cholesky(np.einsum("sj,jab->sab", weights, joint.matrices)))


def correlation_root(correlations: Sequence[FloatArray], pairs: Sequence[tuple[int, int]]) -> FloatArray:
    """Return the Cholesky factors of correlation matrices, (draws, m, m).

    Args:
        correlations: (draws,) correlations of every pair.
        pairs: the pairs, from 0.
    """
    size = max(max(pair) for pair in pairs) + 1
    matrix = np.broadcast_to(np.eye(size), (len(correlations[0]), size, size)).copy()
    for (a, b), values in zip(pairs, correlations, strict=True):
        matrix[:, a, b] = matrix[:, b, a] = values
    return np.asarray(np.linalg.cholesky(matrix))


def standardised_effects(effects: FloatArray, deviations: FloatArray, root: FloatArray | None) -> FloatArray:
    """Return the (draws, m, levels) standard normal values behind effects of a group.

    Args:
        effects: (draws, m, levels).
        deviations: (draws, m) standard deviations.
        root: (draws, m, m) Cholesky factors of the correlations, or None for none.
    """
    scaled = effects / deviations[:, :, None]
    return np.asarray(scaled if root is None else np.linalg.solve(root, scaled))
