"""Tail probabilities of sums of chi-squared variables with any weights.

The moment generating function is inverted on a path through its saddle point.  Davies (1973, Biometrika 60:415;
1980, Appl. Stat. 29:323) and Imhof (1961, Biometrika 48:419) integrate along the imaginary axis, with absolute errors
of 1e-6 or so; on a path through the saddle point (Rice 1980, SIAM J. Sci. Stat. Comput. 1:438) the integrand does not
oscillate and the trapezoidal rule converges geometrically, so that small tails keep their relative accuracy.
"""

from __future__ import annotations

import numpy as np

from smoothstan.arrays import FloatArray

_STEP = 0.04


def mixture_tail(weights: FloatArray, degrees: FloatArray, x: float = 0.0) -> float:
    """Return P(sum_j w_j C_j > x) for independent C_j, chi-squared with d_j degrees of freedom.

    Args:
        weights: (m,) of any sign; zeros are left out.
        degrees: (m,) positive degrees of freedom.
        x: the threshold.
    """
    weights, degrees = np.asarray(weights, dtype=float), np.asarray(degrees, dtype=float)
    keep = (weights != 0) & (degrees > 0)
    weights, degrees = weights[keep], degrees[keep]
    if np.isnan(x) or not np.all(np.isfinite(weights)):
        return float("nan")
    if np.isinf(x):
        return float(x < 0)
    if not weights.size:
        return float(x < 0)
    if np.all(weights > 0) and x <= 0:
        return 1.0
    if np.all(weights < 0):
        return 0.0 if x >= 0 else 1.0 - mixture_tail(-weights, degrees, -x)
    if x < 0:
        return 1.0 - mixture_tail(-weights, degrees, -x)
    if x == 0 and np.sum(degrees[weights > 0]) > np.sum(degrees[weights < 0]):
        return 1.0 - mixture_tail(-weights, degrees)
    unit = float(np.max(weights))
    return float(np.clip(_inversion(weights / unit, degrees, x / unit), 0.0, 1.0))


def _inversion(weights: FloatArray, degrees: FloatArray, x: float) -> float:
    """Integrate exp(K(s) - s x)/s over a hyperbola through the saddle point, to the right of the pole at 0."""
    edge = 1 / (2 * float(np.max(weights)))
    saddle = _saddle(weights, degrees, x, edge)
    # The hyperbola s = a + i d sinh(t - i angle) opens to the right, where exp(-s x) and negative weights decay.
    angle = 0.6
    near = min(saddle, edge - saddle)
    d = near / (1.0 + np.sin(angle))
    a = saddle - d * np.sin(angle)
    reach = _reach(weights, degrees, x, d)
    t = np.arange(-int(reach / _STEP), int(reach / _STEP) + 1) * _STEP
    s = a + 1j * d * np.sinh(t - 1j * angle)
    slope = 1j * d * np.cosh(t - 1j * angle)
    exponent = -s * x
    for weight, degree in zip(weights, degrees, strict=True):
        exponent = exponent - 0.5 * degree * np.log(1 - 2 * weight * s)
    with np.errstate(under="ignore"):
        integrand = np.exp(exponent) / s * slope
    return float(np.sum(integrand).imag * _STEP / (2 * np.pi))


def _reach(weights: FloatArray, degrees: FloatArray, x: float, d: float) -> float:
    """Return how far the path has to be followed until the integrand is below exp(-45)."""
    ends = np.arange(4.0, 320.0)
    radius = 0.5 * d * np.exp(ends)
    decay = 0.5 * np.log1p((2 * np.abs(weights) * radius[:, None]) ** 2) @ (0.5 * degrees) + 0.4 * x * radius
    return float(ends[np.argmax(decay > 45.0)]) if decay[-1] > 45.0 else float(ends[-1])


def _saddle(weights: FloatArray, degrees: FloatArray, x: float, edge: float) -> float:
    """Return the minimum of K(s) - s x - log(s) on (0, edge), by bisection of its increasing derivative."""
    low, high = 0.0, edge
    for _ in range(200):
        s = 0.5 * (low + high)
        if s in (low, high):
            break
        slope = float(np.sum(degrees * weights / (1 - 2 * weights * s))) - x - 1 / s
        low, high = (s, high) if slope < 0 else (low, s)
    return 0.5 * (low + high)
