"""Bind a formula to data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from smoothstan.design.additions import in_subset
from smoothstan.design.design import Design
from smoothstan.design.response import BoundResponse, bind_response
from smoothstan.design.rows import complete_rows, expand_predictors
from smoothstan.errors import DataError, FormulaError, NotYetSupported
from smoothstan.families import Family
from smoothstan.formula import ModelFormula, PredictorFormula, TermList
from smoothstan.formula.vocabulary import SMOOTHS
from smoothstan.table import Table
from smoothstan.terms import (
    AuxiliaryTerm,
    BoundTerm,
    MonotonicTerm,
    PlacedGroup,
    SmoothOptions,
    bind_groups,
    bind_linear,
    bind_monotonic,
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
    expanded = expand_predictors(formula, data)
    table, dropped = complete_rows(formula, expanded, data)
    table = in_subset(formula, table)
    response = bind_response(formula, family, table)
    options = smooth_options or SmoothOptions()
    smooths = [call for _, parts in expanded for call in parts.specials if call.function in SMOOTHS]
    options.check_knots(smooth_covariates(smooths))
    terms = [
        term for predictor, parts in expanded for term in _bind_predictor(predictor, parts, family, table, options)
    ]
    written = [
        PlacedGroup(predictor.dpar, group, predictor.text, predictor.cmc)
        for predictor, parts in expanded
        for group in parts.groups
    ]
    terms += bind_groups(written, table, [term for term in terms if isinstance(term, MonotonicTerm)])
    terms += _auxiliary(formula, family, response, table)
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
    yield bind_linear(
        parts, dpar, _default_intercept(family, dpar), table, text, center=predictor.center, cmc=predictor.cmc
    )
    if parts.specials:
        yield bind_smooths(parts.specials, dpar, table, text, options)
    if parts.special_effects:
        yield bind_monotonic(parts.special_effects, dpar, table, text)
    if parts.offsets:
        yield bind_offset(parts.offsets, dpar, table, text)


def _default_intercept(family: Family, dpar: str) -> str:
    """Return the default prior of an intercept; with an identity link it is the parameter's own."""
    parameter = family.parameter(dpar)
    if dpar != "mu" and family.link(dpar).name == "identity":
        return parameter.prior
    return parameter.intercept_prior


def _auxiliary(formula: ModelFormula, family: Family, response: BoundResponse, table: Table) -> list[BoundTerm]:
    elsewhere = {*(predictor.dpar for predictor in formula.predictors), *dict(formula.equal)}
    held = dict(formula.fixed)
    errors = response.addition("se")
    if errors is not None and "sigma" not in errors.switched:
        held["sigma"] = 0.0
    smallest = float(response.at(table).y.min())
    facts = (
        replace(p, upper=smallest) if p.below_response else p for p in family.parameters if p.name not in elsewhere
    )
    return [AuxiliaryTerm(p, held.get(p.name)) for p in facts]


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
    for name, other in formula.equal:
        _check_equal(name, other, formula, family)


def _check_equal(name: str, other: str, formula: ModelFormula, family: Family) -> None:
    """Refuse to set a parameter equal to one that is not there, is set so itself, or has another range."""
    names = [p.name for p in family.parameters][1:]
    for wanted in (name, other):
        if wanted not in names:
            raise FormulaError(
                f"{name} = {other!r}: family {family.name} has no parameter {wanted!r} besides mu "
                f"(it has: {', '.join(names) or 'none'})"
            )
    if name == other:
        raise FormulaError(f"{name} = {other!r}: a parameter cannot be set equal to itself")
    if other in dict(formula.equal):
        raise FormulaError(
            f"{name} = {other!r}: {other} is set equal to {dict(formula.equal)[other]!r} itself; name the parameter "
            "that is free"
        )
    ranges = [(p.lower, p.upper, p.below_response) for p in map(family.parameter, (name, other))]
    if ranges[0] != ranges[1]:
        raise FormulaError(
            f"{name} = {other!r}: the two have different ranges, {_range(family, name)} and {_range(family, other)}"
        )


def _range(family: Family, dpar: str) -> str:
    facts = family.parameter(dpar)
    low = "-Inf" if facts.lower is None else f"{facts.lower:g}"
    high = "min(y)" if facts.below_response else "Inf" if facts.upper is None else f"{facts.upper:g}"
    return f"({low}, {high})"


def _refuse_repeated_parameters(terms: list[BoundTerm]) -> None:
    """Refuse two terms that give a parameter the same name; group effects of one group are joined."""
    seen: set[str] = set()
    for variable in (variable for term in terms for variable in term.variables if len(variable.dims) < 2):
        if variable.name in seen:
            raise DataError(f"two parameters get the same name {variable.name!r}; rename a column")
        seen.add(variable.name)
