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
from smoothstan.terms import GroupTerm, combined_factor

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
            found = combined_factor(table, terms[0].columns).drop_unused().levels
            if not set(found) <= set(terms[0].levels):
                levels[group] = found
                extended |= self._effects(terms, draws, found)
        if not levels:
            return design, draws
        terms_now = (
            replace(term, levels=levels[term.group]) if isinstance(term, GroupTerm) and term.group in levels else term
            for term in design.terms
        )
        return replace(design, terms=tuple(terms_now)), extended

    def _effects(
        self, terms: list[GroupTerm], draws: Mapping[str, FloatArray], levels: tuple[str, ...]
    ) -> dict[str, FloatArray]:
        """Return the effects of one group at some levels: variable -> (draws, levels, coefs)."""
        group, known = terms[0].group, {level: i for i, level in enumerate(terms[0].levels)}
        names = dict.fromkeys(t.effects_name(c.dpar) for t in terms for c in t.coefficients)
        count = len(draws[next(iter(names))])
        rows = np.arange(count)
        result = {name: np.empty((count, len(levels), draws[name].shape[2])) for name in names}
        roots = [covariance_root(term, draws) for term in terms] if self.how == "gaussian" else []
        for i, level in enumerate(levels):
            if level in known:
                for name, values in result.items():
                    values[:, i] = draws[name][:, known[level]]
                continue
            rng = self._generator(group, level)
            if self.how == "gaussian":
                for term, root in zip(terms, roots, strict=True):
                    drawn = np.einsum("sij,sj->si", root, rng.standard_normal((count, len(term.coefficients))))
                    for j, c in enumerate(term.coefficients):
                        result[term.effects_name(c.dpar)][:, i, term.position(c.dpar, c.name)] = drawn[:, j]
                continue
            chosen: IntArray | int = rng.integers(len(known), size=count if self.how == "uncertainty" else None)
            for name, values in result.items():
                values[:, i] = draws[name][rows, chosen]
        return result

    def _generator(self, group: str, level: str) -> np.random.Generator:
        # The lengths keep apart names that read the same when joined.
        name = blake2b(f"{len(group)} {group} {level}".encode(), digest_size=8).digest()
        key = (_STREAM, int.from_bytes(name[:4], "big"), int.from_bytes(name[4:], "big"))
        return np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=key))


def covariance_root(term: GroupTerm, draws: Mapping[str, FloatArray]) -> FloatArray:
    """Return diag(sd) L with L L' the correlations, (draws, m, m)."""
    deviations = np.column_stack([draws[name] for name in term.deviation_names])
    size = deviations.shape[1]
    correlations = np.broadcast_to(np.eye(size), (len(deviations), size, size)).copy()
    if term.has_correlations:
        for (a, b), name in zip(term.pairs(), term.correlation_names, strict=True):
            correlations[:, a.number - 1, b.number - 1] = correlations[:, b.number - 1, a.number - 1] = draws[name]
    return np.asarray(deviations[:, :, None] * np.linalg.cholesky(correlations))
