"""The syntax tree of a formula: what was written, with its place in the text.

Two expressions are equal when they mean the same; the place (``span``) does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from smoothstan.numerals import format_number

Span: TypeAlias = tuple[int, int]
_NOWHERE: Span = (0, 0)


@dataclass(frozen=True)
class Number:
    """A numeric literal."""

    value: float
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Text:
    """A quoted string."""

    value: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Constant:
    """TRUE, FALSE, NULL, NA or Inf (Python's True, False and None are read as the same)."""

    value: bool | float | None
    text: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Name:
    """A column, or the ``.`` that stands for all columns."""

    name: str
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Argument:
    """One argument of a call; ``name`` is None for a positional one, ``span`` is the name's."""

    name: str | None
    value: Node
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Call:
    """A function call such as ``log(x)`` or ``s(x, bs = "cr")``."""

    function: str
    arguments: tuple[Argument, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Unary:
    """``-x``, ``+x`` or ``!x``."""

    operator: str
    operand: Node
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Binary:
    """An infix operation; ``**`` is stored as ``^``."""

    operator: str
    left: Node
    right: Node
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True)
class Paren:
    """A parenthesised expression."""

    inner: Node
    span: Span = field(default=_NOWHERE, compare=False)


Node: TypeAlias = Number | Text | Constant | Name | Call | Unary | Binary | Paren

# R's deparse() writes no spaces around these.
_TIGHT = {"/", "^", ":"}
# Named arguments whose value may be a column; all others are settings.
_COLUMN_ARGUMENTS = {"by", "base", "x", "weights", "y2", "lb", "ub", "denom", "gr", "pw"}


def deparse(node: Node) -> str:
    """Write an expression in R's canonical spelling, e.g. ``s(x, bs = "cr", k = 5)``."""
    match node:
        case Number(value=value):
            return format_number(value)
        case Constant(text=text):
            return text
        case Text(value=quoted):
            escaped = quoted.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Name(name=name):
            return name
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_deparse_argument(a) for a in arguments)})"
        case Unary(operator=operator, operand=operand):
            return f"{operator}{deparse(operand)}"
        case Binary(operator=operator, left=left, right=right):
            gap = "" if operator in _TIGHT else " "
            return f"{deparse(left)}{gap}{operator}{gap}{deparse(right)}"
        case Paren(inner=inner):
            return f"({deparse(inner)})"


def _deparse_argument(argument: Argument) -> str:
    value = deparse(argument.value)
    return value if argument.name is None else f"{argument.name} = {value}"


def strip_parens(node: Node) -> Node:
    """Remove the parentheses around an expression."""
    while isinstance(node, Paren):
        node = node.inner
    return node


def variables(node: Node) -> tuple[str, ...]:
    """Return the names of the columns an expression reads, in order of first appearance."""
    return tuple(dict.fromkeys(name.name for name in names(node)))


def names(node: Node) -> tuple[Name, ...]:
    """Return every name node of an expression, in order of appearance."""
    match node:
        case Name():
            return (node,)
        case Call(function="C", arguments=arguments):
            return names(arguments[0].value) if arguments else ()
        case Call(arguments=arguments):
            columns = (a.value for a in arguments if a.name is None or a.name in _COLUMN_ARGUMENTS)
            return tuple(name for value in columns for name in names(value))
        case Unary(operand=inner) | Paren(inner=inner):
            return names(inner)
        case Binary():
            operands = []
            while isinstance(node, Binary):
                operands.append(node.right)
                node = node.left
            return tuple(name for operand in (node, *reversed(operands)) for name in names(operand))
        case _:
            return ()
