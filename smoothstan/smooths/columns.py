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
        width = self.values.shape[1]
        known = self.codes >= 0
        first = np.where(known, self.codes, 0) * width
        total = np.zeros((len(coefficients), len(first)))
        # Column by column: the coefficients of all rows at once would take width times the memory.
        for j, column in enumerate(self.values.T):
            part = np.take(coefficients, first + j, axis=1)
            part *= np.where(known, column, 0.0)
            total += part
        return total


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
