"""The fitted curve of a model with one covariate: data, posterior mean and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.errors import DataError
from smoothstan.plots.style import COLOURS, GREY, new_axes, plain
from smoothstan.posterior import Posterior
from smoothstan.table import Numeric

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_CURVE_COLOUR = COLOURS[0]
_RESOLUTION = 200


def fitted_curve(fit: Posterior, covariate: str, *, prob: float = 0.95) -> pd.DataFrame:
    """Return the expected response along a covariate, the table behind the plot.

    Args:
        fit: a model whose only predictor is ``covariate``.
        covariate: a numeric column.
        prob: mass of the interval.

    Raises:
        DataError: if the model needs other columns, or the column is not numeric.
    """
    import pandas as pd

    needed = fit.design.predictor_reads()
    if set(needed) != {covariate}:
        raise DataError(f"a fitted curve needs a model of {covariate!r} alone; this one uses {', '.join(needed)}")
    column = fit.design.table[covariate]
    if not isinstance(column, Numeric):
        raise DataError(f"a fitted curve needs a numeric covariate, {covariate!r} is not")
    grid = np.linspace(column.values.min(), column.values.max(), _RESOLUTION)
    draws = fit.posterior_epred({covariate: grid}).values.reshape(fit.ndraws, -1)
    low, high = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    return pd.DataFrame({covariate: grid, "estimate": draws.mean(axis=0), "lower": low, "upper": high})


def plot_fitted_curve(
    fit: Posterior,
    covariate: str,
    *,
    prob: float = 0.95,
    x_label: str | None = None,
    y_label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the data and the expected response with its interval along a covariate.

    Args:
        fit: a model whose only predictor is ``covariate``.
        covariate: a numeric column.
        prob: mass of the interval.
        x_label, y_label: axis labels, with units; the columns' names by default.
        ax: where to draw; a new figure by default.
    """
    table = fitted_curve(fit, covariate, prob=prob)
    ax = plain(ax or new_axes())
    column = fit.design.table[covariate]
    assert isinstance(column, Numeric)
    ax.scatter(column.values, fit.design.observed.y, s=18, color=GREY, alpha=0.6, label="data", linewidths=0)
    interval = f"{100 * prob:g} % interval"
    ax.fill_between(
        table[covariate], table["lower"], table["upper"], color=_CURVE_COLOUR, alpha=0.25, label=interval, lw=0
    )
    ax.plot(table[covariate], table["estimate"], color=_CURVE_COLOUR, lw=2, label="posterior mean")
    ax.set_xlabel(x_label or covariate)
    ax.set_ylabel(y_label or fit.design.response.label)
    ax.legend(frameon=False)
    return ax
