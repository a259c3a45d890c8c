"""The categories of a response: labels in order, and codes 1, 2, ... of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design.additions import in_subset
from smoothstan.design.rows import response_rows
from smoothstan.errors import DataError, underline
from smoothstan.formula import ModelFormula
from smoothstan.table import Factor, Logical, Numeric, Table, as_factor
from smoothstan.terms import bind_expression, check_functions


def response_categories(formula: ModelFormula, data: Any) -> tuple[str, ...]:
    """Return the labels of the categories that a response has in the data: levels, or values in order."""
    return categories_on(formula, in_subset(formula, response_rows(formula, data)))


def categories_on(formula: ModelFormula, table: Table) -> tuple[str, ...]:
    """Return the labels of the categories that a response has in a table."""
    check_functions(formula.response, formula.text)
    _, value = bind_expression(formula.response, table, formula.text)
    return found_categories(value, formula)


def found_categories(value: Any, formula: ModelFormula) -> tuple[str, ...]:
    """Return the labels of the categories that occur in a column."""
    if not isinstance(value, (Factor, Logical, Numeric)):
        span = formula.response.span
        raise DataError(f"the response is a matrix; one category per row is needed\n{underline(formula.text, span)}")
    return as_factor(value).drop_unused().levels


def category_codes(value: Any, categories: tuple[str, ...], label: str) -> FloatArray:
    """Return the (n,) codes of a column, from 1.

    Raises:
        DataError: naming the first value that is none of the categories.
    """
    factor = as_factor(value)
    number = {category: i for i, category in enumerate(categories, start=1)}
    lookup = np.asarray([number.get(level, 0) for level in factor.levels], dtype=float)
    codes = lookup[factor.codes]
    if not np.all(codes > 0):
        row = int(np.argmin(codes > 0))
        raise DataError(
            f"the response {label!r} is {factor.levels[factor.codes[row]]!r} in row {row} (rows count from 0); the fit "
            f"knows the categories {', '.join(categories)}"
        )
    return codes
