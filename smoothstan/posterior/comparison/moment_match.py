"""Moment matching: move the draws towards the posterior without an observation, then weight them.

Where the posterior without observation i is too far from the posterior for its draws to be weighted, affine maps of
the unconstrained draws match the weighted mean, then the variances, then the covariances; each is kept if it lowers
Pareto k, and repeated until k is low enough or nothing helps.  At the end half of the draws are moved and the other
half are not, and the weights use the mixture of both densities (the split), which covers both the posterior without the
observation and the likelihood of the observation.  Pareto k is that of the weights that are used; R's loo_moment_match
reports the one before the split.

Source: Paananen, Piironen, Bürkner & Vehtari (2021), Statistics and Computing 31, 16, algorithm 1 and section 3.2; the
options are those of R's loo_moment_match.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import SamplingWarning, warn
from smoothstan.posterior.comparison.criterion import log_mean_exp
from smoothstan.posterior.comparison.efficiency import relative_efficiency
from smoothstan.posterior.comparison.held_out import check_jobs
from smoothstan.posterior.comparison.pareto import smoothed_weights
from smoothstan.posterior.comparison.reloo import rows_above, with_rows
from smoothstan.posterior.comparison.unconstrained import UnconstrainedPosterior, unconstrained_posterior
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.loo import Loo, monte_carlo_error

_DRAWS_PER_PARAMETER = 10
"""Fewer draws do not determine a covariance well enough."""


@dataclass(frozen=True)
class AffineMap:
    """x -> matrix (scale * (x - centre)) + centre + shift, around the mean of the draws that were not moved."""

    centre: FloatArray
    shift: FloatArray
    scale: FloatArray
    matrix: FloatArray

    def forward(self, x: FloatArray) -> FloatArray:
        """Move (draws, size) points."""
        return np.asarray(((x - self.centre) * self.scale) @ self.matrix.T + self.centre + self.shift)

    def backward(self, x: FloatArray) -> FloatArray:
        """Move points by the inverse map."""
        moved = np.linalg.solve(self.matrix, (x - self.centre - self.shift).T).T
        return np.asarray(moved / self.scale + self.centre)

    @property
    def log_determinant(self) -> float:
        """The log of the factor by which it stretches volumes."""
        return float(np.log(self.scale).sum() + np.linalg.slogdet(self.matrix)[1])


@dataclass(frozen=True)
class Weighted:
    """Points with their weights for the posterior without an observation.

    Args:
        points: (draws, size) moved draws.
        log_lik: (draws,) log likelihood of the observation.
        weights: (draws,) normalised log weights.
        k: their Pareto k.
    """

    points: FloatArray
    log_lik: FloatArray
    weights: FloatArray
    k: float


@dataclass(frozen=True)
class Matching:
    """How the draws of a fit are moved for one observation.

    Args:
        posterior: the draws and the density.
        original: (draws,) log density of the draws that were not moved.
        row: the observation.
        r_eff: the relative efficiency of its likelihood.
    """

    posterior: UnconstrainedPosterior
    original: FloatArray
    row: int
    r_eff: float

    def smoothed(self, log_ratios: FloatArray) -> tuple[FloatArray, float]:
        """Return normalised log weights and k; ratios that are not numbers count as none."""
        ratios = np.where(np.isnan(log_ratios), -np.inf, log_ratios)
        with np.errstate(all="ignore"):
            weights, k = smoothed_weights(ratios[None], np.asarray([self.r_eff]))
        return weights[0], float(k[0])

    def weigh(self, points: FloatArray) -> Weighted:
        """Weight points that were moved by an affine map, whose constant Jacobian cancels."""
        log_lik = self.posterior.log_lik(self.row, points)
        weights, k = self.smoothed(self.posterior.log_density(points) - log_lik - self.original)
        return Weighted(points, log_lik, weights, k)


def moment_matched(
    loo: Loo, fit: Fitted, threshold: float, *, max_iters: int, split: bool, cov: bool, n_jobs: int | None
) -> Loo:
    """Improve the estimates of rows with a high k by moment matching.

    Args:
        loo: the estimates.
        fit: the fit that they belong to.
        threshold: the k above which draws are moved.
        max_iters, split, cov, n_jobs: see ``Comparing.loo_moment_match``.
    """
    import joblib

    rows = rows_above(loo, fit, threshold)
    if not len(rows):
        return replace(loo, threshold=threshold)
    check_jobs(n_jobs)
    bare = replace(fit, criteria={})
    portions = np.array_split(rows, min(len(rows), max(1, joblib.effective_n_jobs(n_jobs))))
    jobs = (joblib.delayed(_match_rows)(bare, part, threshold, max_iters, split, cov) for part in portions)
    values = np.concatenate(list(joblib.Parallel(n_jobs=n_jobs)(jobs)), axis=1)
    if values[5].any():
        warn(f"moment matching reached max_iters={max_iters} for {int(values[5].sum())} observations", SamplingWarning)
    lpd = loo.elpd_i[rows] + loo.p_loo_i[rows]
    names = ("elpd_i", "mcse_i", "n_eff", "pareto_k", "r_eff")
    changed: dict[str, Any] = {
        name: with_rows(getattr(loo, name), rows, new) for name, new in zip(names, values[:5], strict=True)
    }
    changed["p_loo_i"] = with_rows(loo.p_loo_i, rows, lpd - values[0])
    moved = np.union1d(loo.moment_matched, rows[values[6] > 0]).astype(np.int64)
    return replace(loo, threshold=threshold, moment_matched=moved, **changed)


def _match_rows(fit: Fitted, rows: IntArray, threshold: float, max_iters: int, split: bool, cov: bool) -> FloatArray:
    """Return elpd, its error, effective size, k, r_eff, whether the iterations ran out, whether anything moved."""
    posterior = unconstrained_posterior(fit)
    original = posterior.log_density(posterior.points)
    draws, size = posterior.points.shape
    steps = _STEPS if cov and draws >= _DRAWS_PER_PARAMETER * size else _STEPS[:2]
    found = [_match(posterior, original, int(row), fit.chains, threshold, max_iters, split, steps) for row in rows]
    return np.asarray(found).T


def _match(
    posterior: UnconstrainedPosterior, original: FloatArray, row: int, chains: int, threshold: float, max_iters: int,
    split: bool, steps: tuple[Step, ...],
) -> list[float]:  # fmt: skip
    points = posterior.points
    log_lik = posterior.log_lik(row, points)
    r_eff = float(relative_efficiency(log_lik.reshape(1, chains, -1))[0])
    matching = Matching(posterior, original, row, r_eff)
    weights, k = matching.smoothed(-log_lik)
    state, count = Weighted(points, log_lik, weights, k), 0
    total = AffineMap(points.mean(axis=0), np.zeros(points.shape[1]), np.ones(points.shape[1]), np.eye(points.shape[1]))
    while count < max_iters and state.k > threshold:
        for step in steps:
            one = step(state)
            tried = matching.weigh(one.forward(state.points))
            if tried.k < state.k:
                state, total, count = tried, _after(total, one), count + 1
                break
        else:
            break
    exhausted = count == max_iters and state.k > threshold
    if split and count:
        state = _better(_split(matching, total), state, threshold)
    squares = np.exp(2 * state.weights)[None]
    elpd = log_mean_exp(state.weights + state.log_lik) + np.log(len(points))
    error = float(monte_carlo_error(squares, state.log_lik[None], elpd[None], np.asarray([r_eff]))[0])
    return [float(elpd), error, r_eff / float(squares.sum()), state.k, r_eff, float(exhausted), float(count > 0)]


def _better(mixed: Weighted, moved: Weighted, threshold: float) -> Weighted:
    """Return the weights by the mixture, unless only those of the moved draws can be trusted."""
    return moved if mixed.k > max(threshold, moved.k) else mixed


def _split(matching: Matching, total: AffineMap) -> Weighted:
    """Move half of the draws, and weight all by the mixture of the densities of moved and original draws."""
    points = matching.posterior.points
    density = matching.posterior.log_density
    half = len(points) // 2
    mixed = np.concatenate([total.forward(points[:half]), points[half:]])
    target = density(mixed)
    # A moved draw at x comes from the density of the posterior at the point that the map takes to x.
    moved = density(total.backward(mixed)) - total.log_determinant
    log_lik = matching.posterior.log_lik(matching.row, mixed)
    weights, k = matching.smoothed(target - log_lik - np.logaddexp(target, moved))
    return Weighted(mixed, log_lik, weights, k)


def _after(first: AffineMap, then: AffineMap) -> AffineMap:
    """Return the map that does one after the other, around the centre of the first."""
    matrix = (then.matrix * then.scale) @ (first.matrix * first.scale)
    moved = then.forward((first.centre + first.shift)[None])[0]
    return AffineMap(first.centre, moved - first.centre, np.ones(len(matrix)), matrix)


def _shift(state: Weighted) -> AffineMap:
    """Match the weighted mean."""
    mean, size = state.points.mean(axis=0), state.points.shape[1]
    return AffineMap(mean, _weighted_mean(state) - mean, np.ones(size), np.eye(size))


def _shift_and_scale(state: Weighted) -> AffineMap:
    """Match the weighted mean and variances."""
    mean, target, (draws, size) = state.points.mean(axis=0), _weighted_mean(state), state.points.shape
    second = np.exp(state.weights) @ (state.points - target) ** 2 * draws / (draws - 1)
    return AffineMap(mean, target - mean, np.sqrt(second / state.points.var(axis=0, ddof=1)), np.eye(size))


def _shift_and_cov(state: Weighted) -> AffineMap:
    """Match the weighted mean and covariances; only the mean where a covariance has no Cholesky factor."""
    mean, target, size = state.points.mean(axis=0), _weighted_mean(state), state.points.shape[1]
    w = np.exp(state.weights)
    centred = state.points - target
    weighted = (centred * w[:, None]).T @ centred / (1 - np.sum(w**2))
    try:
        goal = np.linalg.cholesky(weighted)
        here = np.linalg.cholesky(np.atleast_2d(np.cov(state.points, rowvar=False)))
        matrix = np.linalg.solve(here.T, goal.T).T
    except np.linalg.LinAlgError:
        matrix = np.eye(size)
    return AffineMap(mean, target - mean, np.ones(size), np.asarray(matrix, dtype=float))


def _weighted_mean(state: Weighted) -> FloatArray:
    return np.asarray(np.exp(state.weights) @ state.points)


Step = Callable[[Weighted], AffineMap]
_STEPS: tuple[Step, ...] = (_shift, _shift_and_scale, _shift_and_cov)
