"""The fitted penalised model: what a user sees of ``gam()``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, known
from smoothstan.gam.check import basis_table
from smoothstan.gam.check_panels import check_panels
from smoothstan.gam.design import GamDesign
from smoothstan.gam.new_data import NewRows, read_new_data
from smoothstan.gam.penalised_fit import PenalisedFit
from smoothstan.gam.predict import predict_terms
from smoothstan.gam.smooth_estimates import (
    EstimatedSmooth,
    band_width,
    chosen_terms,
    estimate_smooth,
    estimates_table,
    smooth_grid,
)
from smoothstan.gam.smooth_panels import smooth_panels
from smoothstan.gam.summary import GamSummary, summarise_gam
from smoothstan.numerals import is_number

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

PREDICTIONS = ("link", "response", "terms", "iterms", "lpmatrix")


class Prediction(NamedTuple):
    """A prediction with its standard errors: arrays, (n,), or tables with a column per term."""

    fit: Any
    se: Any


@dataclass(frozen=True, repr=False)
class GamFit:
    """A generalised additive model fitted by penalised likelihood.  Made by ``gam()``.

    Args:
        design: the formula bound to its data.
        penalised: the numbers of the fit.
    """

    design: GamDesign
    penalised: PenalisedFit

    @property
    def formula(self) -> str:
        """The formula."""
        return str(self.design.formula)

    @property
    def coefficients(self) -> pd.Series:
        """The (p,) coefficients by mgcv's names."""
        return self._series(self.penalised.coefficients, self.design.columns)

    @property
    def edf(self) -> pd.Series:
        """The effective degrees of freedom of every smooth."""
        return self._by_smooth(self.penalised.edf)

    @property
    def edf1(self) -> pd.Series:
        """The effective degrees of freedom of every smooth, as its test counts them."""
        return self._by_smooth(self.penalised.edf1)

    @property
    def total_edf(self) -> float:
        """The effective degrees of freedom of the model."""
        return self.penalised.total_edf

    @property
    def smoothing_parameters(self) -> pd.Series:
        """The smoothing parameters of all penalties (on the scaled penalties, as mgcv's ``sp``)."""
        return self._series(self.penalised.full_sp, self.penalised.penalty_names)

    @property
    def score(self) -> float:
        """The minimised criterion: -REML, -ML, GCV or UBRE."""
        return self.penalised.score

    @property
    def scale(self) -> float:
        """The estimated (or known) scale, for the normal distribution the residual variance."""
        return self.penalised.scale

    @property
    def fitted(self) -> FloatArray:
        """The (n,) expected responses."""
        return self.penalised.fitted

    @property
    def linear_predictor(self) -> FloatArray:
        """The (n,) linear predictor, offsets included."""
        return self.penalised.eta

    @property
    def aic(self) -> float:
        """Akaike's criterion, corrected for the uncertainty of the smoothing parameters (mgcv's ``AIC()``)."""
        return self.penalised.AIC

    @property
    def bic(self) -> float:
        """The Bayesian information criterion, as mgcv's ``BIC()``."""
        return self.penalised.BIC

    @property
    def covariance(self) -> FloatArray:
        """The (p, p) Bayesian covariance of the coefficients."""
        return self.penalised.vp

    @cached_property
    def _summary(self) -> GamSummary:
        return summarise_gam(self.design, self.penalised)

    def summary(self) -> GamSummary:
        """Return the tables of parametric and smooth terms, and the overall numbers."""
        return self._summary

    def __repr__(self) -> str:
        return str(self._summary)

    def _repr_html_(self) -> str:
        return self._summary._repr_html_()

    def residuals(self, type: str = "deviance") -> FloatArray:
        """Return (n,) residuals: ``deviance``, ``pearson``, ``response`` or ``working``."""
        return self.penalised.residuals(type)

    def vcomp(self, *, rescale: bool = True, prob: float = 0.95) -> pd.DataFrame:
        """Return every smoothing parameter as a standard deviation, with an interval.

        Args:
            rescale: for the penalties before they were scaled, so that random effects have the scale of
                the linear predictor.
            prob: probability of the intervals.

        Source: Wood (2017), section 7.7.
        """
        import pandas as pd

        if not is_number(prob) or not 0 < prob < 1:
            raise OptionError(f"prob is a probability between 0 and 1, got {prob!r}")
        rows = self.penalised.variance_components(rescale=rescale, probability=prob)
        return pd.DataFrame(
            {
                "std.dev": [row.standard_deviation for row in rows],
                "lower": [row.lower for row in rows],
                "upper": [row.upper for row in rows],
            },
            index=[row.name for row in rows],
        )

    def concurvity(self) -> pd.DataFrame:
        """Return how well the other terms can imitate each term: 0 not at all, 1 entirely."""
        import pandas as pd

        rows = self.penalised.concurvity()
        return pd.DataFrame(
            {name: [getattr(row, name) for row in rows] for name in ("worst", "observed", "estimate")},
            index=[row.label for row in rows],
        )

    def check(self, *, seed: int | None = 1, plot: bool = False) -> pd.DataFrame:
        """Return whether the basis of every smooth is large enough.

        Args:
            seed: of the permutations behind the p-values.
            plot: also draw ``plot_check``.

        Returns:
            One row per smooth: ``k'`` (the most that its edf can be), ``edf``, the k-index (below one where
            residuals of neighbours are alike) and the share of random orders with a smaller index.
        """
        if plot:
            self.plot_check(seed=seed)
        return basis_table(self.design, self.penalised, seed)

    def plot_check(self, *, seed: int | None = 1, axes: Sequence[Axes] | None = None) -> tuple[Axes, ...]:
        """Draw the four pictures of mgcv's ``gam.check``.

        Sorted deviance residuals against their expectation by simulation from the fitted model, with the
        middle 90 % of the simulations (normal quantiles for a quasi family, which has no distribution); residuals
        against the linear predictor; their histogram; the response against the fitted values.

        Args:
            seed: of the simulation.
            axes: four to draw on; a new figure by default.

        Source: Augustin, Sauleau & Wood (2012), Computational Statistics and Data Analysis 56, 2404-2409.
        """
        from smoothstan.plots import draw_panels

        return draw_panels(check_panels(self.penalised, self.design.response.label, seed), axes)

    def smooth_estimates(
        self, term: str | Sequence[str] | None = None, n: int = 100, *, unconditional: bool = False,
        prob: float | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return the smooths on grids of their covariates: what ``plot`` draws.

        Args:
            term: label of a smooth, or several; a label without its level stands for all levels of ``by``.
            n: number of points along one covariate; two have at most 40 each, further ones are held at their medians.
            unconditional: include the uncertainty of the smoothing parameters in the standard errors.
            prob: mass of the interval; by default it has two standard errors to each side.

        Returns:
            Columns ``smooth``, ``by`` (level of a factor, name of a number), the covariates, ``estimate``,
            ``se``, ``lower``, ``upper``.  A smooth multiplied by a number, and a random slope, are given for one.

        Raises:
            OptionError: for an unknown smooth, ``n`` below 2, or a probability outside (0, 1).
        """
        return estimates_table(self._estimated(term, n, unconditional, prob))

    def plot(
        self, term: str | Sequence[str] | None = None, *, n: int = 200, prob: float | None = None,
        residuals: bool = False, rug: bool = True, unconditional: bool = False, axes: Sequence[Axes] | None = None,
    ) -> tuple[Axes, ...]:  # fmt: skip
        """Draw the smooths, as mgcv's ``plot.gam``.

        A function of one number is a curve with its band, of two a map with contour lines (blank far from all
        data), by levels of a factor one line per level; random effects are drawn against normal quantiles.

        Args:
            term, n, prob, unconditional: as in ``smooth_estimates``.
            residuals: add partial residuals to curves: the smooth plus the weighted working residuals.
            rug: mark the data along the axis.
            axes: one per panel; a new figure by default.

        Raises:
            OptionError: if there is no such smooth, or the number of axes does not fit.
        """
        from smoothstan.plots import draw_panels

        panels = [
            panel
            for estimated in self._estimated(term, n, unconditional, prob)
            for panel in smooth_panels(estimated, self.penalised, self.design.table, rug=rug, residuals=residuals)
        ]
        if not panels:
            raise OptionError("the model has no smooths to plot")
        return draw_panels(panels, axes)

    def _estimated(
        self, term: str | Sequence[str] | None, n: int, unconditional: bool, prob: float | None
    ) -> list[EstimatedSmooth]:
        if not is_number(n) or n != int(n) or n < 2:
            raise OptionError(f"n must be a whole number of at least 2, got {n!r}")
        width, covariance = band_width(prob), self._covariance(unconditional)
        return [
            estimate_smooth(
                one, smooth_grid(one, self.design.table, int(n)), self.penalised.coefficients, covariance, width
            )
            for one in chosen_terms(self.design, term)
        ]

    def model_matrix(self, new_data: Any = None) -> pd.DataFrame:
        """Return the (n, p) model matrix with named columns, at the rows of the fit or of new data."""
        import pandas as pd

        rows = self._rows(new_data)
        return pd.DataFrame(self.design.matrix(rows.table, rows.unseen), columns=list(self.design.columns))

    def predict(
        self,
        new_data: Any = None,
        *,
        type: str = "link",
        se: bool = False,
        unconditional: bool = False,
        terms: str | Sequence[str] | None = None,
        exclude: str | Sequence[str] = (),
    ) -> Any:
        """Predict.

        Args:
            new_data: rows to predict at; those of the fit by default.  Random effects of a level that was not in
                the data are zero.
            type: ``"link"`` and ``"response"`` give (n,) arrays; ``"terms"`` and ``"iterms"`` a table with a column
                per term (the latter with standard errors that include the uncertainty of the mean);
                ``"lpmatrix"`` the model matrix.
            se: return a ``Prediction`` of fit and standard errors.
            unconditional: include the uncertainty of the smoothing parameters in them.
            terms: only these terms, by label; all by default.
            exclude: without these terms.

        Raises:
            OptionError: for an unknown type or term.
            DataError: for a missing column or value, or a new level of a factor that is more than a group.
        """
        if type not in PREDICTIONS:
            raise OptionError(f"type must be one of {', '.join(map(repr, PREDICTIONS))}, got {type!r}")
        rows = self._rows(new_data)
        left_out = self._left_out(_names(terms), _names(exclude) or ())
        matrix = self.design.matrix(rows.table, rows.unseen)
        for start, stop in left_out:
            matrix[:, start:stop] = 0.0
        if type == "lpmatrix":
            import pandas as pd

            return pd.DataFrame(matrix, columns=list(self.design.columns))
        covariance = self._covariance(unconditional)
        if type in ("terms", "iterms"):
            by_term = predict_terms(self.design, self.penalised, matrix, covariance, left_out, overall=type == "iterms")
            return Prediction(*by_term) if se else by_term[0]
        eta = matrix @ self.penalised.coefficients + self.design.offset_at(rows.table)
        response = type == "response"
        fit = self.penalised.data.mean(eta) if response else eta
        if not se:
            return fit
        errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", matrix, covariance, matrix, optimize=True), 0.0))
        if response:
            errors = errors * np.abs(self.design.link.inverse_derivatives(eta)[0])
        return Prediction(fit, errors)

    def _covariance(self, unconditional: bool) -> FloatArray:
        if not unconditional:
            return self.penalised.vp
        if self.penalised.vc is None:
            raise OptionError("unconditional=True needs a fit by REML or ML")
        return self.penalised.vc

    def _left_out(self, terms: Sequence[str] | None, exclude: Sequence[str]) -> list[tuple[int, int]]:
        """Return the columns of the terms that are left out."""
        places = {label: (start, stop) for label, start, stop in self.design.parametric.term_columns}
        places |= {term.label: (term.block.start, term.block.stop) for term in self.design.terms}
        for name in (*(terms or ()), *exclude):
            if name not in places and name != "(Intercept)":
                raise OptionError(f"the model has no term {name!r} (terms: {known(places)})")
        wanted = places if terms is None else terms
        return [place for label, place in places.items() if label not in wanted or label in exclude]

    def _rows(self, new_data: Any) -> NewRows:
        return NewRows(self.design.table, {}) if new_data is None else read_new_data(self.design, new_data)

    def _series(self, values: FloatArray, names: Sequence[str]) -> pd.Series:
        import pandas as pd

        return pd.Series(np.asarray(values, dtype=float), index=list(names))

    def _by_smooth(self, values: FloatArray) -> pd.Series:
        return self._series(self.penalised.block_sums(values), [term.label for term in self.design.terms])


def _names(given: str | Sequence[str] | None) -> Sequence[str] | None:
    return [given] if isinstance(given, str) else given
