"""New data for predictions: coded as the data of the fit, unseen levels of random effects noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import BoolArray
from smoothstan.errors import DataError
from smoothstan.table import Factor, Table, conform_table, read_table

if TYPE_CHECKING:
    from smoothstan.gam.design import GamDesign


@dataclass(frozen=True)
class NewRows:
    """Rows to predict at.

    Args:
        table: the columns that the model reads, coded as in the fit.
        unseen: column -> (n,) True where its level was not in the data of the fit; the random effects of such a
            level are predicted by their mean, zero.
    """

    table: Table
    unseen: dict[str, BoolArray]


def read_new_data(design: GamDesign, new_data: Any) -> NewRows:
    """Read new data.

    Raises:
        DataError: for no rows, a missing column or value, another kind of column, or a new level of a factor that is
            more than the group of random effects.
    """
    table = read_table(new_data, design.reads).select(design.reads)
    if not table.n:
        raise DataError("the new data have no rows")
    table.refuse_infinite()
    columns, unseen = dict(table.columns), {}
    for name in _groups_only(design):
        column, known = columns[name], design.table[name]
        if isinstance(column, Factor) and isinstance(known, Factor):
            strange = np.array([level not in known.levels for level in column.levels] + [False])
            rows = strange[column.codes]
            if rows.any():
                unseen[name] = rows
                columns[name] = _with_known_levels(column, known, rows)
    return NewRows(conform_table(Table(columns, table.n), design.table), unseen)


def _groups_only(design: GamDesign) -> set[str]:
    """Return the columns that only random effects read."""
    groups, rest = set[str](), {*design.parametric.reads}
    if design.offset is not None:
        rest.update(design.offset.reads)
    for term in design.terms:
        (groups if term.block.random_effect else rest).update(term.smooth.reads)
    return groups - rest


def _with_known_levels(column: Factor, known: Factor, rows: BoolArray) -> Factor:
    """Write the first level of the fit in some rows."""
    levels = (*column.levels, known.levels[0])
    return Factor(np.where(rows, len(levels) - 1, column.codes), levels, column.ordered)
