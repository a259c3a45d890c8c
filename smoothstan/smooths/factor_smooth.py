"""A smooth for every level of a factor, all equally rough, ``bs="fs"``.

The base smooth is put in its natural parameterisation: penalised columns with a common ridge, and null
space columns that are random effects, each with a variance of its own.  Nothing is left unpenalised, so
the term is a random smooth.  With two or more null space columns their directions matter; in mgcv they
change with the order of the rows, here they are the constant, the straight line, and so on (``natural.py``).

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.6.3 and 7.7.4; Baayen, Vasishth,
Kliegl & Bates (2017), Journal of Memory and Language 94, 206-234.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths import random_effect
from smoothstan.smooths.base_smooth import one_penalty_of, place_base
from smoothstan.smooths.basis import Covariates, GroupedBasis, Place, PlacedBasis, Request, side_by_side
from smoothstan.smooths.groups import factors_of, numbers_of
from smoothstan.smooths.natural import (
    NaturalParameters,
    data_natural_ridge,
    monomial_degree,
    polynomial_candidates,
)


def make_place(bases: Mapping[str, Place]) -> Place:
    """Return the function that places ``fs`` over one of the given bases.

    Without a factor it is the base smooth itself, with a factor alone a random intercept.
    """

    def place(covariates: Covariates, request: Request) -> PlacedBasis:
        factors = factors_of(covariates)
        if len(factors) > 1:
            raise ValueError(f"bs='fs' takes one factor, found {len(factors)} among {', '.join(request.names)}")
        if not numbers_of(covariates):
            return random_effect.place(covariates, request)
        base = place_base(bases, covariates, request)
        return _over_levels(base, covariates, len(factors[0].levels)) if factors else base

    return place


@final
@dataclass(frozen=True)
class PlacedFactorSmooth(GroupedBasis):
    """The same q natural columns for every level.

    Args:
        base: the smooth of the numeric covariates.
        natural: its natural parameters, (q, q): r columns under one ridge, then M of the null space.
        n_levels: the number of levels.
    """

    base: PlacedBasis
    natural: NaturalParameters
    n_levels: int

    @property
    def knots(self) -> FloatArray | None:
        """The knots of the base smooth."""
        return self.base.knots

    @property
    def n_groups(self) -> int:
        """The number of levels."""
        return self.n_levels

    def codes(self, covariates: Covariates) -> IntArray:
        """Return the level of every row."""
        return factors_of(covariates)[0].codes

    def inner(self, covariates: Covariates) -> FloatArray:
        """Return the natural columns of the base smooth, (n, q)."""
        return np.asarray(self.base.design(numbers_of(covariates)) @ self.natural.to_basis, dtype=float)

    @property
    def inner_penalties(self) -> tuple[FloatArray, ...]:
        """A ridge on the penalised columns, then one on each null space column."""
        r, q = self.natural.rank, len(self.natural.to_basis)
        ridge = np.concatenate([self.natural.diagonal, np.zeros(q - r)])
        return (ridge, *np.eye(q)[r:])


def _over_levels(base: PlacedBasis, covariates: Covariates, n_levels: int) -> PlacedFactorSmooth:
    """Bring the base smooth to natural parameters over all rows, with columns of mean square 1."""
    one_penalty_of(base, "fs")
    x = side_by_side(covariates)
    design = base.design(numbers_of(covariates))
    (penalty,), (rank,) = base.penalties, base.ranks
    gram = design.T @ design
    candidates = polynomial_candidates(x, monomial_degree(len(gram) - rank, x.shape[1]))
    natural = data_natural_ridge(gram, penalty, rank, design.T @ candidates)
    return PlacedFactorSmooth(base, natural.with_unit_mean_square(gram, len(x)), n_levels)
