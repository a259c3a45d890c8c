"""``ns(x, df)``: natural cubic splines.

Source: de Boor (2001), *A Practical Guide to Splines*, chapter IX; the constraints are imposed as R's ``splines::ns``
does, by the directions that leave the second derivatives at the boundary zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray


def natural_splines(
    x: FloatArray, options: dict[str, Any], state: dict[str, Any] | None
) -> tuple[FloatArray, dict[str, Any]]:
    """Evaluate ``ns(x, df, knots, intercept, Boundary.knots)``.

    Args:
        x: (n,) values; the splines are straight lines beyond the boundary knots.
        options: the further arguments by R's names.
        state: what an earlier call learned, or None to learn now.

    Returns:
        (n, df) columns, and what was learned.

    Raises:
        ValueError: for fewer degrees of freedom than the splines have.
    """
    if state is None:
        state = _learned(x, options)
    boundary = np.asarray(state["boundary"])
    knots = np.concatenate([[boundary[0]] * 4, state["knots"], [boundary[1]] * 4])
    basis, curvature = _basis(x, knots, boundary), _design(boundary, knots, 2)
    if not state["intercept"]:
        basis, curvature = basis[:, 1:], curvature[:, 1:]
    q, _ = np.linalg.qr(curvature.T, mode="complete")
    return np.asarray(basis @ q[:, 2:]), state


def _learned(x: FloatArray, options: dict[str, Any]) -> dict[str, Any]:
    intercept = bool(options.get("intercept", False))
    boundary = options.get("Boundary.knots") or (float(x.min()), float(x.max()))
    knots = options.get("knots")
    if knots is None:
        given = options.get("df")
        inner = (1 + intercept if given is None else int(given)) - 1 - intercept
        if inner < 0:
            raise ValueError(f"df must be at least {1 + intercept}")
        inside = x[(x >= boundary[0]) & (x <= boundary[1])]
        knots = np.quantile(inside, np.linspace(0, 1, inner + 2)[1:-1])
    listed = np.sort(np.atleast_1d(np.asarray(knots, dtype=float)))
    return {"boundary": [float(b) for b in sorted(boundary)], "knots": listed.tolist(), "intercept": intercept}


def _basis(x: FloatArray, knots: FloatArray, boundary: FloatArray) -> FloatArray:
    """Return the cubic B-splines, continued by their tangents at the boundary."""
    inside = np.clip(x, *boundary)
    basis = _design(inside, knots, 0)
    beyond = np.flatnonzero(x != inside)
    if len(beyond):
        slopes = _design(inside[beyond], knots, 1)
        basis[beyond] += (x - inside)[beyond, None] * slopes
    return basis


def _design(x: FloatArray, knots: FloatArray, derivative: int) -> FloatArray:
    from scipy.interpolate import BSpline

    count = len(knots) - 4
    columns = [BSpline(knots, np.eye(count)[i], 3) for i in range(count)]
    return np.column_stack([c(x) if derivative == 0 else c.derivative(derivative)(x) for c in columns])
