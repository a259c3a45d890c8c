"""Evaluate an expression of parameters for every draw.  Only the functions below are known; there is no ``eval``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, FormulaError, suggestion, underline
from smoothstan.formula.syntax import Binary, Call, Name, Node, Number, Paren, Span, Unary, deparse
from smoothstan.posterior.hypothesis.statement import Side
from smoothstan.terms.functions import ARITHMETIC, ELEMENTWISE

_CONSTANTS = {"pi": np.pi}
Lookup = Callable[[str], FloatArray | None]
"""Name -> draws, or None if there is no such parameter."""


def _special(name: str) -> Callable[[FloatArray], FloatArray]:
    def function(x: FloatArray) -> FloatArray:
        from scipy import special

        return np.asarray(getattr(special, name)(x))

    return function


_OF_ONE: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    **ELEMENTWISE, "round": np.round, "pnorm": _special("ndtr"), "Phi": _special("ndtr"), "qnorm": _special("ndtri"),
}  # fmt: skip
_OF_SEVERAL: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = {"pmin": np.minimum, "pmax": np.maximum}
FUNCTIONS = tuple(sorted({*_OF_ONE, *_OF_SEVERAL, "log"}))


class Evaluation:
    """One walk over a side of a hypothesis."""

    def __init__(self, text: str, side: Side, lookup: Lookup, known: Callable[[], list[str]]) -> None:
        self.text = text
        self.side = side
        self.lookup = lookup
        self.known = known

    def result(self) -> FloatArray:
        """Return the value for every draw.

        Raises:
            FormulaError: for an unknown parameter or function.
            DataError: if it is not a number in some draw.
        """
        with np.errstate(all="ignore"):
            values = self._value(self.side.node)
        bad = np.isnan(values)
        if bad.any():
            raise DataError(
                f"{deparse(self.side.node).replace('`', '')} is not a number in {int(bad.sum())} of {bad.size} draws\n"
                f"{underline(self.text, self.side.place(self.side.node.span))}"
            )
        return values

    def _error(self, message: str, span: Span) -> FormulaError:
        return FormulaError(message, self.text, self.side.place(span))

    def _value(self, node: Node) -> FloatArray:
        match node:
            case Number(value=number):
                return np.asarray(number)
            case Name(name=name, span=span):
                return self._parameter(name, span)
            case Paren(inner=inner):
                return self._value(inner)
            case Unary(operator="-" | "+" as operator, operand=operand):
                values = self._value(operand)
                return np.negative(values) if operator == "-" else values
            case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
                return np.asarray(ARITHMETIC[operator](self._value(left), self._value(right)))
            case Call():
                return self._call(node)
            case Binary(operator=operator) | Unary(operator=operator):
                raise self._error(f"'{operator}' has no meaning in a hypothesis", node.span)
            case _:
                raise self._error(f"{deparse(node)} has no meaning in a hypothesis", node.span)

    def _parameter(self, name: str, span: Span) -> FloatArray:
        values = self.lookup(name)
        if values is not None:
            return values
        if name in _CONSTANTS:
            return np.asarray(_CONSTANTS[name])
        known = self.known()
        listed = f" (there are: {', '.join(known)})" if len(known) <= 30 else ""
        raise self._error(f"there is no parameter {name!r}{suggestion(name, known)}{listed}", span)

    def _call(self, node: Call) -> FloatArray:
        function = node.function
        named = [argument for argument in node.arguments if argument.name is not None]
        if function not in FUNCTIONS:
            raise self._error(
                f"the function {function}() is not known in a hypothesis{suggestion(function, FUNCTIONS)} "
                f"(known: {', '.join(FUNCTIONS)})", node.span,
            )  # fmt: skip
        if named:
            raise self._error(f"{function}() takes no named arguments here", named[0].span)
        values = [self._value(argument.value) for argument in node.arguments]
        if function == "log" and len(values) == 2:
            return np.asarray(np.log(values[0]) / np.log(values[1]))
        if function in _OF_SEVERAL:
            if len(values) < 2:
                raise self._error(f"{function}() takes two or more arguments", node.span)
            result = values[0]
            for other in values[1:]:
                result = _OF_SEVERAL[function](result, other)
            return result
        if len(values) != 1:
            raise self._error(f"{function}() takes one argument", node.span)
        return np.asarray(np.log(values[0]) if function == "log" else _OF_ONE[function](values[0]))
