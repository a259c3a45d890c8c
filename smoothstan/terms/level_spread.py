"""Standard deviations and correlations of varying effects: the same for all levels, or a set for each ``by`` level.

Effects are r = S u, with S = diag(sd) L, and L the Cholesky factor of the correlations (L = I without correlations); u
has a column for every level of the grouping.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray, StanData
from smoothstan.errors import DataError, underline
from smoothstan.formula import WrittenGrouping
from smoothstan.formula.syntax import Node, deparse
from smoothstan.table import Factor, Table, as_factor, collation_key
from smoothstan.terms.expression import Expression, Matrix
from smoothstan.terms.membership import Membership, bind_columns
from smoothstan.terms.standardised import correlation_root, standardised_effects


@dataclass(frozen=True)
class Spread(ABC):
    """Sets of standard deviations and correlations.  Program names end in the number of the grouping."""

    in_sets: ClassVar[bool]

    @property
    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """What follows the names of coefficients, one text per set: nothing, or ``:fa``."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The columns that say which set a level has."""

    @abstractmethod
    def stan_data(self, index: int) -> StanData:
        """Return the data that it adds."""

    @abstractmethod
    def scale(self, u: str, index: int, *, correlated: bool) -> str:
        """Return the Stan expression for S u."""

    @abstractmethod
    def density(self, r: str, index: int, *, correlated: bool) -> str:
        """Return the Stan expression for the log density of r if u is standard normal."""

    @abstractmethod
    def unscale(self, r: str, index: int, *, correlated: bool) -> str:
        """Return the Stan expression for u, with one row per level as r has them."""

    @abstractmethod
    def log_determinant(self, index: int, *, correlated: bool) -> str:
        """Return the Stan expression for the sum over the levels of log det S."""

    @abstractmethod
    def column(self, stem: str, element: int, number: int) -> str:
        """Return the Stan column of an element of a set, both numbered from 0."""

    @abstractmethod
    def vectorised(self, parameter: str) -> str:
        """Return the Stan expression for all numbers of a parameter, or nothing for its name."""

    @abstractmethod
    def copies(self, index: int) -> str:
        """Return the Stan expression for the number of sets where they are an array, or nothing."""

    @abstractmethod
    def gathered(self, sets: FloatArray) -> FloatArray:
        """Return the ``sd`` of the program from (draws, sets, m) values."""

    @abstractmethod
    def roots(self, sets: Sequence[FloatArray]) -> FloatArray:
        """Return the ``L`` of the program from a (draws, m, m) array per set."""

    @abstractmethod
    def sets(self, deviations: FloatArray, roots: FloatArray | None) -> list[tuple[FloatArray, FloatArray | None]]:
        """Return the (draws, m) deviations and (draws, m, m) roots of every set of the program's ``sd`` and ``L``."""

    @abstractmethod
    def members(self, levels: int) -> list[IntArray]:
        """Return the levels, from 0, that have each set."""

    @abstractmethod
    def set_of(self, membership: Membership, table: Table) -> Mapping[str, int]:
        """Return the set of every level that occurs in a table; it is empty if there is only one set."""

    @abstractmethod
    def sets_of_rows(self, membership: Membership, table: Table) -> list[IntArray]:
        """Return the (n,) sets of the rows, from 0, for every member; nothing if there is only one set."""

    def scaled(self, u: FloatArray, deviations: FloatArray, roots: FloatArray | None) -> FloatArray:
        """Return S u for (draws, m, levels) values."""
        result = np.empty_like(u)
        own = zip(self.members(u.shape[2]), self.sets(deviations, roots), strict=True)
        for levels, (sd, root) in own:
            part = u[:, :, levels] if root is None else root @ u[:, :, levels]
            result[:, :, levels] = sd[:, :, None] * part
        return result

    def standardised(self, r: FloatArray, deviations: FloatArray, roots: FloatArray | None) -> FloatArray:
        """Return u for (draws, m, levels) values S u."""
        result = np.empty_like(r)
        for levels, (sd, root) in zip(self.members(r.shape[2]), self.sets(deviations, roots), strict=True):
            result[:, :, levels] = standardised_effects(r[:, :, levels], sd, root)
        return result


@final
@dataclass(frozen=True)
class CommonSpread(Spread):
    """One set for all levels."""

    in_sets: ClassVar[bool] = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Nothing."""
        return ("",)

    @property
    def reads(self) -> tuple[str, ...]:
        """No columns."""
        return ()

    def stan_data(self, index: int) -> StanData:
        """Return nothing."""
        return {}

    def scale(self, u: str, index: int, *, correlated: bool) -> str:
        """Return S u."""
        if correlated:
            return f"(diag_pre_multiply(sd_{index}, L_{index}) * {u})"
        return f"diag_pre_multiply(sd_{index}, {u})"

    def density(self, r: str, index: int, *, correlated: bool) -> str:
        """Return the density of independent normal values, or of columns with covariance S S'."""
        i = index
        if not correlated:
            return f"normal_lpdf(to_vector({r}) | 0, to_vector(rep_matrix(sd_{i}, N_{i})))"
        u = f"mdivide_left_tri_low(diag_pre_multiply(sd_{i}, L_{i}), {r})"
        return f"std_normal_lpdf(to_vector({u})) - {self.log_determinant(i, correlated=True)}"

    def unscale(self, r: str, index: int, *, correlated: bool) -> str:
        """Return u."""
        if correlated:
            return f"mdivide_left_tri_low(diag_pre_multiply(sd_{index}, L_{index}), {r}')'"
        return f"diag_post_multiply({r}, inv(sd_{index}))"

    def log_determinant(self, index: int, *, correlated: bool) -> str:
        """Return the logs of the standard deviations, and of the diagonal of L."""
        own = f"sum(log(sd_{index}))"
        return f"N_{index} * ({own} + sum(log(diagonal(L_{index}))))" if correlated else f"N_{index} * {own}"

    def column(self, stem: str, element: int, number: int) -> str:
        """Return an element of a vector."""
        return f"{stem}[{element + 1}]"

    def vectorised(self, parameter: str) -> str:
        """Return nothing."""
        return ""

    def copies(self, index: int) -> str:
        """Return nothing."""
        return ""

    def gathered(self, sets: FloatArray) -> FloatArray:
        """Return the only set."""
        return sets[:, 0]

    def roots(self, sets: Sequence[FloatArray]) -> FloatArray:
        """Return the only one."""
        return sets[0]

    def sets(self, deviations: FloatArray, roots: FloatArray | None) -> list[tuple[FloatArray, FloatArray | None]]:
        """Return one set."""
        return [(deviations, roots)]

    def members(self, levels: int) -> list[IntArray]:
        """Return all levels."""
        return [np.arange(levels)]

    def set_of(self, membership: Membership, table: Table) -> Mapping[str, int]:
        """Return nothing."""
        return {}

    def sets_of_rows(self, membership: Membership, table: Table) -> list[IntArray]:
        """Return nothing."""
        return []


@final
@dataclass(frozen=True)
class SpreadBy(Spread):
    """A set for every level of a ``by`` variable.

    Args:
        name: the expression as it is written.
        by: the expression, or one per member of a multi-membership term.
        levels: its levels, in order, without white space.
        of_level: the number, from 0, of the set that every level of the grouping has.
    """

    name: str
    by: tuple[Expression, ...]
    levels: tuple[str, ...]
    of_level: IntArray

    in_sets: ClassVar[bool] = True

    @property
    def labels(self) -> tuple[str, ...]:
        """``:fa``, ``:fb``."""
        return tuple(f":{self.name}{level}" for level in self.levels)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the expression."""
        return tuple(name for expression in self.by for name in expression.variables)

    def stan_data(self, index: int) -> StanData:
        """Return the number of sets, and the set of every level."""
        return {f"Nby_{index}": len(self.levels), f"Jby_{index}": self.of_level + 1}

    def scale(self, u: str, index: int, *, correlated: bool) -> str:
        """Return S u, set by set."""
        i = index
        if correlated:
            return f"scale_by_set({u}, sd_{i}, L_{i}, by_order_{i}, by_count_{i})"
        return f"(sd_{i}[, Jby_{i}] .* {_factor(u)})"

    def density(self, r: str, index: int, *, correlated: bool) -> str:
        """Return the density, set by set."""
        i = index
        if correlated:
            return f"normal_by_set_lpdf({r} | sd_{i}, L_{i}, by_order_{i}, by_count_{i})"
        return f"normal_lpdf(to_vector({r}) | 0, to_vector(sd_{i}[, Jby_{i}]))"

    def unscale(self, r: str, index: int, *, correlated: bool) -> str:
        """Return u, set by set."""
        i = index
        if correlated:
            return f"unscale_by_set({r}, sd_{i}, L_{i}, by_order_{i}, by_count_{i})"
        return f"({r} ./ sd_{i}[, Jby_{i}]')"

    def log_determinant(self, index: int, *, correlated: bool) -> str:
        """Return the logs of the standard deviations of all levels, and of the diagonals of their L."""
        i = index
        if correlated:
            return f"log_roots_by_set(sd_{i}, L_{i}, by_count_{i})"
        return f"sum(log(sd_{i}[, Jby_{i}]))"

    def column(self, stem: str, element: int, number: int) -> str:
        """Return an element of a matrix with a column per set."""
        return f"{stem}[{element + 1},{number + 1}]"

    def vectorised(self, parameter: str) -> str:
        """Return a matrix as a vector."""
        return f"to_vector({parameter})"

    def copies(self, index: int) -> str:
        """Return the number of sets."""
        return f"Nby_{index}"

    def gathered(self, sets: FloatArray) -> FloatArray:
        """Return (draws, m, sets)."""
        return np.ascontiguousarray(sets.swapaxes(1, 2))

    def roots(self, sets: Sequence[FloatArray]) -> FloatArray:
        """Return (draws, sets, m, m)."""
        return np.stack(sets, axis=1)

    def sets(self, deviations: FloatArray, roots: FloatArray | None) -> list[tuple[FloatArray, FloatArray | None]]:
        """Return one per level of ``by``."""
        numbers = range(len(self.levels))
        return [(deviations[:, :, k], None if roots is None else roots[:, k]) for k in numbers]

    def members(self, levels: int) -> list[IntArray]:
        """Return the levels of every set."""
        return [np.flatnonzero(self.of_level == k) for k in range(len(self.levels))]

    def set_of(self, membership: Membership, table: Table) -> Mapping[str, int]:
        """Return the set of every level in a table.

        Raises:
            DataError: if ``by`` varies within a level or has a value that the fit has not seen.
        """
        found = by_of_levels(membership, self.by, table)
        return {level: self._number(label) for level, label in found.items()}

    def sets_of_rows(self, membership: Membership, table: Table) -> list[IntArray]:
        """Return the set that the ``by`` of every member says.

        Raises:
            DataError: if ``by`` has a value that the fit has not seen.
        """
        factors = (factor.drop_unused() for factor in _factors(membership, self.by, table))
        return [np.asarray([self._number(_squeezed(v)) for v in f.levels], dtype=np.int64)[f.codes] for f in factors]

    def _number(self, label: str) -> int:
        if label not in self.levels:
            raise DataError(f"{self.name} has the new level {label!r} (levels of the fit: {', '.join(self.levels)})")
        return self.levels.index(label)


def bind_spread(
    written: WrittenGrouping, membership: Membership, levels: Sequence[str], table: Table, text: str
) -> Spread:
    """Bind the ``by`` variable of a grouping.

    Raises:
        DataError: if it varies within a level of the grouping.
    """
    if written.by is None:
        return CommonSpread()
    by = bind_columns(written.by, table, text)
    factors = _factors(membership, by, table)
    if len(factors) == 1:
        labels = tuple(map(_squeezed, factors[0].drop_unused().levels))
    else:
        every = {_squeezed(level) for factor in factors for level in factor.drop_unused().levels}
        labels = tuple(sorted(every, key=collation_key))
    if len(set(labels)) < len(labels):
        raise DataError(f"levels of {deparse(written.by)} differ only in white space\n{_place(text, written.by)}")
    of = by_of_levels(membership, by, table)
    return SpreadBy(deparse(written.by), by, labels, np.asarray([labels.index(of[level]) for level in levels]))


def by_of_levels(membership: Membership, by: Sequence[Expression], table: Table) -> dict[str, str]:
    """Return the ``by`` level of every level of a grouping in a table; DataError if it varies within one."""
    found: dict[str, str] = {}
    for labels, factor in zip(membership.labels(table), _factors(membership, by, table), strict=True):
        for code, value in dict.fromkeys(zip(labels.codes.tolist(), factor.codes.tolist(), strict=True)):
            level, label = labels.levels[code], _squeezed(factor.levels[value])
            if found.setdefault(level, label) != label:
                raise DataError(
                    f"by must be the same in all rows of a level, but the level {level!r} has {found[level]!r} and "
                    f"{label!r}\n{_place(by[0].text, by[0].node)}"
                )
    return found


def _factors(membership: Membership, by: Sequence[Expression], table: Table) -> list[Factor]:
    if len(by) != len(membership.factors):
        count = len(membership.factors)
        raise DataError(
            f"by needs {count} variables, one for each grouping factor, as in cbind(by1, by2), found {len(by)}\n"
            f"{_place(by[0].text, by[0].node)}"
        )
    factors = []
    for expression in by:
        value = expression.at(table)
        if isinstance(value, Matrix):
            raise DataError(f"by must be a factor, not a matrix\n{_place(expression.text, expression.node)}")
        factors.append(as_factor(value))
    return factors


def _squeezed(level: str) -> str:
    return "".join(level.split())


def _place(text: str, node: Node) -> str:
    return underline(text, node.span)


def _factor(u: str) -> str:
    return f"({u})" if " " in u else u


def roots_of_correlations(
    correlations: Sequence[FloatArray], pairs: Sequence[tuple[int, int]], sets: int
) -> list[FloatArray]:
    """Return the (draws, m, m) Cholesky factors of every set from (draws,) correlations, set after set."""
    size = len(pairs)
    return [correlation_root(correlations[k * size : (k + 1) * size], pairs) for k in range(sets)]
