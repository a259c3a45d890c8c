"""Densities and distribution functions of many samples on a common grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smoothstan.arrays import FloatArray

_REACH = 8.0
"""How many quartile distances beyond the quartiles are shown: 11 standard deviations of a normal distribution."""

_MOST_VALUES = 10**6


def central_window(data: FloatArray, predictions: FloatArray) -> tuple[float, float]:
    """Return the ends of an axis that shows all data, and the predictions but for far and infinite ones.

    Args:
        data: observed values.
        predictions: any shape, may hold infinite values and NaN.
    """
    pooled = predictions.reshape(-1)
    pooled = pooled[:: max(1, len(pooled) // _MOST_VALUES)]
    pooled = pooled[np.isfinite(pooled)]
    data = data[np.isfinite(data)]
    low, high = (data.min(), data.max()) if len(data) else (np.inf, -np.inf)
    if len(pooled):
        quarter, three_quarters = (float(value) for value in np.quantile(pooled, [0.25, 0.75]))
        reach = _REACH * (three_quarters - quarter)
        low = min(low, max(pooled.min(), quarter - reach))
        high = max(high, min(pooled.max(), three_quarters + reach))
    if low > high:
        return -0.5, 0.5
    limit = np.finfo(float).max / 8
    low, high = float(np.clip(low, -limit, limit)), float(np.clip(high, -limit, limit))
    if not low < high:
        return low - 0.5, high + 0.5
    return low, high


def row_by_row(function: Callable[[FloatArray], NDArray[Any]], samples: FloatArray) -> NDArray[Any]:
    """Return what a function makes of rows of (s, n), a few rows at a time to save memory."""
    few = max(1, _MOST_VALUES // max(1, samples.shape[1]))
    return np.concatenate([function(samples[i : i + few]) for i in range(0, len(samples), few)])


def far_away(share: float) -> str:
    """Return what a legend adds when a share of the predictions lies beyond the axes; nothing if it is negligible."""
    return f", {100 * share:.2g}% beyond the axes" if share >= 5e-4 else ""


def bandwidths(samples: FloatArray) -> FloatArray:
    """Return Silverman's bandwidth of every row, (s,).

    The rule is 0.9 min(sd, IQR / 1.34) n^(-1/5), as R's ``bw.nrd0``, which takes the standard deviation where the
    quartiles coincide, then the first value, then 1. Values that are not finite do not count.

    Source: Silverman (1986), Density Estimation, equation (3.31).
    """
    masked = np.where(np.isfinite(samples), samples, np.nan)
    count = np.maximum(np.isfinite(samples).sum(axis=1), 1)
    with np.errstate(all="ignore"):
        deviation = np.sqrt(_centred_squares(masked) / np.maximum(count - 1, 1))
        quartiles = _quartiles(masked)
        spread = np.minimum(deviation, (quartiles[1] - quartiles[0]) / 1.34)
    spread = np.where(spread > 0, spread, deviation)
    spread = np.where(spread > 0, spread, np.abs(masked[:, 0]))
    return np.asarray(0.9 * np.where(spread > 0, spread, 1.0) * count**-0.2)


def _centred_squares(masked: FloatArray) -> FloatArray:
    count = np.maximum(np.isfinite(masked).sum(axis=1, keepdims=True), 1)
    return np.asarray(np.nansum((masked - np.nansum(masked, axis=1, keepdims=True) / count) ** 2, axis=1))


def _quartiles(masked: FloatArray) -> FloatArray:
    if np.isfinite(masked).all():
        return np.asarray(np.quantile(masked, [0.25, 0.75], axis=1))
    found = np.full((2, len(masked)), np.nan)
    for i, row in enumerate(masked):
        finite = row[np.isfinite(row)]
        if len(finite):
            found[:, i] = np.quantile(finite, [0.25, 0.75])
    return found


def densities(samples: FloatArray, grid: FloatArray) -> FloatArray:
    """Return the Gaussian kernel density estimate of every row at the points of an even grid, (s, m).

    The values are counted in bins, shared between the two nearest ones, and the counts smoothed by Fourier
    transforms, so that the cost is that of reading the values. What lies far outside the grid has no part in the
    curve, but in its area.

    Args:
        samples: (s, n).
        grid: (m,) at equal distances.

    Source: Silverman (1982), Applied Statistics 31, 93-99 (algorithm AS 176).
    """
    return row_by_row(lambda rows: _densities(rows, grid), samples)


def _densities(samples: FloatArray, grid: FloatArray) -> FloatArray:
    m, step = len(grid), float(grid[1] / 2 - grid[0] / 2) * 2
    # A kernel narrower than a bin cannot be told from one as wide as it, nor one much wider than the grid from that.
    widths = np.clip(bandwidths(samples) / step, 0.75, 8 * m)
    margin = int(np.ceil(4 * float(widths.max())))
    size = m + 2 * margin
    counts = _shared_counts(samples, float(grid[0]), step, margin, size)
    padded = 2 * size
    frequency = 2 * np.pi * np.fft.rfftfreq(padded)
    kernel = np.exp(-0.5 * (frequency * widths[:, None]) ** 2)
    smoothed = np.fft.irfft(np.fft.rfft(counts, padded) * kernel, padded)[:, margin : margin + m]
    return np.asarray(np.maximum(smoothed, 0) / (samples.shape[1] * step))


def _shared_counts(samples: FloatArray, start: float, step: float, margin: int, size: int) -> FloatArray:
    """Count the values of every row in bins, each shared between its two neighbours in proportion, (s, size)."""
    with np.errstate(all="ignore"):
        place = samples / step - start / step + margin
    inside = (place >= 0) & (place < size - 1)
    row = np.broadcast_to(np.arange(len(samples))[:, None], samples.shape)[inside]
    place = place[inside]
    left = np.floor(place).astype(np.int64)
    right_share = place - left
    cell = row * size + left
    total = len(samples) * size
    counts = np.bincount(cell, 1 - right_share, total) + np.bincount(cell + 1, right_share, total)
    return np.asarray(counts.reshape(len(samples), size), dtype=float)


def distribution_functions(samples: FloatArray, grid: FloatArray) -> FloatArray:
    """Return the share of every row that does not exceed each point of a grid, (s, m); NaN never counts."""
    counts = np.stack([np.searchsorted(np.sort(row), grid, side="right") for row in samples])
    return np.asarray(counts / samples.shape[1])


def histograms(samples: FloatArray, edges: FloatArray) -> FloatArray:
    """Count the values of every row between even edges, (s, m); those outside do not count."""
    return row_by_row(lambda rows: _histograms(rows, edges), samples)


def _histograms(samples: FloatArray, edges: FloatArray) -> FloatArray:
    m = len(edges) - 1
    place = np.searchsorted(edges, samples, side="right") - 1
    place = np.where(samples == edges[-1], m - 1, place)
    inside = (place >= 0) & (place < m) & np.isfinite(samples)
    row = np.broadcast_to(np.arange(len(samples))[:, None], samples.shape)[inside]
    counts = np.bincount(row * m + place[inside], minlength=len(samples) * m)
    return counts.reshape(len(samples), m).astype(float)


def histogram_edges(window: tuple[float, float], bins: int, *, whole: bool) -> FloatArray:
    """Return the edges of even bins over a window.

    Args:
        window: its ends.
        bins: how many; of whole numbers about as many, each with equally many numbers.
        whole: whether the values are whole numbers.
    """
    low, high = window
    if not whole or high - low > 2**50:
        return np.linspace(low, high, bins + 1)
    width = np.ceil((high - low + 1) / bins)
    return np.arange(np.floor(low) - 0.5, np.ceil(high) + width, width)
