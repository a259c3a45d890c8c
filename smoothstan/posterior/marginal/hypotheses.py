"""Comparisons of the rows of a result with each other, on the draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import FormulaError, OptionError
from smoothstan.formula import parse
from smoothstan.formula.syntax import Binary, Call, Name, Node, Number, Paren, Unary
from smoothstan.terms.functions import ARITHMETIC, ELEMENTWISE

if TYPE_CHECKING:
    import pandas as pd

_MOST = 10_000
_WORDS = re.compile(r"\s*(?:(?P<how>\w+)?\s*~)?\s*(?P<pairs>\w+)\s*(?:\|\s*(?P<group>.+?))?\s*")
_INDEX = re.compile(r"b([0-9]+)")


@dataclass(frozen=True)
class Compared:
    """The labels and the (draws, m) draws of comparisons."""

    labels: pd.DataFrame
    draws: FloatArray


def compare_rows(hypothesis: Any, table: pd.DataFrame, names: Sequence[str], draws: FloatArray) -> Compared:
    """Compare the rows of a result.

    Args:
        hypothesis: ``"pairwise"``, ``"reference"``, ``"sequential"`` or these with ``rev`` in front, also as
            ``"ratio ~ pairwise | group"``; an equation such as ``"b1 - b2 = 0"``, in which ``b1`` is the first row, and
            a row's ``term`` its name; a list of equations; an array of weights, (rows,) or (rows, m); or a function
            of (draws, rows) draws.
        table: the rows.
        names: the columns that tell rows apart.
        draws: (draws, rows).

    Raises:
        OptionError, FormulaError: for anything else.
    """
    import pandas as pd

    if callable(hypothesis):
        return _numbered(_result_of(hypothesis, draws))
    if isinstance(hypothesis, str):
        words = _WORDS.fullmatch(hypothesis)
        if words is not None and words["pairs"] in _PAIRS and "=" not in hypothesis:
            return _pairs(words["how"] or "difference", words["pairs"], words["group"], table, names, draws)
        hypothesis = [hypothesis]
    if isinstance(hypothesis, (list, tuple)) and hypothesis and all(isinstance(h, str) for h in hypothesis):
        values = np.column_stack([_equation(text, table, draws) for text in hypothesis])
        return Compared(pd.DataFrame({"term": ["".join(text.split()) for text in hypothesis]}), values)
    if isinstance(hypothesis, (np.ndarray, list, tuple)):
        return _weighted(hypothesis, draws)
    raise OptionError(
        f"hypothesis is one of {', '.join(_PAIRS)}, an equation such as 'b1 - b2 = 0', an array of weights, or a "
        f"function of the draws; got {hypothesis!r}"
    )


def _result_of(function: Callable[[FloatArray], Any], draws: FloatArray) -> FloatArray:
    values = np.asarray(function(draws), dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) != len(draws):
        raise OptionError(
            f"a function as hypothesis takes draws of shape {draws.shape} and returns one row per draw; it returned "
            f"{values.shape}"
        )
    return values


def _numbered(draws: FloatArray) -> Compared:
    import pandas as pd

    return Compared(pd.DataFrame({"term": [f"H{i + 1}" for i in range(draws.shape[1])]}), draws)


def _weighted(weights: Any, draws: FloatArray) -> Compared:
    try:
        matrix = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2 or len(matrix) != draws.shape[1]:
        raise OptionError(
            f"an array as hypothesis has one row per row of the result, {draws.shape[1]}, got {weights!r}"
        )
    return _numbered(draws @ matrix)


def _pairs(
    how: str, pairs: str, group: str | None, table: pd.DataFrame, names: Sequence[str], draws: FloatArray
) -> Compared:
    import pandas as pd

    if how not in _HOW:
        raise OptionError(f"a hypothesis compares by {' or '.join(_HOW)}, got {how!r}")
    if group is not None and group not in table:
        raise OptionError(f"the result has no column {group!r} to group a hypothesis by ({', '.join(names)})")
    groups = [np.arange(len(table))] if group is None else list(table.groupby(group, observed=True).indices.values())
    places = [(int(rows[a]), int(rows[b])) for rows in groups for a, b in _PAIRS[pairs](len(rows))]
    if not places:
        raise OptionError(f"hypothesis={pairs!r} needs at least two rows to compare")
    if len(places) > _MOST:
        raise OptionError(
            f"hypothesis={pairs!r} compares {len(places)} pairs of rows, more than {_MOST}; average with by="
        )
    function, sign = _HOW[how]
    with np.errstate(all="ignore"):
        values = function(draws[:, [a for a, _ in places]], draws[:, [b for _, b in places]])
    written = _row_labels(table, [name for name in names if name != group])
    labels = {"term": [f"({written[a]}) {sign} ({written[b]})" for a, b in places]}
    if group is not None:
        return Compared(pd.DataFrame({group: table[group].iloc[[a for a, _ in places]].to_numpy()} | labels), values)
    return Compared(pd.DataFrame(labels), values)


_HOW: Mapping[str, tuple[Callable[..., Any], str]] = {"difference": (np.subtract, "-"), "ratio": (np.divide, "/")}

_Pairing = Callable[[int], list[tuple[int, int]]]
_FORWARD: Mapping[str, _Pairing] = {
    "reference": lambda n: [(i, 0) for i in range(1, n)],
    "sequential": lambda n: [(i, i - 1) for i in range(1, n)],
    "pairwise": lambda n: [(b, a) for a, b in combinations(range(n), 2)],
}


def _backward(pairing: _Pairing) -> _Pairing:
    return lambda n: [(b, a) for a, b in pairing(n)]


_PAIRS: Mapping[str, _Pairing] = {**_FORWARD, **{f"rev{name}": _backward(p) for name, p in _FORWARD.items()}}


def _row_labels(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    varying = [name for name in names if table[name].nunique(dropna=False) > 1]
    if not varying:
        return [f"b{i + 1}" for i in range(len(table))]
    return [", ".join(map(str, row)) for row in table[varying].itertuples(index=False)]


def _equation(text: str, table: pd.DataFrame, draws: FloatArray) -> FloatArray:
    """Return left minus right, (draws,)."""
    sides = text.split("=")
    if len(sides) > 2 or any(sign in text for sign in "<>!"):
        raise OptionError(f"a hypothesis is an equation with one '=', such as 'b1 - b2 = 0', got {text!r}")
    values = [_Arithmetic(side, table, draws).value(parse(side)) for side in sides]
    difference = values[0] - values[1] if len(values) == 2 else values[0]
    return np.broadcast_to(np.asarray(difference, dtype=float), (len(draws),))


@dataclass(frozen=True)
class _Arithmetic:
    text: str
    table: pd.DataFrame
    draws: FloatArray

    def value(self, node: Node) -> Any:
        match node:
            case Number(value=value):
                return value
            case Paren(inner=inner):
                return self.value(inner)
            case Name(name=name):
                return self.row(name, node)
            case Unary(operator="-", operand=operand):
                return -self.value(operand)
            case Unary(operator="+", operand=operand):
                return self.value(operand)
            case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
                with np.errstate(all="ignore"):
                    return ARITHMETIC[operator](self.value(left), self.value(right))
            case Call(function=function, arguments=(argument,)) if function in ELEMENTWISE or function == "log":
                with np.errstate(all="ignore"):
                    return (np.log if function == "log" else ELEMENTWISE[function])(self.value(argument.value))
            case _:
                message = "a hypothesis holds numbers, rows (b1, b2, ...), + - * / ^ and functions such as exp()"
                raise FormulaError(message, self.text, node.span)

    def row(self, name: str, node: Name) -> FloatArray:
        """Return the draws of a row: by its number, or by its term if no other row has the same."""
        terms = [str(term) for term in self.table["term"]] if "term" in self.table else []
        if terms.count(name) == 1:
            return self.draws[:, terms.index(name)]
        index = _INDEX.fullmatch(name)
        count = self.draws.shape[1]
        if index is not None and 1 <= int(index[1]) <= count:
            return self.draws[:, int(index[1]) - 1]
        if name in terms:
            message = f"several rows have the term {name!r}; write b1 for the first row of the result, b2 ..."
        else:
            message = f"there is no row {name!r}; the result has the rows b1 to b{count}"
        raise FormulaError(message, self.text, node.span)
