"""Population-level effects: ``1 + x + f:z``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.formula import TermList
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Table
from smoothstan.terms.expression import Expression
from smoothstan.terms.model_matrix import ModelMatrix, bind_model_matrix
from smoothstan.terms.names import prior_dpar, suffix
from smoothstan.terms.term import Addend, BoundTerm, DensePart, Draws, PriorParameter, Variable


@final
@dataclass(frozen=True)
class LinearTerm(BoundTerm):
    """The population-level columns of one distributional parameter.

    With an intercept the other columns are centred in the program; ``Intercept`` is then the
    expected predictor at the mean of the columns, and ``b_Intercept`` the one at zero.  With ``center=False`` the
    intercept is an ordinary coefficient.  Columns ``beside_thresholds`` are centred too; the intercept is then another
    term's.
    """

    dpar: str
    matrix: ModelMatrix
    default_intercept: str
    center: bool = True
    beside_thresholds: bool = False

    template: ClassVar[str] = "terms/linear.stan.jinja"

    @property
    def p(self) -> str:
        """The suffix of the Stan names."""
        return suffix(self.dpar)

    @property
    def centred(self) -> bool:
        """Whether it has an intercept, beside which the program centres the columns."""
        return self.matrix.intercept and self.center

    @property
    def columns_centred(self) -> bool:
        """Whether the program centres the columns."""
        return self.centred or self.beside_thresholds

    @property
    def coefficients(self) -> tuple[str, ...]:
        """Names of the coefficients in ``b``, without the centred intercept."""
        return self.matrix.names[1:] if self.centred else self.matrix.names

    @property
    def columns(self) -> int:
        """The number of coefficients in ``b``."""
        return len(self.coefficients)

    def stan_data(self, table: Table) -> StanData:
        """Return K, X and, where the columns are centred, Kc."""
        x = self.matrix.at(table)
        data: StanData = {f"K{self.p}": x.shape[1], f"X{self.p}": x}
        if self.columns_centred:
            data[f"Kc{self.p}"] = self.columns
        return data

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return self.matrix.reads

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return the rows of the classes ``b`` (flat) and ``Intercept``."""
        dpar = prior_dpar(self.dpar)
        slots = [PriorSlot("b", dpar=dpar)] if self.coefficients else []
        slots += [PriorSlot("b", coef=name, dpar=dpar) for name in self.coefficients]
        if self.centred:
            slots.append(PriorSlot("Intercept", dpar=dpar, default=scale.fill(self.default_intercept)))
        return tuple(slots)

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The vector ``b`` and the centred intercept."""
        dpar = prior_dpar(self.dpar)
        parameters = []
        if self.coefficients:
            addresses = tuple(("b", name, "", dpar) for name in self.coefficients)
            parameters.append(PriorParameter(f"b{self.p}", addresses, tuple(map(self._label, self.coefficients))))
        if self.centred:
            address = ("Intercept", "", "", dpar)
            parameters.append(PriorParameter(f"Intercept{self.p}", (address,), (f"Intercept{self.p}",), scalar=True))
        return tuple(parameters)

    def _label(self, coefficient: str) -> str:
        return f"b{self.p}_{coefficient}"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``b_Intercept``, the coefficients, and the centred ``Intercept``."""
        named = [Variable(self._label(name), (f"b{self.p}[{i}]",)) for i, name in enumerate(self.coefficients, start=1)]
        if not self.centred:
            return tuple(named)
        original = Variable(self._label("Intercept"), (f"b{self.p}_Intercept",))
        return (original, *named, Variable(f"Intercept{self.p}", (f"Intercept{self.p}",)))

    def coefficient_names(self, dpar: str) -> tuple[tuple[str, str], ...]:
        """Return the name of every coefficient, the intercept's first, and its posterior variable."""
        if dpar != self.dpar:
            return ()
        names = (*(("Intercept",) if self.centred else ()), *self.coefficients)
        return tuple((name, self._label(name)) for name in names)

    @property
    def factors(self) -> tuple[tuple[Expression, ...], ...]:
        """The expressions that every term multiplies."""
        return tuple(tuple(factor.expression for factor in factors) for factors in self.matrix.terms)

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return ``b`` and the centred ``Intercept``."""
        found: dict[str, FloatArray] = {}
        if self.coefficients:
            found[f"b{self.p}"] = np.column_stack([draws[self._label(name)] for name in self.coefficients])
        if self.centred:
            found[f"Intercept{self.p}"] = draws[f"Intercept{self.p}"]
        return found

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the intercept at zero: that at the means of the columns, less their product with ``b``."""
        if not self.centred:
            return {}
        intercept = parameters[f"Intercept{self.p}"]
        if self.coefficients:
            intercept = intercept - parameters[f"b{self.p}"] @ self.matrix.at(table)[:, 1:].mean(axis=0)
        return {f"b{self.p}_Intercept": intercept}

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return the (centred) matrix times ``b``."""
        if dpar != self.dpar or not self.coefficients:
            return ()
        if self.columns_centred:
            return (DensePart(f"Xc{self.p}", f"b{self.p}", f"Kc{self.p}"),)
        return (DensePart(f"X{self.p}", f"b{self.p}", f"K{self.p}"),)

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return the centred intercept."""
        return (Addend(f"Intercept{self.p}", vector=False),) if dpar == self.dpar and self.centred else ()

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return X b with the uncentred intercept."""
        names = [self._label(name) for name in self.coefficients]
        if self.centred:
            names = [self._label("Intercept"), *names]
        if dpar != self.dpar or not names:
            return 0.0
        return np.asarray(np.column_stack([draws[name] for name in names]) @ self.matrix.at(table).T)

    @property
    def width(self) -> int:
        """The number of its columns."""
        return len(self.matrix.names)

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield ``b_Intercept`` and the columns of ``b``, not centred."""
        if dpar == self.dpar:
            names = (*(("Intercept",) if self.centred else ()), *self.coefficients)
            yield from zip(map(self._label, names), self.matrix.at(table).T, strict=True)


def bind_linear(
    terms: TermList, dpar: str, default_intercept: str, table: Table, text: str, *, center: bool = True,
    cmc: bool = True, thresholds: bool = False,
) -> LinearTerm:  # fmt: skip
    """Bind the population-level part of a predictor.

    Args:
        terms: what the right-hand side asks for.
        dpar: the distributional parameter.
        default_intercept: the default prior of the intercept.
        table: the rows used.
        text: the formula's text, for errors.
        center, cmc: the options of ``bf``.
        thresholds: whether thresholds stand for the intercept.
    """
    matrix = bind_model_matrix(
        terms.population,
        intercept=terms.intercept and not thresholds,
        coded_with_intercept=terms.intercept or terms.reserved_intercept or not cmc,
        table=table,
        text=text,
    )
    return LinearTerm(dpar, matrix, default_intercept, center, beside_thresholds=thresholds and center)
