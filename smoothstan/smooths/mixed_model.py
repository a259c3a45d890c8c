"""A penalised smooth as fixed plus random effects.

With the natural parametrisation S = V diag(lambda, 0) V' of the penalty, the columns
``X v_j / sqrt(lambda_j)`` carry coefficients that are independent N(0, sds^2), and the columns of the
null space carry fixed effects.  Several penalties that touch different coefficients become one block
of random effects each; penalties that overlap share one block, whose precision is the sum of the
penalties over their variances.

Source: Wood (2017), sections 5.4.2 and 5.8; Wood (2004), JASA 99, 673-686, appendix; Wood, Scheipl &
Faraway (2013), Stat. Comput. 23, 341-360, for several penalties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import Contiguous, FloatArray
from smoothstan.smooths.basis import GroupedBasis
from smoothstan.smooths.columns import GroupedColumns, SmoothColumns
from smoothstan.smooths.construct import ConstructedSmooth
from smoothstan.smooths.joint import JointPrecision, diagonalise
from smoothstan.smooths.moments import DesignMoments, design_moments
from smoothstan.smooths.natural import canonical_null_columns
from smoothstan.smooths.penalty import range_and_null_space, separate_diagonals
from smoothstan.smooths.rows import Rows


@dataclass(frozen=True)
class MixedSmooth(Contiguous):
    """A smooth with the maps from its basis to fixed and random effects.

    Stored and reused for new data: recomputing the eigenvectors on another machine may flip signs.

    Args:
        smooth: the constructed smooth; its basis has p columns.
        fixed: (p, m) map to the fixed columns Xs.
        random: one map per block of random columns Zs: (p, r), or (q, r) from the inner columns of a
            grouped basis, whose coefficients are repeated for every group.
        joint: the precision of the one block of random columns, if several penalties overlap.
    """

    smooth: ConstructedSmooth
    fixed: FloatArray
    random: tuple[FloatArray, ...]
    joint: JointPrecision | None = None

    @property
    def grouped(self) -> bool:
        """Whether the random columns are the same few for every group."""
        basis = self.smooth.basis
        return isinstance(basis, GroupedBasis) and bool(self.random) and len(self.random[0]) == basis.n_inner

    @property
    def n_groups(self) -> int:
        """The number of groups; one if it is not grouped."""
        basis = self.smooth.basis
        return basis.n_groups if self.grouped and isinstance(basis, GroupedBasis) else 1

    @property
    def random_sizes(self) -> tuple[int, ...]:
        """The number of coefficients of every random block."""
        return tuple(self.n_groups * block.shape[1] for block in self.random)

    @property
    def n_deviations(self) -> int:
        """The number of standard deviations: one per penalty."""
        return len(self.random) if self.joint is None else self.joint.n_penalties

    def columns(self, rows: Rows) -> SmoothColumns:
        """Return Xs, (n, m), and every Zs at the rows."""
        basis = self.smooth.basis
        if self.grouped and isinstance(basis, GroupedBasis):
            inner = rows.multiply(rows.values(basis))
            codes = basis.codes(rows.stacked)
            blocks = tuple(GroupedColumns(inner @ block, codes, basis.n_groups) for block in self.random)
            return SmoothColumns(np.zeros((rows.n, 0)), blocks)
        combined = np.column_stack([self.fixed, *self.random])
        result = np.empty((rows.n, combined.shape[1]))
        for block in rows.blocks():
            result[block] = rows.take(block).design(basis) @ combined
        ends = np.cumsum([self.fixed.shape[1], *(block.shape[1] for block in self.random)])
        fixed, *random = np.split(result, ends[:-1], axis=1)
        return SmoothColumns(fixed, tuple(random))


def mixed_smooth(smooth: ConstructedSmooth, rows: Rows) -> MixedSmooth:
    """Split a smooth into fixed and random effects.

    Args:
        smooth: the constructed smooth.
        rows: the rows of the data, multiplied by ``by``; for a factor ``by`` those of its first level.

    Returns:
        The maps, scaled as mgcv and brms scale them: fixed columns have the mean sum of squares of the
        random ones.  Signs, which are arbitrary, are chosen so that fixed columns increase with the first
        covariate and so that the largest weight of every random column is positive.
    """
    basis = smooth.basis
    grouped = isinstance(basis, GroupedBasis) and smooth.constraint is None and not smooth.unpenalised
    if isinstance(basis, GroupedBasis) and grouped and basis.null_space_dimension == 0:
        scaled = [d / scale for d, scale in zip(basis.inner_penalties, smooth.scales, strict=True)]
        return MixedSmooth(smooth, np.zeros((smooth.size, 0)), tuple(_unit_columns(d) for d in scaled))
    free = np.eye(smooth.size) if smooth.constraint is None else smooth.constraint
    if not smooth.penalties:
        return MixedSmooth(smooth, free, ())
    diagonals = separate_diagonals(smooth.penalties)
    if diagonals is not None:
        untouched = ~np.any([d > 0 for d in diagonals], axis=0)
        return MixedSmooth(smooth, free[:, untouched], tuple(free @ _unit_columns(d) for d in diagonals))
    moments = design_moments(basis, rows)
    total = np.sum([s / np.linalg.norm(s) for s in smooth.penalties], axis=0)
    rank = smooth.size - smooth.null_space_dimension
    values, vectors, null = range_and_null_space(total if len(smooth.penalties) > 1 else smooth.penalties[0], rank)
    if len(smooth.penalties) == 1:
        joint, random = None, vectors / np.sqrt(values)
    else:
        joint, random = diagonalise(smooth.penalties, vectors, values)
    random = free @ random
    random = random * _largest_positive(random)
    return MixedSmooth(smooth, _fixed_map(free, null, random, moments), (random,), joint)


def _unit_columns(diagonal: FloatArray) -> FloatArray:
    """Return the columns of the identity where the penalty is positive, each over the root of its entry."""
    touched = np.flatnonzero(diagonal > 0)
    columns = np.zeros((len(diagonal), len(touched)))
    columns[touched, np.arange(len(touched))] = 1 / np.sqrt(diagonal[touched])
    return columns


def _fixed_map(free: FloatArray, null: FloatArray, random: FloatArray, moments: DesignMoments) -> FloatArray:
    """Return the canonical null space with the mean sum of squares of the random columns."""
    if null.shape[1] == 0:
        return free @ null
    gram = free.T @ moments.gram @ free
    # A constrained smooth holds no constant: its directions are named by the covariates alone.
    crossed = free.T @ (moments.crossed[:, 1:] if free.shape[1] < len(free) else moments.crossed)
    fixed = free @ canonical_null_columns(null, gram, crossed)
    target = np.mean(np.sum(random * (moments.gram @ random), axis=0)) if random.size else 1.0
    return np.asarray(fixed * np.sqrt(target / np.sum(fixed * (moments.gram @ fixed), axis=0)))


def _largest_positive(maps: FloatArray) -> FloatArray:
    """Return +-1 per column so that its entry of largest magnitude is positive."""
    largest = maps[np.argmax(np.abs(maps), axis=0), np.arange(maps.shape[1])]
    return np.where(largest < 0, -1.0, 1.0)
