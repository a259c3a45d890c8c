"""Effective sample sizes of many quantities at once.

Source: Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian Analysis 16, equations 6 to 11: Geyer's initial
monotone sequence, capped at S log10(S).  Of whole chains the numbers are those of loo 2.5 for R, of chains split in
halves those of later versions (posterior::ess_basic).
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray

_ROWS_AT_ONCE = 64
_SHORTEST = 6
"""Draws per chain below which there is no estimate."""


def relative_efficiency(log_lik: FloatArray, *, split: bool = False) -> FloatArray:
    """Return the effective sample size of the likelihood over the number of draws, (rows,).

    It is 1 where it cannot be estimated: chains of fewer than 6 draws, or a likelihood that is the same in all draws.

    Args:
        log_lik: (rows, chains, draws) log likelihood; its level does not matter.
        split: count the halves of a chain as chains.
    """
    rows, chains, draws = log_lik.shape
    if draws < _SHORTEST:
        return np.ones(rows)
    result = np.empty(rows)
    for start in range(0, rows, _ROWS_AT_ONCE):
        block = log_lik[start : start + _ROWS_AT_ONCE]
        likelihood = np.exp(block - block.max(axis=(1, 2), keepdims=True))
        if split:
            half = draws // 2
            likelihood = np.concatenate([likelihood[:, :, :half], likelihood[:, :, draws - half :]], axis=1)
        with np.errstate(all="ignore"):
            ratio = _effective_size(likelihood) / (chains * draws)
        result[start : start + _ROWS_AT_ONCE] = np.where(np.isfinite(ratio) & (ratio > 0), ratio, 1.0)
    return result


def _effective_size(x: FloatArray) -> FloatArray:
    """Return the effective size of (rows, chains, n) draws; NaN for a row without variance."""
    _, chains, n = x.shape
    covariance, between = _autocovariance(x), x.mean(axis=2)
    within = covariance[:, 0] * n / (n - 1)
    total = covariance[:, 0] + (between.var(axis=1, ddof=1) if chains > 1 else 0.0)
    rho = 1 - (within[:, None] - covariance) / total[:, None]
    rho[:, 0] = 1.0
    even, odd = rho[:, 0 : n - n % 2 : 2], rho[:, 1::2]
    pairs = even + odd
    # The last pair that may be looked at starts at the first even lag that is at least n - 5.
    last = max((n - 5 + 1) // 2, 0)
    ended = np.column_stack([~(pairs[:, :last] > 0), np.ones(len(x), dtype=bool)])
    stop = ended.argmax(axis=1)
    monotone = np.minimum.accumulate(pairs, axis=1)
    # Lag 0 always counts, as in R's posterior, also where no pair may be looked at.
    counted = np.where(np.arange(pairs.shape[1]) < stop[:, None], monotone, 0.0).sum(axis=1) + (stop == 0)
    at = np.arange(len(x))
    final = np.where((pairs[at, stop] >= 0) | (even[at, stop] > 0), even[at, stop], 0.0)
    size = float(chains * n)
    time = np.maximum(2 * counted - 1 + final, 1 / np.log10(size))
    constant = np.ptp(x, axis=(1, 2)) == 0
    return np.where(constant, np.nan, size / time)


def _autocovariance(x: FloatArray) -> FloatArray:
    """Return the autocovariance at every lag, averaged over the chains, (rows, n)."""
    from scipy.fft import irfft, next_fast_len, rfft

    n = x.shape[2]
    size = next_fast_len(2 * n, real=True)
    spectrum = rfft(x - x.mean(axis=2, keepdims=True), size, axis=2)
    power = (spectrum.real**2 + spectrum.imag**2).mean(axis=1)
    return np.asarray(irfft(power, size, axis=1)[:, :n] / n)
