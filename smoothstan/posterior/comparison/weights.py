"""Weights of models by their predictions.

Source: Yao, Vehtari, Simpson & Gelman (2018), Bayesian Analysis 13, 917-1007: stacking of predictive distributions,
pseudo-BMA and pseudo-BMA+ (with the Bayesian bootstrap).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FitError

_ALMOST_ONE = 1 + 1e-7
_MOST_STEPS = 20_000
_NOTHING = 1e-9
_ROWS_OF_BOOTSTRAP = 2**21


def stacking_weights(lpd: FloatArray) -> FloatArray:
    """Return the weights on the simplex that maximise sum_i log sum_k w_k exp(lpd_ik), (models,).

    The problem is concave.  A sequential quadratic program finds its neighbourhood, steps of the EM algorithm finish:
    at the maximum, the mean over the rows of p_ik / sum_j w_j p_ij is at most 1 for every model, and the gap bounds
    how far the mean log score is from its maximum.

    Args:
        lpd: (rows, models) log predictive densities.

    Raises:
        FitError: if the optimiser does not converge.
    """
    from scipy.optimize import minimize

    density = np.exp(lpd - lpd.max(axis=1, keepdims=True))
    count = lpd.shape[1]
    optimise: Any = minimize
    found = optimise(
        lambda w: -float(np.log(density @ w).mean()),
        np.full(count, 1 / count),
        jac=lambda w: -(density / (density @ w)[:, None]).mean(axis=0),
        bounds=[(1e-12, 1.0)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda _: np.ones(count)},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    w = np.clip(found.x, 0, None) + 1e-12
    w /= w.sum()
    for _ in range(_MOST_STEPS):
        ratio = (density / (density @ w)[:, None]).mean(axis=0)
        if ratio.max() <= _ALMOST_ONE:
            return np.asarray(np.where(w < _NOTHING, 0.0, w) / w[w >= _NOTHING].sum())
        w = w * ratio
    raise FitError("the stacking weights did not converge")


def pseudo_bma_weights(lpd: FloatArray) -> FloatArray:
    """Return weights proportional to exp(elpd), (models,)."""
    elpd = lpd.sum(axis=0)
    weights = np.exp(elpd - elpd.max())
    return np.asarray(weights / weights.sum())


def bootstrapped_weights(
    lpd: FloatArray, rng: np.random.Generator, *, replicates: int = 1000, alpha: float = 1.0
) -> FloatArray:
    """Return pseudo-BMA weights averaged over the Bayesian bootstrap of the rows, (models,).

    Args:
        lpd: (rows, models) log predictive densities.
        rng: the source of random numbers.
        replicates: of the bootstrap.
        alpha: of the Dirichlet distribution of the rows' weights.
    """
    n = len(lpd)
    total = np.zeros(lpd.shape[1])
    for count in _portions(replicates, max(1, _ROWS_OF_BOOTSTRAP // n)):
        shares = rng.standard_gamma(alpha, size=(count, n))
        elpd = n * (shares / shares.sum(axis=1, keepdims=True)) @ lpd
        weights = np.exp(elpd - elpd.max(axis=1, keepdims=True))
        total += (weights / weights.sum(axis=1, keepdims=True)).sum(axis=0)
    return np.asarray(total / replicates)


def _portions(total: int, most: int) -> Iterator[int]:
    for start in range(0, total, most):
        yield min(most, total - start)


def split_draws(weights: FloatArray, draws: int) -> list[int]:
    """Return how many of the draws each model gets: rounded so that they sum to ``draws``, largest remainders first."""
    exact = weights * draws
    counts = np.floor(exact).astype(int)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: draws - counts.sum()]] += 1
    return [int(count) for count in counts]
