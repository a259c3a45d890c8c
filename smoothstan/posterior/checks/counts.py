"""Checks of counts: how often each value occurs in the data and in predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import OptionError
from smoothstan.plots import CountBars, Panel
from smoothstan.posterior.checks.density import central_window, far_away, row_by_row
from smoothstan.posterior.checks.predictive import Predictive
from smoothstan.posterior.checks.predictive_check import Comparison

if TYPE_CHECKING:
    import pandas as pd

_MOST_VALUES = 1000
_FEW_VALUES = 50
_MOST_COUNTS = 10**8


@final
@dataclass(frozen=True)
class ValueCounts(Comparison):
    """How often each value occurs.

    Args:
        values: (k,) consecutive whole numbers.
        observed: (g, k) counts in the data.
        quantiles: (3, g, k) lower end, median and upper end of the counts in predictions.
        prob: mass between the ends.
        groups: (g,) labels.
        group_name: the column, or empty.
        names: what the legend calls data and predictions.
        root: show square roots, as a rootogram does.
        labels: (k,) what the values stand for, or none.
    """

    values: FloatArray
    observed: IntArray
    quantiles: FloatArray
    prob: float
    groups: tuple[str, ...]
    group_name: str
    names: tuple[str, str]
    root: bool
    labels: tuple[str, ...] = ()

    share_x: ClassVar[bool] = True

    def table(self) -> pd.DataFrame:
        """Return value, what it stands for, its count in the data, and median and interval of that in predictions."""
        import pandas as pd

        parts = []
        for i, label in enumerate(self.groups):
            low, middle, high = self.quantiles[:, i]
            part = pd.DataFrame(
                {"value": self.values.astype(np.int64), "y": self.observed[i],
                 "median": middle, "lower": low, "upper": high}
            )  # fmt: skip
            if self.labels:
                part.insert(1, "category", self.labels)
            if self.group_name:
                part.insert(0, self.group_name, label)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        scale = np.sqrt if self.root else np.asarray
        return [
            (
                label,
                CountBars(
                    self.values, scale(self.observed[i]), scale(self.quantiles[1, i]), scale(self.quantiles[::2, i]),
                    self.names, self.root, self.labels,
                ),
            )
            for i, label in enumerate(self.groups)
        ]  # fmt: skip


def value_counts(predictive: Predictive, prob: float, *, root: bool) -> ValueCounts:
    """Count every value in the data and in every draw.

    Categories are all there, also those that do not occur.  Values far beyond the data, as vague priors predict them,
    are left out.
    """
    groups, tail = predictive.groups, (1 - prob) / 2
    values, counts = np.empty(0), np.empty((0, 0, 0), dtype=np.int64)
    for draws, predicted in predictive.batches():
        if draws.start == 0:
            categories = np.arange(1.0, len(predictive.categories) + 1)
            values = categories if len(categories) else _values(predictive.y, predicted)
            counts = _room(len(groups), predictive.ndraws, len(values))
        for i, group in enumerate(groups):
            counts[i, draws] = count_values(predicted[:, group.rows], values)
    drawn = sum(counts[i].sum(dtype=np.int64) for i in range(len(groups)))
    far = far_away(1 - drawn / (predictive.ndraws * predictive.n))
    names = "data", f"{predictive.source} median and {100 * prob:g}% interval{far}"
    observed = np.stack([count_values(predictive.y[group.rows][None], values)[0] for group in groups])
    quantiles = np.stack([np.quantile(of_group, [tail, 0.5, 1 - tail], axis=0) for of_group in counts], axis=1)
    return ValueCounts(
        predictive.label, "square root of the number of rows" if root else "number of rows", values, observed,
        quantiles, prob, tuple(group.label for group in groups), predictive.group_name, names, root,
        predictive.categories,
    )  # fmt: skip


def _room(groups: int, draws: int, values: int) -> IntArray:
    if groups * draws * values > _MOST_COUNTS:
        raise OptionError(
            f"counts of {values} values in {draws} draws of {groups} groups need too much memory; "
            "use fewer draws (ndraws=)"
        )
    return np.empty((groups, draws, values), dtype=np.int64)


def _values(y: FloatArray, predicted: FloatArray) -> FloatArray:
    if y.max() - y.min() >= _MOST_VALUES:
        raise OptionError(
            f"the data lie between {y.min():g} and {y.max():g}, too far apart to count every value; "
            "use kind 'hist', 'dens_overlay' or 'ecdf_overlay'"
        )
    low, high = central_window(y, predicted)
    most = max(_FEW_VALUES, 3 * (y.max() - y.min() + 1))
    if high - low >= most:
        low, high = y.min(), y.min() + most - 1
    return np.arange(np.ceil(low), np.floor(high) + 1)


def count_values(samples: FloatArray, values: FloatArray) -> IntArray:
    """Count every value in every row of (s, n), (s, k)."""
    return row_by_row(lambda rows: _in_rows(rows, values), samples)


def _in_rows(samples: FloatArray, values: FloatArray) -> IntArray:
    k = len(values)
    inside = (samples >= values[0]) & (samples <= values[-1])
    row = np.broadcast_to(np.arange(len(samples))[:, None], samples.shape)[inside]
    place = (samples[inside] - values[0]).astype(np.int64)
    return np.bincount(row * k + place, minlength=len(samples) * k).reshape(len(samples), k)
