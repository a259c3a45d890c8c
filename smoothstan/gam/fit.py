"""The penalised fit: from a problem to the optimal smoothing parameters and coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FitError, FitWarning, warn
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.identifiable import identifiable_directions
from smoothstan.gam.likelihood import Observations
from smoothstan.gam.limits import minimise_beyond_limits
from smoothstan.gam.model_matrix import Rotated
from smoothstan.gam.optimise import Optimum
from smoothstan.gam.penalised_fit import PenalisedFit, observations
from smoothstan.gam.penalised_least_squares import least_squares
from smoothstan.gam.penalty_system import PenaltySystem, penalty_system
from smoothstan.gam.pirls import Pirls
from smoothstan.gam.problem import Problem
from smoothstan.gam.start import balanced_sizes, starting_point
from smoothstan.gam.summarise import summarise


def fit_penalised(problem: Problem) -> PenalisedFit:
    """Fit a penalised regression and choose its smoothing parameters.

    Args:
        problem: model matrix, response, penalties, family and criterion.

    Raises:
        DataError, OptionError, FamilyError: for a problem that cannot be fitted.
        FitError: if no mode is found at any smoothing parameters tried.

    Warns:
        FitWarning: if the optimiser did not converge, or fitted probabilities are 0 or 1.
    """
    problem.check()
    data = observations(problem)
    information = _starting_information(problem, data)
    identifiable = identifiable_directions(information, problem.blocks)
    system = penalty_system(identifiable.basis.shape[1], identifiable.blocks)
    back = identifiable.basis @ system.rotation
    criterion, optimum = _optimise(problem, data, system, Rotated(problem.matrix, back), back, information)
    fit = summarise(problem, data, criterion, optimum, identifiable.basis, back)
    if not _warn_of_separation(fit) and not fit.converged:
        worst = float(np.max(np.abs(fit.outer_gradient)))
        warn(
            f"the {problem.method} fit did not converge ({fit.message}; largest gradient {worst:.2g}): simplify "
            "the model or fix smoothing parameters by sp",
            FitWarning,
        )
    return fit


def _starting_information(problem: Problem, data: Observations) -> FloatArray:
    """Return X'WX with weights at the starting means."""
    family = problem.family
    if family.name == "gaussian" and problem.link.name == "identity":
        weights = problem.weights
    else:
        mu = family.clip(family.initial_mean(problem.y, problem.weights))
        eta = np.asarray(problem.link.link(mu), dtype=float)
        theta = family.initial_shape(problem.y, problem.weights)
        weights = data.slopes(eta, mu, theta)[2]
    unit = bool(np.all(weights == 1))
    return problem.matrix.cross_product(None if unit else weights)


def _optimise(
    problem: Problem,
    data: Observations,
    system: PenaltySystem,
    matrix: Rotated,
    back: FloatArray,
    information: FloatArray,
) -> tuple[Criterion, Optimum]:
    rotated = back.T @ information @ back
    rotated = 0.5 * (rotated + rotated.T)
    scale = problem.known_scale
    quadratic = problem.family.name == "gaussian" and problem.link.name == "identity"
    finder: Any = least_squares(data, matrix, system, rotated) if quadratic else Pirls(data, matrix, system)
    if quadratic and scale is None and finder.exact():
        raise FitError(
            "the model reproduces the response exactly, so that there is no residual variance to estimate: is the "
            "response constant, or are there as many coefficients as rows?"
        )
    criterion = Criterion(data, finder, system, problem.method, scale, aliased=back.shape[0] - back.shape[1])
    start, lower, upper = starting_point(criterion, rotated, steps=4)
    if start is None:
        raise FitError(
            "no coefficients were found to start from: check the response, the link and the offset "
            f"(family {problem.family.name}, link {problem.link.name})"
        )
    balanced = balanced_sizes(criterion, rotated)
    return criterion, minimise_beyond_limits(criterion, start, lower, upper, balanced)


def _warn_of_separation(fit: PenalisedFit) -> bool:
    """Warn of fitted probabilities of 0 or 1; say whether there are any."""
    family = fit.problem.family
    if family.lower != 0.0 or family.upper != 1.0 or not np.any((fit.problem.y == 0) | (fit.problem.y == 1)):
        return False
    certain = np.minimum(fit.fitted, 1 - fit.fitted) < 1e-8
    if np.any(certain):
        rows = int(np.sum(certain))
        warn(
            f"{rows} fitted probabilities are 0 or 1 up to rounding: the data are separated, so that some coefficients "
            "have no finite estimate and standard errors mean nothing; simplify the model or use brm() with priors",
            FitWarning,
        )
    return bool(np.any(certain))
