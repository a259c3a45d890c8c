"""Pareto-smoothed importance sampling, for many observations at once.

The largest importance ratios are replaced by the expected order statistics of a generalised Pareto distribution that
is fitted to them; its shape k says how far the result can be trusted.

Source: Vehtari, Simpson, Gelman, Yao & Gabry (2024), JMLR 25(72), 1-58, section 2; Zhang & Stephens (2009),
Technometrics 51, 316-325, for the fit.  The numbers are those of R's loo::psis.
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray, IntArray

_SHORTEST_TAIL = 5
_SHARE, _ROOTS = 0.2, 3.0
_PRIOR_DRAWS, _PRIOR_K = 10.0, 0.5
"""The prior of k counts as 10 draws at 1/2."""

_GRID = 30
_SPREAD = 3.0
"""Of the prior of the scale, in quartiles of the tail."""

_DOUBLES_AT_ONCE = 2**20
_FACTORS = 8
_EXACT_BELOW = 0.02


def good_k(draws: int) -> float:
    """Return the k up to which an estimate is reliable: min(1 - 1/log10(draws), 0.7)."""
    return min(1 - 1 / float(np.log10(max(draws, 2))), 0.7)


def tail_lengths(draws: int, r_eff: FloatArray) -> IntArray:
    """Return how many of the largest ratios are smoothed: ceil(min(S / 5, 3 sqrt(S / r_eff)))."""
    lengths = np.ceil(np.minimum(_SHARE * draws, _ROOTS * np.sqrt(draws / r_eff)))
    return np.asarray(lengths, dtype=np.int64)


def smoothed_weights(log_ratios: FloatArray, r_eff: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smooth importance ratios.

    Args:
        log_ratios: (rows, draws) log ratios of the target over the proposal; the level does not matter.
        r_eff: (rows,) effective sample sizes over the number of draws.

    Returns:
        (rows, draws) log weights that sum to one in every row, and (rows,) shapes k.  Where fewer than 5 ratios are
        in the tail the raw ratios are kept and k is infinite; where all ratios are the same k is minus infinity, as
        there is nothing to smooth.
    """
    weights = log_ratios - log_ratios.max(axis=1, keepdims=True)
    lengths = tail_lengths(log_ratios.shape[1], r_eff)
    k = np.where(np.ptp(log_ratios, axis=1) == 0, -np.inf, np.inf)
    longest = int(lengths.max(initial=0))
    at_once = max(1, _DOUBLES_AT_ONCE // max(1, longest * (_GRID + int(np.sqrt(longest)))))
    for start in range(0, len(weights), at_once):
        rows = start + np.flatnonzero(
            (lengths >= _SHORTEST_TAIL)[start : start + at_once] & (k[start : start + at_once] > 0)
        )
        if len(rows):
            k[rows] = _smooth(weights, rows, lengths[rows])
    return weights - log_sum_exp(weights)[:, None], k


def log_sum_exp(values: FloatArray) -> FloatArray:
    """Return the log of the sum of exponentials of every row, (rows,); the largest value of a row is finite."""
    top = values.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=1)) + top[:, 0])


def _smooth(weights: FloatArray, rows: IntArray, lengths: IntArray) -> FloatArray:
    """Replace the tails of some rows in place and return their k."""
    longest, draws = int(lengths.max()), weights.shape[1]
    largest = np.argpartition(weights[rows], draws - longest - 1, axis=1)[:, draws - longest - 1 :]
    values = np.take_along_axis(weights[rows], largest, axis=1)
    order = np.argsort(values, axis=1, kind="stable")
    places, values = np.take_along_axis(largest, order, axis=1), np.take_along_axis(values, order, axis=1)
    # The tail is on the right; what is left of it counts as zero excess over the cutoff, and so adds nothing.
    inside = np.arange(longest + 1) > longest - lengths[:, None]
    cutoff = np.exp(values[np.arange(len(rows)), longest - lengths])
    excess = np.where(inside, np.exp(values) - cutoff[:, None], 0.0)[:, 1:]
    inside, values, places = inside[:, 1:], values[:, 1:], places[:, 1:]
    with np.errstate(all="ignore"):
        k, sigma = fit_pareto(excess, lengths)
        rank = np.arange(longest) - (longest - lengths[:, None]) + 0.5
        quantiles = _quantile(np.where(inside, rank / lengths[:, None], 0.5), k[:, None], sigma[:, None])
        smoothed = np.minimum(np.log(quantiles + cutoff[:, None]), 0.0)
    flat = values[:, -1] - values[np.arange(len(rows)), longest - lengths] < np.finfo(float).eps / 100
    k = np.where(flat, np.inf, k)
    usable = inside & np.isfinite(k)[:, None] & (sigma > 0)[:, None]
    weights[rows[:, None], places] = np.where(usable, smoothed, values)
    return k


def fit_pareto(excess: FloatArray, lengths: IntArray) -> tuple[FloatArray, FloatArray]:
    """Fit generalised Pareto distributions by Zhang & Stephens's approximate posterior mean.

    Args:
        excess: (rows, m) values over the cutoff in ascending order; a row with fewer than m is padded with zeros on
            the left.
        lengths: (rows,) how many there are.

    Returns:
        (rows,) shapes k, drawn towards 1/2 by a weak prior, infinite where there is no fit; and (rows,) scales, which
        belong to the k without that prior.
    """
    m = excess.shape[1]
    n = lengths.astype(float)
    points = _GRID + np.floor(np.sqrt(n))
    grid = np.arange(1, points.max() + 1)
    quartile = excess[np.arange(len(excess)), m - lengths + np.floor(n / 4 + 0.5).astype(np.int64) - 1]
    theta = 1 / excess[:, -1:] + (1 - np.sqrt(points[:, None] / (grid - 0.5))) / (_SPREAD * quartile[:, None])
    theta = np.where(grid <= points[:, None], theta, theta[:, :1])
    shape = _mean_log(-theta, excess, n)
    log_density = n[:, None] * (np.log(-theta / shape) - shape - 1)
    log_density = np.where(grid <= points[:, None], log_density, -np.inf)
    weights = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    best = (theta * weights).sum(axis=1) / weights.sum(axis=1)
    raw = np.log1p(-best[:, None] * excess).sum(axis=1) / n
    k = (raw * n + _PRIOR_DRAWS * _PRIOR_K) / (n + _PRIOR_DRAWS)
    return np.where(np.isnan(k), np.inf, k), -raw / best


def _mean_log(slope: FloatArray, x: FloatArray, n: FloatArray) -> FloatArray:
    """Return the mean over x of log(1 + slope x), (rows, points).

    Logarithms cost most of the time of the fit, so that they are taken of products of several factors, but where the
    mean is near zero, and would lose digits, or a product leaves the range of numbers.
    """
    padded = np.pad(x, ((0, 0), (-x.shape[1] % _FACTORS, 0)))
    factors = padded.reshape(len(x), _FACTORS, -1)
    product = 1 + slope[:, :, None] * factors[:, None, 0]
    for j in range(1, _FACTORS):
        product *= 1 + slope[:, :, None] * factors[:, None, j]
    mean = np.log(product).sum(axis=2) / n[:, None]
    row, point = np.nonzero(~(np.abs(mean) >= _EXACT_BELOW) | ~np.isfinite(mean))
    mean[row, point] = np.log1p(slope[row, point][:, None] * x[row]).sum(axis=1) / n[row]
    return np.asarray(mean)


def _quantile(p: FloatArray, k: FloatArray, sigma: FloatArray) -> FloatArray:
    """Return quantiles of the generalised Pareto distribution."""
    log_rest = np.log1p(-p)
    return np.asarray(np.where(k == 0, -sigma * log_rest, sigma * np.expm1(-k * log_rest) / np.where(k == 0, 1, k)))
