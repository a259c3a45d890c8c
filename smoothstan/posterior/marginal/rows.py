"""The rows at which marginal effects are taken, and how they are averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design
from smoothstan.errors import DataError, OptionError, suggestion
from smoothstan.posterior.marginal.datagrid import DataGrid, explicit_columns, mark_explicit, typical_grid
from smoothstan.posterior.marginal.variables import level_values, variable_kind
from smoothstan.table import Logical, Numeric, Table, as_factor, column_names, read_table, table_frame

if TYPE_CHECKING:
    import pandas as pd

WORDS = ("mean", "median", "balanced")


@dataclass(frozen=True)
class Rows:
    """Rows with what the result shows of them.

    Args:
        data: what is handed to the predictions; None for the rows of the fit.
        table: all columns that can be read.
        explicit: the columns of a grid that the user gave values for.
    """

    data: Any
    table: Table
    explicit: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as the user sees them."""
        return table_frame(self.table)

    def groups(self, by: tuple[str, ...], weights: str | None) -> Groups:
        """Return which rows are averaged together.

        Raises:
            DataError: for a column that is not there or lacks values, or weights that are negative or all zero.
        """
        for name in (*by, *(() if weights is None else (weights,))):
            if name not in self.table:
                known = tuple(self.table.columns)
                listed = ", ".join(known)
                raise DataError(
                    f"the rows have no column {name!r}{suggestion(name, known)} (they have: {listed}); a column that "
                    "the model does not use must stand in new_data"
                )
        table = self.table.select(by)
        table.refuse_missing()
        codes, first = _combined_codes(table)
        values = None if weights is None else self._weights(weights)
        groups = Groups(codes, table_frame(table.take(first)), values)
        if np.any(groups.totals <= 0):
            raise DataError(f"the weights {weights!r} of the rows that are averaged sum to zero")
        return groups

    def _weights(self, name: str) -> FloatArray:
        column = self.table[name]
        if not isinstance(column, (Numeric, Logical)) or not np.all(np.isfinite(column.values) & (column.values >= 0)):
            raise DataError(f"wts names a column of numbers >= 0 without missing values; {name!r} is not")
        return column.values


@dataclass(frozen=True)
class Groups:
    """Rows that are averaged together.

    Args:
        codes: (n,) the group of every row.
        labels: one row per group with the columns that define it.
        weights: (n,) or None for equal ones.
    """

    codes: IntArray
    labels: pd.DataFrame
    weights: FloatArray | None

    @property
    def count(self) -> int:
        """The number of groups."""
        return len(self.labels)

    @property
    def totals(self) -> FloatArray:
        """The sum of the weights in every group."""
        return np.bincount(self.codes, weights=self.weights, minlength=self.count).astype(float)

    def add(self, sums: FloatArray, values: FloatArray, start: int) -> None:
        """Add (draws, rows) values, which begin at row ``start``, to the (draws, groups) weighted sums."""
        rows = slice(start, start + values.shape[1])
        codes = self.codes[rows]
        weighted = values if self.weights is None else values * self.weights[rows]
        order = np.argsort(codes, kind="stable")
        present, first = np.unique(codes[order], return_index=True)
        if np.any(order != np.arange(len(order))):
            weighted = weighted[:, order]
        sums[:, present] += np.add.reduceat(weighted, first, axis=1)


def read_rows(design: Design, new_data: Any, by: tuple[str, ...]) -> Rows:
    """Read the rows.

    Args:
        design: the model, with the group effects that count.
        new_data: None for the rows of the fit, one of ``WORDS``, a ``datagrid()``, or a table.
        by: columns that a grid made from a word has at all their values.
    """
    if new_data is None:
        return Rows(None, design.table)
    if isinstance(new_data, str):
        if new_data not in WORDS:
            raise OptionError(
                f"new_data is a table, a datagrid() or one of {', '.join(map(repr, WORDS))}, got {new_data!r}"
            )
        values: Mapping[str, Any] = {n: _all_values(design, n) for n in by if n in design.predictor_reads()}
        new_data = typical_grid(new_data, values).at(design)
        mark_explicit(new_data, tuple(name for name in new_data if new_data[name].nunique() > 1))
    if isinstance(new_data, DataGrid):
        new_data = new_data.at(design)
    explicit = explicit_columns(new_data)
    used = {*design.predictor_reads(), *design.response.reads, *by}
    readable = {name: c for name in column_names(new_data) if (c := _read(new_data, name, name in used)) is not None}
    return Rows(new_data, Table(readable, len(next(iter(readable.values())).missing()) if readable else 0), explicit)


def read_by(by: Any) -> tuple[str, ...] | None:
    """Read the argument ``by``: None for no averages, no names for the average over all rows.

    Raises:
        OptionError: for anything but a logical, a name or a list of names.
    """
    if by is None or by is False:
        return None
    if by is True:
        return ()
    names = (by,) if isinstance(by, str) else tuple(by) if isinstance(by, (list, tuple)) else (None,)
    if not names or not all(isinstance(name, str) for name in names):
        raise OptionError(f"by is True, False, a column or a list of columns, got {by!r}")
    return tuple(dict.fromkeys(names))


def _read(data: Any, name: str, needed: bool) -> Any:
    """Return a column; None for one of a kind that no model can use, unless it is needed."""
    try:
        return read_table(data, [name])[name]
    except DataError:
        if needed:
            raise
        return None


def _all_values(design: Design, name: str) -> list[Any]:
    if variable_kind(design, name) == "categorical":
        return level_values(design, name)
    return table_frame(design.table.select([name]))[name].sort_values().unique().tolist()


def _combined_codes(table: Table) -> tuple[IntArray, IntArray]:
    """Return the (n,) combination of every row, in the order of the columns' levels, and a row of each combination."""
    if not table.columns:
        return np.zeros(table.n, dtype=np.int64), np.zeros(1, dtype=np.int64)
    codes = np.column_stack([as_factor(column).codes for column in table.columns.values()])
    _, first, inverse = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    return np.asarray(inverse, dtype=np.int64).reshape(-1), np.asarray(first, dtype=np.int64)
