"""The user's data as named columns of equal length."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from smoothstan.arrays import BoolArray, IntArray
from smoothstan.errors import DataError, suggestion
from smoothstan.table.columns import Column, Factor, MatrixColumn, Numeric


def no_column(name: str, available: Sequence[str]) -> str:
    """Return the message for a column that the data lack."""
    listed = ", ".join(available) or "none" if len(available) <= 30 else f"{len(available)} columns"
    return f"the data has no column {name!r}{suggestion(name, available)} (it has: {listed})"


@dataclass(frozen=True)
class Table:
    """Named columns of ``n`` rows each.

    Rows taken from others may remember them: ``learning`` holds the rows from which transforms learn, values missing
    among them, and ``kept`` those of the rows that the model keeps.
    """

    columns: Mapping[str, Column]
    n: int
    learning: Table | None = field(default=None, compare=False, repr=False)
    kept: Table | None = field(default=None, compare=False, repr=False)

    def __getitem__(self, name: str) -> Column:
        if name not in self.columns:
            raise DataError(no_column(name, tuple(self.columns)))
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        return self.n

    def select(self, names: Iterable[str]) -> Table:
        """Return only the named columns."""
        return Table({name: self[name] for name in dict.fromkeys(names)}, self.n)

    def take(self, rows: IntArray) -> Table:
        """Return the given rows."""
        return Table({k: c.take(rows) for k, c in self.columns.items()}, len(rows))

    def drop_unused_levels(self) -> Table:
        """Return the same rows, every factor without the levels that no row has."""
        columns = {k: c.drop_unused() if isinstance(c, Factor) else c for k, c in self.columns.items()}
        return Table(columns, self.n)

    def complete(self, *, besides: Container[str] = ()) -> BoolArray:
        """Return which rows have a value in every column, ``besides`` some."""
        mask = np.ones(self.n, dtype=bool)
        for name, column in self.columns.items():
            if name not in besides:
                mask &= ~column.missing()
        return mask

    def refuse_infinite(self, *, besides: Container[str] = ()) -> None:
        """Raise DataError if a numeric column, ``besides`` some, holds an infinite value."""
        for name, column in self.columns.items():
            if name in besides:
                continue
            if isinstance(column, (Numeric, MatrixColumn)) and np.isinf(column.values).any():
                row = int(np.argwhere(np.isinf(column.values))[0, 0])
                raise DataError(f"column {name!r} has an infinite value in row {row} (rows count from 0)", column=name)

    def refuse_missing(self) -> None:
        """Raise DataError if a column lacks a value."""
        for name, column in self.columns.items():
            missing = column.missing()
            if missing.any():
                raise DataError(f"column {name!r} has no value in row {int(np.argmax(missing))} (rows count from 0)")
