"""Fits without some rows, one after the other or in parallel.

The fits run through joblib, so that ``joblib.parallel_config`` says where: processes, threads, dask or ray.  Bases,
codings, levels and priors stay those of the full fit.  A level of a grouping that loses all its rows has effects drawn
from the distribution of the group: what brms calls ``sample_new_levels = "gaussian"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design, refuse_constant_columns
from smoothstan.engines import check_whole
from smoothstan.errors import DataError, OptionError, SamplingWarning, warn
from smoothstan.posterior.comparison.criterion import log_mean_exp
from smoothstan.posterior.diagnostics import problems
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import prepare
from smoothstan.posterior.sampling import refit

F = TypeVar("F", bound=Fitted)
_MOST_NAMED = 3


@dataclass(frozen=True)
class HeldOut:
    """What a fit without some rows says about them.

    Args:
        elpd: (units,) log densities of what is predicted: rows, or sets of rows that are predicted jointly.
        log_lik: (draws, units) their log likelihood, if it is one row.
        chains: the number of chains.
        problems: what is wrong with the draws, a sentence each.
        fit: the fit, if it is to be kept.
    """

    elpd: FloatArray
    log_lik: FloatArray | None
    chains: int
    problems: tuple[str, ...]
    fit: Any


def check_jobs(n_jobs: int | None) -> None:
    """Refuse a number of jobs that joblib would not take."""
    if n_jobs is not None and (isinstance(n_jobs, bool) or not isinstance(n_jobs, (int, np.integer)) or n_jobs == 0):
        raise OptionError(f"n_jobs is a whole number of jobs, -1 for one per processor, got {n_jobs!r}")


def seeds_of(fit: Fitted, seed: int | None, count: int) -> IntArray:
    """Return a seed of the sampler per fit; all derive from ``seed``, or else from the seed of the fit."""
    if seed is not None:
        check_whole("seed", seed, 0)
    sequence = np.random.SeedSequence(fit.model.options.seed if seed is None else seed)
    return (sequence.generate_state(count, np.uint32) >> 1).astype(np.int64)


def held_out_fits(
    fit: F, omitted: Sequence[IntArray], predicted: Sequence[IntArray], units: Sequence[IntArray], seeds: IntArray, *,
    n_jobs: int | None, keep: bool = False, name: str = "fold",
) -> list[HeldOut]:  # fmt: skip
    """Fit the model without some rows and predict some of them, for every set of rows.

    Args:
        fit: the fit to all rows; its draws are not used.
        omitted: rows that a fit leaves out.
        predicted: rows whose density is wanted.
        units: for each of these rows, the number of the unit, from 0, to which it belongs.
        seeds: of the sampler, one per fit.
        n_jobs: fits at the same time; None for 1, or what ``joblib.parallel_config`` says.
        keep: return the fits as well.
        name: what a message calls one of them.

    Warns:
        SamplingWarning: if draws of some fits should not be trusted.
    """
    import joblib

    check_jobs(n_jobs)
    tables = [np.setdiff1d(np.arange(fit.design.n), rows) for rows in omitted]
    for i, rows in enumerate(tables):
        _check_rows(fit, rows, omitted[i], f"{name} {i}")
    bare = _without_draws(fit, alone=joblib.effective_n_jobs(n_jobs) == 1)
    jobs = (
        joblib.delayed(_held_out)(bare, rows, asked, unit, int(seed), keep)
        for rows, asked, unit, seed in zip(tables, predicted, units, seeds, strict=True)
    )
    results: list[HeldOut] = list(joblib.Parallel(n_jobs=n_jobs)(jobs))
    _warn_of_problems(results, name)
    return results


def _without_draws(fit: F, *, alone: bool) -> F:
    """Return what a fit is repeated from; chains run one after the other where several fits run at once."""
    import xarray as xr

    options = fit.model.options if alone else replace(fit.model.options, parallel_chains=1)
    return replace(fit, model=replace(fit.model, options=options), draws=xr.DataTree(), criteria={})


def _check_rows(fit: Fitted, rows: IntArray, omitted: IntArray, what: str) -> None:
    if not len(rows):
        raise OptionError(f"{what} leaves out all rows")
    design: Design = replace(fit.design, table=fit.design.table.take(rows))
    try:
        refuse_constant_columns(design, fit.model.priors)
    except DataError as fault:
        raise DataError(f"without the {len(omitted)} rows of {what}: {fault}") from None


def _held_out(bare: F, rows: IntArray, predicted: IntArray, units: IntArray, seed: int, keep: bool) -> HeldOut:
    table = bare.design.table
    again = refit(bare, table.take(rows), seed=seed)
    prediction = prepare(again).at(table.take(predicted))
    single = prediction.evaluate("log_lik") if len(predicted) == 1 else None
    blocks = (block.evaluate("log_lik") for block in prediction.blocks())
    elpd = log_density_of_units(blocks, units)
    options = again.model.options
    found = problems(again.draws, adapt_delta=options.adapt_delta, max_treedepth=options.max_treedepth)
    return HeldOut(elpd, single, again.chains, found, again if keep else None)


def log_density_of_units(blocks: Iterable[FloatArray], units: IntArray) -> FloatArray:
    """Return the log of the mean likelihood of every unit.

    Args:
        blocks: the log likelihood in blocks of rows, (draws, rows of the block).
        units: (n,) the unit of every row, numbered from 0; the log likelihoods of a unit are summed.
    """
    count = int(units.max()) + 1
    start, total, values = 0, None, np.empty(count)
    for block in blocks:
        rows = units[start : start + block.shape[1]]
        start += block.shape[1]
        if count == len(units):
            values[rows] = log_mean_exp(block)
            continue
        total = np.zeros((count, len(block))) if total is None else total
        np.add.at(total, rows, block.T)
    return values if total is None else log_mean_exp(total, axis=1)


def _warn_of_problems(results: Sequence[HeldOut], name: str) -> None:
    troubled = [(i, result.problems) for i, result in enumerate(results) if result.problems]
    if not troubled:
        return
    lines = [f"{name} {i}: {' '.join(found)}" for i, found in troubled[:_MOST_NAMED]]
    more = len(troubled) - len(lines)
    others = [f"and {more} more"] if more > 0 else []
    warn(
        "\n".join([f"{len(troubled)} of {len(results)} fits without some rows have problems", *lines, *others]),
        SamplingWarning,
    )
