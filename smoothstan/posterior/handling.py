"""The methods of a fit that keep it, change it and hand it on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

from smoothstan.arrays import FloatArray
from smoothstan.engines import Inits, choose_engine
from smoothstan.errors import OptionError, SamplingWarning, warn
from smoothstan.families import Family
from smoothstan.families import family as choose_family
from smoothstan.posterior.combine import combine_fits
from smoothstan.posterior.data_sets import rhats
from smoothstan.posterior.diagnostics import problems_of
from smoothstan.posterior.effects import fixed_draws
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.posterior.fit_file import FitFile
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.flat_draws import all_names, as_frame, as_polars, flat_draws
from smoothstan.posterior.request import gam_inits
from smoothstan.posterior.storage import save_tree
from smoothstan.posterior.update import FormulaChange, bind_update, changed_request
from smoothstan.priors import Prior, as_priors

if TYPE_CHECKING:
    import pandas as pd


class Handling(Fitted):
    """Saving, changing, joining, and the draws in other forms."""

    def update(
        self, formula: FormulaChange | None = None, *, new_data: Any = None, family: str | Family | None = None,
        prior: Prior | Sequence[Prior] = (), backend: str | None = None, chains: int | None = None,
        iter_warmup: int | None = None, iter_sampling: int | None = None, parallel_chains: int | None = None,
        seed: int | None = None, adapt_delta: float | None = None, max_treedepth: int | None = None,
        inits: Inits | Literal["gam"] = None, show_progress: bool | None = None, sample_prior: str | None = None,
        knots: Mapping[str, Any] | None = None, data2: Mapping[str, Any] | None = None,
        file: str | os.PathLike[str] | None = None, file_refit: str = "never",
    ) -> Self:  # fmt: skip
        """Fit the model again with some things changed; what is not given stays as it is in this fit.

        Default priors follow the changed model and data; starting values are not kept.

        Args:
            formula: a formula in which ``.`` stands for what was there, as in R's ``update``: ``"~ . + x"``,
                ``". ~ . - (1 | g)"``, ``"log(.) ~ ."``; with several, or ``bf(...)``, other parameters too:
                ``(". ~ .", "sigma ~ . + w")``. Parameters that it does not name keep their formulas.
            new_data: other data; needed for columns that the model had no use for, as a fit does not keep these.
            family: another family.
            prior: further priors; each takes the place of an earlier one for the same parameters.
            backend, chains, iter_warmup, iter_sampling, parallel_chains, seed, adapt_delta, max_treedepth, inits,
                show_progress, sample_prior, knots, data2, file, file_refit: as in ``brm``.

        Returns:
            A new fit.

        Warns:
            FormulaWarning: if a term that is to be taken away is not there.
            PriorWarning: if an earlier prior matches no parameter any more, and is left out.
            SamplingWarning, DataWarning: as ``brm``.

        Raises:
            DataError: if the formula needs a column that the fit does not keep and no new data are given.
            FormulaError, FamilyError, PriorError, OptionError, EngineError, StorageError: as ``brm``.

        Source: ``update`` of brms, where earlier priors that match nothing are left out without a word, and default
            priors stay as they were.
        """
        from_gam, starts = gam_inits(inits)
        options = {
            "chains": chains, "iter_warmup": iter_warmup, "iter_sampling": iter_sampling, "seed": seed,
            "parallel_chains": parallel_chains, "adapt_delta": adapt_delta, "max_treedepth": max_treedepth,
            "inits": starts, "show_progress": show_progress,
        }  # fmt: skip
        asked = {
            "family": None if family is None else choose_family(family), "backend": backend,
            "sample_prior": sample_prior, "from_gam": from_gam,
        }  # fmt: skip
        request = changed_request(self.model, formula, options, asked, knots=knots, data2=data2)
        kept = FitFile.of(file, file_refit)
        if kept and (found := kept.final(type(self))):
            return found
        request, design, priors = bind_update(self.model, request, new_data, as_priors(prior))
        if kept and (found := kept.unchanged(type(self), request, design, priors)):
            return found
        fit = type(self)(*request.sample(design, priors, choose_engine(request.backend)))
        if kept:
            kept.keep(fit)
        for problem in problems_of(fit):
            warn(problem, SamplingWarning)
        return fit

    def combine(self, *others: Self, check_data: bool = True) -> Self:
        """Join this fit with others of the same model: their chains side by side.

        Args:
            others: fits of the same formula, family and priors with as many draws per chain.
            check_data: refuse fits to different data; if they pass, convergence is judged within each.

        Returns:
            A fit with the chains of all; its data are those of this one.

        Warns:
            SamplingWarning: if two of the fits have a chain in common.
            DataWarning: if smooths or codings of the fits were made from different data.

        Raises:
            OptionError: if the fits differ in more than their draws; what differs is named.
        """
        return combine_fits((self, *others), check_data=check_data)

    @property
    def rhats(self) -> pd.DataFrame:
        """R-hat of every scalar (columns) among the chains of every data set (rows); one row for an ordinary fit."""
        return rhats(self)

    def variables(self) -> tuple[str, ...]:
        """Return the names of all scalars in the posterior, in brms's order, e.g. ``r_county[AITKIN,Intercept]``."""
        return tuple(name for elements in all_names(self).values() for name in elements)

    @property
    def nvariables(self) -> int:
        """The number of scalars in the posterior."""
        return len(self.variables())

    def as_pandas(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, long: bool = False
    ) -> pd.DataFrame:
        """Return the draws as a table, as R's ``posterior::as_draws_df`` does.

        Args:
            variables: names of scalars (``"b_x"``, ``"r_county[AITKIN,Intercept]"``) or of whole arrays
                (``"r_county"``); all if None.
            regex: the names are regular expressions, found anywhere in a scalar's name.
            long: one row per draw and scalar, with the columns ``.variable`` and ``.value``.

        Returns:
            One row per draw: a column per scalar, and ``.chain``, ``.iteration`` and ``.draw``, counted from 1 as in
            R; ``draw_ids`` of predictions count from 0.

        Raises:
            OptionError: if a name or expression matches nothing.
        """
        return as_frame(flat_draws(self, variables, regex=regex), long=long)

    def as_polars(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, long: bool = False
    ) -> Any:
        """Return what ``as_pandas`` does as a polars DataFrame.

        Raises:
            ImportError: if polars is not installed.
            OptionError: if a name or expression matches nothing.
        """
        return as_polars(flat_draws(self, variables, regex=regex), long=long)

    def as_numpy(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False
    ) -> tuple[FloatArray, tuple[str, ...]]:
        """Return the draws as a matrix, and the names of its columns; the arguments are those of ``as_pandas``.

        Returns:
            (draws, m) values, chain by chain, and the m names.

        Raises:
            OptionError: if a name or expression matches nothing.
        """
        chosen = flat_draws(self, variables, regex=regex)
        return chosen.values, chosen.names

    def posterior_summary(
        self, variables: str | Sequence[str] | None = None, *, regex: bool = False, prob: float = 0.95,
        robust: bool = False,
    ) -> pd.DataFrame:  # fmt: skip
        """Summarise scalars of the posterior, one per row.

        Args:
            variables, regex: which, as in ``as_pandas``.
            prob: mass of the equal-tailed intervals, between 0 and 1.
            robust: medians and median absolute deviations in place of means and standard deviations.

        Returns:
            Columns Estimate, Est.Error and two quantiles, as brms's.
        """
        chosen = flat_draws(self, variables, regex=regex)
        return posterior_summary(chosen.values, list(chosen.names), prob=prob, robust=robust)

    def prior_draws(self) -> pd.DataFrame:
        """Return the draws from the priors, a column per prior, e.g. ``sd_g``.

        Raises:
            OptionError: unless the fit has some, by ``sample_prior="yes"``.
        """
        names = [name for name in self.variables() if name.startswith("prior_")]
        if not names:
            hint = "; with 'only' all draws are from the prior" if self.model.sample_prior == "only" else ""
            raise OptionError(
                "the fit has no draws from its priors: they need sample_prior='yes', and priors that are proper "
                f"(this fit: {self.model.sample_prior!r}{hint})"
            )
        return self.as_pandas(names)[names].rename(columns=lambda name: name.removeprefix("prior_"))

    @property
    def nobs(self) -> int:
        """The number of observations."""
        return self.design.n

    def ngrps(self) -> dict[str, int]:
        """Return grouping factor -> its number of levels."""
        return {term.group: len(term.levels) for term in self.design.groups}

    def vcov(self, *, correlation: bool = False) -> pd.DataFrame:
        """Return the posterior covariances of the population-level coefficients, smooths' unpenalised ones included.

        Args:
            correlation: return correlations instead.

        Returns:
            (p, p) table; the coefficients are named and ordered as by ``fixef``.
        """
        import pandas as pd

        draws = pd.DataFrame(fixed_draws(self.design, self.flat))
        return draws.corr() if correlation else draws.cov()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fit to one netCDF file, which ``load_fit`` reads.

        Raises:
            StorageError: if the file cannot be written, or the fit holds an object that cannot be stored; it is named.
        """
        save_tree(path, self)

    def to_inferencedata(self) -> Any:
        """Return the draws for the installed ArviZ: an InferenceData for ArviZ 0.x, the DataTree from 1.0 on."""
        try:
            import arviz
        except ImportError:
            raise ImportError("to_inferencedata() needs the package arviz: pip install arviz") from None
        if int(arviz.__version__.split(".")[0]) >= 1:
            return self.draws
        return arviz.InferenceData(**{str(k): v.to_dataset() for k, v in self.draws.children.items()})
