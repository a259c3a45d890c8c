"""Logarithms of the tails of the distributions behind the links of ordinal families: F = inverse link.

``log_below`` is log F(x), ``log_above`` log(1 - F(x)), without the loss of digits that 1 - F has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.links import Function, probit_approx_odds


@dataclass(frozen=True)
class Tails:
    """log F(x) and log(1 - F(x))."""

    log_below: Function
    log_above: Function

    def log_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """Return log(F(high) - F(low)), from the tail in which it loses no digits."""
        below, above = self.log_below(low), self.log_above(high)
        lower_half = self.log_below(high) < np.log(0.5)
        larger = np.where(lower_half, self.log_below(high), self.log_above(low))
        smaller = np.where(lower_half, below, above)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(smaller == -np.inf, larger, larger + np.log(-np.expm1(smaller - larger)))


def _symmetric(log_below: Function) -> Tails:
    def log_above(x: FloatArray) -> FloatArray:
        return log_below(-x)

    return Tails(log_below, log_above)


def _log_logistic(x: FloatArray) -> FloatArray:
    return np.asarray(-np.logaddexp(0.0, -x))


def _log_normal(x: FloatArray) -> FloatArray:
    from scipy.special import log_ndtr

    return np.asarray(log_ndtr(x))


def _log_cauchy(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.arctan2(1.0, -x) / np.pi))


def _log_gumbel_below(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(np.log(-np.expm1(-np.exp(x))))


def _log_gumbel_above(x: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return np.asarray(-np.exp(x))


def _log_softit_below(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        soft = np.logaddexp(0.0, x)
        return np.where(x == np.inf, 0.0, np.log(soft) - np.log1p(soft))


def _log_softit_above(x: FloatArray) -> FloatArray:
    return np.asarray(-np.log1p(np.logaddexp(0.0, x)))


def _through(odds: Callable[[FloatArray], FloatArray]) -> Function:
    def function(x: FloatArray) -> FloatArray:
        return _log_logistic(odds(x))

    return function


TAILS: Mapping[str, Tails] = {
    "logit": _symmetric(_log_logistic),
    "probit": _symmetric(_log_normal),
    "probit_approx": _symmetric(_through(probit_approx_odds)),
    "cloglog": Tails(_log_gumbel_below, _log_gumbel_above),
    "cauchit": _symmetric(_log_cauchy),
    "softit": Tails(_log_softit_below, _log_softit_above),
}
