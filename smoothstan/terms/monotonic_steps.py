"""What stands in a ``mo()``: an ordinal predictor, counted from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import DataError, underline
from smoothstan.table import Factor, Logical, Numeric, Table
from smoothstan.terms.expression import Expression, Value, as_numbers


@dataclass(frozen=True)
class Steps:
    """The argument of a ``mo()``: an expression whose values are counted from 0.

    Args:
        expression: what the user wrote in it.
        lowest: the value that counts as 0; 0 for an ordered factor, whose levels are counted.
        size: the largest count, D.
    """

    expression: Expression
    lowest: float
    size: int

    def at(self, table: Table) -> IntArray:
        """Return the (n,) steps, 0 to D, at the rows of a table; values outside the range of the fit are refused."""
        counts = counts_of(self.expression.at(table), self.expression) - self.lowest
        outside = (counts < 0) | (counts > self.size)
        if outside.any():
            row = int(np.argmax(outside))
            raise DataError(
                f"mo({self.expression.label}) is {counts[row] + self.lowest:g} in row {row} (rows count from 0), but "
                f"the fit knows {self.lowest:g} to {self.lowest + self.size:g} only\n"
                f"{underline(self.expression.text, self.expression.node.span)}"
            )
        return counts.astype(np.int64)


def is_mo(label: str) -> bool:
    """Return whether a factor, as it is written, is a ``mo()``."""
    return label.startswith("mo(")


def with_ones(table: Table, names: Sequence[str]) -> Table:
    """Return a table with columns of ones."""
    return Table(dict(table.columns) | {name: Numeric(np.ones(table.n)) for name in names}, table.n)


def counts_of(value: Value, expression: Expression) -> FloatArray:
    """Return the codes of an ordered factor, or whole numbers; anything else is refused."""
    what = f"mo({expression.label}) needs an ordered factor or whole numbers"
    place = underline(expression.text, expression.node.span)
    if isinstance(value, Factor):
        if not value.ordered:
            raise DataError(f"{what}, but {expression.label} is a factor without an order\n{place}")
        return value.codes.astype(float)
    if isinstance(value, Logical):
        raise DataError(f"{what}, but {expression.label} is logical\n{place}")
    numbers = as_numbers(value, expression.node, expression.text)
    broken = numbers != np.round(numbers)
    if broken.any():
        row = int(np.argmax(broken))
        raise DataError(f"{what}, found {numbers[row]:g} in row {row} (rows count from 0)\n{place}")
    return numbers
