"""The methods of a fit that show effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothstan.posterior.fitted_curve import fitted_curve, only_covariate
from smoothstan.posterior.marginal import (
    avg_comparisons,
    avg_predictions,
    avg_slopes,
    comparisons,
    datagrid,
    predictions,
    slopes,
)
from smoothstan.posterior.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes


class MarginalEffects(Predictions):
    """Effects of the predictors on the response.

    The functions of the same name are methods too: ``fit.slopes("x")`` is ``slopes(fit, "x")``.
    """

    predictions = predictions
    comparisons = comparisons
    slopes = slopes
    avg_predictions = avg_predictions
    avg_comparisons = avg_comparisons
    avg_slopes = avg_slopes
    datagrid = datagrid

    def fitted_curve(self, covariate: str, *, prob: float = 0.95) -> pd.DataFrame:
        """Return the expected response along the only covariate of the model: estimate, lower, upper.

        Raises:
            DataError: if the model needs other columns, or the column is not numeric.
        """
        return fitted_curve(
            self.design, covariate, lambda rows: self.posterior_epred(rows).values.reshape(self.ndraws, -1), prob
        )

    def plot_fitted_curve(
        self, covariate: str, *, prob: float = 0.95, x_label: str | None = None, y_label: str | None = None,
        ax: Axes | None = None,
    ) -> Axes:  # fmt: skip
        """Draw the data and ``fitted_curve``.

        Args:
            covariate: the only covariate of the model, numeric.
            prob: mass of the interval.
            x_label, y_label: axis labels, with units; the columns' names by default.
            ax: where to draw; a new figure by default.
        """
        from smoothstan.plots import draw_fitted_curve

        curve = self.fitted_curve(covariate, prob=prob)
        data = (only_covariate(self.design, covariate), self.design.observed.y)
        return draw_fitted_curve(
            curve, data, interval=f"{100 * prob:g} % interval", x_label=x_label or covariate,
            y_label=y_label or self.design.response.label, ax=ax,
        )  # fmt: skip
