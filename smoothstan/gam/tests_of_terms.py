"""Tests of smooths, random effects and parametric coefficients.

Source: Wood (2013), Biometrika 100:221 (smooths); Wood (2013), Biometrika 100:1005 (random effects); SPEC B.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.chi_square_mixture import mixture_tail
from smoothstan.gam.penalised_least_squares import symmetric_root
from smoothstan.gam.problem import PenaltyBlock

_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class FittedCovariance:
    """What the tests need of a fit, in the model's own coordinates.

    Args:
        coefficients: (p,).
        information: (p, p) X'WX with Fisher weights.
        penalty: (p, p) sum lambda_j S_j.
        bayesian, frequentist: (p, p) Vp and Ve.
        edf, edf1: (p,).
        scale: the estimate of phi.
        residual_df: n - tr(F); None where the scale is known.
    """

    coefficients: FloatArray
    information: FloatArray
    penalty: FloatArray
    bayesian: FloatArray
    frequentist: FloatArray
    edf: FloatArray
    edf1: FloatArray
    scale: float
    residual_df: float | None


@dataclass(frozen=True)
class TermTest:
    """A row of the table of smooths.

    Args:
        label: the smooth.
        edf: its effective degrees of freedom.
        reference_df: the degrees of freedom of the reference distribution.
        statistic: F where the scale is estimated, else chi-squared.
        alternative: the same with the other choice of a sign that rounding decides where the model is balanced;
            the p-value averages over both.
        p_value: the probability of more under a function that is zero.
    """

    label: str
    edf: float
    reference_df: float
    statistic: float
    alternative: float
    p_value: float


@dataclass(frozen=True)
class ParametricTest:
    """A row of the table of parametric coefficients: t where the scale is estimated, else z."""

    column: int
    estimate: float
    standard_error: float
    statistic: float
    p_value: float


@dataclass(frozen=True)
class WaldTest:
    """A joint test of several parametric coefficients: F where the scale is estimated, else chi-squared."""

    df: int
    statistic: float
    p_value: float


def smooth_test(fit: FittedCovariance, block: PenaltyBlock, blocks: tuple[PenaltyBlock, ...]) -> TermTest:
    """Test whether a smooth is zero."""
    if block.random_test:
        return _random_effect_test(fit, block, blocks)
    return _smooth_test(fit, block)


def _smooth_test(fit: FittedCovariance, block: PenaltyBlock) -> TermTest:
    columns = block.columns
    edf = float(np.sum(fit.edf[columns]))
    reference = min(float(np.sum(fit.edf1[columns])), float(block.size))
    root = _triangular_root(fit.information[columns, columns])
    covariance = root @ fit.bayesian[columns, columns] @ root.T
    values, vectors = np.linalg.eigh(0.5 * (covariance + covariance.T))
    values, vectors = values[::-1], vectors[:, ::-1]
    vectors = vectors * np.where(vectors[0] < 0, -1.0, 1.0)
    t = vectors.T @ (root @ fit.coefficients[columns])
    whole, part = int(np.floor(reference)), reference - np.floor(reference)
    positive = int(np.sum(values > values[0] * _EPS**0.9))
    if positive < whole + (1 if part > 0 else 0):
        whole, part, reference = positive, 0.0, float(positive)
    first, second = _statistics(t, values, whole, part)
    rank = max(reference, 1.0) if whole == 0 else reference
    p = 0.5 * (_tail(fit, whole, part, first) + _tail(fit, whole, part, second))
    divisor = 1.0 if fit.residual_df is None else rank
    return TermTest(block.label, edf, rank, first / divisor, second / divisor, p)


def _triangular_root(matrix: FloatArray) -> FloatArray:
    """Return the triangular R with R'R = A, from the QR decomposition of a root where A is singular."""
    try:
        return np.asarray(np.linalg.cholesky(matrix).T)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.qr(symmetric_root(matrix), mode="r"))


def _statistics(t: FloatArray, values: FloatArray, whole: int, part: float) -> tuple[float, float]:
    """Return the statistic for both signs of the direction that is cut in two."""
    if whole == 0:
        only = float(t[0] ** 2 / values[0])
        return only, only
    scaled = t[: whole + 1] / np.sqrt(values[: whole + 1])
    if part == 0:
        whole_sum = float(np.sum(scaled[:whole] ** 2))
        return whole_sum, whole_sum
    base = float(np.sum(scaled[: whole - 1] ** 2))
    a, b = float(scaled[whole - 1]), float(scaled[whole])
    mixed = 2 * float(np.sqrt(part * (1 - part) / 2)) * a * b
    plain = base + a * a + part * b * b
    return plain + mixed, plain - mixed


def _tail(fit: FittedCovariance, whole: int, part: float, statistic: float) -> float:
    weights, degrees = _reference(whole, part)
    return _compare(fit, weights, degrees, statistic)


def _reference(whole: int, part: float) -> tuple[FloatArray, FloatArray]:
    if whole == 0 or part == 0:
        return np.ones(1), np.array([float(max(whole, 1))])
    r = 1 + part
    high = 0.5 * (r + np.sqrt(r * (2 - r)))
    weights, degrees = [high, r - high], [1.0, 1.0]
    if whole > 1:
        weights, degrees = [1.0, *weights], [float(whole - 1), *degrees]
    return np.array(weights), np.array(degrees)


def _compare(fit: FittedCovariance, weights: FloatArray, degrees: FloatArray, statistic: float) -> float:
    """Return the tail probability, the scale's uncertainty included where it is estimated."""
    if fit.residual_df is None:
        return mixture_tail(weights, degrees, statistic)
    df = max(1.0, float(np.round(fit.residual_df)))
    if statistic <= 0:
        return 1.0
    return mixture_tail(np.append(weights, -statistic / df), np.append(degrees, df))


def _random_effect_test(fit: FittedCovariance, block: PenaltyBlock, blocks: tuple[PenaltyBlock, ...]) -> TermTest:
    """Test whether the variance of a fully penalised term is zero."""
    p = fit.coefficients.shape[0]
    mine = np.arange(block.start, block.stop)
    random = [b for b in blocks if b.random_effect and b is not block]
    randoms = np.concatenate([np.arange(b.start, b.stop) for b in random]) if random else np.zeros(0, dtype=int)
    rest = np.setdiff1d(np.arange(p), np.concatenate([mine, randoms]))
    order = np.concatenate([rest, mine])
    root = symmetric_root(fit.information)
    shrunken = _shrunken_rows(root, symmetric_root(fit.penalty))
    if random:
        spread = np.linalg.pinv(fit.penalty[np.ix_(randoms, randoms)], hermitian=True)
        whitening = np.linalg.cholesky(np.eye(p) + root[:, randoms] @ spread @ root[:, randoms].T).T
        root, shrunken = whitening @ root, whitening @ shrunken
    stacked = np.vstack([root[:, order], symmetric_root(fit.penalty[np.ix_(order, order)])])
    trailing = np.asarray(np.linalg.qr(stacked, mode="r"))[-block.size :, -block.size :]
    statistic = float(np.sum((trailing @ fit.coefficients[mine]) ** 2)) / fit.scale
    values = np.linalg.svd(shrunken[:, mine] @ trailing.T, compute_uv=False) ** 2
    values = values[values > _EPS**0.8 * values[0]]
    rank = values.shape[0]
    p_value = _compare(fit, values, np.ones(rank), statistic) if rank else 1.0
    shown = statistic if fit.residual_df is None else statistic / max(rank, 1)
    return TermTest(block.label, float(np.sum(fit.edf[block.columns])), float(rank), shown, shown, p_value)


def _shrunken_rows(root: FloatArray, penalty_root: FloatArray) -> FloatArray:
    """Return R (R'R + S)^-1 by the QR decomposition of [R; sqrt(S)], so that what R annihilates stays zero."""
    stacked = np.vstack([root, penalty_root])
    scale = np.sqrt(np.maximum(np.sum(stacked**2, axis=0), np.finfo(float).tiny))
    q, r = np.linalg.qr(stacked / scale)
    if np.min(np.abs(r.diagonal())) < _EPS:
        return np.asarray(root @ np.linalg.pinv(root.T @ root + penalty_root.T @ penalty_root, hermitian=True))
    return np.asarray(q[: root.shape[0]] @ np.linalg.inv(r).T / scale)


def coefficient_tests(fit: FittedCovariance, columns: FloatArray | list[int]) -> tuple[ParametricTest, ...]:
    """Test single coefficients."""
    from scipy.special import ndtr, stdtr

    rows = []
    for column in columns:
        j = int(column)
        error = float(np.sqrt(fit.bayesian[j, j]))
        value = float(fit.coefficients[j] / error) if error > 0 else np.nan
        tail = ndtr(-abs(value)) if fit.residual_df is None else stdtr(fit.residual_df, -abs(value))
        rows.append(ParametricTest(j, float(fit.coefficients[j]), error, value, 2 * float(tail)))
    return tuple(rows)


def wald_test(fit: FittedCovariance, columns: FloatArray | list[int]) -> WaldTest:
    """Test several coefficients at once, by the pseudo-inverse of their covariance."""
    from scipy.special import chdtrc, fdtrc

    pick = np.asarray(columns, dtype=int)
    covariance = fit.bayesian[np.ix_(pick, pick)]
    values, vectors = np.linalg.eigh(covariance)
    keep = values > values[-1] * _EPS**0.5
    df = int(np.sum(keep))
    t = vectors[:, keep].T @ fit.coefficients[pick]
    statistic = float(np.sum(t**2 / values[keep]))
    if fit.residual_df is None:
        return WaldTest(df, statistic, float(chdtrc(df, statistic)))
    return WaldTest(df, statistic / df, float(fdtrc(df, fit.residual_df, statistic / df)))
