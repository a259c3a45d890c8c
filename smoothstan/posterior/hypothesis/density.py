"""Densities of draws, and their ratio at a point.

Source: Silverman (1986), *Density Estimation*, equation 3.31; Dickey (1971), Annals of Mathematical Statistics 42,
204-223, for the ratio as a Bayes factor.
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray

_AT_ONCE = 4_000_000


def bandwidth(x: FloatArray) -> float:
    """Return Silverman's bandwidth, 0.9 min(sd, IQR / 1.34) n^(-1/5); R's ``bw.nrd0``."""
    spread = float(np.std(x, ddof=1)) if len(x) > 1 else 0.0
    low, high = np.quantile(x, [0.25, 0.75])
    scale = min(spread, float(high - low) / 1.34) or spread or abs(float(x[0])) or 1.0
    return float(0.9 * scale * len(x) ** -0.2)


def kernel_density(x: FloatArray, points: FloatArray) -> FloatArray:
    """Return the normal kernel density estimate of (n,) draws at (m,) points."""
    h, result = bandwidth(x), np.zeros(len(points))
    step = max(1, _AT_ONCE // len(points))
    for start in range(0, len(x), step):
        z = (points[:, None] - x[start : start + step]) / h
        result += np.exp(-0.5 * z * z).sum(axis=1)
    return np.asarray(result / (len(x) * h * np.sqrt(2 * np.pi)))


def density_ratio(posterior: FloatArray, prior: FloatArray, point: float = 0.0) -> float:
    """Return the posterior density over the prior density at a point, the Savage-Dickey ratio."""
    at = np.asarray([point])
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((kernel_density(posterior, at) / kernel_density(prior, at))[0])
