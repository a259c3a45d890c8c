"""Predictions at changed values of the variables, compared, and their averages."""

from __future__ import annotations

from typing import Any

from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.marginal.answer import Wanted, answer, settle_rows
from smoothstan.posterior.marginal.comparison import Function, read_comparison
from smoothstan.posterior.marginal.contrast import Varying
from smoothstan.posterior.marginal.estimand import ComparedValues, Summary
from smoothstan.posterior.marginal.quantity import Scale
from smoothstan.posterior.marginal.result import Estimates
from smoothstan.posterior.marginal.rows import read_by


def comparisons(
    fit: Fitted, variables: Any = None, new_data: Any = None, *, comparison: str | Function = "difference",
    cross: bool = False, direction: str = "forward", eps: float | None = None, by: Any = None, wts: str | None = None,
    type: str = "response", dpar: str | None = None, prob: float = 0.95, center: str = "median",
    hypothesis: Any = None, re_formula: Any = None, integrate_groups: Any = False,
    n_integration: int | None = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
    ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
) -> Estimates:  # fmt: skip
    """Compare predictions at two values of a variable, all else as it is in the row.

    Args:
        fit: the fit.
        variables: a column, several, or a dict of column -> change; all variables by default.  Numbers change by
            1, by another number, between a pair ``(low, high)``, by ``"sd"`` or ``"2sd"`` around the mean, across the
            quartiles (``"iqr"``) or the range (``"minmax"``) of the data of the fit, or as a function of the values
            returns: low and high.  Categories are compared by ``"reference"``, ``"sequential"``, ``"pairwise"`` or
            these with ``rev`` in front, ``"all"``, ``"minmax"``, or a pair of levels; logicals and the numbers 0 and 1
            with each other.
        new_data: the rows, see ``predictions``.
        comparison: ``"difference"``, ``"ratio"``, ``"lnratio"``, ``"lnor"`` (log odds ratio), ``"lift"`` or a slope,
            see ``slopes``; with ``avg`` behind it the average; or a function of the arrays ``hi`` and ``lo``, element
            by element.  With averages it is applied to the averages of both sides: a ratio is one of averages.
        cross: let all variables change together, in all combinations of their changes.
        direction: where a change of one number leads: from the row's value up (``"forward"``), from below up to it
            (``"backward"``), or half to either side (``"center"``).
        eps: the step of slopes.
        by: a column or columns: average over rows with the same values; True averages all rows.
        wts, type, dpar, prob, center, hypothesis, re_formula, integrate_groups, n_integration, allow_new_levels,
            sample_new_levels, ndraws, seed, max_memory: see ``predictions``.

    Returns:
        Estimates with a table of ``term``, ``group`` (the category, where there are some), ``contrast``, ``estimate``,
        ``conf_low``, ``conf_high`` beside the columns of the rows, or those of ``by``. Both sides of a comparison have
        the same draws and the same new group effects.

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range.

    Source: Arel-Bundock, Greifer & Heiss (2024), Journal of Statistical Software 111(9), 1-32; names and defaults are
    those of the package marginaleffects for R.
    """
    scale = Scale(
        type, dpar, re_formula, allow_new_levels, sample_new_levels, integrate_groups, n_integration, ndraws, seed,
        max_memory,
    )  # fmt: skip
    compared, average = read_comparison(comparison)
    columns = read_by(by)
    wanted = Wanted(() if average and columns is None else columns, wts, hypothesis, Summary(prob, center))
    quantity, rows = settle_rows(fit, new_data, wanted.by, scale)
    design, _ = scale.design(fit)
    varying = Varying(design, rows.table, compared, direction, eps)
    one = dpar or ("mu" if quantity.scale.kind == "linpred" and "mu" in design.predicted else None)
    contrasts = varying.contrasts(variables, one, cross=cross)
    kind = "slopes" if isinstance(compared, str) else "comparisons"
    return answer(
        ComparedValues(quantity, contrasts, compared), rows, wanted, f"{kind}: {quantity.label}",
        f"{'slope' if isinstance(compared, str) else 'comparison'} of {quantity.label}",
    )  # fmt: skip


def avg_comparisons(
    fit: Fitted, variables: Any = None, new_data: Any = None, *, comparison: str | Function = "difference",
    cross: bool = False, direction: str = "forward", eps: float | None = None, by: Any = True, wts: str | None = None,
    type: str = "response", dpar: str | None = None, prob: float = 0.95, center: str = "median",
    hypothesis: Any = None, re_formula: Any = None, integrate_groups: Any = False,
    n_integration: int | None = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
    ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
) -> Estimates:  # fmt: skip
    """Compare predictions averaged over rows, in every draw, and summarise the comparisons; see ``comparisons``.

    Args:
        fit: the fit.
        variables, new_data, comparison, cross, direction, eps, wts, type, dpar, prob, center, hypothesis, re_formula,
            integrate_groups, n_integration, allow_new_levels, sample_new_levels, ndraws, seed, max_memory: see
            ``comparisons``.
        by: True for averages over all rows, or columns whose values define averages.
    """
    return comparisons(
        fit, variables, new_data, comparison=comparison, cross=cross, direction=direction, eps=eps, by=by, wts=wts,
        type=type, dpar=dpar, prob=prob, center=center, hypothesis=hypothesis, re_formula=re_formula,
        integrate_groups=integrate_groups, n_integration=n_integration, allow_new_levels=allow_new_levels,
        sample_new_levels=sample_new_levels, ndraws=ndraws, seed=seed, max_memory=max_memory,
    )  # fmt: skip
