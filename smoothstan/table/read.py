"""Read a table from whatever the user has: pandas, polars, pyarrow, a dict; by way of narwhals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from smoothstan.errors import DataError
from smoothstan.table.collation import collation_key
from smoothstan.table.columns import Column, Factor, Logical, Numeric
from smoothstan.table.table import Table


def read_table(data: Any, wanted: Iterable[str] | None = None) -> Table:
    """Read the wanted columns (all by default) of a data frame.

    Args:
        data: a pandas, polars, pyarrow or other eager frame that narwhals knows, a mapping of
            equally long columns, or a Table.
        wanted: names of the columns to read; others are not looked at. Names that the data lacks are
            left to the caller.

    Raises:
        DataError: if ``data`` is no table, has no rows, or repeats a column name.
    """
    if isinstance(data, Table):
        return data
    frame = _frame(data)
    names = [str(name) for name in frame.columns]
    chosen = names if wanted is None else [name for name in names if name in set(wanted)]
    return Table(MappingProxyType({name: _column(frame[name], name) for name in chosen}), len(frame))


def column_names(data: Any) -> tuple[str, ...]:
    """Return the names of the columns of a data frame."""
    if isinstance(data, Table):
        return tuple(data.columns)
    return tuple(str(name) for name in _frame(data).columns)


def _frame(data: Any) -> Any:
    import narwhals as nw

    if isinstance(data, Mapping):
        import pandas as pd

        try:
            data = pd.DataFrame({str(k): v for k, v in data.items()})
        except ValueError as fault:
            raise DataError(f"the data cannot be read as a table: {fault}") from None
    _refuse_repeated_names(data)
    try:
        return nw.from_native(data, eager_only=True)
    except TypeError:
        raise DataError(
            "data must be a table with named columns (pandas, polars, pyarrow or a dict of columns), "
            f"got {type(data).__name__}"
        ) from None


def _refuse_repeated_names(data: Any) -> None:
    columns = getattr(data, "columns", ())
    names = [str(name) for name in columns] if not callable(columns) else []
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise DataError(f"the data has more than one column named {', '.join(map(repr, repeated))}")


def _column(series: Any, name: str) -> Column:
    import narwhals as nw

    dtype = series.dtype
    if dtype == nw.Boolean:
        return Logical(_floats(series))
    if dtype.is_numeric():
        return Numeric(_floats(series), whole=dtype.is_integer())
    if dtype == nw.Enum or dtype == nw.Categorical:
        return _categorical(series)
    if dtype == nw.String or dtype == nw.Object:
        return _from_objects(series.to_list(), name)
    raise DataError(f"column {name!r} is of type {dtype}; a model needs numbers, strings, logicals or categories")


def _floats(series: Any) -> Any:
    import narwhals as nw

    if series.null_count():
        series = series.cast(nw.Float64)
        return np.asarray([np.nan if v is None else v for v in series.to_list()], dtype=float)
    return np.asarray(series.to_numpy(), dtype=float)


def _categorical(series: Any) -> Factor:
    import pandas as pd

    native = series.to_native()
    if isinstance(native, pd.Series):
        categories = native.cat.categories
        ordered = bool(native.cat.ordered)
        codes = np.asarray(native.cat.codes, dtype=np.int64)
    else:
        categories = series.cat.get_categories().to_list()
        coded = pd.Categorical(series.to_list(), categories=categories)
        codes, ordered = np.asarray(coded.codes, dtype=np.int64), False
    return Factor(codes, tuple(_label(c) for c in categories), ordered).drop_unused()


def _from_objects(values: list[Any], name: str) -> Column:
    """Read a column of Python objects: strings are a factor in sorted order; True and False a logical."""
    import pandas as pd

    missing = np.asarray(pd.isna(pd.Series(values, dtype=object)), dtype=bool)
    present = [v for v, gone in zip(values, missing, strict=True) if not gone]
    kinds = {type(v) for v in present}
    if kinds and kinds <= {bool, np.bool_}:
        return Logical(np.asarray([np.nan if m else float(v) for v, m in zip(values, missing, strict=True)]))
    if kinds and all(issubclass(k, (int, float, np.number)) and k is not bool for k in kinds):
        return Numeric(np.asarray([np.nan if m else float(v) for v, m in zip(values, missing, strict=True)]))
    if not all(isinstance(v, str) for v in present):
        found = ", ".join(sorted(k.__name__ for k in kinds))
        raise DataError(f"column {name!r} mixes values of type {found}; make it strings, numbers or categories")
    levels = sorted(set(present), key=collation_key)
    coded = pd.Categorical([None if m else v for v, m in zip(values, missing, strict=True)], categories=levels)
    return Factor(np.asarray(coded.codes, dtype=np.int64), tuple(levels))


def _label(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (float, np.floating)):
        return f"{value:.15g}"
    return str(value)
