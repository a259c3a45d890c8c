"""What ``plot()`` shows of an effect: a panel per condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.plots import DataPoints, EffectCurves, EffectLevels, EffectMap, Estimates, Panel, PanelLabels
from smoothstan.posterior.conditional.conditions import LABEL
from smoothstan.posterior.conditional.part import ConditionalEffect

if TYPE_CHECKING:
    import pandas as pd


def effect_panels(
    part: ConditionalEffect, *, points: bool, rug: bool, x_label: str | None, y_label: str
) -> tuple[Panel, ...]:
    """Return the panels of an effect.

    Args:
        part: the effect.
        points: add the data.
        rug: mark the values of the first variable in the data.
        x_label, y_label: axis labels.
    """
    codes = part.table[LABEL].cat.codes.to_numpy()
    last = len(part.titles) - 1
    panels = []
    for i, title in enumerate(part.titles):
        # One legend for all conditions.
        legend = (part.effect[1] if not part.surface else y_label) if len(part.effect) == 2 and i == last else ""
        labels = PanelLabels(x_label or part.effect[0], part.effect[1] if part.surface else y_label, legend, title)
        data = part.points[part.points[LABEL].cat.codes == i]
        panels.append(_Condition(part, np.flatnonzero(codes == i), data, labels).panel(points=points, rug=rug))
    return tuple(panels)


@dataclass(frozen=True)
class _Condition:
    """An effect under one condition: the rows of its table, the data, and the labels of its panel."""

    part: ConditionalEffect
    rows: IntArray
    data: pd.DataFrame
    labels: PanelLabels

    @property
    def table(self) -> pd.DataFrame:
        return self.part.table.iloc[self.rows]

    def panel(self, *, points: bool, rug: bool) -> Panel:
        if self.part.surface:
            return self.map(points)
        estimates, group = self.estimates()
        if not self.part.numeric[0]:
            levels, _ = _coded(self.table["effect1__"])
            return EffectLevels(levels, estimates, self.labels, self.scatter(estimates.names, levels, points))
        x = np.unique(self.table["effect1__"].to_numpy(dtype=float))
        seen = self.data["effect1__"].to_numpy(dtype=float) if rug else None
        draws = None if self.part.draws is None else _drawn(self.part.draws[:, self.rows], group, estimates.names)
        return EffectCurves(x, estimates, self.labels, self.scatter(estimates.names, None, points), seen, draws)

    def estimates(self) -> tuple[Estimates, IntArray]:
        """Return the estimates by curve, and the curve of every row."""
        table = self.table
        names: tuple[str, ...] = ("",)
        group = np.zeros(len(table), dtype=np.int64)
        ordered = False
        if len(self.part.effect) == 2:
            second = table["effect2__"]
            names, group = _coded(second)
            ordered = self.part.numeric[1] or bool(getattr(second.dtype, "ordered", False))
        order = np.argsort(group, kind="stable")
        cells = (table[name].to_numpy(dtype=float)[order] for name in ("estimate__", "lower__", "upper__"))
        estimate, lower, upper = (column.reshape(len(names), -1) for column in cells)
        return Estimates(estimate, lower, upper, names, ordered), group

    def scatter(self, names: tuple[str, ...], levels: tuple[str, ...] | None, points: bool) -> DataPoints | None:
        """Return the data: along a number, or, where there are levels, at their places."""
        if not points:
            return None
        group, y = self.second(names), self.data["resp__"].to_numpy(dtype=float)
        if levels is None:
            return DataPoints(self.data["effect1__"].to_numpy(dtype=float), y, group)
        where = _places(self.data["effect1__"], levels)
        kept = where >= 0
        return DataPoints(where[kept].astype(float), y[kept], group[kept])

    def second(self, names: tuple[str, ...]) -> IntArray:
        """Return which curve every data point belongs to, -1 for none: where the second variable is a number."""
        if len(self.part.effect) == 1 or self.part.numeric[1]:
            return np.full(len(self.data), 0 if len(self.part.effect) == 1 else -1, dtype=np.int64)
        return _places(self.data["effect2__"], names)

    def map(self, points: bool) -> EffectMap:
        table = self.table
        x, i = np.unique(table["effect1__"].to_numpy(dtype=float), return_inverse=True)
        y, j = np.unique(table["effect2__"].to_numpy(dtype=float), return_inverse=True)
        values = np.full((len(y), len(x)), np.nan)
        values[j, i] = table["estimate__"]
        seen = self.data[["effect1__", "effect2__"]].to_numpy(dtype=float) if points else None
        whole = self.part.table["estimate__"]
        return EffectMap(x, y, values, (float(whole.min()), float(whole.max())), self.labels, seen)


def _drawn(draws: FloatArray, group: IntArray, names: tuple[str, ...]) -> FloatArray:
    """Return (draws, curves, values)."""
    return draws[:, np.argsort(group, kind="stable")].reshape(len(draws), len(names), -1)


def _coded(column: Any) -> tuple[tuple[str, ...], IntArray]:
    """Return the values of a discrete column that occur, in order, and the place of every row among them."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories().cat
        return tuple(map(str, used.categories)), used.codes.to_numpy(dtype=np.int64)
    values, codes = np.unique(column.to_numpy(dtype=bool), return_inverse=True)
    return tuple(str(value).upper() for value in values), codes


def _places(column: Any, names: tuple[str, ...]) -> IntArray:
    """Return the place of every row's value among names, -1 where it is none of them."""
    own, codes = _coded(column)
    place = {name: i for i, name in enumerate(names)}
    return np.asarray([place.get(name, -1) for name in own], dtype=np.int64)[codes]
