"""Exact leave-one-out for observations whose importance sampling failed.

Source: Vehtari, Gelman & Gabry (2017), section 2.1; the procedure is that of brms's reloo.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import OptionError
from smoothstan.posterior.comparison.criterion import response_of
from smoothstan.posterior.comparison.efficiency import relative_efficiency
from smoothstan.posterior.comparison.held_out import HeldOut, held_out_fits, seeds_of
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.loo import Loo, monte_carlo_error


def rows_above(loo: Loo, fit: Fitted, threshold: float) -> IntArray:
    """Return the rows with a Pareto k above a threshold, after checking that a result belongs to a fit.

    Raises:
        OptionError: if it does not.
    """
    if not isinstance(loo, Loo):
        raise OptionError(f"loo must be a result of loo(), got {type(loo).__name__}")
    if loo.n != fit.design.n:
        raise OptionError(f"the result of loo() has {loo.n} rows, the fit {fit.design.n}")
    if loo.response and loo.response != response_of(fit.design):
        raise OptionError("the result of loo() belongs to a fit of another response")
    return np.flatnonzero(~(loo.pareto_k <= threshold)).astype(np.int64)


def refitted(loo: Loo, fit: Fitted, threshold: float, *, n_jobs: int | None, seed: int | None) -> Loo:
    """Replace the estimates of rows with a high k by those of fits without them.

    Args:
        loo: the estimates.
        fit: the fit that they belong to.
        threshold: the k above which the model is fitted again.
        n_jobs, seed: see ``Comparing.reloo``.
    """
    rows = rows_above(loo, fit, threshold)
    if not len(rows):
        return replace(loo, threshold=threshold)
    left_out = [rows[i : i + 1] for i in range(len(rows))]
    seeds = seeds_of(fit, seed, len(rows))
    units = [np.zeros(1, dtype=np.int64)] * len(rows)
    results = held_out_fits(fit, left_out, left_out, units, seeds, n_jobs=n_jobs, name="refit")
    lpd = loo.elpd_i[rows] + loo.p_loo_i[rows]
    values = np.stack([_exact(result) for result in results], axis=1)
    arrays: dict[str, Any] = {"elpd_i": values[0], "p_loo_i": lpd - values[0], "mcse_i": values[1], "n_eff": values[2],
              "r_eff": values[3], "pareto_k": np.zeros(len(rows))}  # fmt: skip
    changed: dict[str, Any] = {name: with_rows(getattr(loo, name), rows, new) for name, new in arrays.items()}
    done = np.union1d(loo.refitted, rows).astype(np.int64)
    matched = np.setdiff1d(loo.moment_matched, rows).astype(np.int64)
    return replace(loo, threshold=threshold, refitted=done, moment_matched=matched, **changed)


def _exact(result: HeldOut) -> FloatArray:
    """Return elpd, its Monte Carlo error, the effective sample size and its ratio to the draws."""
    assert result.log_lik is not None
    log_lik = result.log_lik.T
    draws = log_lik.shape[1]
    r_eff = relative_efficiency(log_lik.reshape(1, result.chains, -1))
    error = monte_carlo_error(np.full((1, draws), draws**-2.0), log_lik, result.elpd, r_eff)
    return np.concatenate([result.elpd, error, r_eff * draws, r_eff])


def with_rows(values: FloatArray, rows: IntArray, new: FloatArray) -> FloatArray:
    """Return values with those of some rows replaced."""
    changed = values.copy()
    changed[rows] = new
    return changed
