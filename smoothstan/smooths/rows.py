"""Where a smooth is evaluated: its covariates and what multiplies it, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, PlacedBasis
from smoothstan.table import Factor

_BLOCK_ROWS = 8192


@dataclass(frozen=True)
class Rows:
    """The rows of a table as one smooth sees them.

    A covariate of shape (n, Q) makes a linear functional: row i of the smooth is
    ``sum_q by[i, q] * f(x[i, q])``.

    Args:
        covariates: each (n,), or (n, Q) for all of them.
        by: (n,) or (n, Q) multiplier, or None for ones.
    """

    covariates: Covariates
    by: FloatArray | None = None

    @property
    def n(self) -> int:
        """The number of rows."""
        first = self.covariates[0]
        return len(first.codes) if isinstance(first, Factor) else len(first)

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
        return Rows(covariates, None if self.by is None else self.by[block])

    def multiply(self, values: FloatArray) -> FloatArray:
        """Multiply (n Q, p) values of functions by ``by`` and sum over Q: (n, p)."""
        by = self.by
        if len(values) == self.n and (by is None or by.ndim == 1):
            return values if by is None else values * by[:, None]
        cubed = values.reshape(self.n, -1, values.shape[1])
        if by is None:
            return np.asarray(cubed.sum(axis=1))
        return np.asarray(np.einsum("nq,nqp->np", by.reshape(self.n, -1), cubed))

    def design(self, basis: PlacedBasis) -> FloatArray:
        """Evaluate a basis at the rows and multiply: (n, p)."""
        return self.multiply(basis.design(self.stacked))
