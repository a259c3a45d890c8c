"""What ``plot()`` shows of an effect: a panel per condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.plots import DataPoints, EffectCurves, EffectLevels, EffectMap, Panel
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
    labels = (x_label or part.effect[0], y_label)
    codes = part.table[LABEL].cat.codes.to_numpy()
    count = len(part.titles)
    return tuple(_panel(part, np.flatnonzero(codes == i), i, labels, points, rug) for i in range(count))


def _panel(
    part: ConditionalEffect, rows: IntArray, condition: int, labels: tuple[str, str], points: bool, rug: bool
) -> Panel:
    table, title, last = part.table.iloc[rows], part.titles[condition], condition == len(part.titles) - 1
    data = part.points[part.points[LABEL].cat.codes == condition]
    if part.surface:
        return _map(part, table, labels, title, data if points else None, last)
    names, group = (
        _coded(table["effect2__"]) if len(part.effect) == 2 else (("",), np.zeros(len(table), dtype=np.int64))
    )
    legend = part.effect[1] if len(part.effect) == 2 and last else ""
    second = _second_codes(part, data, names)
    ordered = len(part.effect) == 2 and (part.numeric[1] or bool(getattr(table["effect2__"].dtype, "ordered", False)))
    cells = _cells(part, table, group, len(names))
    if part.numeric[0]:
        x = np.unique(table["effect1__"].to_numpy(dtype=float))
        seen = data["effect1__"].to_numpy(dtype=float)
        scatter = DataPoints(seen, data["resp__"].to_numpy(dtype=float), second) if points else None
        draws = None if part.draws is None else _drawn(part.draws[:, rows], group, len(names))
        return EffectCurves(x, *cells, names, *labels, legend, title, ordered, scatter, seen if rug else None, draws)
    levels, place = _coded(table["effect1__"])
    scatter = None
    if points:
        where = np.asarray([levels.index(str(v)) if str(v) in levels else -1 for v in data["effect1__"].astype(str)])
        kept = where >= 0
        scatter = DataPoints(where[kept].astype(float), data["resp__"].to_numpy(dtype=float)[kept], second[kept])
    return EffectLevels(levels, *cells, names, *labels, legend, title, ordered, scatter)


def _cells(part: ConditionalEffect, table: pd.DataFrame, group: IntArray, count: int) -> list[FloatArray]:
    """Return estimate, lower and upper ends, each (groups, values of the first variable)."""
    order = np.argsort(group, kind="stable")
    columns = (table[name].to_numpy(dtype=float)[order] for name in ("estimate__", "lower__", "upper__"))
    return [column.reshape(count, -1) for column in columns]


def _drawn(draws: FloatArray, group: IntArray, count: int) -> FloatArray:
    """Return (draws, groups, values)."""
    return draws[:, np.argsort(group, kind="stable")].reshape(len(draws), count, -1)


def _coded(column: Any) -> tuple[tuple[str, ...], IntArray]:
    """Return the values of a discrete column that occur, in order, and the place of every row among them."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories().cat
        return tuple(map(str, used.categories)), used.codes.to_numpy(dtype=np.int64)
    values, codes = np.unique(column.to_numpy(), return_inverse=True)
    return tuple(str(value).upper() if isinstance(value, np.bool_) else f"{value:g}" for value in values), codes


def _second_codes(part: ConditionalEffect, data: pd.DataFrame, names: tuple[str, ...]) -> IntArray:
    """Return which curve every data point belongs to, -1 for none: where the second variable is a number."""
    if len(part.effect) < 2 or part.numeric[1]:
        return np.full(len(data), -1 if len(part.effect) == 2 else 0, dtype=np.int64)
    own, codes = _coded(data["effect2__"])
    place = {name: i for i, name in enumerate(names)}
    return np.asarray([place.get(name, -1) for name in own], dtype=np.int64)[codes]


def _map(
    part: ConditionalEffect, table: pd.DataFrame, labels: tuple[str, str], title: str, data: pd.DataFrame | None,
    last: bool,
) -> EffectMap:  # fmt: skip
    x, i = np.unique(table["effect1__"].to_numpy(dtype=float), return_inverse=True)
    y, j = np.unique(table["effect2__"].to_numpy(dtype=float), return_inverse=True)
    values = np.full((len(y), len(x)), np.nan)
    values[j, i] = table["estimate__"]
    points = None if data is None else data[["effect1__", "effect2__"]].to_numpy(dtype=float)
    whole = part.table["estimate__"]
    limits = (float(whole.min()), float(whole.max()))
    return EffectMap(x, y, values, limits, labels[0], part.effect[1], labels[1] if last else "", title, points)
