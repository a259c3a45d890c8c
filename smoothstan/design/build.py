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
from smoothstan.design.thresholds import (
    CATEGORY_SPECIFIC,
    Thresholds,
    bind_beside_thresholds,
    count_thresholds,
    refuse_category_effects,
    refuse_varying_category_effects,
)
from smoothstan.errors import DataError, FormulaError, NotYetSupported
from smoothstan.families import Family
from smoothstan.formula import ModelFormula, PredictorFormula, TermList
from smoothstan.formula.vocabulary import SMOOTHS
from smoothstan.table import Table
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
    expanded = expand_predictors(formula, data)
    table, dropped = complete_rows(formula, expanded, data)
    table = in_subset(formula, table)
    response = bind_response(formula, family, table)
    thresholds = count_thresholds(formula, response.at(table), table) if family.ordered else None
    if thresholds is not None:
        response = replace(response, categories=thresholds.labels(response.categories))
    options = smooth_options or SmoothOptions()
    smooths = [call for _, parts in expanded for call in parts.specials if call.function in SMOOTHS]
    options.check_knots(smooth_covariates(smooths))
    terms = [
        term
        for predictor, parts in expanded
        for term in _bind_predictor(predictor, parts, family, table, options, thresholds)
    ]
    written = [
        PlacedGroup(predictor.dpar, group, predictor.text) for predictor, parts in expanded for group in parts.groups
    ]
    terms += bind_groups(written, table)
    terms += _auxiliary(formula, family, response, table)
    _refuse_repeated_parameters(terms)
    predicted = tuple(predictor.dpar for predictor in formula.predictors)
    return Design(formula, family, response, predicted, tuple(terms), table, dropped)


def _bind_predictor(
    predictor: PredictorFormula, parts: TermList, family: Family, table: Table, options: SmoothOptions,
    thresholds: Thresholds | None,
) -> Iterator[BoundTerm]:  # fmt: skip
    dpar, text = predictor.dpar, predictor.text
    own = thresholds if dpar == "mu" else None
    refuse_varying_category_effects(parts, text)
    specific = [call for call in parts.specials if call.function == CATEGORY_SPECIFIC]
    for call in parts.specials:
        if call.function not in (*SMOOTHS, CATEGORY_SPECIFIC):
            raise NotYetSupported(f"the term {call.function}() is not built yet", text, call.span)
    if own is not None:
        yield from bind_beside_thresholds(own, parts, specific, predictor, family, table)
    else:
        refuse_category_effects(specific, family, dpar, text)
        yield bind_linear(parts, dpar, _default_intercept(family, dpar), table, text)
    smooths = tuple(call for call in parts.specials if call.function in SMOOTHS)
    if smooths:
        yield bind_smooths(smooths, dpar, table, text, options)
    if parts.offsets:
        yield bind_offset(parts.offsets, dpar, table, text)


def _default_intercept(family: Family, dpar: str) -> str:
    """Return the default prior of an intercept; with an identity link it is the parameter's own."""
    parameter = family.parameter(dpar)
    if dpar != "mu" and family.link(dpar).name == "identity":
        return parameter.prior
    return parameter.intercept_prior


def _auxiliary(formula: ModelFormula, family: Family, response: BoundResponse, table: Table) -> list[BoundTerm]:
    predicted = {predictor.dpar for predictor in formula.predictors}
    held = {p.name: p.held for p in family.parameters} | dict(formula.fixed)
    errors = response.addition("se")
    if errors is not None and "sigma" not in errors.switched:
        held["sigma"] = 0.0
    smallest = float(response.at(table).y.min())
    facts = (
        replace(p, upper=smallest) if p.below_response else p for p in family.parameters if p.name not in predicted
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


def _refuse_repeated_parameters(terms: list[BoundTerm]) -> None:
    """Refuse two terms that give a parameter the same name; group effects of one group are joined."""
    seen: set[str] = set()
    for variable in (variable for term in terms for variable in term.variables if len(variable.dims) < 2):
        if variable.name in seen:
            raise DataError(f"two parameters get the same name {variable.name!r}; rename a column")
        seen.add(variable.name)
