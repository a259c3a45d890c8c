"""The functions that a formula may call.  Nothing else is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FormulaError
from smoothstan.formula.arguments import call_arguments
from smoothstan.formula.syntax import Call, Node


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
    "ns": ("df", "knots", "intercept", "Boundary.knots"),
    "bs": ("df", "knots", "degree", "intercept", "Boundary.knots"),
}
"""Functions that learn something from the data, with the names of their further arguments."""

SUMMARIES: dict[str, Callable[[FloatArray], float]] = {
    "mean": lambda x: float(np.mean(x)), "median": lambda x: float(np.median(x)),
    "sd": lambda x: float(np.std(x, ddof=1)), "var": lambda x: float(np.var(x, ddof=1)),
    "sum": lambda x: float(np.sum(x)),
    "min": lambda x: float(np.min(x)), "max": lambda x: float(np.max(x)),
}  # fmt: skip
"""Functions of a whole column that give one number; new data are compared with the number of the fit's data."""

FACTOR_FUNCTIONS = (
    "factor", "as.factor", "ordered", "as.ordered", "droplevels", "as.character", "C", "relevel", "interaction", "cut",
    "paste", "paste0",
)  # fmt: skip
OTHERS = ("I", "as.logical", "is.na", "cbind", "log", "round", "pmin", "pmax", "ifelse")
NUMBER_LISTS = ("c", "seq", "quantile")
"""Functions that give lists of numbers for arguments, and no terms."""

ALLOWED = tuple(sorted({*ELEMENTWISE, *STATEFUL, *SUMMARIES, *FACTOR_FUNCTIONS, *OTHERS}))

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


def arguments_by_name(call: Call, text: str, names: tuple[str, ...]) -> dict[str, Node]:
    """Return the arguments of a call by their names; those without a name take the free names in turn."""
    arguments = call_arguments(call, text, names)
    free = [name for name in names if name not in arguments.named]
    if len(arguments.positional) > len(free):
        raise FormulaError(f"{call.function}() takes at most {len(names)} arguments", text, call.span)
    return dict(zip(free, arguments.positional, strict=False)) | arguments.named
