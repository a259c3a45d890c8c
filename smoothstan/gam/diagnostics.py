"""Checks of a fit: concurvity, and whether the basis of a smooth is rich enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.gam.penalised_least_squares import symmetric_root
from smoothstan.gam.problem import PenaltyBlock


@dataclass(frozen=True)
class Concurvity:
    """How well the other terms can imitate one term: 0 not at all, 1 entirely.

    Args:
        label: the term; ``"para"`` for all unpenalised columns outside the smooths.
        worst: the worst case over functions of the term.
        observed: for the estimated function.
        estimate: averaged over the basis.
    """

    label: str
    worst: float
    observed: float
    estimate: float


def concurvity(
    cross_product: FloatArray, coefficients: FloatArray, blocks: tuple[PenaltyBlock, ...]
) -> tuple[Concurvity, ...]:
    """Return the concurvity of every term with all others.

    Args:
        cross_product: (p, p) X'X of the model matrix.
        coefficients: (p,).
        blocks: the smooths; the columns outside them are one term.
    """
    p = coefficients.shape[0]
    root: FloatArray = np.asarray(np.linalg.qr(symmetric_root(cross_product), mode="r"), dtype=np.float64)
    smooth = np.zeros(p, dtype=bool)
    for block in blocks:
        smooth[block.columns] = True
    terms = [("para", np.flatnonzero(~smooth))] + [(b.label, np.arange(b.start, b.stop)) for b in blocks]
    return tuple(_one(label, columns, root, coefficients) for label, columns in terms if columns.size)


def _one(label: str, columns: IntArray, root: FloatArray, coefficients: FloatArray) -> Concurvity:
    mine = root[:, columns]
    others = np.delete(root, columns, axis=1)
    if others.shape[1] == 0:
        return Concurvity(label, 0.0, 0.0, 0.0)
    left, singular, _ = np.linalg.svd(others, full_matrices=False)
    left = left[:, singular > singular[0] * 1e-12]
    shared = left.T @ mine
    own = np.linalg.svd(mine, full_matrices=False)
    keep = own[1] > own[1][0] * 1e-12
    aligned = left.T @ own[0][:, keep]
    worst = float(np.linalg.norm(aligned, 2) ** 2) if aligned.size else 0.0
    function = mine @ coefficients[columns]
    size = float(function @ function)
    observed = float(np.sum((shared @ coefficients[columns]) ** 2)) / size if size > 0 else 0.0
    return Concurvity(label, worst, observed, float(np.sum(shared**2) / np.sum(mine**2)))


def k_index(residuals: FloatArray, covariates: FloatArray) -> float:
    """Return the ratio of the variance of differences of neighbouring residuals to the residual variance.

    Below 1 where residuals of neighbours are alike: the basis may be too small.

    Args:
        residuals: (n,) deviance residuals.
        covariates: (n, d) covariates of the smooth, on comparable scales.
    """
    spread = float(np.mean(residuals**2))
    if covariates.shape[1] == 1:
        ordered = residuals[np.argsort(covariates[:, 0], kind="stable")]
        return float(np.mean(np.diff(ordered) ** 2)) / 2 / spread
    return float(np.mean((residuals[:, None] - residuals[neighbours(covariates)]) ** 2)) / 2 / spread


def neighbours(covariates: FloatArray, count: int = 3) -> IntArray:
    """Return the numbers of the nearest other rows, (n, count)."""
    from scipy.spatial import cKDTree

    n = covariates.shape[0]
    found = np.asarray(cKDTree(covariates).query(covariates, k=count + 1)[1], dtype=np.int64)
    itself = found == np.arange(n)[:, None]
    # With tied points a row may not be among its own neighbours: then the last one goes.
    itself[~itself.any(axis=1), -1] = True
    return np.asarray(found[~itself].reshape(n, count))


@dataclass(frozen=True)
class BasisCheck:
    """The k-index and the share of random orders of the residuals whose index is smaller."""

    index: float
    p_value: float


def basis_check(
    residuals: FloatArray, covariates: FloatArray, rng: np.random.Generator, *, repetitions: int = 400
) -> BasisCheck:
    """Return the k-index with a permutation p-value."""
    index = k_index(residuals, covariates)
    spread = float(np.mean(residuals**2))
    near = None if covariates.shape[1] == 1 else neighbours(covariates)
    below = 0
    for _ in range(repetitions):
        shuffled = rng.permutation(residuals)
        if near is None:
            value = float(np.mean(np.diff(shuffled) ** 2)) / 2 / spread
        else:
            value = float(np.mean((shuffled[:, None] - shuffled[near]) ** 2)) / 2 / spread
        below += value < index
    return BasisCheck(index, below / repetitions)
