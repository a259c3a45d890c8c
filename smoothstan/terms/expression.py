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
from smoothstan.errors import DataError, FormulaError, suggestion, underline
from smoothstan.formula.arguments import call_arguments, constant_value
from smoothstan.formula.syntax import (
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
from smoothstan.table import Column, Factor, Logical, Numeric, Table, describe
from smoothstan.terms.cutting import cut
from smoothstan.terms.factor_functions import FACTORS
from smoothstan.terms.functions import (
    ALLOWED,
    ARITHMETIC,
    COMPARISON,
    ELEMENTWISE,
    LOGICAL,
    NUMBER_LISTS,
    STATEFUL,
    SUMMARIES,
)
from smoothstan.terms.matrix import Matrix as Matrix
from smoothstan.terms.number_functions import NUMBER_FUNCTIONS, numbers_of
from smoothstan.terms.stateful import apply_stateful

Value: TypeAlias = Column | Matrix

OTHERS: dict[str, Callable[[Evaluation, Call], Value]] = {**FACTORS, **NUMBER_FUNCTIONS, "cut": cut}
"""The functions that are neither of one number nor learn in the way of ``scale``."""


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
        return _checked(Evaluation(table, self.text, dict(self.memory), learn=False).value(self.node), self)

    def numbers_at(self, table: Table) -> FloatArray:
        """Evaluate to one number per row; a factor or a matrix is refused."""
        return as_numbers(self.at(table), self.node, self.text)


def bind_expression(node: Node, table: Table, text: str, *, finite: bool = True) -> tuple[Expression, Value]:
    """Evaluate an expression for the first time and keep what its transforms learned."""
    evaluation = Evaluation(table, text, {}, learn=True)
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
            if function not in (*ALLOWED, *NUMBER_LISTS):
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


class Evaluation:
    """One walk over an expression; ``memory`` maps the text of a call to what it learned."""

    def __init__(self, table: Table, text: str, memory: dict[str, Any], *, learn: bool) -> None:
        self.table = table
        self.text = text
        self.memory = memory
        self.learn = learn

    def error(self, message: str, node: Node) -> FormulaError:
        """Return an error that points at a node."""
        return FormulaError(message, self.text, node.span)

    def value(self, node: Node) -> Value:
        """Return the value of an expression in every row."""
        match node:
            case Name(name=name):
                if name == INTERCEPT:
                    return Numeric(np.ones(self.table.n))
                return self.table[name]
            case Number(value=value):
                return Numeric(np.full(self.table.n, value))
            case Constant(value=bool() as flag):
                return Logical(np.full(self.table.n, float(flag)))
            case Constant(value=float() as value):
                return Numeric(np.full(self.table.n, value))
            case Paren(inner=inner):
                return self.value(inner)
            case Unary(operator=operator, operand=operand):
                return self._unary(operator, operand)
            case Binary(operator=operator, left=left, right=right):
                return self._binary(node, operator, left, right)
            case Call():
                return self._call(node)
            case Text(value=text):
                raise self.error(
                    f"{deparse(node)} is a text and has no value for the rows of the data; write a column without "
                    f"quotes: {text}", node,
                )  # fmt: skip
            case _:
                raise self.error(f"{deparse(node)} has no value for the rows of the data", node)

    def numbers(self, node: Node) -> FloatArray:
        """Return (n,) numbers; anything else is refused."""
        return as_numbers(self.value(node), node, self.text)

    def _unary(self, operator: str, operand: Node) -> Value:
        values = self.numbers(operand)
        if operator == "!":
            return Logical((values == 0).astype(float))
        return Numeric(-values if operator == "-" else values)

    def _binary(self, node: Node, operator: str, left: Node, right: Node) -> Value:
        if operator in ARITHMETIC:
            with np.errstate(all="ignore"):
                return Numeric(ARITHMETIC[operator](self.numbers(left), self.numbers(right)))
        if operator in COMPARISON:
            return Logical(self._compare(operator, left, right).astype(float))
        if operator == "%in%":
            return Logical(self._contained(left, right).astype(float))
        if operator in LOGICAL:
            return Logical(LOGICAL[operator](self.numbers(left) != 0, self.numbers(right) != 0).astype(float))
        raise self.error(f"'{operator}' cannot be used inside a call", node)

    def _compare(self, operator: str, left: Node, right: Node) -> np.ndarray:
        """Compare numbers, or a factor with a level written as a string."""
        if isinstance(left, Text):
            left, right = right, left
        if isinstance(right, Text):
            column = self.value(left)
            if not isinstance(column, Factor) or operator not in ("==", "!="):
                raise self.error("a string can only be compared with a factor, by == or !=", right)
            return COMPARISON[operator](column.labels(), right.value)
        return COMPARISON[operator](self.numbers(left), self.numbers(right))

    def _contained(self, left: Node, right: Node) -> np.ndarray:
        """Return which values, or labels of levels, are in a list of constants."""
        try:
            given = constant_value(right)
        except ValueError as fault:
            raise self.error(f"%in%: {fault}", right) from None
        listed = given if isinstance(given, tuple) else (given,)
        column = self.value(left)
        if isinstance(column, Factor):
            return np.isin(column.labels(), [str(v) for v in listed])
        return np.isin(as_numbers(column, left, self.text), listed)

    def _call(self, node: Call) -> Value:
        function = node.function
        if function in NUMBER_LISTS:
            raise self.error(f"{function}() makes a list for an argument and cannot be a term", node)
        if function not in ALLOWED:
            check_functions(node, self.text)
        if not node.arguments:
            raise self.error(f"{function}() needs an argument", node)
        if function in ELEMENTWISE:
            return self._elementwise(node, ELEMENTWISE[function], 1)
        if function in STATEFUL:
            return self._stateful(node)
        if function in SUMMARIES:
            return self._summary(node)
        return OTHERS[function](self, node)

    def only(self, node: Call) -> Node:
        """Return the only argument of a call."""
        if len(node.arguments) != 1 or node.arguments[0].name is not None:
            raise self.error(f"{node.function}() takes one argument", node)
        return node.arguments[0].value

    def _elementwise(self, node: Call, function: Callable[[FloatArray], FloatArray], count: int) -> Value:
        if len(node.arguments) != count:
            raise self.error(f"{node.function}() takes {count} argument", node)
        argument = node.arguments[0].value
        value = self.value(argument)
        with np.errstate(all="ignore"):
            if isinstance(value, Matrix):
                return replace(value, values=function(value.values))
            if node.function in ("as.numeric", "as.integer") and isinstance(value, Factor):
                return Numeric(numbers_of(self, value, argument))
            return Numeric(function(as_numbers(value, argument, self.text)))

    def learns(self, node: Call) -> bool:
        """Return whether a call has yet to learn; it does so on other rows if the table remembers them."""
        if self.learn and deparse(node) not in self.memory and self.table.learning is not None:
            rows = self.table.learning.select(v for v in variables(node) if v != INTERCEPT)
            Evaluation(rows.take(np.flatnonzero(rows.complete())), self.text, self.memory, learn=True).value(node)
        return self.learn and deparse(node) not in self.memory

    def _summary(self, node: Call) -> Numeric:
        """Return one number of the data of the fit, in every row."""
        argument, key = self.only(node), deparse(node)
        if self.learns(node):
            self.memory[key] = SUMMARIES[node.function](self.numbers(argument))
        return Numeric(np.full(self.table.n, self.memory[key]))

    def _stateful(self, node: Call) -> Value:
        variables, options = self._stateful_arguments(node)
        key, learns = deparse(node), self.learns(node)
        columns = []
        for variable in variables:
            value = self.value(variable)
            found = value.values if isinstance(value, Matrix) else as_numbers(value, variable, self.text)[:, None]
            for x in found.T:
                self._check_stateful(node, x, variable, options)
                columns.append(x)
        if len(columns) > 1 and node.function != "poly":
            raise self.error(f"{node.function}() takes one variable", node)
        try:
            values, labels, learned = apply_stateful(node.function, columns, options, self.memory.get(key))
        except (ValueError, TypeError, IndexError) as fault:
            raise self.error(f"{node.function}(): {fault}", node) from None
        if learns:
            self.memory[key] = learned
        return Matrix(values, labels) if values.shape[1] > 1 else Numeric(values[:, 0])

    def _stateful_arguments(self, node: Call) -> tuple[list[Node], dict[str, Any]]:
        """Return the variables of a call that learns, and its further arguments by their names."""
        names = STATEFUL[node.function]
        arguments = call_arguments(node, self.text, names)
        if not arguments.positional:
            raise self.error(f"{node.function}() needs a variable", node)
        options = {name: arguments.constant(name, None) for name in arguments.named}
        variables, free = [arguments.positional[0]], (name for name in names if name not in options)
        for extra in arguments.positional[1:]:
            try:
                value = constant_value(extra)
            except ValueError:
                variables.append(extra)
                continue
            if len(variables) > 1:
                raise self.error(f"{node.function}() of several variables needs degree = {deparse(extra)}", extra)
            if (name := next(free, None)) is None:
                raise self.error(f"{node.function}() takes at most {1 + len(names)} arguments", node)
            options[name] = value
        return variables, options

    def _check_stateful(self, node: Call, x: FloatArray, variable: Node, options: dict[str, Any]) -> None:
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
