"""Bind a formula to data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from smoothstan.design.additions import in_subset
from smoothstan.design.categories import categories_on, response_categories
from smoothstan.design.design import Design
from smoothstan.design.parameters import check_parameters, refuse_held_above, refuse_sigma
from smoothstan.design.response import BoundResponse, bind_response, response_underlined
from smoothstan.design.rows import Expanded, complete_rows, expand_predictors
from smoothstan.design.thresholds import (
    Thresholds,
    bind_beside_thresholds,
    check_category_effects,
    count_thresholds,
)
from smoothstan.errors import DataError, FormulaError, NotYetSupported
from smoothstan.families import Family
from smoothstan.formula import ModelFormula, PredictorFormula, TermList
from smoothstan.formula.vocabulary import SMOOTHS
from smoothstan.table import Table
from smoothstan.terms import (
    CATEGORY_SPECIFIC,
    AuxiliaryTerm,
    BoundTerm,
    Evidence,
    LinearTerm,
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
    known = response_categories(formula, data) if family.categorical and not family.ordered else ()
    family, expanded, whole, dropped = _bound_rows(formula, data, family, known)
    # Levels, and what transforms of predictors learn, come from all rows; subset() only picks rows, as in brms.
    table = replace(in_subset(formula, whole), learning=None)
    whole = replace(whole, kept=table)
    response = bind_response(formula, family, table)
    # Categories, like levels, do not depend on subset().
    thresholds = count_thresholds(formula, response.values(whole), whole) if family.ordered else None
    if thresholds is not None:
        response = replace(response, categories=thresholds.labels(response.categories))
    options = smooth_options or SmoothOptions()
    smooths = [call for _, parts in expanded for call in parts.specials if call.function in SMOOTHS]
    options.check_knots(smooth_covariates(smooths))
    terms = [
        term
        for predictor, parts in expanded
        for term in _bind_predictor(predictor, parts, family, (whole, table), options, thresholds)
    ]
    most = 0 if thresholds is None else thresholds.most
    written = [
        PlacedGroup(predictor.dpar, group, predictor.text, predictor.cmc, most)
        for predictor, parts in expanded
        for group in parts.groups
    ]
    special = [term for term in terms if isinstance(term, MonotonicTerm)]
    terms += bind_groups(written, whole, options.settings, _evidence(terms, response, table), special)
    predicted = tuple(predictor.dpar for predictor, _ in expanded)
    terms += _auxiliary(formula, predicted, family, response, table)
    _refuse_repeated_parameters(terms)
    return Design(formula, family, response, predicted, tuple(terms), table, dropped)


def _evidence(terms: list[BoundTerm], response: BoundResponse, table: Table) -> Evidence:
    linear = next(term for term in terms if isinstance(term, LinearTerm))
    return Evidence(response.values(table) if response.numeric else None, linear.matrix.at(table))


def _bound_rows(
    formula: ModelFormula, data: Any, family: Family, categories: tuple[str, ...]
) -> tuple[Family, Expanded, Table, int]:
    """Return the family that knows the response's categories, the terms, the rows, and how many were left out."""
    with response_underlined(formula):
        family = family.bound(categories)
    check_parameters(formula, family)
    expanded = expand_predictors(formula, data, family.main)
    whole, dropped = complete_rows(formula, expanded, data)
    if family.categorical and not family.ordered:
        used = categories_on(formula, in_subset(formula, whole))
        if used != categories:
            # All rows of a category miss a value elsewhere.
            return _bound_rows(formula, data, family, used)
    return family, expanded, whole, dropped


def _bind_predictor(
    predictor: PredictorFormula, parts: TermList, family: Family, tables: tuple[Table, Table], options: SmoothOptions,
    thresholds: Thresholds | None,
) -> Iterator[BoundTerm]:  # fmt: skip
    (whole, table), dpar, text = tables, predictor.dpar, predictor.text
    own = thresholds if dpar == "mu" else None
    check_category_effects(own, parts, family, dpar, text)
    for call in parts.specials:
        if call.function == "mmc":
            raise FormulaError("mmc() varies by a multi-membership group: (mmc(x1, x2) | mm(g1, g2))", text, call.span)
        if call.function not in (*SMOOTHS, CATEGORY_SPECIFIC):
            raise NotYetSupported(f"the term {call.function}() is not built yet", text, call.span)
    if own is not None:
        yield from bind_beside_thresholds(own, parts, predictor, family, whole)
    else:
        yield bind_linear(
            parts, dpar, _default_intercept(family, dpar), whole, text, center=predictor.center, cmc=predictor.cmc
        )
    smooths = tuple(call for call in parts.specials if call.function in SMOOTHS)
    if smooths:
        yield bind_smooths(smooths, dpar, table, text, options)
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


def _auxiliary(
    formula: ModelFormula, predicted: Sequence[str], family: Family, response: BoundResponse, table: Table
) -> list[BoundTerm]:
    elsewhere = {*predicted, *dict(formula.equal)}
    held = {p.name: p.held for p in family.parameters} | dict(formula.fixed)
    errors = response.addition("se")
    if errors is not None and "sigma" not in errors.switched:
        refuse_sigma(formula, errors.label)
        held["sigma"] = 0.0
    smallest = float(response.at(table).y.min())
    refuse_held_above(formula, family, smallest, response.label)
    facts = (
        replace(p, upper=smallest) if p.below_response else p for p in family.parameters if p.name not in elsewhere
    )
    return [AuxiliaryTerm(p, held.get(p.name)) for p in facts]


def _refuse_repeated_parameters(terms: list[BoundTerm]) -> None:
    """Refuse two terms that give a parameter the same name; group effects of one group are joined."""
    seen: set[str] = set()
    for variable in (variable for term in terms for variable in term.variables if len(variable.dims) < 2):
        if variable.name in seen:
            raise DataError(f"two parameters get the same name {variable.name!r}; rename a column")
        seen.add(variable.name)
