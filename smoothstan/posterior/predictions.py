"""The methods of a fit that summarise predictions row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.posterior.category_labels import refuse_categories, with_categories
from smoothstan.posterior.element_draws import element_draws
from smoothstan.posterior.predicted_draws import PredictedDraws, columns_for
from smoothstan.posterior.prediction import check_question, prepare
from smoothstan.posterior.prediction_errors import error_function, prediction_kind
from smoothstan.posterior.row_summaries import check_summary, intervals_by_row, proportions_by_row, summary_by_row

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_SCALES = ("response", "linear")


class Predictions(PredictedDraws):
    """Tables of predictions, one row per row of the data, computed block by block.

    They share the arguments of ``PredictedDraws`` and these:

    Args:
        prob: mass of the equal-tailed interval, between 0 and 1.
        robust: median and median absolute deviation in place of mean and standard deviation.
        summary: False for the draws themselves, dims (chain, draw, obs).
        max_memory: what the computation may hold at the same time, 256 MB by default; of the draws themselves it is
            what the call may use.
    """

    def fitted(
        self, new_data: Any = None, *, scale: str = "response", dpar: str | None = None, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, prob: float = 0.95, robust: bool = False,
        summary: bool = True, max_memory: float | str | None = None,
    ) -> pd.DataFrame | xr.DataArray:  # fmt: skip
        """Summarise the expected response, a parameter, or a linear predictor in every row.

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            scale: ``"response"`` for the expected response or the parameter ``dpar``; ``"linear"`` for the linear
                predictor of ``dpar``, of mu by default.
            dpar: a distributional parameter.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed: see ``PredictedDraws``.
            prob, robust, summary, max_memory: see the class.

        Returns:
            Columns Estimate, Est.Error and two quantiles, by default Q2.5 and Q97.5; the index ``obs`` counts rows.
            Probabilities of categories have a row per row and category, which the index ``category`` names, and linear
            predictors of categories the index ``dpar``.

        Source: ``fitted`` of brms, whose array of categories has the same numbers.
        """
        if scale not in _SCALES:
            raise OptionError(f"scale must be one of {', '.join(map(repr, _SCALES))}, got {scale!r}")
        kind = "epred" if scale == "response" else "linpred"
        check_question(self.design, kind, dpar)
        check_summary(prob, robust, summary)
        prediction = prepare(
            self, new_data, columns_for(kind, dpar), re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        if not summary:
            third = prediction.third(kind, dpar)
            return self.collect(prediction, lambda block: block.evaluate(kind, dpar=dpar), kind, max_memory, third)
        blocks = (block.evaluate(kind, dpar=dpar) for block in prediction.blocks(max_memory))
        return summary_by_row(blocks, prob=prob, robust=robust, third=prediction.third(kind, dpar))

    def predict(
        self, new_data: Any = None, *, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, prob: float = 0.95, robust: bool = False, summary: bool = True,
        max_memory: float | str | None = None,
    ) -> pd.DataFrame | xr.DataArray:  # fmt: skip
        """Summarise new responses from the posterior predictive distribution in every row.

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed: see ``PredictedDraws``.
            prob, robust, summary, max_memory: see the class.

        Returns:
            Columns as of ``fitted``; the interval is a prediction interval. Of categories the proportions of the draws
            that have each, in columns such as ``P(Y = a)``.

        Source: ``predict`` of brms.
        """
        check_summary(prob, robust, summary)
        prediction = prepare(
            self, new_data, "predict", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        if not summary:
            drawn = self.collect(prediction, lambda block: block.evaluate("predict"), "predict", max_memory)
            return with_categories(drawn, self.design.response.categories)
        blocks = (block.evaluate("predict") for block in prediction.blocks(max_memory))
        if self.design.family.categorical:
            return proportions_by_row(blocks, self.design.response.categories)
        return summary_by_row(blocks, prob=prob, robust=robust)

    def residuals(
        self, new_data: Any = None, *, method: str = "posterior_epred", type: str = "ordinary",
        re_formula: Any = None, allow_new_levels: bool = False, sample_new_levels: str = "uncertainty",
        ndraws: int | None = None, draw_ids: Sequence[int] | None = None, seed: int | None = None,
        prob: float = 0.95, robust: bool = False, summary: bool = True, max_memory: float | str | None = None,
    ) -> pd.DataFrame | xr.DataArray:  # fmt: skip
        """Summarise the response minus what is predicted in every row.

        Args:
            new_data: a table with the response, trials and the columns that the predictors need; the rows of the fit
                by default.
            method: ``"posterior_epred"``, minus the expected response, or ``"posterior_predict"``, minus a new one.
            type: ``"ordinary"``, or ``"pearson"``: over the standard deviation of new responses in the row.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed: see ``PredictedDraws``.
            prob, robust, summary, max_memory: see the class.

        Source: ``residuals`` of brms.
        """
        check_summary(prob, robust, summary)
        refuse_categories(self.design, "residuals")
        errors = error_function(method, type)
        prediction = prepare(
            self, new_data, prediction_kind(method), re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed, observed=True,
        )  # fmt: skip
        if not summary:
            return self.collect(prediction, errors, "residuals", max_memory)
        return summary_by_row(map(errors, prediction.blocks(max_memory)), prob=prob, robust=robust)

    def predictive_error(
        self, new_data: Any = None, *, method: str = "posterior_predict", re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None, seed: int | None = None, max_memory: float | str | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the draws of the response minus a new one, dims (chain, draw, obs).

        Args:
            new_data: a table with the response, trials and the columns that the predictors need; the rows of the fit
                by default.
            method: ``"posterior_predict"``, or ``"posterior_epred"`` for the response minus the expected one.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed, max_memory: see
                ``PredictedDraws``.

        Source: ``predictive_error`` of rstantools.
        """
        refuse_categories(self.design, "predictive errors")
        errors = error_function(method, "ordinary")
        prediction = prepare(
            self, new_data, prediction_kind(method), re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed, observed=True,
        )  # fmt: skip
        return self.collect(prediction, errors, "predictive_error", max_memory)

    def predictive_interval(
        self, new_data: Any = None, *, prob: float = 0.9, re_formula: Any = None, allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, draw_ids: Sequence[int] | None = None,
        seed: int | None = None, max_memory: float | str | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return an interval that holds a new response with a given probability, for every row.

        Args:
            new_data: a table with the columns that the predictors need; the rows of the fit by default.
            prob: mass of the equal-tailed interval.
            re_formula, allow_new_levels, sample_new_levels, ndraws, draw_ids, seed: see ``PredictedDraws``.
            max_memory: see the class.

        Returns:
            Two columns named by the quantiles, by default ``5%`` and ``95%``.

        Source: ``predictive_interval`` of rstantools.
        """
        check_summary(prob)
        refuse_categories(self.design, "predictive intervals", ordered=True)
        prediction = prepare(
            self, new_data, "predict", re_formula=re_formula, allow_new_levels=allow_new_levels,
            sample_new_levels=sample_new_levels, ndraws=ndraws, draw_ids=draw_ids, seed=seed,
        )  # fmt: skip
        return intervals_by_row((block.evaluate("predict") for block in prediction.blocks(max_memory)), prob=prob)

    def posterior_interval(self, variable: str | Sequence[str] | None = None, *, prob: float = 0.95) -> pd.DataFrame:
        """Return equal-tailed intervals of parameters.

        Args:
            variable: names of variables or elements, e.g. ``"b_x"``, ``"r_g"`` or ``"r_g[g1,Intercept]"``; all by
                default.
            prob: mass of the interval.

        Returns:
            One row per parameter under brms's name; two columns named by the quantiles, by default ``2.5%``
            and ``97.5%``.

        Raises:
            OptionError: for an unknown name.

        Source: ``posterior_interval`` of rstantools.
        """
        check_summary(prob)
        names: list[str] = []
        found = element_draws(self.draws["posterior"].dataset, self.flat, variable)
        return intervals_by_row(_noting(names, found), prob=prob).set_axis(names)


def _noting(names: list[str], found: Iterator[tuple[list[str], FloatArray]]) -> Iterator[FloatArray]:
    """Yield the draws and keep their names, so that not all draws are held for the sake of the names."""
    for labels, draws in found:
        names += labels
        yield draws
