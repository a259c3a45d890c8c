"""Transforms that learn from the data: formulaic computes them, we keep what they learned."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.terms.spline_columns import natural_splines

# R's names of arguments -> formulaic's.
_RENAMED = {"bs": {"intercept": "include_intercept"}}


def apply_stateful(
    function: str, x: Sequence[FloatArray], options: dict[str, Any], state: dict[str, Any] | None
) -> tuple[FloatArray, tuple[str, ...], dict[str, Any]]:
    """Evaluate ``poly``, ``scale``, ``center``, ``bs`` or ``ns``.

    Args:
        function: its name.
        x: the variables, (n,) each; more than one for ``poly`` only.
        options: the further arguments by R's names.
        state: what an earlier call learned, or None to learn now.

    Returns:
        (n, m) columns, their labels as R names them, and what was learned.
    """
    if len(x) > 1:
        return _joint_polynomials(x, options, state)
    if function == "ns":
        columns, learned = natural_splines(x[0], options, state)
        return columns, _numbered(columns.shape[1]), learned
    return _by_formulaic(function, x[0], options, state)


def _joint_polynomials(
    x: Sequence[FloatArray], options: dict[str, Any], state: dict[str, Any] | None
) -> tuple[FloatArray, tuple[str, ...], dict[str, Any]]:
    """Return the products of the polynomials of each variable whose degrees add up to ``degree`` at most."""
    degree = int(options.get("degree", 1))
    states = [None] * len(x) if state is None else state["margins"]
    margins = [_by_formulaic("poly", v, {**options, "degree": degree}, s) for v, s in zip(x, states, strict=True)]
    powers = [p[::-1] for p in product(range(degree + 1), repeat=len(x)) if 0 < sum(p) <= degree]
    columns = [
        np.prod([m[0][:, k - 1] for m, k in zip(margins, power, strict=True) if k > 0], axis=0) for power in powers
    ]
    labels = tuple(".".join(map(str, power)) for power in powers)
    return np.column_stack(columns), labels, {"margins": [learned for _, _, learned in margins]}


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(i + 1) for i in range(count)) if count > 1 else ("",)


def _by_formulaic(
    function: str, x: FloatArray, options: dict[str, Any], state: dict[str, Any] | None
) -> tuple[FloatArray, tuple[str, ...], dict[str, Any]]:
    from formulaic.transforms import TRANSFORMS

    renamed = _RENAMED.get(function, {})
    arguments = {renamed.get(key, key): value for key, value in options.items()}
    if "Boundary.knots" in arguments:
        arguments["lower_bound"], arguments["upper_bound"] = arguments.pop("Boundary.knots")
    if function == "bs" and state is not None:
        arguments["extrapolation"] = "extend"
    if function == "scale":
        arguments = {key: v if isinstance(v, bool) else np.asarray([v], dtype=float) for key, v in arguments.items()}
    memory: dict[str, Any] = {} if state is None else dict(state)
    result = TRANSFORMS[function](x, **arguments, _state=memory)
    columns = _matrix(result, len(x))
    return columns, _numbered(columns.shape[1]), _plain(memory)


def _matrix(result: Any, n: int) -> FloatArray:
    values = getattr(result, "__wrapped__", result)
    if isinstance(values, dict):
        return np.column_stack([np.asarray(column, dtype=float) for column in values.values()])
    return np.asarray(values, dtype=float).reshape(n, -1)


def _plain(state: Any) -> Any:
    """Copy a state with Python's own numbers and lists, so that it can be stored as JSON."""
    if isinstance(state, dict):
        return {key: _plain(value) for key, value in state.items()}
    if isinstance(state, (list, tuple)):
        return [_plain(value) for value in state]
    if isinstance(state, np.ndarray):
        return [_plain(value) for value in state.tolist()]
    if isinstance(state, np.generic):
        return state.item()
    return state
