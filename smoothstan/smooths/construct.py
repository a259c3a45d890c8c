"""From a placed basis to a smooth: scaled penalties and an absorbed constraint, the same for every basis.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., sections 5.4.1 and 5.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from smoothstan.arrays import Contiguous, FloatArray
from smoothstan.smooths.basis import Covariates, GroupedBasis, PlacedBasis
from smoothstan.smooths.constraint import null_space_of
from smoothstan.smooths.moments import raw_moments
from smoothstan.smooths.penalty import numerical_rank, penalty_scale
from smoothstan.smooths.rows import Rows


@dataclass(frozen=True)
class ConstructedSmooth(Contiguous):
    """A smooth whose coefficients are free: what REML penalises and what splits into a mixed model.

    Args:
        basis: the placed basis, p columns.
        constraint: (p, q) map from free coefficients to those of the basis; None if all are free.
        scales: what every penalty was divided by.
        unpenalised: whether the penalties are left out, ``fx=TRUE``.
    """

    basis: PlacedBasis
    constraint: FloatArray | None
    scales: tuple[float, ...]
    unpenalised: bool = False

    def design(self, rows: Rows) -> FloatArray:
        """Return the (n, q) design at the rows."""
        design = rows.design(self.basis)
        return design if self.constraint is None else design @ self.constraint

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The scaled penalties on the free coefficients, each (q, q)."""
        if self.unpenalised:
            return ()
        scaled = tuple(s / scale for s, scale in zip(self.basis.penalties, self.scales, strict=True))
        z = self.constraint
        free = scaled if z is None else tuple(z.T @ s @ z for s in scaled)
        return tuple((s + s.T) / 2 for s in free)

    @property
    def size(self) -> int:
        """The number of free coefficients."""
        if self.constraint is not None:
            return int(self.constraint.shape[1])
        return self.basis.n_columns

    @property
    def ranks(self) -> tuple[int, ...]:
        """The rank of every penalty on the free coefficients."""
        if self._without_its_constraint:
            return tuple(numerical_rank(s) for s in self.penalties)
        return () if self.unpenalised else tuple(min(rank, self.size) for rank in self.basis.ranks)

    @property
    def _without_its_constraint(self) -> bool:
        """Whether the basis states ranks and null space for a constraint that was not absorbed."""
        return self.constraint is None and self.basis.constrains_itself

    @cached_property
    def null_space_dimension(self) -> int:
        """The number of free directions that no penalty touches."""
        if not self.penalties:
            return self.size
        if self.constraint is None and not self._without_its_constraint:
            return self.basis.null_space_dimension
        if self.constraint is not None and self.basis.centred:
            return max(0, self.basis.null_space_dimension - (len(self.constraint) - self.size))
        total = np.sum([s / np.linalg.norm(s) for s in self.penalties], axis=0)
        return self.size - numerical_rank(total)


def construct_smooth(
    basis: PlacedBasis,
    rows: Rows,
    *,
    point: Covariates | None = None,
    unpenalised: bool = False,
    centre: bool = True,
    scale: bool = True,
) -> ConstructedSmooth:
    """Scale the penalties of a basis and absorb its constraint.

    Args:
        basis: the placed basis.
        rows: the rows of the data, with the numeric ``by`` if there is one.
        point: where the smooth is to be zero (``pc``), one row; instead of summing to zero.
        unpenalised: leave the penalties out (``fx``).
        centre: absorb the constraint.
        scale: divide every penalty by its scale, so that smoothing parameters can be compared.
    """
    moments = raw_moments(basis, rows)
    norms = _norms(basis)
    scales = tuple(penalty_scale(norm, moments.largest_row) if scale else 1.0 for norm in norms)
    constraint = None
    if centre and point is not None:
        constraint = null_space_of(basis.design(point))
    elif centre and not _varies(rows):
        constraint = basis.absorb(moments.column_sums)
    return ConstructedSmooth(basis, constraint, scales, unpenalised)


def _norms(basis: PlacedBasis) -> tuple[float, ...]:
    """Return the largest column sum of absolute values of every penalty."""
    if isinstance(basis, GroupedBasis):
        return tuple(float(d.max()) for d in basis.inner_penalties)
    return tuple(float(np.abs(s).sum(axis=0).max()) for s in basis.penalties)


def _varies(rows: Rows) -> bool:
    """Whether a multiplier makes the smooth distinct from the intercept, so that it needs no constraint."""
    if rows.by is None:
        return False
    totals = rows.by if rows.by.ndim == 1 else rows.by.sum(axis=1)
    return bool(np.std(totals, ddof=1) > abs(np.mean(totals)) * 1000 * np.finfo(float).eps)
