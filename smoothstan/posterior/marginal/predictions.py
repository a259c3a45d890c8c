"""Predictions at rows, and their averages."""

from __future__ import annotations

from typing import Any

from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.marginal.answer import Wanted, answer, settle_rows
from smoothstan.posterior.marginal.counterfactual import counterfactual_rows
from smoothstan.posterior.marginal.estimand import PredictedValue, Summary
from smoothstan.posterior.marginal.quantity import Scale
from smoothstan.posterior.marginal.result import Estimates
from smoothstan.posterior.marginal.rows import read_by, read_rows


def predictions(
    fit: Fitted, new_data: Any = None, *, variables: Any = None, by: Any = None, wts: str | None = None,
    type: str = "response", dpar: str | None = None, prob: float = 0.95, center: str = "median",
    hypothesis: Any = None, re_formula: Any = None, integrate_groups: Any = False,
    n_integration: int | None = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
    ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
) -> Estimates:  # fmt: skip
    """Predict at rows, and average the predictions if asked to.

    Args:
        fit: the fit.
        new_data: a table with the columns that predictors need; the rows of the fit by default; ``"mean"``,
            ``"median"`` or ``"balanced"`` for a grid of typical values (see ``datagrid``); or a ``datagrid()``.
        variables: columns, or a dict of column -> values: every row is repeated for all combinations of their values.
        by: a column or columns: average the predictions of rows with the same values; True averages all rows.
        wts: the column that weighs the rows of an average.
        type: ``"response"``, the expected response; ``"link"``, the linear predictor; ``"prediction"``, new responses.
        dpar: a distributional parameter, on its own scale or with ``type="link"`` on that of its link.
        prob: mass of the equal-tailed interval.
        center: the estimate, ``"median"`` or ``"mean"`` of the draws.
        hypothesis: compare the rows of the result: ``"pairwise"``, ``"reference"``, ``"sequential"`` or these with
            ``rev`` in front, ``"ratio ~ pairwise | group"``; ``"b1 - b2 = 0"``, where ``b1`` is the first row, or
            several such equations; weights, (rows,) or (rows, m); or a function of (draws, rows) draws.
        re_formula: the group-level effects to include: None for all, ``"NA"`` for none, or a formula ``"~ (1 | g)"``.
        integrate_groups: average the expected response over the effects of new groups, in every draw over their normal
            distribution: True for all groups, or names. Their columns are then not needed. Smooths such as
            ``s(g, bs="re")`` are no group effects and stay as they are.
        n_integration: nodes of that integral per dimension: 31 by default, 15 if several parameters matter. With
            the logit link the error is below 2e-7 up to a standard deviation of 2, and below 3e-5 up to 3.
        allow_new_levels, sample_new_levels: groups that the fit has not seen, see ``posterior_epred``.
        ndraws: use so many draws, chosen at random; all by default.
        seed: of new responses, new levels and the choice of draws.
        max_memory: bytes, or a text such as ``"200 MB"``, for blocks of rows; 256 MB by default.

    Returns:
        Estimates with a table of ``estimate``, ``conf_low``, ``conf_high`` beside the columns of the rows or ``by``.
        Of categories these are the probabilities; the column ``group`` names the category.

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range.

    Source: Arel-Bundock, Greifer & Heiss (2024), Journal of Statistical Software 111(9), 1-32; names and defaults are
    those of the package marginaleffects.
    """
    scale = Scale(
        type, dpar, re_formula, allow_new_levels, sample_new_levels, integrate_groups, n_integration, ndraws, seed,
        max_memory,
    )  # fmt: skip
    columns = read_by(by)
    if variables is not None:
        design, _ = scale.design(fit)
        new_data = counterfactual_rows(design, read_rows(design, new_data, columns or ()), variables)
        if by is True:
            columns = tuple([variables] if isinstance(variables, str) else variables)
    wanted = Wanted(columns, wts, hypothesis, Summary(prob, center))
    quantity, rows = settle_rows(fit, new_data, wanted.by, scale)
    return answer(PredictedValue(quantity), rows, wanted, f"predictions: {quantity.label}", quantity.label)


def avg_predictions(
    fit: Fitted, new_data: Any = None, *, variables: Any = None, by: Any = True, wts: str | None = None,
    type: str = "response", dpar: str | None = None, prob: float = 0.95, center: str = "median",
    hypothesis: Any = None, re_formula: Any = None, integrate_groups: Any = False,
    n_integration: int | None = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
    ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
) -> Estimates:  # fmt: skip
    """Average predictions over rows, in every draw, and summarise the averages; see ``predictions``.

    Args:
        fit: the fit.
        new_data, wts, type, dpar, prob, center, hypothesis, re_formula, integrate_groups, n_integration,
            allow_new_levels, sample_new_levels, ndraws, seed, max_memory: see ``predictions``.
        variables: as there; averages are then taken at every combination of their values.
        by: True for the average over all rows, or columns whose values define averages.
    """
    return predictions(
        fit, new_data, variables=variables, by=by, wts=wts, type=type, dpar=dpar, prob=prob, center=center,
        hypothesis=hypothesis, re_formula=re_formula, integrate_groups=integrate_groups, n_integration=n_integration,
        allow_new_levels=allow_new_levels, sample_new_levels=sample_new_levels, ndraws=ndraws, seed=seed,
        max_memory=max_memory,
    )  # fmt: skip
