"""Expand the right-hand side of a formula into terms (Wilkinson & Rogers 1973, Appl. Stat. 22, 392-399).

``a * b`` becomes ``a + b + a:b``, ``a / b`` becomes ``a + a:b``, ``(a + b)^2`` all interactions up to
the second order; ``-`` takes terms away.  The result is ordered as R and brms order it: by degree, and
within an interaction the variables in the order in which the sorted terms first name them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

from smoothstan.errors import FormulaError, NotYetSupported
from smoothstan.formula.grouping import GROUPINGS, WrittenGrouping, read_grouping
from smoothstan.formula.syntax import (
    Binary,
    Call,
    Name,
    Node,
    Number,
    Paren,
    Span,
    Unary,
    deparse,
    strip_parens,
)
from smoothstan.formula.vocabulary import EFFECTS, INTERCEPT, OFFSET, SPECIALS

Interaction = tuple[Node, ...]
"""One population-level term: the factors that are multiplied; a single factor for a main effect."""


@dataclass(frozen=True)
class WrittenGroup:
    """``(effects | id | group)``: varying effects; ``correlated`` is False for ``||`` and for ``gr(cor = FALSE)``."""

    effects: Node
    group: Node
    identifier: str | None
    correlated: bool
    grouping: WrittenGrouping
    span: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True)
class TermList:
    """What a right-hand side asks for.

    ``intercept`` is True for the implicit (centred) one; ``reserved_intercept`` where the word
    ``Intercept`` stands among the population-level terms, as in ``0 + Intercept``, an ordinary coefficient.
    ``special_effects`` are the terms of which a factor is a call such as ``mo(x)``.
    """

    intercept: bool
    reserved_intercept: bool
    population: tuple[Interaction, ...]
    offsets: tuple[Node, ...]
    specials: tuple[Call, ...]
    groups: tuple[WrittenGroup, ...]
    special_effects: tuple[Interaction, ...] = ()


def expand(node: Node, text: str, columns: tuple[str, ...] = ()) -> TermList:
    """Expand a right-hand side.

    Args:
        node: the syntax tree right of ``~``.
        text: the formula's text, for errors.
        columns: what ``.`` stands for.
    """
    algebra = _Algebra(text, columns)
    pieces = algebra.sum_of(node)
    intercept = True
    for piece in pieces:
        if isinstance(piece, bool):
            intercept = piece
    terms = [piece for piece in pieces if isinstance(piece, tuple)]
    population = algebra.in_order([term for term in terms if not is_special_effect(term)])
    reserved = [factor for term in population for factor in term if factor == Name(INTERCEPT)]
    if reserved and intercept:
        raise FormulaError(
            "the reserved name Intercept needs '0 +' before it, because the model has an intercept already",
            text, reserved[0].span,
        )  # fmt: skip
    return TermList(
        intercept,
        bool(reserved),
        population,
        tuple(dict.fromkeys(p.node for p in pieces if isinstance(p, _Offset))),
        tuple(dict.fromkeys(p for p in pieces if isinstance(p, Call))),
        tuple(dict.fromkeys(p for p in pieces if isinstance(p, WrittenGroup))),
        algebra.in_order([term for term in terms if is_special_effect(term)]),
    )


def is_special_effect(term: Interaction) -> bool:
    """Return whether a factor of a term is a call such as ``mo(x)``."""
    return any(isinstance(factor, Call) and factor.function in EFFECTS for factor in term)


def simplify(node: Node, text: str) -> tuple[bool, tuple[Interaction, ...]]:
    """Return whether a right-hand side has an intercept, and its terms as R's ``terms()`` orders and writes them.

    Args:
        node: names and calls joined by the operators of the algebra, none of them special.
        text: the formula's text, for errors.
    """
    algebra = _Algebra(text, ())
    pieces = algebra.sum_of(node)
    switches = [piece for piece in pieces if isinstance(piece, bool)]
    return (switches or [True])[-1], tuple(algebra.as_written([p for p in pieces if isinstance(p, tuple)]))


@dataclass(frozen=True)
class _Offset:
    node: Node


_GROUP_HELP = "a group is a column or columns joined by ':' or '/'"

# True / False set the intercept; a tuple is a population-level term.
_Piece = bool | Interaction | _Offset | Call | WrittenGroup


class _Algebra:
    def __init__(self, text: str, columns: tuple[str, ...]) -> None:
        self.text = text
        self.columns = columns
        # Factors in the order in which the text names them.
        self.textual: dict[Node, int] = {}

    def error(self, message: str, node: Node) -> FormulaError:
        return FormulaError(message, self.text, node.span)

    def sum_of(self, node: Node) -> list[_Piece]:
        match node:
            case Paren(inner=inner):
                bar = self.bar(inner, node)
                return bar if bar is not None else self.sum_of(inner)
            case Binary(operator="+" | "-"):
                return self.chain(node)
            case Unary(operator="-", operand=operand):
                return self.difference([], operand)
            case Unary(operator="+", operand=operand):
                return self.sum_of(operand)
            case Binary(operator="*", left=left, right=right):
                (a, b), switches = self.operands(left, right)
                return [*_union(_union(a, b), _cross(a, b)), *switches]
            case Binary(operator="/", left=left, right=right):
                (a, b), switches = self.operands(left, right)
                return [*_union(a, _cross([_all_factors(a)], b)), *switches]
            case Binary(operator=":", left=left, right=right):
                (a, b), switches = self.operands(left, right)
                return [*_union([], _cross(a, b)), *switches]
            case Binary(operator="%in%", left=left, right=right):
                (a, b), switches = self.operands(left, right)
                return [*_union([], _cross(a, [_all_factors(b)])), *switches]
            case Binary(operator="^", left=left, right=right):
                return self.power(left, right)
            case Binary(operator="|" | "||"):
                raise self.error("group-level terms are written in parentheses, e.g. (1 | g)", node)
            case Binary(operator="~"):
                raise self.error("a formula has only one '~'", node)
            case Binary(operator=operator):
                raise self.error(f"'{operator}' is not a formula operator; write it inside I(...)", node)
            case Unary(operator=operator):
                raise self.error(f"'{operator}' is not a formula operator; write it inside I(...)", node)
            case _:
                return self.atom(node)

    def chain(self, node: Node) -> list[_Piece]:
        """Expand a sum or difference from left to right; it may have thousands of terms."""
        operands: list[Binary] = []
        while isinstance(node, Binary) and node.operator in ("+", "-"):
            operands.append(node)
            node = node.left
        pieces = self.sum_of(node)
        added: list[_Piece] = []
        for operation in reversed(operands):
            if operation.operator == "-":
                pieces, added = self.difference(_union(pieces, added), operation.right), []
            else:
                added += self.sum_of(operation.right)
        return _union(pieces, added)

    def atom(self, node: Node) -> list[_Piece]:
        match node:
            case Number(value=value):
                if value not in (0, 1):
                    raise self.error("the only numbers allowed as terms are 0 and 1", node)
                return [bool(value)]
            case Name(name="."):
                if not self.columns:
                    raise self.error("'.' stands for the other columns of the data, but there are none", node)
                return [piece for column in self.columns for piece in self.atom(Name(column, node.span))]
            case Call(function=function) if function == OFFSET:
                if len(node.arguments) != 1 or node.arguments[0].name is not None:
                    raise self.error("offset() takes one expression", node)
                return [_Offset(node.arguments[0].value)]
            case Call(function=function) if function in SPECIALS:
                return [node]
            case Name() | Call():
                self.textual.setdefault(node, len(self.textual))
                return [(node,)]
            case _:
                raise self.error(f"{deparse(node)} cannot be a term", node)

    def operands(self, *nodes: Node) -> tuple[list[list[Interaction]], list[bool]]:
        """Expand the operands of a product; a 0 among them still takes the intercept away."""
        expanded: list[list[Interaction]] = []
        switches: list[bool] = []
        for node in nodes:
            terms, found = self.interactions(node)
            if not terms:
                raise self.error("a number cannot be part of an interaction", node)
            expanded.append(terms)
            switches += [switch for switch in found if not switch]
        return expanded, switches

    def interactions(self, node: Node) -> tuple[list[Interaction], list[bool]]:
        """Expand a part that must consist of population-level terms, and perhaps 0 or 1."""
        pieces = self.sum_of(node)
        for piece in pieces:
            if isinstance(piece, Call):
                if piece.function in {"me", "mi", "gp", "cs"}:
                    raise NotYetSupported(
                        f"interactions with {piece.function}() are not built yet", self.text, node.span
                    )
                raise self.error(f"{piece.function}() cannot be part of an interaction; use its 'by' argument", node)
            if isinstance(piece, (WrittenGroup, _Offset)):
                what = "a group-level term" if isinstance(piece, WrittenGroup) else "offset()"
                raise self.error(f"{what} cannot be part of an interaction", node)
        return [p for p in pieces if isinstance(p, tuple)], [p for p in pieces if isinstance(p, bool)]

    def difference(self, left: list[_Piece], node: Node) -> list[_Piece]:
        removed = self.sum_of(node)
        for piece in removed:
            if not isinstance(piece, (bool, tuple)):
                raise self.error("only population-level terms can be taken away with '-'", node)
        switches = [not piece for piece in removed if isinstance(piece, bool)]
        gone = {frozenset(piece) for piece in removed if isinstance(piece, tuple)}
        kept = [p for p in left if not (isinstance(p, tuple) and frozenset(p) in gone)]
        return [*kept, *switches]

    def power(self, left: Node, right: Node) -> list[_Piece]:
        exponent = strip_parens(right)
        if not (isinstance(exponent, Number) and exponent.value >= 1 and exponent.value.is_integer()):
            raise self.error("the exponent of '^' must be a positive whole number; for x squared write I(x^2)", right)
        (base,), switches = self.operands(left)
        terms = base
        for _ in range(min(int(exponent.value), len(base)) - 1):
            terms = [t for t in _union([], _cross(terms, base)) if isinstance(t, tuple)]
        return [*terms, *switches]

    def bar(self, inner: Node, outer: Paren) -> list[_Piece] | None:
        if not (isinstance(inner, Binary) and inner.operator in ("|", "||")):
            return None
        effects, middle = inner.left, None
        if isinstance(effects, Binary) and effects.operator in ("|", "||"):
            middle, effects = effects.right, effects.left
        if isinstance(effects, Binary) and effects.operator in ("|", "||"):
            raise self.error("a group-level term has the form (effects | group) or (effects | ID | group)", outer)
        correlated = inner.operator == "|" and not (isinstance(inner.left, Binary) and inner.left.operator == "||")
        if middle is not None and not isinstance(middle, (Name, Number)):
            raise self.error("the ID between two bars must be a single name", middle)
        identifier = None if middle is None else deparse(middle)
        return [self.group(effects, group, identifier, correlated, outer.span) for group in self.groups(inner.right)]

    def group(self, effects: Node, group: Node, identifier: str | None, correlated: bool, span: Span) -> WrittenGroup:
        grouping = read_grouping(group, self.text)
        own = grouping.identifier if identifier is None or not grouping.correlated else identifier
        return WrittenGroup(effects, group, own, correlated and grouping.correlated, grouping, span)

    def groups(self, node: Node) -> list[Node]:
        """Expand the right side of a bar, an ordinary right-hand side whose terms are joined by colons."""
        algebra = _Algebra(self.text, ())
        pieces = algebra.sum_of(strip_parens(node))
        terms = algebra.as_written([piece for piece in pieces if isinstance(piece, tuple)])
        if not terms or not all(isinstance(piece, (tuple, bool)) for piece in pieces):
            raise self.error(_GROUP_HELP, node)
        for factor, joined in ((factor, len(term) > 1) for term in terms for factor in term):
            if isinstance(factor, Call) and factor.function not in GROUPINGS:
                raise self.error(f"{_GROUP_HELP}; {factor.function}() is not allowed here", factor)
            if isinstance(factor, Call) and joined:
                raise self.error(f"{factor.function}() cannot be joined with another grouping", factor)
        return [reduce(_colon, term) for term in terms]

    def as_written(self, terms: list[Interaction]) -> list[Interaction]:
        """Sort terms by degree, and the factors of each as the text first names them."""
        return [tuple(sorted(term, key=self.textual.__getitem__)) for term in sorted(terms, key=len)]

    def in_order(self, terms: list[Interaction]) -> tuple[Interaction, ...]:
        """Sort terms as written, then the factors by first appearance in the sorted terms: brms reads them twice."""
        ordered = self.as_written(terms)
        rank: dict[Node, int] = {}
        for factor in (factor for term in ordered for factor in term):
            rank.setdefault(factor, len(rank))
        return tuple(tuple(sorted(term, key=rank.__getitem__)) for term in ordered)


def _colon(left: Node, right: Node) -> Node:
    return Binary(":", left, right, (left.span[0], right.span[1]))


def _all_factors(terms: list[Interaction]) -> Interaction:
    return tuple(dict.fromkeys(factor for term in terms for factor in term))


def _union(left: list[_Piece] | list[Interaction], right: list[_Piece] | list[Interaction]) -> list[_Piece]:
    """Join two lists; a term that is there already (whatever the order of its factors) is not added."""
    result: list[_Piece] = list(left)
    seen = {frozenset(piece) for piece in result if isinstance(piece, tuple)}
    for piece in right:
        if isinstance(piece, tuple):
            if frozenset(piece) in seen:
                continue
            seen.add(frozenset(piece))
        result.append(piece)
    return result


def _cross(left: list[Interaction], right: list[Interaction]) -> list[Interaction]:
    return [tuple(dict.fromkeys((*a, *b))) for a in left for b in right]
