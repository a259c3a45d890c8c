"""The methods of a fit that check it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smoothstan.posterior.checks import PredictiveCheck, Sensitivity, pictures, powerscale_sensitivity, predictive_check
from smoothstan.posterior.checks.sampler import effective_sample_ratio, log_posterior, nuts_parameters, rhat_of
from smoothstan.posterior.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes


class Checking(Predictions):
    """Predictive checks, sensitivity to the prior, and pictures of the draws.

    Methods that take variables share these arguments:

    Args:
        variables: names of posterior variables: scalars such as ``"b_x"``, ``"s_sx_1[3]"``, ``"r_g[level,Intercept]"``,
            or an array for all its elements, ``"r_g"``. By default the variables of the summary.
        regex: read them as regular expressions that are found in the name, such as ``"^sd_"``.
        ax: where to draw, one per panel; a new figure by default.

    Raises:
        OptionError: if a name or pattern fits no variable, or there are too many for a picture.
    """

    def pp_check(
        self, kind: str = "dens_overlay", *, ndraws: int | None = None, group: str | None = None, x: str | None = None,
        stat: Any = None, prob: float | None = None, new_data: Any = None, re_formula: Any = None,
        allow_new_levels: bool = False, sample_new_levels: str = "uncertainty", seed: int | None = None,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> PredictiveCheck:  # fmt: skip
        """Draw the data beside what the model predicts; of a fit with ``sample_prior="only"``, the prior predicts.

        Args:
            kind: ``"dens_overlay"``, ``"ecdf_overlay"``, ``"hist"``: distributions; ``"intervals"``, ``"ribbon"``,
                ``"scatter_avg"``, ``"error_scatter_avg"``: rows; ``"stat"``, ``"stat_2d"``: statistics; ``"bars"``,
                ``"rootogram"``: counts; ``"pit_ecdf"``, ``"loo_pit"``, ``"loo_pit_overlay"``, ``"loo_pit_qq"``:
                calibration. bayesplot's ``"<kind>_grouped"`` is ``kind`` with ``group``.
            ndraws: how many draws, chosen at random; by default 10 for distributions, else all.
            group: a column; its levels have panels of their own. Of the rows of the fit, a column of its formula.
            x: a numeric column along which rows are shown; their order by default.
            stat: for ``"stat"``: a name such as ``"mean"``, ``"sd"``, ``"max"``, ``"prop_zero"`` or ``"q90"``, or a
                function of an array; for ``"stat_2d"`` two of them.
            prob: mass of intervals, 0.9 by default, or of the simultaneous band of ``"pit_ecdf"`` and ``"loo_pit"``,
                0.99 by default.
            new_data: other rows, with the response; those of the fit by default.
            re_formula, allow_new_levels, sample_new_levels, seed: see ``Predictions``.
            ax: where to draw, one per panel; a new figure by default.

        Returns:
            The check, which has been drawn: ``figure``, ``axes``; ``table`` holds what is drawn.

        Warns:
            DataWarning: if responses of the fit are censored; they are not shown.

        Raises:
            OptionError: for an unknown kind, an argument that it has no use for, or a value outside its range.
            DataError: for a column that is missing or of the wrong kind.

        Source: Gabry, Simpson, Vehtari, Betancourt & Gelman (2019), JRSS A 182, 389-402.
        """
        return predictive_check(
            self, kind, ndraws=ndraws, group=group, x=x, stat=stat, prob=prob, new_data=new_data,
            re_formula=re_formula, allow_new_levels=allow_new_levels, sample_new_levels=sample_new_levels, seed=seed,
            ax=ax,
        )  # fmt: skip

    def plot(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, nvariables: int = 5
    ) -> tuple[Axes, ...]:
        """Draw density and trace of the main parameters, by chain.

        Args:
            variables, regex: see ``Checking``.
            nvariables: how many share a figure; of more variables further figures are made.
        """
        chosen = pictures.select(self, variables, regex=regex)
        return pictures.density_and_trace(chosen, nvariables)

    def plot_trace(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> tuple[Axes, ...]:  # fmt: skip
        """Draw the course of every chain, and where transitions diverged.

        Args:
            variables, regex, ax: see ``Checking``.
        """
        return pictures.trace(pictures.select(self, variables, regex=regex), ax)

    def plot_rank(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, prob: float = 0.99,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> tuple[Axes, ...]:  # fmt: skip
        """Draw how the ranks of every chain among all chains are distributed; chains that agree stay in the band.

        The band holds for independent draws: of strongly autocorrelated chains the curves leave it.

        Args:
            variables, regex, ax: see ``Checking``.
            prob: how probable it is that all chains stay in the band if they agree.

        Source: Saeilynoja, Buerkner & Vehtari (2022), Statistics and Computing 32:32, section 3.
        """
        return pictures.ranks(pictures.select(self, variables, regex=regex), prob, ax)

    def plot_autocorr(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, max_lag: int = 20,
        ax: Axes | Sequence[Axes] | None = None,
    ) -> tuple[Axes, ...]:  # fmt: skip
        """Draw the autocorrelation of every chain.

        Args:
            variables, regex, ax: see ``Checking``.
            max_lag: the largest distance of draws.
        """
        return pictures.autocorrelation(pictures.select(self, variables, regex=regex), max_lag, ax)

    def plot_pairs(self, variables: str | Sequence[str] | None = None, *, regex: bool = False) -> tuple[Axes, ...]:
        """Draw at most ten variables against each other, with divergent transitions marked.

        Args:
            variables, regex: see ``Checking``.
        """
        return pictures.pairs(pictures.select(self, variables, regex=regex, most=pictures.MOST_PAIRED, varying=True))

    def plot_energy(self) -> tuple[Axes, ...]:
        """Draw the energy's marginal distribution beside that of its changes, and E-BFMI by chain.

        Source: Betancourt (2016), arXiv:1604.00695.
        """
        return pictures.energy(self)

    def plot_forest(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, prob: float = 0.9,
        prob_inner: float = 0.5, ax: Axes | None = None,
    ) -> tuple[Axes, ...]:  # fmt: skip
        """Draw median and intervals of variables in one picture.

        Args:
            variables, regex, ax: see ``Checking``.
            prob, prob_inner: masses of the equal-tailed intervals.
        """
        chosen = pictures.select(self, variables, regex=regex, most=pictures.MOST_IN_FOREST)
        return pictures.forest(chosen, prob, prob_inner, ax)

    def powerscale_sensitivity(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, lower_alpha: float = 0.99,
        upper_alpha: float = 1.01, div_measure: str = "cjs_dist", sensitivity_threshold: float = 0.05,
        max_memory: float | str | None = None,
    ) -> Sensitivity:  # fmt: skip
        """Tell how far the posterior moves when the prior or the likelihood counts more or less.

        The prior is that of coefficients and hyperparameters (``lprior``); effects of groups and coefficients of
        smooths belong to the model.

        Args:
            variables, regex: see ``Checking``.
            lower_alpha, upper_alpha: powers of the density, below and above 1.
            div_measure: ``"cjs_dist"``, the cumulative Jensen-Shannon distance, or ``"ks_dist"``, Kolmogorov and
                Smirnov's.
            sensitivity_threshold: the smallest sensitivity that counts for the diagnosis.
            max_memory: bytes, or a text such as ``"200 MB"``, that the log likelihood may use.

        Returns:
            A table with variable, prior, likelihood and diagnosis, which prints and draws itself.

        Raises:
            OptionError: if the fit ignored the data (``sample_prior="only"``), or for a value outside its range.

        Source: Kallioinen, Paananen, Buerkner & Vehtari (2024), Statistics and Computing 34:57.
        """
        return powerscale_sensitivity(
            self, variables, regex=regex, lower_alpha=lower_alpha, upper_alpha=upper_alpha, div_measure=div_measure,
            sensitivity_threshold=sensitivity_threshold, max_memory=max_memory,
        )  # fmt: skip

    def nuts_params(self, pars: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Return the sampler's statistics: Chain, Iteration, Parameter, Value.

        Args:
            pars: Stan's names, such as ``"divergent__"``; by default all but ``lp__``.
        """
        return nuts_parameters(self, pars)

    def log_posterior(self) -> pd.DataFrame:
        """Return the log posterior density of every draw, up to a constant: Chain, Iteration, Value."""
        return log_posterior(self)

    def rhat(self, variables: str | Sequence[str] | None = None, *, regex: bool = False) -> pd.Series:
        """Return the rank-normalised split R-hat of every variable; NaN of one that never moves.

        Args:
            variables, regex: see ``Checking``; by default all variables.

        Source: Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16, 667-718.
        """
        return rhat_of(self, variables, regex=regex)

    def neff_ratio(self, variables: str | Sequence[str] | None = None, *, regex: bool = False) -> pd.Series:
        """Return the smaller of the bulk and tail effective sample sizes over the number of draws.

        Args:
            variables, regex: see ``Checking``; by default all variables.
        """
        return effective_sample_ratio(self, variables, regex=regex)
