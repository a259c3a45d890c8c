"""The group-level effects of one grouping at the rows of a table: their data, and what they add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.errors import DataError
from smoothstan.table import Table
from smoothstan.terms.group_parameters import GroupParameters
from smoothstan.terms.membership import Member
from smoothstan.terms.term import Addend, DensePart, Draws, Supply, added
from smoothstan.terms.varying_effects import Coefficient, Effects


@final
@dataclass(frozen=True)
class GroupTerm(GroupParameters):
    """The group-level effects of one grouping: their data, and what they add to linear predictors and thresholds."""

    template: ClassVar[str] = "terms/group.stan.jinja"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that define it."""
        return self.membership.columns

    @property
    def special(self) -> str:
        """What sets its effects apart from independent normal ones with common standard deviations, or nothing."""
        kinds = {
            "multi-membership": len(self.membership.members) > 1,
            "by-specific": self.spread.in_sets,
            "known-covariance": self.covariance.known,
            "Student-t": not self.tails.normal,
            "prior-weighted": self.weights is not None,
        }
        return ", ".join(kind for kind, given in kinds.items() if given)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of every level, from 0."""
        return {level: i for i, level in enumerate(self.levels)}

    @property
    def width(self) -> int:
        """The number of its effects, for every member of a row."""
        return len(self.coefficients) * len(self.membership.members)

    def member_indices(self, table: Table) -> list[IntArray]:
        """Return the (n,) level of every row, from 0, for every member; one that the fit has not seen is an error."""
        return [self._known(factor.codes, factor.levels) for factor in self.membership.labels(table)]

    def indices(self, table: Table) -> IntArray:
        """Return the (n,) level of every row, from 0, where a row has one."""
        (level,) = self.member_indices(table)
        return level

    def _known(self, codes: IntArray, levels: tuple[str, ...]) -> IntArray:
        result = np.asarray([self.numbers.get(level, -1) for level in levels], dtype=np.int64)[codes]
        if np.any(result < 0):
            row = int(np.argmax(result < 0))
            raise DataError(
                f"the grouping factor {self.group!r} has the new level {levels[codes[row]]!r} "
                f"in row {row} (rows count from 0); the fit knows {len(self.levels)} levels"
            )
        return result

    def stan_data(self, table: Table) -> StanData:
        """Return N, M and NC, a J per member and a Z per member and coefficient, and what the parts add."""
        i, m = self.index, len(self.coefficients)
        data: StanData = {f"N_{i}": len(self.levels), f"M_{i}": m, f"NC_{i}": m * (m - 1) // 2}
        weights = self.membership.weights(table)
        for member, level in zip(self.membership.members, self.member_indices(table), strict=True):
            data[f"J_{i}{member.suffix}"] = level + 1
            if weights is not None:
                data[f"W_{i}{member.suffix}"] = np.ascontiguousarray(weights[:, member.number])
            columns = (column for e in self.effects for column in e.at(table, member.number).T)
            ordinary = (c for c in self.coefficients if not c.expression)
            for coefficient, column in zip(ordinary, columns, strict=True):
                data[f"Z_{i}{coefficient.stan_column}{member.suffix}"] = np.ascontiguousarray(column)
        own = {} if self.weights is None else self.weights.stan_data(i)
        return data | self.spread.stan_data(i) | self.covariance.stan_data(i) | own

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return (*self.columns, *self.effect_reads)

    @property
    def effect_reads(self) -> tuple[str, ...]:
        """The columns that it needs besides those of the grouping."""
        own = (name for e in self.effects if not self._only_intercept(e) for name in e.reads)
        special = (column for e in self.effects for column in self._special_reads(e))
        return (*own, *special, *self.membership.reads, *self.spread.reads)

    def _special_reads(self, effects: Effects) -> Iterator[str]:
        for name in effects.special.names:
            if self.keeps(effects.dpar, name):
                yield from effects.special.reads(name)

    def keeps(self, dpar: str, name: str) -> bool:
        """Return whether predictions add an effect."""
        return self.kept is None or (dpar, name) in self.kept

    def _only_intercept(self, effects: Effects) -> bool:
        return not any(self.keeps(effects.dpar, name) for name in effects.data_names[effects.intercepts :])

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return nothing: group effects are indexed, not multiplied by a matrix of zeros."""
        return ()

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return one gathered vector per coefficient and member."""
        own = [c for c in self.coefficients if c.dpar == dpar and not c.threshold]
        return tuple(Addend(self._product(c, m)) for c in own for m in self.membership.members)

    def _product(self, coefficient: Coefficient, member: Member) -> str:
        effects = f"r_{self.index}[J_{self.index}{member.suffix}, {coefficient.number}]"
        return " .* ".join([effects, *self._factors(coefficient, member)])

    @property
    def supplies(self) -> tuple[Supply, ...]:
        """Return the matrix of what effects by threshold add to the mean at each, if there are such effects."""
        first = ((c, effects.thresholds) for effects, c in self._owned() if c.threshold == 1)
        value = " + ".join(self._block(c, count, m) for c, count in first for m in self.membership.members)
        return (Supply("category", "mucs", "matrix[N, nthres]", value),) if value else ()

    def _block(self, first: Coefficient, count: int, member: Member) -> str:
        """Return the product of a column and its effects on all thresholds, a column each."""
        places = f"{first.number}:{first.number + count - 1}"
        effects = f"r_{self.index}[J_{self.index}{member.suffix}, {places}]"
        factors = " .* ".join(self._factors(first, member))
        return f"diag_pre_multiply({factors}, {effects})" if factors else effects

    def _owned(self) -> Iterator[tuple[Effects, Coefficient]]:
        """Yield the coefficients with the effects to which they belong."""
        owners = (effects for effects in self.effects for _ in effects.names)
        return zip(owners, self.coefficients, strict=True)

    def _factors(self, coefficient: Coefficient, member: Member) -> Iterator[str]:
        i = self.index
        if not coefficient.constant:
            yield coefficient.expression or f"Z_{i}{coefficient.stan_column}{member.suffix}"
        if member.weighted:
            yield f"W_{i}{member.suffix}"

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return sum over coefficients and members of r[level] Z W, (draws, rows)."""
        total: FloatArray | float = 0.0
        for effects in self.effects:
            if effects.dpar == dpar and not effects.thresholds:
                for _, part in self._products(effects, draws, table):
                    total = added(total, part)
        return total

    @property
    def supplied_names(self) -> tuple[str, ...]:
        """The thresholds, if effects differ by threshold."""
        return ("thresholds",) if any(effects.thresholds for effects in self.effects) else ()

    def supplied(self, draws: Draws, table: Table) -> dict[str, FloatArray]:
        """Return what they add to the thresholds, (draws, rows, K)."""
        total: FloatArray | None = None
        for effects in (effects for effects in self.effects if effects.thresholds):
            number = {name: threshold for name, _, _, threshold in effects.described()}
            for name, part in self._products(effects, draws, table):
                if total is None:
                    total = np.zeros((*part.shape, effects.thresholds))
                total[:, :, number[name] - 1] -= part
        return {} if total is None else {"thresholds": total}

    def _products(self, effects: Effects, draws: Draws, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield the names of the effects that predictions add, and what each adds for a member, (draws, rows)."""
        values = draws[self.effects_name(effects.dpar)]
        # Taken from two dimensions, twice as fast as from three.
        by_level = values.reshape(len(values), -1)
        weights = self.membership.weights(table)
        for member, level in zip(self.membership.members, self.member_indices(table), strict=True):
            first, weight = level * values.shape[2], None if weights is None else weights[:, member.number]
            for name, z in self._kept_columns(effects, draws, table, member):
                part = np.take(by_level, first + self.position(effects.dpar, name), axis=1)
                for factor in (z, weight):
                    if factor is not None:
                        part *= factor
                yield name, part

    def _kept_columns(
        self, effects: Effects, draws: Draws, table: Table, member: Member
    ) -> Iterator[tuple[str, FloatArray | None]]:
        """Yield the names of the effects that predictions add, and their columns; None for a column of ones."""
        z = None if self._only_intercept(effects) else effects.at(table, member.number)
        for column, name in enumerate(effects.data_names):
            if self.keeps(effects.dpar, name):
                ones = z is None or column < effects.intercepts
                yield name, None if ones or z is None else z[:, column]
        for name in effects.special.names:
            if self.keeps(effects.dpar, name):
                yield name, effects.special.values(name, draws, table)

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield one column per level and effect, named as the elements of ``r_g``."""
        for effects in (e for e in self.effects if e.dpar == dpar and not e.thresholds):
            for column, name in enumerate(effects.data_names):
                labels = (f"{self.effects_name(dpar)}[{level},{name}]" for level in self.levels)
                yield from zip(labels, self._by_level(effects, column, table).T, strict=True)

    def _by_level(self, effects: Effects, column: int, table: Table) -> FloatArray:
        """Return what multiplies an effect of every level, (n, levels)."""
        total = np.zeros((table.n, len(self.levels)))
        weights = self.membership.weights(table)
        for member, level in zip(self.membership.members, self.member_indices(table), strict=True):
            z = effects.at(table, member.number)[:, column]
            weighted = z if weights is None else z * weights[:, member.number]
            total += (level[:, None] == np.arange(len(self.levels))) * weighted[:, None]
        return total
