"""Take pandas tables apart into what can be stored, and put them together again."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from smoothstan.errors import StorageError

PANDAS = "pandas"


def pandas_kind(value: Any) -> str:
    """Return ``"frame"``, ``"series"``, ``"index"`` or ``"categorical"``; empty for what is none of them.

    A MultiIndex is none.  Nothing is imported: without pandas there is no such value.
    """
    pd = sys.modules.get("pandas")
    if pd is None or isinstance(value, pd.MultiIndex):
        return ""
    kinds = {"frame": pd.DataFrame, "series": pd.Series, "index": pd.Index, "categorical": pd.Categorical}
    return next((kind for kind, cls in kinds.items() if isinstance(value, cls)), "")


def pandas_parts(kind: str, value: Any, name: str) -> dict[str, Any]:
    """Return the parts of a pandas object; ``name`` is for the message of a StorageError."""
    if kind == "frame":
        columns = [_column(value.iloc[:, i], f"{name}[{label!r}]") for i, label in enumerate(value.columns)]
        return {"index": value.index, "labels": value.columns, "columns": columns}
    if kind == "series":
        return {"index": value.index, "name": value.name, "column": _column(value, name)}
    if kind == "categorical":
        codes = np.asarray(value.codes, dtype=np.int64)
        return {"codes": codes, "categories": value.categories, "ordered": bool(value.ordered)}
    column = range(value.start, value.stop, value.step) if hasattr(value, "step") else _column(value, name)
    return {"name": value.name, "column": column}


def _column(values: Any, name: str) -> Any:
    """Return the values of a series or index: an array, or (dtype, present, items) for a type of pandas's own."""
    import pandas as pd

    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        return np.asarray(values)
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Categorical(values)
    if str(dtype) not in _OWN_TYPES:
        raise StorageError(f"{name} has the pandas type {dtype}, which cannot be stored")
    present = np.asarray(~values.isna())
    items = np.asarray(values, dtype=object)
    return (str(dtype), present, items[present].tolist())


_OWN_TYPES = {f"{sign}{bits}" for sign in ("Int", "UInt") for bits in (8, 16, 32, 64)}
_OWN_TYPES |= {"Float32", "Float64", "boolean", "string", "str"}


def pandas_value(kind: str, parts: dict[str, Any]) -> Any:
    """Return the pandas object with these parts."""
    import pandas as pd

    if kind == "frame":
        columns = {i: _restored(column) for i, column in enumerate(parts["columns"])}
        frame = pd.DataFrame(columns, index=parts["index"])
        return frame.set_axis(parts["labels"], axis=1)
    if kind == "series":
        return pd.Series(_restored(parts["column"]), index=parts["index"], name=parts["name"])
    if kind == "categorical":
        return pd.Categorical.from_codes(parts["codes"], parts["categories"], ordered=parts["ordered"])
    return pd.Index(_restored(parts["column"]), name=parts["name"])


def _restored(column: Any) -> Any:
    import pandas as pd

    if not isinstance(column, tuple):
        return column
    dtype, present, items = column
    if dtype not in _OWN_TYPES:
        raise StorageError(f"unknown pandas type {dtype!r}")
    values = np.full(len(present), pd.NA, dtype=object)
    values[present] = items
    return pd.array(values.tolist(), dtype=dtype)
