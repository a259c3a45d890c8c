"""One model for several data sets, e.g. multiple imputations: brms's ``brm_multiple``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from smoothstan.design import Design
from smoothstan.engines import SamplingOptions, choose_engine, seed_or_random
from smoothstan.errors import DataError, DataWarning, EngineError, OptionError, SamplingWarning, warn
from smoothstan.posterior.combine import combine_fits
from smoothstan.posterior.diagnostics import problems_of
from smoothstan.posterior.estimates import rhat
from smoothstan.posterior.fit_file import FitFile
from smoothstan.posterior.fitted import FitModel, Fitted
from smoothstan.posterior.flat_draws import flat_draws
from smoothstan.posterior.request import FitRequest
from smoothstan.priors import PriorTable
from smoothstan.table import read_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

F = TypeVar("F", bound=Fitted)


def seeded(options: SamplingOptions) -> SamplingOptions:
    """Return options with a seed: a random one where none is given."""
    return options if options.seed is not None else replace(options, seed=seed_or_random(None))


def file_of_joined(file: str | os.PathLike[str] | None, file_refit: str, *, combine: bool) -> FitFile | None:
    """Return where a fit to several data sets is kept; OptionError for what such a fit cannot have."""
    if not isinstance(combine, bool):
        raise OptionError(f"combine must be True or False, got {combine!r}")
    kept = FitFile.of(file, file_refit)
    if kept and not combine:
        raise OptionError("a list of fits has no file; leave file out, or let combine be True")
    if kept and file_refit == "on_change":
        raise OptionError("only the first data set is kept in a file, so file_refit must be 'never' or 'always'")
    return kept


def fit_each(
    request: FitRequest, data: Any, kind: type[F], *, n_jobs: int | None, file: FitFile | None = None
) -> list[F]:
    """Fit one model to several data sets.

    Bases of smooths, codings and levels of factors, and priors are those of the first, so that the coefficients mean
    the same in all fits.

    Args:
        request: the model; the seeds of the data sets follow from its seed.
        data: a list of tables.
        kind: the class of the fits.
        n_jobs: fits at a time, by joblib; None for one, or what ``joblib.parallel_config`` says.
        file: where the joined fit is to be kept; it is made sure that it can be.

    Raises:
        DataError: if a data set cannot have the design of the first; its number is named.
        OptionError: if there are no data sets, or for another ``n_jobs``.
    """
    import joblib

    tables = _listed(data)
    if n_jobs is not None and (isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or n_jobs == 0):
        raise OptionError(f"n_jobs must be None or a whole number other than 0 (-1: all processors), got {n_jobs!r}")
    first = request.design(tables[0])
    priors = request.resolve(first)
    designs = [first, *(_bound_to(first, table, i) for i, table in enumerate(tables[1:], start=2))]
    choose_engine(request.backend)
    if file:
        file.check(request)
    options = request.options
    if joblib.effective_n_jobs(n_jobs) > 1:
        options = replace(options, parallel_chains=options.parallel_chains or 1, show_progress=False)
    # Half of 32 bits: what every engine takes.
    seeds = (np.random.SeedSequence(options.seed).generate_state(len(designs)) >> 1).tolist()
    requests = [replace(request, options=replace(options, seed=seed)) for seed in seeds]
    jobs = [
        joblib.delayed(_sample)(wanted, design, priors, i)
        for i, (wanted, design) in enumerate(zip(requests, designs, strict=True), start=1)
    ]
    return [kind(*parts) for parts in joblib.Parallel(n_jobs=n_jobs)(jobs)]


def _listed(data: Any) -> list[Any]:
    if isinstance(data, (str, Mapping)) or not isinstance(data, Sequence):
        raise DataError(f"the data must be a list of tables, one per data set, got {type(data).__name__}")
    if not data:
        raise DataError("the list of data sets is empty")
    return list(data)


def _bound_to(design: Design, data: Any, number: int) -> Design:
    """Return a design at other data, complete rows only."""
    try:
        needed = dict.fromkeys((*design.predictor_reads(), *design.response.reads))
        table = read_table(data, needed).select(needed)
        complete = table.complete()
        dropped = table.n - int(complete.sum())
        if dropped:
            warn(f"data set {number}: {dropped} of {table.n} rows have missing values and are left out", DataWarning)
            table = table.take(np.flatnonzero(complete))
        table = design.at(table, response=True)
        design.family.check_response(design.response.at(table))
    except (DataError, ValueError) as fault:
        raise DataError(f"data set {number} does not fit the model of the first: {fault}") from None
    return replace(design, table=table, dropped=dropped)


def _sample(request: FitRequest, design: Design, priors: PriorTable, number: int) -> tuple[FitModel, xr.DataTree]:
    try:
        return request.sample(design, priors, choose_engine(request.backend))
    except EngineError as fault:
        raise type(fault)(f"data set {number}: {fault}") from None


def joined(fits: Sequence[F], request: FitRequest) -> F:
    """Return the fits of a request to several data sets as one, and warn of what is wrong with the draws of some."""
    both = combine_fits(fits, check_data=False)
    options = replace(both.model.options, seed=request.options.seed, parallel_chains=request.options.parallel_chains)
    fit = replace(both, model=replace(both.model, options=options, data_sets=len(fits)))
    for problem in problems_of(fit):
        warn(problem, SamplingWarning)
    return fit


def warn_of_each(fits: Sequence[Fitted]) -> None:
    """Warn of what is wrong with the draws of every fit."""
    for number, fit in enumerate(fits, start=1):
        for problem in problems_of(fit):
            warn(f"data set {number}: {problem}", SamplingWarning)


def rhats(fit: Fitted) -> pd.DataFrame:
    """Return the R-hat of every scalar within every data set."""
    import pandas as pd

    flat = flat_draws(fit)
    chains = flat.values.T.reshape(len(flat.names), fit.chains, -1)
    parts = np.split(chains, fit.model.data_sets, axis=1)
    index = pd.RangeIndex(1, len(parts) + 1, name="data set")
    return pd.DataFrame([rhat(part) for part in parts], index=index, columns=list(flat.names))
