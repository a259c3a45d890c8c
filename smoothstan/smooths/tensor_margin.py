"""The margins of tensor product smooths: placed bases with a change of coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from smoothstan.arrays import Contiguous, FloatArray, IntArray
from smoothstan.smooths.basis import Covariates, GroupedBasis, Place, PlacedBasis, Unsuitable
from smoothstan.smooths.kronecker import row_kronecker
from smoothstan.smooths.moments import raw_moments
from smoothstan.smooths.rows import Rows
from smoothstan.smooths.tensor_request import MarginRequest
from smoothstan.table import Factor

_LARGEST_CONDITION = float(np.finfo(float).eps ** -0.66)
"""Beyond this condition number values at the points do not determine the coefficients."""


@dataclass(frozen=True)
class TensorMargin(Contiguous):
    """One margin with q coefficients.

    Args:
        basis: the placed basis, p columns, one penalty.
        start: the position of its first covariate among those of the smooth.
        stop: the position after its last covariate.
        to_basis: (p, q) map from the margin's coefficients to those of the basis; None if they are the same.
        penalised: whether it has a penalty in the product.
    """

    basis: PlacedBasis
    start: int
    stop: int
    to_basis: FloatArray | None = None
    penalised: bool = True

    def of(self, covariates: Covariates) -> Covariates:
        """Return the covariates of this margin among those of the smooth."""
        return covariates[self.start : self.stop]

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the margin, (n, q), given all covariates of the smooth."""
        design = self.basis.design(self.of(covariates))
        return design if self.to_basis is None else np.asarray(design @ self.to_basis)

    @cached_property
    def size(self) -> int:
        """q, the number of coefficients."""
        return self.basis.n_columns if self.to_basis is None else int(self.to_basis.shape[1])

    @cached_property
    def penalty(self) -> FloatArray:
        """The penalty on the margin's coefficients, (q, q), its largest eigenvalue 1."""
        (penalty,) = self.basis.penalties
        if self.to_basis is not None:
            penalty = self.to_basis.T @ penalty @ self.to_basis
        penalty = (penalty + penalty.T) / 2
        return np.asarray(penalty / np.linalg.eigvalsh(penalty)[-1])

    @property
    def rank(self) -> int:
        """The rank of the penalty."""
        return min(self.basis.ranks[0], self.size)


def place_margin(covariates: Covariates, asked: MarginRequest, bases: Mapping[str, Place]) -> TensorMargin:
    """Place the basis of a margin at its covariates among those of the smooth.

    Raises:
        ValueError: what the basis raises, naming the margin; if the basis has not exactly one penalty.
    """
    place = bases[asked.bs]
    try:
        basis = place(covariates[asked.start : asked.stop], asked.request)
    except Unsuitable as fault:
        where = asked.start + fault.place if isinstance(fault.place, int) else fault.place
        raise Unsuitable(f"margin {asked.label}: {fault}", where) from fault
    except ValueError as fault:
        raise ValueError(f"margin {asked.label}: {fault}") from fault
    if len(basis.penalties) != 1:
        raise ValueError(
            f"margin {asked.label}: a tensor product needs margins with one penalty, "
            f"but bs={asked.bs!r} has {len(basis.penalties)} here"
        )
    return TensorMargin(basis, asked.start, asked.stop, penalised=not asked.fx)


def sum_to_zero_map(margin: TensorMargin, covariates: Covariates) -> FloatArray | None:
    """Return the (p, q) map to the coefficients under the basis's own constraint, None for all of them."""
    if isinstance(margin.basis, GroupedBasis):
        return None
    return margin.basis.absorb(raw_moments(margin.basis, Rows(margin.of(covariates))).column_sums)


def values_map(margin: TensorMargin, covariates: Covariates) -> FloatArray | None:
    """Return the map from values at evenly spaced points to the coefficients of the basis.

    The points, as many as coefficients, go from the smallest to the largest value of the covariate.  The
    penalty then does not depend on how the basis is written.

    Returns:
        (p, q), or None if the margin has several covariates, has values for coefficients already, or if its
        values at the points do not determine it (as for cyclic bases, whose ends are one point).

    Source: Wood (2006), Biometrics 62, 1025-1036, section 2.
    """
    covariate = covariates[margin.start]
    if margin.stop - margin.start > 1 or isinstance(covariate, Factor) or not margin.basis.tensor_values:
        return None
    points = np.linspace(covariate.min(), covariate.max(), margin.size)
    at_points = margin.basis.design((points,))
    constraint = margin.to_basis
    if constraint is not None:
        at_points = at_points @ constraint
    if not np.linalg.cond(at_points) <= _LARGEST_CONDITION:
        return None
    to_coefficients = np.linalg.inv(at_points)
    return np.asarray(to_coefficients if constraint is None else constraint @ to_coefficients)


def product_design(
    margins: tuple[TensorMargin, ...], covariates: Covariates, columns: IntArray | None = None
) -> FloatArray:
    """Return the product of the designs of the margins, (n, q1 * q2 * ...), the last margin fastest.

    Args:
        margins: the margins.
        covariates: those of all margins.
        columns: (p,) positions of the columns that are wanted, None for all.
    """
    rows = Rows(covariates)
    total = prod(margin.size for margin in margins)
    design = np.empty((rows.n, total if columns is None else len(columns)))
    for block in rows.blocks():
        part = rows.take(block).covariates
        product = row_kronecker([margin.design(part) for margin in margins])
        design[block] = product if columns is None else product[:, columns]
    return design
