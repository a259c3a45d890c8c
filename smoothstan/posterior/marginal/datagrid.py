"""Grids of predictor values: what is not named stands at its mean or mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.design import Design
from smoothstan.errors import DataError, OptionError
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.marginal.variables import variable_kind
from smoothstan.posterior.prediction import ADDITIONS_BESIDE_TRIALS
from smoothstan.table import MatrixColumn, Numeric, no_column, table_frame

if TYPE_CHECKING:
    import pandas as pd

GRID_TYPES = ("mean_or_mode", "balanced", "counterfactual")
_ADDITIONS = ("trials", *ADDITIONS_BESIDE_TRIALS)
_MOST_ROWS = 10**7
_EXPLICIT = "datagrid_explicit"
"""Where a frame keeps the names of the columns that the user gave values for."""


@dataclass(frozen=True)
class DataGrid:
    """A grid as asked for; ``at`` makes it for a model.

    Args:
        values: column -> values, one value, or a function of the column of the fit.
        grid_type: one of ``GRID_TYPES``.
        functions: ``numeric``, ``integer``, ``binary``, ``logical``, ``factor`` -> function of a column that
            replaces the default.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    grid_type: str = "mean_or_mode"
    functions: Mapping[str, Callable[[Any], Any]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.grid_type not in GRID_TYPES:
            raise OptionError(f"grid_type must be one of {', '.join(map(repr, GRID_TYPES))}, got {self.grid_type!r}")
        if self.grid_type == "counterfactual" and not self.values:
            raise OptionError(
                "grid_type='counterfactual' repeats the data for every value that is given: name a column"
            )

    def at(self, design: Design) -> pd.DataFrame:
        """Return the grid of a model, columns in the order of its data.

        Raises:
            DataError: for a column that the model does not use, or that holds a matrix.
        """
        needed = _needed(design)
        for name in self.values:
            if name not in needed:
                raise DataError(no_column(name, needed))
        data = table_frame(design.table.select(needed))
        given = {name: values_of(name, value, data[name]) for name, value in self.values.items()}
        if self.grid_type == "counterfactual":
            frame = repeated_rows(data, given)
        else:
            columns = {n: given[n] if n in given else values_of(n, self._typical(design, n), data[n]) for n in needed}
            frame = _crossed(columns, data)
        return mark_explicit(frame, tuple(given))

    def _typical(self, design: Design, name: str) -> Callable[[Any], Any]:
        column, kind = design.table[name], variable_kind(design, name)
        if kind == "numeric":
            kind = "integer" if isinstance(column, Numeric) and column.whole else "numeric"
        elif kind == "categorical":
            kind = "factor"
        if kind in self.functions:
            return self.functions[kind]
        if kind in ("numeric", "integer"):
            return _mean if kind == "numeric" else _rounded_mean
        grouping = name in design.grouping_only()
        return _distinct if self.grid_type == "balanced" and not grouping else _mode


def datagrid(
    fit: Fitted | None = None, /, *, grid_type: str = "mean_or_mode", FUN: Callable[[Any], Any] | None = None,  # noqa: N803
    FUN_numeric: Callable[[Any], Any] | None = None, FUN_integer: Callable[[Any], Any] | None = None,  # noqa: N803
    FUN_binary: Callable[[Any], Any] | None = None, FUN_logical: Callable[[Any], Any] | None = None,  # noqa: N803
    FUN_factor: Callable[[Any], Any] | None = None, **values: Any,  # noqa: N803
) -> pd.DataFrame | DataGrid:  # fmt: skip
    """Make a grid of predictor values.

    Args:
        fit: the fit; without one the grid is made by the function that it is given to, as ``new_data``.
        grid_type: ``"mean_or_mode"``: columns that are not named stand at their mean (whole numbers at the rounded
            one), those of categories, logicals, and numbers 0 and 1 at their most frequent value, the first of several;
            ``"balanced"``: all values of those; ``"counterfactual"``: the data, repeated for every combination of the
            values. Columns that only say which group a row is in always stand at their most frequent value.
        FUN, FUN_numeric, FUN_integer, FUN_binary, FUN_logical, FUN_factor: functions of a column (a pandas Series) that
            replace mean and mode: of every kind of column, or of one.
        values: ``column=`` values, one value, or a function of the column of the fit such as ``np.unique``.

    Returns:
        One row per combination, the last column named running fastest; without a fit the request.

    Raises:
        DataError, OptionError: for an unknown column, a value that is none, or a grid of more than ten million rows.

    Source: the function of the same name in the package marginaleffects.
    """
    kinds = {
        "numeric": FUN_numeric, "integer": FUN_integer, "binary": FUN_binary, "logical": FUN_logical,
        "factor": FUN_factor,
    }  # fmt: skip
    functions = {kind: function or FUN for kind, function in kinds.items()}
    request = DataGrid(values, grid_type, {kind: f for kind, f in functions.items() if f is not None})
    if fit is None:
        return request
    if not isinstance(fit, Fitted):
        raise OptionError(
            f"datagrid() takes a fit first, got {type(fit).__name__}; name columns: datagrid(fit, x=[0, 1])"
        )
    return request.at(fit.design)


def explicit_columns(data: Any) -> tuple[str, ...]:
    """Return the columns of a grid that the user gave values for; none of other tables."""
    attributes = getattr(data, "attrs", {})
    return tuple(name for name in attributes.get(_EXPLICIT, ()) if name in data.columns)


def mark_explicit(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Write down which columns of a grid the user gave values for."""
    frame.attrs[_EXPLICIT] = names
    return frame


def typical_grid(which: str, values: Mapping[str, Any]) -> DataGrid:
    """Return the grid that a word stands for: ``"mean"``, ``"median"`` or ``"balanced"``."""
    if which == "median":
        functions = {"numeric": _median, "integer": lambda x: np.round(_median(x))}
        return DataGrid(values, "mean_or_mode", functions)
    return DataGrid(values, "balanced" if which == "balanced" else "mean_or_mode")


def _needed(design: Design) -> tuple[str, ...]:
    needed = {*design.predictor_reads(), *design.response.addition_reads(_ADDITIONS)}
    matrices = [name for name in needed if isinstance(design.table[name], MatrixColumn)]
    if matrices:
        raise DataError(
            f"column {matrices[0]!r} holds a matrix, which a grid cannot; give new_data as a dict of columns"
        )
    return tuple(name for name in design.table.columns if name in needed)


def values_of(name: str, value: Any, column: Any) -> list[Any]:
    """Return the distinct values of one column of a grid: those given, or a function's of the column of the fit."""
    import pandas as pd

    if callable(value):
        value = value(column)
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        value = [value]
    found = list(pd.Series(list(value), dtype=object).drop_duplicates())
    if not found:
        raise OptionError(f"datagrid: no values for {name!r}")
    return found


def _crossed(columns: Mapping[str, list[Any]], data: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    _check_size(prod(map(len, columns.values())))
    rows = list(product(*columns.values()))
    return pd.DataFrame({n: _typed([row[i] for row in rows], data[n]) for i, n in enumerate(columns)})


def repeated_rows(data: pd.DataFrame, given: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Return the rows once for every combination of values; ``rowidcf`` is the number of the row it is made from."""
    import pandas as pd

    combinations = list(product(*given.values()))
    _check_size(len(data) * len(combinations))
    frame = data.loc[np.repeat(np.arange(len(data)), len(combinations))].reset_index(drop=True)
    for i, name in enumerate(given):
        frame[name] = _typed([row[i] for row in combinations] * len(data), data[name])
    numbers = pd.Series(np.repeat(np.arange(len(data)), len(combinations)), name="rowidcf")
    return pd.concat([numbers, frame], axis=1) if "rowidcf" not in frame else frame


def _check_size(rows: int) -> None:
    if rows > _MOST_ROWS:
        raise OptionError(f"the grid would have {rows} rows, more than {_MOST_ROWS}; name fewer values")


def _typed(values: list[Any], column: Any) -> Any:
    """Return values with the categories of a column where it has them; a new level stays a string."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype) and set(values) <= set(column.cat.categories):
        return pd.Categorical(values, dtype=column.dtype)
    return pd.Series(values).to_numpy()


def _mean(column: Any) -> float:
    return float(column.mean())


def _median(column: Any) -> float:
    return float(column.median())


def _rounded_mean(column: Any) -> float:
    return float(np.round(column.mean()))


def _mode(column: Any) -> Any:
    return column.value_counts(sort=False).sort_index().idxmax()


def _distinct(column: Any) -> list[Any]:
    return (
        sorted(column.unique())
        if not hasattr(column, "cat")
        else list(column.cat.remove_unused_categories().cat.categories)
    )
