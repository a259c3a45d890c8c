"""Probabilities of ordered categories, one row at a time, from their definitions: for comparison with the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy import special, stats

Tail = Callable[[float], float]


def _soft(x: float) -> float:
    return np.log1p(np.exp(x))


def _odds(x: float) -> float:
    return 0.07056 * x**3 + 1.5976 * x


DISTRIBUTIONS: Mapping[str, tuple[Tail, Tail]] = {
    "logit": (stats.logistic.cdf, stats.logistic.sf),
    "probit": (stats.norm.cdf, stats.norm.sf),
    "probit_approx": (lambda x: special.expit(_odds(x)), lambda x: special.expit(-_odds(x))),
    "cloglog": (lambda x: -np.expm1(-np.exp(x)), lambda x: np.exp(-np.exp(x))),
    "cauchit": (stats.cauchy.cdf, stats.cauchy.sf),
    "softit": (lambda x: _soft(x) / (1 + _soft(x)), lambda x: 1 / (1 + _soft(x))),
}
"""Link -> distribution function F, and 1 - F."""


def cumulative(below: Tail, above: Tail, x: Sequence[float]) -> list[float]:
    inner = [below(b) - below(a) if b < 0 else above(a) - above(b) for a, b in pairwise(x)]
    return [below(x[0]), *inner, above(x[-1])]


def sratio(below: Tail, above: Tail, x: Sequence[float]) -> list[float]:
    stop, go = [*map(below, x), 1.0], [above(value) for value in x]
    return [stop[k] * np.prod(go[:k]) for k in range(len(stop))]


def cratio(below: Tail, above: Tail, x: Sequence[float]) -> list[float]:
    stop, go = [*(above(-value) for value in x), 1.0], [below(-value) for value in x]
    return [stop[k] * np.prod(go[:k]) for k in range(len(stop))]


def acat(below: Tail, above: Tail, x: Sequence[float]) -> list[float]:
    up, down = [below(-value) for value in x], [above(-value) for value in x]
    weights = [np.prod(up[:k]) * np.prod(down[k:]) for k in range(len(up) + 1)]
    return [w / sum(weights) for w in weights]


FAMILIES = {"cumulative": cumulative, "sratio": sratio, "cratio": cratio, "acat": acat}


def probabilities(family: str, link: str, thresholds: Sequence[float], mu: float, disc: float = 1.0) -> list[float]:
    """Return the probabilities of one row's categories."""
    return FAMILIES[family](*DISTRIBUTIONS[link], [disc * (t - mu) for t in thresholds])
