"""What the reparametrisation of a smooth needs to know of its design, gathered block by block.

The whole (n, p) matrix is never held.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import PlacedBasis
from smoothstan.smooths.rows import Rows


@dataclass(frozen=True)
class RawMoments:
    """Sums over the rows of a basis before anything multiplies it.

    Args:
        column_sums: (p,) sums of the columns.
        largest_row: the largest row sum of absolute values.
    """

    column_sums: FloatArray
    largest_row: float


@dataclass(frozen=True)
class DesignMoments:
    """Sums over the rows of the multiplied design X.

    Args:
        gram: (p, p) X'X.
        crossed: (p, c) X'phi for monomials phi of the covariates of unit length, the constant first.
    """

    gram: FloatArray
    crossed: FloatArray


def raw_moments(basis: PlacedBasis, rows: Rows) -> RawMoments:
    """Evaluate the basis at the rows, without ``by``, and sum up."""
    sums: list[FloatArray] = []
    magnitudes: list[FloatArray] = []
    largest = 0.0
    for block in rows.blocks():
        # The rows of a grouped basis hold one group's columns and zeros.
        values = rows.take(block).values(basis)
        sizes = np.abs(values)
        sums.append(values.sum(axis=0))
        magnitudes.append(sizes.sum(axis=0))
        # A product, since numpy's sums of short rows are many times slower.
        largest = max(largest, float((sizes @ np.ones(sizes.shape[1])).max()))
    total, magnitude = np.sum(sums, axis=0), np.sum(magnitudes, axis=0)
    # A sum that is zero by rounding must not look like a column of zeros, which takes no part in the constraint.
    return RawMoments(np.where(total == 0, np.finfo(float).eps * magnitude, total), largest)


def design_moments(basis: PlacedBasis, rows: Rows) -> DesignMoments:
    """Evaluate the multiplied design at the rows and sum up."""
    numeric = [c for c in rows.stacked if isinstance(c, np.ndarray)]
    centres = [float(np.mean(c)) for c in numeric]
    spreads = [float(np.std(c)) or 1.0 for c in numeric]
    grams: list[FloatArray] = []
    crossed: list[FloatArray] = []
    squares: list[FloatArray] = []
    for block in rows.blocks():
        part = rows.take(block)
        design = part.design(basis)
        numbers = [c for c in part.stacked if isinstance(c, np.ndarray)]
        scaled = [(c - m) / s for c, m, s in zip(numbers, centres, spreads, strict=True)]
        count = part.n if not numbers else len(numbers[0])
        functions = part.multiply(_monomials(scaled) if scaled else np.ones((count, 1)))
        grams.append(design.T @ design)
        crossed.append(design.T @ functions)
        squares.append(np.sum(functions**2, axis=0))
    lengths = np.sqrt(np.sum(squares, axis=0))
    return DesignMoments(np.sum(grams, axis=0), np.sum(crossed, axis=0) / np.where(lengths > 0, lengths, 1.0))


def _monomials(covariates: list[FloatArray]) -> FloatArray:
    """Return the constant, the covariates and, for few of them, their products, lowest degree first."""
    highest = {1: 3, 2: 2, 3: 2}.get(len(covariates), 1)
    columns = [np.ones(len(covariates[0]))]
    for degree in range(1, highest + 1):
        columns += [np.prod(chosen, axis=0) for chosen in combinations_with_replacement(covariates, degree)]
    return np.column_stack(columns)
