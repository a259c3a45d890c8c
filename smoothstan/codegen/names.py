"""The Stan expressions that a family's macros place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce


def folded(function: str, parts: Iterable[str]) -> str:
    """Return nested calls of a function of two arguments."""
    return reduce(lambda left, right: f"{function}({left}, {right})", parts)


class Names(dict[str, str]):
    """Name in the macros -> Stan expression: ``y``, ``mu``, ``trials``, every parameter.

    ``vectors`` holds the names whose expressions have a value per row; the others are numbers.
    """

    def __init__(self, expressions: dict[str, str], vectors: Collection[str]) -> None:
        super().__init__(expressions)
        self.vectors = frozenset(vectors)

    def at(self, rows: str) -> Names:
        """Return the expressions at some of the rows, an array of row numbers."""
        return Names({k: f"{v}[{rows}]" if k in self.vectors else v for k, v in self.items()}, self.vectors)

    def having(self, **expressions: str) -> Names:
        """Return the same names with other expressions for some, or further ones."""
        return Names({**self, **expressions}, self.vectors)
