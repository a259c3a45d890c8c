"""Functions that give numbers, logicals or strings of the same row: ``log``, ``round``, ``ifelse``, ``pmin``, ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.formula.arguments import call_arguments, constant_value
from smoothstan.formula.syntax import Call, Name, Node, Text, deparse
from smoothstan.table import Factor, Logical, Numeric
from smoothstan.terms.factor_functions import text_factor
from smoothstan.terms.matrix import Matrix

if TYPE_CHECKING:
    from smoothstan.terms.expression import Evaluation, Value


def numbers_of(evaluation: Evaluation, factor: Factor, node: Node) -> FloatArray:
    """Return the codes of a factor, counted from 1; of strings the numbers that they say."""
    if not factor.textual:
        return np.asarray(factor.codes + 1.0, dtype=float)
    try:
        return np.asarray([*map(float, factor.levels), np.nan])[factor.codes]
    except ValueError as fault:
        raise evaluation.error(f"{deparse(node)} has a value that is no number: {fault}", node) from None


def _as_it_is(evaluation: Evaluation, node: Call) -> Value:
    return evaluation.value(evaluation.only(node))


def _logical(evaluation: Evaluation, node: Call) -> Logical:
    return Logical((evaluation.numbers(evaluation.only(node)) != 0).astype(float))


def _is_missing(evaluation: Evaluation, node: Call) -> Logical:
    value = evaluation.value(evaluation.only(node))
    if isinstance(value, Matrix):
        raise evaluation.error("is.na() takes one column", node)
    return Logical(value.missing().astype(float))


def _bound_columns(evaluation: Evaluation, node: Call) -> Matrix:
    """Return the matrix of ``cbind(x, z)``; only columns that are names have labels, as in R."""
    values = np.column_stack([evaluation.numbers(argument.value) for argument in node.arguments])
    labels = tuple(a.value.name if isinstance(a.value, Name) else a.name or "" for a in node.arguments)
    return Matrix(values, labels)


def _log(evaluation: Evaluation, node: Call) -> Numeric:
    arguments = call_arguments(node, evaluation.text, ("base",))
    if len(arguments.positional) not in (1, 2):
        raise evaluation.error("log() takes a number and, if wanted, a base", node)
    base = arguments.named.get("base", arguments.positional[1] if len(arguments.positional) == 2 else None)
    with np.errstate(all="ignore"):
        values = np.log(evaluation.numbers(arguments.positional[0]))
        return Numeric(values if base is None else np.asarray(values / np.log(evaluation.numbers(base)), dtype=float))


def _round(evaluation: Evaluation, node: Call) -> Numeric:
    arguments = call_arguments(node, evaluation.text, ("digits",))
    if len(arguments.positional) not in (1, 2):
        raise evaluation.error("round() takes a number and, if wanted, the number of digits", node)
    given = arguments.positional[1] if len(arguments.positional) == 2 else None
    digits = arguments.integer("digits", 0, -20) if given is None else int(constant_value(given))
    return Numeric(np.round(evaluation.numbers(arguments.positional[0]), digits))


def _if_else(evaluation: Evaluation, node: Call) -> Numeric | Factor:
    if len(node.arguments) != 3:
        raise evaluation.error("ifelse() takes a condition and two values", node)
    condition, yes, no = (argument.value for argument in node.arguments)
    chosen = evaluation.numbers(condition) != 0
    if isinstance(yes, Text) or isinstance(no, Text):
        return text_factor(evaluation, np.where(chosen, *(_strings(evaluation, v, chosen) for v in (yes, no))), node)
    return Numeric(np.where(chosen, evaluation.numbers(yes), evaluation.numbers(no)))


def _strings(evaluation: Evaluation, node: Node, rows: BoolArray) -> np.ndarray:
    if isinstance(node, Text):
        return np.full(len(rows), node.value, dtype=object)
    value = evaluation.value(node)
    if not (isinstance(value, Factor) and value.textual):
        raise evaluation.error("ifelse() takes two numbers or two strings", node)
    return value.labels()


def _extreme(function: Any) -> Callable[[Evaluation, Call], Numeric]:
    def extreme(evaluation: Evaluation, node: Call) -> Numeric:
        values = [evaluation.numbers(argument.value) for argument in node.arguments]
        return Numeric(function.reduce(values))

    return extreme


NUMBER_FUNCTIONS: dict[str, Callable[[Evaluation, Call], Value]] = {
    "I": _as_it_is, "as.logical": _logical, "is.na": _is_missing, "cbind": _bound_columns, "log": _log,
    "round": _round, "ifelse": _if_else, "pmin": _extreme(np.minimum), "pmax": _extreme(np.maximum),
}  # fmt: skip
"""The functions of this file by their names in a formula."""
