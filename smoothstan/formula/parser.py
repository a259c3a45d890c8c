"""Read a formula with a Pratt parser (V. R. Pratt, 1973, 'Top down operator precedence').

The binding powers are R's, so that a formula pasted from R means the same here.
"""

from __future__ import annotations

import math
import re

from smoothstan.errors import FormulaError
from smoothstan.formula.lexer import Token, tokenize
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
)

# operator -> (left, right) binding power; right below left makes it right-associative.
_INFIX = {
    "~": (1, 2),
    "|": (5, 6), "||": (5, 6),
    "&": (7, 8), "&&": (7, 8),
    "==": (11, 12), "!=": (11, 12), "<": (11, 12), ">": (11, 12), "<=": (11, 12), ">=": (11, 12),
    "+": (13, 14), "-": (13, 14),
    "*": (15, 16), "/": (15, 16),
    "%in%": (17, 18), "%/%": (17, 18), "%%": (17, 18),
    ":": (19, 20),
    "^": (24, 23), "**": (24, 23),
}  # fmt: skip
_PREFIX = {"-": 21, "+": 21, "!": 9, "~": 1}
_CONSTANTS = {
    "TRUE": (True, "TRUE"), "True": (True, "TRUE"),
    "FALSE": (False, "FALSE"), "False": (False, "FALSE"),
    "NULL": (None, "NULL"), "None": (None, "NULL"), "NA": (None, "NA"),
    "Inf": (float("inf"), "Inf"),
}  # fmt: skip
_RESERVED = frozenset({"function", "if", "else", "for", "while", "repeat", "break", "next"})
# Well below Python's own limit of recursion; five frames a level.
_DEEPEST = 100
_LONGEST = 200


def parse(text: str) -> Node:
    """Parse one formula (with or without a left-hand side) into its syntax tree.

    Raises:
        FormulaError: with a caret under the place where the text stops making sense.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a string, got {type(text).__name__}")
    if not text.strip():
        raise FormulaError("the formula is empty; write something like 'y ~ x + (1 | g)'")
    parser = _Parser(text)
    node = parser.expression(0)
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        self.depth = 0
        self.enclosed = 0
        self.has_tilde = False

    @property
    def current(self) -> Token:
        return self.tokens[self.position]

    def advance(self) -> Token:
        token = self.current
        self.position += 1
        return token

    def at(self, operator: str) -> bool:
        return self.current.kind == "operator" and self.current.text == operator

    def error(self, message: str, span: Span | None = None) -> FormulaError:
        return FormulaError(message, self.text, span or self.current.span)

    def expect(self, operator: str, opened: Token) -> Token:
        if not self.at(operator):
            if self.current.kind == "end":
                raise self.error(f"'{opened.text}' is never closed", opened.span)
            raise self.error(f"expected '{operator}', found '{self.current.text}'")
        return self.advance()

    def expect_end(self) -> None:
        token = self.current
        if token.kind == "end":
            return
        if token.text in (")", "]"):
            raise self.error(f"'{token.text}' closes nothing")
        if token.kind == "operator" and token.text in ("=", ","):
            raise self.error(f"'{token.text}' is only allowed inside a call; separate terms with '+'")
        raise self.error(f"expected an operator such as '+' before '{token.text}'")

    def expression(self, minimum: int) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"the formula is nested more than {_DEEPEST} levels deep")
        left = self.prefix()
        count = 0
        while (token := self.current).kind == "operator" and token.text in _INFIX:
            left_power, right_power = _INFIX[token.text]
            if left_power < minimum:
                break
            count += self.enclosed > 0 or token.text not in ("+", "-")
            if count > _LONGEST:
                raise self.error(f"more than {_LONGEST} operators in a row")
            self.tilde(token)
            self.advance()
            right = self.expression(right_power)
            operator = "^" if token.text == "**" else token.text
            left = Binary(operator, left, right, (left.span[0], right.span[1]))
        self.depth -= 1
        return left

    def tilde(self, token: Token) -> None:
        if token.text == "~":
            if self.has_tilde:
                raise self.error("a formula has only one '~'", token.span)
            self.has_tilde = True

    def enclosed_expression(self) -> Node:
        self.enclosed += 1
        node = self.expression(0)
        self.enclosed -= 1
        return node

    def prefix(self) -> Node:
        token = self.advance()
        if token.kind == "number":
            return Number(float(token.text.rstrip("L")), token.span)
        if token.kind == "string":
            return Text(_unquote(token.text), token.span)
        if token.kind == "name":
            return self.name(token)
        if token.kind == "operator" and token.text == "(":
            inner = self.enclosed_expression()
            closing = self.expect(")", token)
            return Paren(inner, (token.span[0], closing.span[1]))
        if token.kind == "operator" and token.text == "[":
            return self.call(Token("name", "c", token.span), token, "]")
        if token.kind == "operator" and token.text in _PREFIX and (token.text != "~" or self.position == 1):
            self.tilde(token)
            operand = self.expression(_PREFIX[token.text])
            return Unary(token.text, operand, (token.span[0], operand.span[1]))
        if token.kind == "end":
            raise self.error("the formula ends where a term is expected", token.span)
        raise self.error(f"expected a term, found '{token.text}'", token.span)

    def name(self, token: Token) -> Node:
        quoted = self.text[token.span[0]] == "`"
        if not quoted and token.text in _RESERVED:
            raise self.error(f"'{token.text}' has no meaning in a formula", token.span)
        if self.at("("):
            return self.call(token, self.advance(), ")")
        if not quoted and token.text == "Inf":
            return Number(math.inf, token.span)
        if not quoted and token.text in _CONSTANTS:
            value, spelling = _CONSTANTS[token.text]
            return Constant(value, spelling, token.span)
        return Name(token.text, token.span)

    def call(self, function: Token, opened: Token, closing: str) -> Call:
        arguments: list[Argument] = []
        while not self.at(closing):
            arguments.append(self.argument())
            if not self.at(","):
                break
            self.advance()
        end = self.expect(closing, opened)
        return Call(function.text, tuple(arguments), (function.span[0], end.span[1]))

    def argument(self) -> Argument:
        following = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        if self.current.kind == "name" and following.kind == "operator" and following.text == "=":
            name = self.advance()
            self.advance()
            return Argument(name.text, self.enclosed_expression(), name.span)
        return Argument(None, self.enclosed_expression())


def _unquote(text: str) -> str:
    """Remove the quotes and the backslashes that protect a character."""
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
