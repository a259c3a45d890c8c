"""Read the text of a hypothesis: two expressions with a comparison between them.

Names are those of the posterior, such as ``x:fb`` or ``r_g[a b,Intercept]``; a colon or a bracket is part of the name.
Names are put into backquotes before the formula's parser reads them, and its errors point at the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from smoothstan.errors import FormulaError
from smoothstan.formula import parse
from smoothstan.formula.syntax import Node, Span

_OPERATORS = {"=": "=", "==": "=", "<": "<", ">": ">"}
_PIECE = re.compile(
    r"""
    (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<quoted>`[^`]*`)
  | (?P<name>(?:[^\W\d]|\.(?!\d))(?:\w|\.|:)*(?:\[[^\]]*\])?)
  | (?P<operator><=|>=|!=|==|=|<|>|~)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Side:
    """One side of a hypothesis.

    Args:
        node: its syntax tree.
        text: as written, without spaces.
        place: span in the tree -> span in the hypothesis.
    """

    node: Node
    text: str
    place: Callable[[Span], Span]


@dataclass(frozen=True)
class Statement:
    """``left operator right``.

    Args:
        text: as written.
        left, right: the two sides.
        operator: ``"="``, ``"<"`` or ``">"``.
    """

    text: str
    left: Side
    right: Side
    operator: str

    @property
    def label(self) -> str:
        """The hypothesis about the difference of the sides, as brms writes it: ``(x)-(z) > 0``."""
        right = "" if self.right.text == "0" else f"-({self.right.text})"
        return f"({self.left.text}){right} {self.operator} 0"


def read_statement(text: str) -> Statement:
    """Read a hypothesis such as ``"x - z > 0"`` or ``"exp(Intercept) = 2"``.

    Raises:
        FormulaError: if it has no comparison or more than one, or a side cannot be read; with a caret under the place.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a hypothesis is a text such as 'x > 0', got {text!r}")
    found = [match for match in _PIECE.finditer(text) if match.lastgroup == "operator"]
    if not found:
        raise FormulaError("a hypothesis compares two sides by '=', '<' or '>'", text, (0, len(text)))
    for match in found:
        if match.group() not in _OPERATORS:
            raise FormulaError(
                f"a hypothesis compares by '=', '<' or '>', not by '{match.group()}'", text, match.span()
            )
    if len(found) > 1:
        raise FormulaError("a hypothesis has one comparison; test several hypotheses instead", text, found[1].span())
    start, end = found[0].span()
    if text[:start].strip().startswith("(") and _unclosed(text[:start]):
        raise FormulaError("the comparison cannot stand in parentheses", text, (start, end))
    return Statement(text, _side(text, 0, start), _side(text, end, len(text)), _OPERATORS[found[0].group()])


def _unclosed(text: str) -> bool:
    return text.count("(") > text.count(")")


def _side(text: str, start: int, end: int) -> Side:
    part = text[start:end]
    if not part.strip():
        where = "left" if start == 0 else "right"
        raise FormulaError(f"there is nothing {where} of the comparison", text, (max(start - 1, 0), end + (start == 0)))
    quoted, origin = _quote_names(part)

    def place(span: Span) -> Span:
        first, last = (origin[min(at, len(origin) - 1)] for at in span)
        return start + first, start + max(last, first + 1)

    try:
        node = parse(quoted)
    except FormulaError as fault:
        raise FormulaError(fault.message, text, place(fault.span or (0, len(quoted)))) from None
    return Side(node, "".join(part.split()), place)


def _quote_names(text: str) -> tuple[str, list[int]]:
    """Put backquotes around the names of parameters; return the text and where each of its characters came from."""
    pieces: list[str] = []
    origin: list[int] = []
    position = 0
    for match in _PIECE.finditer(text):
        start, end = match.span()
        pieces.append(text[position:start])
        origin += range(position, start)
        is_name = match.lastgroup == "name" and not text[end:].lstrip().startswith("(")
        pieces.append(f"`{match.group()}`" if is_name else match.group())
        origin += [start, *range(start, end), end - 1] if is_name else range(start, end)
        position = end
    pieces.append(text[position:])
    origin += range(position, len(text) + 1)
    return "".join(pieces), origin
