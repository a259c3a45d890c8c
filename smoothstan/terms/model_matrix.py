"""The model matrix of population-level terms, coded as R codes it.

A factor in a term is coded by contrasts if the rest of the term is part of an earlier term, or empty; by one
indicator per level if not; without an intercept the first factor of the first term that has one
always keeps all its indicators.  Source: Chambers & Hastie (1992), section 2.4.1; the behaviour of R's
``model.matrix``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import DataError, underline
from smoothstan.formula.algebra import Interaction
from smoothstan.formula.syntax import Node
from smoothstan.table import Factor, Logical, Table, as_factor
from smoothstan.terms.contrasts import full_coding, reduced_coding
from smoothstan.terms.expression import Expression, Matrix, Value, bind_expression, check_functions
from smoothstan.terms.names import clean_name

_INTERCEPT_LABEL = "Intercept"


@dataclass(frozen=True)
class FactorColumns:
    """One factor of a term: its expression, the coding of its levels and the labels of its columns.

    ``coding`` is (levels, columns) for a categorical factor, whose ``levels`` are listed, and None for a numeric one.
    """

    expression: Expression
    coding: FloatArray | None
    labels: tuple[str, ...]
    levels: tuple[str, ...] = ()

    def at(self, table: Table) -> FloatArray:
        """Return the (n, columns) columns on a table."""
        value = self.expression.at(table)
        if self.coding is None:
            return _numbers(value)
        return np.asarray(self.coding[self._codes(_with_both_levels(value))])

    def _codes(self, factor: Factor) -> IntArray:
        """Return the codes of a factor by our levels, which may be fewer than those of its column."""
        if factor.levels == self.levels:
            return factor.codes
        for level in factor.drop_unused().levels:
            if level not in self.levels:
                raise DataError(f"no row of the fit has {self.expression.label} = {level!r}")
        codes = [self.levels.index(level) if level in self.levels else -1 for level in factor.levels]
        return np.asarray([*codes, -1], dtype=np.int64)[factor.codes]


@dataclass(frozen=True)
class ModelMatrix:
    """The columns of population-level terms; ``names`` are brms's, the intercept first if there is one."""

    intercept: bool
    terms: tuple[tuple[FactorColumns, ...], ...]
    names: tuple[str, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the table that it needs."""
        return tuple(name for term in self.terms for factor in term for name in factor.expression.variables)

    @property
    def labels(self) -> tuple[str, ...]:
        """R's names of the columns: ``(Intercept)``, ``fb``, ``x:z``."""
        first = ("(Intercept)",) if self.intercept else ()
        return (*first, *(label for term in self.terms for label in _labels(term)))

    @property
    def term_columns(self) -> tuple[tuple[str, int, int], ...]:
        """For every term its label, first column and one past its last."""
        labels = (":".join(factor.expression.label for factor in term) for term in self.terms)
        return tuple((label, start, stop) for label, (_, start, stop) in zip(labels, self.term_factors, strict=True))

    @property
    def term_factors(self) -> tuple[tuple[frozenset[str], int, int], ...]:
        """For every term the labels of its factors, first column and one past its last."""
        found, start = [], int(self.intercept)
        for term in self.terms:
            stop = start + len(_labels(term))
            found.append((frozenset(factor.expression.label for factor in term), start, stop))
            start = stop
        return tuple(found)

    def at(self, table: Table) -> FloatArray:
        """Return the (n, k) matrix at the rows of a table."""
        matrix = np.empty((table.n, len(self.names)), order="F")
        start = 0
        if self.intercept:
            matrix[:, 0] = 1.0
            start = 1
        cache: dict[int, FloatArray] = {}
        for term in self.terms:
            parts = []
            for factor in term:
                if id(factor) not in cache:
                    cache[id(factor)] = factor.at(table)
                parts.append(cache[id(factor)])
            columns = reduce(_row_products, parts)
            matrix[:, start : start + columns.shape[1]] = columns
            start += columns.shape[1]
        return matrix


def bind_model_matrix(
    terms: Sequence[Interaction], *, intercept: bool, coded_with_intercept: bool, table: Table, text: str
) -> ModelMatrix:
    """Bind population-level terms to data.

    Args:
        terms: the terms in their final order.
        intercept: whether the matrix has an intercept column.
        coded_with_intercept: whether factors are coded as beside an intercept.
        table: the rows used.
        text: the formula's text, for errors.
    """
    for node in (node for term in terms for node in term):
        check_functions(node, text)
    bound: dict[Node, tuple[Expression, Value]] = {}
    for node in (node for term in terms for node in term):
        if node not in bound:
            bound[node] = _bind_factor(node, table, text)
            _check_levels(bound[node][1], node, text)
    full = _full_codings(terms, bound, coded_with_intercept)
    columns: dict[tuple[Node, bool], FactorColumns] = {}
    result = []
    for index, term in enumerate(terms):
        for node in term:
            key = (node, (index, node) in full)
            if key not in columns:
                columns[key] = _factor_columns(*bound[node], full=key[1])
        result.append(tuple(columns[node, (index, node) in full] for node in term))
    labels = [_INTERCEPT_LABEL] if intercept else []
    labels += [label for term in result for label in _labels(term)]
    names = tuple(clean_name(label) for label in labels)
    _refuse_repeated(names, labels)
    return ModelMatrix(intercept, tuple(result), names)


def _bind_factor(node: Node, table: Table, text: str) -> tuple[Expression, Value]:
    """Bind a factor of a term; strings have no levels but those of the rows that the model keeps."""
    expression, value = bind_expression(node, table, text)
    if isinstance(value, Factor) and value.textual and table.kept is not None:
        kept = expression.at(table.kept)
        assert isinstance(kept, Factor)
        return expression, kept.drop_unused()
    return expression, value


def _full_codings(
    terms: Sequence[Interaction], bound: dict[Node, tuple[Expression, Value]], intercept: bool
) -> set[tuple[int, Node]]:
    """Return (term index, factor) of every factor that keeps all its indicator columns."""
    full: set[tuple[int, Node]] = set()
    first = not intercept
    for index, term in enumerate(terms):
        for node in term:
            if not isinstance(bound[node][1], (Factor, Logical)):
                continue
            others = frozenset(term) - {node}
            if first or (others and not any(others <= frozenset(earlier) for earlier in terms[:index])):
                full.add((index, node))
            first = False
    return full


def _factor_columns(expression: Expression, value: Value, *, full: bool) -> FactorColumns:
    label = expression.label
    if isinstance(value, (Factor, Logical)):
        factor = as_factor(_with_both_levels(value))
        coding, suffixes = full_coding(factor) if full else reduced_coding(factor)
        return FactorColumns(expression, coding, tuple(label + s for s in suffixes), factor.levels)
    if isinstance(value, Matrix):
        return FactorColumns(expression, None, tuple(label + s for s in value.labels))
    return FactorColumns(expression, None, (label,))


def _with_both_levels(value: Value) -> Factor:
    """Read a value as a factor; a logical always has the levels FALSE and TRUE."""
    if isinstance(value, Logical):
        return Factor(value.values.astype(np.int64), ("FALSE", "TRUE"))
    assert isinstance(value, Factor)
    return value


def _numbers(value: Value) -> FloatArray:
    if isinstance(value, Matrix):
        return value.values
    assert not isinstance(value, Factor)
    return value.values[:, None]


def _row_products(left: FloatArray, right: FloatArray) -> FloatArray:
    """Multiply every column of ``left`` with every column of ``right``, those of ``left`` running fastest."""
    return np.asarray((right[:, :, None] * left[:, None, :]).reshape(len(left), -1))


def _labels(term: tuple[FactorColumns, ...]) -> list[str]:
    labels = list(term[0].labels)
    for factor in term[1:]:
        labels = [f"{left}:{right}" for right in factor.labels for left in labels]
    return labels


def _check_levels(value: Value, node: Node, text: str) -> None:
    if isinstance(value, Factor) and len(value.levels) < 2:
        level = f", {value.levels[0]!r}" if value.levels else ""
        raise DataError(
            f"a factor needs at least two levels, this one has {len(value.levels)}{level}\n{underline(text, node.span)}"
        )


def _refuse_repeated(names: tuple[str, ...], labels: list[str]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            first = labels[names.index(name)]
            raise DataError(f"two columns of the design get the same name {name!r}: {first!r} and {labels[i]!r}")
