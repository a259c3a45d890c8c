"""Products of the designs of margins."""

from __future__ import annotations

from collections.abc import Sequence

from smoothstan.arrays import FloatArray


def row_kronecker(matrices: Sequence[FloatArray]) -> FloatArray:
    """Return the Kronecker product of every row, (n, p1 * p2 * ...), the columns of the last matrix fastest.

    Args:
        matrices: one or more, (n, p1), (n, p2), ...
    """
    product = matrices[0]
    for matrix in matrices[1:]:
        product = (product[:, :, None] * matrix[:, None, :]).reshape(len(product), -1)
    return product
