"""Checks that compare a statistic of the data with the same statistic of predictions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import OptionError, known, suggestion
from smoothstan.plots import Panel, StatisticPanel, TwoStatistics
from smoothstan.posterior.checks.density import central_window, far_away, histogram_edges, histograms
from smoothstan.posterior.checks.predictive import Predictive
from smoothstan.posterior.checks.predictive_check import Comparison

if TYPE_CHECKING:
    import pandas as pd

RowFunction = Callable[[FloatArray], FloatArray]
"""(s, n) values -> (s,) statistics."""

_BINS = 30
_MAD_CONSTANT = 1.4826


def _mad(values: FloatArray) -> FloatArray:
    middle = np.median(values, axis=1, keepdims=True)
    return np.asarray(_MAD_CONSTANT * np.median(np.abs(values - middle), axis=1))


def _iqr(values: FloatArray) -> FloatArray:
    low, high = np.quantile(values, [0.25, 0.75], axis=1)
    return np.asarray(high - low)


STATISTICS: Mapping[str, RowFunction] = {
    "iqr": _iqr,
    "mad": _mad,
    "max": lambda values: np.max(values, axis=1),
    "mean": lambda values: np.mean(values, axis=1),
    "median": lambda values: np.median(values, axis=1),
    "min": lambda values: np.min(values, axis=1),
    "prop_zero": lambda values: np.mean(values == 0, axis=1),
    "sd": lambda values: np.std(values, axis=1, ddof=1),
    "sum": lambda values: np.sum(values, axis=1),
    "var": lambda values: np.var(values, axis=1, ddof=1),
}
"""Name -> statistic; ``"q10"`` and the like are quantiles. ``mad`` has R's constant 1.4826, ``sd`` divides by n - 1."""


@dataclass(frozen=True)
class Statistic:
    """A statistic of a sample, with the name that tables and axes call it by."""

    name: str
    function: RowFunction

    def of(self, samples: FloatArray) -> FloatArray:
        """Return the statistic of every row of (s, n), (s,)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.function(samples), dtype=float)


def read_statistic(stat: Any) -> Statistic:
    """Read a name of ``STATISTICS``, a quantile such as ``"q90"`` or ``"q2.5"``, or a function of a sample.

    Raises:
        OptionError: for anything else.
    """
    if callable(stat):
        name = getattr(stat, "__name__", type(stat).__name__)
        return Statistic("statistic" if name == "<lambda>" else name, partial(_by_row, stat, name))
    quantile = re.fullmatch(r"q(\d{1,2}(\.\d+)?|100)", stat) if isinstance(stat, str) else None
    if quantile is not None:
        return Statistic(stat, partial(np.quantile, q=float(quantile[1]) / 100, axis=1))
    if not isinstance(stat, str) or stat not in STATISTICS:
        near = suggestion(stat, STATISTICS) if isinstance(stat, str) else ""
        raise OptionError(
            f"unknown stat {stat!r}{near} (known: {known(STATISTICS)}; quantiles such as 'q90'; "
            "or a function of an array of one sample that returns a number)"
        )
    return Statistic(stat, STATISTICS[stat])


def _by_row(function: Callable[[FloatArray], Any], name: str, samples: FloatArray) -> FloatArray:
    values = [np.asarray(function(row)) for row in samples]
    if any(value.shape != () or value.dtype.kind not in "biuf" for value in values):
        raise OptionError(f"stat {name} must return one number for a sample, got {values[0]!r}")
    return np.asarray(values, dtype=float)


@final
@dataclass(frozen=True)
class StatisticValues(Comparison):
    """One or two statistics of data and predictions.

    Args:
        statistics: (k,) names.
        observed: (g, k).
        predicted: (g, k, s).
        draw_ids: (s,).
        prob: mass of the intervals in the summary.
        groups: (g,) labels.
        group_name: the column, or empty.
        source: what the predictions are.
        whole: whether the response is a count, of which some statistics are whole numbers.
    """

    statistics: tuple[str, ...]
    observed: FloatArray
    predicted: FloatArray
    draw_ids: IntArray
    prob: float
    groups: tuple[str, ...]
    group_name: str
    source: str
    whole: bool

    share_x: ClassVar[bool] = False

    def table(self) -> pd.DataFrame:
        """Return source, draw and a column per statistic."""
        import pandas as pd

        parts = []
        for i, label in enumerate(self.groups):
            values = np.concatenate([self.observed[i][:, None], self.predicted[i]], axis=1)
            numbers = pd.array([pd.NA, *self.draw_ids], dtype="Int64")
            sources = np.array(["y"] + ["yrep"] * len(self.draw_ids))
            part = pd.DataFrame({"source": sources, "draw": numbers} | dict(zip(self.statistics, values, strict=True)))
            if self.group_name:
                part.insert(0, self.group_name, label)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """Return, per statistic: its value in the data, mean and interval in predictions, and P(yrep >= y)."""
        import pandas as pd

        rows = []
        for i, label in enumerate(self.groups):
            for j, name in enumerate(self.statistics):
                y, values = self.observed[i, j], self.predicted[i, j]
                tail = (1 - self.prob) / 2
                with np.errstate(all="ignore"):
                    low, high = np.quantile(values, [tail, 1 - tail])
                    mean = values.mean()
                group = {self.group_name: label} if self.group_name else {}
                shown = {"stat": name, "y": y, "yrep_mean": mean, "lower": low, "upper": high}
                rows.append(group | shown | {"p_value": float(np.mean(values >= y))})
        return pd.DataFrame(rows)

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        draw = self._cloud if len(self.statistics) == 2 else self._histogram
        return [(label, draw(i)) for i, label in enumerate(self.groups)]

    def _histogram(self, i: int) -> Panel:
        name, y, values = self.statistics[0], self.observed[i], self.predicted[i]
        window = central_window(y, values)
        whole = self.whole and bool(np.all(values == np.floor(values)))
        edges = histogram_edges(window, _BINS, whole=whole)
        return StatisticPanel(edges, histograms(values, edges)[0], float(y[0]), self._names(name))

    def _cloud(self, i: int) -> Panel:
        values, y = self.predicted[i], self.observed[i]
        ends = np.array([central_window(y[j : j + 1], values[j]) for j in range(2)])
        shown = ((values >= ends[:, :1]) & (values <= ends[:, 1:])).all(axis=0)
        data, draws = self._names("statistics")
        return TwoStatistics(values[:, shown].T, y, (data, draws + far_away(1 - float(shown.mean()))))

    def _names(self, what: str) -> tuple[str, str]:
        return f"{what} of data", f"{what} of {self.source} draws"


def one_statistic(predictive: Predictive, stat: Any, prob: float) -> StatisticValues:
    """Compute a statistic of the data and of every draw."""
    if isinstance(stat, (tuple, list)):
        raise OptionError(f"kind 'stat' takes one statistic, got {stat!r}; kind 'stat_2d' takes two")
    return _statistics(predictive, (read_statistic(stat),), prob)


def two_statistics(predictive: Predictive, stat: Any, prob: float) -> StatisticValues:
    """Compute two statistics of the data and of every draw."""
    if not isinstance(stat, (tuple, list)) or len(stat) != 2:
        raise OptionError(f"kind 'stat_2d' takes two statistics, such as stat=('mean', 'sd'), got {stat!r}")
    first, second = read_statistic(stat[0]), read_statistic(stat[1])
    if first.name == second.name:
        first, second = Statistic(f"{first.name}_1", first.function), Statistic(f"{second.name}_2", second.function)
    return _statistics(predictive, (first, second), prob)


def _statistics(predictive: Predictive, statistics: tuple[Statistic, ...], prob: float) -> StatisticValues:
    groups = predictive.groups
    predicted = np.empty((len(groups), len(statistics), predictive.ndraws))
    for draws, values in predictive.batches():
        for i, group in enumerate(groups):
            for j, statistic in enumerate(statistics):
                predicted[i, j, draws] = statistic.of(values[:, group.rows])
    observed = np.array([[s.of(predictive.y[group.rows][None])[0] for s in statistics] for group in groups])
    names = tuple(s.name for s in statistics)
    x_label, y_label = f"{names[0]} of {predictive.label}", "number of draws"
    if len(names) == 2:
        y_label = f"{names[1]} of {predictive.label}"
    return StatisticValues(
        x_label, y_label, names, observed, predicted, predictive.prediction.draw_ids, prob,
        tuple(group.label for group in groups), predictive.group_name, predictive.source, predictive.discrete,
    )  # fmt: skip
