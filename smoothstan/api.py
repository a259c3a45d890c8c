"""The public functions: each is a straight line through the stages."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from smoothstan._version import __version__
from smoothstan.arrays import StanData
from smoothstan.engines import Inits, SamplingOptions, choose_engine
from smoothstan.errors import SamplingWarning
from smoothstan.families import Family
from smoothstan.formula import ModelFormula
from smoothstan.gam import GamFit
from smoothstan.posterior import (
    FitFile,
    FitRequest,
    Posterior,
    combine_fits,
    file_of_joined,
    fit_each,
    gam_inits,
    joined,
    seeded,
    warn_of_each,
)
from smoothstan.priors import Prior, PriorSet, PriorTable, resolve_priors

if TYPE_CHECKING:
    import pandas as pd

Formula: TypeAlias = str | ModelFormula | Sequence[str]
Priors: TypeAlias = Prior | PriorSet | Sequence[Prior]


def brm(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    prior: Priors = (),
    backend: str = "auto",
    chains: int = 4,
    iter_warmup: int = 1000,
    iter_sampling: int = 1000,
    parallel_chains: int | None = None,
    seed: int | None = None,
    adapt_delta: float = 0.8,
    max_treedepth: int = 10,
    inits: Inits | Literal["gam"] = None,
    show_progress: bool = True,
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
    file: str | os.PathLike[str] | None = None,
    file_refit: str = "never",
) -> Posterior:
    """Fit a Bayesian multilevel model with smooths.

    Args:
        formula: brms's syntax, e.g. ``"y ~ x + s(z, bs='cr') + (1 + x | g)"``, or ``bf(...)``.
        data: pandas, polars, pyarrow or a dict of columns; rows with missing values are left out.
        family: name of the response family, or ``family(name, link=...)``.
        prior: one ``prior(...)`` or several; defaults as in brms, see ``default_prior``.
        backend: ``"cmdstan"``, ``"stanli"``, or ``"auto"`` for CmdStan where it is installed.
        chains: number of chains, at least 1.
        iter_warmup, iter_sampling: iterations of each chain before and after adaptation ends.
        parallel_chains: chains to run at once; by default one per processor.
        seed: makes the draws reproducible on one machine and engine.
        adapt_delta: target acceptance rate, between 0 and 1.
        max_treedepth: bound on the length of a trajectory.
        inits: starting values: None for random ones, a radius, values by Stan name (one dict, or one per chain),
            or ``"gam"`` for draws around the penalised fit by ``gam()``, a little overdispersed.
        show_progress: draw a progress bar per chain.
        sample_prior: ``"no"``, ``"yes"`` to draw from the priors as well, ``"only"`` to ignore the data.
        knots: covariate of a smooth -> its knots, as mgcv's ``knots``.
        data2: objects that the formula names, e.g. the polygons in ``s(region, bs='mrf', xt=list(polys=map))``.
        file: keep the fit in this file (``.nc`` is added if it lacks it), and read it from there the next time.
        file_refit: what to do if the file is there: ``"never"`` returns the fit in it, whatever the other arguments
            are; ``"on_change"`` samples anew if formula, family, data, priors, program, backend, sampling options, or
            a seed that is given, differ; ``"always"`` samples anew. The file changes only when the new fit is complete.

    Returns:
        The fit: draws, summaries, predictions.

    Warns:
        SamplingWarning: in words, for divergences, slow or unmixed chains.
        DataWarning: if rows are left out.

    Raises:
        FormulaError, DataError, FamilyError, PriorError, OptionError: before anything is sampled.
        EngineError: if no engine is there, the program does not compile, or a chain fails.
        StorageError: if ``file`` cannot be written or read; the former is found out before sampling.
    """
    from_gam, inits = gam_inits(inits)
    options = SamplingOptions(
        chains, iter_warmup, iter_sampling, parallel_chains, seed, adapt_delta, max_treedepth, inits, show_progress,
    )  # fmt: skip
    request = FitRequest.of(
        formula, family, prior, options, sample_prior=sample_prior, backend=backend, knots=knots, data2=data2,
        from_gam=from_gam,
    )  # fmt: skip
    kept = FitFile.of(file, file_refit)
    if kept and (found := kept.final(Posterior)):
        return found
    design, priors = request.bind(data)
    if kept and (found := kept.unchanged(Posterior, request, design, priors)):
        return found
    fit = Posterior(*request.sample(design, priors, choose_engine(backend)))
    if kept:
        kept.keep(fit)
    for problem in fit.problems():
        warnings.warn(problem, SamplingWarning, stacklevel=2)
    return fit


def brm_multiple(
    formula: Formula,
    data: Sequence[Any],
    *,
    combine: bool = True,
    n_jobs: int | None = None,
    family: str | Family = "gaussian",
    prior: Priors = (),
    backend: str = "auto",
    chains: int = 4,
    iter_warmup: int = 1000,
    iter_sampling: int = 1000,
    parallel_chains: int | None = None,
    seed: int | None = None,
    adapt_delta: float = 0.8,
    max_treedepth: int = 10,
    inits: Inits | Literal["gam"] = None,
    show_progress: bool = True,
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
    file: str | os.PathLike[str] | None = None,
    file_refit: str = "never",
) -> Posterior | list[Posterior]:
    """Fit one model to several data sets, e.g. multiple imputations, and pool the draws.

    Bases of smooths, codings and levels of factors, and default priors are those of the first data set, so that a
    coefficient means the same everywhere. The data sets' seeds follow from ``seed``, however many jobs there are.

    Args:
        formula: as in ``brm``.
        data: a list of tables with the columns of the model.
        combine: return one fit with the chains of all; else a list of fits.
        n_jobs: data sets at a time, by joblib (-1: all processors); by default one, or what
            ``joblib.parallel_config`` says, so that Dask and Ray can take them.
        family, prior, backend, chains, iter_warmup, iter_sampling, parallel_chains, seed, adapt_delta, max_treedepth,
            inits, show_progress, sample_prior, knots, data2: as in ``brm``. Jobs that run at the same time sample
            their chains one after another unless ``parallel_chains`` is given, and draw no progress bars.
        file, file_refit: as in ``brm``, for the combined fit; not ``"on_change"``.

    Returns:
        The combined fit: its data are the first, R-hat is within each data set (``rhats``); or one fit per data set.

    Warns:
        SamplingWarning: for divergences, slow or unmixed chains, with the numbers of the data sets (from 1).
        DataWarning: if rows are left out.

    Raises:
        DataError: if the data are no list of tables, or one does not fit the model of the first.
        Others: as ``brm``.

    Source: the function of the same name in brms, which places smooths anew for every data set.
    """
    from_gam, inits = gam_inits(inits)
    options = SamplingOptions(
        chains, iter_warmup, iter_sampling, parallel_chains, seed, adapt_delta, max_treedepth, inits, show_progress,
    )  # fmt: skip
    request = FitRequest.of(
        formula, family, prior, seeded(options), sample_prior=sample_prior, backend=backend, knots=knots, data2=data2,
        from_gam=from_gam,
    )  # fmt: skip
    kept = file_of_joined(file, file_refit, combine=combine)
    if kept and (found := kept.final(Posterior)):
        return found
    fits = fit_each(request, data, Posterior, n_jobs=n_jobs, file=kept)
    if not combine:
        warn_of_each(fits)
        return fits
    fit = joined(fits, request)
    if kept:
        kept.keep(fit)
    return fit


def combine_models(*fits: Posterior, check_data: bool = True) -> Posterior:
    """Join fits of the same model: their chains side by side; see ``Posterior.combine``."""
    return combine_fits(fits, check_data=check_data)


def stancode(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    prior: Priors = (),
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> str:
    """Return the Stan program that ``brm`` would sample; the arguments are those of ``brm``."""
    request = FitRequest.of(formula, family, prior, sample_prior=sample_prior, knots=knots, data2=data2)
    return request.code(*request.bind(data), __version__)


def standata(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    prior: Priors = (),
    sample_prior: str = "no",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> StanData:
    """Return the data that ``brm`` would pass to Stan, under brms's names; the arguments are those of ``brm``."""
    request = FitRequest.of(formula, family, prior, sample_prior=sample_prior, knots=knots, data2=data2)
    return request.stan_data(request.design(data))


def default_prior(
    formula: Formula,
    data: Any,
    *,
    family: str | Family = "gaussian",
    knots: Mapping[str, Any] | None = None,
    data2: Mapping[str, Any] | None = None,
) -> PriorTable:
    """Return the parameters that can have priors, with the defaults; the arguments are those of ``brm``."""
    return resolve_priors(FitRequest.of(formula, family, knots=knots, data2=data2).design(data).prior_slots())


def model_matrix(fit: Posterior | GamFit, new_data: Any = None) -> pd.DataFrame:
    """Return the design of a fitted model, one named column per coefficient.

    Args:
        fit: from ``brm()``, with columns named as the posterior names the coefficients, or from ``gam()``, with
            mgcv's names.
        new_data: rows to evaluate it at; those of the fit by default.

    Returns:
        (n, p) table.
    """
    return fit.model_matrix(new_data)
