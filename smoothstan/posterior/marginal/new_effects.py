"""What the effects of new groups add to the linear predictors and thresholds of a row: covariances, and their scales.

Student-t effects of a group are normal ones times sqrt(s) with s = df / chi^2_df.  With x = chi^2 / 2 and t = log x the
average over s is the integral of a function that is analytic in t and falls off on both sides, for which the
trapezoidal rule is exact but for terms that vanish exponentially with its step.

Source: Lange, Little & Taylor (1989), JASA 84, 881-896; Trefethen & Weideman (2014), SIAM Review 56, 385-458.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, StanData
from smoothstan.design import Design
from smoothstan.posterior.new_levels import covariance_root
from smoothstan.table import Table
from smoothstan.terms import Effects, GroupTerm
from smoothstan.terms.term import TermBeside, TermWithoutParameters

THRESHOLDS = "thresholds"
SCALE_NODES = 41
_TAIL = 1e-7
"""Mass of the scales that the rule leaves out at either end."""

Triangle = list[list[Any]]
"""Covariances of targets, the lower triangle, (draws, rows) or (draws, 1) each."""


@dataclass(frozen=True)
class Target:
    """What effects are added to: the linear predictor of a parameter, or with a number a threshold."""

    dpar: str
    threshold: int = 0

    @property
    def parameter(self) -> str:
        """What it changes among the parameters of the family."""
        return THRESHOLDS if self.threshold else self.dpar

    def __str__(self) -> str:
        return f"threshold {self.threshold}" if self.threshold else self.dpar


@final
@dataclass(frozen=True)
class Covariates(TermWithoutParameters, TermBeside):
    """The columns that effects need which are not in the model any more; it adds nothing."""

    columns: tuple[str, ...]

    template: ClassVar[str] = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns."""
        return self.columns

    def stan_data(self, table: Table) -> StanData:
        """Return nothing."""
        return {}


@dataclass(frozen=True)
class Shifts:
    """Covariances of what new effects add, by what scales them.

    Args:
        parts: the posterior name of the degrees of freedom and the number of the member, or empty for effects that are
            normal -> covariances.
    """

    parts: Mapping[tuple[str, int], Triangle]

    @property
    def scales(self) -> tuple[tuple[str, int], ...]:
        """The parts that have a scale."""
        return tuple(key for key in self.parts if key[0])

    @property
    def normal(self) -> bool:
        """Whether no part has one."""
        return not self.scales

    @property
    def scale_nodes(self) -> int:
        """The number of covariances that ``covariances`` yields."""
        return int(SCALE_NODES ** len(self.scales))

    def covariances(self, draws: Mapping[str, FloatArray]) -> Iterator[tuple[FloatArray, Triangle]]:
        """Yield (draws,) weights and the covariances of the sum at every node of the scales."""
        rules = [scale_rule(draws[name]) for name, _ in self.scales]
        for place in product(range(SCALE_NODES), repeat=len(rules)):
            factors = dict.fromkeys(self.parts, np.ones((1, 1)))
            weight = np.ones(1)
            for key, rule, i in zip(self.scales, rules, place, strict=True):
                factors[key], weight = rule[0][:, i, None], weight * rule[1][:, i]
            scaled = [[[factors[key] * v for v in row] for row in part] for key, part in self.parts.items()]
            yield weight, [[sum(values) for values in zip(*rows, strict=True)] for rows in zip(*scaled, strict=True)]


def scale_rule(df: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights for the average over s = df / chi^2_df, (draws, nodes) each."""
    from scipy import special

    a = df / 2
    low = np.log(special.gammaincinv(a, _TAIL))
    high = np.log(special.gammainccinv(a, _TAIL))
    t = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, SCALE_NODES)
    logs = a[:, None] * t - np.exp(t)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return a[:, None] / np.exp(t), weights / weights.sum(axis=1, keepdims=True)


def targets_of(terms: Sequence[GroupTerm], design: Design) -> list[Target]:
    """Return what the effects of some groupings are added to, in the order of the parameters."""
    found = {
        Target(c.dpar, c.threshold) for term in terms for c in term.coefficients if term.keeps(c.dpar, c.name)
    }  # fmt: skip
    return sorted(found, key=lambda t: (design.predicted.index(t.dpar), t.threshold))


def new_effect_shifts(
    terms: Sequence[GroupTerm], targets: Sequence[Target], draws: Mapping[str, FloatArray], table: Table
) -> Shifts:
    """Return the covariances of what new effects add: sum over groupings and members of w^2 z_a' Sigma z_b."""
    parts: dict[tuple[str, int], Triangle] = {}
    for term in terms:
        count = len(term.spread.labels)
        roots = [covariance_root(term, draws, number) for number in range(count)]
        sigmas = [root @ root.swapaxes(1, 2) for root in roots]
        sets, weights = term.spread.sets_of_rows(term.membership, table), term.membership.weights(table)
        for member in term.membership.members:
            number = member.number
            key = ("", 0) if term.tails.normal else (f"df_{term.name}", number)
            part = parts.setdefault(key, [[0.0] * (a + 1) for a in range(len(targets))])
            z = [_columns(term, target, draws, table, number) for target in targets]
            square = np.ones(1) if weights is None else weights[:, number] ** 2
            for a, b in combinations_with_replacement(range(len(targets)), 2):
                own = sets[number] if sets else None
                part[b][a] = part[b][a] + square * _products(z[a], z[b], sigmas, own)
    return Shifts(parts)


def _products(left: FloatArray, right: FloatArray, sigmas: list[FloatArray], sets: Any) -> FloatArray:
    """Return z_a' Sigma z_b for (draws or 1, rows, m) columns, (draws, rows) or (draws, 1)."""
    if sets is not None:
        found = np.empty((len(sigmas[0]), left.shape[1]))
        for number, sigma in enumerate(sigmas):
            rows = np.flatnonzero(sets == number)
            if rows.size:
                found[:, rows] = _products(left[:, rows], right[:, rows], [sigma], None)
        return found
    if len(left) > 1 or len(right) > 1:
        draws = len(sigmas[0])
        left, right = (np.broadcast_to(z, (draws, *z.shape[1:])) for z in (left, right))
        return np.asarray(np.einsum("snm,smk,snk->sn", left, sigmas[0], right))
    products = (left[0][:, :, None] * right[0][:, None, :]).reshape(left.shape[1], -1)
    if np.all(products == products[0]):
        products = products[:1]
    return np.asarray(sigmas[0].reshape(len(sigmas[0]), -1) @ products.T)


def has_slopes(term: GroupTerm, effects: Effects) -> bool:
    """Return whether predictions add an effect that multiplies a column of the data."""
    return any(term.keeps(effects.dpar, name) for name in effects.names[effects.intercepts :])


def _columns(term: GroupTerm, target: Target, draws: Mapping[str, FloatArray], table: Table, member: int) -> FloatArray:
    """Return what multiplies every coefficient of a grouping in a target, (draws or 1, rows, coefficients)."""
    found: list[FloatArray] = []
    for effects in term.effects:
        wanted = [
            (effects.dpar, threshold) == (target.dpar, target.threshold) and term.keeps(effects.dpar, name)
            for name, _, _, threshold in effects.described()
        ]
        data = np.ones((table.n, len(effects.data_names)))
        if has_slopes(term, effects) and any(wanted):
            data = effects.at(table, member)
        columns = [column[None] for column in data.T]
        for name, asked in zip(effects.special.names, wanted[len(columns) :], strict=True):
            columns.append(effects.special.values(name, draws, table) if asked else np.zeros((1, table.n)))
        found += [column if asked else np.zeros((1, table.n)) for column, asked in zip(columns, wanted, strict=True)]
    return np.stack(np.broadcast_arrays(*found), axis=2)
