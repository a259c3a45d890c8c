"""Change parts of a syntax tree, and write a tree as text that the parser reads back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from smoothstan.errors import FormulaError
from smoothstan.formula.parser import parse
from smoothstan.formula.syntax import Argument, Binary, Call, Name, Node, Paren, Unary, deparse


def rewrite(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """Return an expression with ``change(part)`` for every outermost part of which that is not None.

    A chain of operations, which may be thousands long, is followed from left to right without recursion.
    """
    chain: list[Binary] = []
    while (found := change(node)) is None and isinstance(node, Binary):
        chain.append(node)
        node = node.left
    result = _inside(node, change) if found is None else found
    for operation in reversed(chain):
        result = replace(operation, left=result, right=rewrite(operation.right, change))
    return result


def _inside(node: Node, change: Callable[[Node], Node | None]) -> Node:
    match node:
        case Unary(operand=operand):
            return replace(node, operand=rewrite(operand, change))
        case Paren(inner=inner):
            return replace(node, inner=rewrite(inner, change))
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(Argument(a.name, rewrite(a.value, change), a.span) for a in arguments))
        case _:
            return node


def spell(node: Node) -> str:
    """Write an expression in R's spelling; names that are no plain ones stand in backquotes."""
    return deparse(rewrite(node, _quoted))


def _quoted(node: Node) -> Node | None:
    return None if not isinstance(node, Name) or _is_plain(node.name) else Name(f"`{node.name}`", node.span)


@lru_cache(maxsize=4096)
def _is_plain(name: str) -> bool:
    try:
        return parse(name) == Name(name)
    except FormulaError:
        return False
