"""Tables of population-level and group-level effects and of variance components."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.terms import AuxiliaryTerm, GroupTerm, LinearTerm, prior_dpar

if TYPE_CHECKING:
    import pandas as pd

Flat = Mapping[str, FloatArray]


def fixed_draws(design: Design, draws: Flat) -> dict[str, FloatArray]:
    """Return coefficient label -> (draws,); labels of other parameters than mu start with their name."""
    return {label: draws[name] for label, name in fixed_names(design)}


def fixed_names(design: Design) -> list[tuple[str, str]]:
    """Return labels and posterior names of the population-level coefficients.

    They stand in the order of brms: intercepts of all parameters, other coefficients, unpenalised ones of smooths; an
    intercept that is not centred is one of the other coefficients.
    """
    found: list[tuple[str, str]] = []
    ordinary: set[str] = set()
    for dpar in (p.name for p in design.family.parameters if p.name in design.predicted):
        prefix = f"{prior_dpar(dpar)}_" if prior_dpar(dpar) else ""
        for term in design.terms:
            listed = term.coefficient_names(dpar)
            found += [(prefix + name, variable) for name, variable in listed]
            if isinstance(term, LinearTerm) and not term.centred:
                ordinary |= {variable for _, variable in listed}
    return sorted(found, key=lambda pair: (_class_rank(pair[1]), pair[1] in ordinary or not _INTERCEPT.search(pair[1])))


_THRESHOLD = re.compile(r"Intercept\[[^\]]+\]")
_INTERCEPT = re.compile(r"_Intercept(\[\d+\])?$")
_CLASSES = ("b", "bs", "bsp", "bcs")


def _class_rank(name: str) -> int:
    class_ = name.partition("_")[0]
    return _CLASSES.index(class_) if class_ in _CLASSES else len(_CLASSES)


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
    for group, (levels, own) in effects_draws(design, draws).items():
        columns = _at_thresholds(own, fixed) if design.family.ordered else own
        labels = dict.fromkeys([*columns, *fixed])
        zeros = np.zeros((count, len(levels)))
        sums = {label: columns.get(label, zeros) + fixed.get(label, np.zeros(count))[:, None] for label in labels}
        found[group] = (levels, sums)
    return found


def _at_thresholds(columns: Mapping[str, FloatArray], fixed: Flat) -> dict[str, FloatArray]:
    """Move the thresholds of a level by its intercept, as in brms: what raises the mean lowers them all."""
    named = _of_every_threshold(columns, fixed)
    return {label: -values if _THRESHOLD.fullmatch(label) else values for label, values in named.items()}


def _of_every_threshold(columns: Mapping[str, FloatArray], fixed: Flat) -> dict[str, FloatArray]:
    """Return the effects with that on the mean once for every threshold, added to the threshold's own, if any."""
    if "Intercept" not in columns:
        return dict(columns)
    thresholds = [label for label in fixed if _THRESHOLD.fullmatch(label)]
    moved = {label: columns["Intercept"] + columns.get(label, 0.0) for label in thresholds}
    return moved | {
        label: v for label, v in columns.items() if label not in moved and (not moved or label != "Intercept")
    }


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

    labels = list(term.deviation_labels)
    deviations = np.column_stack([draws[name] for name in term.deviation_names])
    tables = {"sd": posterior_summary(deviations, labels, prob=prob, robust=robust)}
    if not term.has_correlations:
        return tables
    pairs = list(term.correlation_labels)
    correlations = np.column_stack([draws[name] for name in term.correlation_names])
    index = pd.MultiIndex.from_tuples(pairs, names=["coef1", "coef2"])
    tables["cor"] = posterior_summary(correlations, index, prob=prob, robust=robust)
    products = np.column_stack([deviations[:, labels.index(a)] * deviations[:, labels.index(b)] for a, b in pairs])
    covariances = np.column_stack([deviations**2, correlations * products])
    index = pd.MultiIndex.from_tuples([*((label, label) for label in labels), *pairs], names=["coef1", "coef2"])
    tables["cov"] = posterior_summary(covariances, index, prob=prob, robust=robust)
    return tables
