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
from smoothstan.gam.derivatives import Derivatives
from smoothstan.gam.gcv import gcv_derivatives, gcv_value
from smoothstan.gam.likelihood import Observations, PredictorDerivatives
from smoothstan.gam.log_determinant import Factor, cholesky_factor
from smoothstan.gam.mode import Mode, ModeFinder
from smoothstan.gam.penalty_system import PenaltySystem
from smoothstan.gam.sensitivity import Sensitivity, moving_weights, sensitivity


@dataclass(frozen=True)
class Criterion:
    """A criterion as a function of the parameters.

    Args:
        data: the observations.
        finder: finds the mode for given theta and rho.
        system: the penalties.
        method: ``"REML"``, ``"ML"`` or ``"GCV"``.
        scale: the known scale, or None if it is estimated.
        aliased: directions left out because others say the same; REML counts them among the unpenalised ones, as
            mgcv does (SPEC B.1: M_p is the number of columns less the rank of the penalties).
    """

    data: Observations
    finder: ModeFinder
    system: PenaltySystem
    method: str
    scale: float | None
    aliased: int = 0

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
        return gcv_value(self, mode) if self.method == "GCV" else _laplace_value(self, mode, phi)

    def derivatives(self, mode: Mode, phi: float) -> Derivatives:
        """Return its gradient and Hessian at a mode."""
        higher = self.finder.higher(mode)
        moves = sensitivity(self, mode, higher)
        if self.method == "GCV":
            return gcv_derivatives(self, mode, higher, moves)
        return _laplace_derivatives(self, mode, higher, moves, phi)


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
    return criterion.system.null_dimension + criterion.aliased if criterion.method == "REML" else 0


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
        hessian += 0.5 * moving_weights(criterion, mode, higher, moves, inner)
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
