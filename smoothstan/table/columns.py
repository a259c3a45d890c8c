"""The kinds of column that a model can use: numbers, logicals and factors, as R distinguishes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray, IntArray
from smoothstan.errors import DataError
from smoothstan.numerals import format_number


@dataclass(frozen=True)
class Numeric:
    """A numeric column: (n,) values, NaN where missing; ``whole`` if it came as integers."""

    values: FloatArray
    whole: bool = False

    kind = "numeric"

    def missing(self) -> BoolArray:
        """Return which rows have no value."""
        return np.isnan(self.values)

    def take(self, rows: IntArray) -> Numeric:
        """Return the given rows."""
        return replace(self, values=self.values[rows])


@dataclass(frozen=True)
class Logical:
    """A logical column: (n,) zeros and ones, NaN where missing."""

    values: FloatArray

    kind = "logical"

    def missing(self) -> BoolArray:
        """Return which rows have no value."""
        return np.isnan(self.values)

    def take(self, rows: IntArray) -> Logical:
        """Return the given rows."""
        return Logical(self.values[rows])


@dataclass(frozen=True)
class MatrixColumn:
    """A column with a row of Q numbers in every row: (n, Q) values, for smooths of whole curves."""

    values: FloatArray

    kind = "matrix column"

    def missing(self) -> BoolArray:
        """Return which rows lack a value."""
        return np.asarray(np.isnan(self.values).any(axis=1))

    def take(self, rows: IntArray) -> MatrixColumn:
        """Return the given rows."""
        return MatrixColumn(self.values[rows])


@dataclass(frozen=True)
class Factor:
    """A categorical column: (n,) codes into ``levels``, -1 where missing.

    ``contrast`` names a coding chosen by the user, e.g. ``"sum"``; empty for R's default.  ``textual`` is True for
    strings, which have no levels beside those that occur.
    """

    codes: IntArray
    levels: tuple[str, ...]
    ordered: bool = False
    contrast: str = ""
    textual: bool = False

    kind = "factor"

    def missing(self) -> BoolArray:
        """Return which rows have no value."""
        return np.asarray(self.codes < 0)

    def take(self, rows: IntArray) -> Factor:
        """Return the given rows, with all levels."""
        return replace(self, codes=self.codes[rows])

    def labels(self) -> np.ndarray:
        """Return the (n,) labels; an empty one where missing."""
        return np.asarray([*self.levels, ""], dtype=object)[self.codes]

    def drop_unused(self) -> Factor:
        """Return the same column without the levels that no row has."""
        used = np.unique(self.codes[self.codes >= 0])
        if len(used) == len(self.levels):
            return self
        lookup = np.full(len(self.levels) + 1, -1, dtype=np.int64)
        lookup[used] = np.arange(len(used))
        return replace(self, codes=lookup[self.codes], levels=tuple(self.levels[i] for i in used))


Column: TypeAlias = Numeric | Logical | MatrixColumn | Factor


def as_factor(column: Column) -> Factor:
    """Read any column as a factor, with R's level order: numeric for numbers, FALSE before TRUE."""
    if isinstance(column, Factor):
        return column
    if isinstance(column, MatrixColumn):
        raise DataError("a matrix cannot be read as a factor")
    values = column.values
    present = ~np.isnan(values)
    distinct, codes = np.unique(values[present], return_inverse=True)
    if isinstance(column, Logical):
        labels = ["TRUE" if value else "FALSE" for value in distinct]
    else:
        labels = [str(int(value)) if column.whole else format_number(value) for value in distinct]
    # Numbers that are written alike are one level, as in R.
    position = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    all_codes = np.full(len(values), -1, dtype=np.int64)
    all_codes[present] = np.asarray([position[label] for label in labels], dtype=np.int64)[codes]
    return Factor(all_codes, tuple(position))


def describe(column: Column) -> str:
    """Name the kind of a column for a message."""
    if isinstance(column, Factor):
        return f"{'an ordered ' if column.ordered else 'a '}factor with levels {', '.join(column.levels[:6])}" + (
            ", ..." if len(column.levels) > 6 else ""
        )
    if isinstance(column, MatrixColumn):
        return f"a matrix of {column.values.shape[1]} columns"
    return "a logical" if isinstance(column, Logical) else "numeric"
