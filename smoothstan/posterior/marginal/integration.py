"""The expected response averaged over the effects of groups that the fit has not seen.

In every draw the effects of a new group are normal with that draw's standard deviations and correlations, those of its
``by`` level, so what they add to the linear predictors of a row is normal with the covariances z_a' Sigma z_b, a and b
being distributional parameters, or thresholds.  The expectation over it is taken by Gauss-Hermite quadrature, a product
rule if several of them matter.  The members of a row are different new groups.  Student-t effects are normal given the
scale of their group, over which a further rule goes.

Source: Pavlou, Ambler, Seaman & Omar (2015), BMC Medical Research Methodology 15, 59; Hedeker, du Toit, Demirtas &
Gibbons (2018), Biometrics 74, 354-361; Abramowitz & Stegun (1964), 25.4.46.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError, suggestion
from smoothstan.families import expected_response
from smoothstan.posterior.marginal.new_effects import (
    THRESHOLDS,
    Covariates,
    Shifts,
    Target,
    has_slopes,
    new_effect_shifts,
    targets_of,
)
from smoothstan.posterior.prediction import Prediction
from smoothstan.table import Table
from smoothstan.terms import BoundTerm, GroupTerm, LinearTerm

_NODES = (31, 15)
"""Nodes in one dimension, and in each of several."""

_MOST_NODES = 10_000
_NO_MEAN = ("inverse", "1/mu^2")
"""Links whose inverse has no expectation over a normal variable."""

_FAR = 1e8
"""A linear predictor beyond all that matters."""

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
    terms: list[BoundTerm] = []
    for term in design.terms:
        if term in taken and isinstance(term, GroupTerm):
            terms += [LinearTerm(_NOWHERE, e.matrix, "") for e in term.effects if has_slopes(term, e)]
            terms.append(Covariates(term.effect_reads))
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
        targets = [t for t in targets_of(self.terms, design) if _matters(expected, parameters, t.parameter)]
        if not targets:
            return block.evaluate("epred", dpar=dpar)
        if design.family.ordered_thresholds and any(t.threshold for t in targets):
            raise OptionError(
                f"thresholds of family {design.family.name} can cross in new groups, where there are no probabilities; "
                "sratio, cratio and acat have no such limit"
            )
        self._refuse_links(design, [t.dpar for t in targets if not t.threshold])
        shifts = new_effect_shifts(self.terms, targets, draws, table)
        nodes = self.n_nodes or _NODES[len(targets) > 1]
        self._refuse_effort(shifts, targets, nodes)
        move = _mover(design, draws, table, parameters)
        if not shifts.normal:
            _refuse_tails(expected, move, targets)
        total = np.zeros((block.ndraws, block.n, *expected(parameters, slice(None)).shape[2:]))
        for scale_weight, covariance in shifts.covariances(draws):
            root = _cholesky(covariance)
            for node, weight in _rule(nodes, len(targets)):
                moves = [sum(v * c for v, c in zip(row, node, strict=False)) for row in root]
                value = expected(move(dict(zip(targets, moves, strict=True))), slice(None))
                total += weight * scale_weight.reshape(-1, *[1] * (value.ndim - 1)) * value
        return total

    def _refuse_effort(self, shifts: Shifts, targets: Sequence[Target], nodes: int) -> None:
        count = nodes ** len(targets) * shifts.scale_nodes
        if count > _MOST_NODES:
            tails = "" if shifts.normal else f" and the scales of {len(shifts.scales)} Student-t groups"
            raise OptionError(
                f"the effects of {', '.join(map(str, targets))}{tails} need {count} nodes of integration, more than "
                f"{_MOST_NODES}; lower n_integration, or use allow_new_levels=True with new levels"
            )

    def _refuse_links(self, design: Design, names: Sequence[str]) -> None:
        for name in names:
            link = design.family.link(name).name
            if link in _NO_MEAN:
                raise OptionError(
                    f"with the link {link!r} of {name} the average over normal group effects does not exist"
                )


_Expected = Callable[[Mapping[str, FloatArray], slice], FloatArray]
"""Parameters at some rows -> the expected response, or one of them."""


def _expected(block: Prediction, dpar: str | None) -> _Expected:
    if dpar is not None:
        return lambda parameters, _: parameters[dpar]
    family, response = block.design.family, block.response()
    return lambda parameters, rows: expected_response(family, response.rows(rows), parameters)


def _matters(expected: _Expected, parameters: Mapping[str, FloatArray], name: str) -> bool:
    """Return whether something depends on a parameter: a missing value of it shows in the result."""
    one = {key: values[:1, :1] for key, values in parameters.items()}
    one[name] = np.full_like(one[name], np.nan, dtype=float)
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


_Move = Callable[[Mapping[Target, Any]], dict[str, FloatArray]]
"""What is added to linear predictors and thresholds -> all parameters."""


def _mover(
    design: Design, draws: Mapping[str, FloatArray], table: Table, parameters: Mapping[str, FloatArray]
) -> _Move:
    predictors: dict[str, FloatArray] = {}

    def move(shifts: Mapping[Target, Any]) -> dict[str, FloatArray]:
        moved = dict(parameters)
        for target, shift in shifts.items():
            if target.threshold:
                values = np.array(np.broadcast_arrays(moved[THRESHOLDS], np.asarray(shift)[:, :, None])[0])
                values[:, :, target.threshold - 1] -= shift
                moved[THRESHOLDS] = values
                continue
            if target.dpar not in predictors:
                predictors[target.dpar] = design.linear_predictor(target.dpar, draws, table)
            value = predictors[target.dpar] + shift
            joint = target.dpar == "mu" and design.family.joint_link
            moved[target.dpar] = value if joint else design.family.link(target.dpar).inverse(value)
        return moved

    return move


def _refuse_tails(expected: _Expected, move: _Move, targets: Sequence[Target]) -> None:
    """Refuse an average that Student-t effects may not have: of what grows faster than they do, as under a log link."""
    for sign in (-1.0, 1.0):
        far = {target: np.full((1, 1), sign * _FAR) for target in targets}
        with np.errstate(all="ignore"):
            value = expected(move(far), slice(0, 1))
        if not np.all(np.abs(value) < _FAR * _FAR**0.5):
            raise OptionError(
                f"the average over Student-t group effects on {', '.join(map(str, targets))} need not exist: what is "
                "averaged grows faster than the effects; leave them in, or out by re_formula"
            )
