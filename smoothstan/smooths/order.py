"""Reading the numbers in ``m``."""

from __future__ import annotations

import math
from typing import Any

from smoothstan.numerals import is_number
from smoothstan.smooths.basis import Unsuitable


def number(m: tuple[Any, ...], i: int, *, default: float) -> float:
    """Return entry ``i`` of ``m``, the default where it is not there or NA."""
    if i >= len(m) or m[i] is None or (isinstance(m[i], float) and math.isnan(m[i])):
        return default
    if not is_number(m[i]):
        raise Unsuitable(f"m must be made of numbers, found {m[i]!r}", "m")
    return float(m[i])


def whole_number(m: tuple[Any, ...], i: int, *, default: int) -> int:
    """Return entry ``i`` of ``m`` as an integer."""
    value = number(m, i, default=default)
    if value != int(value):
        raise Unsuitable(f"m must be a whole number here, found {value:g}", "m")
    return int(value)
