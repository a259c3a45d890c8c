"""Reading the tables of overlays."""

from __future__ import annotations

import numpy as np
import pandas as pd


def drawn_curves(
    table: pd.DataFrame, column: str, group: str | None = None, label: str | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the grid, the curve of the data and those of the draws."""
    part = table if group is None else table[table[group] == label]
    data = part[part["source"] == "y"]
    assert data["draw"].isna().all()
    draws = part[part["source"] == "yrep"][column].to_numpy().reshape(-1, len(data))
    return data["x"].to_numpy(), data[column].to_numpy(), draws
