"""Category specific effects, ``cs(x)``: a coefficient of every column for every threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import FormulaError
from smoothstan.formula import expand
from smoothstan.formula.syntax import Binary, Call, Node
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Table
from smoothstan.terms.expression import Expression
from smoothstan.terms.model_matrix import ModelMatrix, bind_model_matrix
from smoothstan.terms.term import Draws, PriorParameter, Supply, TermBeside, Variable


@final
@dataclass(frozen=True)
class CategoryTerm(TermBeside):
    """Columns whose coefficients differ by threshold; their product is taken off the thresholds.

    Args:
        matrix: the columns.
        thresholds: the number of thresholds.
    """

    matrix: ModelMatrix
    thresholds: int

    template: ClassVar[str] = "terms/category_effects.stan.jinja"

    def stan_data(self, table: Table) -> StanData:
        """Return Kcs and Xcs."""
        x = self.matrix.at(table)
        return {"Kcs": x.shape[1], "Xcs": x}

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return self.matrix.reads

    @property
    def factors(self) -> tuple[tuple[Expression, ...], ...]:
        """The expressions that every term multiplies."""
        return tuple(tuple(factor.expression for factor in factors) for factors in self.matrix.terms)

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return rows of the class ``b``, flat; all coefficients of a column share one."""
        return (PriorSlot("b"), *(PriorSlot("b", coef=name) for name in self.matrix.names))

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The rows of the matrix of coefficients."""
        return tuple(
            PriorParameter(f"bcs[{i}]", (("b", name, "", ""),) * self.thresholds, self._names(name))
            for i, name in enumerate(self.matrix.names, start=1)
        )

    def _names(self, coefficient: str) -> tuple[str, ...]:
        return tuple(f"bcs_{coefficient}[{k}]" for k in range(1, self.thresholds + 1))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``bcs_x[1]``, ``bcs_x[2]``, ..."""
        return tuple(
            Variable(variable, (f"bcs[{i},{k}]",))
            for i, name in enumerate(self.matrix.names, start=1)
            for k, variable in enumerate(self._names(name), start=1)
        )

    def coefficient_names(self, dpar: str) -> tuple[tuple[str, str], ...]:
        """Return label and posterior name of the coefficients."""
        if dpar != "mu":
            return ()
        names = [name for column in self.matrix.names for name in self._names(column)]
        return tuple((name.removeprefix("bcs_"), name) for name in names)

    def _coefficients(self, draws: Draws) -> FloatArray:
        """Return the (draws, columns, thresholds) coefficients."""
        rows = [np.column_stack([draws[name] for name in self._names(column)]) for column in self.matrix.names]
        return np.stack(rows, axis=1)

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return the matrix of coefficients."""
        return {"bcs": self._coefficients(draws)}

    @property
    def width(self) -> int:
        """The number of its columns."""
        return len(self.matrix.names)

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """The matrix of the effects on every threshold."""
        return (Supply("category", "mucs", "matrix[N, nthres]", "Xcs * bcs"),)

    @property
    def supplied_names(self) -> tuple[str, ...]:
        """The thresholds."""
        return ("thresholds",)

    def supplied(self, draws: Draws, table: Table) -> dict[str, FloatArray]:
        """Return what it adds to the thresholds, (draws, rows, K)."""
        return {"thresholds": -np.einsum("np,spk->snk", self.matrix.at(table), self._coefficients(draws))}


def bind_category_effects(calls: Sequence[Call], thresholds: int, table: Table, text: str) -> CategoryTerm | None:
    """Bind the columns of all ``cs()`` of a predictor, coded as beside an intercept; None if there are none."""
    parts = expand(reduce(_sum, (_argument(call, text) for call in calls)), text)
    for stray in (*parts.offsets, *parts.specials, *parts.groups):
        raise FormulaError("cs() holds population-level terms only", text, stray.span)
    if not parts.population:
        return None
    matrix = bind_model_matrix(parts.population, intercept=False, coded_with_intercept=True, table=table, text=text)
    return CategoryTerm(matrix, thresholds)


def _argument(call: Call, text: str) -> Node:
    if len(call.arguments) != 1 or call.arguments[0].name is not None:
        raise FormulaError("cs() takes one expression, e.g. cs(x + z)", text, call.span)
    return call.arguments[0].value


def _sum(left: Node, right: Node) -> Node:
    return Binary("+", left, right, (left.span[0], right.span[1]))
