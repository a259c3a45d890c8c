"""The share of variance that a model explains.

Source: Gelman, Goodrich, Gabry & Vehtari (2019), American Statistician 73, 307-309, with the variance of the residuals
as brms takes it; Vehtari, Gelman, Gabry & Goodrich, the leave-one-out version with a Bayesian bootstrap of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray

_NUMBERS_AT_ONCE = 2**21


@dataclass(frozen=True)
class RSquared:
    """Draws of R2, with the options by which they were made."""

    draws: FloatArray
    options: str = ""


def bayes_r2(blocks: Iterable[FloatArray], y: FloatArray) -> FloatArray:
    """Return Var(mu) / (Var(mu) + Var(y - mu)) over the rows, (draws,).

    Args:
        blocks: expected responses in blocks of rows, (draws, rows of the block).
        y: (n,) responses.
    """
    fitted, residual = _Moments(), _Moments()
    for block in blocks:
        start = fitted.count
        fitted.add(block)
        residual.add(y[start : start + block.shape[1]] - block)
    return np.asarray(fitted.squares / (fitted.squares + residual.squares))


class _Moments:
    """Sums of squares around the mean of every draw, collected block by block (Chan, Golub & LeVeque 1983)."""

    def __init__(self) -> None:
        self.count = 0
        self.mean: FloatArray | float = 0.0
        self.squares: FloatArray | float = 0.0

    def add(self, block: FloatArray) -> None:
        """Take in (draws, rows) values."""
        rows = block.shape[1]
        mean = block.mean(axis=1)
        step = mean - self.mean
        total = self.count + rows
        around = ((block - mean[:, None]) ** 2).sum(axis=1)
        self.squares = self.squares + around + step**2 * self.count * rows / total
        self.mean = self.mean + step * rows / total
        self.count = total


def loo_r2(y: FloatArray, predicted: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return 1 - Var(y - mu_loo) / Var(y) with Dirichlet(1, ..., 1) weights of the rows, (draws,), within [-1, 1].

    Args:
        y: (n,) responses.
        predicted: (n,) leave-one-out means.
        draws: the number of sets of weights.
        rng: the source of random numbers.
    """
    n = len(y)
    pair = np.column_stack([y - predicted, y])
    # Shifts change no variance, but they keep digits.
    pair -= pair.mean(axis=0)
    result = np.empty(draws)
    at_once = max(1, _NUMBERS_AT_ONCE // n)
    for start in range(0, draws, at_once):
        shares = rng.standard_exponential((min(at_once, draws - start), n))
        shares /= shares.sum(axis=1, keepdims=True)
        error, total = (shares @ pair**2 - (shares @ pair) ** 2).T
        result[start : start + at_once] = 1 - error / total
    return np.clip(result, -1, 1)
