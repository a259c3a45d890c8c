"""Numbers as R rounds and writes them, so that labels, levels and default priors come out the same."""

from __future__ import annotations

import math

import numpy as np

_DIGITS = 15


def format_number(value: float) -> str:
    """Write a number as R's as.character() does.

    Up to fifteen significant digits; scientific notation where it is shorter than the fixed one.
    """
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return {"inf": "Inf", "-inf": "-Inf"}.get(str(value), "NaN")
    mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = int(exponent)
    scientific = f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
    decimals = max(0, len(mantissa.lstrip("-").replace(".", "")) - 1 - power)
    fixed = f"{value:.{decimals}f}"
    return fixed if len(fixed) <= len(scientific) else scientific


def round_to_tenth(value: float) -> float:
    """Round to one decimal as R >= 4.0.0 does: to the nearer of the two candidates, on a tie to the even one."""
    low, high = math.floor(value * 10) / 10, math.ceil(value * 10) / 10
    below, above = value - low, high - value
    if below == above:
        return low if math.floor(value * 10) % 2 == 0 else high
    return low if below < above else high


def is_number(value: object) -> bool:
    """Return whether a value is a finite real number (and no logical)."""
    if isinstance(value, (bool, np.bool_)):
        return False
    return isinstance(value, (int, float, np.integer, np.floating)) and math.isfinite(value)
