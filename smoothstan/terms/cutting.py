"""``cut(x, breaks)``: the intervals in which numbers lie.

The breaks of the data of the fit are stored and reused for new data.  Source: the behaviour of R's ``cut``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, underline
from smoothstan.formula.arguments import constant_value
from smoothstan.formula.syntax import Call, Node, deparse
from smoothstan.table import Factor, Numeric
from smoothstan.terms.functions import arguments_by_name
from smoothstan.terms.number_lists import number_list

if TYPE_CHECKING:
    from smoothstan.terms.expression import Evaluation

_ARGUMENTS = ("x", "breaks", "labels", "include.lowest", "right", "dig.lab", "ordered_result")
_OPTIONS: dict[str, Any] = {"include.lowest": False, "right": True, "dig.lab": 3, "ordered_result": False}


def cut(evaluation: Evaluation, node: Call) -> Factor | Numeric:
    """Return ``cut(x, breaks, labels, include.lowest, right, dig.lab, ordered_result)``.

    Raises:
        DataError: for a number outside the breaks.
    """
    given = arguments_by_name(node, evaluation.text, _ARGUMENTS)
    if "x" not in given or "breaks" not in given:
        raise evaluation.error("cut() takes a variable and breaks, e.g. cut(x, c(0, 5, 10))", node)
    options = {name: _option(evaluation, given, name, default) for name, default in _OPTIONS.items()}
    learns, key = evaluation.learns(node), deparse(node)
    x = evaluation.numbers(given["x"])
    if learns:
        evaluation.memory[key] = _breaks(evaluation, given["breaks"], x).tolist()
    breaks = np.asarray(evaluation.memory[key])
    codes = _codes(x, breaks, right=bool(options["right"]), closed=bool(options["include.lowest"]))
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise DataError(
            f"{deparse(given['x'])} is {x[row]:g} in row {row} (rows count from 0), outside the breaks of {key}\n"
            f"{underline(evaluation.text, node.span)}"
        )
    labels = _option(evaluation, given, "labels", None)
    if labels is False:
        return Numeric(codes + 1.0, whole=True)
    names = _interval_labels(breaks, options) if labels in (None, True) else _given_labels(evaluation, labels, node)
    if len(names) != len(breaks) - 1:
        raise evaluation.error(f"cut(): {len(names)} labels for {len(breaks) - 1} intervals", given["labels"])
    return _occurring(evaluation, Factor(codes, names, bool(options["ordered_result"])), f"levels of {key}", node)


def _occurring(evaluation: Evaluation, found: Factor, key: str, node: Call) -> Factor:
    """Return the factor with the levels that occurred in the data of the fit; others are refused."""
    if evaluation.learn:
        evaluation.memory[key] = list(found.drop_unused().levels)
    levels = evaluation.memory[key]
    for level in found.drop_unused().levels:
        if level not in levels:
            raise DataError(f"no row of the fit has {deparse(node)} = {level!r}")
    codes = np.asarray([levels.index(level) if level in levels else -1 for level in found.levels], dtype=np.int64)
    return Factor(codes[found.codes], tuple(levels), found.ordered)


def _option(evaluation: Evaluation, given: dict[str, Node], name: str, default: Any) -> Any:
    if name not in given:
        return default
    try:
        return constant_value(given[name])
    except ValueError as fault:
        raise evaluation.error(f"cut(): {name}: {fault}", given[name]) from None


def _given_labels(evaluation: Evaluation, labels: Any, node: Call) -> tuple[str, ...]:
    listed = tuple(str(label) for label in (labels if isinstance(labels, tuple) else (labels,)))
    if len(set(listed)) < len(listed):
        raise evaluation.error("cut(): the labels must differ", node)
    return listed


def _breaks(evaluation: Evaluation, node: Node, x: FloatArray) -> FloatArray:
    given = number_list(evaluation, node)
    if len(given) > 1:
        if len(np.unique(given)) < len(given):
            raise evaluation.error("cut(): the breaks must differ", node)
        return np.sort(given)
    count = float(given[0])
    if count < 2 or count != np.floor(count):
        raise evaluation.error(f"cut(): the number of intervals must be a whole number >= 2, found {count:g}", node)
    low, high = float(x.min()), float(x.max())
    width = high - low
    if width == 0:
        width = abs(low) or 1.0
        return np.linspace(low - width / 1000, high + width / 1000, int(count) + 1)
    breaks = np.linspace(low, high, int(count) + 1)
    breaks[[0, -1]] = low - width / 1000, high + width / 1000
    return breaks


def _codes(x: FloatArray, breaks: FloatArray, *, right: bool, closed: bool) -> np.ndarray:
    """Return the number of the interval of every x, counted from 0; -1 outside."""
    codes = np.searchsorted(breaks, x, side="left" if right else "right") - 1
    if closed:
        edge = x == (breaks[0] if right else breaks[-1])
        codes = np.where(edge, 0 if right else len(breaks) - 2, codes)
    return np.where((codes >= 0) & (codes < len(breaks) - 1), codes, -1)


def _interval_labels(breaks: FloatArray, options: dict[str, Any]) -> tuple[str, ...]:
    """Return labels such as ``(0,5]``, with as many digits as tell the breaks apart."""
    fewest = int(options["dig.lab"])
    for digits in range(fewest, max(12, fewest) + 1):
        ends = [_written(b, digits) for b in breaks]
        if all(a != b for a, b in pairwise(ends)):
            break
    opening, closing = "(]" if options["right"] else "[)"
    labels = [f"{opening}{a},{b}{closing}" for a, b in pairwise(ends)]
    if options["include.lowest"]:
        if options["right"]:
            labels[0] = f"[{labels[0][1:]}"
        else:
            labels[-1] = f"{labels[-1][:-1]}]"
    return tuple(labels)


def _written(value: float, digits: int) -> str:
    if np.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return f"{value + 0.0:.{digits}g}"
