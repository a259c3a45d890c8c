"""Numbers as R rounds and writes them, so that labels, levels and default priors come out the same."""

from __future__ import annotations

import math
from collections.abc import Iterable

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


def format_together(values: Iterable[float], digits: int) -> list[str]:
    """Write numbers with the fewest common decimals that show each to ``digits`` significant digits, as R's format().

    Trailing zeros that no number needs are left out; NaN is written ``NA``.
    """
    numbers = [float(value) for value in values]
    finite = [value for value in numbers if math.isfinite(value)]
    decimals = max((_decimals(value, digits) for value in finite), default=0)
    fixed = [f"{value:.{decimals}f}" for value in finite]
    mantissa = max((len(_mantissa(value, digits)) for value in finite), default=1)
    scientific = mantissa + (1 if mantissa > 1 else 0) + 4
    if max(map(len, (text.lstrip("-") for text in fixed)), default=0) > scientific:
        written = iter([f"{value:.{mantissa - 1}e}" for value in finite])
    else:
        written = iter(fixed)
    return [next(written) if math.isfinite(value) else "NA" for value in numbers]


def significant(value: float, digits: int) -> str:
    """Write one number with ``digits`` significant digits and no trailing zeros, as R's formatC(format="g")."""
    return f"{value:.{digits}g}"


def format_p_values(values: Iterable[float], digits: int = 3) -> list[str]:
    """Write p-values as R's format.pval() does.

    Those from 1e-4 have common decimals, so have the smaller ones; below the machine's precision stands an inequality.
    """
    numbers = [float(value) for value in values]
    epsilon = float(np.finfo(float).eps)
    tiny = f"<{epsilon:.0e}".replace("e-0", "e-")
    cells = ["NA"] * len(numbers)
    for low, high in ((1e-4, math.inf), (epsilon, 1e-4)):
        places = [i for i, value in enumerate(numbers) if low <= value < high]
        for i, text in zip(places, format_together([numbers[i] for i in places], digits), strict=True):
            cells[i] = text
    wide = max(map(len, cells), default=0) > 6
    for i, value in enumerate(numbers):
        if value < epsilon:
            cells[i] = tiny.replace("<", "< ") if wide else tiny
    return cells


def _mantissa(value: float, digits: int) -> str:
    """Return the significant digits without trailing zeros."""
    return f"{abs(value):.{digits - 1}e}".partition("e")[0].replace(".", "").rstrip("0") or "0"


def _decimals(value: float, digits: int) -> int:
    """Return how many decimals show a number to ``digits`` significant digits."""
    if value == 0:
        return 0
    power = int(f"{abs(value):.{digits - 1}e}".partition("e")[2])
    return max(0, len(_mantissa(value, digits)) - 1 - power)
