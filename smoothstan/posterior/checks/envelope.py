"""Simultaneous bands for empirical distribution functions of uniform values.

Source: Saeilynoja, Buerkner & Vehtari (2022), Statistics and Computing 32:32, algorithms 1 and 2.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from smoothstan.arrays import FloatArray, IntArray

_SIMULATIONS = 2000
_MOST_POINTS = 250
_EXTREME = 20
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
    from scipy.stats import binom

    z = evaluation_points(n)
    rng = np.random.default_rng(_SEED)
    steps = np.diff(np.concatenate([[0.0], z, [1.0]]))
    counts = np.cumsum(rng.multinomial(n, steps, size=_SIMULATIONS)[:, :-1], axis=1)
    tail = _tail(_smallest_binomial_tails(counts, n, z), prob)
    return np.asarray(binom.ppf(tail, n, z)) / n, np.asarray(binom.isf(tail, n, z)) / n


def _smallest_binomial_tails(counts: IntArray, n: int, z: FloatArray) -> FloatArray:
    """Return the smallest of P(X <= count) and P(X >= count) over the points, (simulations,).

    The tails are computed where the standardised counts are the most extreme, which is much faster for large n.
    """
    from scipy.special import bdtr, bdtrc

    few = min(_EXTREME, len(z))
    order = np.argsort((counts - n * z) / np.sqrt(n * z * (1 - z)), axis=1)
    low, high = order[:, :few], order[:, -few:]
    below = bdtr(np.take_along_axis(counts, low, axis=1), n, z[low])
    beyond = np.take_along_axis(counts, high, axis=1) - 1
    above = np.where(beyond < 0, 1.0, bdtrc(np.maximum(beyond, 0), n, z[high]))
    return np.asarray(np.minimum(below.min(axis=1), above.min(axis=1)))


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
    total = chains * draws
    drawn = np.round(evaluation_points(draws) * total).astype(np.int64)
    mass = _hypergeometric(total, draws, drawn)
    below = np.minimum(np.cumsum(mass, axis=0), 1)
    above = np.minimum(np.cumsum(mass[::-1], axis=0)[::-1], 1)
    tail = _tail(_smallest_chain_tails(chains, draws, drawn, below, above), prob)
    lower = np.argmax(below >= tail, axis=0)
    upper = draws - np.argmax(above[::-1] >= tail, axis=0)
    return lower / draws, upper / draws


def _hypergeometric(total: int, draws: int, drawn: IntArray) -> FloatArray:
    """Return the probability that k of the ``drawn`` smallest ranks belong to one chain, (draws + 1, points)."""
    from scipy.special import gammaln

    def log_choose(n: IntArray | int, k: IntArray) -> FloatArray:
        inside = (k >= 0) & (k <= n)
        k = np.where(inside, k, 0)
        value = gammaln(np.asarray(n) + 1.0) - gammaln(k + 1.0) - gammaln(np.asarray(n) - k + 1.0)
        return np.where(inside, value, -np.inf)

    k = np.arange(draws + 1)[:, None]
    return np.exp(log_choose(draws, k) + log_choose(total - draws, drawn - k) - log_choose(total, drawn))


def _smallest_chain_tails(chains: int, draws: int, drawn: IntArray, below: FloatArray, above: FloatArray) -> FloatArray:
    """Simulate random orders of all draws; return the smallest tail of any chain at any point, (simulations,).

    From one point to the next the ranks fall to the chains as from an urn with the draws that each has left.
    """
    rng = np.random.default_rng(_SEED)
    left = np.full((_SIMULATIONS, chains), draws)
    smallest = np.ones(_SIMULATIONS)
    for place, step in enumerate(np.diff(np.concatenate([[0], drawn]))):
        remaining, others = np.full(_SIMULATIONS, step), left.sum(axis=1)
        for chain in range(chains - 1):
            others = others - left[:, chain]
            taken = rng.hypergeometric(left[:, chain], others, remaining)
            left[:, chain] -= taken
            remaining = remaining - taken
        left[:, -1] -= remaining
        counts = draws - left
        tails = np.minimum(below[counts, place], above[counts, place])
        smallest = np.minimum(smallest, tails.min(axis=1))
    return smallest


def _tail(smallest: FloatArray, prob: float) -> float:
    """Return the tail probability of every point at which so many simulations lie inside everywhere.

    A point whose tail probability equals that of the ends lies inside, so the one below the quantile is taken.
    """
    return float(np.quantile(smallest, 1 - prob, method="lower"))
