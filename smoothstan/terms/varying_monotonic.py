"""Monotonic effects that vary by group: the columns that effects of levels multiply hang on parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smoothstan.arrays import FloatArray
from smoothstan.errors import FormulaError
from smoothstan.formula import Interaction
from smoothstan.formula.syntax import Span
from smoothstan.table import Table
from smoothstan.terms.monotonic import MonotonicTerm
from smoothstan.terms.monotonic_bind import monotonic_matrix
from smoothstan.terms.term import Draws


@dataclass(frozen=True)
class SpecialColumns:
    """Columns that a population-level term gives to varying effects; mostly none.

    Args:
        names: of the effects.
        term: the term, whose coefficients have the same names.
    """

    names: tuple[str, ...] = ()
    term: MonotonicTerm | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.names

    @property
    def source(self) -> MonotonicTerm:
        """The term, where there are columns."""
        assert self.term is not None
        return self.term

    def expression(self, name: str) -> str:
        """Return the Stan expression of a column, empty if it is not one of these."""
        return self.source.expression(name) if name in self else ""

    def values(self, name: str, draws: Draws, table: Table) -> FloatArray:
        """Return a column, (draws, rows)."""
        return self.source.values(name, draws, table)

    def reads(self, name: str) -> tuple[str, ...]:
        """Return the columns of the table that one needs."""
        return self.source.effect_reads(name)

    def written(self, name: str) -> frozenset[str]:
        """Return the factors of its term."""
        return self.source.written(name)


def bind_special_columns(
    terms: Sequence[Interaction], dpar: str, known: Sequence[MonotonicTerm], table: Table, text: str, span: Span
) -> SpecialColumns:
    """Bind monotonic effects that vary by group.

    Args:
        terms: the monotonic terms left of the bar.
        dpar: the distributional parameter.
        known: the population-level monotonic terms of the model.
        table: the rows used.
        text, span: the formula and the place of the group-level term, for errors.

    Raises:
        FormulaError: if one does not stand among the population-level terms, whose simplex it needs (brms's rule).
    """
    if not terms:
        return SpecialColumns()
    own = next((term for term in known if term.dpar == dpar), None)
    names = monotonic_matrix(terms, table, text).names
    missing = [name for name in names if own is None or name not in own.names]
    if missing:
        there = ", ".join(own.names) if own is not None else "none"
        raise FormulaError(
            f"a monotonic effect that varies by group must stand among the population-level terms of {dpar} too; "
            f"{missing[0]} does not (there: {there})", text, span,
        )  # fmt: skip
    return SpecialColumns(names, own)
