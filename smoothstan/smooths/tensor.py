"""Tensor product smooths ``te``, and tensor product interactions ``ti``.

The design is the product of the designs of the margins, with one penalty per margin: its wiggliness in
the direction of the margin, whatever the others do.  The margins of ``ti`` sum to zero over the rows,
which leaves out the main effects.

Source: Wood (2006), Biometrics 62, 1025-1036; Wood (2017), *Generalized Additive Models*, 2nd ed., section 5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import final

from smoothstan.arrays import FloatArray
from smoothstan.smooths.basis import Covariates, Place, PlacedBasis
from smoothstan.smooths.kronecker import penalty_of_margin
from smoothstan.smooths.tensor_margin import TensorMargin, place_margin, product_design, sum_to_zero_map, values_map
from smoothstan.smooths.tensor_request import TensorRequest


def place_te(covariates: Covariates, request: TensorRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place a tensor product smooth; it is centred unless a margin is a random effect.

    Args:
        covariates: those of all margins.
        request: what the formula asks.
        bases: the bases that margins can have.

    Raises:
        ValueError: what is wrong with the request, naming the margin.
    """
    margins = [place_margin(covariates, asked, bases) for asked in request.margins()]
    centred = all(margin.basis.centred for margin in margins)
    return PlacedTensor(tuple(_in_values(margin, covariates, request) for margin in margins), centred)


def place_ti(covariates: Covariates, request: TensorRequest, bases: Mapping[str, Place]) -> PlacedBasis:
    """Place a tensor product interaction: the margins are centred, their product is not.

    Arguments and errors are those of ``place_te``; margins with ``mc=FALSE`` are left as they are.
    """
    margins: list[TensorMargin] = []
    for asked in request.margins():
        margin = place_margin(covariates, asked, bases)
        if asked.mc:
            margin = replace(margin, to_basis=sum_to_zero_map(margin, covariates))
        margins.append(_in_values(margin, covariates, request))
    return PlacedTensor(tuple(margins), False)


def _in_values(margin: TensorMargin, covariates: Covariates, request: TensorRequest) -> TensorMargin:
    """Express a margin by its values at evenly spaced points where that is asked for and possible."""
    to_basis = values_map(margin, covariates) if request.np else None
    return margin if to_basis is None else replace(margin, to_basis=to_basis)


@final
@dataclass(frozen=True)
class PlacedTensor(PlacedBasis):
    """The product of margins with a penalty for each.

    Args:
        margins: the margins, q1, q2, ... columns.
        sum_to_zero: whether the product is to sum to zero over the rows.
    """

    margins: tuple[TensorMargin, ...]
    sum_to_zero: bool

    @property
    def n_columns(self) -> int:
        """p = q1 * q2 * ..."""
        return prod(margin.size for margin in self.margins)

    def design(self, covariates: Covariates) -> FloatArray:
        """Evaluate the product, (n, p), the last margin fastest."""
        return product_design(self.margins, covariates)

    @cached_property
    def penalties(self) -> tuple[FloatArray, ...]:
        """One penalty per margin that has one."""
        sizes = [margin.size for margin in self.margins]
        penalised = [i for i, margin in enumerate(self.margins) if margin.penalised]
        return tuple(penalty_of_margin(self.margins[i].penalty, sizes, i) for i in penalised)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The rank of a margin's penalty times the number of coefficients of the others."""
        p = self.n_columns
        return tuple(p // margin.size * margin.rank for margin in self.margins if margin.penalised)

    @property
    def null_space_dimension(self) -> int:
        """The product of the null spaces of the margins; a margin without penalty counts whole."""
        return prod(margin.size - margin.rank if margin.penalised else margin.size for margin in self.margins)

    @property
    def centred(self) -> bool:
        """Whether the product is to sum to zero over the rows."""
        return self.sum_to_zero
