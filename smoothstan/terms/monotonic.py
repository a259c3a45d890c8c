"""Monotonic effects of ordinal predictors: ``mo(x)``, alone or multiplied with other terms.

With categories 0, ..., D and a simplex zeta, mo(i) = D (zeta_1 + ... + zeta_i), so that the coefficient is the average
difference between neighbouring categories and the simplex says how it is spread.

Source: Bürkner & Charpentier (2020), British Journal of Mathematical and Statistical Psychology 73, 420-451.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.errors import NotYetSupported
from smoothstan.priors import DefaultScale, PriorSlot, PriorTable
from smoothstan.table import Table
from smoothstan.terms.expression import Expression
from smoothstan.terms.model_matrix import ModelMatrix
from smoothstan.terms.monotonic_steps import Steps, is_mo, with_ones
from smoothstan.terms.names import prior_dpar, suffix
from smoothstan.terms.term import Addend, BoundTerm, DensePart, Draws, PriorParameter, Variable, added

DEFAULT_PRIOR = "dirichlet(1)"


@dataclass(frozen=True)
class MonotonicPredictor:
    """One ``mo()`` of one coefficient.

    Args:
        steps: its argument.
        number: its number among those of the same parameter, from 1.
        label: brms's name of its simplex, e.g. ``mox:z1``.
        identifier: the ``id`` of a shared simplex, or empty.
        shape: the number of the predictor whose simplex it has: its own, or the first with the same ``id``.
    """

    steps: Steps
    number: int
    label: str
    identifier: str
    shape: int

    @property
    def owns(self) -> bool:
        """Whether the simplex is its own."""
        return self.shape == self.number

    @property
    def coef(self) -> str:
        """The coefficient under which the prior of its simplex stands."""
        return self.identifier or self.label


@dataclass(frozen=True)
class MonotonicEffect:
    """One coefficient.

    Args:
        name: brms's, e.g. ``mox:z``.
        written: the factors of its term as written.
        predictors: what is monotonic in it.
        covariate: the number of its covariate, the product of all else in the term, or 0 for none.
        column: the place of that product in the columns of the term.
    """

    name: str
    written: tuple[str, ...]
    predictors: tuple[MonotonicPredictor, ...]
    covariate: int
    column: int


@final
@dataclass(frozen=True)
class MonotonicTerm(BoundTerm):
    """The monotonic effects of one distributional parameter.

    ``matrix`` has a one in the place of every ``mo()``: its columns are the covariates.
    """

    dpar: str
    matrix: ModelMatrix
    effects: tuple[MonotonicEffect, ...]

    template: ClassVar[str] = "terms/monotonic.stan.jinja"
    penalised: ClassVar[bool] = False

    @property
    def p(self) -> str:
        """The suffix of the Stan names."""
        return suffix(self.dpar)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the coefficients."""
        return tuple(effect.name for effect in self.effects)

    @property
    def predictors(self) -> tuple[MonotonicPredictor, ...]:
        """All monotonic predictors, by number."""
        return tuple(predictor for effect in self.effects for predictor in effect.predictors)

    @property
    def covariates(self) -> tuple[MonotonicEffect, ...]:
        """The coefficients that have a covariate."""
        return tuple(effect for effect in self.effects if effect.covariate)

    def stan_data(self, table: Table) -> StanData:
        """Return Ksp, Imo, Jmo and one Csp per covariate, one Xmo per predictor, one con_simo per simplex."""
        p = self.p
        data: StanData = {
            f"Ksp{p}": len(self.effects),
            f"Imo{p}": len(self.predictors),
            f"Jmo{p}": np.asarray([predictor.steps.size for predictor in self.predictors]),
        }
        columns = self._covariates_at(table)
        data |= {f"Csp{p}_{e.covariate}": np.ascontiguousarray(columns[:, e.column]) for e in self.covariates}
        for predictor in self.predictors:
            data[f"Xmo{p}_{predictor.number}"] = predictor.steps.at(table)
            if predictor.owns:
                data[f"con_simo{p}_{predictor.number}"] = np.ones(predictor.steps.size)
        return data

    def prior_data(self, priors: PriorTable) -> StanData:
        """Return the concentrations of the priors of the simplexes."""
        found: StanData = {}
        for predictor in self.predictors:
            if predictor.owns:
                prior = priors.resolve("simo", predictor.coef, "", prior_dpar(self.dpar)).distribution
                values = (1.0,) if prior is None else prior.arguments
                found[f"con_simo{self.p}_{predictor.number}"] = np.broadcast_to(values, predictor.steps.size).copy()
        return found

    def _covariates_at(self, table: Table) -> FloatArray:
        return self.matrix.at(with_ones(table, self._calls))

    @property
    def _calls(self) -> tuple[str, ...]:
        """The monotonic factors as written."""
        return tuple(dict.fromkeys(label for effect in self.effects for label in effect.written if is_mo(label)))

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return tuple(dict.fromkeys(name for effect in self.names for name in self.effect_reads(effect)))

    def effect_reads(self, name: str) -> tuple[str, ...]:
        """Return the columns that one coefficient needs."""
        return tuple(column for expression in self._factors(self._effect(name)) for column in expression.variables)

    def _effect(self, name: str) -> MonotonicEffect:
        return next(effect for effect in self.effects if effect.name == name)

    def written(self, name: str) -> frozenset[str]:
        """Return the factors of the term of a coefficient."""
        return frozenset(self._effect(name).written)

    def _factors(self, effect: MonotonicEffect) -> tuple[Expression, ...]:
        """Return what a term multiplies: the arguments of its ``mo()`` and its other factors."""
        others = [factor.expression for term in self.matrix.terms for factor in term]
        wanted = {e.label: e for e in others if e.label in effect.written and not is_mo(e.label)}
        return (*(predictor.steps.expression for predictor in effect.predictors), *wanted.values())

    @property
    def factors(self) -> tuple[tuple[Expression, ...], ...]:
        """The expressions of every term: each alone, in pairs, and all that it multiplies."""
        found: dict[tuple[Expression, ...], None] = {}
        for term in map(self._factors, self.effects):
            found |= dict.fromkeys([*((factor,) for factor in term), *combinations(term, 2), term])
        return tuple(found)

    @property
    def whole_numbers(self) -> tuple[str, ...]:
        """The columns that stand in a ``mo()``."""
        return tuple(dict.fromkeys(v for predictor in self.predictors for v in predictor.steps.expression.variables))

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return rows of the classes ``b`` and ``simo``."""
        dpar = prior_dpar(self.dpar)
        slots = [PriorSlot("b", dpar=dpar), *(PriorSlot("b", name, dpar=dpar) for name in self.names)]
        own = (predictor for predictor in self.predictors if predictor.owns)
        slots += [PriorSlot("simo", q.coef, dpar=dpar, default=DEFAULT_PRIOR, size=q.steps.size) for q in own]
        return tuple(slots)

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The vector ``bsp`` and the simplexes."""
        dpar = prior_dpar(self.dpar)
        addresses = tuple(("b", name, "", dpar) for name in self.names)
        found = [PriorParameter(f"bsp{self.p}", addresses, tuple(map(self._label, self.names)))]
        return (*found, *(self._simplex_parameter(q, dpar) for q in self.predictors if q.owns))

    def _simplex_parameter(self, q: MonotonicPredictor, dpar: str) -> PriorParameter:
        return PriorParameter(
            f"simo{self.p}_{q.number}", (("simo", q.coef, "", dpar),), (self._simplex(q),), scalar=True,
            concentration=f"con_simo{self.p}_{q.number}", size=q.steps.size,
        )  # fmt: skip

    def _label(self, name: str) -> str:
        return f"bsp{self.p}_{name}"

    def _simplex(self, predictor: MonotonicPredictor) -> str:
        return f"simo{self.p}_{predictor.label}"

    @property
    def simplexes(self) -> tuple[tuple[str, str, int], ...]:
        """(label, posterior variable, size) of every simplex, shared ones once per use as in brms."""
        return tuple((q.label, self._simplex(q), q.steps.size) for q in self.predictors)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``bsp_mox``, and the simplexes ``simo_mox1`` with an element per step."""
        found = [Variable(self._label(name), (f"bsp{self.p}[{i}]",)) for i, name in enumerate(self.names, start=1)]
        for q in self.predictors:
            columns = tuple(f"simo{self.p}_{q.shape}[{i + 1}]" for i in range(q.steps.size))
            labels = tuple(str(i + 1) for i in range(q.steps.size))
            found.append(Variable(self._simplex(q), columns, (f"{self._simplex(q)}_dim",), (labels,)))
        return tuple(found)

    def coefficient_names(self, dpar: str) -> tuple[tuple[str, str], ...]:
        """Return the name of every coefficient, and its posterior variable."""
        return tuple((name, self._label(name)) for name in self.names) if dpar == self.dpar else ()

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return ``bsp`` and the simplexes."""
        found = {f"bsp{self.p}": np.column_stack([draws[self._label(name)] for name in self.names])}
        return found | {f"simo{self.p}_{q.number}": draws[self._simplex(q)] for q in self.predictors if q.owns}

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return nothing: the columns hang on parameters."""
        return ()

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return one vector per coefficient."""
        if dpar != self.dpar:
            return ()
        return tuple(Addend(self._product(e, f"bsp{self.p}[{i}] * ")) for i, e in enumerate(self.effects, start=1))

    def expression(self, name: str) -> str:
        """Return the Stan expression of the vector that multiplies a coefficient."""
        return self._product(self._effect(name), "")

    def _product(self, effect: MonotonicEffect, coefficient: str) -> str:
        """Multiply the heights of the steps by the coefficient before they are spread over the rows."""
        p = self.p
        parts = [f"monotonic(simo{p}_{q.shape})[step{p}_{q.number}]" for q in effect.predictors]
        if coefficient:
            first = effect.predictors[0]
            parts[0] = f"({coefficient}monotonic(simo{p}_{first.shape}))[step{p}_{first.number}]"
        if effect.covariate:
            parts.append(f"Csp{p}_{effect.covariate}")
        return " .* ".join(parts)

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return the sum over coefficients of bsp times the monotonic values and the covariate, (draws, rows)."""
        total: FloatArray | float = 0.0
        for effect in self.effects if dpar == self.dpar else ():
            total = added(total, draws[self._label(effect.name)][:, None] * self.values(effect.name, draws, table))
        return total

    def values(self, name: str, draws: Draws, table: Table) -> FloatArray:
        """Return what multiplies a coefficient, (draws, rows), a new array."""
        effect = self._effect(name)
        heights = (_heights(draws[self._simplex(q)])[:, q.steps.at(table)] for q in effect.predictors)
        product: FloatArray = reduce(np.multiply, heights)
        if effect.covariate:
            product = product * self._covariates_at(table)[:, effect.column]
        return product

    @property
    def width(self) -> int:
        """How many numbers it computes for every row."""
        return len(self.effects)

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Refuse: the columns of monotonic effects are not data."""
        if dpar == self.dpar:
            raise NotYetSupported(f"{self._calls[0]} has no column in the design: its values hang on a simplex")
        yield from ()


def _heights(simplex: FloatArray) -> FloatArray:
    """Return D times the cumulative sums of (draws, D) simplexes, from zero: (draws, D + 1)."""
    sums = np.cumsum(simplex, axis=1) * simplex.shape[1]
    return np.concatenate([np.zeros((len(simplex), 1)), sums], axis=1)
