"""Tables of population-level and group-level effects and of variance components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.terms import AuxiliaryTerm, GroupTerm, LinearTerm, SmoothTerm, prior_dpar

if TYPE_CHECKING:
    import pandas as pd

Flat = Mapping[str, FloatArray]


def fixed_draws(design: Design, draws: Flat) -> dict[str, FloatArray]:
    """Return coefficient label -> (draws,); labels of other parameters than mu start with their name."""
    found: dict[str, FloatArray] = {}
    for dpar in design.predicted:
        prefix = f"{prior_dpar(dpar)}_" if prior_dpar(dpar) else ""
        listed = (pair for term in design.terms for pair in term.coefficient_names(dpar))
        found |= {prefix + label: draws[name] for label, name in listed}
        for term in design.terms:
            if isinstance(term, LinearTerm) and term.dpar == dpar:
                stem = f"b{term.p}_"
                for variable in term.variables:
                    if variable.name.startswith(stem):
                        found[prefix + variable.name.removeprefix(stem)] = draws[variable.name]
            if isinstance(term, SmoothTerm) and term.dpar == dpar:
                found |= {prefix + name: draws[f"bs{term.p}_{name}"] for name in term.fixed_names}
    return found


def fixed_table(design: Design, draws: Flat, *, prob: float, robust: bool) -> pd.DataFrame:
    """Summarise the population-level coefficients."""
    found = fixed_draws(design, draws)
    values = np.column_stack(list(found.values())) if found else np.empty((1, 0))
    return posterior_summary(values, list(found), prob=prob, robust=robust)


ByLevel = dict[str, tuple[tuple[str, ...], dict[str, FloatArray]]]
"""Group -> (levels, coefficient label -> (draws, levels))."""


def effects_draws(design: Design, draws: Flat) -> ByLevel:
    """Return the group-level effects."""
    found: dict[str, tuple[tuple[str, ...], dict[str, FloatArray]]] = {}
    for term in design.groups:
        _, columns = found.setdefault(term.group, (term.levels, {}))
        for coefficient in term.coefficients:
            position = term.position(coefficient.dpar, coefficient.name)
            columns[coefficient.label] = draws[term.effects_name(coefficient.dpar)][:, :, position]
    return found


def coefficients_draws(design: Design, draws: Flat) -> ByLevel:
    """Return population-level plus group-level effects; a coefficient that has only one of them keeps it."""
    fixed = fixed_draws(design, draws)
    count = len(next(iter(draws.values())))
    found = {}
    for group, (levels, columns) in effects_draws(design, draws).items():
        labels = dict.fromkeys([*columns, *fixed])
        zeros = np.zeros((count, len(levels)))
        sums = {label: columns.get(label, zeros) + fixed.get(label, np.zeros(count))[:, None] for label in labels}
        found[group] = (levels, sums)
    return found


def effects_tables(design: Design, draws: Flat, *, prob: float, robust: bool) -> dict[str, pd.DataFrame]:
    """Summarise the group-level effects."""
    return {
        group: _by_level(levels, columns, prob=prob, robust=robust)
        for group, (levels, columns) in effects_draws(design, draws).items()
    }


def coefficients_table(design: Design, draws: Flat, *, prob: float, robust: bool) -> dict[str, pd.DataFrame]:
    """Summarise the sums of population-level and group-level effects."""
    return {
        group: _by_level(levels, columns, prob=prob, robust=robust)
        for group, (levels, columns) in coefficients_draws(design, draws).items()
    }


def _by_level(levels: tuple[str, ...], columns: Mapping[str, FloatArray], *, prob: float, robust: bool) -> pd.DataFrame:
    import pandas as pd

    index = pd.MultiIndex.from_product([list(columns), list(levels)], names=["coef", "level"])
    table = posterior_summary(np.concatenate(list(columns.values()), axis=1), index, prob=prob, robust=robust)
    ordered = pd.MultiIndex.from_product([list(levels), list(columns)], names=["level", "coef"])
    return table.swaplevel().loc[ordered]


def variance_tables(design: Design, draws: Flat, *, prob: float, robust: bool) -> dict[str, dict[str, pd.DataFrame]]:
    """Summarise standard deviations, correlations and covariances of every grouping, and the residual's."""
    tables: dict[str, dict[str, pd.DataFrame]] = {}
    for term in design.groups:
        own = _grouping_tables(term, draws, prob=prob, robust=robust)
        known = tables.setdefault(term.group, {})
        for kind, table in own.items():
            known[kind] = table if kind not in known else _stacked(known[kind], table)
    for auxiliary in design.terms:
        if isinstance(auxiliary, AuxiliaryTerm) and auxiliary.name == "sigma" and auxiliary.value is None:
            sigma = draws["sigma"][:, None]
            tables["residual__"] = {"sd": posterior_summary(sigma, ["sigma"], prob=prob, robust=robust)}
    return tables


def _stacked(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([first, second])


def _grouping_tables(term: GroupTerm, draws: Flat, *, prob: float, robust: bool) -> dict[str, pd.DataFrame]:
    import pandas as pd

    labels = [c.label for c in term.coefficients]
    deviations = np.column_stack([draws[name] for name in term.deviation_names])
    tables = {"sd": posterior_summary(deviations, labels, prob=prob, robust=robust)}
    if not term.has_correlations:
        return tables
    pairs = [(a.label, b.label) for a, b in term.pairs()]
    correlations = np.column_stack([draws[name] for name in term.correlation_names])
    index = pd.MultiIndex.from_tuples(pairs, names=["coef1", "coef2"])
    tables["cor"] = posterior_summary(correlations, index, prob=prob, robust=robust)
    products = np.column_stack([deviations[:, labels.index(a)] * deviations[:, labels.index(b)] for a, b in pairs])
    covariances = np.column_stack([deviations**2, correlations * products])
    index = pd.MultiIndex.from_tuples([*((label, label) for label in labels), *pairs], names=["coef1", "coef2"])
    tables["cov"] = posterior_summary(covariances, index, prob=prob, robust=robust)
    return tables
