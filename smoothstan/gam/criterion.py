"""The criteria for smoothness, with exact gradient and Hessian: Laplace REML and ML, GCV and UBRE.

Parameters are, in this order, the shape parameters theta of the family, the logarithms rho of the free smoothing
parameters, and log(phi) where REML or ML estimate the scale.

Source: Wood (2011), JRSS B 73:3, sections 2 and 3; Wood, Pya & Säfken (2016), JASA 111:1548, section 3; the
derivatives are those of SPEC B.2, extended by shape parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.families.penalised import Saturated
from smoothstan.gam.likelihood import Observations, PredictorDerivatives
from smoothstan.gam.log_determinant import Factor, cholesky_factor
from smoothstan.gam.mode import Mode, ModeFinder
from smoothstan.gam.penalty_system import PenaltySystem


@dataclass(frozen=True)
class Derivatives:
    """Gradient and Hessian of a criterion, and the derivatives of the coefficients.

    Args:
        gradient: (j,).
        hessian: (j, j).
        coefficients: (p, t + M) derivatives of the rotated coefficients in theta and rho.
    """

    gradient: FloatArray
    hessian: FloatArray
    coefficients: FloatArray


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


@dataclass(frozen=True)
class Criterion:
    """A criterion as a function of the parameters.

    Args:
        data: the observations.
        finder: finds the mode for given theta and rho.
        system: the penalties.
        method: ``"REML"``, ``"ML"`` or ``"GCV"``.
        scale: the known scale, or None if it is estimated.
    """

    data: Observations
    finder: ModeFinder
    system: PenaltySystem
    method: str
    scale: float | None

    @property
    def shapes(self) -> int:
        """The number of shape parameters t."""
        return len(self.data.family.shape_names)

    @property
    def has_scale(self) -> bool:
        """Whether log(phi) is among the parameters."""
        return self.scale is None and self.method != "GCV"

    def split(self, psi: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Return theta, rho and phi."""
        t, m = self.shapes, self.system.free
        phi = float(np.exp(psi[t + m])) if self.has_scale else (1.0 if self.scale is None else self.scale)
        return psi[:t], psi[t : t + m], phi

    def value(self, mode: Mode, phi: float) -> float:
        """Return the criterion at a mode."""
        return _gcv_value(self, mode) if self.method == "GCV" else _laplace_value(self, mode, phi)

    def derivatives(self, mode: Mode, phi: float) -> Derivatives:
        """Return its gradient and Hessian at a mode."""
        higher = self.finder.higher(mode)
        moves = _sensitivity(self, mode, higher)
        if self.method == "GCV":
            return _gcv_derivatives(self, mode, higher, moves)
        return _laplace_derivatives(self, mode, higher, moves, phi)


def _sensitivity(criterion: Criterion, mode: Mode, higher: PredictorDerivatives | None) -> Sensitivity:
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


def _determinant_factor(criterion: Criterion, mode: Mode) -> Factor:
    """Return the matrix whose log determinant enters: H for REML, H on the penalised space for ML."""
    if criterion.method == "REML" or criterion.system.null_dimension == 0:
        return mode.factor
    inside = np.flatnonzero(criterion.system.penalised)
    inverse = np.zeros_like(mode.penalty)
    if inside.size == 0:
        return Factor(inverse, 0.0)
    pick = np.ix_(inside, inside)
    factor = cholesky_factor((mode.information + mode.penalty)[pick])
    if factor is None:
        raise FloatingPointError("the penalised Hessian is not positive definite")
    inverse[pick] = factor.inverse
    return Factor(inverse, factor.log_determinant)


def _unpenalised(criterion: Criterion) -> int:
    return criterion.system.null_dimension if criterion.method == "REML" else 0


def _saturated(criterion: Criterion, mode: Mode, phi: float) -> Saturated:
    data = criterion.data
    return data.family.saturated(data.y, data.weights, phi, mode.theta)


def _laplace_value(criterion: Criterion, mode: Mode, phi: float) -> float:
    half = mode.half_deviance + 0.5 * mode.quadratic
    log_penalty, _, _ = criterion.system.log_determinant(mode.sp)
    log_hessian = _determinant_factor(criterion, mode).log_determinant
    return (
        half / phi
        - _saturated(criterion, mode, phi).value
        + 0.5 * (log_hessian - log_penalty)
        - 0.5 * _unpenalised(criterion) * float(np.log(2 * np.pi * phi))
    )


def _laplace_derivatives(
    criterion: Criterion, mode: Mode, higher: PredictorDerivatives | None, moves: Sensitivity, phi: float
) -> Derivatives:
    system, t = criterion.system, criterion.shapes
    m = system.free
    saturated = _saturated(criterion, mode, phi)
    _, log_gradient, log_hessian = system.log_determinant(mode.sp)
    inner = _determinant_factor(criterion, mode).inverse
    trace, pairs, own = _traces(criterion, mode, inner, moves)
    quadratic = mode.coefficients @ moves.pressure

    gradient, hessian = np.zeros(t + m), np.zeros((t + m, t + m))
    rho = slice(t, t + m)
    gradient[rho] = 0.5 * quadratic / phi - 0.5 * log_gradient
    hessian[rho, rho] = np.diag(0.5 * quadratic / phi + 0.5 * own) - 0.5 * log_hessian
    if higher is not None and t:
        gradient[:t] = higher.shape[:, 0].sum(axis=1) / phi - saturated.shape_gradient
        hessian[:t, :t] = higher.shape_pairs[:, :, 0].sum(axis=2) / phi - saturated.shape_hessian
    explicit = gradient.copy()
    gradient += 0.5 * trace
    hessian += moves.score.T @ moves.coefficients / phi - 0.5 * pairs
    if higher is not None:
        hessian += 0.5 * _moving_weights(criterion, mode, higher, moves, inner)
    hessian = 0.5 * (hessian + hessian.T)
    if not criterion.has_scale:
        return Derivatives(gradient, hessian, moves.coefficients)

    penalised = mode.half_deviance + 0.5 * mode.quadratic
    full_gradient, full_hessian = np.zeros(t + m + 1), np.zeros((t + m + 1, t + m + 1))
    full_gradient[:-1], full_hessian[:-1, :-1] = gradient, hessian
    full_gradient[-1] = -penalised / phi - saturated.scale_gradient - 0.5 * _unpenalised(criterion)
    full_hessian[-1, -1] = penalised / phi - saturated.scale_hessian
    cross = np.zeros(t + m)
    cross[rho] = -0.5 * quadratic / phi
    if t:
        cross[:t] = -(explicit[:t] + saturated.shape_gradient)
    full_hessian[-1, :-1] = full_hessian[:-1, -1] = cross
    return Derivatives(full_gradient, full_hessian, moves.coefficients)


def _traces(
    criterion: Criterion, mode: Mode, inner: FloatArray, moves: Sensitivity
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return tr(P H_j), tr(P H_j P H_m) and tr(P lambda_k S_k) for the derivatives H_j of H."""
    system, t = criterion.system, criterion.shapes
    roots = system.scaled_roots(mode.sp)
    gram = roots.T @ (inner @ roots)
    own = system.by_parameter(gram.diagonal())
    if moves.weights is None:
        pairs = system.by_parameter(system.by_parameter(gram**2).T) if system.free else np.zeros((0, 0))
        return own, pairs, own
    matrix = criterion.finder.matrix
    products = []
    for j in range(moves.weights.shape[1]):
        derivative = matrix.cross_product(moves.weights[:, j])
        if j >= t:
            derivative += system.parameter_matrix(j - t, mode.sp)
        products.append(inner @ derivative)
    flat = np.array([a.ravel() for a in products])
    turned = np.array([a.T.ravel() for a in products])
    return np.array([np.trace(a) for a in products]), flat @ turned.T, own


def _moving_weights(
    criterion: Criterion, mode: Mode, higher: PredictorDerivatives, moves: Sensitivity, inner: FloatArray
) -> FloatArray:
    """Return tr(P d2H) without its pure penalty part: the second derivatives of the weights and of b."""
    assert moves.predictor is not None
    matrix, system, t = criterion.finder.matrix, criterion.system, criterion.shapes
    leverage = matrix.row_quadratic(inner)
    adjoint = mode.factor.inverse @ matrix.transpose_times(leverage * higher.third)
    fitted = matrix.times(adjoint)
    n = moves.predictor
    out = n.T @ ((leverage * higher.fourth - fitted * higher.third)[:, None] * n)
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


def effective_dimension(mode: Mode) -> float:
    """Return tr(H^-1 X'WX)."""
    return float(np.sum(mode.factor.inverse * mode.information))


def _gcv_value(criterion: Criterion, mode: Mode) -> float:
    n, deviance, dimension = criterion.data.y.shape[0], 2 * mode.half_deviance, effective_dimension(mode)
    if criterion.scale is None:
        return float(n * deviance / (n - dimension) ** 2)
    return float(deviance / n + 2 * criterion.scale * dimension / n - criterion.scale)


def _gcv_derivatives(
    criterion: Criterion, mode: Mode, higher: PredictorDerivatives | None, moves: Sensitivity
) -> Derivatives:
    """Differentiate GCV or UBRE; the effective dimension is p - tr(H^-1 S)."""
    system, matrix = criterion.system, criterion.finder.matrix
    m, n = system.free, criterion.data.y.shape[0]
    inverse = mode.factor.inverse
    products = []
    for k in range(m):
        derivative = system.parameter_matrix(k, mode.sp)
        if moves.weights is not None:
            derivative = derivative + matrix.cross_product(moves.weights[:, k])
        products.append(inverse @ derivative)
    pressed = [inverse @ system.parameter_matrix(k, mode.sp) for k in range(m)]
    shrink = inverse @ mode.penalty
    first = np.array([np.sum((a @ shrink).diagonal()) - np.trace(s) for a, s in zip(products, pressed, strict=True)])
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
        second += _moving_weights(criterion, mode, higher, moves, sandwich)
    pull = mode.penalty @ mode.coefficients
    fit_first = -2 * (pull @ moves.coefficients)
    fit_second = 2 * moves.coefficients.T @ _coefficient_curvature(mode, moves)
    fit_second = fit_second + _second_shift(criterion, mode, higher, moves, -2 * pull)
    deviance, dimension = 2 * mode.half_deviance, effective_dimension(mode)
    if criterion.scale is not None:
        gradient = fit_first / n + 2 * criterion.scale / n * first
        return Derivatives(gradient, fit_second / n + 2 * criterion.scale / n * second, moves.coefficients)
    r = n - dimension
    gradient = n * fit_first / r**2 + 2 * n * deviance * first / r**3
    cross = np.outer(fit_first, first)
    hessian = (
        n * fit_second / r**2
        + 2 * n * (cross + cross.T) / r**3
        + 2 * n * deviance * second / r**3
        + 6 * n * deviance * np.outer(first, first) / r**4
    )
    return Derivatives(gradient, hessian, moves.coefficients)


def _coefficient_curvature(mode: Mode, moves: Sensitivity) -> FloatArray:
    return mode.information @ moves.coefficients


def _second_shift(
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
