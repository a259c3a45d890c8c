"""Fit a model again with some things changed: brms's ``update``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from smoothstan.design import Design, columns_used, expand_predictors
from smoothstan.errors import DataError, OptionError, PriorWarning, suggestion, warn
from smoothstan.formula import ModelFormula, spell_out_dots, update_formula
from smoothstan.formula.syntax import variables
from smoothstan.posterior.fitted import FitModel
from smoothstan.posterior.request import FitRequest, request_of
from smoothstan.priors import Prior, PriorTable
from smoothstan.table import Table
from smoothstan.terms import SmoothOptions

FormulaChange = str | ModelFormula | Sequence[str]


def changed_request(
    model: FitModel, formula: FormulaChange | None, options: Mapping[str, Any], asked: Mapping[str, Any],
    *, knots: Mapping[str, Any] | None, data2: Mapping[str, Any] | None,
) -> FitRequest:  # fmt: skip
    """Return what a fit was asked for, with changes; None among them stands for no change.

    Args:
        model: the fit's.
        formula: see ``update_formula``.
        options: fields of ``SamplingOptions``.
        asked: other fields of ``FitRequest``.
        knots, data2: for smooths.
    """
    old = request_of(model)
    smooths = SmoothOptions.of(
        old.smooth_options.knots if knots is None else knots, old.smooth_options.settings if data2 is None else data2
    )
    new = _spelled_out(model.design)
    return replace(
        old,
        formula=new if formula is None else update_formula(new, formula),
        options=replace(old.options, **_given(options)),
        smooth_options=smooths,
        **_given(asked),
    )


def _given(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if value is not None}


def _spelled_out(design: Design) -> ModelFormula:
    """Return the formula of a fit; its dots stand for the columns that the fit had, whatever the new data have."""
    formula = design.formula
    response = {name for node in (formula.response, *formula.additions) for name in variables(node)}
    return spell_out_dots(formula, [name for name in design.table.columns if name not in response])


def bind_update(
    model: FitModel, request: FitRequest, new_data: Any, priors: Sequence[Prior]
) -> tuple[FitRequest, Design, PriorTable]:
    """Bind a changed model to the data of the fit, or to new ones.

    Args:
        model: the fit's.
        request: what is wanted, with the priors given for the fit.
        new_data: anything that ``read_table`` takes; the rows of the fit if None.
        priors: further priors; each takes the place of the one that was given for the same parameters.

    Warns:
        PriorWarning: if a prior given for the fit matches no parameter of the changed model, and is left out.

    Raises:
        DataError: if the formula needs a column that the fit does not keep.
    """
    if new_data is None:
        _check_columns(model, request.formula)
    design = request.design(model.design.table if new_data is None else new_data)
    if new_data is None:
        design = replace(design, dropped=design.dropped + model.design.dropped)
    known = {slot.address for slot in design.prior_slots()}
    replaced = {prior.address for prior in priors}
    old = [prior for prior in request.priors if prior.address not in replaced]
    lost = [prior for prior in old if prior.address not in known]
    if lost:
        warn(f"no parameter of the changed model matches {', '.join(map(str, lost))}: left out", PriorWarning)
    kept = (*(prior for prior in old if prior.address in known), *priors)
    request = replace(request, priors=kept)
    return request, design, request.resolve(design)


def _check_columns(model: FitModel, formula: ModelFormula) -> None:
    if model.data_sets > 1:
        raise OptionError(
            f"this fit joins fits to {model.data_sets} data sets and keeps the first only; call brm_multiple() again"
        )
    table: Table = model.design.table
    absent = [name for name in columns_used(formula, expand_predictors(formula, table)) if name not in table]
    if not absent:
        return
    hint = suggestion(absent[0], table.columns)
    parameters = [p.name for p in model.design.family.parameters]
    if absent[0] in parameters and absent[0] in variables(formula.response):
        hint += f"; to predict the parameter {absent[0]} write update(('. ~ .', '{formula.text}'))"
    raise DataError(
        f"the fit keeps only the columns of its own formula ({', '.join(table.columns)}), not {', '.join(absent)}"
        f"{hint}; give the data again: update(..., new_data=...)"
    )
