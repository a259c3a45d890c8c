"""Tensor product smooths with a penalty for each part, ``t2``: a mixed model of independent random effects.

Every margin is split into its penalised columns r, with a ridge, and the columns n of its null space.  The
product then falls into blocks, one for each choice of r or n per margin; every block but the one of null
spaces alone has a ridge of its own.

The null space of a margin has axes of its own only if it has one dimension; otherwise the model depends on
the axes.  They are those of mgcv, which follow from the first coefficient of the margin (``natural.py``).

Source: Wood, Scheipl & Faraway (2013), Statistics and Computing 23, 341-360, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, Place, PlacedBasis, Unsuitable
from smoothstan.smooths.constraint import null_space_of
from smoothstan.smooths.natural import monomial_degree, penalty_natural, polynomial_candidates
from smoothstan.smooths.rows import Rows
from smoothstan.smooths.tensor_margin import TensorMargin, place_margin, product_design
from smoothstan.smooths.tensor_request import TensorRequest
from smoothstan.table import Factor


def place_t2(covariates: Covariates, request: TensorRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place a tensor product smooth of blocks with a ridge each.

    Args:
        covariates: those of all margins.
        request: what the formula asks.
        bases: the bases that margins can have.

    Raises:
        ValueError: what is wrong with the request, naming the margin; if ``ord`` leaves nothing.
    """
    margins = [place_margin(covariates, asked, bases) for asked in request.margins()]
    for order in request.ord:
        if not 0 <= order <= len(margins):
            raise Unsuitable(f"ord must be between 0 and {len(margins)}, the number of margins, found {order}", "ord")
    natural = tuple(replace(margin, to_basis=_natural_map(margin, covariates)) for margin in margins)
    return product_of_natural_margins(natural, full=request.full, orders=request.ord)


def _natural_map(margin: TensorMargin, covariates: Covariates) -> FloatArray:
    """Return the (p, p) map to natural coefficients: r with unit penalty, then the null space, the constant first.

    The natural columns have mean square 1 over the rows.
    """
    rows = Rows(margin.of(covariates))
    (penalty,), (rank,) = margin.basis.penalties, margin.basis.ranks
    p = len(penalty)
    candidates = _null_space_candidates(rows, p - rank)
    gram, crossed = np.zeros((p, p)), np.zeros((p, candidates.shape[1]))
    for block in rows.blocks():
        design = margin.basis.design(rows.take(block).covariates)
        gram += design.T @ design
        crossed += design.T @ candidates[block]
    return penalty_natural(gram, penalty, rank, crossed).with_unit_mean_square(gram, rows.n).to_basis


def _null_space_candidates(rows: Rows, size: int) -> FloatArray:
    """Return at least ``size`` monomials of the numeric covariates, (n, c); for factors the constant."""
    numbers = [c for c in rows.covariates if not isinstance(c, Factor)]
    if not numbers:
        return np.full((rows.n, 1), rows.n**-0.5)
    return polynomial_candidates(np.column_stack(numbers), monomial_degree(size, len(numbers)))


def product_of_natural_margins(
    margins: tuple[TensorMargin, ...], *, full: bool = False, orders: tuple[int, ...] = ()
) -> PlacedT2:
    """Return the product of margins in natural coefficients.

    Args:
        margins: margins whose map leads to ``rank`` penalised columns followed by those of the null space.
        full: a penalty for every null space column that is multiplied by penalised ones.
        orders: the numbers of penalised factors that are kept, empty for all.

    Raises:
        ValueError: if nothing is kept.
    """
    kept = [b for b in _blocks(margins, full=full) if not orders or b.order in orders]
    if not kept:
        raise Unsuitable(f"no part of this smooth has {' or '.join(map(str, orders))} penalised margins", "ord")
    penalised = tuple(len(b.columns) for b in kept if b.order)
    names = tuple(b.name for b in kept if b.order)
    return PlacedT2(margins, np.concatenate([b.columns for b in kept]), penalised, names)


@dataclass(frozen=True)
class _Block:
    """A block of columns: their positions in the product, how many of its factors are penalised, and its name.

    The name has a letter per margin: r for penalised columns, n for a null space, a number for one column of it.
    """

    columns: IntArray
    order: int
    name: str = ""

    def columnwise(self) -> list[_Block]:
        """Return every column as a block."""
        return [_Block(self.columns[j : j + 1], self.order, f"{j + 1}") for j in range(len(self.columns))]

    def times(self, factor: _Block, size: int) -> _Block:
        """Multiply by a block of the next margin, which has ``size`` columns."""
        columns = (self.columns[:, None] * size + factor.columns).reshape(-1)
        return _Block(columns, self.order + factor.order, self.name + factor.name)


def _blocks(margins: Sequence[TensorMargin], *, full: bool) -> list[_Block]:
    """Return the blocks of the product: those times the last margin's r first, then those times its n.

    With ``full`` a null space is taken column by column where it is multiplied by penalised columns.
    """
    blocks = [_Block(np.zeros(1, dtype=np.int64), 0)]
    for margin in margins:
        columns = np.arange(margin.size, dtype=np.int64)
        penalised, null = _Block(columns[: margin.rank], 1, "r"), _Block(columns[margin.rank :], 0, "n")
        parts = [part for b in blocks for part in (b.columnwise() if full and b.order == 0 and b.name else [b])]
        made = [b.times(penalised, margin.size) for b in parts]
        for b in blocks:
            factors = null.columnwise() if full and b.order else [null]
            made += [b.times(factor, margin.size) for factor in factors]
        blocks = [b for b in made if len(b.columns)]
    return blocks


@final
@dataclass(frozen=True)
class PlacedT2(PlacedBasis):
    """Blocks of products of natural columns.

    Args:
        margins: margins in natural coefficients.
        columns: (p,) positions of the columns in the product of the margins, the last margin fastest.
        blocks: the number of columns of every block with a penalty, in order; what is left at the end is the
            product of the null spaces.
        block_names: their names, e.g. ``rr``, ``nr``, ``rn``.
    """

    margins: tuple[TensorMargin, ...]
    columns: IntArray
    blocks: tuple[int, ...]
    block_names: tuple[str, ...] = ()

    @property
    def penalty_names(self) -> tuple[str, ...]:
        """The names of the blocks."""
        return self.block_names

    @property
    def n_columns(self) -> int:
        """The number of columns."""
        return len(self.columns)

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the blocks side by side, (n, p)."""
        return product_design(self.margins, covariates, self.columns)

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """Identities on the blocks."""
        owner = np.repeat(np.arange(len(self.blocks) + 1), (*self.blocks, self.null_space_dimension))
        return tuple(np.diag((owner == j).astype(float)) for j in range(len(self.blocks)))

    @property
    def ranks(self) -> tuple[int, ...]:
        """The sizes of the blocks."""
        return self.blocks

    @property
    def null_space_dimension(self) -> int:
        """The number of columns of the product of the null spaces."""
        return len(self.columns) - sum(self.blocks)

    @property
    def centred(self) -> bool:
        """Whether there is a product of null spaces to be centred."""
        return self.null_space_dimension > 0

    def absorb(self, column_sums: FloatArray) -> FloatArray | None:
        """Return the map that centres the product of the null spaces; if that is one column, leaves it out."""
        null = self.null_space_dimension
        if null == 0:
            return None
        free = np.eye(len(self.columns))[:, :-1]
        first = len(self.columns) - null
        if null > 1:
            free[first:, first:] = null_space_of(column_sums[None, first:])
        return free
