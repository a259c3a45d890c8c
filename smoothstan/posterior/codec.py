"""Write our frozen dataclasses as JSON and read them back.

Only dataclasses of smoothstan's own, already imported modules can be made from a file, so reading a
file never runs foreign code.  Numbers keep their last bit: arrays are stored as their bytes, floats as
their shortest exact decimal.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from smoothstan.errors import StorageError

_CLASS, _TUPLE, _MAP, _ARRAY = "class", "tuple", "map", "array"
_PACKAGE = "smoothstan."
_DTYPES = {"float64", "int64", "bool"}


def encode(value: Any) -> bytes:
    """Return a value of our types as JSON."""
    return json.dumps(_plain(value), separators=(",", ":")).encode()


def decode(text: bytes) -> Any:
    """Return the value that ``encode`` wrote.

    Raises:
        StorageError: if the text is damaged or names something that is not ours.
    """
    try:
        return _value(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        raise StorageError(f"the description of the model is damaged: {fault}") from None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        contiguous = np.ascontiguousarray(value)
        return {_ARRAY: [str(value.dtype), list(value.shape), base64.b64encode(contiguous.tobytes()).decode()]}
    if isinstance(value, tuple):
        return {_TUPLE: [_plain(item) for item in value]}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {_MAP: [[_plain(key), _plain(item)] for key, item in value.items()]}
    if is_dataclass(value):
        kind = type(value)
        content = {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.metadata.get("stored", True)}
        return {_CLASS: f"{kind.__module__}.{kind.__qualname__}", "fields": content}
    raise StorageError(f"a value of type {type(value).__name__} cannot be stored")


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if _TUPLE in plain:
        return tuple(_value(item) for item in plain[_TUPLE])
    if _MAP in plain:
        return {_value(key): _value(item) for key, item in plain[_MAP]}
    if _ARRAY in plain:
        return _array(*plain[_ARRAY])
    kind = _class(plain[_CLASS])
    return kind(**{name: _value(item) for name, item in plain["fields"].items()})


def _array(dtype: str, shape: list[int], content: str) -> np.ndarray:
    if dtype not in _DTYPES:
        raise StorageError(f"unknown array type {dtype!r}")
    return np.frombuffer(base64.b64decode(content), dtype=dtype).reshape(shape).copy()


def _class(path: str) -> type:
    module, _, name = path.rpartition(".")
    kind = getattr(sys.modules.get(module), name, None) if module.startswith(_PACKAGE) else None
    if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module):
        raise StorageError(f"the file names {path!r}, which this version of smoothstan does not know")
    return kind
