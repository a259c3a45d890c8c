"""Where to start: smoothing parameters of a sensible size, improved by generalised Fellner-Schall steps.

Source: Wood & Fasiolo (2017), Biometrics 73:1071, equation (4).
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.mode import Mode
from smoothstan.gam.optimise import Point, evaluate

_WIDEST = np.log(1e11)


def balanced_sizes(criterion: Criterion, information: FloatArray) -> FloatArray:
    """Return the log smoothing parameters at which penalty and data weigh the same, (M,)."""
    system = criterion.system
    out = np.zeros(system.free)
    for k in range(system.free):
        size = data = 0.0
        for penalty in system.penalties:
            if penalty.parameter == k:
                reached = penalty.matrix.diagonal() > 0
                size += float(np.sum(penalty.matrix.diagonal()[reached]))
                data += float(np.sum(information.diagonal()[penalty.columns][reached]))
        out[k] = np.log(max(data, 1e-300) / size) if size > 0 else 0.0
    return out


def starting_point(
    criterion: Criterion, information: FloatArray, *, steps: int
) -> tuple[Point | None, FloatArray, FloatArray]:
    """Return a point near the optimum, and the bounds of the search.

    Args:
        criterion: what will be minimised.
        information: (p, p) X'WX at the start, for the size of the smoothing parameters.
        steps: Fellner-Schall steps.
    """
    family = criterion.data.family
    balanced = balanced_sizes(criterion, information)
    theta = family.initial_shape(criterion.data.y, criterion.data.weights)
    tail = [0.0] if criterion.has_scale else []
    psi = np.concatenate([theta, balanced, tail])
    reach = np.concatenate([np.full(theta.size, 12.0), np.full(balanced.size, _WIDEST), np.full(len(tail), 200.0)])
    lower, upper = psi - reach, psi + reach
    point = _with_scale(criterion, psi, None)
    for _ in range(steps if criterion.system.free else 0):
        if point is None:
            break
        moved = _fellner_schall(criterion, point, lower, upper)
        if moved is None or moved.value > point.value:
            break
        small = abs(moved.value - point.value) < 1e-3 * (abs(point.value) + 1) ** 0.5
        point = moved
        if small:
            break
    return point, lower, upper


def _with_scale(criterion: Criterion, psi: FloatArray, start: FloatArray | None) -> Point | None:
    """Evaluate with log(phi) set to where a Gaussian would have it."""
    point = evaluate(criterion, psi, start)
    if point is None or not criterion.has_scale:
        return point
    n = criterion.data.y.shape[0]
    rest = max(n - (criterion.system.null_dimension if criterion.method == "REML" else 0), 1)
    mode = point.mode
    phi = max((2 * mode.half_deviance + mode.quadratic) / rest, 1e-290)
    psi = psi.copy()
    psi[-1] = np.log(phi)
    return Point(psi, phi, mode, criterion.value(mode, phi))


def _fellner_schall(criterion: Criterion, point: Point, lower: FloatArray, upper: FloatArray) -> Point | None:
    """Return the point after one step lambda <- phi lambda (tr(S^- S_k) - tr(H^-1 S_k)) / b'S_k b."""
    system, mode, t = criterion.system, point.mode, criterion.shapes
    roots = system.scaled_roots(mode.sp)
    shrunk = system.by_parameter(np.sum(roots * (mode.factor.inverse @ roots), axis=0))
    _, whole, _ = system.log_determinant(mode.sp)
    quadratic = system.by_parameter((mode.coefficients @ roots) ** 2)
    phi = point.phi if criterion.has_scale or criterion.scale is not None else _moment_scale(criterion, mode)
    ratio = phi * np.maximum(whole - shrunk, 1e-8) / np.maximum(quadratic, 1e-300)
    psi = point.psi.copy()
    rho = slice(t, t + system.free)
    psi[rho] = np.clip(psi[rho] + np.clip(np.log(ratio), -5.0, 5.0), lower[rho], upper[rho])
    return _with_scale(criterion, psi, mode.coefficients)


def _moment_scale(criterion: Criterion, mode: Mode) -> float:
    n = criterion.data.y.shape[0]
    dimension = float(np.sum(mode.factor.inverse * mode.information))
    return float(2 * mode.half_deviance / max(n - dimension, 1.0))
