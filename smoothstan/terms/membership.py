"""Which levels of a grouping every row belongs to: one, or, with weights, several (multi-membership)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, underline
from smoothstan.formula import WrittenGrouping
from smoothstan.formula.syntax import Call, Node, variables
from smoothstan.table import Factor, Table, as_factor, collation_key
from smoothstan.terms.expression import Expression, Matrix, as_numbers, bind_expression


@dataclass(frozen=True)
class Member:
    """One of the levels that a row belongs to, by the names of its data in the program.

    ``suffix`` follows the names ``J`` and ``Z``; ``weighted`` says whether there is a ``W``.
    """

    number: int
    suffix: str
    weighted: bool


@dataclass(frozen=True)
class Membership(ABC):
    """How rows belong to the levels of a grouping: ``factors`` are the columns of every grouping factor."""

    factors: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that name levels."""
        return tuple(dict.fromkeys(name for columns in self.factors for name in columns))

    @property
    @abstractmethod
    def members(self) -> tuple[Member, ...]:
        """The members of every row."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs besides those that name levels."""

    @abstractmethod
    def weights(self, table: Table) -> FloatArray | None:
        """Return (n, members) weights, or None where every row has one member that counts fully."""

    def levels(self, table: Table) -> tuple[str, ...]:
        """Return the levels that occur, those of the first factor first."""
        found = (combined_factor(table, columns).drop_unused().levels for columns in self.factors)
        return tuple(dict.fromkeys(level for levels in found for level in levels))

    def labels(self, table: Table) -> list[Factor]:
        """Return the level of every row for every member."""
        return [combined_factor(table, columns) for columns in self.factors]


@final
@dataclass(frozen=True)
class SingleMembership(Membership):
    """Every row belongs to one level."""

    @property
    def members(self) -> tuple[Member, ...]:
        """One member, without weight."""
        return (Member(0, "", weighted=False),)

    @property
    def reads(self) -> tuple[str, ...]:
        """Nothing more."""
        return ()

    def weights(self, table: Table) -> None:
        """Return None."""


@final
@dataclass(frozen=True)
class MultiMembership(Membership):
    """Every row belongs to several levels, the sum of whose effects, times weights, counts.

    Args:
        given: the expressions for the weights, or none for equal ones.
        scale: whether the weights of a row are made to sum to one.

    Source: Browne, Goldstein & Rasbash (2001), Statistical Modelling 1, 103-124.
    """

    given: tuple[Expression, ...] = ()
    scale: bool = True

    @property
    def members(self) -> tuple[Member, ...]:
        """One member per grouping factor."""
        return tuple(Member(k, f"_{k + 1}", weighted=True) for k in range(len(self.factors)))

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the weights."""
        return tuple(name for expression in self.given for name in expression.variables)

    def weights(self, table: Table) -> FloatArray:
        """Return the weights of every row's members."""
        count = len(self.factors)
        if not self.given:
            return np.full((table.n, count), 1 / count)
        values = columns_at(self.given, table)
        self._check(values)
        return values / values.sum(axis=1, keepdims=True) if self.scale else values

    def _check(self, values: FloatArray) -> None:
        first = self.given[0]
        if values.shape[1] != len(self.factors):
            self._refuse(f"mm() has {len(self.factors)} grouping factors but {values.shape[1]} weights", first)
        if self.scale and (values < 0).any():
            self._refuse(f"weights of mm() must not be negative (row {_first(values < 0)}) unless scale = FALSE", first)
        if self.scale and (values.sum(axis=1) == 0).any():
            self._refuse(
                f"the weights of row {_first(values.sum(axis=1, keepdims=True) == 0)} sum to zero and cannot be scaled",
                first,
            )

    def _refuse(self, message: str, place: Expression) -> None:
        raise DataError(f"{message} (rows count from 0)\n{underline(place.text, place.node.span)}")


def _first(wrong: np.ndarray) -> int:
    return int(np.argmax(wrong.any(axis=1)))


def bind_membership(written: WrittenGrouping, table: Table, text: str) -> Membership:
    """Bind the grouping factors of a grouping, and its weights."""
    factors = tuple(variables(factor) for factor in written.factors)
    if not written.multiple:
        return SingleMembership(factors)
    membership = MultiMembership(factors, bind_columns(written.weights, table, text), written.scale)
    membership.weights(table)
    return membership


def bind_columns(node: Node | None, table: Table, text: str) -> tuple[Expression, ...]:
    """Bind an expression for one column per member, such as ``cbind(w1, w2)``."""
    if node is None:
        return ()
    nodes = [a.value for a in node.arguments] if isinstance(node, Call) and node.function == "cbind" else [node]
    return tuple(bind_expression(part, table, text)[0] for part in nodes)


def columns_at(expressions: Sequence[Expression], table: Table) -> FloatArray:
    """Return the (n, k) numbers of several expressions, each a column or a matrix."""
    parts = []
    for expression in expressions:
        value = expression.at(table)
        values = value.values if isinstance(value, Matrix) else as_numbers(value, expression.node, expression.text)
        parts.append(values.reshape(table.n, -1))
    return np.concatenate(parts, axis=1)


def combined_factor(table: Table, columns: Sequence[str]) -> Factor:
    """Return the factor whose levels are the combinations that occur, joined by ``_``.

    A single column keeps its order of levels; combinations are sorted as R sorts strings, as brms does.
    """
    first = as_factor(table[columns[0]])
    if len(columns) == 1:
        return first
    factors = [first, *(as_factor(table[name]) for name in columns[1:])]
    code = np.zeros(table.n, dtype=np.int64)
    for factor in factors:
        code = code * len(factor.levels) + factor.codes
    used, codes = np.unique(code, return_inverse=True)
    names = []
    for value in used.tolist():
        parts = []
        for factor in reversed(factors):
            value, level = divmod(value, len(factor.levels))
            parts.append(factor.levels[level])
        names.append("_".join(reversed(parts)))
    levels = sorted(set(names), key=collation_key)
    position = {level: i for i, level in enumerate(levels)}
    return Factor(np.asarray([position[n] for n in names], dtype=np.int64)[codes], tuple(levels))
