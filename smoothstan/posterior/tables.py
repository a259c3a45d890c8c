"""The methods of a fit that summarise its draws in tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.posterior.diagnostics import problems_of
from smoothstan.posterior.effects import coefficients_table, effects_tables, fixed_table, variance_tables
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.model_matrix import design_frame
from smoothstan.posterior.prediction import prepare
from smoothstan.posterior.summary import Summary, summarise, summarised_variables
from smoothstan.priors import PriorTable

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


_OF_DATA_SETS = " Rhat is\nthe largest within a data set, effective sample sizes are sums over the data sets."


class Tables(Fitted):
    """Summaries of parameters, and the design that they multiply."""

    def prior_summary(self) -> PriorTable:
        """Return the priors that were used."""
        return self.model.priors

    def summary(self, *, prob: float = 0.95, robust: bool = False) -> Summary:
        """Summarise hyperparameters and coefficients.

        Args:
            prob: mass of the equal-tailed intervals, between 0 and 1.
            robust: report medians and median absolute deviations.

        Returns:
            The tables of brms's summary; prints like it.
        """
        posterior = self.draws["posterior"].dataset
        scalars = {name: _scalar(posterior, name) for name in summarised_variables(self.design)}
        return summarise(
            self.design, scalars, self._header(), self._footer(), self.problems(), prob=prob, robust=robust,
            data_sets=self.model.data_sets,
        )  # fmt: skip

    def _header(self) -> str:
        options, family = self.model.options, self.design.family
        links = "; ".join(f"{dpar} = {family.link(dpar).name}" for dpar in self.design.predicted)
        first, *others = self.formula.splitlines()
        formula = "\n".join([f"Formula: {first}", *(f"         {line}" for line in others)])
        total = options.iter_warmup + options.iter_sampling
        dropped = f"; {self.design.dropped} rows with missing values left out" if self.design.dropped else ""
        sets = f"{self.model.data_sets} data sets, the first with " if self.model.data_sets > 1 else ""
        return (
            f" Family: {family.name}\n  Links: {links}\n{formula}\n"
            f"   Data: {sets}{self.design.n} observations{dropped}\n"
            f"  Draws: {self.chains} chains, each with iter = {total}; warmup = {options.iter_warmup}; thin = 1;\n"
            f"         total post-warmup draws = {self.ndraws}"
        )

    def _footer(self) -> str:
        return (
            f"Draws were sampled using NUTS ({self.model.engine}). For each parameter, Bulk_ESS\n"
            "and Tail_ESS are effective sample size measures, and Rhat is the potential\n"
            "scale reduction factor on split chains (at convergence, Rhat = 1)."
            + (_OF_DATA_SETS if self.model.data_sets > 1 else "")
        )

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the draws, a sentence each, with what to do about it."""
        return self._problems

    @cached_property
    def _problems(self) -> tuple[str, ...]:
        return problems_of(self)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def fixef(self, *, prob: float = 0.95, robust: bool = False) -> pd.DataFrame:
        """Return the population-level coefficients, smooths' unpenalised ones included."""
        return fixed_table(self.design, self.flat, prob=prob, robust=robust)

    def ranef(self, *, prob: float = 0.95, robust: bool = False) -> dict[str, pd.DataFrame]:
        """Return the group-level effects: group -> table indexed by level and coefficient."""
        return effects_tables(self.design, self.flat, prob=prob, robust=robust)

    def coef(self, *, prob: float = 0.95, robust: bool = False) -> dict[str, pd.DataFrame]:
        """Return the sums of population-level and group-level effects: group -> table by level and coefficient."""
        return coefficients_table(self.design, self.flat, prob=prob, robust=robust)

    def var_corr(self, *, prob: float = 0.95, robust: bool = False) -> dict[str, dict[str, pd.DataFrame]]:
        """Return standard deviations, correlations and covariances: group -> ``sd``, ``cor``, ``cov``."""
        return variance_tables(self.design, self.flat, prob=prob, robust=robust)

    def model_matrix(self, new_data: Any = None, *, dpar: str = "mu") -> pd.DataFrame:
        """Return the design: one column per coefficient of the linear predictor, group effects included.

        Args:
            new_data: rows to evaluate it at; those of the fit by default.
            dpar: the distributional parameter.

        Returns:
            (n, p) table whose columns carry the names of the coefficients in the posterior; its product
            with them is ``posterior_linpred`` without the offset.
        """
        return design_frame(self.design, prepare(self, new_data, "linpred").table, dpar)


def _scalar(posterior: xr.Dataset, name: str) -> FloatArray:
    """Return the (chains, draws) of a scalar, or of an element such as ``simo_mox1[2]`` of a vector."""
    if name in posterior:
        return np.asarray(posterior[name].values)
    variable, _, index = name.partition("[")
    return np.asarray(posterior[variable].values)[:, :, int(index.rstrip("]")) - 1]
