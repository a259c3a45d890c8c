"""Check new data against the data of a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smoothstan.errors import DataError
from smoothstan.table.columns import Column, Factor, Numeric, as_factor, describe
from smoothstan.table.table import Table


def conform_table(table: Table, known: Table) -> Table:
    """Return new data with every column coded as in the data of the fit; see ``conform``."""
    columns = {name: conform(name, c, known[name], check_levels=True) for name, c in table.columns.items()}
    return Table(columns, table.n)


UNKNOWN = "\x00NA"
"""The level of rows whose group is not known; no text of a column reads like it, as ``"<NA>"`` might."""


def unknown_factor(n: int) -> Factor:
    """Return a factor of n rows whose level is not known."""
    return Factor(np.zeros(n, dtype=np.int64), (UNKNOWN,))


def conform(name: str, column: Column, known: Column, *, check_levels: bool, fill: bool = False) -> Column:
    """Return a new column coded as the fit's column is.

    Args:
        name: the column, for messages.
        column: the new column.
        known: the column of the fit.
        check_levels: refuse levels that the fit has not seen; otherwise the column keeps its own levels.
        fill: make a missing value a level of its own; for columns of groupings.

    Raises:
        DataError: for another kind of column, a missing value, or a new level.
    """
    if isinstance(column, Numeric) and isinstance(known, Numeric):
        # Levels of a grouping are written as whole numbers if they were so in the fit.
        values = column.values[~column.missing()]
        whole = known.whole and bool(np.all(values == np.floor(values)))
        result: Column = replace(column, whole=whole)
    elif isinstance(column, Factor) and isinstance(known, Factor):
        result = _recode(name, column, known) if check_levels else column
    elif type(column) is type(known):
        result = column
    elif not check_levels:
        result = as_factor(column)
    else:
        raise DataError(f"column {name!r} is {describe(column)}, but in the fit it was {describe(known)}")
    missing = result.missing()
    if fill and missing.any():
        factor = as_factor(result)
        return Factor(np.where(missing, len(factor.levels), factor.codes), (*factor.levels, UNKNOWN))
    if missing.any():
        raise DataError(
            f"column {name!r} of the new data has no value in row {int(np.argmax(missing))} (rows count from 0)"
        )
    return result


def _recode(name: str, column: Factor, known: Factor) -> Factor:
    position = {level: i for i, level in enumerate(known.levels)}
    unknown = [
        column.levels[code]
        for code in np.unique(column.codes[column.codes >= 0])
        if column.levels[code] not in position
    ]
    if unknown:
        raise DataError(
            f"column {name!r} has the new level {unknown[0]!r} (levels of the fit: {', '.join(known.levels)})"
        )
    lookup = np.asarray([*(position.get(level, -1) for level in column.levels), -1], dtype=np.int64)
    return Factor(lookup[column.codes], known.levels, known.ordered)
