"""Deviations of a smooth between the levels of factors, ``bs="sz"``.

One smooth per combination of levels, such that over the levels of any one factor the smooths sum to zero
everywhere: a functional analysis of variance next to ``s(x)``.  Each smooth has a smoothing parameter of
its own, or all share one if the term has an ``id``.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.6.3; mgcv's manual page
"factor.smooth.interaction".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths import random_effect
from smoothstan.smooths.base_smooth import one_penalty_of, place_base
from smoothstan.smooths.basis import Covariates, Place, PlacedBasis, Request
from smoothstan.smooths.groups import combined_codes, factors_of, numbers_of, spread


def make_place(bases: Mapping[str, Place]) -> Place:
    """Return the function that places ``sz`` over one of the given bases.

    Without a factor it is the base smooth itself, with factors alone random effects.
    """

    def place(covariates: Covariates, request: Request) -> PlacedBasis:
        factors = factors_of(covariates)
        if not numbers_of(covariates):
            return random_effect.place(covariates, request)
        base = place_base(bases, covariates, request)
        if not factors:
            return base
        one_penalty_of(base, "sz")
        sizes = tuple(len(factor.levels) for factor in factors)
        if min(sizes) < 2:
            names = [name for name, c in zip(request.names, covariates, strict=True) if c is factors[np.argmin(sizes)]]
            raise ValueError(f"bs='sz' needs at least 2 levels in {names[0]}, found {min(sizes)}")
        return PlacedSumToZero(base, sizes, request.linked)

    return place


@final
@dataclass(frozen=True)
class PlacedSumToZero(PlacedBasis):
    """The q columns of the base smooth for each of the g combinations of levels, last factor fastest.

    Args:
        base: the smooth of the numeric covariates.
        sizes: the number of levels of every factor.
        linked: whether all combinations share one penalty.
    """

    base: PlacedBasis
    sizes: tuple[int, ...]
    linked: bool

    nests: ClassVar[bool] = False

    constrains_itself: ClassVar[bool] = True

    @property
    def _n_groups(self) -> int:
        return int(np.prod(self.sizes))

    @property
    def _n_free_groups(self) -> int:
        return int(np.prod([size - 1 for size in self.sizes]))

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, g q) columns, those of the row's combination, before the constraint."""
        codes = combined_codes(factors_of(covariates)[::-1], self.sizes[::-1])
        return spread(self.base.design(numbers_of(covariates)), codes, self._n_groups)

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The penalty of the base smooth for each combination; their sum if they are linked."""
        (penalty,) = self.base.penalties
        if self.linked:
            return (_kronecker(np.eye(self._n_groups), penalty),)
        return tuple(_kronecker(np.diag(unit), penalty) for unit in np.eye(self._n_groups))

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks of the penalties under the constraint."""
        (rank,) = self.base.ranks
        return (rank * self._n_free_groups,) if self.linked else (rank,) * self._n_groups

    @property
    def null_space_dimension(self) -> int:
        """That of the base smooth for each combination that the constraint leaves free."""
        return self.base.null_space_dimension * self._n_free_groups

    @property
    def centred(self) -> bool:
        """Not by sums over the rows; see ``absorb``."""
        return False

    @property
    def knots(self) -> FloatArray | None:
        """The knots of the base smooth."""
        return self.base.knots

    def absorb(self, column_sums: FloatArray) -> FloatArray:
        """Return K1 x K2 x ... x I (Kronecker), where the last level of a factor is minus the sum of the others."""
        q = len(column_sums) // self._n_groups
        contrasts = [np.vstack([np.eye(size - 1), -np.ones((1, size - 1))]) for size in self.sizes]
        return reduce(_kronecker, [*contrasts, np.eye(q)])


def _kronecker(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.kron(a, b), dtype=np.float64)
