"""Transforms that learn from the data: formulaic computes them, we keep what they learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray

# R's names of arguments -> formulaic's.
_RENAMED = {"bs": {"intercept": "include_intercept"}}


def apply_stateful(
    function: str, x: FloatArray, options: dict[str, Any], state: dict[str, Any] | None
) -> tuple[FloatArray, tuple[str, ...], dict[str, Any]]:
    """Evaluate ``poly``, ``scale``, ``center`` or ``bs``.

    Args:
        function: its name.
        x: (n,) values.
        options: the further arguments by R's names.
        state: what an earlier call learned, or None to learn now.

    Returns:
        (n, m) columns, their labels as R names them, and what was learned.
    """
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
    m = columns.shape[1]
    labels = tuple(str(i + 1) for i in range(m)) if m > 1 else ("",)
    return columns, labels, _plain(memory)


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
