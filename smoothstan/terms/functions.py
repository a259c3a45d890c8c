"""The functions that a formula may call.  Nothing else is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smoothstan.arrays import FloatArray


def _logit(x: FloatArray) -> FloatArray:
    return np.asarray(np.log(x) - np.log1p(-x))


def _inverse_logit(x: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-x)))


ELEMENTWISE: dict[str, Callable[[FloatArray], FloatArray]] = {
    "abs": np.abs, "sqrt": np.sqrt, "exp": np.exp, "expm1": np.expm1,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "floor": np.floor, "ceiling": np.ceil, "sign": np.sign, "trunc": np.trunc,
    "logit": _logit, "qlogis": _logit, "inv_logit": _inverse_logit, "plogis": _inverse_logit,
    "as.numeric": lambda x: x, "as.integer": np.trunc,
}  # fmt: skip
"""Functions of one number, applied to every row."""

STATEFUL = {
    "scale": ("center", "scale"),
    "center": (),
    "poly": ("degree", "raw"),
    "bs": ("df", "knots", "degree", "intercept", "Boundary.knots"),
}
"""Functions that learn something from the data, with the names of their further arguments."""

SUMMARIES: dict[str, Callable[[FloatArray], float]] = {
    "mean": lambda x: float(np.mean(x)), "median": lambda x: float(np.median(x)),
    "sd": lambda x: float(np.std(x, ddof=1)), "var": lambda x: float(np.var(x, ddof=1)),
    "min": lambda x: float(np.min(x)), "max": lambda x: float(np.max(x)),
}  # fmt: skip
"""Functions of a whole column that give one number; new data are compared with the number of the fit's data."""

CONVERSIONS = ("as.logical", "as.character", "droplevels", "I", "factor", "as.factor", "ordered", "C", "relevel")
OTHERS = ("log", "round", "pmin", "pmax", "ifelse")

ALLOWED = tuple(sorted({*ELEMENTWISE, *STATEFUL, *SUMMARIES, *CONVERSIONS, *OTHERS}))

ARITHMETIC: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
    "%%": np.mod, "%/%": np.floor_divide,
}  # fmt: skip
COMPARISON: dict[str, Callable[..., np.ndarray]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal,
}  # fmt: skip
LOGICAL: dict[str, Callable[..., np.ndarray]] = {
    "&": np.logical_and, "&&": np.logical_and, "|": np.logical_or, "||": np.logical_or,
}  # fmt: skip
