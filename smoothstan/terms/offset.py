"""Offsets: known parts of the linear predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.formula.syntax import Node
from smoothstan.table import Table
from smoothstan.terms.expression import Expression, bind_numbers, check_functions
from smoothstan.terms.names import suffix
from smoothstan.terms.term import Addend, DensePart, Draws, TermWithoutParameters


@final
@dataclass(frozen=True)
class OffsetTerm(TermWithoutParameters):
    """The sum of the offsets of one distributional parameter."""

    dpar: str
    expressions: tuple[Expression, ...]

    template: ClassVar[str] = "terms/offset.stan.jinja"

    @property
    def p(self) -> str:
        """The suffix of the Stan names."""
        return suffix(self.dpar)

    @property
    def label(self) -> str:
        """What the user wrote."""
        return " + ".join(f"offset({expression.label})" for expression in self.expressions)

    def values(self, table: Table) -> FloatArray:
        """Return the (n,) sum of the offsets."""
        return np.asarray(sum(expression.numbers_at(table) for expression in self.expressions), dtype=float)

    def stan_data(self, table: Table) -> StanData:
        """Return ``offsets``."""
        return {f"offsets{self.p}": self.values(table)}

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return tuple(name for expression in self.expressions for name in expression.variables)

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return nothing."""
        return ()

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return the offset vector."""
        return (Addend(f"offsets{self.p}"),) if dpar == self.dpar else ()

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return the offsets, (rows,)."""
        return self.values(table) if dpar == self.dpar else 0.0


def bind_offset(nodes: Sequence[Node], dpar: str, table: Table, text: str) -> OffsetTerm:
    """Bind the offsets of a predictor; each must be numeric."""
    for node in nodes:
        check_functions(node, text)
    return OffsetTerm(dpar, tuple(bind_numbers(node, table, text)[0] for node in nodes))
