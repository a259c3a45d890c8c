"""The columns of a smooth at some rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class GroupedColumns:
    """Columns that are zero outside the group of a row, without the zeros.

    Column ``g * r + j`` of the matrix that they stand for is column ``j`` of ``values`` at the rows of
    group ``g``.

    Args:
        values: (n, r) the columns shared by all groups.
        codes: (n,) group of every row, -1 for none.
        n_groups: number of groups.
    """

    values: FloatArray
    codes: IntArray
    n_groups: int

    def dense(self) -> FloatArray:
        """Return the (n, n_groups * r) matrix."""
        n, r = self.values.shape
        matrix = np.zeros((n, self.n_groups, r))
        known = np.flatnonzero(self.codes >= 0)
        matrix[known, self.codes[known]] = self.values[known]
        return matrix.reshape(n, self.n_groups * r)

    def times(self, coefficients: FloatArray) -> FloatArray:
        """Return the product with (draws, n_groups * r) coefficients: (draws, n)."""
        by_group = coefficients.reshape(len(coefficients), self.n_groups, -1)
        of_rows = by_group[:, np.maximum(self.codes, 0)]
        product = np.einsum("snr,nr->sn", of_rows, self.values)
        return np.asarray(product * (self.codes >= 0))


@dataclass(frozen=True)
class SmoothColumns:
    """Fixed columns Xs, (n, m), and blocks of random columns Zs, each (n, r) or grouped."""

    fixed: FloatArray
    random: tuple[FloatArray | GroupedColumns, ...]


def times(block: FloatArray | GroupedColumns, coefficients: FloatArray) -> FloatArray:
    """Return the product of a block with (draws, r) coefficients: (draws, n)."""
    return block.times(coefficients) if isinstance(block, GroupedColumns) else np.asarray(coefficients @ block.T)


def dense(block: FloatArray | GroupedColumns) -> FloatArray:
    """Return a block as a dense matrix."""
    return block.dense() if isinstance(block, GroupedColumns) else block
