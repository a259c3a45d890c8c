"""What is varied, from what to what: the two sides of every comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.errors import OptionError
from smoothstan.numerals import format_number, is_number
from smoothstan.posterior.marginal.comparison import COMPARISONS, SLOPES, Comparison
from smoothstan.posterior.marginal.variables import (
    check_variable,
    constant_column,
    default_variables,
    level_values,
    numeric_column,
    variable_kind,
)
from smoothstan.table import Column, Logical, Numeric, Table

DIRECTIONS = ("forward", "backward", "center")
_WIDTHS = ("sd", "2sd", "iqr", "minmax")
_PAIRINGS = (
    "reference", "revreference", "sequential", "revsequential", "pairwise", "revpairwise", "all", "minmax",
)  # fmt: skip
_RELATIVE_STEP = 1e-4


@dataclass(frozen=True, eq=False)
class Side:
    """What one column is set to: one value, its own values moved, or given values of all rows."""

    column: str
    known: Column
    value: Any = None
    shift: float | None = None
    values: FloatArray | None = None

    def at(self, table: Table, start: int) -> Column:
        """Return the column at rows that begin at row ``start``."""
        if self.values is not None:
            return numeric_column(self.known, self.values[start : start + table.n])
        if self.shift is not None:
            return numeric_column(self.known, numbers(table[self.column]) + self.shift)
        return constant_column(self.known, self.value, table.n)


@dataclass(frozen=True)
class Contrast:
    """A comparison of two settings of one or more columns.

    Args:
        term: the variable.
        labels: the columns of the result that say what is compared.
        hi, lo: the two sides.
        step: the distance of the sides of a numeric derivative, or None.
    """

    term: str
    labels: Mapping[str, str]
    hi: tuple[Side, ...]
    lo: tuple[Side, ...]
    step: float | None = None


@dataclass(frozen=True)
class Varying:
    """How variables are varied.

    Args:
        design: the model, with the group effects that count.
        rows: the rows at which comparisons are made, conformed to the fit.
        comparison: a comparison, or one of ``SLOPES``.
        direction: where a step of one number leads: ``"forward"``, ``"backward"`` or ``"center"``.
        eps: the step of numeric derivatives; 1e-4 times the variable's range in the fit by default.
    """

    design: Design
    rows: Table
    comparison: str | Comparison
    direction: str = "forward"
    eps: float | None = None

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise OptionError(f"direction must be one of {', '.join(map(repr, DIRECTIONS))}, got {self.direction!r}")
        if self.eps is not None and not (is_number(self.eps) and self.eps > 0):
            raise OptionError(f"eps is the step of a derivative, a number > 0, got {self.eps!r}")

    def contrasts(self, variables: Any, dpar: str | None, *, cross: bool) -> tuple[Contrast, ...]:
        """Return the contrasts of the variables, one after the other, or all combinations with ``cross``."""
        wanted = self._wanted(variables, dpar)
        found = [self._of_variable(name, how) for name, how in wanted.items()]
        if not cross:
            return tuple(contrast for contrasts in found for contrast in contrasts)
        if variables is None:
            raise OptionError("cross=True needs variables: all combinations of their contrasts are compared")
        if any(c.step is not None for contrasts in found for c in contrasts):
            raise OptionError("cross=True compares values of several variables; it has no derivatives")
        return tuple(map(_joined, product(*found)))

    def _wanted(self, variables: Any, dpar: str | None) -> dict[str, Any]:
        if variables is None:
            names = default_variables(self.design, dpar)
            if not names:
                raise OptionError("the predictions do not depend on any variable")
            return dict.fromkeys(names)
        if isinstance(variables, str):
            variables = [variables]
        if not isinstance(variables, (Mapping, list, tuple)) or not variables:
            raise OptionError(
                f"variables is a column, a list of columns, or a dict of column -> change, got {variables!r}"
            )
        wanted = dict(variables) if isinstance(variables, Mapping) else dict.fromkeys(variables)
        return {check_variable(self.design, name): how for name, how in wanted.items()}

    def _of_variable(self, name: str, how: Any) -> list[Contrast]:
        kind = variable_kind(self.design, name)
        if kind == "categorical":
            return self._categorical(name, how, level_values(self.design, name))
        if kind == "logical":
            return self._categorical(name, how, [False, True])
        if kind == "binary" and how is None:
            return self._categorical(name, how, [0, 1])
        return [self._numeric(name, how)]

    def _categorical(self, name: str, how: Any, levels: list[Any]) -> list[Contrast]:
        sides = {level: (Side(name, self.design.table[name], level),) for level in levels}
        written = self._differences.written
        return [
            Contrast(name, {"contrast": written(_level_text(hi), _level_text(lo))}, sides[hi], sides[lo])
            for hi, lo in _pairs(name, how, levels)
        ]

    @property
    def _differences(self) -> Comparison:
        """The comparison of categories, which have no derivative."""
        return COMPARISONS["difference"] if isinstance(self.comparison, str) else self.comparison

    def _numeric(self, name: str, how: Any) -> Contrast:
        if isinstance(self.comparison, str):
            if how is not None:
                raise OptionError(f"a slope has no size of change; name the variable alone: variables=[{name!r}]")
            step = self.eps or _step(numbers(self.design.table[name]))
            label = {"contrast": SLOPES[self.comparison]}
            return Contrast(name, label, (self._moved(name, step / 2),), (self._moved(name, -step / 2),), step)
        if how is None or is_number(how):
            return self._by_number(name, 1.0 if how is None else float(how))
        if callable(how):
            return self._by_function(name, how)
        lo, hi, labels = self._ends(name, how)
        known = self.design.table[name]
        label = {"contrast": self.comparison.written(*labels)}
        return Contrast(name, label, (Side(name, known, hi),), (Side(name, known, lo),))

    def _by_number(self, name: str, change: float) -> Contrast:
        if change == 0:
            raise OptionError(f"a change of {name!r} by zero compares nothing")
        below = {"forward": 0.0, "backward": 1.0, "center": 0.5}[self.direction]
        hi, lo = self._moved(name, change * (1 - below)), self._moved(name, -change * below)
        return Contrast(name, {"contrast": f"{'+' if change > 0 else ''}{format_number(change)}"}, (hi,), (lo,))

    def _by_function(self, name: str, function: Any) -> Contrast:
        values = numbers(self.rows[name])
        result = function(values)
        try:
            pair = np.asarray(result, dtype=float)
        except (TypeError, ValueError):
            pair = np.empty(0)
        pair = pair.T if pair.shape == (values.shape[0], 2) and not isinstance(result, tuple) else pair
        if pair.shape != (2, len(values)) or not np.all(np.isfinite(pair)):
            raise OptionError(
                f"the function for {name!r} takes its values and returns two arrays of the same length, the low and "
                "the high values, or an array of two columns, all finite"
            )
        known = self.design.table[name]
        lo, hi = (Side(name, known, values=np.ascontiguousarray(side)) for side in pair)
        return Contrast(name, {"contrast": "custom"}, (hi,), (lo,))

    def _ends(self, name: str, how: Any) -> tuple[float, float, tuple[str, str]]:
        """Return low and high value, and how high and low are written."""
        values = numbers(self.design.table[name])
        if isinstance(how, str) and how in _WIDTHS:
            return _width(values, how)
        if isinstance(how, (list, tuple, np.ndarray)) and len(how) == 2 and all(map(is_number, how)):
            lo, hi = map(float, how)
            if lo == hi:
                raise OptionError(f"both values of {name!r} are {format_number(lo)}; there is nothing to compare")
            return lo, hi, (format_number(hi), format_number(lo))
        raise OptionError(
            f"the change of the numeric variable {name!r} is a number, a pair (low, high), one of "
            f"{', '.join(map(repr, _WIDTHS))}, or a function; got {how!r}"
        )

    def _moved(self, name: str, shift: float) -> Side:
        return Side(name, self.design.table[name], shift=shift)


def numbers(column: Column) -> FloatArray:
    """Return the values of a column of numbers or logicals."""
    if not isinstance(column, (Numeric, Logical)):
        raise OptionError("a column of categories has no numbers to change")
    return column.values


def _width(values: FloatArray, how: str) -> tuple[float, float, tuple[str, str]]:
    if how == "minmax":
        return float(values.min()), float(values.max()), ("Max", "Min")
    if how == "iqr":
        low, high = np.quantile(values, [0.25, 0.75])
        return float(low), float(high), ("Q3", "Q1")
    half = float(values.std(ddof=1)) * (0.5 if how == "sd" else 1.0)
    middle, text = float(values.mean()), "sd/2" if how == "sd" else "sd"
    return middle - half, middle + half, (f"(x + {text})", f"(x - {text})")


def _step(values: FloatArray) -> float:
    """Return the step of a derivative: small beside the range, so that its error is that of the third derivative."""
    width = float(np.ptp(values))
    return _RELATIVE_STEP * (width or max(abs(float(values[0])), 1.0))


def _pairs(name: str, how: Any, levels: list[Any]) -> list[tuple[Any, Any]]:
    """Return the (high, low) levels that are compared."""
    if how is None:
        how = "reference"
    if isinstance(how, (list, tuple, np.ndarray)) and len(how) == 2:
        by_text = {_level_text(level): level for level in levels}
        pair = [by_text.get(_level_text(value)) for value in how]
        if any(level is None for level in pair) or pair[0] == pair[1]:
            listed = ", ".join(by_text)
            raise OptionError(
                f"the pair of {name!r} is two different of its levels, (low, high), got {how!r} ({listed})"
            )
        return [(pair[1], pair[0])]
    if not isinstance(how, str) or how not in _PAIRINGS:
        raise OptionError(
            f"the contrasts of {name!r} are a pair of levels or one of {', '.join(_PAIRINGS)}; got {how!r}"
        )
    return _PAIRS[how](levels)


def _reversed(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [(lo, hi) for hi, lo in pairs]


def _ascending(levels: list[Any]) -> list[tuple[Any, Any]]:
    return [(hi, lo) for lo, hi in combinations(levels, 2)]


def _neighbours(levels: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(levels[1:], levels[:-1], strict=True))


_PAIRS: Mapping[str, Callable[[list[Any]], list[tuple[Any, Any]]]] = {
    "reference": lambda levels: [(level, levels[0]) for level in levels[1:]],
    "revreference": lambda levels: [(level, levels[-1]) for level in levels[:-1]],
    "sequential": _neighbours,
    "revsequential": lambda levels: _reversed(_neighbours(levels)),
    "pairwise": _ascending,
    "revpairwise": lambda levels: _reversed(_ascending(levels)),
    "all": lambda levels: [(hi, lo) for lo, hi in permutations(levels, 2)],
    "minmax": lambda levels: [(levels[-1], levels[0])],
}


def _level_text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    return format_number(float(value)) if is_number(value) else str(value)


def _joined(contrasts: Sequence[Contrast]) -> Contrast:
    """Return the contrast in which all variables change together."""
    labels = {f"contrast_{c.term}": c.labels["contrast"] for c in contrasts}
    hi, lo = (tuple(side for c in contrasts for side in getattr(c, which)) for which in ("hi", "lo"))
    return Contrast("cross", labels, hi, lo)
