"""The fitted model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.design import Design
from smoothstan.engines import SamplingOptions, check_whole
from smoothstan.errors import DataError, OptionError
from smoothstan.families import Response
from smoothstan.gam import GamFit
from smoothstan.posterior.diagnostics import problems
from smoothstan.posterior.effects import coefficients_table, effects_tables, fixed_table, variance_tables
from smoothstan.posterior.fitted_curve import fitted_curve, only_covariate
from smoothstan.posterior.loo import Loo, loo_of_blocks
from smoothstan.posterior.model_matrix import design_frame
from smoothstan.posterior.storage import load_tree, save_tree
from smoothstan.posterior.summary import Summary, summarise
from smoothstan.posterior.twin_comparison import TwinComparison, compare_twin
from smoothstan.priors import PriorTable
from smoothstan.table import Table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from smoothstan.plots.style import Axes

_BLOCK_ELEMENTS = 4_000_000
# Weights say how much an observation counts, nothing about the response.
_ADDITIONS_OF_PREDICTIONS = ("trials",)


@dataclass(frozen=True)
class FitModel:
    """All of a fit but the draws: what ``save`` stores beside them."""

    design: Design
    priors: PriorTable
    code: str
    options: SamplingOptions
    sample_prior: str
    engine: str


@dataclass(frozen=True, repr=False)
class Posterior:
    """Draws from the posterior of a model, with everything needed to use them.

    ``draws`` is an xarray DataTree with the groups posterior, sample_stats, observed_data and
    constant_data; variables carry brms's names.
    """

    model: FitModel
    draws: xr.DataTree

    @property
    def design(self) -> Design:
        """The model bound to its data."""
        return self.model.design

    @property
    def formula(self) -> str:
        """The formulas as written."""
        return str(self.design.formula)

    @property
    def family(self) -> str:
        """The name of the response family."""
        return self.design.family.name

    @property
    def stancode(self) -> str:
        """The Stan program."""
        return self.model.code

    @property
    def standata(self) -> StanData:
        """The data for Stan under brms's names."""
        return self.design.stan_data(prior_only=self.model.sample_prior == "only")

    @property
    def priors(self) -> PriorTable:
        """The priors that were used."""
        return self.model.priors

    def prior_summary(self) -> PriorTable:
        """Return the priors that were used."""
        return self.model.priors

    @property
    def chains(self) -> int:
        """The number of chains."""
        return int(self.draws["posterior"].sizes["chain"])

    @property
    def ndraws(self) -> int:
        """The number of draws after warm-up, over all chains."""
        return self.chains * int(self.draws["posterior"].sizes["draw"])

    @cached_property
    def _flat(self) -> Mapping[str, FloatArray]:
        """Posterior variable -> (draws, ...), chain by chain; laid out as after loading, see ``Contiguous``."""
        posterior = self.draws["posterior"].dataset
        return {
            str(name): np.ascontiguousarray(array.values, dtype=float).reshape(self.ndraws, *array.shape[2:])
            for name, array in posterior.data_vars.items()
        }

    def summary(self, *, prob: float = 0.95, robust: bool = False) -> Summary:
        """Summarise hyperparameters and coefficients.

        Args:
            prob: mass of the equal-tailed intervals, between 0 and 1.
            robust: report medians and median absolute deviations.

        Returns:
            The tables of brms's summary; prints like it.
        """
        posterior = self.draws["posterior"].dataset
        scalars = {str(k): np.asarray(v.values) for k, v in posterior.data_vars.items() if v.ndim == 2}
        return summarise(
            self.design, scalars, self._header(), self._footer(), self.problems(), prob=prob, robust=robust
        )

    def _header(self) -> str:
        options, family = self.model.options, self.design.family
        links = "; ".join(f"{dpar} = {family.link(dpar).name}" for dpar in self.design.predicted)
        first, *others = self.formula.splitlines()
        formula = "\n".join([f"Formula: {first}", *(f"         {line}" for line in others)])
        total = options.iter_warmup + options.iter_sampling
        dropped = f"; {self.design.dropped} rows with missing values left out" if self.design.dropped else ""
        return (
            f" Family: {family.name}\n  Links: {links}\n{formula}\n"
            f"   Data: {self.design.n} observations{dropped}\n"
            f"  Draws: {self.chains} chains, each with iter = {total}; warmup = {options.iter_warmup}; thin = 1;\n"
            f"         total post-warmup draws = {self.ndraws}"
        )

    def _footer(self) -> str:
        return (
            f"Draws were sampled using NUTS ({self.model.engine}). For each parameter, Bulk_ESS\n"
            "and Tail_ESS are effective sample size measures, and Rhat is the potential\n"
            "scale reduction factor on split chains (at convergence, Rhat = 1)."
        )

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the draws, a sentence each, with what to do about it."""
        return self._problems

    @cached_property
    def _problems(self) -> tuple[str, ...]:
        options = self.model.options
        return problems(self.draws, adapt_delta=options.adapt_delta, max_treedepth=options.max_treedepth)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def fixef(self, *, prob: float = 0.95, robust: bool = False) -> pd.DataFrame:
        """Return the population-level coefficients, smooths' unpenalised ones included."""
        return fixed_table(self.design, self._flat, prob=prob, robust=robust)

    def ranef(self, *, prob: float = 0.95, robust: bool = False) -> dict[str, pd.DataFrame]:
        """Return the group-level effects: group -> table indexed by level and coefficient."""
        return effects_tables(self.design, self._flat, prob=prob, robust=robust)

    def coef(self, *, prob: float = 0.95, robust: bool = False) -> dict[str, pd.DataFrame]:
        """Return the sums of population-level and group-level effects: group -> table by level and coefficient."""
        return coefficients_table(self.design, self._flat, prob=prob, robust=robust)

    def var_corr(self, *, prob: float = 0.95, robust: bool = False) -> dict[str, dict[str, pd.DataFrame]]:
        """Return standard deviations, correlations and covariances: group -> ``sd``, ``cor``, ``cov``."""
        return variance_tables(self.design, self._flat, prob=prob, robust=robust)

    def model_matrix(self, new_data: Any = None, *, dpar: str = "mu") -> pd.DataFrame:
        """Return the design: one column per coefficient of the linear predictor, group effects included.

        Args:
            new_data: rows to evaluate it at; those of the fit by default.
            dpar: the distributional parameter.

        Returns:
            (n, p) table whose columns carry the names of the coefficients in the posterior; its product
            with them is ``posterior_linpred`` without the offset.
        """
        return design_frame(self.design, self._table(new_data, ()), dpar)

    def posterior_linpred(self, new_data: Any = None, *, dpar: str = "mu") -> xr.DataArray:
        """Return the linear predictor of a parameter, dims (chain, draw, obs).

        Args:
            new_data: a table with the model's columns; the rows of the fit by default.
            dpar: a predicted distributional parameter.
        """
        if dpar not in self.design.predicted:
            raise DataError(f"{dpar!r} has no linear predictor (predicted: {', '.join(self.design.predicted)})")
        table = self._table(new_data, ())
        return self._array(self.design.linear_predictor(dpar, self._flat, table), "linpred")

    def posterior_epred(self, new_data: Any = None) -> xr.DataArray:
        """Return the expected response, dims (chain, draw, obs)."""
        table = self._table(new_data, _ADDITIONS_OF_PREDICTIONS)
        parameters = self.design.parameters(self._flat, table)
        return self._array(self.design.family.mean(parameters, self._additions(table)), "epred")

    def posterior_predict(self, new_data: Any = None, *, seed: int | None = None) -> xr.DataArray:
        """Draw new responses from the posterior predictive distribution, dims (chain, draw, obs)."""
        if seed is not None:
            check_whole("seed", seed, 0)
        table = self._table(new_data, _ADDITIONS_OF_PREDICTIONS)
        parameters = self.design.parameters(self._flat, table)
        full = {name: np.broadcast_to(values, (self.ndraws, table.n)) for name, values in parameters.items()}
        drawn = self.design.family.draw(np.random.default_rng(seed), full, self._additions(table))
        return self._array(drawn, "predict")

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

    def log_lik(self, new_data: Any = None) -> xr.DataArray:
        """Return the log likelihood of every observation, dims (chain, draw, obs)."""
        table = self.design.table if new_data is None else self.design.at(new_data, response=True)
        if new_data is not None:
            self.design.family.check_response(self.design.response.at(table))
        return self._array(np.concatenate(list(self._log_lik_blocks(table)), axis=1), "log_lik")

    def _log_lik_blocks(self, table: Table) -> Iterator[FloatArray]:
        """Return the log likelihood in blocks of rows, (draws, rows of the block), a few million numbers each."""
        size = max(1, _BLOCK_ELEMENTS // self.ndraws)
        for start in range(0, table.n, size):
            block = table.take(np.arange(start, min(start + size, table.n)))
            response = self.design.response.at(block)
            values = self.design.family.log_density(response, self.design.parameters(self._flat, block))
            if response.weights is not None:
                values = values * response.weights
            yield np.broadcast_to(values, (self.ndraws, block.n))

    def _table(self, new_data: Any, additions: tuple[str, ...]) -> Table:
        return self.design.table if new_data is None else self.design.at(new_data, additions=additions)

    def _additions(self, table: Table) -> Response:
        response = self.design.response
        return Response(response.label, np.empty(0), **response.additions_at(table, _ADDITIONS_OF_PREDICTIONS))

    def _array(self, values: FloatArray, name: str) -> xr.DataArray:
        import xarray as xr

        n = values.shape[1]
        shaped = np.asarray(values).reshape(self.chains, -1, n)
        posterior = self.draws["posterior"]
        coords = {"chain": posterior["chain"].values, "draw": posterior["draw"].values, "obs": np.arange(n)}
        return xr.DataArray(shaped, dims=("chain", "draw", "obs"), coords=coords, name=name)

    def loo(self) -> Loo:
        """Estimate the leave-one-out predictive density: elpd_loo, p_loo, looic and Pareto k.

        Raises:
            OptionError: if the fit ignored the data (``sample_prior="only"``).
        """
        if self.model.sample_prior == "only":
            raise OptionError("loo() needs a fit to the data; this one has sample_prior='only'")
        return self._loo

    @cached_property
    def _loo(self) -> Loo:
        return loo_of_blocks(self._log_lik_blocks(self.design.table), self.chains, self.ndraws // self.chains)

    def compare_to_gam(self, g: GamFit | None = None, *, prob: float = 0.95) -> TwinComparison:
        """Put the penalised fit of the same model beside the posterior.

        The edf of every smooth and group stands beside its effective degrees of freedom in the posterior (their formula
        is in ``posterior/twin_comparison.py``) and p_loo; sigma / sqrt(lambda) beside the posterior of the standard
        deviations ``sds`` and ``sd``.

        Args:
            g: a fit by ``gam()`` with the same smooths and groups; one is made, by REML, if None.
            prob: mass of the intervals.

        Raises:
            OptionError: if ``gam()`` cannot fit such a model, the fit given has other smooths, or this one ignored the
                data.
        """
        return compare_twin(self.design, self._flat, self.loo, g, prob)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fit to one netCDF file, which ``load_fit`` reads.

        Raises:
            StorageError: if the file cannot be written.
        """
        from smoothstan._version import __version__

        save_tree(path, self.draws, self.model, __version__)

    def to_inferencedata(self) -> Any:
        """Return the draws for the installed ArviZ: an InferenceData for ArviZ 0.x, the DataTree from 1.0 on."""
        try:
            import arviz
        except ImportError:
            raise ImportError("to_inferencedata() needs the package arviz: pip install arviz") from None
        if int(arviz.__version__.split(".")[0]) >= 1:
            return self.draws
        return arviz.InferenceData(**{str(k): v.to_dataset() for k, v in self.draws.children.items()})


def load_fit(path: str | os.PathLike[str]) -> Posterior:
    """Read a fit that ``Posterior.save`` wrote.

    Raises:
        StorageError: if there is no such file, it is damaged, or something else wrote it.
    """
    draws, model = load_tree(path, FitModel)
    return Posterior(model, draws)
