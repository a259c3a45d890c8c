"""Look again at smooths that vanished: a limit of a smoothing parameter may be a minimum, but not the lowest.

Where a smoothing parameter has gone to its limit the criterion is flat, so that a local search stays there although
a finite value, often one of a tensor product's several, would be better.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.gam.criterion import Criterion
from smoothstan.gam.optimise import Optimum, Point, evaluate, minimise

_FLAT = 1e-3
_OFFSETS = (0.0, 3.0, -3.0, 6.0, -6.0)
_ROUNDS = 3


def minimise_beyond_limits(
    criterion: Criterion, start: Point, lower: FloatArray, upper: FloatArray, balanced: FloatArray
) -> Optimum:
    """Minimise, and again from wherever a smoothing parameter at its limit would be better in the middle.

    Args:
        criterion: what is minimised.
        start: where to begin.
        lower, upper: (j,) bounds.
        balanced: (M,) log smoothing parameters at which penalty and data weigh the same.
    """
    optimum = minimise(criterion, start, lower, upper)
    for _ in range(_ROUNDS):
        better = _better(criterion, optimum, balanced)
        if better is None:
            break
        again = minimise(criterion, better, lower, upper)
        if again.point.value >= optimum.point.value:
            break
        optimum = again
    for psi in _balanced_blocks(criterion, optimum, balanced):
        begin = evaluate(criterion, psi, optimum.point.mode.coefficients)
        again = optimum if begin is None else minimise(criterion, begin, lower, upper)
        if again.point.value < _limit(optimum.point):
            optimum = again
    return optimum


def _limit(point: Point) -> float:
    """Return what a value must be below to be lower in earnest."""
    return point.value - 1e-7 * (abs(point.value) + 1)


def _flat(criterion: Criterion, optimum: Optimum) -> BoolArray:
    """Say on which smoothing parameters the criterion hardly depends."""
    t = criterion.shapes
    curvature = np.abs(optimum.derivatives.hessian.diagonal())
    return np.asarray(curvature[t : t + criterion.system.free] < _FLAT)


def _balanced_blocks(criterion: Criterion, optimum: Optimum, balanced: FloatArray) -> Iterator[FloatArray]:
    """Start again from the middle every block of several penalties one of which is at its limit."""
    flat = _flat(criterion, optimum)
    for block in criterion.system.determinants:
        free = sorted({k for k in block.parameters if k >= 0})
        if len(free) > 1 and np.any(flat[free]):
            psi = optimum.point.psi.copy()
            psi[[criterion.shapes + k for k in free]] = balanced[free]
            yield psi


def _better(criterion: Criterion, optimum: Optimum, balanced: FloatArray) -> Point | None:
    """Return the lowest point with one of the flat parameters in the middle, None if none is lower."""
    point = optimum.point
    lowest, limit = None, _limit(point)
    for psi in _middles(criterion, optimum, balanced):
        trial = evaluate(criterion, psi, point.mode.coefficients)
        if trial is not None and trial.value < limit:
            lowest, limit = trial, trial.value
    return lowest


def _middles(criterion: Criterion, optimum: Optimum, balanced: FloatArray) -> Iterator[FloatArray]:
    t, psi = criterion.shapes, optimum.point.psi
    for k in np.flatnonzero(_flat(criterion, optimum)):
        for offset in _OFFSETS:
            trial = psi.copy()
            trial[t + k] = balanced[k] + offset
            yield trial
