"""How the mode and the weights at it move with shape and smoothing parameters.

Source: Wood (2011), JRSS B 73:3, appendices C and D; SPEC B.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.likelihood import PredictorDerivatives
from smoothstan.gam.mode import Mode

if TYPE_CHECKING:
    from smoothstan.gam.criterion import Criterion


@dataclass(frozen=True)
class Sensitivity:
    """How the mode and H move with theta and rho.

    Args:
        pressure: (p, M) lambda_k S_k b.
        score: (p, t + M) derivatives of the penalised score at fixed coefficients.
        coefficients: (p, t + M) derivatives of the coefficients.
        predictor: (n, t + M) derivatives of the linear predictor, or None.
        weights: (n, t + M) derivatives of the Newton weights, or None.
    """

    pressure: FloatArray
    score: FloatArray
    coefficients: FloatArray
    predictor: FloatArray | None
    weights: FloatArray | None


def sensitivity(criterion: Criterion, mode: Mode, higher: PredictorDerivatives | None) -> Sensitivity:
    """Differentiate the mode; ``higher`` are the derivatives there, None where the weights are constant."""
    matrix, t = criterion.finder.matrix, criterion.shapes
    pressure = criterion.system.pressure(mode.sp, mode.coefficients)
    score = pressure
    if higher is not None and t:
        score = np.hstack([matrix.transpose_times(higher.shape[:, 1].T), pressure])
    coefficients = -(mode.factor.inverse @ score)
    if higher is None:
        return Sensitivity(pressure, score, coefficients, None, None)
    predictor = matrix.times(coefficients)
    weights = higher.third[:, None] * predictor
    weights[:, :t] += higher.shape[:, 2].T
    return Sensitivity(pressure, score, coefficients, predictor, weights)


def moving_weights(
    criterion: Criterion,
    mode: Mode,
    higher: PredictorDerivatives,
    moves: Sensitivity,
    inner: FloatArray,
    slopes: tuple[FloatArray, FloatArray] | None = None,
) -> FloatArray:
    """Return tr(P d2H) without its pure penalty part: the second derivatives of the weights and of b.

    Args:
        criterion, mode, higher, moves: where.
        inner: P.
        slopes: first and second derivative in eta of the weights in H; those of the Newton weights by default.
    """
    assert moves.predictor is not None
    matrix, system, t = criterion.finder.matrix, criterion.system, criterion.shapes
    leverage = matrix.row_quadratic(inner)
    first, second = (higher.third, higher.fourth) if slopes is None else slopes
    adjoint = mode.factor.inverse @ matrix.transpose_times(leverage * first)
    fitted = matrix.times(adjoint)
    n = moves.predictor
    out = n.T @ ((leverage * second - fitted * higher.third)[:, None] * n)
    pull = np.zeros_like(moves.coefficients)
    pull[:, t:] = system.pressure(mode.sp, adjoint)
    cross = moves.coefficients.T @ pull
    out -= cross + cross.T
    out[np.arange(t, n.shape[1]), np.arange(t, n.shape[1])] -= adjoint @ moves.pressure
    if t:
        mixed = n.T @ (leverage * higher.shape[:, 3] - fitted * higher.shape[:, 2]).T
        out[:, :t] += mixed
        out[:t, :] += mixed.T
        out[:t, :t] += higher.shape_pairs[:, :, 2] @ leverage - higher.shape_pairs[:, :, 1] @ fitted
    return np.asarray(out)


def second_shift(
    criterion: Criterion, mode: Mode, higher: PredictorDerivatives | None, moves: Sensitivity, covector: FloatArray
) -> FloatArray:
    """Return covector' b_km for the second derivatives b_km of the coefficients."""
    adjoint = mode.factor.inverse @ covector
    pull = criterion.system.pressure(mode.sp, adjoint)
    cross = moves.coefficients.T @ pull
    out = -(cross + cross.T) - np.diag(adjoint @ moves.pressure)
    if higher is not None and moves.predictor is not None:
        fitted = criterion.finder.matrix.times(adjoint)
        out -= moves.predictor.T @ ((fitted * higher.third)[:, None] * moves.predictor)
    return np.asarray(out)
