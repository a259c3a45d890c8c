"""What varies by group: the columns that one ``( | )`` multiplies by effects of the levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.formula.syntax import Call, deparse
from smoothstan.table import Table
from smoothstan.terms.expression import Expression, bind_numbers
from smoothstan.terms.model_matrix import ModelMatrix
from smoothstan.terms.names import clean_name, prior_dpar, suffix
from smoothstan.terms.varying_monotonic import SpecialColumns


@dataclass(frozen=True)
class MemberCovariate:
    """``mmc(x1, x2)``: a covariate with a value for every member of a row."""

    name: str
    expressions: tuple[Expression, ...]


@dataclass(frozen=True)
class Effects:
    """The varying effects that one ``( | )`` adds to one distributional parameter.

    Args:
        dpar: the parameter.
        matrix: the columns that all members of a row share.
        by_member: the columns that differ between them.
        special: the columns of monotonic effects.
    """

    dpar: str
    matrix: ModelMatrix
    by_member: tuple[MemberCovariate, ...] = ()
    special: SpecialColumns = field(default_factory=SpecialColumns)

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficient names, e.g. ``Intercept``, ``x``, ``mox``."""
        return (*self.data_names, *self.special.names)

    @property
    def data_names(self) -> tuple[str, ...]:
        """The names of the coefficients whose columns are data."""
        return (*self.matrix.names, *(covariate.name for covariate in self.by_member))

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        own = (e for covariate in self.by_member for e in covariate.expressions)
        return (*self.matrix.reads, *(name for expression in own for name in expression.variables))

    def at(self, table: Table, member: int = 0) -> FloatArray:
        """Return the (n, m) columns that are data, for one member of every row."""
        shared = self.matrix.at(table)
        if not self.by_member:
            return shared
        own = [covariate.expressions[member].numbers_at(table) for covariate in self.by_member]
        return np.column_stack([shared, *own])


@dataclass(frozen=True)
class Coefficient:
    """One varying coefficient: its place in the grouping (from 1), its parameter, name and column."""

    number: int
    dpar: str
    name: str
    constant: bool
    expression: str = ""

    @property
    def is_data(self) -> bool:
        """Whether its column stands in the data: neither ones nor computed from parameters."""
        return not self.constant and not self.expression

    @property
    def label(self) -> str:
        """The name with the parameter in front: ``sigma_Intercept``."""
        return f"{prior_dpar(self.dpar)}_{self.name}" if prior_dpar(self.dpar) else self.name

    @property
    def stan_column(self) -> str:
        """The middle of the Stan name of its column: ``_sigma_2`` in ``Z_1_sigma_2``."""
        return f"{suffix(self.dpar)}_{self.number}"


def bind_member_covariates(calls: Sequence[Call], table: Table, text: str) -> tuple[MemberCovariate, ...]:
    """Bind calls of ``mmc()``."""
    bound = []
    for call in calls:
        expressions = tuple(bind_numbers(argument.value, table, text)[0] for argument in call.arguments)
        bound.append(MemberCovariate(clean_name(deparse(call)), expressions))
    return tuple(bound)
