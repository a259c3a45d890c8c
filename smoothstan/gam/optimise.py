"""Newton's method for the criterion: indefinite Hessians, flat directions, smooths on their way to infinity.

Source: Wood (2011), JRSS B 73:3, section 6.2 (modified Newton with step control).  The treatment of tails is our
own: where a smoothing parameter tends to zero or infinity the criterion approaches its limit as exp(-|rho|), which
Newton would follow at one unit per step; the remaining distance is jumped at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.derivatives import Derivatives
from smoothstan.gam.mode import Mode

_STEP_CAP = 5.0
_GRADIENT = 2e-10
_LOOSE_GRADIENT = 1e-5


@dataclass(frozen=True)
class Point:
    """The criterion at one value of the parameters."""

    psi: FloatArray
    phi: float
    mode: Mode
    value: float


@dataclass(frozen=True)
class Optimum:
    """Where the optimiser stopped.

    Args:
        point: parameters, mode and value.
        derivatives: gradient and Hessian there.
        iterations: Newton iterations used.
        converged: whether the gradient vanishes, flat directions aside.
        message: what happened, in words.
    """

    point: Point
    derivatives: Derivatives
    iterations: int
    converged: bool
    message: str


def evaluate(criterion: Criterion, psi: FloatArray, start: FloatArray | None) -> Point | None:
    """Return the criterion at ``psi``, None where there is no mode."""
    if not np.all(np.isfinite(psi)) or np.max(np.abs(psi), initial=0.0) > 300:
        return None
    theta, rho, phi = criterion.split(psi)
    mode = criterion.finder.find(theta, rho, start)
    if mode is None:
        return None
    try:
        value = criterion.value(mode, phi)
    except FloatingPointError:
        return None
    return Point(psi, phi, mode, value) if np.isfinite(value) else None


def minimise(
    criterion: Criterion, start: Point, lower: FloatArray, upper: FloatArray, *, max_iterations: int = 200
) -> Optimum:
    """Minimise the criterion from a point.

    Args:
        criterion: what is minimised.
        start: where to begin.
        lower, upper: (j,) bounds; a smooth at a bound counts as having reached its limit.
        max_iterations: Newton iterations at most.
    """
    point, derivatives = start, criterion.derivatives(start.mode, start.phi)
    if not point.psi.size:
        return Optimum(point, derivatives, 0, True, "nothing to optimise")
    for iteration in range(max_iterations):
        moving = _moving(point, derivatives, lower, upper)
        if not np.any(moving):
            escape = _escape(criterion, point, derivatives, lower, upper)
            if escape is None:
                return Optimum(point, derivatives, iteration, True, "converged")
            point, derivatives = escape
            continue
        step = _step(derivatives, moving, _gradient_tolerance(point))
        found = _search(criterion, point, derivatives, step, lower, upper)
        if found is None:
            worst = float(np.max(np.abs(derivatives.gradient[moving])))
            good = worst <= _LOOSE_GRADIENT * (abs(point.value) + 1)
            return Optimum(point, derivatives, iteration, good, "no step lowers the criterion further")
        point, derivatives = found
    return Optimum(point, derivatives, max_iterations, False, f"no convergence in {max_iterations} iterations")


def _gradient_tolerance(point: Point) -> float:
    return _GRADIENT * (abs(point.value) + 1)


def _moving(point: Point, derivatives: Derivatives, lower: FloatArray, upper: FloatArray) -> BoolArray:
    """Say which parameters are not yet where they belong."""
    g = derivatives.gradient
    held = ((point.psi <= lower) & (g > 0)) | ((point.psi >= upper) & (g < 0))
    return np.asarray((np.abs(g) > _gradient_tolerance(point)) & ~held)


def _step(derivatives: Derivatives, moving: BoolArray, tolerance: float) -> FloatArray:
    """Return a descent step for the parameters that move."""
    g, h = derivatives.gradient, derivatives.hessian
    step = np.zeros_like(g)
    tail = moving & (np.abs(h.diagonal() - np.abs(g)) < 0.2 * np.abs(g)) & (np.abs(g) < 0.05)
    step[tail] = -np.sign(g[tail]) * np.clip(np.log(np.abs(g[tail]) / tolerance) + 1.0, 1.0, 14.0)
    body = moving & ~tail
    if np.any(body):
        # Parameters that rest have zero gradient but may be coupled: they join the Newton system if they are curved.
        joint = body | (~moving & (h.diagonal() > 1e-4))
        values, vectors = np.linalg.eigh(h[np.ix_(joint, joint)])
        floor = max(1e-7 * float(np.max(np.abs(values))), 1e-12)
        newton = -(vectors / np.maximum(np.abs(values), floor)) @ (vectors.T @ g[joint])
        largest = float(np.max(np.abs(newton)))
        step[joint] = newton * min(1.0, _STEP_CAP / largest) if largest > 0 else 0.0
    return step


def _search(
    criterion: Criterion,
    point: Point,
    derivatives: Derivatives,
    step: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> tuple[Point, Derivatives] | None:
    """Halve the step until the criterion falls, or stays while its gradient falls."""
    size = 1.0
    known = derivatives.coefficients.shape[1]
    noise = 1e-11 * (abs(point.value) + 1)
    for _ in range(30):
        psi = np.clip(point.psi + size * step, lower, upper)
        move = psi - point.psi
        begin = point.mode.coefficients
        if np.max(np.abs(move), initial=0.0) < 2.0:
            begin = begin + derivatives.coefficients @ move[:known]
        trial = evaluate(criterion, psi, begin)
        if trial is not None and trial.value <= point.value + noise:
            found = criterion.derivatives(trial.mode, trial.phi)
            if trial.value < point.value - noise or _norm(found) < _norm(derivatives):
                return trial, found
        size *= 0.5
    return None


def _norm(derivatives: Derivatives) -> float:
    return float(np.max(np.abs(derivatives.gradient), initial=0.0))


def _escape(
    criterion: Criterion, point: Point, derivatives: Derivatives, lower: FloatArray, upper: FloatArray
) -> tuple[Point, Derivatives] | None:
    """Leave a saddle point along its direction of negative curvature."""
    values, vectors = np.linalg.eigh(derivatives.hessian)
    if values[0] > -1e-3:
        return None
    for sign in (1.0, -1.0):
        psi = np.clip(point.psi + sign * vectors[:, 0], lower, upper)
        trial = evaluate(criterion, psi, point.mode.coefficients)
        if trial is not None and trial.value < point.value - 1e-8 * (abs(point.value) + 1):
            return trial, criterion.derivatives(trial.mode, trial.phi)
    return None
