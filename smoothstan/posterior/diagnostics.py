"""What is wrong with the draws, in words, with what to do about it.

Source: Betancourt (2017), arXiv:1701.02434, sections 5 and 6; Vehtari et al. (2021), Bayesian Analysis 16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.posterior.estimates import rhat
from smoothstan.posterior.fitted import Fitted

if TYPE_CHECKING:
    import xarray as xr

_RHAT_LIMIT = 1.05
_EBFMI_LIMIT = 0.3
_MOST_NAMES = 5


def problems_of(fit: Fitted) -> tuple[str, ...]:
    """Return a sentence for every problem with the draws of a fit; none if all is well."""
    options = fit.model.options
    return problems(
        fit.draws, adapt_delta=options.adapt_delta, max_treedepth=options.max_treedepth, data_sets=fit.model.data_sets
    )


def problems(draws: xr.DataTree, *, adapt_delta: float, max_treedepth: int, data_sets: int = 1) -> tuple[str, ...]:
    """Return a sentence for every problem with the draws; none if all is well.

    Args:
        draws: the draws.
        adapt_delta, max_treedepth: as they were sampled.
        data_sets: the number of runs of chains that are for different data, so that they need not agree.
    """
    found = (
        _divergences(draws, adapt_delta),
        _tree_depth(draws, max_treedepth),
        _energy(draws),
        _convergence(draws, data_sets),
    )
    return tuple(sentence for sentence in found if sentence)


def _divergences(draws: xr.DataTree, adapt_delta: float) -> str:
    diverging = draws["sample_stats"].dataset["diverging"].values
    count = int(diverging.sum())
    if not count:
        return ""
    higher = (
        "a stronger prior"
        if adapt_delta >= 0.99
        else f"adapt_delta above {adapt_delta:g}, e.g. {_raised(adapt_delta):g}"
    )
    return (
        f"{count} of {diverging.size} transitions after warm-up diverged: parts of the posterior may be left out. "
        f"Try {higher}; see the pairs of sd or sds parameters for funnels."
    )


def _raised(adapt_delta: float) -> float:
    return 0.95 if adapt_delta < 0.95 else 0.99


def _tree_depth(draws: xr.DataTree, max_treedepth: int) -> str:
    depth = draws["sample_stats"].dataset["tree_depth"].values
    count = int((depth >= max_treedepth).sum())
    if not count:
        return ""
    return (
        f"{count} of {depth.size} transitions reached max_treedepth = {max_treedepth}: sampling was slow, not wrong. "
        f"Try max_treedepth = {max_treedepth + 2}, or rescale the covariates."
    )


def _energy(draws: xr.DataTree) -> str:
    energy = draws["sample_stats"].dataset["energy"].values
    if energy.shape[1] < 10:
        return ""
    variance = energy.var(axis=1)
    moved = np.square(np.diff(energy, axis=1)).mean(axis=1)
    with np.errstate(all="ignore"):
        low = int((moved / variance < _EBFMI_LIMIT).sum())
    if not low:
        return ""
    return (
        f"E-BFMI is below {_EBFMI_LIMIT} in {low} of {len(energy)} chains: the tails of the posterior were explored "
        "slowly. Try more warm-up, or a stronger prior on the standard deviations."
    )


def _convergence(draws: xr.DataTree, data_sets: int) -> str:
    posterior = draws["posterior"].dataset
    worst: dict[str, float] = {}
    unmixed: set[int] = set()
    for name, array in posterior.data_vars.items():
        values = np.asarray(array.values, dtype=float)
        flat = np.moveaxis(values.reshape(*values.shape[:2], -1), 2, 0)
        if flat.shape[0] == 0 or flat.shape[2] < 8:
            continue
        highest = [_highest(part) for part in np.split(flat, data_sets, axis=1)]
        unmixed |= {i for i, value in enumerate(highest, start=1) if value > _RHAT_LIMIT}
        if max(highest) > _RHAT_LIMIT:
            worst[str(name)] = max(highest)
    if not worst:
        return ""
    ordered = sorted(worst, key=worst.__getitem__, reverse=True)
    named = ", ".join(f"{name} ({worst[name]:.2f})" for name in ordered[:_MOST_NAMES])
    more = f" and {len(ordered) - _MOST_NAMES} more" if len(ordered) > _MOST_NAMES else ""
    where = f"In data set {', '.join(map(str, sorted(unmixed)))}, " if data_sets > 1 else ""
    return (
        f"{where}R-hat is above {_RHAT_LIMIT} for {named}{more}: the chains have not mixed, do not use the results. "
        "Run more iterations or set stronger priors."
    )


def _highest(values: FloatArray) -> float:
    """Return the largest R-hat of (m, chains, draws), at least 1."""
    found = rhat(values)
    # A chain that never moves has no R-hat; only a quantity that is the same everywhere is in order.
    found = np.where(np.isnan(found) & (np.ptp(values, axis=(1, 2)) > 0), np.inf, found)
    return float(np.max(found, where=~np.isnan(found), initial=1.0))
