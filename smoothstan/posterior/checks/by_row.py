"""Checks that put every observation beside the predictions of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots import Panel, PredictiveIntervals, RowScatter
from smoothstan.posterior.checks.predictive import Group, Predictive, predicted
from smoothstan.posterior.checks.predictive_check import Comparison

if TYPE_CHECKING:
    import pandas as pd

_INNER = 0.5


@dataclass(frozen=True)
class RowTable:
    """What the tables of these checks have in common: rows, groups and positions."""

    groups: tuple[Group, ...]
    group_name: str
    x: FloatArray
    x_name: str

    def with_columns(self, columns: dict[str, FloatArray]) -> pd.DataFrame:
        """Return row number, group, position and further columns, group by group."""
        import pandas as pd

        rows = np.concatenate([group.rows for group in self.groups])
        table = pd.DataFrame({"row": rows})
        if self.group_name:
            table[self.group_name] = np.repeat(
                np.array([group.label for group in self.groups], dtype=object), [len(g.rows) for g in self.groups]
            )
        if self.x_name:
            table[self.x_name] = self.x[rows]
        for name, values in columns.items():
            table[name] = values[rows]
        return table


@final
@dataclass(frozen=True)
class RowIntervals(Comparison):
    """Median and intervals of the predictions of every row.

    Args:
        observed, median: (n,).
        outer, inner: (2, n) ends of the intervals with mass ``prob`` and 0.5; ``inner`` is None if that is wider.
        prob: mass of the outer one.
        rows: what the rows are.
        source: what the predictions are.
        ribbon: draw bands.
    """

    observed: FloatArray
    median: FloatArray
    outer: FloatArray
    inner: FloatArray | None
    prob: float
    rows: RowTable
    source: str
    ribbon: bool

    share_x: ClassVar[bool] = False

    def table(self) -> pd.DataFrame:
        """Return row, y, median and the ends of the intervals."""
        columns = {"y": self.observed, "lower": self.outer[0]}
        if self.inner is not None:
            columns |= {"lower_50": self.inner[0]}
        columns |= {"median": self.median}
        if self.inner is not None:
            columns |= {"upper_50": self.inner[1]}
        return self.rows.with_columns(columns | {"upper": self.outer[1]})

    def summary(self) -> pd.DataFrame:
        """Return the share of the observations in the intervals, by group."""
        import pandas as pd

        lines = []
        for group in self.rows.groups:
            line: dict[str, object] = {self.rows.group_name: group.label} if self.rows.group_name else {}
            for prob, ends in self._intervals():
                y, (low, high) = self.observed[group.rows], ends[:, group.rows]
                lines.append(
                    line | {"interval": f"{100 * prob:g}%", "share_inside": float(np.mean((y >= low) & (y <= high)))}
                )
        return pd.DataFrame(lines)

    def _intervals(self) -> list[tuple[float, FloatArray]]:
        return [(self.prob, self.outer), *([(_INNER, self.inner)] if self.inner is not None else [])]

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        names = ("data", f"{self.source} median", f"{100 * self.prob:g}% interval", f"{100 * _INNER:g}% interval")
        result: list[tuple[str, Panel]] = []
        for group in self.rows.groups:
            r = group.rows
            inner = None if self.inner is None else _finite(self.inner[:, r])
            panel = PredictiveIntervals(
                self.rows.x[r], self.observed[r], _finite(self.median[r]), _finite(self.outer[:, r]), inner, names,
                self.ribbon,
            )  # fmt: skip
            result.append((group.label, panel))
        return result


def _finite(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, np.nan)


def row_intervals(predictive: Predictive, prob: float, *, ribbon: bool) -> RowIntervals:
    """Summarise the predictions of every row by quantiles."""
    wide = prob > _INNER
    masses = [prob, _INNER] if wide else [prob]
    probabilities = [0.5, *(end for mass in masses for end in ((1 - mass) / 2, (1 + mass) / 2))]
    quantiles = np.empty((len(probabilities), predictive.n))
    for rows, block in predictive.blocks():
        with np.errstate(all="ignore"):
            quantiles[:, rows] = np.quantile(predicted(block), probabilities, axis=0)
    return RowIntervals(
        predictive.x_label or "row", predictive.label, predictive.y, quantiles[0], quantiles[1:3],
        quantiles[3:5] if wide else None, prob, _row_table(predictive), predictive.source, ribbon,
    )  # fmt: skip


def _row_table(predictive: Predictive) -> RowTable:
    x = np.arange(predictive.n, dtype=float) if predictive.x is None else predictive.x
    return RowTable(predictive.groups, predictive.group_name, x, predictive.x_label)


@final
@dataclass(frozen=True)
class RowAverages(Comparison):
    """The mean of the predictions of every row.

    Args:
        observed, average: (n,).
        errors: show y minus the mean in place of the mean.
        rows: what the rows are.
    """

    observed: FloatArray
    average: FloatArray
    errors: bool
    rows: RowTable

    def table(self) -> pd.DataFrame:
        """Return row, y, the mean of predictions and the error, y minus the mean."""
        return self.rows.with_columns(
            {"y": self.observed, "yrep_mean": self.average, "error": self.observed - self.average}
        )

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        error = self.observed - self.average
        if not self.errors:
            x, y, reference = self.average, self.observed, "equality"
        elif self.rows.x_name:
            x, y, reference = self.rows.x, error, "zero y"
        else:
            x, y, reference = error, self.observed, "zero x"
        return [
            (group.label, RowScatter(x[group.rows], y[group.rows], reference, "rows")) for group in self.rows.groups
        ]


def row_averages(predictive: Predictive, *, errors: bool) -> RowAverages:
    """Average the predictions of every row."""
    average = np.empty(predictive.n)
    for rows, block in predictive.blocks():
        with np.errstate(all="ignore"):
            average[rows] = predicted(block).mean(axis=0)
    mean, error = (
        f"mean {predictive.source} of {predictive.label}",
        f"{predictive.label} minus mean {predictive.source}",
    )
    if not errors:
        labels = (mean, predictive.label)
    elif predictive.x_label:
        labels = (predictive.x_label, error)
    else:
        labels = (error, predictive.label)
    return RowAverages(*labels, predictive.y, average, errors, _row_table(predictive))
