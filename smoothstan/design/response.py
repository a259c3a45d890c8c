"""The response and its additions (trials, weights)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import DataError, FamilyError, FormulaError, NotYetSupported, underline
from smoothstan.families import Family, Response
from smoothstan.families.family import first_offender
from smoothstan.formula import ModelFormula
from smoothstan.formula.syntax import Call, Span, deparse
from smoothstan.table import Factor, Numeric, Table
from smoothstan.terms import Expression, bind_expression, check_functions
from smoothstan.terms.expression import as_numbers, bind_numbers

BUILT_ADDITIONS = ("trials", "weights")
# The largest integer of Stan.
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class BoundResponse:
    """The response expression and its additions, bound to data.

    ``numeric`` is False for a factor or logical; ``coding`` holds the two values that stand for 0 and 1
    where a binary response came in others.
    """

    expression: Expression
    additions: tuple[tuple[str, Expression], ...]
    discrete: bool
    numeric: bool = True
    coding: tuple[float, float] | None = None

    @property
    def label(self) -> str:
        """What the user wrote."""
        return self.expression.label

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the response and of its additions."""
        return (*self.expression.variables, *self.addition_reads(BUILT_ADDITIONS))

    def addition_reads(self, names: Sequence[str]) -> tuple[str, ...]:
        """The columns of the named additions."""
        return tuple(column for name, e in self.additions if name in names for column in e.variables)

    def at(self, table: Table) -> Response:
        """Return the response and the additions on a table."""
        return Response(self.label, self.values(table), **self.additions_at(table))

    def values(self, table: Table) -> FloatArray:
        """Return the (n,) response on a table, a binary one as 0 and 1."""
        value = self.expression.at(table)
        if isinstance(value, Factor):
            y = value.codes.astype(float)
        else:
            y = as_numbers(value, self.expression.node, self.expression.text)
        if self.coding is not None:
            y = _coded(y, self.coding, self.label)
        return y

    def additions_at(self, table: Table, names: Sequence[str] = BUILT_ADDITIONS) -> dict[str, FloatArray]:
        """Return the named additions on a table; values that they cannot have are refused."""
        chosen = {name: expression for name, expression in self.additions if name in names}
        values = {name: expression.numbers_at(table) for name, expression in chosen.items()}
        for name, expression in chosen.items():
            _check_addition(name, values[name], expression, expression.node.span)
        return values

    def stan_data(self, table: Table) -> StanData:
        """Return N, Y and the additions under brms's names."""
        response = self.at(table)
        y = response.y.astype(np.int64) if self.discrete else response.y
        data: StanData = {"N": table.n, "Y": y}
        if response.trials is not None:
            data["trials"] = response.trials.astype(np.int64)
        if response.weights is not None:
            data["weights"] = response.weights
        return data


def bind_response(formula: ModelFormula, family: Family, table: Table) -> BoundResponse:
    """Bind the response; check its kind and that every value lies in the family's support.

    Raises:
        FormulaError, DataError, FamilyError: naming the place, what was found and what is allowed.
    """
    text = formula.text
    _check_additions(formula.additions, family, text)
    check_functions(formula.response, text)
    expression, value = bind_expression(formula.response, table, text)
    if isinstance(value, Factor):
        _refuse_factor(value, family, formula)
        coding = None
    else:
        coding = _binary_coding(as_numbers(value, formula.response, text), family)
    additions = tuple((call.function, _bind_addition(call, table, text)) for call in formula.additions)
    numeric = isinstance(value, Numeric) and coding is None
    bound = BoundResponse(expression, additions, family.discrete, numeric, coding)
    response = bound.at(table)
    family.check_response(response)
    if family.discrete:
        first_offender(response, response.y > _LARGEST, f"whole numbers up to {_LARGEST}", family.name)
    return bound


def _refuse_factor(value: Factor, family: Family, formula: ModelFormula) -> None:
    """Let only a factor with two levels pass, and only where the family is binary."""
    if family.binary and len(value.levels) == 2:
        return
    needed = "0 and 1 or a factor with two levels" if family.binary else "numbers"
    raise FamilyError(
        f"family {family.name} needs {needed}, but {deparse(formula.response)} is a factor with "
        f"{len(value.levels)} levels\n{underline(formula.text, formula.response.span)}"
    )


def _binary_coding(y: FloatArray, family: Family) -> tuple[float, float] | None:
    """Return the two values of a binary response that are not 0 and 1; the smaller stands for 0, as in brms."""
    values = np.unique(y)
    if not family.binary or len(values) != 2 or set(values) <= {0.0, 1.0}:
        return None
    return float(values[0]), float(values[1])


def _coded(y: FloatArray, coding: tuple[float, float], label: str) -> FloatArray:
    other = ~np.isin(y, coding)
    if other.any():
        row = int(np.argmax(other))
        raise DataError(
            f"the response {label!r} was coded {coding[0]:g} and {coding[1]:g} in the fit; "
            f"it is {y[row]:g} in row {row} (rows count from 0)"
        )
    return np.asarray(y == coding[1], dtype=float)


def _check_additions(calls: Sequence[Call], family: Family, text: str) -> None:
    given = {call.function for call in calls}
    for call in calls:
        if call.function not in BUILT_ADDITIONS:
            raise NotYetSupported(f"the addition {call.function}() is not built yet", text, call.span)
        if call.function not in family.optional_additions:
            raise FormulaError(f"family {family.name} has no use for {call.function}()", text, call.span)
    for name in family.required_additions:
        if name not in given:
            raise FormulaError(
                f"family {family.name} needs {name}(): write 'y | {name}(n) ~ ...'", text, (0, len(text))
            )


def _bind_addition(call: Call, table: Table, text: str) -> Expression:
    if len(call.arguments) != 1 or call.arguments[0].name is not None:
        raise FormulaError(f"{call.function}() takes one column or number", text, call.span)
    node = call.arguments[0].value
    check_functions(node, text)
    expression, values = bind_numbers(node, table, text)
    _check_addition(call.function, values, expression, call.span)
    return expression


def _check_addition(name: str, values: FloatArray, expression: Expression, span: Span) -> None:
    needs, allowed = _SUPPORT[name]
    bad = ~allowed(values)
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(
            f"{name}() needs {needs}; {expression.label} is {values[row]:g} in row {row} of the rows used "
            f"(rows count from 0)\n{underline(expression.text, span)}"
        )


_SUPPORT: dict[str, tuple[str, Callable[[FloatArray], np.ndarray]]] = {
    "trials": ("whole numbers from 0 to 2147483647", lambda v: (v >= 0) & (v <= _LARGEST) & (v == np.floor(v))),
    "weights": ("numbers >= 0", lambda v: v >= 0),
}
