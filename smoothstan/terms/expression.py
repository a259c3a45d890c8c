"""Evaluate the expressions of a formula, such as ``log(x)``, ``poly(z, 2)`` or ``I(x^2 > 1)``, on a table.

Only the functions listed in ``functions.py`` are known; there is no ``eval``.  What a transform learns
from the data (the mean of ``scale``, the recurrence of ``poly``) is stored and reused for new data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, FormulaError, NotYetSupported, suggestion, underline
from smoothstan.formula.arguments import call_arguments, constant_value
from smoothstan.formula.syntax import (
    Argument,
    Binary,
    Call,
    Constant,
    Name,
    Node,
    Number,
    Paren,
    Text,
    Unary,
    deparse,
    variables,
)
from smoothstan.formula.vocabulary import INTERCEPT
from smoothstan.table import Column, Factor, Logical, Numeric, Table, as_factor, collation_key, describe
from smoothstan.terms.functions import ALLOWED, ARITHMETIC, COMPARISON, ELEMENTWISE, LOGICAL, STATEFUL, SUMMARIES
from smoothstan.terms.stateful import apply_stateful

CONTRASTS = ("treatment", "sum", "helmert", "poly")


@dataclass(frozen=True)
class Matrix:
    """Several numeric columns from one expression: (n, m) values and the labels of the columns."""

    values: FloatArray
    labels: tuple[str, ...]

    kind = "matrix"


Value: TypeAlias = Column | Matrix


@dataclass(frozen=True)
class Expression:
    """An expression bound to the data it was first evaluated on.

    ``memory`` holds, for every call that learns from the data, its text and what it learned; ``finite`` is False
    where values may be missing or infinite, as bounds may.
    """

    node: Node
    text: str
    memory: tuple[tuple[str, Any], ...] = ()
    finite: bool = True

    @property
    def label(self) -> str:
        """The expression in R's spelling."""
        return deparse(self.node)

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return tuple(name for name in variables(self.node) if name != INTERCEPT)

    def at(self, table: Table) -> Value:
        """Evaluate on a table, using what was learned."""
        return _checked(_Evaluation(table, self.text, dict(self.memory), learn=False).value(self.node), self)

    def numbers_at(self, table: Table) -> FloatArray:
        """Evaluate to one number per row; a factor or a matrix is refused."""
        return as_numbers(self.at(table), self.node, self.text)


def bind_expression(node: Node, table: Table, text: str, *, finite: bool = True) -> tuple[Expression, Value]:
    """Evaluate an expression for the first time and keep what its transforms learned."""
    evaluation = _Evaluation(table, text, {}, learn=True)
    value = evaluation.value(node)
    expression = Expression(node, text, tuple(evaluation.memory.items()), finite)
    return expression, _checked(value, expression)


def bind_numbers(node: Node, table: Table, text: str) -> tuple[Expression, FloatArray]:
    """Bind an expression that must give one number per row."""
    expression, value = bind_expression(node, table, text)
    return expression, as_numbers(value, node, text)


def as_numbers(value: Value, node: Node, text: str) -> FloatArray:
    """Return (n,) numbers, or say that a number is needed."""
    if isinstance(value, (Numeric, Logical)):
        return value.values
    found = f"a matrix of {len(value.labels)} columns" if isinstance(value, Matrix) else describe(value)
    raise DataError(f"{deparse(node)} must be numeric here, but it is {found}\n{underline(text, node.span)}")


def check_functions(node: Node, text: str) -> None:
    """Refuse a call of an unknown function before anything is evaluated."""
    match node:
        case Call(function=function, arguments=arguments):
            if function not in ALLOWED and function != "c":
                raise FormulaError(
                    f"the function {function}() is not known in a formula{suggestion(function, ALLOWED)} "
                    f"(known: {', '.join(ALLOWED)})", text, node.span,
                )  # fmt: skip
            for argument in arguments:
                if not (function == "C" and argument is not arguments[0]):
                    check_functions(argument.value, text)
        case Unary(operand=inner) | Paren(inner=inner):
            check_functions(inner, text)
        case Binary(left=left, right=right):
            check_functions(left, text)
            check_functions(right, text)
        case _:
            return


def _checked(value: Value, expression: Expression) -> Value:
    if expression.finite and isinstance(value, (Numeric, Matrix)):
        bad = ~np.isfinite(value.values if value.values.ndim == 1 else value.values.sum(axis=1))
        if bad.any():
            row = int(np.argmax(bad))
            raise DataError(
                f"{expression.label} is not a finite number in row {row} of the rows used (rows count from 0)\n"
                f"{underline(expression.text, expression.node.span)}"
            )
    return value


class _Evaluation:
    """One walk over an expression; ``memory`` maps the text of a call to what it learned."""

    def __init__(self, table: Table, text: str, memory: dict[str, Any], *, learn: bool) -> None:
        self.table = table
        self.text = text
        self.memory = memory
        self.learn = learn

    def error(self, message: str, node: Node) -> FormulaError:
        return FormulaError(message, self.text, node.span)

    def value(self, node: Node) -> Value:
        match node:
            case Name(name=name):
                if name == INTERCEPT:
                    return Numeric(np.ones(self.table.n))
                return self.table[name]
            case Number(value=value):
                return Numeric(np.full(self.table.n, value))
            case Constant(value=bool() as flag):
                return Logical(np.full(self.table.n, float(flag)))
            case Paren(inner=inner):
                return self.value(inner)
            case Unary(operator=operator, operand=operand):
                return self.unary(operator, operand)
            case Binary(operator=operator, left=left, right=right):
                return self.binary(node, operator, left, right)
            case Call():
                return self.call(node)
            case Text(value=text):
                raise self.error(
                    f"{deparse(node)} is a text and has no value for the rows of the data; write a column without "
                    f"quotes: {text}", node,
                )  # fmt: skip
            case _:
                raise self.error(f"{deparse(node)} has no value for the rows of the data", node)

    def numbers(self, node: Node) -> FloatArray:
        return as_numbers(self.value(node), node, self.text)

    def unary(self, operator: str, operand: Node) -> Value:
        values = self.numbers(operand)
        if operator == "!":
            return Logical((values == 0).astype(float))
        return Numeric(-values if operator == "-" else values)

    def binary(self, node: Node, operator: str, left: Node, right: Node) -> Value:
        if operator in ARITHMETIC:
            with np.errstate(all="ignore"):
                return Numeric(ARITHMETIC[operator](self.numbers(left), self.numbers(right)))
        if operator in COMPARISON:
            return Logical(self.compare(operator, left, right).astype(float))
        if operator in LOGICAL:
            return Logical(LOGICAL[operator](self.numbers(left) != 0, self.numbers(right) != 0).astype(float))
        raise self.error(f"'{operator}' cannot be used inside a call", node)

    def compare(self, operator: str, left: Node, right: Node) -> np.ndarray:
        """Compare numbers, or a factor with a level written as a string."""
        if isinstance(left, Text):
            left, right = right, left
        if isinstance(right, Text):
            column = self.value(left)
            if not isinstance(column, Factor) or operator not in ("==", "!="):
                raise self.error("a string can only be compared with a factor, by == or !=", right)
            labels = np.asarray([*column.levels, ""], dtype=object)[column.codes]
            return COMPARISON[operator](labels, right.value)
        return COMPARISON[operator](self.numbers(left), self.numbers(right))

    def call(self, node: Call) -> Value:
        function = node.function
        if function == "c":
            raise self.error("c() makes a constant for an argument and cannot be a term", node)
        if function not in ALLOWED:
            check_functions(node, self.text)
        if not node.arguments:
            raise self.error(f"{function}() needs an argument", node)
        if function in ELEMENTWISE:
            return self.elementwise(node, ELEMENTWISE[function], 1)
        if function in STATEFUL:
            return self.stateful(node)
        if function in SUMMARIES:
            return self.summary(node)
        handlers: dict[str, Callable[[Call], Value]] = {
            "I": lambda call: self.value(self.only(call)),
            "factor": self.factor, "as.factor": self.factor, "ordered": self.factor, "droplevels": self.factor,
            "as.character": self.text_levels,
            "as.logical": lambda call: Logical((self.numbers(self.only(call)) != 0).astype(float)),
            "C": self.contrast, "relevel": self.relevel,
            "log": self.log, "round": self.round, "ifelse": self.if_else,
            "pmin": lambda call: self.extreme(call, np.minimum), "pmax": lambda call: self.extreme(call, np.maximum),
        }  # fmt: skip
        return handlers[function](node)

    def only(self, node: Call) -> Node:
        if len(node.arguments) != 1 or node.arguments[0].name is not None:
            raise self.error(f"{node.function}() takes one argument", node)
        return node.arguments[0].value

    def elementwise(self, node: Call, function: Callable[[FloatArray], FloatArray], count: int) -> Value:
        if len(node.arguments) != count:
            raise self.error(f"{node.function}() takes {count} argument", node)
        argument = node.arguments[0].value
        value = self.value(argument)
        with np.errstate(all="ignore"):
            if isinstance(value, Matrix):
                return replace(value, values=function(value.values))
            if node.function in ("as.numeric", "as.integer") and isinstance(value, Factor):
                return Numeric(np.asarray(value.codes + 1.0, dtype=float))
            return Numeric(function(as_numbers(value, argument, self.text)))

    def log(self, node: Call) -> Value:
        arguments = call_arguments(node, self.text, ("base",))
        if len(arguments.positional) not in (1, 2):
            raise self.error("log() takes a number and, if wanted, a base", node)
        base = arguments.named.get("base", arguments.positional[1] if len(arguments.positional) == 2 else None)
        with np.errstate(all="ignore"):
            values = np.log(self.numbers(arguments.positional[0]))
            return Numeric(values if base is None else np.asarray(values / np.log(self.numbers(base)), dtype=float))

    def round(self, node: Call) -> Value:
        arguments = call_arguments(node, self.text, ("digits",))
        if len(arguments.positional) not in (1, 2):
            raise self.error("round() takes a number and, if wanted, the number of digits", node)
        given = arguments.positional[1] if len(arguments.positional) == 2 else None
        digits = arguments.integer("digits", 0, -20) if given is None else int(constant_value(given))
        return Numeric(np.round(self.numbers(arguments.positional[0]), digits))

    def if_else(self, node: Call) -> Value:
        if len(node.arguments) != 3:
            raise self.error("ifelse() takes a condition and two values", node)
        test, yes, no = (self.numbers(argument.value) for argument in node.arguments)
        return Numeric(np.where(test != 0, yes, no))

    def extreme(self, node: Call, function: Any) -> Value:
        values = [self.numbers(argument.value) for argument in node.arguments]
        result = values[0]
        for other in values[1:]:
            result = function(result, other)
        return Numeric(result)

    def summary(self, node: Call) -> Numeric:
        """Return one number of the data of the fit, in every row."""
        argument, key = self.only(node), deparse(node)
        if self.learn:
            self.memory[key] = SUMMARIES[node.function](self.numbers(argument))
        return Numeric(np.full(self.table.n, self.memory[key]))

    def text_levels(self, node: Call) -> Factor:
        """Return a factor whose levels are in the order of strings, as R makes of a character column."""
        value = self.value(self.only(node))
        if isinstance(value, Matrix):
            raise self.error("a matrix cannot be made a factor", node)
        factor = as_factor(value).drop_unused()
        return self.with_levels(replace(factor, ordered=False), node, tuple(sorted(factor.levels, key=collation_key)))

    def stateful(self, node: Call) -> Value:
        names = STATEFUL[node.function]
        arguments = call_arguments(node, self.text, names)
        if not arguments.positional:
            raise self.error(f"{node.function}() needs a variable", node)
        if len(arguments.positional) > 1 + len(names):
            raise self.error(f"{node.function}() takes at most {1 + len(names)} arguments", node)
        options = {name: arguments.constant(name, None) for name in arguments.named}
        for name, extra in zip(names, arguments.positional[1:], strict=False):
            try:
                options[name] = constant_value(extra)
            except ValueError:
                raise NotYetSupported(
                    f"{node.function}() of several variables is not built yet", self.text, extra.span
                ) from None
        key = deparse(node)
        x = self.numbers(arguments.positional[0])
        self.check_stateful(node, x, arguments.positional[0], options)
        try:
            values, labels, learned = apply_stateful(node.function, x, options, self.memory.get(key))
        except (ValueError, TypeError, IndexError) as fault:
            raise self.error(f"{node.function}(): {fault}", node) from None
        if self.learn:
            self.memory[key] = learned
        return Matrix(values, labels) if values.shape[1] > 1 else Numeric(values[:, 0])

    def check_stateful(self, node: Call, x: FloatArray, variable: Node, options: dict[str, Any]) -> None:
        """Refuse a degree that is no positive whole number, and a variable with too few values for it."""
        degree = options.get("degree", 1 if node.function == "poly" else 3)
        if isinstance(degree, bool) or not isinstance(degree, int) or degree < 1:
            raise self.error(f"{node.function}(): degree must be a positive whole number, found {degree!r}", node)
        if not self.learn or node.function not in ("poly", "scale"):
            return
        distinct, needed = len(np.unique(x)), degree + 1 if node.function == "poly" else 2
        if distinct < needed:
            found = "is constant" if distinct == 1 else f"has only {distinct} distinct values"
            raise DataError(
                f"{deparse(variable)} {found}, but {deparse(node)} needs {needed}\n{underline(self.text, node.span)}"
            )

    def factor(self, node: Call) -> Value:
        arguments = call_arguments(node, self.text, ("levels", "ordered"))
        if len(arguments.positional) != 1:
            raise self.error(f"{node.function}() takes one variable", node)
        argument = arguments.positional[0]
        value = self.value(argument)
        if isinstance(value, Matrix):
            raise self.error("a matrix cannot be made a factor", argument)
        ordered = arguments.constant("ordered", node.function == "ordered" or getattr(value, "ordered", False))
        wanted = arguments.constant("levels", None)
        listed = wanted if isinstance(wanted, tuple) else (wanted,)
        levels = None if wanted is None else tuple(str(level) for level in listed)
        found = replace(as_factor(value).drop_unused(), ordered=bool(ordered))
        return self.with_levels(found, node, levels)

    def with_levels(self, factor: Factor, node: Call, wanted: tuple[str, ...] | None) -> Factor:
        """Code a factor by the given levels, or by those that were there when the expression was bound."""
        key = deparse(node)
        levels = tuple(self.memory.get(key, wanted or factor.levels))
        if self.learn:
            self.memory[key] = list(levels)
        unknown = [level for level in factor.levels if level not in levels]
        if unknown:
            raise DataError(f"{key} has no level {unknown[0]!r} (levels: {', '.join(levels)})")
        lookup = np.asarray([*(levels.index(level) for level in factor.levels), -1], dtype=np.int64)
        return replace(factor, codes=lookup[factor.codes], levels=levels)

    def contrast(self, node: Call) -> Value:
        if len(node.arguments) != 2:
            raise self.error("C() takes a factor and a contrast, e.g. C(f, contr.sum)", node)
        value = self.value(node.arguments[0].value)
        if isinstance(value, Matrix):
            raise self.error("a matrix cannot be made a factor", node)
        return replace(as_factor(value), contrast=self.contrast_name(node.arguments[1]))

    def contrast_name(self, argument: Argument) -> str:
        node = argument.value
        text = node.value if isinstance(node, Text) else deparse(node)
        name = text.removeprefix("contr.").lower()
        if name not in CONTRASTS:
            allowed = ", ".join(f"contr.{c}" for c in CONTRASTS)
            raise self.error(f"unknown contrast {text!r} (known: {allowed})", node)
        return name

    def relevel(self, node: Call) -> Value:
        arguments = call_arguments(node, self.text, ("ref",))
        if len(arguments.positional) not in (1, 2):
            raise self.error('relevel() takes a factor and ref = "level"', node)
        value = self.value(arguments.positional[0])
        if isinstance(value, Matrix):
            raise self.error("a matrix has no levels", node)
        factor = as_factor(value)
        given = arguments.positional[1] if len(arguments.positional) == 2 else arguments.named.get("ref")
        if given is None:
            raise self.error('relevel() needs ref = "level"', node)
        try:
            reference = str(constant_value(given))
        except ValueError as fault:
            raise self.error(f"relevel(): ref: {fault}", given) from None
        if reference not in factor.levels:
            raise self.error(f"relevel(): no level {reference!r} (levels: {', '.join(factor.levels)})", node)
        order = (reference, *(level for level in factor.levels if level != reference))
        return self.with_levels(factor, node, order)
