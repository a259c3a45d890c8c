"""Simultaneous bands for empirical distribution functions of uniform values.

Source: Saeilynoja, Buerkner & Vehtari (2022), Statistics and Computing 32:32, algorithms 1 and 2.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from smoothstan.arrays import FloatArray

_SIMULATIONS = 2000
_MOST_POINTS = 250
_SEED = 20220415
"""The bands are properties of the sample size, not of the sample: the same numbers for all."""


def evaluation_points(n: int) -> FloatArray:
    """Return where distribution functions of n values are compared: at most 250 even points inside (0, 1)."""
    k = min(n, _MOST_POINTS)
    return np.arange(1, k) / k if k > 1 else np.array([0.5])


@lru_cache(maxsize=64)
def uniform_envelope(n: int, prob: float) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the band for the distribution function of n independent uniform values.

    Args:
        n: the number of values.
        prob: how probable it is that the whole function lies in the band, ends included.

    Returns:
        Lower and upper ends at ``evaluation_points(n)``, as shares.
    """
    from scipy.special import bdtr
    from scipy.stats import binom

    z = evaluation_points(n)
    rng = np.random.default_rng(_SEED)
    steps = np.diff(np.concatenate([[0.0], z, [1.0]]))
    counts = np.cumsum(rng.multinomial(n, steps, size=_SIMULATIONS)[:, :-1], axis=1)
    smallest = np.minimum(bdtr(counts, n, z), 1 - np.where(counts > 0, bdtr(np.maximum(counts - 1, 0), n, z), 0))
    tail = _tail(smallest.min(axis=1), prob)
    return binom.ppf(tail, n, z) / n, binom.isf(tail, n, z) / n


@lru_cache(maxsize=64)
def chain_envelope(chains: int, draws: int, prob: float) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the band for the distribution functions of every chain's ranks among all chains.

    Args:
        chains: the number of chains.
        draws: draws of each.
        prob: how probable it is that the functions of all chains lie in the band, ends included.

    Returns:
        Lower and upper ends at ``evaluation_points(draws)``, as shares of a chain.
    """
    from scipy.stats import hypergeom

    total = chains * draws
    drawn = np.round(evaluation_points(draws) * total).astype(np.int64)
    rng = np.random.default_rng(_SEED)
    marginal = [hypergeom(total, draws, d) for d in drawn]
    below = np.stack([m.cdf(np.arange(draws + 1)) for m in marginal], axis=1)
    above = np.stack([m.sf(np.arange(-1, draws)) for m in marginal], axis=1)
    steps, places = np.diff(np.concatenate([[0], drawn])), np.arange(len(drawn))
    smallest = np.empty(_SIMULATIONS)
    for i in range(_SIMULATIONS):
        left, counts = np.full(chains, draws), np.empty((len(drawn), chains), dtype=np.int64)
        counts = np.cumsum(_split(rng, left, steps), axis=0)
        smallest[i] = min(below[counts.T, places].min(), above[counts.T, places].min())
    tail = _tail(smallest, prob)
    return (
        np.array([m.ppf(tail) for m in marginal]) / draws,
        np.array([m.isf(tail) for m in marginal]) / draws,
    )


def _split(rng: np.random.Generator, left: FloatArray, steps: FloatArray) -> FloatArray:
    """Return how many of each step's ranks go to each chain, (steps, chains), in a random order of all draws."""
    chain = rng.permutation(np.repeat(np.arange(len(left)), left))
    step = np.repeat(np.arange(len(steps)), steps)
    count = len(steps) * len(left)
    return np.bincount(step * len(left) + chain[: len(step)], minlength=count).reshape(len(steps), len(left))


def _tail(smallest: FloatArray, prob: float) -> float:
    """Return the tail probability of every point at which so many simulations lie inside everywhere.

    A point whose tail probability equals that of the ends lies inside, so the one below the quantile is taken.
    """
    return float(np.quantile(smallest, 1 - prob, method="lower"))
