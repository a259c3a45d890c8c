"""Write our frozen dataclasses as JSON and read them back.

Only dataclasses of smoothstan's own, already imported modules can be made from a file, so reading a
file never runs foreign code.  Numbers keep their last bit: arrays are stored as their bytes, floats as
their shortest exact decimal.  What users hand over (knots, maps, penalties) may hold numbers, strings, arrays,
lists, tuples, dictionaries and pandas tables; all come back as what they were.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from smoothstan.errors import StorageError
from smoothstan.posterior.codec_pandas import PANDAS, pandas_kind, pandas_parts, pandas_value

_CLASS, _TUPLE, _MAP, _ARRAY, _SCALAR, _OBJECTS, _RANGE = "class", "tuple", "map", "array", "scalar", "objects", "range"
_PACKAGE = "smoothstan."
_KINDS = frozenset("biufcUMm")
"""NumPy's kinds of number, string and date: those whose bytes say all."""


def encode(value: Any, name: str = "the value") -> bytes:
    """Return a value of our types as JSON.

    Args:
        value: what to store.
        name: what a message calls it.

    Raises:
        StorageError: if some part of it cannot be stored; the part is named.
    """
    return json.dumps(_plain(value, name), separators=(",", ":")).encode()


def decode(text: bytes) -> Any:
    """Return the value that ``encode`` wrote.

    Raises:
        StorageError: if the text is damaged or names something that is not ours.
    """
    try:
        return _value(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        raise StorageError(f"the description of the model is damaged: {fault}") from None


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain_array(value, name)
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is tuple:
        return {_TUPLE: _plain_items(value, name)}
    if type(value) is list:
        return _plain_items(value, name)
    if isinstance(value, range):
        return {_RANGE: [value.start, value.stop, value.step]}
    if isinstance(value, Mapping):
        return {_MAP: [[_plain(k, f"the key {k!r} of {name}"), _plain(v, f"{name}[{k!r}]")] for k, v in value.items()]}
    if is_dataclass(value) and type(value).__module__.startswith(_PACKAGE):
        return _plain_dataclass(value, name)
    kind = pandas_kind(value)
    if kind:
        return {PANDAS: [kind, _plain(pandas_parts(kind, value, name), name)]}
    found = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise StorageError(
        f"{name} is of type {found}, which cannot be stored; give it as numbers, strings, lists, dictionaries, NumPy "
        "arrays or pandas tables"
    )


def _plain_items(items: Any, name: str) -> list[Any]:
    return [_plain(item, f"{name}[{i}]") for i, item in enumerate(items)]


def _plain_dataclass(value: Any, name: str) -> Any:
    kind = type(value)
    stored = [f.name for f in fields(value) if f.metadata.get("stored", True)]
    content = {field: _plain(getattr(value, field), f"{name}.{field}") for field in stored}
    return {_CLASS: f"{kind.__module__}.{kind.__qualname__}", "fields": content}


def _plain_array(value: Any, name: str) -> Any:
    if value.dtype == object:
        return {_OBJECTS: [list(value.shape), _plain_items(value.ravel().tolist(), name)]}
    if value.dtype.kind not in _KINDS:
        raise StorageError(f"{name} is an array of type {value.dtype}, which cannot be stored")
    content = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    if isinstance(value, np.generic):
        return {_SCALAR: [value.dtype.str, content]}
    return {_ARRAY: [value.dtype.str, list(value.shape), content]}


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if _CLASS in plain:
        kind = _class(plain[_CLASS])
        return kind(**{name: _value(item) for name, item in plain["fields"].items()})
    (tag, content), *more = plain.items()
    if more or tag not in _READERS:
        raise StorageError(f"it holds a value of an unknown kind, {', '.join(plain)}")
    return _READERS[tag](content)


def _array(content: list[Any]) -> np.ndarray:
    dtype, shape, text = content
    return np.frombuffer(base64.b64decode(text), dtype=_dtype(dtype)).reshape(shape).copy()


def _scalar(content: list[str]) -> Any:
    return np.frombuffer(base64.b64decode(content[1]), dtype=_dtype(content[0]))[0]


def _objects(content: list[Any]) -> np.ndarray:
    shape, items = content
    flat = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        flat[i] = _value(item)
    return flat.reshape(shape)


def _dtype(text: str) -> np.dtype[Any]:
    dtype = np.dtype(text)
    if dtype.kind not in _KINDS:
        raise StorageError(f"unknown array type {text!r}")
    return dtype


_READERS: dict[str, Callable[[Any], Any]] = {
    _TUPLE: lambda items: tuple(_value(item) for item in items),
    _MAP: lambda items: {_value(key): _value(item) for key, item in items},
    _ARRAY: _array,
    _SCALAR: _scalar,
    _OBJECTS: _objects,
    _RANGE: lambda ends: range(*ends),
    PANDAS: lambda content: pandas_value(content[0], _value(content[1])),
}


def _class(path: str) -> type:
    module, _, name = path.rpartition(".")
    kind = getattr(sys.modules.get(module), name, None) if module.startswith(_PACKAGE) else None
    if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module):
        raise StorageError(f"the file names {path!r}, which this version of smoothstan does not know")
    return kind
