"""Read a table from whatever the user has: pandas, polars, pyarrow, a dict; by way of narwhals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError
from smoothstan.numerals import format_number
from smoothstan.table.collation import collation_key
from smoothstan.table.columns import Column, Factor, Logical, MatrixColumn, Numeric
from smoothstan.table.table import Table

# From here on neighbouring whole numbers are the same double.
_LARGEST_EXACT = 2.0**53


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
    matrices, data = _split_matrices(data)
    frame = _frame(data)
    names = [*(str(name) for name in frame.columns), *matrices]
    asked = set(names if wanted is None else wanted)
    chosen = [name for name in names if name in asked]
    columns = {name: matrices[name] if name in matrices else _column(frame[name], name) for name in chosen}
    n = len(frame) if len(frame.columns) or not matrices else len(next(iter(matrices.values())).values)
    for name in chosen:
        if name in matrices and len(matrices[name].values) != n:
            raise _fault(name, f"has {len(matrices[name].values)} rows, the others have {n}")
    return Table(columns, n)


def column_names(data: Any) -> tuple[str, ...]:
    """Return the names of the columns of a data frame."""
    if isinstance(data, Table):
        return tuple(data.columns)
    matrices, data = _split_matrices(data)
    return (*(str(name) for name in _frame(data).columns), *matrices)


def _split_matrices(data: Any) -> tuple[dict[str, MatrixColumn], Any]:
    """Take the two-dimensional arrays out of a mapping; a data frame has none."""
    if not isinstance(data, Mapping):
        return {}, data
    found = {str(k): v for k, v in data.items() if isinstance(v, np.ndarray) and v.ndim == 2}
    for name, values in found.items():
        if values.dtype.kind not in "fiu":
            raise _fault(name, f"is a matrix of type {values.dtype}; it must hold numbers")
    matrices = {name: MatrixColumn(np.asarray(values, dtype=float)) for name, values in found.items()}
    return matrices, {k: v for k, v in data.items() if str(k) not in matrices}


def _frame(data: Any) -> Any:
    import narwhals as nw

    if isinstance(data, Mapping):
        import pandas as pd

        for key, values in data.items():
            if isinstance(values, str) or not hasattr(values, "__len__"):
                raise _fault(str(key), f"is {values!r}, not a column of values")
        try:
            data = pd.DataFrame({str(k): v for k, v in data.items()})
        except ValueError as fault:
            raise DataError(f"the data cannot be read as a table: {fault}") from None
    _refuse_repeated_names(data)
    try:
        frame = nw.from_native(data)
    except TypeError:
        frame = None
    if isinstance(data, type) or not isinstance(frame, nw.DataFrame):
        raise DataError(
            "data must be a table with named columns (pandas, polars, pyarrow or a dict of columns), "
            f"got {type(data).__name__}"
        )
    return frame


def _fault(name: str, what: str) -> DataError:
    """Return the error of a column."""
    return DataError(f"column {name!r} {what}", column=name)


def _refuse_repeated_names(data: Any) -> None:
    """Refuse pandas' repeated column names; other libraries do so themselves."""
    columns = getattr(data, "columns", None) if hasattr(data, "iloc") and not isinstance(data, type) else None
    if columns is not None:
        repeated = sorted(name for name, count in Counter(map(str, columns)).items() if count > 1)
        if repeated:
            raise DataError(f"the data has more than one column named {', '.join(map(repr, repeated))}")


def _column(series: Any, name: str) -> Column:
    import narwhals as nw

    dtype = series.dtype
    if dtype == nw.Boolean:
        return Logical(_floats(series))
    if dtype.is_numeric():
        values = _floats(series)
        if dtype.is_integer() and np.any(np.abs(values) >= _LARGEST_EXACT):
            raise _fault(name, "holds whole numbers beyond 2^53; make them strings if they are labels")
        return Numeric(values, whole=dtype.is_integer())
    if dtype == nw.Enum or dtype == nw.Categorical:
        return _categorical(series, name)
    if dtype == nw.String or dtype == nw.Object:
        return _from_objects(series, name)
    raise _fault(name, f"is of type {dtype}; a model needs numbers, strings, logicals or categories")


def _floats(series: Any) -> FloatArray:
    """Return a numeric or logical series as floats, NaN where it has no value."""
    import narwhals as nw
    import pandas as pd

    native = series.to_native()
    if isinstance(native, pd.Series):
        return native.to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(series.cast(nw.Float64).to_numpy(), dtype=float)


def _categorical(series: Any, name: str) -> Factor:
    """Read a column of categories; where the library gives them no order they are sorted as strings are."""
    import narwhals as nw
    import pandas as pd

    native = series.to_native()
    if isinstance(native, pd.Series):
        labels, ordered = [_label(c) for c in native.cat.categories], bool(native.cat.ordered)
        if len(set(labels)) < len(labels):
            raise _fault(name, "has different categories that are written alike")
        codes = np.asarray(native.cat.codes, dtype=np.int64)
        return Factor(codes, tuple(labels), ordered).drop_unused()
    strings = series.cast(nw.String).to_list()
    if series.dtype == nw.Enum:
        fixed = list(series.dtype.categories)
        return Factor(
            np.asarray(pd.Categorical(strings, categories=fixed).codes, dtype=np.int64), tuple(fixed)
        ).drop_unused()
    return _sorted_factor(*pd.factorize(np.asarray(strings, dtype=object)))


def _from_objects(series: Any, name: str) -> Column:
    """Read a column of Python objects: strings are a factor in sorted order, True and False a logical."""
    import pandas as pd

    native = series.to_native()
    values = native if isinstance(native, pd.Series) else pd.Series(series.to_list(), dtype=object)
    try:
        codes, distinct = pd.factorize(values)
    except TypeError:
        raise _fault(name, "holds lists or other containers; a model needs one value per row") from None
    kinds = {type(v) for v in distinct}
    if kinds and kinds <= {bool, np.bool_}:
        return Logical(_spread(codes, distinct))
    if (
        kinds
        and all(issubclass(kind, (int, float, np.number)) for kind in kinds - {bool, np.bool_})
        and bool not in kinds
    ):
        return Numeric(_spread(codes, distinct))
    if not all(isinstance(v, str) for v in distinct):
        found = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise _fault(name, f"mixes values of type {found}; make it strings, numbers or categories")
    return replace(_sorted_factor(codes, distinct), textual=True)


def _sorted_factor(codes: Any, distinct: Any) -> Factor:
    labels = np.asarray(distinct, dtype=object).tolist()  # element by element an index of Arrow strings is slow
    order = sorted(range(len(labels)), key=lambda i: collation_key(labels[i]))
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1
    return Factor(rank[np.asarray(codes)], tuple(str(labels[i]) for i in order))


def _spread(codes: Any, distinct: Any) -> FloatArray:
    values = np.asarray([*(float(v) for v in distinct), np.nan])
    return np.asarray(values[np.asarray(codes)], dtype=float)


def _label(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (float, np.floating)):
        return format_number(float(value))
    return str(value)
