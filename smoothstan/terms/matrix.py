"""Several numeric columns from one expression."""

from __future__ import annotations

from dataclasses import dataclass

from smoothstan.arrays import FloatArray


@dataclass(frozen=True)
class Matrix:
    """Several numeric columns from one expression: (n, m) values and the labels of the columns."""

    values: FloatArray
    labels: tuple[str, ...]

    kind = "matrix"
