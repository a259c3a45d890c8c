"""Derivatives of predictions with respect to the variables, and their averages."""

from __future__ import annotations

from typing import Any

from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.marginal.comparison import SLOPES
from smoothstan.posterior.marginal.comparisons import comparisons
from smoothstan.posterior.marginal.result import Estimates


def slopes(
    fit: Fitted, variables: Any = None, new_data: Any = None, *, slope: str = "dydx", eps: float | None = None,
    by: Any = None, wts: str | None = None, type: str = "response", dpar: str | None = None, prob: float = 0.95,
    center: str = "median", hypothesis: Any = None, re_formula: Any = None, integrate_groups: Any = False,
    n_integration: int | None = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
    ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
) -> Estimates:  # fmt: skip
    """Differentiate predictions with respect to a variable, all else as it is in the row.

    The derivative is the central difference (f(x + h/2) - f(x - h/2)) / h, whose error is h^2 f'''/24.  With the
    default step h, 1e-4 times the range of the variable in the fit, that is 2e-8 of the slope of a curve that swings
    once over the range; rounding adds about 1e-12 of f over the range.  Categories, logicals and the numbers 0 and 1
    are compared by differences.

    Args:
        fit: the fit.
        variables: a column or several; all variables by default.
        new_data: the rows, see ``predictions``.
        slope: ``"dydx"``; or with relative changes: ``"eyex"``, the elasticity, ``"eydx"``, ``"dyex"``.
        eps: the step h, in the unit of the variable.
        by: a column or columns: average over rows with the same values; True averages all rows.
        wts, type, dpar, prob, center, hypothesis, re_formula, integrate_groups, n_integration, allow_new_levels,
            sample_new_levels, ndraws, seed, max_memory: see ``predictions``.

    Returns:
        Estimates with a table as that of ``comparisons``.

    Raises:
        DataError: for a missing column or value, another kind of column, or a level that is not allowed.
        OptionError, FormulaError: for an argument outside its range.

    Source: Arel-Bundock, Greifer & Heiss (2024), Journal of Statistical Software 111(9), 1-32.
    """
    if slope not in SLOPES:
        raise OptionError(f"slope must be one of {', '.join(SLOPES)}, got {slope!r}{suggestion(str(slope), SLOPES)}")
    return comparisons(
        fit, variables, new_data, comparison=slope, eps=eps, by=by, wts=wts, type=type, dpar=dpar, prob=prob,
        center=center, hypothesis=hypothesis, re_formula=re_formula, integrate_groups=integrate_groups,
        n_integration=n_integration, allow_new_levels=allow_new_levels, sample_new_levels=sample_new_levels,
        ndraws=ndraws, seed=seed, max_memory=max_memory,
    )  # fmt: skip


def avg_slopes(
    fit: Fitted, variables: Any = None, new_data: Any = None, *, slope: str = "dydx", eps: float | None = None,
    by: Any = True, wts: str | None = None, type: str = "response", dpar: str | None = None, prob: float = 0.95,
    center: str = "median", hypothesis: Any = None, re_formula: Any = None, integrate_groups: Any = False,
    n_integration: int | None = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
    ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
) -> Estimates:  # fmt: skip
    """Average slopes over rows, in every draw, and summarise the averages; see ``slopes``.

    Args:
        fit: the fit.
        variables, new_data, slope, eps, wts, type, dpar, prob, center, hypothesis, re_formula, integrate_groups,
            n_integration, allow_new_levels, sample_new_levels, ndraws, seed, max_memory: see ``slopes``.
        by: True for averages over all rows, or columns whose values define averages.
    """
    return slopes(
        fit, variables, new_data, slope=slope, eps=eps, by=by, wts=wts, type=type, dpar=dpar, prob=prob, center=center,
        hypothesis=hypothesis, re_formula=re_formula, integrate_groups=integrate_groups, n_integration=n_integration,
        allow_new_levels=allow_new_levels, sample_new_levels=sample_new_levels, ndraws=ndraws, seed=seed,
        max_memory=max_memory,
    )  # fmt: skip
