"""Tensor product smooths ``te`` and ``ti``: every column of a margin times every column of the others.

Letters: margin i has the design X_i, (n, p_i), and the penalty S_i, (p_i, p_i), with largest eigenvalue 1.
The product has the p = p_1 p_2 ... columns of the row-wise Kronecker product, the last margin fastest, and
one penalty per margin, I x ... x S_i x ... x I.

Source: Wood (2006), *Low-rank scale-invariant tensor product smooths for generalized additive mixed
models*, Biometrics 62, 1025-1036; Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Place, PlacedBasis
from smoothstan.smooths.kronecker import row_kronecker
from smoothstan.smooths.margins import place_margin
from smoothstan.smooths.moments import raw_moments
from smoothstan.smooths.rows import Rows
from smoothstan.smooths.tensor_request import MarginRequest, TensorRequest
from smoothstan.table import Factor

_WORST_CONDITION = float(np.finfo(float).eps ** -0.66)
"""A margin is not expressed by its values at points that determine its coefficients worse than this."""


@final
@dataclass(frozen=True)
class Margin:
    """A margin of ``te`` or ``ti``.

    Args:
        basis: the placed basis.
        n_covariates: how many covariates it takes.
        to_basis: (k, p_i) map from the coefficients of the margin to those of the basis; None if they are the same.
        penalty: S_i.
        rank: the rank of S_i.
        null_space_dimension: the number of directions that S_i leaves free.
        penalised: whether the product keeps S_i.
    """

    basis: PlacedBasis
    n_covariates: int
    to_basis: FloatArray | None
    penalty: FloatArray
    rank: int
    null_space_dimension: int
    penalised: bool

    @property
    def size(self) -> int:
        """p_i."""
        return len(self.penalty)

    def design(self, covariates: Covariates) -> FloatArray:
        """Return X_i, (n, p_i)."""
        design = self.basis.design(covariates)
        return design if self.to_basis is None else design @ self.to_basis


@final
@dataclass(frozen=True)
class PlacedTensor(PlacedBasis):
    """The product of margins.

    Args:
        margins: at least one.
        sums_to_zero: whether the product is constrained; ``ti`` constrains its margins instead.
    """

    margins: tuple[Margin, ...]
    sums_to_zero: bool

    def design(self, covariates: Covariates) -> FloatArray:
        """Return the (n, p) products of the columns of the margins."""
        designs = []
        first = 0
        for margin in self.margins:
            designs.append(margin.design(covariates[first : first + margin.n_covariates]))
            first += margin.n_covariates
        return row_kronecker(designs)

    @property
    def _penalised(self) -> tuple[int, ...]:
        return tuple(i for i, margin in enumerate(self.margins) if margin.penalised)

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """One for every penalised margin."""
        sizes = [margin.size for margin in self.margins]
        return tuple(
            np.kron(np.kron(np.eye(_product(sizes[:i])), self.margins[i].penalty), np.eye(_product(sizes[i + 1 :])))
            for i in self._penalised
        )

    @property
    def ranks(self) -> tuple[int, ...]:
        """That of S_i times the numbers of columns of the other margins."""
        p = _product([margin.size for margin in self.margins])
        return tuple(p // self.margins[i].size * self.margins[i].rank for i in self._penalised)

    @property
    def null_space_dimension(self) -> int:
        """Products of directions that are free in every penalised margin, and of all in the others."""
        return _product([m.null_space_dimension if m.penalised else m.size for m in self.margins])

    @property
    def centred(self) -> bool:
        """Whether it sums to zero."""
        return self.sums_to_zero


def place_te(covariates: Covariates, request: TensorRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place a full tensor product, ``te``, which sums to zero unless a margin is a random effect.

    Raises:
        ValueError: if an option or a margin is impossible.
    """
    asked = request.margins()
    margins = []
    for one in asked:
        basis = place_margin(covariates, one, bases)
        margins.append(_margin(basis, covariates, one, request, None))
    return PlacedTensor(tuple(margins), all(margin.basis.centred for margin in margins))


def place_ti(covariates: Covariates, request: TensorRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place a tensor product interaction, ``ti``: margins sum to zero, so that main effects are left out.

    Raises:
        ValueError: if an option or a margin is impossible.
    """
    asked = request.margins()
    margins = []
    for one in asked:
        basis = place_margin(covariates, one, bases)
        constraint = None
        if one.centred:
            constraint = basis.absorb(raw_moments(basis, Rows(covariates[one.covariates])).column_sums)
        margins.append(_margin(basis, covariates, one, request, constraint))
    return PlacedTensor(tuple(margins), False)


def _margin(
    basis: PlacedBasis,
    covariates: Covariates,
    asked: MarginRequest,
    request: TensorRequest,
    constraint: FloatArray | None,
) -> Margin:
    """Express a placed basis as a margin."""
    own = covariates[asked.covariates]
    to_basis, penalty = constraint, basis.penalties[0]
    if to_basis is not None:
        penalty = to_basis.T @ penalty @ to_basis
    size = len(penalty)
    if request.np and basis.tensor_values:
        from_values = _from_values(basis, own, to_basis, size)
        if from_values is not None:
            penalty = from_values.T @ penalty @ from_values
            to_basis = from_values if to_basis is None else to_basis @ from_values
    absorbed = 0 if constraint is None else len(constraint) - size
    return Margin(
        basis,
        len(own),
        to_basis,
        _with_largest_eigenvalue_one(penalty),
        min(basis.ranks[0], size),
        max(0, basis.null_space_dimension - absorbed),
        # Without any penalty the caller leaves all of them out; which they would be is then of no matter.
        not asked.unpenalised or all(request.fx),
    )


def _from_values(basis: PlacedBasis, own: Covariates, to_basis: FloatArray | None, size: int) -> FloatArray | None:
    """Return the (p_i, p_i) map from values at evenly spaced points to coefficients.

    None if the margin has several covariates, or if its values do not determine its coefficients, as those
    of a periodic margin do not: it is the same at the first and the last point.
    """
    if len(own) != 1 or isinstance(own[0], Factor):
        return None
    values = basis.design((np.linspace(own[0].min(), own[0].max(), size),))
    if to_basis is not None:
        values = values @ to_basis
    singular = np.linalg.svd(values, compute_uv=False)
    return np.linalg.inv(values) if singular[-1] * _WORST_CONDITION > singular[0] else None


def _with_largest_eigenvalue_one(penalty: FloatArray) -> FloatArray:
    """Scale the penalty so that margins count alike."""
    symmetric = (penalty + penalty.T) / 2
    return np.asarray(symmetric / np.linalg.eigvalsh(symmetric)[-1], dtype=float)


def _product(sizes: list[int]) -> int:
    return int(np.prod(sizes, dtype=np.int64))
