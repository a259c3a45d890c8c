"""A model bound to its data: everything but the priors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.design.response import BoundResponse
from smoothstan.errors import DataError
from smoothstan.families import LINKS, Family, Response
from smoothstan.formula import ModelFormula
from smoothstan.priors import DefaultScale, PriorSlot, default_scale
from smoothstan.table import Column, Table, conform, read_table, unknown_factor
from smoothstan.terms import AuxiliaryTerm, BoundTerm, CategoryTerm, Draws, GroupTerm, OffsetTerm, Supply, added


@dataclass(frozen=True)
class Design:
    """Response, family and bound terms, with the rows that are used.

    Args:
        formula: what was written.
        family: the response family.
        response: the response and its additions.
        predicted: the distributional parameters that have a linear predictor, ``mu`` first.
        terms: all bound terms.
        table: the model's columns, complete rows only.
        dropped: the number of rows left out for missing values.
    """

    formula: ModelFormula
    family: Family
    response: BoundResponse
    predicted: tuple[str, ...]
    terms: tuple[BoundTerm, ...]
    table: Table
    dropped: int

    @property
    def n(self) -> int:
        """The number of rows used."""
        return self.table.n

    @cached_property
    def observed(self) -> Response:
        """The response at the rows used."""
        return self.response.at(self.table)

    @property
    def groups(self) -> tuple[GroupTerm, ...]:
        """The groupings."""
        return tuple(term for term in self.terms if isinstance(term, GroupTerm))

    @property
    def category_effects(self) -> CategoryTerm | None:
        """The effects that differ by threshold, if there are any."""
        return next((term for term in self.terms if isinstance(term, CategoryTerm)), None)

    def stan_data(self, *, prior_only: bool = False) -> StanData:
        """Return the data for Stan under brms's names."""
        data = self.response.stan_data(self.table)
        data |= {constant.name: constant.value for constant in self.family.constants}
        for term in self.terms:
            data |= term.stan_data(self.table)
        return data | {"prior_only": int(prior_only)}

    def released(self) -> Design:
        """Return the design without what its terms keep of the data only to save time."""
        return replace(self, terms=tuple(term.released() for term in self.terms))

    @property
    def scale(self) -> DefaultScale:
        """Location and scale of the default priors."""
        if not self.response.numeric:
            return DefaultScale()
        offsets = [t for t in self.terms if isinstance(t, OffsetTerm) and t.dpar == "mu"]
        mean_offset = sum(float(np.mean(t.values(self.table))) for t in offsets)
        link = LINKS["log"] if self.family.log_scale else self.family.link("mu")
        return default_scale(self.observed.y, link, mean_offset)

    def prior_slots(self) -> tuple[PriorSlot, ...]:
        """Return the rows of the prior table."""
        scale = self.scale
        slots = [slot for term in self.terms for slot in term.prior_slots(scale)]
        classes = {slot.class_ for slot in slots}
        return (*(PriorSlot(c, shared=True) for c in self.family.shared_priors if c in classes), *slots)

    @cached_property
    def supplies(self) -> tuple[Supply, ...]:
        """What the terms give to the family beside linear predictors; values under one name are added."""
        found: dict[str, Supply] = {}
        for supply in (supply for term in self.terms for supply in term.supplies):
            same = found.get(supply.name)
            found[supply.name] = supply if same is None else replace(same, value=f"{same.value} + {supply.value}")
        return tuple(found.values())

    def predictor_reads(self) -> tuple[str, ...]:
        """Return the columns that predictions need."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.reads))

    def at(
        self, new_data: Any, *, additions: tuple[str, ...] = (), response: bool = False, new_levels: bool = False,
        observed: bool = False,
    ) -> Table:  # fmt: skip
        """Check new data against the data of the fit and return its columns.

        Args:
            new_data: anything that ``read_table`` takes.
            additions: the additions to the response (``"trials"``, ...) whose columns are needed.
            response: whether the response and all its additions are needed.
            new_levels: let groupings have levels that the fit has not seen; a missing value, and in every row
                a column that is not there, is one of them.
            observed: whether the response is needed, without its additions.

        Raises:
            DataError: for a missing column or value, another kind of column, or an unknown level.
        """
        needed = dict.fromkeys((*self.predictor_reads(), *self.response.addition_reads(additions)))
        if observed:
            needed |= dict.fromkeys(self.response.expression.variables)
        if response:
            needed |= dict.fromkeys(self.response.reads)
        table = read_table(new_data, needed)
        grouping_only = self.grouping_only()
        if new_levels:
            absent = [name for name in needed if name in grouping_only and name not in table]
            table = Table(dict(table.columns) | dict.fromkeys(absent, unknown_factor(table.n)), table.n)
        table = table.select(needed)
        if table.n == 0:
            raise DataError("the new data have no rows")
        table.refuse_infinite(besides=self.response.columns_allowing("infinite"))
        columns: dict[str, Column] = {}
        may_miss = self.response.columns_allowing("missing") - set(self.predictor_reads())
        for name, column in table.columns.items():
            free = name in grouping_only
            if name in may_miss and type(column) is type(self.table[name]):
                columns[name] = column
                continue
            columns[name] = conform(name, column, self.table[name], check_levels=not free, fill=free and new_levels)
        new = Table(columns, table.n)
        if not new_levels:
            for term in self.groups:
                term.member_indices(new)
        return new

    def grouping_only(self) -> set[str]:
        """Return the columns that say which group a row is in, and nothing else."""
        elsewhere = {name for term in self.terms for name in _reads_besides_groups(term)}
        return {name for term in self.groups for name in term.columns} - elsewhere

    def linear_predictor(self, dpar: str, draws: Draws, table: Table) -> FloatArray:
        """Return the linear predictor of ``dpar``, (draws, rows)."""
        total: FloatArray | float = 0.0
        for term in self.terms:
            total = added(total, term.contribution(dpar, draws, table))
        count = len(next(iter(draws.values())))
        return np.broadcast_to(np.asarray(total, dtype=float), (count, table.n))

    def parameters(self, draws: Draws, table: Table) -> dict[str, FloatArray]:
        """Return every distributional parameter on its natural scale, broadcastable to (draws, rows)."""
        return {name: self.parameter(name, draws, table) for name in self.parameter_names}

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What the family's methods read: its parameters, and what terms give beside them."""
        return (*(p.name for p in self.family.parameters), *self._supplied_names)

    @cached_property
    def _supplied_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for term in self.terms for name in term.supplied_names))

    def parameter(self, dpar: str, draws: Draws, table: Table, *, of_response: bool = True) -> FloatArray:
        """Return one distributional parameter on its natural scale, broadcastable to (draws, rows).

        Args:
            dpar: its name.
            draws: posterior variable -> (draws, ...).
            table: the rows.
            of_response: add the known errors of ``se()`` to sigma, and multiply the mean of a count by ``rate()``.
        """
        source = dict(self.formula.equal).get(dpar, dpar)
        if dpar in self._supplied_names:
            parts = (term.supplied(draws, table) for term in self.terms if dpar in term.supplied_names)
            return reduce(lambda total, part: np.asarray(total + part[dpar]), parts, np.zeros(1))
        if source in self.predicted:
            value = self.linear_predictor(source, draws, table)
            if not (source == "mu" and self.family.joint_link):
                value = self.family.link(source).inverse(value)
        else:
            (auxiliary,) = (t for t in self.terms if isinstance(t, AuxiliaryTerm) and t.name == source)
            value = auxiliary.values(draws)
        return self.with_known_part(dpar, value, table) if of_response else value

    def with_known_part(self, dpar: str, value: FloatArray, table: Table) -> FloatArray:
        """Return a parameter of the responses at the rows of a table, from the one that the model speaks of."""
        errors, rate = self.response.addition("se"), self.response.addition("rate")
        if errors is not None and dpar == "sigma":
            known = errors.at(table)["se"]
            return np.sqrt(value**2 + known**2) if "sigma" in errors.switched else known[None]
        if rate is not None and dpar in ("mu", "shape"):
            return np.asarray(value * rate.at(table)["denom"])
        return value


def _reads_besides_groups(term: BoundTerm) -> Iterable[str]:
    if isinstance(term, GroupTerm):
        return term.effect_reads
    return term.reads
