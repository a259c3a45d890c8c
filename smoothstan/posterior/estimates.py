"""Point estimates, intervals and convergence diagnostics of arrays of draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.numerals import is_number

if TYPE_CHECKING:
    import pandas as pd

_MAD_CONSTANT = 1.4826
_RHAT_BLOCK = 1_000_000
"""The most values whose ranks are computed at one time, for the sake of memory."""


def check_probability(prob: float) -> None:
    """Refuse a probability mass outside (0, 1)."""
    if not (is_number(prob) and 0 < prob < 1):
        raise OptionError(f"prob must lie strictly between 0 and 1, got {prob!r}")


def summary_frame(
    draws: dict[str, FloatArray], *, prob: float = 0.95, robust: bool = False, data_sets: int = 1
) -> pd.DataFrame:
    """Summarise scalars by brms's columns.

    Args:
        draws: name -> (chains, draws).
        prob: mass of the equal-tailed interval.
        robust: median and median absolute deviation in place of mean and standard deviation.
        data_sets: the number of runs of chains that are for different data.

    Returns:
        One row per name: Estimate, Est.Error, the interval, Rhat (the largest within a data set), Bulk_ESS and Tail_ESS
        (the sums over the data sets).

    Source: Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16, 667-718; by ArviZ.
    """
    import pandas as pd

    check_probability(prob)
    level = f"{100 * prob:g}%"
    columns = ["Estimate", "Est.Error", f"l-{level} CI", f"u-{level} CI", "Rhat", "Bulk_ESS", "Tail_ESS"]
    if not draws:
        return pd.DataFrame(columns=columns, dtype=float)
    stacked = np.stack(list(draws.values()))
    parts = [_diagnostics(part) for part in np.split(stacked, data_sets, axis=1)]
    highest, bulk, tail = (np.stack(column) for column in zip(*parts, strict=True))
    diagnostics = [highest.max(axis=0), bulk.sum(axis=0), tail.sum(axis=0)]
    cells = [*_location_and_interval(stacked.reshape(len(stacked), -1), prob, robust), *diagnostics]
    return pd.DataFrame(np.column_stack(cells), index=list(draws), columns=columns)


def _diagnostics(values: FloatArray) -> tuple[FloatArray, ...]:
    """Return R-hat and the effective sample sizes in bulk and tail of (m, chains, draws)."""
    from arviz_stats.base import array_stats

    with np.errstate(all="ignore"):
        bulk = array_stats.ess(values, chain_axis=1, draw_axis=2, method="bulk")
        tail = array_stats.ess(values, chain_axis=1, draw_axis=2, method="tail", prob=(0.05, 0.95))
    return rhat(values), np.asarray(bulk, dtype=float), np.asarray(tail, dtype=float)


def rhat(values: FloatArray) -> FloatArray:
    """Return the rank-normalised split R-hat of (m, chains, draws); one chain is compared with itself in halves.

    It is NaN where a value is missing, where all values are the same, and for fewer than four draws.

    Source: Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16, 667-718, equations 3 to 5 and
    14, with ranks folded about the median as well.
    """
    m, chains, draws = values.shape
    if chains == 1:
        half = draws // 2
        values = values[:, :, : 2 * half].reshape(m, 2, half)
    if values.shape[2] < 4:
        return np.full(m, np.nan)
    at_once = max(1, _RHAT_BLOCK // max(1, values[0].size)) if m else 1
    parts = [_rhat_of_ranks(values[start : start + at_once]) for start in range(0, m, at_once)]
    return np.concatenate([np.empty(0), *parts])


def _rhat_of_ranks(values: FloatArray) -> FloatArray:
    half = values.shape[2] // 2
    halves = np.concatenate([values[:, :, :half], values[:, :, -half:]], axis=1)
    with np.errstate(all="ignore"):
        folded = np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True))
        # The folded values alone may all be the same.
        found = np.fmax(_plain_rhat(_normal_scores(halves)), _plain_rhat(_normal_scores(folded)))
    return np.where(np.isnan(values).any(axis=(1, 2)), np.nan, found)


def _normal_scores(values: FloatArray) -> FloatArray:
    """Return the normal quantiles of the ranks among (chains, draws) of each of (m, chains, draws)."""
    from scipy import special, stats

    flat = values.reshape(len(values), -1)
    ranks = stats.rankdata(flat, axis=1)
    return np.asarray(special.ndtri((ranks - 0.375) / (flat.shape[1] + 0.25))).reshape(values.shape)


def _plain_rhat(values: FloatArray) -> FloatArray:
    n = values.shape[2]
    between = n * values.mean(axis=2).var(axis=1, ddof=1)
    within = values.var(axis=2, ddof=1).mean(axis=1)
    return np.asarray(np.sqrt((between / within + n - 1) / n))


def posterior_summary(draws: FloatArray, index: Any, *, prob: float = 0.95, robust: bool = False) -> pd.DataFrame:
    """Summarise the columns of (draws, m) by Estimate, Est.Error and two quantiles."""
    import pandas as pd

    check_probability(prob)
    tail = 100 * (1 - prob) / 2
    columns = ["Estimate", "Est.Error", f"Q{tail:g}", f"Q{100 - tail:g}"]
    return pd.DataFrame(np.column_stack(_location_and_interval(draws.T, prob, robust)), index=index, columns=columns)


def _location_and_interval(rows: FloatArray, prob: float, robust: bool) -> list[FloatArray]:
    """Return estimate, error and the interval's ends for every row of (m, draws)."""
    low, high = np.quantile(rows, [(1 - prob) / 2, (1 + prob) / 2], axis=1)
    if robust:
        middle = np.median(rows, axis=1)
        return [middle, _MAD_CONSTANT * np.median(np.abs(rows - middle[:, None]), axis=1), low, high]
    return [rows.mean(axis=1), rows.std(axis=1, ddof=1), low, high]
