"""How two predictions are compared: differences, ratios, odds, lift, slopes and elasticities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, suggestion

Function = Callable[[FloatArray, FloatArray], FloatArray]


def _log_odds_ratio(hi: FloatArray, lo: FloatArray) -> FloatArray:
    return np.asarray(np.log(hi / (1 - hi)) - np.log(lo / (1 - lo)))


@dataclass(frozen=True)
class Comparison:
    """A comparison of the predictions ``hi`` and ``lo``.

    Args:
        function: of two arrays, element by element; with averages it is applied to the averages.
        label: how a contrast is written.
        equal: its value where both sides are the same; None if that is not known.
    """

    function: Function
    label: str
    equal: float | None = 0.0

    def written(self, hi: str, lo: str) -> str:
        """Return the label of a contrast."""
        return self.label.format(hi=hi, lo=lo)


COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {
        "difference": Comparison(np.subtract, "{hi} - {lo}"),
        "ratio": Comparison(np.divide, "{hi} / {lo}", 1.0),
        "lnratio": Comparison(lambda hi, lo: np.log(hi / lo), "ln({hi} / {lo})"),
        "lnor": Comparison(_log_odds_ratio, "ln(odds({hi}) / odds({lo}))"),
        "lift": Comparison(lambda hi, lo: (hi - lo) / lo, "({hi} - {lo}) / {lo}"),
    }
)

SLOPES: Mapping[str, str] = MappingProxyType({"dydx": "dY/dX", "eyex": "eY/eX", "eydx": "eY/dX", "dyex": "dY/eX"})
"""Derivatives and elasticities, with their labels: ``d`` is an absolute, ``e`` a relative change."""


def scaled_slope(kind: str, slope: FloatArray, x: FloatArray | None, y: FloatArray | None) -> FloatArray:
    """Return a slope as one of ``SLOPES``, given the variable (rows,) and the prediction (draws, rows)."""
    if x is not None and kind in ("eyex", "dyex"):
        slope = slope * x
    if y is not None and kind in ("eyex", "eydx"):
        slope = slope / y
    return slope


def read_comparison(comparison: str | Function) -> tuple[str | Comparison, bool]:
    """Read the argument ``comparison``.

    Returns:
        A comparison, or the name of one of ``SLOPES``, and whether averages are asked for.

    Raises:
        OptionError: for anything else.
    """
    if callable(comparison):
        return Comparison(_checked(comparison), "{hi}, {lo}", None), False
    if isinstance(comparison, str):
        name = comparison.removesuffix("wts").removesuffix("avg")
        if name in SLOPES:
            return name, name != comparison
        if name in COMPARISONS:
            return COMPARISONS[name], name != comparison
    known = (*COMPARISONS, *SLOPES)
    raise OptionError(
        f"comparison must be one of {', '.join(known)}, one of these with 'avg' behind it, or a function of two "
        f"arrays; got {comparison!r}{suggestion(str(comparison), known)}"
    )


def _checked(function: Function) -> Function:
    def compare(hi: FloatArray, lo: FloatArray) -> FloatArray:
        result = np.asarray(function(hi, lo), dtype=float)
        if result.shape != hi.shape:
            raise OptionError(
                f"a comparison returns one number per draw and row, shape {hi.shape}; it returned {result.shape}. "
                "It works element by element; averages are taken by by= and avg_comparisons()"
            )
        return result

    return compare
