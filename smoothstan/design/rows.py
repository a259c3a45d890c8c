"""Which terms a formula has, and which rows of the data it can use; the same for every kind of fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from smoothstan.design.additions import without_fields
from smoothstan.errors import DataError, DataWarning, FormulaError, underline, warn
from smoothstan.formula import ModelFormula, PredictorFormula, TermList, expand, parse
from smoothstan.formula.syntax import Name, Node, names, variables
from smoothstan.formula.vocabulary import INTERCEPT
from smoothstan.table import Table, column_names, no_column, read_table

Expanded = list[tuple[PredictorFormula, TermList]]
"""The terms of every predictor."""


def expand_predictors(formula: ModelFormula, data: Any, main: Sequence[str] = ("mu",)) -> Expanded:
    """Expand the right-hand sides of a formula; a dot stands for all columns but those of the response.

    Args:
        formula: the formula.
        data: the table.
        main: the parameters that the main formula predicts, those with formulas of their own excepted.
    """
    response_columns = _response_columns(formula)
    others = tuple(name for name in column_names(data) if name not in response_columns)
    predictors = formula.predictors_of(main)
    expanded = [(predictor, expand(predictor.rhs, predictor.text, others)) for predictor in predictors]
    for predictor, parts in expanded:
        _check_names(formula, predictor, parts)
    return expanded


def columns_used(formula: ModelFormula, expanded: Expanded) -> tuple[str, ...]:
    """Return the names of the columns that the terms of a formula need, those of the response first."""
    used = [name for node in (formula.response, *formula.additions) for name in variables(node)]
    for _, parts in expanded:
        nodes = [node for term in (*parts.population, *parts.special_effects) for node in term]
        nodes += [*parts.offsets, *parts.specials]
        nodes += [node for group in parts.groups for node in (group.effects, group.group)]
        used += [name for node in nodes for name in variables(node)]
    return tuple(dict.fromkeys(name for name in used if name != INTERCEPT))


def complete_rows(formula: ModelFormula, expanded: Expanded, data: Any) -> tuple[Table, int]:
    """Return the rows in which every column of the model has a value, and how many were left out.

    Warns:
        DataWarning: if rows are left out.
    """
    table, dropped = _complete(formula, expanded, data)
    if dropped:
        warn(f"{dropped} of {table.n + dropped} rows have missing values and are left out", DataWarning)
    return table, dropped


def response_rows(formula: ModelFormula, data: Any) -> Table:
    """Return the rows in which the columns of the response and its additions have a value, and no other columns."""
    return _complete(formula, [], data)[0]


def _complete(formula: ModelFormula, expanded: Expanded, data: Any) -> tuple[Table, int]:
    wanted = dict.fromkeys(columns_used(formula, expanded))
    available = column_names(data)
    with _shown(formula):
        _refuse_reserved_names(wanted)
    with _shown(formula):
        table = read_table(data, wanted)
    if not wanted.keys() <= set(available):
        _refuse_unknown(formula, [name for name in wanted if name not in available], available)
    if table.n == 0:
        raise DataError("the data have no rows")
    table = table.select(wanted)
    with _shown(formula):
        table.refuse_infinite(besides=_only_in_bounds(formula, expanded, "infinite"))
    complete = table.complete(besides=_only_in_bounds(formula, expanded, "missing"))
    kept = int(complete.sum())
    if kept == 0:
        empty = [name for name, column in table.columns.items() if column.missing().all()]
        reason = f"column {empty[0]!r} has no values at all" if empty else "every row misses a value somewhere"
        place = _place(formula, empty[0]) if empty else ""
        raise DataError(f"no row of the data is complete in the model's columns ({', '.join(wanted)}): {reason}{place}")
    dropped = table.n - kept
    used = table.take(np.flatnonzero(complete)) if dropped else table
    return replace(used.drop_unused_levels(), learning=table if dropped else None), dropped


def _only_in_bounds(formula: ModelFormula, expanded: Expanded, allows: str) -> set[str]:
    """Return the columns that are read by nothing but bounds, whose values may be missing, or infinite."""
    rest = replace(formula, additions=tuple(without_fields(call, allows) for call in formula.additions))
    return set(columns_used(formula, expanded)) - set(columns_used(rest, expanded))


def _refuse_reserved_names(names: Iterable[str]) -> None:
    """Refuse names that would make the names of parameters ambiguous, as brms does."""
    for name in names:
        if "__" in name or name.endswith("_"):
            raise DataError(
                f"the column name {name!r} may not contain '__' or end with '_'; rename the column", column=name
            )


def _refuse_unknown(formula: ModelFormula, unknown: list[str], available: tuple[str, ...]) -> None:
    raise DataError(no_column(unknown[0], available) + _place(formula, unknown[0]), column=unknown[0])


@contextmanager
def _shown(formula: ModelFormula) -> Iterator[None]:
    """Show where the formula names a column that is at fault."""
    try:
        yield
    except DataError as fault:
        if fault.column is None:
            raise
        raise DataError(f"{fault}{_place(formula, fault.column)}", column=fault.column) from None


def _place(formula: ModelFormula, column: str) -> str:
    """Return the line of the formula that names a column first, with the name underlined; empty without one."""
    for predictor in formula.predictors:
        for node in names(parse(predictor.text)):
            if node.name == column:
                return f"\n{underline(predictor.text, node.span)}"
    return ""


def _check_names(formula: ModelFormula, predictor: PredictorFormula, parts: TermList) -> None:
    """Refuse the response among the predictors, and the word Intercept where a column is meant."""
    for factor in (factor for term in (*parts.population, *parts.special_effects) for factor in term):
        if factor == formula.response and isinstance(factor, Name):
            raise FormulaError(f"the response {factor.name!r} cannot predict itself", predictor.text, factor.span)
    effects = [factor for term in parts.special_effects for factor in term]
    elsewhere: list[Node] = [*parts.offsets, *parts.specials, *effects, *(group.group for group in parts.groups)]
    for name in (name for node in elsewhere for name in names(node)):
        if name.name == INTERCEPT:
            raise FormulaError("Intercept is a reserved name; rename the column", predictor.text, name.span)


def _response_columns(formula: ModelFormula) -> set[str]:
    nodes = [formula.response, *formula.additions]
    return {name for node in nodes for name in variables(node)}
