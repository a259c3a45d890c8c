"""The expected response averaged over the effects of groups that the fit has not seen.

In every draw the effects of a new group are normal with that draw's standard deviations and correlations, so
what they add to the linear predictors of a row is normal with the covariances z_a' Sigma z_b, a and b being
distributional parameters.  The expectation over it is taken by Gauss-Hermite quadrature, a product rule if several
parameters with effects matter.

Source: Pavlou, Ambler, Seaman & Omar (2015), BMC Medical Research Methodology 15, 59; Hedeker, du Toit, Demirtas &
Gibbons (2018), Biometrics 74, 354-361; Abramowitz & Stegun (1964), 25.4.46.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError, suggestion
from smoothstan.families import expected_response
from smoothstan.posterior.new_levels import covariance_root
from smoothstan.posterior.prediction import Prediction
from smoothstan.table import Table
from smoothstan.terms import BoundTerm, Effects, GroupTerm, LinearTerm

_NODES = (31, 15)
"""Nodes in one dimension, and in each of several."""

_MOST_NODES = 10_000
_NO_MEAN = ("inverse", "1/mu^2")
"""Links whose inverse has no expectation over a normal variable."""

_NOWHERE = "(integrated)"
"""A parameter that no family has: a term of it says what columns it reads, and adds nothing."""


def split_groups(design: Design, which: Any) -> tuple[Design, tuple[GroupTerm, ...]]:
    """Take the groups to integrate over out of a design, which then needs their covariates but not their levels.

    Args:
        design: the model, with the group effects that count.
        which: True for all groups, the name of one, or several names.

    Raises:
        OptionError: if there is no such group, or none at all.
    """
    known = tuple(dict.fromkeys(term.group for term in design.groups))
    if not known:
        raise OptionError("integrate_groups needs a model with group-level effects, and a re_formula that keeps some")
    wanted = known if which is True else (which,) if isinstance(which, str) else which
    if not isinstance(wanted, (tuple, list)) or not wanted or not all(isinstance(name, str) for name in wanted):
        raise OptionError(f"integrate_groups is True, False, a group or a list of groups, got {which!r}")
    for name in wanted:
        if name not in known:
            raise OptionError(f"no effects vary by {name!r}{suggestion(name, known)} (groups: {', '.join(known)})")
    taken = tuple(term for term in design.groups if term.group in wanted)
    for group in taken:
        if len(group.membership.members) > 1 or group.spread.in_sets or not group.tails.normal:
            raise OptionError(
                f"integrate_groups is not built for {group.special} effects, as those of {group.group!r} are; "
                "leave them in, or out by re_formula"
            )
    terms: list[BoundTerm] = []
    for term in design.terms:
        if term in taken and isinstance(term, GroupTerm):
            terms += [LinearTerm(_NOWHERE, e.matrix, "") for e in term.effects if _has_slopes(term, e)]
        else:
            terms.append(term)
    return replace(design, terms=tuple(terms)), taken


@dataclass(frozen=True)
class GroupIntegral:
    """The average over new effects of some groupings.

    Args:
        terms: the groupings.
        n_nodes: the number of nodes per dimension, or None for 31 in one dimension and 15 in each of several.
    """

    terms: tuple[GroupTerm, ...]
    n_nodes: int | None = None

    def __post_init__(self) -> None:
        if self.n_nodes is not None:
            check_whole("n_integration", self.n_nodes, 1)

    def expectation(self, block: Prediction, dpar: str | None) -> FloatArray:
        """Return the average of the expected response, or of a parameter, (draws, rows)."""
        settled = block.settled()
        design, draws, table = settled.design, settled.draws, settled.table
        parameters = design.parameters(draws, table)
        expected = _expected(settled, dpar)
        affected = [d for d in design.predicted if any(_kept(term, d) for term in self.terms)]
        names = [d for d in affected if _matters(expected, parameters, d)]
        if not names:
            return block.evaluate("epred", dpar=dpar)
        self._refuse_links(design, names)
        nodes = self.n_nodes or _NODES[len(names) > 1]
        if nodes ** len(names) > _MOST_NODES:
            raise OptionError(
                f"the effects of {', '.join(names)} need {nodes}^{len(names)} nodes of integration, more than "
                f"{_MOST_NODES}; lower n_integration, or use allow_new_levels=True with sample_new_levels='gaussian'"
            )
        root = _cholesky(total_covariance(self.terms, names, draws, table))
        predictors = [design.linear_predictor(d, draws, table) for d in names]
        total = np.zeros((block.ndraws, block.n, *expected(parameters, slice(None)).shape[2:]))
        for node, weight in _rule(nodes, len(names)):
            moved = dict(parameters)
            for d, eta, row in zip(names, predictors, root, strict=True):
                shift = sum(value * coefficient for value, coefficient in zip(row, node, strict=False))
                moved[d] = design.family.link(d).inverse(eta + shift)
            total += weight * expected(moved, slice(None))
        return total

    def _refuse_links(self, design: Design, names: Sequence[str]) -> None:
        for name in names:
            link = design.family.link(name).name
            if link in _NO_MEAN:
                raise OptionError(
                    f"with the link {link!r} of {name} the average over normal group effects does not exist"
                )


def total_covariance(
    terms: Sequence[GroupTerm], names: Sequence[str], draws: Mapping[str, FloatArray], table: Table
) -> list[list[FloatArray]]:
    """Return the covariances of what new group effects add to the linear predictors of some parameters.

    Returns:
        The lower triangle, each entry (draws, rows) or (draws, 1): sum over groupings of z_a' Sigma z_b.
    """
    result: list[list[Any]] = [[0.0] * (a + 1) for a in range(len(names))]
    for term in terms:
        root = covariance_root(term, draws)
        sigma = (root @ root.transpose(0, 2, 1)).reshape(len(root), -1)
        z = [_coefficient_columns(term, name, table) for name in names]
        for a, b in combinations_with_replacement(range(len(names)), 2):
            products = (z[a][:, :, None] * z[b][:, None, :]).reshape(table.n, -1)
            if np.all(products == products[0]):
                products = products[:1]
            result[b][a] = result[b][a] + sigma @ products.T
    return result


def _kept(term: GroupTerm, dpar: str) -> bool:
    return any(c.dpar == dpar and term.keeps(dpar, c.name) for c in term.coefficients)


def _has_slopes(term: GroupTerm, effects: Effects) -> bool:
    return any(term.keeps(effects.dpar, name) for name in effects.names[effects.intercepts :])


def _coefficient_columns(term: GroupTerm, dpar: str, table: Table) -> FloatArray:
    """Return what multiplies every coefficient of a grouping in one linear predictor, (rows, coefficients)."""
    columns = []
    for effects in term.effects:
        values = np.ones((table.n, len(effects.names)))
        if effects.dpar == dpar and _has_slopes(term, effects):
            values = effects.matrix.at(table)
        counts = [effects.dpar == dpar and term.keeps(dpar, name) for name in effects.names]
        columns.append(np.where(counts, values, 0.0))
    return np.concatenate(columns, axis=1)


_Expected = Callable[[Mapping[str, FloatArray], slice], FloatArray]
"""Parameters at some rows -> the expected response, or one of them."""


def _expected(block: Prediction, dpar: str | None) -> _Expected:
    if dpar is not None:
        return lambda parameters, _: parameters[dpar]
    family, response = block.design.family, block.response()
    return lambda parameters, rows: expected_response(family, response.rows(rows), parameters)


def _matters(expected: _Expected, parameters: Mapping[str, FloatArray], name: str) -> bool:
    """Return whether something depends on a parameter: a missing value of it shows in the result."""
    one = {key: values[:1, :1] for key, values in parameters.items()} | {name: np.full((1, 1), np.nan)}
    with np.errstate(all="ignore"):
        return bool(np.isnan(expected(one, slice(0, 1))).any())


def _cholesky(covariance: list[list[FloatArray]]) -> list[list[FloatArray]]:
    """Return the lower root of a matrix of arrays; a direction without variance has a column of zeros."""
    root: list[list[FloatArray]] = []
    for a, row in enumerate(covariance):
        root.append([])
        for b in range(a + 1):
            rest = row[b] - sum((root[a][c] * root[b][c] for c in range(b)), np.zeros(1))
            if a == b:
                root[a].append(np.sqrt(np.maximum(rest, 0.0)))
            else:
                pivot = root[b][b]
                root[a].append(np.where(pivot > 0, rest / np.where(pivot > 0, pivot, 1.0), 0.0))
    return root


def _rule(nodes: int, dimensions: int) -> list[tuple[tuple[float, ...], float]]:
    """Return the nodes and weights of the product rule for standard normal variables."""
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()
    places = product(range(nodes), repeat=dimensions)
    return [(tuple(float(points[i]) for i in place), float(np.prod(weights[list(place)]))) for place in places]
