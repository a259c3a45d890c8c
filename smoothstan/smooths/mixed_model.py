"""A penalised smooth as fixed plus random effects.

With the natural parametrisation S = V diag(lambda, 0) V' of the penalty, the columns
``X v_j / sqrt(lambda_j)`` carry coefficients that are independent N(0, sds^2), and the columns of the
null space carry fixed effects.

Source: Wood (2017), sections 5.4.2 and 5.8; Wood (2004), JASA 99, 673-686, appendix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import PlacedBasis
from smoothstan.smooths.constraint import null_space_of
from smoothstan.smooths.moments import DesignMoments, design_moments, row_blocks
from smoothstan.smooths.penalty import penalty_scale


@dataclass(frozen=True)
class MixedSmooth:
    """A placed basis with the maps from its columns to fixed and random effects.

    Stored and reused for new data: recomputing the eigenvectors on another machine may flip signs.

    Args:
        basis: the placed basis, p columns.
        fixed: (p, m) map to the fixed columns Xs.
        random: one (p, r) map per penalty to the random columns Zs.
    """

    basis: PlacedBasis
    fixed: FloatArray
    random: tuple[FloatArray, ...]

    def columns(self, x: FloatArray) -> tuple[FloatArray, tuple[FloatArray, ...]]:
        """Return Xs, (n, m), and every Zs, (n, r), at the (n, d) covariates."""
        combined = np.column_stack([self.fixed, *self.random])
        result = np.empty((len(x), combined.shape[1]))
        for block in row_blocks(len(x)):
            result[block] = self.basis.design(x[block]) @ combined
        ends = np.cumsum([self.fixed.shape[1], *(block.shape[1] for block in self.random)])
        fixed, *random = np.split(result, ends[:-1], axis=1)
        return fixed, tuple(random)


def mixed_smooth(basis: PlacedBasis, x: FloatArray) -> MixedSmooth:
    """Absorb the sum-to-zero constraint and split a smooth with one penalty into fixed and random effects.

    Args:
        basis: a placed basis with exactly one penalty.
        x: (n, d) covariates of the data.

    Returns:
        The maps, scaled as mgcv and brms scale them: the penalty divided by its scale, the fixed
        columns rescaled to the mean sum of squares of the random ones.  Signs, which are arbitrary, are
        chosen so that fixed columns increase with the first covariate and so that the largest weight of
        every random column is positive.
    """
    (penalty,) = basis.penalties
    moments = design_moments(basis, x)
    scaled = penalty / penalty_scale(penalty, moments.largest_row)
    absorb = null_space_of(moments.column_sums[None, :])
    rank = absorb.shape[1] - (basis.null_space_dimension - 1)
    values, vectors = np.linalg.eigh(absorb.T @ scaled @ absorb)
    values, vectors = values[::-1], vectors[:, ::-1]
    random = absorb @ (vectors[:, :rank] / np.sqrt(values[:rank]))
    fixed = absorb @ vectors[:, rank:]
    fixed = fixed * np.sqrt(np.mean(_squares(random, moments)) / _squares(fixed, moments))
    rising = np.where(moments.with_covariate @ fixed < 0, -1.0, 1.0)
    return MixedSmooth(basis, fixed * rising, (random * _largest_positive(random),))


def _squares(maps: FloatArray, moments: DesignMoments) -> FloatArray:
    """Return the sum of squares of every column of X @ maps."""
    return np.asarray(np.sum(maps * (moments.gram @ maps), axis=0))


def _largest_positive(maps: FloatArray) -> FloatArray:
    """Return +-1 per column so that its entry of largest magnitude is positive."""
    largest = maps[np.argmax(np.abs(maps), axis=0), np.arange(maps.shape[1])]
    return np.where(largest < 0, -1.0, 1.0)
