"""Independent random effects, ``bs="re"``: one coefficient per combination of levels, with a ridge penalty.

``s(g, bs="re")`` is a random intercept, ``s(g, x, bs="re")`` a random slope of x; without a factor there
is one coefficient.  A dimension ``k`` or an order ``m`` means nothing here and is passed over, as a
tensor product gives one to all its margins.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.8 and 7.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, GroupedBasis, PlacedBasis, Request
from smoothstan.smooths.groups import combined_codes, factors_of, numbers_of, spread
from smoothstan.smooths.penalty import numerical_rank, required_penalty


def place(covariates: Covariates, request: Request) -> PlacedBasis:
    """Count the combinations of levels; with ``xt=list(S=)`` take the user's penalties."""
    request.known_settings("S", "rank")
    effect = PlacedRandomEffect(tuple(len(factor.levels) for factor in factors_of(covariates)))
    if "S" not in request.xt:
        if "rank" in request.xt:
            raise ValueError("xt gives a rank without a penalty matrix S")
        return effect
    matrices = _given_penalties(request.xt["S"], effect.n_groups)
    return PlacedCorrelatedEffect(effect, matrices, _given_ranks(request.xt, matrices))


@final
@dataclass(frozen=True)
class PlacedRandomEffect(GroupedBasis):
    """One column per combination of levels, the product of the numeric covariates in it.

    The first factor varies fastest over the combinations.

    Args:
        sizes: the number of levels of every factor.
    """

    sizes: tuple[int, ...]

    random_effect: ClassVar[bool] = True
    tensor_values: ClassVar[bool] = False

    @property
    def n_groups(self) -> int:
        """The number of combinations of levels; 1 without a factor."""
        return int(np.prod(self.sizes, dtype=np.int64))

    def codes(self, covariates: Covariates) -> IntArray:
        """Return the combination of every row."""
        factors = factors_of(covariates)
        if not factors:
            return np.zeros(len(numbers_of(covariates)[0]), dtype=np.int64)
        return combined_codes(factors, self.sizes)

    def inner(self, covariates: Covariates) -> FloatArray:
        """Return the product of the numeric covariates, (n, 1); ones if there are none."""
        numbers = numbers_of(covariates)
        if not numbers:
            return np.ones((len(factors_of(covariates)[0].codes), 1))
        return np.asarray(np.prod(np.column_stack(numbers), axis=1, keepdims=True), dtype=float)

    @property
    def inner_penalties(self) -> tuple[FloatArray, ...]:
        """A ridge."""
        return (np.ones(1),)


@final
@dataclass(frozen=True)
class PlacedCorrelatedEffect(PlacedBasis):
    """Random effects with the user's own precision matrices, e.g. of a pedigree.

    Args:
        effect: the columns.
        matrices: the penalties, each (p, p).
        given_ranks: their ranks.
    """

    effect: PlacedRandomEffect
    matrices: tuple[FloatArray, ...]
    given_ranks: tuple[int, ...]

    random_effect: ClassVar[bool] = True
    nests: ClassVar[bool] = False
    tensor_values: ClassVar[bool] = False

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, p) columns of the random effects."""
        return spread(self.effect.inner(covariates), self.effect.codes(covariates), self.effect.n_groups)

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The user's matrices."""
        return self.matrices

    @property
    def ranks(self) -> tuple[int, ...]:
        """Their ranks."""
        return self.given_ranks

    @property
    def null_space_dimension(self) -> int:
        """The number of directions that none of the matrices penalises."""
        total = sum((matrix / np.abs(matrix).max() for matrix in self.matrices), np.zeros_like(self.matrices[0]))
        return len(total) - numerical_rank(total)

    @property
    def centred(self) -> bool:
        """Not constrained."""
        return False


def _given_penalties(given: Any, p: int) -> tuple[FloatArray, ...]:
    """Return one or several penalty matrices of the right size."""
    several = isinstance(given, (list, tuple)) and np.ndim(given[0] if given else 0) == 2
    matrices = tuple(given) if several else (given,)
    return tuple(required_penalty(matrix, p, f"S[{i}]" if several else "S") for i, matrix in enumerate(matrices))


def _given_ranks(xt: Mapping[str, Any], matrices: tuple[FloatArray, ...]) -> tuple[int, ...]:
    """Return the user's ranks, or those of the matrices."""
    if xt.get("rank") is None:
        return tuple(numerical_rank(matrix) for matrix in matrices)
    ranks = tuple(int(rank) for rank in np.atleast_1d(xt["rank"]))
    if len(ranks) != len(matrices):
        raise ValueError(f"xt gives {len(matrices)} penalty matrices but {len(ranks)} ranks")
    for rank, matrix in zip(ranks, matrices, strict=True):
        if not 1 <= rank <= len(matrix):
            raise ValueError(f"the rank of a penalty must be between 1 and {len(matrix)}, found {rank}")
    return ranks
