"""A table as the user sees it: a pandas data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.table.columns import Column, Factor, Logical, MatrixColumn
from smoothstan.table.table import Table

if TYPE_CHECKING:
    import pandas as pd


def table_frame(table: Table) -> pd.DataFrame:
    """Return the columns as a data frame; matrices, which it cannot hold, are left out."""
    import pandas as pd

    kept = {name: c for name, c in table.columns.items() if not isinstance(c, MatrixColumn)}
    return pd.DataFrame({name: _values(column) for name, column in kept.items()}, index=range(table.n))


def _values(column: Column) -> Any:
    import pandas as pd

    if isinstance(column, Factor):
        return pd.Categorical.from_codes(column.codes, pd.Index(column.levels), ordered=column.ordered)
    whole = isinstance(column, Logical) or getattr(column, "whole", False)
    if not whole or column.missing().any():
        return column.values
    return column.values.astype(bool if isinstance(column, Logical) else np.int64)
