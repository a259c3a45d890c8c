"""Leave-one-out predictions: expectations under the posterior without an observation, by importance sampling.

Source: Vehtari, Gelman & Gabry (2017), section 2.1; the rules for variances and quantiles are those of R's E_loo from
version 2.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, SamplingWarning, warn
from smoothstan.numerals import is_number
from smoothstan.posterior.comparison.efficiency import relative_efficiency
from smoothstan.posterior.comparison.pareto import good_k, smoothed_weights
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.loo import Loo
from smoothstan.posterior.prediction import Prediction, prepare

TYPES = ("mean", "var", "sd", "quantile")
_ROWS_AT_ONCE = 64


def check_type(type_: str, probs: Any) -> FloatArray:
    """Return the probabilities of quantiles, after checking them and the type.

    Raises:
        OptionError: for an unknown type, or a probability outside (0, 1).
    """
    if type_ not in TYPES:
        raise OptionError(f"type is one of {', '.join(map(repr, TYPES))}, got {type_!r}")
    given = probs if isinstance(probs, (Sequence, np.ndarray)) and not isinstance(probs, str) else [probs]
    if not len(given) or not all(is_number(p) and 0 < p < 1 for p in given):
        raise OptionError(f"probs are numbers strictly between 0 and 1, got {probs!r}")
    return np.asarray(given, dtype=float)


def loo_expectations(
    fit: Fitted, kind: str, type_: str, probs: FloatArray, psis: Loo | None, *, seed: int | None,
    max_memory: float | str | None, dpar: str | None = None, transform: bool = False,
) -> FloatArray:  # fmt: skip
    """Return an expectation for every row, (rows,), or quantiles, (rows, probs).

    What has a third dimension (categories) keeps it: (rows, categories), or (rows, categories, probs).

    Args:
        fit: the fit.
        kind: what of: ``"predict"``, ``"epred"`` or ``"linpred"``.
        type_: one of ``TYPES``.
        probs: of quantiles.
        psis: a result of ``loo(save_psis=True)`` of this fit, whose weights are used.
        seed: of new responses.
        max_memory: see ``Predictions``.
        dpar, transform: of a linear predictor.
    """
    parts = []
    for block, weights in _weighted_blocks(fit, kind, psis, seed, max_memory):
        values = block.evaluate(kind, dpar=dpar, transform=transform)
        for start in range(0, block.n, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            draws = np.moveaxis(values[:, rows], 0, -1)
            several = draws.shape[1:-1]
            own = np.repeat(weights[rows], np.prod(several, dtype=int), axis=0)
            found = expectation(np.ascontiguousarray(draws.reshape(len(own), -1)), own, type_, probs)
            parts.append(found.reshape(len(draws), *several, *found.shape[1:]))
    return np.concatenate(parts)


def loo_ranks(
    fit: Fitted, psis: Loo | None, *, ties: str, seed: int | None, max_memory: float | str | None
) -> FloatArray:
    """Return the probability of a new response up to the observed one, (rows,); see ``Comparing.loo_pit``."""
    if ties not in ("random", "mid"):
        raise OptionError(f"ties is 'random' or 'mid', got {ties!r}")
    below, equal = [], []
    for block, weights in _weighted_blocks(fit, "predict", psis, seed, max_memory):
        values, y = block.evaluate("predict").T, block.response().y[:, None]
        below.append((weights * (values < y)).sum(axis=1))
        equal.append((weights * (values == y)).sum(axis=1))
    low, tied = np.concatenate(below), np.concatenate(equal)
    share = 0.5 if ties == "mid" else np.random.default_rng(seed).random(len(low))
    return np.asarray(np.clip(low + share * tied, 0, 1))


def _weighted_blocks(
    fit: Fitted, kind: str, psis: Loo | None, seed: int | None, max_memory: float | str | None
) -> Iterator[tuple[Prediction, FloatArray]]:
    """Yield blocks of rows with their weights, (rows, draws)."""
    if psis is not None and (psis.log_weights is None or psis.log_weights.shape != (fit.ndraws, fit.design.n)):
        raise OptionError("psis_object must be the result of loo(save_psis=True) of this fit")
    shapes = []
    for block in prepare(fit, None, kind, seed=seed).blocks(max_memory):
        if psis is not None and psis.log_weights is not None:
            yield block, np.exp(psis.log_weights[:, block.start : block.start + block.n].T)
            continue
        log_lik = np.ascontiguousarray(block.evaluate("log_lik").T)
        log_weights, k = smoothed_weights(-log_lik, relative_efficiency(log_lik.reshape(block.n, fit.chains, -1)))
        shapes.append(k)
        yield block, np.exp(log_weights)
    bad = int((~(np.concatenate(shapes) <= good_k(fit.ndraws))).sum()) if shapes else 0
    if bad:
        warn(
            f"{bad} of {fit.design.n} observations have a Pareto k above {good_k(fit.ndraws):.2g}: their "
            "leave-one-out predictions are not reliable",
            SamplingWarning,
        )


def expectation(values: FloatArray, weights: FloatArray, type_: str, probs: FloatArray) -> FloatArray:
    """Return weighted means, variances, deviations, (rows,), or quantiles, (rows, probs).

    Args:
        values, weights: (rows, draws); the weights of a row sum to one.
        type_: one of ``TYPES``.
        probs: of quantiles.
    """
    if type_ == "quantile":
        return _quantiles(values, weights, probs)
    mean = (weights * values).sum(axis=1)
    if type_ == "mean":
        return np.asarray(mean)
    # The denominator is (m - 1) / m with m = 1 / sum(w^2) the effective number of draws.
    variance = (weights * (values - mean[:, None]) ** 2).sum(axis=1) / (1 - (weights**2).sum(axis=1))
    return np.asarray(variance if type_ == "var" else np.sqrt(variance))


def _quantiles(values: FloatArray, weights: FloatArray, probs: FloatArray) -> FloatArray:
    """Interpolate the weighted distribution function between the draws; R's default rule where weights are equal."""
    order = np.argsort(values, axis=1, kind="stable")
    x, reached = np.take_along_axis(values, order, axis=1), np.take_along_axis(weights, order, axis=1).cumsum(axis=1)
    reached /= reached[:, -1:]
    rows, result = np.arange(len(x)), np.empty((len(x), len(probs)))
    for j, p in enumerate(probs):
        at = (reached < p).sum(axis=1)
        before = np.maximum(at - 1, 0)
        x0, x1, w0, w1 = x[rows, before], x[rows, at], reached[rows, before], reached[rows, at]
        # At the smallest value there is nothing before to interpolate from.
        share = (p - w0) / np.where(at > 0, w1 - w0, 1.0)
        result[:, j] = np.where(at > 0, x0 + (x1 - x0) * share, x[:, 0])
    equal = np.ptp(weights, axis=1) == 0
    if equal.any():
        result[equal] = np.quantile(x[equal], probs, axis=1).T
    return result
