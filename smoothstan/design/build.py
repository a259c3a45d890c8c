"""Bind a formula to data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from smoothstan.design.design import Design
from smoothstan.design.response import bind_response
from smoothstan.errors import DataError, DataWarning, FormulaError, NotYetSupported, underline, warn
from smoothstan.families import Family
from smoothstan.formula import ModelFormula, PredictorFormula, TermList, expand, parse
from smoothstan.formula.syntax import Name, Node, names, variables
from smoothstan.formula.vocabulary import INTERCEPT, SMOOTHS
from smoothstan.table import Table, column_names, no_column, read_table
from smoothstan.terms import (
    AuxiliaryTerm,
    BoundTerm,
    PlacedGroup,
    SmoothOptions,
    bind_groups,
    bind_linear,
    bind_offset,
    bind_smooths,
    smooth_covariates,
)


def build_design(
    formula: ModelFormula, data: Any, family: Family, smooth_options: SmoothOptions | None = None
) -> Design:
    """Bind every term of a formula to data.

    Args:
        formula: the parsed formula.
        data: anything that ``read_table`` takes.
        family: the response family.
        smooth_options: knots of the smooths and the objects that they name.

    Warns:
        DataWarning: if rows with missing values are left out.

    Raises:
        FormulaError, DataError, FamilyError: naming the place, what was found and what is allowed.
    """
    _check_parameters(formula, family)
    response_columns = _response_columns(formula)
    others = tuple(name for name in column_names(data) if name not in response_columns)
    expanded = [(predictor, expand(predictor.rhs, predictor.text, others)) for predictor in formula.predictors]
    for predictor, parts in expanded:
        _check_names(formula, predictor, parts)
    table, dropped = _complete_rows(formula, expanded, data)
    response = bind_response(formula, family, table)
    options = smooth_options or SmoothOptions()
    smooths = [call for _, parts in expanded for call in parts.specials if call.function in SMOOTHS]
    options.check_knots(smooth_covariates(smooths))
    terms = [
        term for predictor, parts in expanded for term in _bind_predictor(predictor, parts, family, table, options)
    ]
    written = [
        PlacedGroup(predictor.dpar, group, predictor.text) for predictor, parts in expanded for group in parts.groups
    ]
    terms += bind_groups(written, table)
    terms += _auxiliary(formula, family)
    _refuse_repeated_parameters(terms)
    predicted = tuple(predictor.dpar for predictor in formula.predictors)
    return Design(formula, family, response, predicted, tuple(terms), table, dropped)


def _bind_predictor(
    predictor: PredictorFormula, parts: TermList, family: Family, table: Table, options: SmoothOptions
) -> Iterator[BoundTerm]:
    dpar, text = predictor.dpar, predictor.text
    for call in parts.specials:
        if call.function not in SMOOTHS:
            raise NotYetSupported(f"the term {call.function}() is not built yet", text, call.span)
    yield bind_linear(parts, dpar, _default_intercept(family, dpar), table, text)
    if parts.specials:
        yield bind_smooths(parts.specials, dpar, table, text, options)
    if parts.offsets:
        yield bind_offset(parts.offsets, dpar, table, text)


def _default_intercept(family: Family, dpar: str) -> str:
    """Return the default prior of an intercept; with an identity link it is the parameter's own."""
    parameter = family.parameter(dpar)
    if dpar != "mu" and family.link(dpar).name == "identity":
        return parameter.prior
    return parameter.intercept_prior


def _auxiliary(formula: ModelFormula, family: Family) -> list[BoundTerm]:
    predicted = {predictor.dpar for predictor in formula.predictors}
    held = dict(formula.fixed)
    return [AuxiliaryTerm(p, held.get(p.name)) for p in family.parameters if p.name not in predicted]


def _check_parameters(formula: ModelFormula, family: Family) -> None:
    names = [p.name for p in family.parameters]
    for predictor in formula.predictors[1:]:
        if predictor.dpar not in names[1:]:
            raise FormulaError(
                f"family {family.name} has no parameter {predictor.dpar!r} to predict "
                f"(it has: {', '.join(names[1:]) or 'none besides mu'})",
                predictor.text,
                predictor.span,
            )
    for name, value in formula.fixed:
        if name not in names[1:]:
            raise FormulaError(
                f"family {family.name} has no parameter {name!r} to hold (it has: {', '.join(names[1:]) or 'none'})"
            )
        parameter = family.parameter(name)
        low, high = parameter.lower, parameter.upper
        if not np.isfinite(value) or (low is not None and value <= low) or (high is not None and value >= high):
            raise FormulaError(f"{name} = {value:g} lies outside its range ({low}, {high})")


def _check_names(formula: ModelFormula, predictor: PredictorFormula, parts: TermList) -> None:
    """Refuse the response among the predictors, and the word Intercept where a column is meant."""
    for factor in (factor for term in parts.population for factor in term):
        if factor == formula.response and isinstance(factor, Name):
            raise FormulaError(f"the response {factor.name!r} cannot predict itself", predictor.text, factor.span)
    elsewhere: list[Node] = [*parts.offsets, *parts.specials, *(group.group for group in parts.groups)]
    for name in (name for node in elsewhere for name in names(node)):
        if name.name == INTERCEPT:
            raise FormulaError("Intercept is a reserved name; rename the column", predictor.text, name.span)


def _refuse_repeated_parameters(terms: list[BoundTerm]) -> None:
    """Refuse two terms that give a parameter the same name; group effects of one group are joined."""
    seen: set[str] = set()
    for variable in (variable for term in terms for variable in term.variables if len(variable.dims) < 2):
        if variable.name in seen:
            raise DataError(f"two parameters get the same name {variable.name!r}; rename a column")
        seen.add(variable.name)


def _response_columns(formula: ModelFormula) -> set[str]:
    nodes = [formula.response, *formula.additions]
    return {name for node in nodes for name in variables(node)}


def _complete_rows(
    formula: ModelFormula, expanded: list[tuple[PredictorFormula, TermList]], data: Any
) -> tuple[Table, int]:
    """Return the rows in which every column of the model has a value, and how many were left out."""
    used = [name for node in (formula.response, *formula.additions) for name in variables(node)]
    for _, parts in expanded:
        nodes = [node for term in parts.population for node in term]
        nodes += [*parts.offsets, *parts.specials]
        nodes += [node for group in parts.groups for node in (group.effects, group.group)]
        used += [name for node in nodes for name in variables(node)]
    wanted = dict.fromkeys(name for name in used if name != INTERCEPT)
    available = column_names(data)
    _refuse_reserved_names(wanted)
    table = read_table(data, wanted)
    if not wanted.keys() <= set(available):
        _refuse_unknown(formula, [name for name in wanted if name not in available], available)
    if table.n == 0:
        raise DataError("the data have no rows")
    table = table.select(wanted)
    table.refuse_infinite()
    complete = table.complete()
    kept = int(complete.sum())
    if kept == 0:
        empty = [name for name, column in table.columns.items() if column.missing().all()]
        reason = f"column {empty[0]!r} has no values at all" if empty else "every row misses a value somewhere"
        raise DataError(f"no row of the data is complete in the model's columns ({', '.join(wanted)}): {reason}")
    dropped = table.n - kept
    if dropped:
        warn(f"{dropped} of {table.n} rows have missing values and are left out", DataWarning)
        table = table.take(np.flatnonzero(complete))
    return table.drop_unused_levels(), dropped


def _refuse_reserved_names(names: Iterable[str]) -> None:
    """Refuse names that would make the names of parameters ambiguous, as brms does."""
    for name in names:
        if "__" in name or name.endswith("_"):
            raise DataError(f"the column name {name!r} may not contain '__' or end with '_'; rename the column")


def _refuse_unknown(formula: ModelFormula, unknown: list[str], available: tuple[str, ...]) -> None:
    name = unknown[0]
    message = no_column(name, available)
    for predictor in formula.predictors:
        for node in names(parse(predictor.text)):
            if node.name == name:
                raise DataError(f"{message}\n{underline(predictor.text, node.span)}")
    raise DataError(message)
