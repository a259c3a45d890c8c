"""Group-level effects, as brms parametrises them: ``(1 + x | g)``, ``(1 | gr(g, by = f))``, ``(1 | mm(g1, g2))``.

Effects of the levels of a grouping are made of independent parts: to which levels a row belongs (``membership``), the
standard deviations and correlations (``spread``), how levels go together (``covariance``), the tails, and the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.priors import DefaultScale, PriorSlot
from smoothstan.table import Table
from smoothstan.terms.level_covariance import LevelCovariance, UnrelatedLevels
from smoothstan.terms.level_spread import CommonSpread, Spread, roots_of_correlations
from smoothstan.terms.level_tails import NormalTails, Tails
from smoothstan.terms.level_weights import LevelWeights
from smoothstan.terms.membership import Membership
from smoothstan.terms.names import prior_dpar
from smoothstan.terms.term import BoundTerm, Draws, PriorParameter, Variable
from smoothstan.terms.varying_effects import Coefficient, Effects

Uniform = Callable[..., FloatArray]
"""Draws numbers near zero of a given shape."""


@dataclass(frozen=True)
class GroupParameters(BoundTerm):
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
        weights: of the levels in the prior, or None.
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
    weights: LevelWeights | None = None
    centred: bool = False
    earlier: tuple[tuple[str, int], ...] = ()
    kept: tuple[tuple[str, str], ...] | None = None

    @property
    def name(self) -> str:
        """The label as it stands in names of the posterior, where a slash would mean a path."""
        return self.group.replace("/", "D")

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """All varying coefficients, numbered from 1."""
        found = [(effects.dpar, *facts) for effects in self.effects for facts in effects.described()]
        return tuple(Coefficient(n, *facts) for n, facts in enumerate(found, start=1))

    @property
    def in_correlated_sets(self) -> bool:
        """Whether there is a correlation matrix for every set."""
        return self.spread.in_sets and self.has_correlations

    @property
    def has_correlations(self) -> bool:
        """Whether there is a correlation matrix to sample."""
        return self.correlated and len(self.coefficients) > 1

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
    def latent_variables(self) -> tuple[Variable, ...]:
        """The scales of the levels behind Student-t effects."""
        return self.tails.latent_variables(self.name, self.levels)

    @property
    def stan_effects(self) -> str:
        """The Stan expression for the effects, one row per level, from their standardised values."""
        i = self.index
        u = self.covariance.mix(f"z_{i}", i)
        return self.tails.stretch(f"{self.spread.scale(u, i, correlated=self.has_correlations)}'")

    @property
    def unscaled(self) -> bool:
        """Whether centred effects are unscaled before their density is taken.

        That is where levels of one set covary with those of another, or each has a weight.
        """
        return (self.spread.in_sets and self.covariance.known) or self.weights is not None

    @property
    def stan_log_density(self) -> str:
        """The Stan expression for the log density of the effects as they are sampled, of centred ones with Jacobian."""
        i = self.index
        if not self.centred:
            z = f"z_{i}"
            return self.weights.density(f"columns_dot_self({z})", i) if self.weights else _standard_normal(z)
        r, correlated = self.tails.shrink(f"r_{i}"), self.has_correlations
        if self.unscaled:
            z = self.covariance.separate(self.spread.unscale(r, i, correlated=correlated), i)
            density = self.weights.density(f"rows_dot_self({z})'", i) if self.weights else _standard_normal(z)
            density += f" - {self.spread.log_determinant(i, correlated=correlated)}"
        else:
            density = self.spread.density(f"{self.covariance.separate(r, i)}'", i, correlated=correlated)
        roots = [part for part in (self.tails.log_determinant(), self.covariance.log_determinant(i)) if part]
        return " - ".join([density, *(f"M_{i} * {part}" for part in roots)])

    def program_parameters(self, draws: Draws) -> dict[str, FloatArray]:
        """Return ``sd``, the Cholesky factor ``L`` of the correlations, and the standardised or centred effects."""
        i, m = self.index, len(self.coefficients)
        tails = self.tails.program_parameters(self.name, draws)
        effects = np.stack(
            [draws[self.effects_name(c.dpar)][:, :, self.position(c.dpar, c.name)] for c in self.coefficients], axis=1
        )
        columns = np.column_stack([draws[name] for name in self.deviation_names])
        deviations = self.spread.gathered(columns.reshape(len(columns), -1, m))
        found, roots = {f"sd_{i}": deviations} | tails, None
        if self.has_correlations:
            given = [draws[name] for name in self.correlation_names]
            sets = len(self.spread.labels)
            roots = self.spread.roots(roots_of_correlations(given, self._numbered_pairs, sets))
            found[f"L_{i}"] = roots
        if self.centred:
            return found | {f"r_{i}": effects.swapaxes(1, 2)}
        if (scales := self.tails.scales(tails)) is not None:
            effects = effects / scales[:, None, :]
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
        r = self.spread.scaled(self.covariance.mixed(parameters[f"z_{i}"]), deviations, roots)
        if (scales := self.tails.scales(parameters)) is not None:
            r = r * scales[:, None, :]
        return found | {f"r_{i}": r.swapaxes(1, 2)}

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

    def position(self, dpar: str, name: str) -> int:
        """Return the place of an effect in the last dimension of its array in the posterior."""
        own = [c.name for c in self.coefficients if c.dpar == dpar].index(name)
        return dict(self.earlier).get(dpar, 0) + own


def _standard_normal(values: str) -> str:
    return f"std_normal_lpdf(to_vector({values}))"
