"""Look again at smooths that vanished: a limit of a smoothing parameter may be a minimum, but not the lowest.

Where a smoothing parameter has gone to its limit the criterion is flat, so that a local search stays there although
a finite value, often one of a tensor product's several, would be better.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smoothstan.arrays import FloatArray
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
    return optimum


def _better(criterion: Criterion, optimum: Optimum, balanced: FloatArray) -> Point | None:
    """Return the lowest point with one of the flat parameters in the middle, None if none is lower."""
    point = optimum.point
    lowest, limit = None, point.value - 1e-7 * (abs(point.value) + 1)
    for psi in _middles(criterion, optimum, balanced):
        trial = evaluate(criterion, psi, point.mode.coefficients)
        if trial is not None and trial.value < limit:
            lowest, limit = trial, trial.value
    return lowest


def _middles(criterion: Criterion, optimum: Optimum, balanced: FloatArray) -> Iterator[FloatArray]:
    t, psi = criterion.shapes, optimum.point.psi
    curvature = np.abs(optimum.derivatives.hessian.diagonal())
    for k in np.flatnonzero(curvature[t : t + criterion.system.free] < _FLAT):
        for offset in _OFFSETS:
            trial = psi.copy()
            trial[t + k] = balanced[k] + offset
            yield trial
