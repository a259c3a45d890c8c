"""The methods of a fit that keep it, change it and hand it on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from smoothstan.engines import Inits, choose_engine
from smoothstan.errors import SamplingWarning, warn
from smoothstan.families import Family
from smoothstan.families import family as choose_family
from smoothstan.posterior.diagnostics import problems_of
from smoothstan.posterior.fit_file import FitFile
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.request import gam_inits
from smoothstan.posterior.storage import save_tree
from smoothstan.posterior.update import FormulaChange, bind_update, changed_request
from smoothstan.priors import Prior, as_priors


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
