"""What varies by group: the columns that one ``( | )`` multiplies by effects of the levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.formula.syntax import Call, deparse
from smoothstan.table import Table
from smoothstan.terms.expression import Expression, bind_numbers
from smoothstan.terms.model_matrix import ModelMatrix
from smoothstan.terms.names import clean_name, prior_dpar, suffix
from smoothstan.terms.varying_monotonic import SpecialColumns

BY_THRESHOLD = "cs()"
"""Stands among the factors of the terms in ``cs()``."""


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
        thresholds: the number of thresholds if each has effects of its own, as those of ``cs()`` are; else 0.
    """

    dpar: str
    matrix: ModelMatrix
    by_member: tuple[MemberCovariate, ...] = ()
    special: SpecialColumns = field(default_factory=SpecialColumns)
    thresholds: int = 0

    @property
    def copies(self) -> int:
        """How many effects a column has."""
        return max(1, self.thresholds)

    @property
    def intercepts(self) -> int:
        """How many effects have a column of ones; they come first."""
        return self.copies if self.matrix.intercept else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficient names, e.g. ``Intercept``, ``x``, ``mox``; by threshold ``x[1]``, ``x[2]``, ..."""
        return (*self.data_names, *self.special.names)

    @property
    def data_names(self) -> tuple[str, ...]:
        """The names of the coefficients whose columns are data."""
        names = (*self.matrix.names, *(covariate.name for covariate in self.by_member))
        if not self.thresholds:
            return names
        return tuple(f"{name}[{k}]" for name in names for k in range(1, self.thresholds + 1))

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        own = (e for covariate in self.by_member for e in covariate.expressions)
        return (*self.matrix.reads, *(name for expression in own for name in expression.variables))

    def at(self, table: Table, member: int = 0) -> FloatArray:
        """Return the (n, m) columns that are data, one for every effect, for one member of every row."""
        shared = np.repeat(self.matrix.at(table), self.copies, axis=1)
        if not self.by_member:
            return shared
        own = [covariate.expressions[member].numbers_at(table) for covariate in self.by_member]
        return np.column_stack([shared, *own])

    def described(self) -> Iterator[tuple[str, bool, str, int]]:
        """Yield every effect's name, whether its column is one of ones, the Stan expression of it, and the threshold.

        A column that is data has no expression, an effect on the linear predictor the threshold 0.
        """
        for i, name in enumerate(self.names):
            yield (
                name,
                i < self.intercepts,
                self.special.expression(name),
                i % self.copies + 1 if self.thresholds else 0,
            )

    def written(self) -> Iterator[tuple[frozenset[str], str]]:
        """Yield the factors of every effect's term as written, and its name; the intercept's factor is written 1."""
        own = frozenset({BY_THRESHOLD} if self.thresholds else ())
        terms = [(frozenset({"1"}), 0, 1)] if self.matrix.intercept else []
        for label, start, stop in (*terms, *self.matrix.term_factors):
            for name in self.data_names[start * self.copies : stop * self.copies]:
                yield own | label, name
        for covariate in self.by_member:
            yield frozenset({covariate.name}), covariate.name
        for name in self.special.names:
            yield self.special.written(name), name


@dataclass(frozen=True)
class Coefficient:
    """One varying coefficient: its place in the grouping (from 1), its parameter, name, column and threshold."""

    number: int
    dpar: str
    name: str
    constant: bool
    expression: str = ""
    threshold: int = 0

    @property
    def is_data(self) -> bool:
        """Whether the program reads its column: not ones, not computed, and not that of the threshold before."""
        return not self.constant and not self.expression and self.threshold <= 1

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
