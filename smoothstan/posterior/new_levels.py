"""Effects of group levels that the fit has not seen.

``"uncertainty"``: in every draw the effects of a randomly chosen level of the fit; ``"gaussian"``: a draw from the
normal distribution with that draw's standard deviations and correlations; ``"old_levels"``: one level of the fit, the
same in all draws.  All effects of a level, on every parameter, are those of one level (brms's ``sample_new_levels``).

A level's effects depend on the seed and on its name alone, not on the other rows: the same new level has the
same effects in every block of rows and in tables that are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.design import Design
from smoothstan.errors import OptionError
from smoothstan.table import Table
from smoothstan.terms import GroupTerm

NEW_LEVELS = ("uncertainty", "gaussian", "old_levels")
_STREAM = 1
"""Sets the random numbers of new levels apart from those of new responses."""


@dataclass(frozen=True)
class NewLevels:
    """How effects of new levels are drawn.

    Args:
        how: one of ``NEW_LEVELS``.
        entropy: the seed.
    """

    how: str
    entropy: int

    def __post_init__(self) -> None:
        if self.how not in NEW_LEVELS:
            raise OptionError(f"sample_new_levels must be one of {', '.join(map(repr, NEW_LEVELS))}, got {self.how!r}")

    def settle(
        self, design: Design, draws: Mapping[str, FloatArray], table: Table
    ) -> tuple[Design, Mapping[str, FloatArray]]:
        """Return a design and draws whose groupings have just the levels of a table, if any of them is new."""
        by_group: dict[str, list[GroupTerm]] = {}
        for term in design.groups:
            by_group.setdefault(term.group, []).append(term)
        levels: dict[str, tuple[str, ...]] = {}
        extended = dict(draws)
        for group, terms in by_group.items():
            found = terms[0].membership.levels(table)
            if any(level not in terms[0].numbers for level in found):
                levels[group] = found
                extended |= self._effects(terms, draws, found, table)
        if not levels:
            return design, draws
        terms_now = (
            replace(term, levels=levels[term.group]) if isinstance(term, GroupTerm) and term.group in levels else term
            for term in design.terms
        )
        return replace(design, terms=tuple(terms_now)), extended

    def _effects(
        self, terms: list[GroupTerm], draws: Mapping[str, FloatArray], levels: tuple[str, ...], table: Table
    ) -> dict[str, FloatArray]:
        """Return the effects of one group at some levels: variable -> (draws, levels, coefs)."""
        numbers = np.asarray([terms[0].numbers.get(level, -1) for level in levels])
        names = dict.fromkeys(t.effects_name(c.dpar) for t in terms for c in t.coefficients)
        # Right for the known levels; the others are filled in below.
        result = {name: np.take(draws[name], np.maximum(numbers, 0), axis=1) for name in names}
        new = [(int(i), levels[i]) for i in np.flatnonzero(numbers < 0)]
        if self.how == "gaussian":
            for term in terms:
                self._draw_normal(term, draws, new, result, table)
            return result
        # All groupings of a group have the same "by", or none.
        by = next((term for term in terms if term.spread.in_sets), terms[0])
        sets = by.spread.set_of(by.membership, table)
        for i, level in new:
            candidates = by.spread.members(len(by.levels))[sets.get(level, 0)]
            chosen = self._chosen(by.group, level, candidates, len(draws[next(iter(names))]))
            for name, values in result.items():
                values[:, i] = draws[name][np.arange(len(chosen)), chosen]
        return result

    def _chosen(self, group: str, level: str, candidates: IntArray, count: int) -> IntArray:
        """Return the level of the fit that stands for a new one, (draws,)."""
        rng, known = self._generator(group, level), len(candidates)
        if self.how == "old_levels":
            return np.full(count, candidates[rng.integers(known)])
        return np.asarray(candidates[rng.integers(known, size=count)])

    def _draw_normal(
        self, term: GroupTerm, draws: Mapping[str, FloatArray], new: list[tuple[int, str]],
        result: Mapping[str, FloatArray], table: Table,
    ) -> None:  # fmt: skip
        """Fill in the effects of one grouping at new levels, given as (place, level)."""
        if not term.tails.normal:
            raise OptionError(
                f"sample_new_levels='gaussian' is not for the group {term.group!r}, whose effects have a Student-t "
                "distribution; use 'uncertainty' or 'old_levels'"
            )
        sets = term.spread.set_of(term.membership, table)
        roots = [covariance_root(term, draws, number) for number in range(len(term.spread.labels))]
        places = [(term.effects_name(c.dpar), term.position(c.dpar, c.name)) for c in term.coefficients]
        for i, level in new:
            # The grouping's number, as a group with several draws them apart.
            rng, root = self._generator(term.group, level, term.index), roots[sets.get(level, 0)]
            drawn = np.einsum("sij,sj->si", root, rng.standard_normal(root.shape[:2]))
            for j, (name, place) in enumerate(places):
                result[name][:, i, place] = drawn[:, j]

    def _generator(self, group: str, level: str, *further: int) -> np.random.Generator:
        # The length keeps apart names that read the same when joined.
        name = blake2b(f"{len(group)} {group} {level}".encode(), digest_size=8).digest()
        key = (_STREAM, int.from_bytes(name[:4], "big"), int.from_bytes(name[4:], "big"), *further)
        return np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=key))


def covariance_root(term: GroupTerm, draws: Mapping[str, FloatArray], number: int = 0) -> FloatArray:
    """Return a root A of the covariance, A A' = diag(sd) C diag(sd), (draws, m, m); of the set with a number."""
    size = len(term.coefficients)
    deviations = np.column_stack([draws[name] for name in term.deviation_names[number * size : (number + 1) * size]])
    correlations = np.broadcast_to(np.eye(size), (len(deviations), size, size)).copy()
    if term.has_correlations:
        pairs = list(term.pairs())
        names = term.correlation_names[number * len(pairs) : (number + 1) * len(pairs)]
        for (a, b), name in zip(pairs, names, strict=True):
            correlations[:, a.number - 1, b.number - 1] = correlations[:, b.number - 1, a.number - 1] = draws[name]
    return np.asarray(deviations[:, :, None] * _root(correlations))


def _root(correlations: FloatArray) -> FloatArray:
    """Return roots of correlation matrices, (draws, m, m); of singular ones, which rounding makes of some, too."""
    try:
        return np.asarray(np.linalg.cholesky(correlations))
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(correlations)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])
