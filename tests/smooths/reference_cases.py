"""The reference numbers of mgcv 1.8-41 for smooths: ``tests/reference/smooths``, schema in its README."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from smoothstan.table import Column, Factor, MatrixColumn, Numeric, Table

FOLDER = Path(__file__).parents[1] / "reference" / "smooths"


@cache
def load(kind: str, name: str) -> dict[str, Any]:
    """Return one case; ``kind`` is the folder: smooth, gam, brms or data."""
    return dict(json.loads((FOLDER / kind / f"{name}.json").read_text()))


def names(kind: str, prefix: str = "") -> list[str]:
    """Return the cases of a folder whose name starts so."""
    return sorted(path.stem for path in (FOLDER / kind).glob(f"{prefix}*.json"))


def columns(stored: dict[str, Any]) -> dict[str, Any]:
    """Return stored columns as arrays and factors, ready for a basis."""
    return {name: _column(column) for name, column in stored.items()}


def data(dataset: str) -> dict[str, Any]:
    """Return the columns of a stored data set."""
    return columns(load("data", dataset)["columns"])


def table(stored: dict[str, Any]) -> Table:
    """Return stored columns as a table, as a user's data frame is read."""
    made = {name: _table_column(column) for name, column in columns(stored).items()}
    return Table(made, len(next(iter(stored.values()))["values"]))


def _table_column(values: Any) -> Column:
    if isinstance(values, Factor):
        return values
    return MatrixColumn(values) if values.ndim == 2 else Numeric(values)


def map_of_columbus() -> dict[str, Any]:
    """Return the polygons of the regions of the columb data, for ``data2``."""
    stored = load("data", "columb_polys")
    polygons = {name: np.asarray(p, dtype=float) for name, p in zip(stored["names"], stored["polys"], strict=True)}
    return {"columb.polys": polygons}


def _column(column: dict[str, Any]) -> Any:
    if column["type"] in ("num", "int", "matrix"):
        return np.asarray(column["values"], dtype=float)
    codes = [column["levels"].index(value) for value in column["values"]]
    return Factor(np.asarray(codes, dtype=np.int64), tuple(column["levels"]), column["type"] == "ordered")
