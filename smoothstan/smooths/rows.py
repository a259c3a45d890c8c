"""Where a smooth is evaluated: its covariates and what multiplies it, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, GroupedBasis, PlacedBasis
from smoothstan.table import Factor

_BLOCK_ROWS = 2048
_MOST_KEPT = 2**25
"""Values of a basis beyond this number, 256 MB, are computed whenever they are needed."""


@dataclass(frozen=True)
class Evaluated:
    """What a basis is at some rows.

    Args:
        basis: the basis.
        values: (n Q, p) its columns, the inner ones of a grouped basis.
    """

    basis: PlacedBasis
    values: FloatArray


@dataclass(frozen=True)
class Rows:
    """The rows of a table as one smooth sees them.

    A covariate of shape (n, Q) makes a linear functional: row i of the smooth is
    ``sum_q by[i, q] * f(x[i, q])``.

    Args:
        covariates: each (n,), or (n, Q) for all of them.
        by: (n,) or (n, Q) multiplier, or None for ones.
        kept: what a basis is here, if that is kept.
    """

    covariates: Covariates
    by: FloatArray | None = None
    kept: Evaluated | None = None

    @property
    def n(self) -> int:
        """The number of rows."""
        first = self.covariates[0]
        return len(first.codes) if isinstance(first, Factor) else len(first)

    @property
    def depth(self) -> int:
        """Q, the number of values of a covariate in one row."""
        first = self.covariates[0]
        return 1 if isinstance(first, Factor) or first.ndim == 1 else first.shape[1]

    @property
    def stacked(self) -> Covariates:
        """The covariates as (n Q,) vectors, the Q of a row beside each other."""
        return tuple(c if isinstance(c, Factor) else c.reshape(-1) for c in self.covariates)

    def without_by(self) -> Rows:
        """Return the same rows, not multiplied."""
        return replace(self, by=None)

    def blocks(self) -> Iterator[slice]:
        """Return slices that cover the rows; blocks that stay in the processor's cache are several times faster."""
        for start in range(0, self.n, _BLOCK_ROWS):
            yield slice(start, start + _BLOCK_ROWS)

    def take(self, block: slice) -> Rows:
        """Return the rows of a slice."""
        covariates = tuple(
            c.take(np.arange(len(c.codes))[block]) if isinstance(c, Factor) else c[block] for c in self.covariates
        )
        by, kept = self.by, self.kept
        if kept is not None:
            kept = Evaluated(kept.basis, kept.values[self._stacked_slice(block)])
        return Rows(covariates, None if by is None else by[block], kept)

    def _stacked_slice(self, block: slice) -> slice:
        return slice(block.start * self.depth, block.stop * self.depth)

    def multiply(self, values: FloatArray) -> FloatArray:
        """Multiply (n Q, p) values of functions by ``by`` and sum over Q: (n, p)."""
        by = self.by
        if len(values) == self.n and (by is None or by.ndim == 1):
            return values if by is None else values * by[:, None]
        cubed = values.reshape(self.n, -1, values.shape[1])
        if by is None:
            return np.asarray(cubed.sum(axis=1))
        return np.asarray(np.einsum("nq,nqp->np", by.reshape(self.n, -1), cubed))

    def keep(self, basis: PlacedBasis) -> Rows:
        """Return the same rows with the values of a basis kept, unless these are too many."""
        if self.n * self.depth * _width(basis) > _MOST_KEPT:
            return self
        return replace(self, kept=Evaluated(basis, self.values(basis)))

    def values(self, basis: PlacedBasis) -> FloatArray:
        """Return the columns of a basis, (n Q, p), not multiplied; of a grouped basis the inner ones.

        They are computed block by block whoever asks, as their last bits can depend on the number of rows.
        """
        if self.kept is not None and self.kept.basis is basis:
            return self.kept.values
        evaluate = basis.inner if isinstance(basis, GroupedBasis) else basis.design
        values = np.empty((self.n * self.depth, _width(basis)))
        for block in self.blocks():
            values[self._stacked_slice(block)] = evaluate(self.take(block).stacked)
        return values

    def design(self, basis: PlacedBasis) -> FloatArray:
        """Evaluate a basis at the rows and multiply: (n, p)."""
        if isinstance(basis, GroupedBasis):
            return self.multiply(basis.design(self.stacked))
        design = self.multiply(self.values(basis))
        return design.copy() if self.kept is not None and design is self.kept.values else design


def _width(basis: PlacedBasis) -> int:
    return basis.n_inner if isinstance(basis, GroupedBasis) else basis.n_columns
