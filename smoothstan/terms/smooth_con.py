"""Smooths outside a model: their design, penalties and mixed-model form, as mgcv's smoothCon and smooth2random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, FormulaError, OptionError, underline
from smoothstan.formula import parse
from smoothstan.formula.syntax import Call, names
from smoothstan.formula.syntax import variables as variables_of
from smoothstan.formula.vocabulary import SMOOTHS
from smoothstan.smooths import JointPrecision, separate_diagonals
from smoothstan.smooths import null_space_penalty as penalty_of_null_space
from smoothstan.smooths.joint import diagonalise
from smoothstan.smooths.penalty import range_and_null_space
from smoothstan.table import Table, column_names, conform_table, no_column, read_table
from smoothstan.terms.bound_smooth import BoundSmooth
from smoothstan.terms.smooth_bind import SmoothOptions, bind_smooth_calls, smooth_covariates

_MOST_COLUMNS = 10_000


@dataclass(frozen=True, repr=False)
class SmoothCon:
    """A smooth on its data.

    Made by ``smooth_con``.  ``design`` has n rows and q columns; every penalty is (q, q).

    Args:
        bound: the smooth.
        table: the data.
        penalties: the penalties on its coefficients, none if it is unpenalised.
        ranks: the rank of each.
        null_space_dimension: the number of directions that no penalty touches.
        natural: (q, q) map from these coefficients to those of the bound smooth, None if they are the same.
    """

    bound: BoundSmooth
    table: Table
    penalties: tuple[FloatArray, ...]
    ranks: tuple[int, ...]
    null_space_dimension: int
    natural: FloatArray | None = None

    @property
    def label(self) -> str:
        """mgcv's label, e.g. ``s(times)`` or ``s(x):facb``."""
        return self.bound.label

    @property
    def term(self) -> str:
        """The call in R's spelling."""
        return self.bound.term

    @property
    def knots(self) -> FloatArray | None:
        """The knots or sites of the basis, (k,) or (k, d); None if it has none."""
        return self.bound.smooth.basis.knots

    @property
    def penalty_scales(self) -> tuple[float, ...]:
        """What each penalty was divided by; one for the extra penalty on a null space."""
        made = self.bound.smooth.scales[: len(self.penalties)]
        return (*made, *((1.0,) * (len(self.penalties) - len(made))))

    @cached_property
    def design(self) -> FloatArray:
        """The (n, q) design at the rows of the data."""
        return self._design(self.table)

    def predict_matrix(self, new_data: Any) -> FloatArray:
        """Return the design at new data.

        Args:
            new_data: a table with the covariates (and ``by``) of the smooth, no missing values.

        Returns:
            (m, q) matrix.
        """
        available = column_names(new_data)
        lacking = [name for name in self.bound.reads if name not in available]
        if lacking:
            raise DataError(no_column(lacking[0], available))
        table = read_table(new_data, self.bound.reads).select(self.bound.reads)
        table.refuse_infinite()
        return self._design(conform_table(table, self.table))

    def _design(self, table: Table) -> FloatArray:
        design = self.bound.design(table)
        return design if self.natural is None else design @ self.natural

    def __repr__(self) -> str:
        n, q = self.design.shape
        ranks = ", ".join(map(str, self.ranks)) or "none"
        return (
            f"SmoothCon {self.label}: {n} rows, {q} columns, penalties of rank {ranks}, "
            f"null space of dimension {self.null_space_dimension}"
        )


@dataclass(frozen=True)
class RandomSmooth:
    """A smooth as fixed and random effects; made by ``smooth2random``.

    Args:
        smooth: the smooth.
        to_fixed: (q, m) map of its columns to the fixed ones.
        to_random: one (q, r) map per block of random columns.
        joint: the precision of the one random block if several penalties overlap, else None.
    """

    smooth: SmoothCon
    to_fixed: FloatArray
    to_random: tuple[FloatArray, ...]
    joint: JointPrecision | None = None

    @property
    def fixed(self) -> FloatArray:
        """The (n, m) fixed columns, Xf."""
        return self.smooth.design @ self.to_fixed

    @property
    def random(self) -> tuple[FloatArray, ...]:
        """The (n, r) blocks of random columns; the coefficients of each are N(0, sd^2)."""
        return tuple(self.smooth.design @ block for block in self.to_random)

    def predict_matrices(self, new_data: Any) -> tuple[FloatArray, tuple[FloatArray, ...]]:
        """Return the fixed and random columns at new data."""
        design = self.smooth.predict_matrix(new_data)
        return design @ self.to_fixed, tuple(design @ block for block in self.to_random)

    def coefficients(self, fixed: FloatArray, random: tuple[FloatArray, ...]) -> FloatArray:
        """Map fixed effects, (m,), and random effects, one (r,) per block, back to the smooth's (q,) coefficients."""
        blocks = zip(self.to_random, random, strict=True)
        return np.asarray(self.to_fixed @ fixed + sum((block @ b for block, b in blocks), np.zeros(len(self.to_fixed))))


def smooth_con(
    term: str,
    data: Any,
    *,
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
    absorb_cons: bool = False,
    scale_penalty: bool = True,
    diagonal_penalty: bool = False,
    null_space_penalty: bool = False,
) -> list[SmoothCon]:
    """Construct a smooth outside a model, as mgcv's ``smoothCon``.

    Args:
        term: a smooth term, e.g. ``"s(times, k=20, bs='cr')"``.
        data: a table with its covariates; rows with missing values are refused.
        knots: covariate -> knots.
        data2: objects that the term names.
        absorb_cons: absorb the sum-to-zero constraint, so that the smooth can stand beside an intercept.
        scale_penalty: divide every penalty by its scale, so that smoothing parameters can be compared.
        diagonal_penalty: change the coefficients so that a single penalty becomes the identity on the
            first columns and zero on the last.
        null_space_penalty: add a penalty on the directions that are otherwise not penalised.

    Returns:
        A list of one smooth, or of one per level of a factor ``by``.

    Raises:
        FormulaError, DataError: naming the place.
    """
    call = parse(term)
    if not isinstance(call, Call) or call.function not in SMOOTHS:
        raise FormulaError(f"expected one smooth term ({', '.join(sorted(SMOOTHS))})", term, call.span)
    wanted = variables_of(call)
    available = column_names(data)
    for node in names(call):
        if node.name in wanted and node.name not in available:
            raise DataError(f"{no_column(node.name, available)}\n{underline(term, node.span)}")
    table = read_table(data, wanted).select(wanted).drop_unused_levels()
    if table.n == 0:
        raise DataError("the data have no rows")
    table.refuse_infinite()
    table.refuse_missing()
    options = SmoothOptions.of(knots, data2, centre=absorb_cons, scale=scale_penalty)
    options.check_knots(smooth_covariates([call]))
    (bound,) = bind_smooth_calls([call], table, term, options)
    if bound[0].smooth.size > _MOST_COLUMNS:
        raise DataError(
            f"{bound[0].label} has {bound[0].smooth.size} columns, more than the {_MOST_COLUMNS} that smooth_con() "
            f"keeps in dense matrices; a model stores them by group\n{underline(term, call.span)}"
        )
    made = [SmoothCon(b, table, b.smooth.penalties, b.smooth.ranks, b.smooth.null_space_dimension) for b in bound]
    if diagonal_penalty:
        made = _diagonal(made, table)
    return [_selected(one) for one in made] if null_space_penalty else made


def _diagonal(smooths: list[SmoothCon], table: Table) -> list[SmoothCon]:
    """Use natural parameters for a single penalty; all levels of a factor share those of the first."""
    first = smooths[0]
    if len(first.penalties) != 1 or separate_diagonals(first.penalties) is not None:
        return smooths
    free = first.bound.smooth.constraint
    mixed = first.bound.mixed(table)
    to_basis = np.column_stack([*mixed.random, mixed.fixed])
    # The maps act on the columns of the basis; the constraint has orthonormal columns.
    natural = np.asarray(to_basis if free is None else np.linalg.lstsq(free, to_basis, rcond=None)[0], dtype=float)
    rank = mixed.random[0].shape[1]
    penalty = np.diag((np.arange(natural.shape[1]) < rank).astype(float))
    return [
        SmoothCon(s.bound, table, (penalty,), (rank,), s.null_space_dimension, natural) for s in smooths
    ]  # fmt: skip


def _selected(smooth: SmoothCon) -> SmoothCon:
    extra = penalty_of_null_space(smooth.penalties, smooth.null_space_dimension)
    if extra is None:
        return smooth
    ranks = (*smooth.ranks, smooth.null_space_dimension)
    return SmoothCon(smooth.bound, smooth.table, (*smooth.penalties, extra), ranks, 0, smooth.natural)


def smooth2random(smooth: SmoothCon) -> RandomSmooth:
    """Write a smooth as fixed and random effects, as mgcv's ``smooth2random(type=2)``.

    Args:
        smooth: from ``smooth_con``; with ``diagonal_penalty`` the fixed columns have the scale that brms
            uses, without it their coefficients are those of an orthonormal basis of the null space.

    Returns:
        Fixed columns, blocks of random columns, and the map back.  Overlapping penalties, which mgcv
        refuses, give one block whose precision is in ``joint``.
    """
    if not isinstance(smooth, SmoothCon):
        raise OptionError(f"smooth2random() takes one of the smooths of smooth_con(), got {type(smooth).__name__}")
    size = smooth.design.shape[1]
    if not smooth.penalties:
        return RandomSmooth(smooth, np.eye(size), ())
    diagonals = separate_diagonals(smooth.penalties)
    if diagonals is not None:
        touched = [np.flatnonzero(d > 0) for d in diagonals]
        blocks = tuple(np.eye(size)[:, t] / np.sqrt(d[t]) for d, t in zip(diagonals, touched, strict=True))
        return RandomSmooth(smooth, np.delete(np.eye(size), np.concatenate(touched), axis=1), blocks)
    rank = size - smooth.null_space_dimension
    single = len(smooth.penalties) == 1
    total = smooth.penalties[0] if single else np.sum([s / np.linalg.norm(s) for s in smooth.penalties], axis=0)
    values, vectors, null = range_and_null_space(total, rank)
    joint, random = (None, vectors / np.sqrt(values)) if single else diagonalise(smooth.penalties, vectors, values)
    return RandomSmooth(smooth, null, (random,), joint)
