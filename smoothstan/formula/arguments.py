"""Read the arguments of a special call, e.g. the ``bs``, ``k`` and ``m`` of ``s()``."""

from __future__ import annotations

import math
import operator as operator_module
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smoothstan.errors import FormulaError, suggestion
from smoothstan.formula.syntax import (
    Argument,
    Binary,
    Call,
    Constant,
    Name,
    Node,
    Number,
    Paren,
    Span,
    Text,
    Unary,
    deparse,
)

# R's spellings of the logical constants; only read so where a column makes no sense.
_SHORT_LOGICALS = {"T": True, "F": False}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator_module.add, "-": operator_module.sub, "*": operator_module.mul, "/": operator_module.truediv,
    "^": operator_module.pow,
}  # fmt: skip


@dataclass(frozen=True)
class CallArguments:
    """The arguments of a call, split into positional and named ones."""

    call: Call
    text: str
    positional: tuple[Node, ...]
    named: dict[str, Node]

    def error(self, message: str, place: Node | Argument | None = None) -> FormulaError:
        """Return an error that points at a node or an argument's name, or at the whole call."""
        span: Span = self.call.span if place is None else place.span
        return FormulaError(f"{message} in {deparse(self.call)}", self.text, span)

    def constant(self, name: str, default: Any) -> Any:
        """Return the value of a named argument that must be a literal."""
        return self.read(name, constant_value, default)

    def read(self, name: str, reader: Callable[[Node], Any], default: Any) -> Any:
        """Return ``reader(argument)``; a ValueError becomes an error that points at the argument."""
        node = self.named.get(name)
        if node is None:
            return default
        try:
            return reader(node)
        except ValueError as fault:
            raise self.error(f"{name}: {fault}", node) from None

    def integer(self, name: str, default: int, minimum: int) -> int:
        """Return a whole-number argument that must be at least ``minimum``; R's -1 means the default."""
        value = self.constant(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(f"{name} must be one whole number, found {value!r}", self.named.get(name))
        if value == -1:
            return default
        if value < minimum:
            raise self.error(f"{name} must be at least {minimum}, found {value:g}", self.named.get(name))
        return int(value)


def call_arguments(call: Call, text: str, allowed: tuple[str, ...]) -> CallArguments:
    """Split the arguments of ``call``; refuse names outside ``allowed`` and repeated ones."""
    positional = tuple(a.value for a in call.arguments if a.name is None)
    named: dict[str, Node] = {}
    arguments = CallArguments(call, text, positional, named)
    for argument in call.arguments:
        if argument.name is not None:
            _check_name(argument, arguments, allowed)
            named[argument.name] = argument.value
    return arguments


def _check_name(argument: Argument, arguments: CallArguments, allowed: tuple[str, ...]) -> None:
    name = str(argument.name)
    if name not in allowed:
        hint = suggestion(name, allowed)
        raise arguments.error(f"unknown argument {name!r}{hint} (allowed: {', '.join(allowed)})", argument)
    if name in arguments.named:
        raise arguments.error(f"argument {name!r} is given twice", argument)


def constant_value(node: Node) -> Any:
    """Evaluate a literal: a number, string, logical, NULL, or ``c(...)`` of those (a tuple).

    Raises:
        ValueError: if the expression is anything else.
    """
    match node:
        case Number(value=value):
            return _whole_if_possible(value)
        case Text(value=text):
            return text
        case Constant(value=constant):
            return constant
        case Name(name=name) if name in _SHORT_LOGICALS:
            return _SHORT_LOGICALS[name]
        case Paren(inner=inner):
            return constant_value(inner)
        case Unary(operator="-" | "+" as sign, operand=operand):
            value = constant_value(operand)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return -value if sign == "-" else value
        case Binary(operator=":", left=left, right=right):
            first, last = constant_value(left), constant_value(right)
            if all(isinstance(end, int) and not isinstance(end, bool) for end in (first, last)):
                return tuple(range(first, last + 1) if first <= last else range(first, last - 1, -1))
        case Binary(operator=operator, left=left, right=right) if operator in _ARITHMETIC:
            numbers = [constant_value(left), constant_value(right)]
            if all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers):
                return _whole_if_possible(_ARITHMETIC[operator](float(numbers[0]), float(numbers[1])))
        case Call(function="c" | "list", arguments=arguments) if all(a.name is None for a in arguments):
            return tuple(constant_value(a.value) for a in arguments)
    raise ValueError(f'expected a constant such as 5, "cr", TRUE or c(1, 2), found {deparse(node)}')


def _whole_if_possible(value: float) -> int | float:
    return int(value) if math.isfinite(value) and value == round(value) else value
