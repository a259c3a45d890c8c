"""Generalised cross validation, and its known-scale counterpart UBRE, with exact gradient and Hessian.

Source: Wood (2008), JRSS B 70:495, section 3; the effective dimension counts with Fisher weights, as the one that
is reported does, while the mode moves with Newton weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.derivatives import Derivatives
from smoothstan.gam.fisher import ExpectedInformation, expected_information
from smoothstan.gam.likelihood import PredictorDerivatives
from smoothstan.gam.mode import Mode
from smoothstan.gam.sensitivity import Sensitivity, moving_weights, second_shift

if TYPE_CHECKING:
    from smoothstan.gam.criterion import Criterion


def gcv_value(criterion: Criterion, mode: Mode) -> float:
    """Return n D / (n - tr F)^2, or D/n + 2 phi tr(F)/n - phi where the scale is known."""
    n, deviance = criterion.data.y.shape[0], 2 * mode.half_deviance
    dimension = _expected(criterion, mode).dimension
    if criterion.scale is None:
        return float(n * deviance / (n - dimension) ** 2)
    return float(deviance / n + 2 * criterion.scale * dimension / n - criterion.scale)


def gcv_derivatives(
    criterion: Criterion, mode: Mode, higher: PredictorDerivatives | None, moves: Sensitivity
) -> Derivatives:
    """Differentiate GCV or UBRE in the logarithms of the smoothing parameters."""
    expected, n = _expected(criterion, mode), criterion.data.y.shape[0]
    first, second = _dimension_derivatives(criterion, mode, higher, moves, expected)
    pull = mode.penalty @ mode.coefficients
    fit_first = -2 * (pull @ moves.coefficients)
    fit_second = 2 * moves.coefficients.T @ mode.information @ moves.coefficients
    fit_second = fit_second + second_shift(criterion, mode, higher, moves, -2 * pull)
    if criterion.scale is not None:
        gradient = fit_first / n + 2 * criterion.scale / n * first
        return Derivatives(gradient, fit_second / n + 2 * criterion.scale / n * second, moves.coefficients)
    deviance, r = 2 * mode.half_deviance, n - expected.dimension
    gradient = n * fit_first / r**2 + 2 * n * deviance * first / r**3
    cross = np.outer(fit_first, first)
    hessian = (
        n * fit_second / r**2
        + 2 * n * (cross + cross.T) / r**3
        + 2 * n * deviance * second / r**3
        + 6 * n * deviance * np.outer(first, first) / r**4
    )
    return Derivatives(gradient, hessian, moves.coefficients)


def _expected(criterion: Criterion, mode: Mode) -> ExpectedInformation:
    found = expected_information(criterion.data, criterion.finder.matrix, criterion.system, mode)
    if found is None:
        raise FloatingPointError("the penalised information is not positive definite")
    return found


def _dimension_derivatives(
    criterion: Criterion,
    mode: Mode,
    higher: PredictorDerivatives | None,
    moves: Sensitivity,
    expected: ExpectedInformation,
) -> tuple[FloatArray, FloatArray]:
    """Differentiate tr F = p - tr(H^-1 S), H with Fisher weights."""
    system, m = criterion.system, criterion.system.free
    inverse, slopes = expected.factor.inverse, None
    pressed = [inverse @ system.parameter_matrix(k, mode.sp) for k in range(m)]
    products = pressed
    if moves.predictor is not None and mode.eta is not None and mode.mu is not None:
        slopes = criterion.data.expected_slopes(mode.eta, mode.mu, mode.theta)
        weights = slopes[0][:, None] * moves.predictor
        cross = criterion.finder.matrix.cross_product
        products = [pressed[k] + inverse @ cross(weights[:, k]) for k in range(m)]
    shrink = inverse @ mode.penalty
    first = np.array([np.sum(a * shrink.T) - np.trace(s) for a, s in zip(products, pressed, strict=True)])
    second = np.zeros((m, m))
    for k in range(m):
        for j in range(m):
            second[k, j] = (
                -2 * np.sum(products[k] * (products[j] @ shrink).T)
                + np.sum(products[k] * pressed[j].T)
                + np.sum(products[j] * pressed[k].T)
            )
    sandwich = shrink @ inverse
    sandwich = 0.5 * (sandwich + sandwich.T)
    own = np.array([np.sum(sandwich * system.parameter_matrix(k, mode.sp)) - np.trace(pressed[k]) for k in range(m)])
    second = 0.5 * (second + second.T) + np.diag(own)
    if higher is not None:
        second += moving_weights(criterion, mode, higher, moves, sandwich, slopes)
    return first, second
