"""How far weighted draws are from the same draws without weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from smoothstan.arrays import FloatArray

Distance = Callable[[FloatArray, FloatArray], float]
"""From (s,) draws and (s,) weights that sum to one to a distance."""


def cumulative_jensen_shannon(draws: FloatArray, weights: FloatArray) -> float:
    """Return the square root of the symmetric cumulative Jensen-Shannon divergence over its upper bound.

    The divergence of distribution functions P and Q is the integral of P log2(2 P / (P + Q)) + (Q - P) / (2 log 2),
    plus the same with P and Q exchanged; the bound is the integral of P + Q, all over the range of the draws. It
    differs for reflected draws, so the larger of both is taken.

    Source: Nguyen & Vreeken (2015), Non-parametric Jensen-Shannon divergence, ECML PKDD; Kallioinen et al. (2024),
    equations 7 to 9.
    """
    return max(_one_direction(draws, weights), _one_direction(-draws, weights))


def _one_direction(draws: FloatArray, weights: FloatArray) -> float:
    order = np.argsort(draws, kind="stable")
    gaps = np.diff(draws[order])
    even = np.arange(1, len(draws)) / len(draws)
    weighted = np.cumsum(weights[order])[:-1]
    # The terms with (Q - P) cancel in the symmetric sum.
    divergence = float(gaps @ (_relative_entropy(even, weighted) + _relative_entropy(weighted, even)))
    bound = float(gaps @ (even + weighted))
    return float(np.sqrt(max(divergence, 0.0) / bound))


def _relative_entropy(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return P log2(2 P / (P + Q)), 0 where P is 0."""
    positive = np.where(p > 0, p, 1.0)
    return np.where(p > 0, p * (1 + np.log2(positive) - np.log2(np.where(p > 0, p + q, 1.0))), 0.0)


def kolmogorov_smirnov(draws: FloatArray, weights: FloatArray) -> float:
    """Return the largest difference between the distribution functions."""
    order = np.argsort(draws, kind="stable")
    ordered = draws[order]
    last = np.append(ordered[1:] != ordered[:-1], True)
    even = np.arange(1, len(draws) + 1) / len(draws)
    return float(np.max(np.abs(np.cumsum(weights[order]) - even)[last]))


DISTANCES: Mapping[str, Distance] = {"cjs_dist": cumulative_jensen_shannon, "ks_dist": kolmogorov_smirnov}
"""Name, as in priorsense, -> distance."""
