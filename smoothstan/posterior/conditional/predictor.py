"""A variable of a model: its kind in the model, where it is held, and the values that are shown of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design
from smoothstan.errors import OptionError
from smoothstan.table import Column, Factor, Logical, MatrixColumn, Numeric, conform, read_table
from smoothstan.terms import Expression, GroupTerm, OffsetTerm, SmoothTerm

_STEPS = (-1.0, 0.0, 1.0)
_MAD_CONSTANT = 1.4826


@dataclass(frozen=True)
class Predictor:
    """A column that the predictors of a model read.

    Args:
        name: its name.
        column: the column in the data of the fit.
        discrete: whether it counts as a factor: a factor or logical, numbers that the formula makes a factor of, or
            the levels of a grouping.
        free: whether it may have levels that the fit has not seen.
        whole: whether it takes the whole numbers in its range only.
        held: where numbers are held, in place of their mean.
    """

    name: str
    column: Column
    discrete: bool
    free: bool = False
    whole: bool = False
    held: float | None = None

    @property
    def numeric(self) -> bool:
        """Whether it is shown as a number."""
        return isinstance(self.column, Numeric) and not self.discrete

    @property
    def whole_curve(self) -> bool:
        """Whether every row holds a whole row of numbers, of which no axis can be made."""
        return isinstance(self.column, MatrixColumn)

    def levels(self) -> Column:
        """Return the values that the data have, one per row, in order."""
        if isinstance(self.column, Factor):
            return self.column.take(_first_rows(self.column.codes))
        return self.column.take(_first_rows(self.column.values))

    def reference(self) -> Column:
        """Return the value where it is held, in one row: the mean (of whole numbers the median), or the first level."""
        if self.held is not None and isinstance(self.column, Numeric):
            return Numeric(np.asarray([self.held]), True)
        if isinstance(self.column, MatrixColumn):
            return MatrixColumn(self.column.values.mean(axis=0, keepdims=True))
        if self.numeric and isinstance(self.column, Numeric):
            middle = np.round(np.median(self.column.values)) if self.whole else self.column.values.mean()
            return Numeric(np.asarray([middle]), self.whole)
        return self.levels().take(np.zeros(1, dtype=np.int64))

    def grid(self, resolution: int) -> Column:
        """Return equally spaced values over the range of numbers, else the levels."""
        if self.numeric and isinstance(self.column, Numeric):
            values = self.column.values
            if self.whole:
                return Numeric(np.arange(values.min(), values.max() + 1), True)
            return Numeric(np.unique(np.linspace(values.min(), values.max(), resolution)))
        return self.levels()

    def spread(self) -> Column:
        """Return the mean of numbers and what lies a standard deviation below and above it, else the levels.

        Of whole numbers it is the median and the median absolute deviation, within the range.
        """
        if self.numeric and isinstance(self.column, Numeric):
            if self.whole:
                return Numeric(_whole_spread(self.column.values), True)
            return Numeric(np.unique(mean_and_deviations(self.column.values)))
        return self.levels()

    def chosen(self, values: Any, what: str) -> Column:
        """Return values that the user chose, each once: numbers in order, levels as given.

        Args:
            values: one or several of them.
            what: where they were given, for messages.

        Raises:
            OptionError: if there are none.
            DataError: if they are of another kind, or levels that the fit does not have.
        """
        listed = [values] if isinstance(values, str) or not hasattr(values, "__len__") else list(values)
        if not listed:
            raise OptionError(f"{what} has no values for {self.name!r}")
        column = self.conformed(read_table({self.name: listed})[self.name])
        if isinstance(column, Numeric):
            return Numeric(np.unique(column.values), column.whole)
        codes = column.codes if isinstance(column, Factor) else column.values
        return column.take(np.sort(np.unique(codes, return_index=True, axis=0)[1]))

    def conformed(self, column: Column) -> Column:
        """Return a new column coded as that of the fit; DataError if it cannot be."""
        return conform(self.name, column, self.column, check_levels=not self.free, fill=self.free)


def mean_and_deviations(values: Any) -> Any:
    """Return the mean of (n,) numbers minus, plus nothing, and plus their standard deviation."""
    spread = values.std(ddof=1) if len(values) > 1 else 0.0
    return values.mean() + np.asarray(_STEPS) * spread


def _whole_spread(values: FloatArray) -> FloatArray:
    """Return the median of (n,) whole numbers and what lies a median absolute deviation (times 1.4826) around it."""
    median = np.median(values)
    spread = _MAD_CONSTANT * np.median(np.abs(values - median))
    return np.unique(np.clip(np.round(median + np.asarray(_STEPS) * spread), values.min(), values.max()))


def _first_rows(codes: Any) -> IntArray:
    return np.asarray(np.unique(codes, return_index=True, axis=0)[1], dtype=np.int64)


def predictors_of(design: Design) -> dict[str, Predictor]:
    """Return the variables that the predictors of a design read, by name."""
    made_factors = set(_made_factors(design))
    free = design.grouping_only()
    groupings = {name for term in design.groups for name in term.columns}
    whole = {name for term in design.terms for name in term.whole_numbers}
    found = {}
    for name in design.predictor_reads():
        column = design.table[name]
        discrete = isinstance(column, (Factor, Logical)) or name in made_factors or name in groupings
        found[name] = Predictor(name, column, discrete, name in free, name in whole)
    return found


def with_additions(predictors: Mapping[str, Predictor], design: Design, names: Sequence[str]) -> dict[str, Predictor]:
    """Return the variables with the columns of some additions to the response; numbers of trials are held at 1."""
    trials = design.response.addition_reads(("trials",))
    found = dict(predictors)
    for name in design.response.addition_reads(names):
        column = design.table[name]
        plain = Predictor(name, column, isinstance(column, (Factor, Logical)))
        found[name] = replace(found.get(name, plain), held=1.0 if name in trials else None)
    return found


def _made_factors(design: Design) -> Iterator[str]:
    """Yield the numeric columns of which an expression makes a factor."""
    one = design.table.take(np.zeros(1, dtype=np.int64))
    for expression in _expressions(design):
        numbers = [name for name in expression.variables if isinstance(design.table[name], Numeric)]
        if numbers and isinstance(expression.at(one), Factor):
            yield from numbers


def _expressions(design: Design) -> Iterator[Expression]:
    for term in design.terms:
        yield from (factor for factors in term.factors for factor in factors)
        if isinstance(term, SmoothTerm):
            for smooth in term.smooths:
                yield from (covariate.expression for covariate in smooth.bound.covariates)
                if smooth.bound.by is not None:
                    yield smooth.bound.by.expression
        elif isinstance(term, OffsetTerm):
            yield from term.expressions
        elif isinstance(term, GroupTerm):
            for effects in term.effects:
                yield from (factor.expression for factors in effects.matrix.terms for factor in factors)


def given_values(conditions: Mapping[str, Any], predictor: Predictor) -> tuple[Column, tuple[str, ...]]:
    """Return the values that ``int_conditions`` gives for a variable, and their labels where it gives some.

    Values are numbers or levels, a mapping from labels to them, or a function of the column in the data.
    """
    given = conditions[predictor.name]
    if callable(given):
        given = given(_native(predictor.column))
    if not isinstance(given, Mapping):
        return predictor.chosen(given, "int_conditions"), ()
    labels = np.asarray([str(label) for label in given], dtype=object)
    values = list(given.values())
    column = predictor.chosen(values, "int_conditions")
    if n_rows(column) != len(labels):
        raise OptionError(f"int_conditions gives a value of {predictor.name!r} twice")
    order = np.argsort(np.asarray(values, dtype=float)) if isinstance(column, Numeric) else slice(None)
    return column, tuple(labels[order])


def n_rows(column: Column) -> int:
    """Return the number of rows of a column."""
    return len(column.missing())


def _native(column: Column) -> Any:
    return np.asarray(column.levels)[column.codes] if isinstance(column, Factor) else column.values
