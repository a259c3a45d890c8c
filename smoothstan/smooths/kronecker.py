"""Products of the designs of margins, and penalties on the coefficients of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from smoothstan.arrays import FloatArray


def row_kronecker(matrices: Sequence[FloatArray]) -> FloatArray:
    """Return the Kronecker product of every row, (n, p1 * p2 * ...), the columns of the last matrix fastest.

    Args:
        matrices: one or more, (n, p1), (n, p2), ...
    """
    product = matrices[0]
    for matrix in matrices[1:]:
        product = np.einsum("ni,nj->nij", product, matrix).reshape(len(product), -1)
    return product


def penalty_of_margin(penalty: FloatArray, sizes: Sequence[int], i: int) -> FloatArray:
    """Return ``I x S x I`` (Kronecker): a penalty on margin ``i`` for every choice of the other coefficients.

    Args:
        penalty: S, (sizes[i], sizes[i]).
        sizes: the number of columns of every margin.
        i: the position of the margin.

    Source: Wood (2006), Biometrics 62, 1025-1036, section 2.
    """
    before, after = np.eye(prod(sizes[:i])), np.eye(prod(sizes[i + 1 :]))
    return np.asarray(np.kron(np.kron(before, penalty), after), dtype=np.float64)
