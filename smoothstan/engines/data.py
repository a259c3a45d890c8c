"""Stan data as JSON, written once."""

from __future__ import annotations

from typing import Any

import numpy as np

from smoothstan.arrays import StanData


def to_json(data: StanData) -> bytes:
    """Write Stan data as JSON; every number keeps its exact value."""
    import orjson

    return orjson.dumps({key: _plain(value) for key, value in data.items()}, option=orjson.OPT_SERIALIZE_NUMPY)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        infinite = value.dtype.kind == "f" and np.isinf(value).any()
        return _spelled(value.tolist()) if infinite else np.ascontiguousarray(value)
    return value.item() if isinstance(value, np.generic) else value


def _spelled(values: Any) -> Any:
    """Write infinite numbers as Stan reads them; JSON itself has none."""
    if isinstance(values, list):
        return [_spelled(value) for value in values]
    return ("Inf" if values > 0 else "-Inf") if np.isinf(values) else values
