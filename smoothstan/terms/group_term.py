"""Group-level effects, as brms parametrises them: ``(1 + x | g)``, ``(1 | gr(g, by = f))``, ``(1 | mm(g1, g2))``.

Effects of the levels of a grouping are made of four independent parts: to which levels a row belongs (``membership``),
the standard deviations and correlations (``spread``), how levels go together (``covariance``), and the tails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.errors import DataError, NotYetSupported
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Table
from smoothstan.terms.level_covariance import LevelCovariance, UnrelatedLevels
from smoothstan.terms.level_spread import CommonSpread, Spread, roots_of_correlations
from smoothstan.terms.level_tails import NormalTails, Tails
from smoothstan.terms.membership import Member, Membership
from smoothstan.terms.names import prior_dpar
from smoothstan.terms.term import Addend, BoundTerm, DensePart, Draws, PriorParameter, Variable, added
from smoothstan.terms.varying_effects import Coefficient, Effects

Uniform = Callable[..., FloatArray]
"""Draws numbers near zero of a given shape."""


@final
@dataclass(frozen=True)
class GroupTerm(BoundTerm):
    """All effects that share one grouping, and, if correlated, one correlation matrix.

    Args:
        index: the grouping's number in the Stan program, from 1.
        group: its label, e.g. ``g1:g2``.
        membership: which levels every row belongs to.
        levels: the levels that the data have, in order.
        correlated: whether the effects are correlated.
        effects: what each ``( | )`` adds.
        spread: their standard deviations and correlations.
        covariance: how the effects of different levels go together.
        tails: of the effects.
        centred: whether the effects are sampled themselves, not their standardised values.
        earlier: parameter -> how many effects of the same group and parameter earlier groupings have;
            in the posterior all of them share one array.
        kept: (parameter, name) of the effects that predictions add; None for all of them.
    """

    index: int
    group: str
    membership: Membership
    levels: tuple[str, ...]
    correlated: bool
    effects: tuple[Effects, ...]
    spread: Spread = field(default_factory=CommonSpread)
    covariance: LevelCovariance = field(default_factory=UnrelatedLevels)
    tails: Tails = field(default_factory=NormalTails)
    centred: bool = False
    earlier: tuple[tuple[str, int], ...] = ()
    kept: tuple[tuple[str, str], ...] | None = None

    template: ClassVar[str] = "terms/group.stan.jinja"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that define it."""
        return self.membership.columns

    @property
    def name(self) -> str:
        """The label as it stands in names of the posterior, where a slash would mean a path."""
        return self.group.replace("/", "D")

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """All varying coefficients, numbered from 1."""
        found = [
            (e.dpar, name, e.matrix.intercept and i == 0, e.special.expression(name))
            for e in self.effects
            for i, name in enumerate(e.names)
        ]
        return tuple(Coefficient(n, *facts) for n, facts in enumerate(found, start=1))

    @property
    def special(self) -> str:
        """What sets its effects apart from independent normal ones with common standard deviations, or nothing."""
        kinds = {
            "multi-membership": len(self.membership.members) > 1,
            "by-specific": self.spread.in_sets,
            "known-covariance": self.covariance.known,
            "Student-t": not self.tails.normal,
        }
        return ", ".join(kind for kind, given in kinds.items() if given)

    @property
    def in_correlated_sets(self) -> bool:
        """Whether there is a correlation matrix for every set."""
        return self.spread.in_sets and self.has_correlations

    @property
    def has_correlations(self) -> bool:
        """Whether there is a correlation matrix to sample."""
        return self.correlated and len(self.coefficients) > 1

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
        return data | self.spread.stan_data(i) | self.covariance.stan_data(i)

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
        return not any(self.keeps(effects.dpar, name) for name in effects.data_names[int(effects.matrix.intercept) :])

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return rows of the classes ``sd`` and ``cor``, and those of the tails."""
        default = scale.fill("student_t(3, 0, {scale})")
        slots = []
        for dpar in dict.fromkeys(prior_dpar(c.dpar) for c in self.coefficients):
            slots.append(PriorSlot("sd", dpar=dpar, default=default, lb=0))
            slots.append(PriorSlot("sd", group=self.group, dpar=dpar))
        slots += [PriorSlot("sd", c.name, self.group, prior_dpar(c.dpar)) for c in self.coefficients]
        if self.has_correlations:
            slots += [PriorSlot("cor", default="lkj(1)"), PriorSlot("cor", group=self.group)]
        return (*slots, *self.tails.prior_slots(self.group))

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The standard deviations, the Cholesky factor of the correlations, and those of the tails."""
        i, sets = self.index, self.spread.labels
        addresses = tuple(("sd", c.name, self.group, prior_dpar(c.dpar)) for c in self.coefficients)
        labels = tuple(self._sd_name(c) for c in self.coefficients)
        whole = self.spread.vectorised(f"sd_{i}")
        elements = tuple(tuple(label + own for own in sets) for label in labels) if whole else ()
        found = [PriorParameter(f"sd_{i}", addresses, labels, elements=elements, whole=whole)]
        if self.has_correlations:
            address = (("cor", "", self.group, ""),)
            copies = self.spread.copies(i)
            found.append(PriorParameter(f"L_{i}", address, (f"cor_{self.name}",), scalar=True, copies=copies))
        return (*found, *self.tails.prior_parameters(self.group, self.name))

    def _sd_name(self, coefficient: Coefficient) -> str:
        return f"sd_{self.name}__{coefficient.label}"

    @property
    def deviation_labels(self) -> tuple[str, ...]:
        """The labels of the standard deviations, set by set: ``Intercept``, or ``Intercept:fa``."""
        return tuple(c.label + own for own in self.spread.labels for c in self.coefficients)

    @property
    def deviation_names(self) -> tuple[str, ...]:
        """The posterior names of the standard deviations, in the order of their labels."""
        return tuple(f"sd_{self.name}__{label}" for label in self.deviation_labels)

    @property
    def correlation_labels(self) -> tuple[tuple[str, str], ...]:
        """The labels of correlated effects, set by set, each in the order of ``pairs``; none without correlations."""
        if not self.has_correlations:
            return ()
        return tuple((a.label + own, b.label + own) for own in self.spread.labels for a, b in self.pairs())

    @property
    def correlation_names(self) -> tuple[str, ...]:
        """The posterior names of the correlations, in the order of their labels."""
        return tuple(f"cor_{self.name}__{a}__{b}" for a, b in self.correlation_labels)

    def pairs(self) -> Iterator[tuple[Coefficient, Coefficient]]:
        """Return the pairs of coefficients in the order of brms: (1,2), (1,3), (2,3), (1,4), ..."""
        return iter(sorted(combinations(self.coefficients, 2), key=lambda pair: (pair[1].number, pair[0].number)))

    @property
    def _numbered_pairs(self) -> list[tuple[int, int]]:
        return [(a.number - 1, b.number - 1) for a, b in self.pairs()]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``sd_g__Intercept``, ``cor_g__Intercept__x`` and the effects ``r_g`` with dims (level, coef)."""
        i, m, column = self.index, len(self.coefficients), self.spread.column
        result = []
        for n, name in enumerate(self.deviation_names):
            result.append(Variable(name, (column(f"sd_{i}", n % m, n // m),)))
        size = m * (m - 1) // 2
        for n, name in enumerate(self.correlation_names):
            result.append(Variable(name, (column(f"cor_{i}", n % size, n // size),)))
        result += self.tails.variables(self.name)
        for dpar in dict.fromkeys(c.dpar for c in self.coefficients):
            chosen = [c for c in self.coefficients if c.dpar == dpar]
            columns = tuple(f"r_{i}[{g + 1},{c.number}]" for g in range(len(self.levels)) for c in chosen)
            coords = (self.levels, tuple(c.name for c in chosen))
            result.append(Variable(self.effects_name(dpar), columns, (self.name, "coef"), coords))
        return tuple(result)

    @property
    def stan_effects(self) -> str:
        """The Stan expression for the effects, one row per level, from their standardised values."""
        i = self.index
        u = self.covariance.mix(f"z_{i}", i)
        return self.tails.stretch(f"{self.spread.scale(u, i, correlated=self.has_correlations)}'")

    @property
    def stan_log_density(self) -> str:
        """The Stan expression for the log density of centred effects: that of normal values, and the Jacobian."""
        i = self.index
        r = self.covariance.separate(self.tails.shrink(f"r_{i}"), i)
        density = self.spread.density(f"{r}'", i, correlated=self.has_correlations)
        roots = [part for part in (self.tails.log_determinant(), self.covariance.log_determinant(i)) if part]
        return " - ".join([density, *(f"M_{i} * {part}" for part in roots)])

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return ``sd``, the Cholesky factor ``L`` of the correlations, and the standardised or centred effects."""
        if not self.tails.normal:
            raise NotYetSupported(
                f"the scales of the levels behind the Student-t effects of {self.group!r} are not kept with the draws"
            )
        i, m = self.index, len(self.coefficients)
        effects = np.stack(
            [draws[self.effects_name(c.dpar)][:, :, self.position(c.dpar, c.name)] for c in self.coefficients], axis=1
        )
        columns = np.column_stack([draws[name] for name in self.deviation_names])
        deviations = self.spread.gathered(columns.reshape(len(columns), -1, m))
        found, roots = {f"sd_{i}": deviations}, None
        if self.has_correlations:
            given = [draws[name] for name in self.correlation_names]
            sets = len(self.spread.labels)
            roots = self.spread.roots(roots_of_correlations(given, self._numbered_pairs, sets))
            found[f"L_{i}"] = roots
        if self.centred:
            return found | {f"r_{i}": effects.swapaxes(1, 2)}
        return found | {f"z_{i}": self.covariance.separated(self.spread.standardised(effects, deviations, roots))}

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the effects ``r``, one row per level, and the correlations ``cor``."""
        i = self.index
        deviations, roots = parameters[f"sd_{i}"], parameters.get(f"L_{i}")
        found: dict[str, FloatArray] = {}
        if roots is not None:
            sets = []
            for _, root in self.spread.sets(deviations, roots):
                assert root is not None
                product = root @ root.swapaxes(1, 2)
                sets.append(np.stack([product[:, a, b] for a, b in self._numbered_pairs], axis=1))
            found[f"cor_{i}"] = self.spread.gathered(np.stack(sets, axis=1))
        if self.centred:
            return found
        u = self.covariance.mixed(parameters[f"z_{i}"])
        return found | {f"r_{i}": self.spread.scaled(u, deviations, roots).swapaxes(1, 2)}

    def starts(self, near_zero: Uniform) -> dict[str, Any]:
        """Return values for all its parameters in the program, as a chain might start from."""
        i, m, n = self.index, len(self.coefficients), len(self.levels)
        sets = len(self.spread.labels)
        found: dict[str, Any] = {f"sd_{i}": self.spread.gathered(np.exp(near_zero(1, sets, m)))[0]}
        if self.has_correlations:
            found[f"L_{i}"] = self.spread.roots([np.eye(m)[None]] * sets)[0]
        found |= self.tails.starts(near_zero, n)
        return found | ({f"r_{i}": near_zero(n, m)} if self.centred else {f"z_{i}": near_zero(m, n)})

    def effects_name(self, dpar: str) -> str:
        """Return the posterior name of the effects on a parameter: ``r_g`` or ``r_g__sigma``."""
        return f"r_{self.name}__{dpar}" if prior_dpar(dpar) else f"r_{self.name}"

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return nothing: group effects are indexed, not multiplied by a matrix of zeros."""
        return ()

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return one gathered vector per coefficient and member."""
        own = [c for c in self.coefficients if c.dpar == dpar]
        return tuple(Addend(" .* ".join(self._factors(c, m))) for c in own for m in self.membership.members)

    def _factors(self, coefficient: Coefficient, member: Member) -> Iterator[str]:
        i = self.index
        yield f"r_{i}[J_{i}{member.suffix}, {coefficient.number}]"
        if not coefficient.constant:
            yield coefficient.expression or f"Z_{i}{coefficient.stan_column}{member.suffix}"
        if member.weighted:
            yield f"W_{i}{member.suffix}"

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return sum over coefficients and members of r[level] Z W, (draws, rows)."""
        own = [effects for effects in self.effects if effects.dpar == dpar]
        total: FloatArray | float = 0.0
        if not own:
            return total
        values = draws[self.effects_name(dpar)]
        # Taken from two dimensions, twice as fast as from three.
        by_level = values.reshape(len(values), -1)
        weights = self.membership.weights(table)
        for member, level in zip(self.membership.members, self.member_indices(table), strict=True):
            first, weight = level * values.shape[2], None if weights is None else weights[:, member.number]
            for effects in own:
                for name, z in self._kept_columns(effects, draws, table, member):
                    part = np.take(by_level, first + self.position(dpar, name), axis=1)
                    for factor in (z, weight):
                        if factor is not None:
                            part *= factor
                    total = added(total, part)
        return total

    def _kept_columns(
        self, effects: Effects, draws: Draws, table: Table, member: Member
    ) -> Iterator[tuple[str, FloatArray | None]]:
        """Yield the names of the effects that predictions add, and their columns; None for a column of ones."""
        z = None if self._only_intercept(effects) else effects.at(table, member.number)
        for column, name in enumerate(effects.data_names):
            if self.keeps(effects.dpar, name):
                ones = z is None or (effects.matrix.intercept and column == 0)
                yield name, None if ones or z is None else z[:, column]
        for name in effects.special.names:
            if self.keeps(effects.dpar, name):
                yield name, effects.special.values(name, draws, table)

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield one column per level and effect, named as the elements of ``r_g``."""
        for effects in (e for e in self.effects if e.dpar == dpar):
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

    def position(self, dpar: str, name: str) -> int:
        """Return the place of an effect in the last dimension of its array in the posterior."""
        own = [c.name for c in self.coefficients if c.dpar == dpar].index(name)
        return dict(self.earlier).get(dpar, 0) + own
