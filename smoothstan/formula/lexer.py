"""Cut the text of a formula into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smoothstan.errors import FormulaError
from smoothstan.formula.syntax import Span

# Longest first: the first alternative that matches wins.
_OPERATORS = (
    "%in%", "%/%", "%%", "||", "**", "==", "!=", "<=", ">=", "&&",
    "~", "+", "-", "*", "/", "^", ":", "|", "<", ">", "!", "&", "(", ")", "[", "]", ",", "=",
)  # fmt: skip
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<quoted>`[^`]+`)
  | (?P<name>[^\W\d](?:\w|\.)*|\.(?:[^\W\d_](?:\w|\.)*)?)
  | (?P<operator>"""
    + "|".join(re.escape(op) for op in _OPERATORS)
    + ")",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind, its text and where it stands."""

    kind: str
    text: str
    span: Span


def tokenize(text: str) -> list[Token]:
    """Split ``text`` into tokens, ending with one of kind ``"end"``.

    Raises:
        FormulaError: for a character that has no meaning in a formula, or an unclosed quote.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(_token(kind, match.group(), match.span()))
        position = match.end()
    tokens.append(Token("end", "", (len(text), len(text) + 1)))
    return tokens


def _token(kind: str, text: str, span: Span) -> Token:
    if kind == "quoted":
        return Token("name", text[1:-1], span)
    return Token(kind, text, span)


def _unreadable(text: str, position: int) -> FormulaError:
    character = text[position]
    if character in "\"'`":
        return FormulaError(f"the quote {character} is never closed", text, (position, len(text)))
    return FormulaError(f"unexpected character {character!r} in the formula", text, (position, position + 1))
