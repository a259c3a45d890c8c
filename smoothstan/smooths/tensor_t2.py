"""Tensor product smooths ``t2``, whose penalties touch different coefficients.

Every margin is written as range space r, whose coefficients carry a ridge penalty, and null space n.  The
columns of the product fall into blocks, one per way to choose r or n from every margin; every block but the
one of null spaces only has a ridge penalty of its own, so the smooth is a mixed model with one standard
deviation per block.

The axes of a null space of two or more dimensions are a choice on which the ridge penalties depend.  Here it
is the one of ``natural.py``: the constant first, then polynomials orthogonal over the rows.  mgcv takes what
the rounding of its eigenvectors gives, so results differ somewhat there; they agree where null spaces have
one dimension.

Source: Wood, Scheipl & Faraway (2013), *Straightforward intermediate rank tensor product smoothing in mixed
models*, Statistics and Computing 23, 341-360.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Place, PlacedBasis, Unsuitable
from smoothstan.smooths.constraint import null_space_of
from smoothstan.smooths.kronecker import row_kronecker
from smoothstan.smooths.margins import place_margin
from smoothstan.smooths.moments import design_moments
from smoothstan.smooths.natural import penalty_natural
from smoothstan.smooths.rows import Rows
from smoothstan.smooths.tensor_request import TensorRequest


@final
@dataclass(frozen=True)
class NaturalMargin:
    """A margin as range and null space.

    Args:
        basis: the placed basis.
        n_covariates: how many covariates it takes.
        to_basis: (p, p) map to the coefficients of the basis, the range space first.
        rank: the dimension of the range space.
    """

    basis: PlacedBasis
    n_covariates: int
    to_basis: FloatArray
    rank: int

    @property
    def size(self) -> int:
        """The number of columns."""
        return len(self.to_basis)

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, p) columns of the range space, then of the null space."""
        return self.basis.design(covariates) @ self.to_basis


Block = tuple[slice, ...]
"""The columns taken from every margin."""


@final
@dataclass(frozen=True)
class PlacedT2(PlacedBasis):
    """The blocks of a product of natural margins.

    Args:
        margins: at least one.
        full: whether every null-space column makes a block of its own with the range spaces of the others.
        kept: numbers of range spaces in the blocks to keep.
    """

    margins: tuple[NaturalMargin, ...]
    full: bool
    kept: tuple[int, ...]

    @cached_property
    def _coarse(self) -> tuple[tuple[bool, ...], ...]:
        """For every block, whether a margin gives its range space; the first margin varies fastest."""
        choices = [[in_range for in_range in (True, False) if _width(m, in_range)] for m in self.margins]
        blocks = [tuple(reversed(chosen)) for chosen in product(*reversed(choices))]
        return tuple(block for block in blocks if sum(block) in self.kept)

    @cached_property
    def penalised_blocks(self) -> tuple[Block, ...]:
        """The blocks with a penalty."""
        blocks: list[Block] = []
        for coarse in self._coarse:
            if any(coarse):
                blocks.extend(product(*map(self._parts, self.margins, coarse)))
        return tuple(blocks)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks; the one of null spaces only is the last."""
        if not self.centred:
            return self.penalised_blocks
        return (*self.penalised_blocks, tuple(slice(margin.rank, margin.size) for margin in self.margins))

    def _parts(self, margin: NaturalMargin, in_range: bool) -> tuple[slice, ...]:
        """Return what a margin gives to a penalised block: one slice, or one per null-space column."""
        if in_range:
            return (slice(0, margin.rank),)
        if self.full:
            return tuple(slice(j, j + 1) for j in range(margin.rank, margin.size))
        return (slice(margin.rank, margin.size),)

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        """Where the blocks end, after a leading zero."""
        sizes = [np.prod([part.stop - part.start for part in block], dtype=np.int64) for block in self.blocks]
        return (0, *(int(end) for end in np.cumsum(sizes)))

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, p) blocks side by side."""
        designs: list[FloatArray] = []
        first = 0
        for margin in self.margins:
            designs.append(margin.design(covariates[first : first + margin.n_covariates]))
            first += margin.n_covariates
        result = np.empty((len(designs[0]), self._ends[-1]))
        for start, stop, block in zip(self._ends[:-1], self._ends[1:], self.blocks, strict=True):
            result[:, start:stop] = row_kronecker([x[:, part] for x, part in zip(designs, block, strict=True)])
        return result

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """A ridge on every penalised block: the identity on its coefficients and zero elsewhere."""
        penalties = []
        for start, stop in zip(self._ends, self._ends[1 : len(self.penalised_blocks) + 1], strict=False):
            diagonal = np.zeros(self._ends[-1])
            diagonal[start:stop] = 1
            penalties.append(np.diag(diagonal))
        return tuple(penalties)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The sizes of the penalised blocks."""
        return tuple(np.diff(self._ends)[: len(self.penalised_blocks)].tolist())

    @property
    def null_space_dimension(self) -> int:
        """The size of the block of null spaces only."""
        return self._ends[-1] - self._ends[len(self.penalised_blocks)]

    @property
    def centred(self) -> bool:
        """Whether it has the block of null spaces only, the one that a constraint touches."""
        return any(not any(coarse) for coarse in self._coarse)

    def absorb(self, column_sums: FloatArray) -> FloatArray | None:
        """Let the unpenalised columns sum to zero; a single one is dropped."""
        if not self.centred:
            return None
        unpenalised = np.arange(len(column_sums)) >= self._ends[-2]
        return null_space_of(np.where(unpenalised, column_sums, 0)[None, :])


def place_t2(covariates: Covariates, request: TensorRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place a tensor product with separate penalties, ``t2``.

    Raises:
        ValueError: if an option or a margin is impossible.
    """
    asked = request.margins()
    kept = _kept(request.ord, len(asked))
    margins = []
    for one in asked:
        basis = place_margin(covariates, one, bases)
        margins.append(_natural(basis, covariates[one.covariates]))
    placed = PlacedT2(tuple(margins), request.full, kept)
    if not placed.penalised_blocks:
        raise Unsuitable(f"ord = {', '.join(map(str, kept))} leaves no block with a penalty", "ord")
    return placed


def _natural(basis: PlacedBasis, own: Covariates) -> NaturalMargin:
    """Turn a margin to its natural coefficients, columns of mean square 1."""
    rows = Rows(own)
    moments = design_moments(basis, rows)
    natural = penalty_natural(moments.gram, basis.penalties[0], basis.ranks[0], moments.crossed)
    natural = natural.with_unit_mean_square(moments.gram, rows.n)
    return NaturalMargin(basis, len(own), natural.to_basis, natural.rank)


def _kept(given: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Return the numbers of range spaces in the blocks to keep."""
    for number in given:
        if not 0 <= number <= count:
            raise Unsuitable(f"ord must be numbers from 0 to {count}, the number of margins, found {number}", "ord")
    return given or tuple(range(count + 1))


def _width(margin: NaturalMargin, in_range: bool) -> int:
    return margin.rank if in_range else margin.size - margin.rank
