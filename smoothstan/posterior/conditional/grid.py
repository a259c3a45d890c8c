"""The rows at which an effect is evaluated: its values under every condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import BoolArray, FloatArray, IntArray
from smoothstan.posterior.conditional.conditions import (
    LABEL,
    Conditions,
    condition_column,
    level_column,
    native_column,
    short_texts,
)
from smoothstan.posterior.conditional.predictor import Predictor, given_values, n_rows
from smoothstan.posterior.conditional.shown import Effect
from smoothstan.table import Column, Factor, Numeric, Table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Axis:
    """The values that are shown of one variable.

    Args:
        name: the variable.
        values: in the order in which they are shown.
        numeric: whether it is a continuous axis.
        labels: of the values, where the user gave some.
    """

    name: str
    values: Column
    numeric: bool
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of values."""
        return n_rows(self.values)

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as they stand in a legend."""
        return self.labels or _texts(self.values)

    def shown(self, places: IntArray, *, surface: bool) -> Any:
        """Return the values at some places; numbers that tell curves apart are written, the largest first."""
        import pandas as pd

        if self.numeric and surface:
            return native_column(self.values.take(places))
        if not self.numeric and not self.labels:
            return level_column(self.values.take(places))
        texts = list(self.texts)
        categories = texts[::-1] if self.numeric else texts
        return pd.Categorical(np.asarray(texts, dtype=object)[places], categories=categories)


@dataclass(frozen=True)
class EffectGrid:
    """The rows of one effect, condition by condition, the first variable's values one after the other in each.

    Args:
        axes: one or two of them.
        conditions: where the other variables are held.
        places: (rows, axes) which value of every axis a row has.
        condition: (rows,) the number of its condition.
        surface: whether both variables are continuous axes.
    """

    axes: tuple[Axis, ...]
    conditions: Conditions
    places: IntArray
    condition: IntArray
    surface: bool

    @property
    def effect(self) -> Effect:
        """The variables."""
        return tuple(axis.name for axis in self.axes)

    def table(self) -> Table:
        """Return what predictions read."""
        held = {k: column.take(self.condition) for k, column in self.conditions.columns.items()}
        own = {axis.name: axis.values.take(self.places[:, i]) for i, axis in enumerate(self.axes)}
        return Table(held | own, len(self.condition))

    def frame(self, others: Mapping[str, Column | None]) -> pd.DataFrame:
        """Return the variables, ``cond__``, ``effect1__`` and ``effect2__``.

        Args:
            others: further columns of the model, which do not matter here: one row each, None for no value.
        """
        import pandas as pd

        table = self.table()
        effect = {name: native_column(table[name]) for name in self.effect}
        held = {name: native_column(column) for name, column in table.columns.items() if name not in effect}
        absent = {name: np.nan if c is None else native_column(c.take(np.zeros(table.n, dtype=np.int64)))
                  for name, c in others.items() if name not in table.columns}  # fmt: skip
        frame = pd.DataFrame(effect | absent | held)
        frame[LABEL] = condition_column(self.condition, self.conditions.labels)
        frame["effect1__"] = self.axes[0].shown(np.asarray(self.places[:, 0]), surface=True)
        if len(self.axes) == 2:
            frame["effect2__"] = self.axes[1].shown(np.asarray(self.places[:, 1]), surface=self.surface)
        return frame


def effect_grid(
    effect: Effect, predictors: Mapping[str, Predictor], conditions: Conditions, int_conditions: Mapping[str, Any], *,
    surface: bool, resolution: int, too_far: float,
) -> EffectGrid:  # fmt: skip
    """Place the rows of an effect.

    Args:
        effect: one variable or two.
        predictors: the variables of the model.
        conditions: where the others are held.
        int_conditions: variable -> the values to show of it.
        surface: show two numbers as axes of a map.
        resolution: the number of values of an axis.
        too_far: leave out the rows of a map that are farther than this from all data, as a part of the axes' ranges.
    """
    first = axis_of(predictors[effect[0]], int_conditions, resolution, along=True)
    if len(effect) == 1:
        axes: tuple[Axis, ...] = (first,)
    else:
        axes = (first, axis_of(predictors[effect[1]], int_conditions, resolution, along=surface))
    mapped = surface and len(axes) == 2 and all(axis.numeric for axis in axes)
    places = np.stack(np.meshgrid(*(np.arange(axis.size) for axis in axes), indexing="ij"), axis=-1)
    places = places.reshape(-1, len(axes))
    if mapped and too_far > 0:
        points = np.column_stack([numbers_of(axis.values)[places[:, i]] for i, axis in enumerate(axes)])
        data = np.column_stack([numbers_of(predictors[name].column) for name in effect])
        places = places[~far_from_data(points, data, too_far)]
    return EffectGrid(
        axes, conditions, np.tile(places, (conditions.n, 1)), np.repeat(np.arange(conditions.n), len(places)), mapped
    )


def axis_of(predictor: Predictor, int_conditions: Mapping[str, Any], resolution: int, *, along: bool) -> Axis:
    """Return the values to show of a variable: given ones, along the whole range, or the mean and deviations."""
    if predictor.name in int_conditions:
        values, labels = given_values(int_conditions, predictor)
        return Axis(predictor.name, values, predictor.numeric, labels)
    values = predictor.grid(resolution) if along else predictor.spread()
    return Axis(predictor.name, values, predictor.numeric)


def far_from_data(points: FloatArray, data: FloatArray, distance: float) -> BoolArray:
    """Return which of (m, 2) grid points are farther than ``distance`` from all (n, 2) data.

    Both variables are scaled so that the grid reaches from 0 to 1.

    Source: mgcv's ``exclude.too.far``.
    """
    from scipy.spatial import cKDTree

    corner, size = points.min(axis=0), np.ptp(points, axis=0)
    size[size == 0] = 1.0
    nearest = cKDTree((data - corner) / size).query((points - corner) / size)[0]
    return np.asarray(nearest > distance)


def numbers_of(column: Column) -> FloatArray:
    """Return the values of a numeric column."""
    assert isinstance(column, Numeric)
    return column.values


def _texts(column: Column) -> tuple[str, ...]:
    if isinstance(column, Factor):
        return tuple(column.levels[code] for code in column.codes)
    if isinstance(column, Numeric):
        return short_texts(column.values.tolist())
    return tuple("TRUE" if value else "FALSE" for value in column.values.ravel())
