"""A smooth that the data have placed: where it is evaluated and what it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from smoothstan.arrays import NOT_STORED, FloatArray, IntArray
from smoothstan.errors import DataError, underline
from smoothstan.formula.syntax import deparse
from smoothstan.smooths import ConstructedSmooth, Covariate, MixedSmooth, Rows, mixed_smooth
from smoothstan.table import Factor, Logical, MatrixColumn, Table, as_factor, describe
from smoothstan.terms.expression import Expression, Matrix, Value


@dataclass(frozen=True)
class SmoothCovariate:
    """A covariate of a smooth; ``categorical`` if its basis takes levels, not numbers."""

    expression: Expression
    categorical: bool

    def at(self, table: Table) -> Covariate:
        """Return (n,) or (n, Q) numbers, or a factor."""
        return as_covariate(self.expression.at(table), self.expression, categorical=self.categorical)


def as_covariate(value: Value, expression: Expression, *, categorical: bool) -> Covariate:
    """Return an evaluated expression as a covariate of a smooth."""
    if isinstance(value, Matrix):
        found = f"a matrix of {len(value.labels)} columns"
        place = underline(expression.text, expression.node.span)
        raise DataError(f"{deparse(expression.node)} must be one column here, but it is {found}\n{place}")
    if isinstance(value, Factor):
        return value
    if isinstance(value, MatrixColumn):
        return value.values
    if categorical and value.kind == "logical":
        # Both levels, also where only one is there: R's model.matrix does the same.
        return Factor(value.values.astype(np.int64), ("FALSE", "TRUE"))
    return value.values


@dataclass(frozen=True)
class Multiplier:
    """A numeric ``by``: the smooth is multiplied by it."""

    expression: Expression

    def at(self, table: Table) -> FloatArray:
        """Return (n,) or (n, Q) numbers."""
        value = self.expression.at(table)
        if isinstance(value, (Factor, Matrix)):
            found = describe(value) if isinstance(value, Factor) else "a matrix"
            place = underline(self.expression.text, self.expression.node.span)
            raise DataError(f"{self.expression.label} must be numeric, but it is {found}\n{place}")
        return value.values


@dataclass(frozen=True)
class Level:
    """A level of a factor or logical ``by``: the smooth exists at its rows only."""

    expression: Expression
    level: str

    def rows(self, table: Table) -> IntArray:
        """Return the numbers of the rows with this level."""
        value = self.expression.at(table)
        if isinstance(value, Logical):
            value = as_factor(value)
        if not isinstance(value, Factor):
            raise DataError(f"{self.expression.label} must be a factor, as in the fit")
        if self.level not in value.levels:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(value.codes == value.levels.index(self.level))


By = Multiplier | Level


@dataclass(frozen=True)
class AtData:
    """The rows of a smooth in the data that placed it, with what its basis is there."""

    table: Table
    rows: Rows


@dataclass(frozen=True)
class BoundSmooth:
    """One smooth bound to data, before it is split into fixed and random effects.

    Args:
        term: the text by which brms addresses its prior.
        label: mgcv's label, e.g. ``s(x)`` or ``s(x):fac2``.
        covariates: what it is a function of.
        by: what multiplies it or selects its rows, or None.
        smooth: basis, constraint and scaled penalties.
        smoothing: fixed smoothing parameters, one per penalty; None where it is to be estimated.
        link: smooths with the same link share their smoothing parameters; None if it stands alone.
        at_data: its rows in the data, so that the basis is computed once; not stored.
    """

    term: str
    label: str
    covariates: tuple[SmoothCovariate, ...]
    by: By | None
    smooth: ConstructedSmooth
    smoothing: tuple[float | None, ...] = ()
    link: str | None = None
    at_data: AtData | None = field(default=None, compare=False, repr=False, metadata=NOT_STORED)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        expressions = [c.expression for c in self.covariates]
        if self.by is not None:
            expressions.append(self.by.expression)
        return tuple(dict.fromkeys(name for e in expressions for name in e.variables))

    def rows(self, table: Table) -> Rows:
        """Return the rows where it may differ from zero: all of them, or those of its level."""
        if self.at_data is not None and self.at_data.table is table:
            return self.at_data.rows
        if isinstance(self.by, Level):
            table = table.take(self.by.rows(table))
        covariates = tuple(c.at(table) for c in self.covariates)
        return Rows(covariates, self.by.at(table) if isinstance(self.by, Multiplier) else None)

    def selected(self, table: Table) -> IntArray | None:
        """Return the numbers of these rows, or None for all."""
        return self.by.rows(table) if isinstance(self.by, Level) else None

    def mixed(self, table: Table) -> MixedSmooth:
        """Split it into fixed and random effects at a table: at the rows of its level if they suffice, else at all.

        Raises:
            DataError: if the rows do not determine the part without penalty.
        """
        try:
            return mixed_smooth(self.smooth, self.rows(table))
        except ValueError as fault:
            if isinstance(self.by, Level):
                return replace(self, by=None).mixed(table)
            raise DataError(f"{self.term}: {fault}") from None

    def design(self, table: Table) -> FloatArray:
        """Return the (n, q) design at a table; rows of other levels are zero."""
        design = self.smooth.design(self.rows(table))
        rows = self.selected(table)
        if rows is None:
            return design
        full = np.zeros((table.n, design.shape[1]))
        full[rows] = design
        return full
