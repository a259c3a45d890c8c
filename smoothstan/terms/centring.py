"""Whether the data say more about the effects of a group's levels than their own distribution does.

With n observations of variance s^2 per level and effects of variance t^2, a sampler of the effects themselves (centred)
converges at the rate (s^2 / n) / (s^2 / n + t^2), one of their standardised values (non-centred) at the rate
t^2 / (s^2 / n + t^2): the first is better if and only if n t^2 / s^2 > 1.  In the analysis of variance of the response
by the levels E(F) is 1 + n t^2 / s^2, so the rule is F > 2.

Source: Papaspiliopoulos, Roberts & Skold (2007), Statistical Science 22, 59-73, section 2; Betancourt & Girolami
(2015), 'Hamiltonian Monte Carlo for hierarchical models', section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.table import Table
from smoothstan.terms.group_term import GroupTerm

_THRESHOLD = 2.0


@dataclass(frozen=True)
class Evidence:
    """What the rule looks at.

    Args:
        response: (n,) numbers, or None where the response is none.
        population: (n, p) population-level columns of ``mu``.
    """

    response: FloatArray | None
    population: FloatArray


def informative(term: GroupTerm, evidence: Evidence, table: Table) -> bool:
    """Return whether effects had better be sampled centred: F > 2, each level's effects being free in the larger model.

    Effects on other parameters than ``mu``, multi-membership and responses that are no numbers keep the non-centred
    form, as does a model without residual degrees of freedom.
    """
    if evidence.response is None or len(term.membership.members) > 1 or any(e.dpar != "mu" for e in term.effects):
        return False
    return f_statistic(term, evidence.response, evidence.population, table) > _THRESHOLD


def f_statistic(term: GroupTerm, response: FloatArray, population: FloatArray, table: Table) -> float:
    """Return the F statistic of a grouping's effects beside the population-level columns, by least squares.

    Args:
        term: a grouping of which every row has one level.
        response: (n,).
        population: (n, p).

    Returns:
        F, or zero if it has no degrees of freedom.
    """
    together = np.column_stack([population, response])
    level = term.indices(table)
    columns = np.column_stack([effects.at(table) for effects in term.effects])
    order = np.argsort(level, kind="stable")
    ends = np.flatnonzero(np.diff(level[order])) + 1
    within, used = np.empty_like(together), 0
    for rows in np.split(order, ends):
        basis = _basis(columns[rows])
        within[rows] = together[rows] - basis @ (basis.T @ together[rows])
        used += basis.shape[1]
    small, rank_small = _residual(together)
    large, rank_large = _residual(within)
    free = len(response) - used - rank_large
    extra = used + rank_large - rank_small
    # A perfect fit leaves rounding only.
    if free <= 0 or extra <= 0 or large <= 1e-12 * float(np.sum(response**2)):
        return 0.0
    return float((small - large) / extra / (large / free))


def _basis(columns: FloatArray) -> FloatArray:
    """Return an orthonormal basis of the space of some columns."""
    left, values, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, values > 1e-10 * max(values.max(initial=0), 1e-300)])


def _residual(together: FloatArray) -> tuple[float, int]:
    """Return the residual sum of squares of the last column on the others, and their rank."""
    basis = _basis(together[:, :-1]) if together.shape[1] > 1 else np.empty((len(together), 0))
    y = together[:, -1]
    rest = y - basis @ (basis.T @ y)
    return float(rest @ rest), basis.shape[1]


def decided(center: bool | str, term: GroupTerm, evidence: Evidence, table: Table) -> bool:
    """Return whether effects are sampled centred: as asked for, or by the rule for ``"auto"``."""
    return informative(term, evidence, table) if center == "auto" else bool(center)


def offset(term: GroupTerm, intercepts: Mapping[str, str]) -> str:
    """Return the Stan expression for what effects are sampled about: less the intercept where they vary it.

    The data tell the sums of a level's effect and the intercept, so that, sampled as sums, they hardly depend on each
    other.

    Args:
        term: a grouping.
        intercepts: parameter -> the Stan name of its intercept.

    Returns:
        A number or a matrix in Stan; nothing if the effects are not centred, or none is one on such an intercept.

    Source: Gelfand, Sahu & Carlin (1995), Biometrika 82, 479-488 (hierarchical centring).
    """
    own = [f"-{intercepts[c.dpar]}" if c.constant and c.dpar in intercepts else "0" for c in term.coefficients]
    if not term.centred or len(term.membership.members) > 1 or set(own) == {"0"}:
        return ""
    return own[0] if len(own) == 1 else f"rep_matrix([{', '.join(own)}], N_{term.index})"
