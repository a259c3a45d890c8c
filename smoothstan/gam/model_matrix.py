"""A model matrix as the fit sees it: four products, taken in blocks of rows so that memory stays O(p^2 + block)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from smoothstan.arrays import FloatArray

_BLOCK_ELEMENTS = 1 << 19


class ModelMatrix(Protocol):
    """An (n, p) matrix of which only products are needed; a sparse or discretised one has the same four."""

    @property
    def rows(self) -> int:
        """The number of rows n."""

    @property
    def columns(self) -> int:
        """The number of columns p."""

    def times(self, coefficients: FloatArray) -> FloatArray:
        """Return X b for b (p,) or (p, m)."""

    def transpose_times(self, values: FloatArray) -> FloatArray:
        """Return X'v for v (n,) or (n, m)."""

    def cross_product(self, weights: FloatArray | None = None) -> FloatArray:
        """Return X' diag(w) X, (p, p); the weights may be negative."""

    def row_quadratic(self, matrix: FloatArray) -> FloatArray:
        """Return x_i' A x_i for every row, (n,)."""


Blocks = Callable[[], Iterator[tuple[slice, FloatArray]]]


@dataclass(frozen=True)
class RowBlocks:
    """A model matrix given as blocks of rows, made anew whenever they are needed.

    Args:
        rows, columns: the shape.
        blocks: returns an iterator over (rows as a slice, (rows, p) values), in order, without gaps.
    """

    rows: int
    columns: int
    blocks: Blocks

    def times(self, coefficients: FloatArray) -> FloatArray:
        """Return X b."""
        out = np.empty((self.rows, *coefficients.shape[1:]))
        for rows, x in self.blocks():
            np.matmul(x, coefficients, out=out[rows])
        return out

    def transpose_times(self, values: FloatArray) -> FloatArray:
        """Return X'v."""
        out = np.zeros((self.columns, *values.shape[1:]))
        for rows, x in self.blocks():
            out += x.T @ values[rows]
        return out

    def cross_product(self, weights: FloatArray | None = None) -> FloatArray:
        """Return X' diag(w) X."""
        out = np.zeros((self.columns, self.columns))
        positive = weights is None or bool(np.all(weights >= 0))
        for rows, x in self.blocks():
            if weights is None:
                out += x.T @ x
            elif positive:
                scaled = x * np.sqrt(weights[rows])[:, None]
                out += scaled.T @ scaled
            else:
                out += x.T @ (x * weights[rows][:, None])
        return out if positive else 0.5 * (out + out.T)

    def row_quadratic(self, matrix: FloatArray) -> FloatArray:
        """Return x_i' A x_i."""
        out = np.empty(self.rows)
        for rows, x in self.blocks():
            out[rows] = np.einsum("ij,ij->i", x @ matrix, x)
        return out


def dense(values: FloatArray) -> RowBlocks:
    """Wrap an array (n, p)."""
    n, p = values.shape

    def blocks() -> Iterator[tuple[slice, FloatArray]]:
        for rows in row_slices(n, p):
            yield rows, values[rows]

    return RowBlocks(n, p, blocks)


def row_slices(n: int, p: int) -> Iterator[slice]:
    """Cut n rows of p columns into blocks that fit a processor's cache."""
    step = max(256, _BLOCK_ELEMENTS // max(p, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


@dataclass(frozen=True)
class Rotated:
    """A model matrix times an orthogonal matrix: X Q, never formed."""

    matrix: ModelMatrix
    rotation: FloatArray

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.matrix.rows

    @property
    def columns(self) -> int:
        """The number of columns."""
        return int(self.rotation.shape[1])

    def times(self, coefficients: FloatArray) -> FloatArray:
        """Return X Q b."""
        return self.matrix.times(self.rotation @ coefficients)

    def transpose_times(self, values: FloatArray) -> FloatArray:
        """Return Q'X'v."""
        return self.rotation.T @ self.matrix.transpose_times(values)

    def cross_product(self, weights: FloatArray | None = None) -> FloatArray:
        """Return Q'X' diag(w) X Q, exactly symmetric."""
        product = self.rotation.T @ self.matrix.cross_product(weights) @ self.rotation
        return 0.5 * (product + product.T)

    def row_quadratic(self, matrix: FloatArray) -> FloatArray:
        """Return x_i'Q A Q'x_i."""
        return self.matrix.row_quadratic(self.rotation @ matrix @ self.rotation.T)
