"""Group-level effects: ``(1 + x | g)``, as brms parametrises them, non-centred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.errors import DataError, FormulaError, underline
from smoothstan.formula import TermList, WrittenGroup, expand
from smoothstan.formula.syntax import deparse, variables
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Factor, Table, as_factor, collation_key
from smoothstan.terms.model_matrix import ModelMatrix, bind_model_matrix
from smoothstan.terms.monotonic import MonotonicTerm
from smoothstan.terms.names import prior_dpar, suffix
from smoothstan.terms.standardised import correlation_root, standardised_effects
from smoothstan.terms.term import Addend, BoundTerm, DensePart, Draws, PriorParameter, Variable, added
from smoothstan.terms.varying_monotonic import SpecialColumns, bind_special_columns


@dataclass(frozen=True)
class Effects:
    """The varying effects that one ``( | )`` adds to one distributional parameter.

    ``special`` are the columns of monotonic effects.
    """

    dpar: str
    matrix: ModelMatrix
    special: SpecialColumns = field(default_factory=SpecialColumns)

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficient names, e.g. ``Intercept``, ``x``, ``mox``."""
        return (*self.matrix.names, *self.special.names)


@dataclass(frozen=True)
class Coefficient:
    """One varying coefficient: its place in the grouping (from 1), its parameter, name and column."""

    number: int
    dpar: str
    name: str
    constant: bool
    expression: str = ""

    @property
    def is_data(self) -> bool:
        """Whether its column stands in the data: neither ones nor computed from parameters."""
        return not self.constant and not self.expression

    @property
    def label(self) -> str:
        """The name with the parameter in front: ``sigma_Intercept``."""
        return f"{prior_dpar(self.dpar)}_{self.name}" if prior_dpar(self.dpar) else self.name

    @property
    def stan_column(self) -> str:
        """The middle of the Stan name of its column: ``_sigma_2`` in ``Z_1_sigma_2``."""
        return f"{suffix(self.dpar)}_{self.number}"


@final
@dataclass(frozen=True)
class GroupTerm(BoundTerm):
    """All effects that share one grouping, and, if correlated, one correlation matrix.

    Args:
        index: the grouping's number in the Stan program, from 1.
        group: its label, e.g. ``g1:g2``.
        columns: the columns that define it.
        levels: the levels that the data have, in order.
        correlated: whether the effects are correlated.
        effects: what each ``( | )`` adds.
        earlier: parameter -> how many effects of the same group and parameter earlier groupings have;
            in the posterior all of them share one array.
        kept: (parameter, name) of the effects that predictions add; None for all of them.
    """

    index: int
    group: str
    columns: tuple[str, ...]
    levels: tuple[str, ...]
    correlated: bool
    effects: tuple[Effects, ...]
    earlier: tuple[tuple[str, int], ...] = ()
    kept: tuple[tuple[str, str], ...] | None = None

    template: ClassVar[str] = "terms/group.stan.jinja"

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
    def has_correlations(self) -> bool:
        """Whether there is a correlation matrix to sample."""
        return self.correlated and len(self.coefficients) > 1

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of every level, from 0."""
        return {level: i for i, level in enumerate(self.levels)}

    @property
    def width(self) -> int:
        """The number of its effects."""
        return len(self.coefficients)

    def indices(self, table: Table) -> IntArray:
        """Return the (n,) level of every row, from 0; a level that the fit has not seen is an error."""
        factor = combined_factor(table, self.columns)
        lookup = np.asarray([self.numbers.get(level, -1) for level in factor.levels], dtype=np.int64)
        result = lookup[factor.codes]
        if np.any(result < 0):
            row = int(np.argmax(result < 0))
            raise DataError(
                f"the grouping factor {self.group!r} has the new level {factor.levels[factor.codes[row]]!r} "
                f"in row {row} (rows count from 0); the fit knows {len(self.levels)} levels"
            )
        return result

    def stan_data(self, table: Table) -> StanData:
        """Return N, M, J, NC and one Z per coefficient."""
        i, m = self.index, len(self.coefficients)
        data: StanData = {
            f"N_{i}": len(self.levels),
            f"M_{i}": m,
            f"J_{i}": self.indices(table) + 1,
            f"NC_{i}": m * (m - 1) // 2,
        }
        columns = (column for e in self.effects for column in e.matrix.at(table).T)
        ordinary = (c for c in self.coefficients if not c.expression)
        for coefficient, column in zip(ordinary, columns, strict=True):
            data[f"Z_{i}{coefficient.stan_column}"] = np.ascontiguousarray(column)
        return data

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return (*self.columns, *self.effect_reads)

    @property
    def effect_reads(self) -> tuple[str, ...]:
        """The columns that its effects need, besides those of the grouping."""
        own = tuple(name for e in self.effects if not self._only_intercept(e) for name in e.matrix.reads)
        special = [(e, name) for e in self.effects for name in e.special.names if self.keeps(e.dpar, name)]
        return (*own, *(column for e, name in special for column in e.special.reads(name)))

    def keeps(self, dpar: str, name: str) -> bool:
        """Return whether predictions add an effect."""
        return self.kept is None or (dpar, name) in self.kept

    def _only_intercept(self, effects: Effects) -> bool:
        return not any(self.keeps(effects.dpar, name) for name in effects.matrix.names[int(effects.matrix.intercept) :])

    def prior_slots(self, scale: DefaultScale) -> tuple[PriorSlot, ...]:
        """Return rows of the classes ``sd`` and ``cor``."""
        default = scale.fill("student_t(3, 0, {scale})")
        slots = []
        for dpar in dict.fromkeys(prior_dpar(c.dpar) for c in self.coefficients):
            slots.append(PriorSlot("sd", dpar=dpar, default=default, lb=0))
            slots.append(PriorSlot("sd", group=self.group, dpar=dpar))
        slots += [PriorSlot("sd", c.name, self.group, prior_dpar(c.dpar)) for c in self.coefficients]
        if self.has_correlations:
            slots += [PriorSlot("cor", default="lkj(1)"), PriorSlot("cor", group=self.group)]
        return tuple(slots)

    @property
    def prior_parameters(self) -> tuple[PriorParameter, ...]:
        """The standard deviations and the Cholesky factor of the correlations."""
        addresses = tuple(("sd", c.name, self.group, prior_dpar(c.dpar)) for c in self.coefficients)
        labels = tuple(self._sd_name(c) for c in self.coefficients)
        deviations = PriorParameter(f"sd_{self.index}", addresses, labels)
        if not self.has_correlations:
            return (deviations,)
        correlations = PriorParameter(f"L_{self.index}", (("cor", "", self.group, ""),), (f"cor_{self.name}",), True)
        return (deviations, correlations)

    def _sd_name(self, coefficient: Coefficient) -> str:
        return f"sd_{self.name}__{coefficient.label}"

    @property
    def deviation_names(self) -> tuple[str, ...]:
        """The posterior names of the standard deviations, coefficient by coefficient."""
        return tuple(map(self._sd_name, self.coefficients))

    @property
    def correlation_names(self) -> tuple[str, ...]:
        """The posterior names of the correlations, in the order of ``pairs``; none without a correlation matrix."""
        return tuple(f"cor_{self.name}__{a.label}__{b.label}" for a, b in self.pairs()) if self.has_correlations else ()

    def pairs(self) -> Iterator[tuple[Coefficient, Coefficient]]:
        """Return the pairs of coefficients in the order of brms: (1,2), (1,3), (2,3), (1,4), ..."""
        return iter(sorted(combinations(self.coefficients, 2), key=lambda pair: (pair[1].number, pair[0].number)))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """``sd_g__Intercept``, ``cor_g__Intercept__x`` and the effects ``r_g`` with dims (level, coef)."""
        i = self.index
        result = [Variable(name, (f"sd_{i}[{n}]",)) for n, name in enumerate(self.deviation_names, start=1)]
        result += [Variable(name, (f"cor_{i}[{n}]",)) for n, name in enumerate(self.correlation_names, start=1)]
        for dpar in dict.fromkeys(c.dpar for c in self.coefficients):
            chosen = [c for c in self.coefficients if c.dpar == dpar]
            columns = tuple(f"r_{i}[{g + 1},{c.number}]" for g in range(len(self.levels)) for c in chosen)
            coords = (self.levels, tuple(c.name for c in chosen))
            result.append(Variable(self.effects_name(dpar), columns, (self.name, "coef"), coords))
        return tuple(result)

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return ``sd``, the Cholesky factor ``L`` of the correlations, and the standardised effects ``z``."""
        i = self.index
        deviations = np.column_stack([draws[name] for name in self.deviation_names])
        effects = np.stack(
            [draws[self.effects_name(c.dpar)][:, :, self.position(c.dpar, c.name)] for c in self.coefficients], axis=1
        )
        found = {f"sd_{i}": deviations}
        root = None
        if self.has_correlations:
            pairs = [(a.number - 1, b.number - 1) for a, b in self.pairs()]
            root = correlation_root([draws[name] for name in self.correlation_names], pairs)
            found[f"L_{i}"] = root
        return found | {f"z_{i}": standardised_effects(effects, deviations, root)}

    def program_results(self, parameters: Draws, table: Table) -> dict[str, FloatArray]:
        """Return the effects ``r``, one row per level, and the correlations ``cor``."""
        i = self.index
        scaled = parameters[f"z_{i}"]
        found: dict[str, FloatArray] = {}
        if self.has_correlations:
            root = parameters[f"L_{i}"]
            scaled = root @ scaled
            correlations = root @ root.swapaxes(1, 2)
            found[f"cor_{i}"] = np.stack([correlations[:, a.number - 1, b.number - 1] for a, b in self.pairs()], axis=1)
        effects = parameters[f"sd_{i}"][:, :, None] * scaled
        return found | {f"r_{i}": effects.swapaxes(1, 2)}

    def effects_name(self, dpar: str) -> str:
        """Return the posterior name of the effects on a parameter: ``r_g`` or ``r_g__sigma``."""
        return f"r_{self.name}__{dpar}" if prior_dpar(dpar) else f"r_{self.name}"

    def dense(self, dpar: str) -> tuple[DensePart, ...]:
        """Return nothing: group effects are indexed, not multiplied by a matrix of zeros."""
        return ()

    def addends(self, dpar: str) -> tuple[Addend, ...]:
        """Return one gathered vector per coefficient."""
        i = self.index
        return tuple(
            Addend(
                f"r_{i}[J_{i}, {c.number}]" + ("" if c.constant else f" .* {c.expression or f'Z_{i}{c.stan_column}'}")
            )
            for c in self.coefficients
            if c.dpar == dpar
        )

    def contribution(self, dpar: str, draws: Draws, table: Table) -> FloatArray | float:
        """Return sum over coefficients of r[level] Z, (draws, rows)."""
        own = [effects for effects in self.effects if effects.dpar == dpar]
        total: FloatArray | float = 0.0
        if not own:
            return total
        values = draws[self.effects_name(dpar)]
        # Taken from two dimensions, twice as fast as from three.
        by_level, first = values.reshape(len(values), -1), self.indices(table) * values.shape[2]
        for effects in own:
            z = None if self._only_intercept(effects) else effects.matrix.at(table)
            for column, name in enumerate(effects.names):
                if self.keeps(dpar, name):
                    part = np.take(by_level, first + self.position(dpar, name), axis=1)
                    if name in effects.special:
                        part *= effects.special.values(name, draws, table)
                    elif z is not None and not (effects.matrix.intercept and column == 0):
                        part *= z[:, column]
                    total = added(total, part)
        return total

    def model_columns(self, dpar: str, table: Table) -> Iterator[tuple[str, FloatArray]]:
        """Yield one column per level and effect, named as the elements of ``r_g``."""
        for effects in (e for e in self.effects if e.dpar == dpar):
            member = self.indices(table)[:, None] == np.arange(len(self.levels))
            for column, name in zip(effects.matrix.at(table).T, effects.names, strict=True):
                labels = (f"{self.effects_name(dpar)}[{level},{name}]" for level in self.levels)
                yield from zip(labels, (member * column[:, None]).T, strict=True)

    def position(self, dpar: str, name: str) -> int:
        """Return the place of an effect in the last dimension of its array in the posterior."""
        own = [c.name for c in self.coefficients if c.dpar == dpar].index(name)
        return dict(self.earlier).get(dpar, 0) + own


def combined_factor(table: Table, columns: Sequence[str]) -> Factor:
    """Return the factor whose levels are the combinations that occur, joined by ``_``.

    A single column keeps its order of levels; combinations are sorted as R sorts strings, as brms does.
    """
    first = as_factor(table[columns[0]])
    if len(columns) == 1:
        return first
    factors = [first, *(as_factor(table[name]) for name in columns[1:])]
    code = np.zeros(table.n, dtype=np.int64)
    for factor in factors:
        code = code * len(factor.levels) + factor.codes
    used, codes = np.unique(code, return_inverse=True)
    names = []
    for value in used.tolist():
        parts = []
        for factor in reversed(factors):
            value, level = divmod(value, len(factor.levels))
            parts.append(factor.levels[level])
        names.append("_".join(reversed(parts)))
    levels = sorted(set(names), key=collation_key)
    position = {level: i for i, level in enumerate(levels)}
    return Factor(np.asarray([position[n] for n in names], dtype=np.int64)[codes], tuple(levels))


@dataclass(frozen=True)
class PlacedGroup:
    """A group term as written, with the distributional parameter and the text in which it stands.

    ``special`` is True for its monotonic effects alone, False for all others, None for all.
    """

    dpar: str
    term: WrittenGroup
    text: str
    cmc: bool = True
    special: bool | None = None

    @property
    def effects(self) -> TermList:
        """What varies."""
        terms = expand(self.term.effects, self.text)
        if self.special is None:
            return terms
        if self.special:
            return replace(terms, intercept=False, reserved_intercept=False, population=())
        return replace(terms, special_effects=())

    def parts(self) -> tuple[PlacedGroup, ...]:
        """Return what forms groupings of its own: of uncorrelated effects the monotonic ones, as in brms."""
        terms = self.effects
        if self.term.correlated or self.term.identifier is not None or not terms.special_effects:
            return (self,)
        ordinary = (replace(self, special=False),) if terms.intercept or terms.population else ()
        return (*ordinary, replace(self, special=True))

    @property
    def group(self) -> str:
        """The group's label."""
        return deparse(self.term.group)

    def error(self, message: str) -> FormulaError:
        """Return an error that points at this term."""
        return FormulaError(message, self.text, self.term.span)


def bind_groups(
    written: Sequence[PlacedGroup], table: Table, special: Sequence[MonotonicTerm] = ()
) -> tuple[GroupTerm, ...]:
    """Bind all group-level terms of a model; those that share an ID and a group form one grouping.

    Groupings are numbered as brms numbers them: parameter by parameter, within each by the group's name.
    ``special`` are the population-level terms that the same effects by group need.
    """
    shared: dict[tuple[str, str], list[PlacedGroup]] = {}
    parameters = list(dict.fromkeys(item.dpar for item in written))
    parts = [part for item in written for part in item.parts()]
    by_name = sorted(parts, key=lambda item: (parameters.index(item.dpar), collation_key(item.group)))
    for n, item in enumerate(by_name):
        identifier = f"ID {item.term.identifier}" if item.term.identifier is not None else f"term {n}"
        shared.setdefault((item.group, identifier), []).append(item)
    _refuse_id_across_groups(written)
    ordered = list(shared.values())
    terms = tuple(_bind_grouping(i, items, table, special) for i, items in enumerate(ordered, start=1))
    _refuse_repeated(terms, ordered)
    return _with_earlier(terms)


def _with_earlier(terms: Sequence[GroupTerm]) -> tuple[GroupTerm, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    result = []
    for term in terms:
        dpars = dict.fromkeys(c.dpar for c in term.coefficients)
        result.append(replace(term, earlier=tuple((dpar, counts[term.group, dpar]) for dpar in dpars)))
        counts.update((term.group, c.dpar) for c in term.coefficients)
    return tuple(result)


def _bind_grouping(index: int, items: list[PlacedGroup], table: Table, special: Sequence[MonotonicTerm]) -> GroupTerm:
    first = items[0]
    columns = variables(first.term.group)
    factor = combined_factor(table, columns).drop_unused()
    if len(factor.levels) < 2:
        level = f" ({factor.levels[0]!r})" if factor.levels else ""
        raise DataError(
            f"the grouping factor {first.group!r} has only one level{level}, so its effects cannot vary\n"
            f"{underline(first.text, first.term.span)}"
        )
    correlated = {item.term.correlated for item in items}
    if len(correlated) > 1:
        raise items[-1].error("terms that share an ID must all have '|' or all '||'")
    return GroupTerm(
        index,
        first.group,
        columns,
        factor.levels,
        correlated.pop(),
        tuple(_bind_effects(i, table, special) for i in items),
    )


def _bind_effects(item: PlacedGroup, table: Table, special: Sequence[MonotonicTerm]) -> Effects:
    terms = item.effects
    if terms.specials or terms.groups or terms.offsets:
        raise item.error("only population-level terms can vary by group; smooths, offsets and groups cannot")
    if not terms.intercept and not terms.population and not terms.special_effects:
        raise item.error("this group-level term has no effects")
    matrix = bind_model_matrix(
        terms.population,
        intercept=terms.intercept,
        coded_with_intercept=terms.intercept or terms.reserved_intercept or not item.cmc,
        table=table,
        text=item.text,
    )
    columns = bind_special_columns(terms.special_effects, item.dpar, special, table, item.text, item.term.span)
    return Effects(item.dpar, matrix, columns)


def _refuse_id_across_groups(written: Sequence[PlacedGroup]) -> None:
    groups: dict[str, str] = {}
    for item in written:
        if item.term.identifier is not None:
            group = groups.setdefault(item.term.identifier, item.group)
            if group != item.group:
                raise item.error(f"the ID {item.term.identifier} belongs to the group {group!r} already")


def _refuse_repeated(terms: Sequence[GroupTerm], written: Sequence[list[PlacedGroup]]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for term, items in zip(terms, written, strict=True):
        for coefficient in term.coefficients:
            key = (term.group, coefficient.dpar, coefficient.name)
            if key in seen:
                raise items[-1].error(
                    f"the effect of {coefficient.name} varies by {term.group!r} in two terms; one is enough"
                )
            seen.add(key)
