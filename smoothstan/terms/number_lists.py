"""Lists of numbers in a formula that need not be constants: ``c(-Inf, mean(x), Inf)``, ``quantile(x, c(0.25, 0.75))``.

Source: the behaviour of R's ``c``, ``seq`` and ``quantile`` (type 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.formula.arguments import constant_value
from smoothstan.formula.syntax import Binary, Call, Node
from smoothstan.terms.functions import ARITHMETIC, arguments_by_name

if TYPE_CHECKING:
    from smoothstan.terms.expression import Evaluation


def number_list(evaluation: Evaluation, node: Node) -> FloatArray:
    """Return the numbers of a list: constants, ranges, ``seq()``, ``quantile()``, numbers computed from the data."""
    try:
        value = constant_value(node)
    except ValueError:
        return _computed(evaluation, node)
    listed = value if isinstance(value, tuple) else (value,)
    if not listed or any(isinstance(v, (bool, str)) or v is None for v in listed):
        raise evaluation.error("expected numbers, e.g. c(0, 5, 10)", node)
    return np.asarray(listed, dtype=float)


def _computed(evaluation: Evaluation, node: Node) -> FloatArray:
    match node:
        case Call(function="c", arguments=arguments):
            return np.concatenate([number_list(evaluation, argument.value) for argument in arguments])
        case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
            return ARITHMETIC[operator](number_list(evaluation, left), number_list(evaluation, right))
        case Call(function="quantile"):
            return _quantiles(evaluation, node)
        case Call(function="seq"):
            return _sequence(evaluation, node)
    values = np.unique(evaluation.numbers(node))
    if len(values) != 1:
        raise evaluation.error("expected a number that is the same in all rows", node)
    return values


def _quantiles(evaluation: Evaluation, node: Call) -> FloatArray:
    given = arguments_by_name(node, evaluation.text, ("x", "probs"))
    if "x" not in given:
        raise evaluation.error("quantile() takes a variable and probabilities", node)
    wanted = number_list(evaluation, given["probs"]) if "probs" in given else np.linspace(0, 1, 5)
    if (wanted < 0).any() or (wanted > 1).any():
        raise evaluation.error("quantile(): the probabilities must lie between 0 and 1", node)
    return np.asarray(np.quantile(evaluation.numbers(given["x"]), wanted), dtype=float)


def _sequence(evaluation: Evaluation, node: Call) -> FloatArray:
    given = arguments_by_name(node, evaluation.text, ("from", "to", "by", "length.out"))
    ends = {name: float(number_list(evaluation, value)[0]) for name, value in given.items()}
    if "from" not in ends or "to" not in ends:
        raise evaluation.error("seq() takes two ends, e.g. seq(0, 10, by = 2)", node)
    first, last = ends["from"], ends["to"]
    if "length.out" in ends:
        return np.linspace(first, last, int(ends["length.out"]))
    step = ends.get("by", 1.0 if last >= first else -1.0)
    if step == 0 or (last - first) / step < 0:
        raise evaluation.error("seq(): by has the wrong sign", node)
    # R lets the last number miss its end by a rounding error.
    return np.asarray(first + step * np.arange(int((last - first) / step + 1e-10) + 1), dtype=float)
