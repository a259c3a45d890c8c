"""Gaussian Markov random fields over the regions of a map, ``bs="mrf"``.

The coefficients are the values in the regions; neighbours are pulled together.  With ``k`` below the
number of regions only the ``k`` smoothest natural parameters are kept.

Source: Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.8.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, PlacedBasis, Request
from smoothstan.smooths.groups import spread
from smoothstan.smooths.natural import data_natural
from smoothstan.smooths.penalty import numerical_rank
from smoothstan.smooths.region_map import KINDS, penalty_of_map, some
from smoothstan.table import Factor, collation_key


def place(covariates: Covariates, request: Request) -> PlacedBasis:
    """Take the regions from the knots or the data and their penalty from ``xt`` (``penalty_of_map``)."""
    factor = _one_factor(covariates, request)
    request.known_settings(*KINDS)
    regions = _regions(factor, request)
    penalty = penalty_of_map(request.xt, regions)
    field = PlacedMarkovField(regions, penalty, numerical_rank(penalty))
    k = request.dimension(len(regions), 2)
    if k > len(regions):
        raise ValueError(f"k must be at most {len(regions)}, the number of regions, found {k}")
    return field if k == len(regions) else _reduced(field, factor, k)


@final
@dataclass(frozen=True)
class PlacedMarkovField(PlacedBasis):
    """One coefficient per region.

    A row whose region is none of these is a row of zeros.  A factor with other levels than at the fit is
    matched by name, so that regions of the map without data can be predicted.

    Args:
        regions: q names, sorted as R sorts strings.
        penalty: (q, q).
        rank: the rank of the penalty.
    """

    regions: tuple[str, ...]
    penalty: FloatArray
    rank: int

    tensor_values: ClassVar[bool] = False

    def codes(self, factor: Factor) -> IntArray:
        """Return the position of every row's region, (n,); -1 for none of these."""
        position = {region: i for i, region in enumerate(self.regions)}
        lookup = np.asarray([position.get(level, -1) for level in factor.levels] + [-1], dtype=np.int64)
        return lookup[factor.codes]

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, q) indicators of the regions."""
        codes = self.codes(_only_factor(covariates))
        return spread(np.ones((len(codes), 1)), codes, len(self.regions))

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """The penalty on the differences between neighbours, or the user's."""
        return (self.penalty,)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The rank of the penalty."""
        return (self.rank,)

    @property
    def null_space_dimension(self) -> int:
        """The number of connected parts of the map; of the user's penalty, what its rank leaves."""
        return len(self.regions) - self.rank


@final
@dataclass(frozen=True)
class PlacedReducedMarkovField(PlacedBasis):
    """The k smoothest natural parameters of a field.

    Args:
        field: the field of all q regions.
        values: (q, k) the natural columns in every region.
        diagonal: (k,) the penalty of each, zero for the last ones.
    """

    field: PlacedMarkovField
    values: FloatArray
    diagonal: FloatArray

    tensor_values: ClassVar[bool] = False

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, k) natural columns; zeros for a region that is not of the map."""
        codes = self.field.codes(_only_factor(covariates))
        return np.vstack([self.values, np.zeros((1, self.values.shape[1]))])[codes]

    @property
    def penalties(self) -> tuple[FloatArray, ...]:
        """A diagonal penalty."""
        return (np.diag(self.diagonal),)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The number of penalised columns."""
        return (int(np.count_nonzero(self.diagonal)),)

    @property
    def null_space_dimension(self) -> int:
        """That of the whole field."""
        return self.field.null_space_dimension


def _only_factor(covariates: Covariates) -> Factor:
    (factor,) = covariates
    if not isinstance(factor, Factor):
        raise ValueError("the covariate of bs='mrf' must be a factor, found numbers")
    return factor


def _one_factor(covariates: Covariates, request: Request) -> Factor:
    if len(covariates) != 1:
        raise ValueError(f"bs='mrf' takes one covariate, found {len(covariates)} ({', '.join(request.names)})")
    if not isinstance(covariates[0], Factor):
        raise ValueError(f"{request.names[0]} must be a factor that names regions, but it is numeric")
    return covariates[0]


def _regions(factor: Factor, request: Request) -> tuple[str, ...]:
    """Return the names of all regions, sorted."""
    given = request.knots[0] if request.knots else None
    if given is None:
        return tuple(sorted(factor.levels, key=collation_key))
    names = given.levels if isinstance(given, Factor) else tuple(str(name) for name in np.atleast_1d(given))
    lacking = [level for level in factor.levels if level not in set(names)]
    if lacking:
        raise ValueError(f"the knots lack the regions {some(lacking)} of {request.names[0]}")
    return tuple(sorted(set(names), key=collation_key))


def _reduced(field: PlacedMarkovField, factor: Factor, k: int) -> PlacedReducedMarkovField:
    """Keep the k natural parameters with the smallest penalty.

    A region without data counts as having one row, without which its value would not be determined.
    """
    if k <= field.null_space_dimension:
        raise ValueError(
            f"k must be above {field.null_space_dimension}, the number of directions without penalty, found {k}"
        )
    codes = field.codes(factor)
    rows = np.bincount(codes[codes >= 0], minlength=len(field.regions)).astype(float)
    rows = np.where(rows == 0, 1, rows)
    n = int(rows.sum())
    natural = data_natural(np.diag(rows), field.penalty, field.rank, rows[:, None] / np.sqrt(n))
    natural = natural.with_unit_mean_square(np.diag(rows), n)
    kept = k - field.null_space_dimension
    diagonal = np.concatenate([natural.diagonal[natural.rank - kept :], np.zeros(field.null_space_dimension)])
    return PlacedReducedMarkovField(field, natural.to_basis[:, -k:], diagonal)
