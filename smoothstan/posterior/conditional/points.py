"""The data that belong to a picture of an effect: the rows that meet each condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray
from smoothstan.design import Design
from smoothstan.posterior.conditional.conditions import LABEL, Conditions, condition_column, level_column, native_column
from smoothstan.posterior.conditional.predictor import Predictor
from smoothstan.posterior.conditional.shown import Effect
from smoothstan.table import Column, Factor, MatrixColumn, Table, as_factor

if TYPE_CHECKING:
    import pandas as pd

RESPONSE = "resp__"


def data_points(
    design: Design, predictors: Mapping[str, Predictor], effect: Effect, conditions: Conditions, select_points: float
) -> pd.DataFrame:
    """Return the observed responses under every condition.

    A row belongs to a condition if all factors, and groups that the condition names, are the same; with
    ``select_points`` also numbers must be as close, as a part of their range.  A number of successes is scaled to
    the condition's number of trials, the count of a rate to the condition's denominator.

    Args:
        design: the model.
        predictors: its variables.
        effect: the variables shown, which need not match.
        conditions: where the others are held.
        select_points: the largest distance of numbers; 0 for any.

    Returns:
        Columns of the effect, ``resp__``, ``cond__``, ``effect1__`` and ``effect2__``.
    """
    import pandas as pd

    masks = [_matching(predictors, effect, conditions, i, select_points, design.n) for i in range(conditions.n)]
    rows = np.concatenate([np.flatnonzero(mask) for mask in masks])
    condition = np.repeat(np.arange(conditions.n), [int(mask.sum()) for mask in masks])
    frame = pd.DataFrame({name: native_column(design.table[name].take(rows)) for name in effect})
    frame[RESPONSE] = (design.observed.y * _exposure_ratio(design, conditions))[condition, rows]
    frame[LABEL] = condition_column(condition, conditions.labels)
    for i, name in enumerate(effect, start=1):
        column = design.table[name].take(rows)
        frame[f"effect{i}__"] = frame[name] if predictors[name].numeric else level_column(column)
    return frame


def _exposure_ratio(design: Design, conditions: Conditions) -> FloatArray:
    """Return (conditions, rows) trials, or denominators, of a condition over those of a row; one where there are none.

    Those of a condition are one if the effect does not depend on them.
    """
    function, observed = "trials", design.observed.trials
    if observed is None:
        function, observed = "rate", design.observed.denom
    if observed is None:
        return np.ones((conditions.n, design.n))
    table = Table(conditions.columns, conditions.n)
    if set(design.response.addition_reads((function,))) <= set(conditions.columns):
        (wanted,) = design.response.additions_at(table, (function,)).values()
    else:
        wanted = np.ones(conditions.n)
    return np.asarray(wanted[:, None] / np.where(observed > 0, observed, np.nan))


def _matching(
    predictors: Mapping[str, Predictor], effect: Effect, conditions: Conditions, i: int, select_points: float, n: int
) -> BoolArray:
    mask = np.ones(n, dtype=bool)
    for name, predictor in predictors.items():
        held = conditions.columns.get(name)
        if name in effect or held is None or isinstance(held, MatrixColumn):
            continue
        value = held.take(np.asarray([i]))
        if not predictor.numeric:
            mask &= same_level(predictor.column, value)
        elif select_points > 0 and not isinstance(predictor.column, Factor) and not isinstance(value, Factor):
            range_ = np.ptp(predictor.column.values) or 1.0
            mask &= np.abs(predictor.column.values - value.values[0]) <= select_points * range_
    return mask


def same_level(column: Column, value: Column) -> BoolArray:
    """Return which rows have the level of a column of one row."""
    factor, wanted = as_factor(column), as_factor(value)
    level = wanted.levels[wanted.codes[0]]
    return np.asarray(factor.codes == (factor.levels.index(level) if level in factor.levels else -2))
