"""Checks that lay the distribution of the data over that of predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.errors import OptionError
from smoothstan.plots import CountsInBins, Overlay, Panel
from smoothstan.posterior.checks.density import (
    central_window,
    densities,
    distribution_functions,
    far_away,
    histogram_edges,
    histograms,
)
from smoothstan.posterior.checks.predictive import Predictive
from smoothstan.posterior.checks.predictive_check import Comparison

if TYPE_CHECKING:
    import pandas as pd

_FINE_GRID, _COARSE_GRID = 512, 128
_MANY_CURVES = 2000
_MOST_CURVES = 40_000
_MOST_STEPS = 2000
_BINS = 30
_MOST_HISTOGRAMS = 35


@final
@dataclass(frozen=True)
class Curves(Comparison):
    """Densities or distribution functions on a grid.

    Args:
        quantity: ``"density"`` or ``"ecdf"``.
        x: (m,) the grid.
        observed: (g, m).
        predicted: (g, s, m).
        draw_ids: (s,) numbers of the draws.
        groups: (g,) labels.
        group_name: the column, or empty.
        names: what the legend calls data and predictions.
        steps: draw steps.
    """

    quantity: str
    x: FloatArray
    observed: FloatArray
    predicted: FloatArray
    draw_ids: IntArray
    groups: tuple[str, ...]
    group_name: str
    names: tuple[str, str]
    steps: bool

    def table(self) -> pd.DataFrame:
        """Return source, draw, x and the height of the curve; the draw of data is missing."""
        import pandas as pd

        parts = []
        for i, label in enumerate(self.groups):
            curves = np.concatenate([self.observed[i][None], self.predicted[i]])
            parts.append(_long(curves, self.x, self.draw_ids, self.quantity))
            if self.group_name:
                parts[-1].insert(0, self.group_name, label)
        return pd.concat(parts, ignore_index=True)

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        return [
            (label, Overlay(self.x, self.observed[i], self.predicted[i], self.names, self.steps))
            for i, label in enumerate(self.groups)
        ]


def _long(curves: FloatArray, x: FloatArray, draw_ids: IntArray, quantity: str) -> pd.DataFrame:
    import pandas as pd

    count, m = curves.shape
    return pd.DataFrame(
        {
            "source": np.repeat(np.array(["y"] + ["yrep"] * (count - 1)), m),
            "draw": pd.array([pd.NA] * m + list(np.repeat(draw_ids, m)), dtype="Int64"),
            "x": np.tile(x, count),
            quantity: curves.reshape(-1),
        }
    )


def density_overlay(predictive: Predictive) -> Curves:
    """Estimate the density of the data and of every draw of predictions."""
    return _curves(predictive, "density", densities)


def ecdf_overlay(predictive: Predictive) -> Curves:
    """Compute the empirical distribution function of the data and of every draw of predictions."""
    return _curves(predictive, "ecdf", distribution_functions)


def _curves(predictive: Predictive, quantity: str, function: Callable[[FloatArray, FloatArray], FloatArray]) -> Curves:
    groups, y, s = predictive.groups, predictive.y, predictive.ndraws
    if s * len(groups) > _MOST_CURVES:
        raise OptionError(f"{s} draws of {len(groups)} groups are more than {_MOST_CURVES} curves; use fewer draws")
    x, predicted, outside = np.empty(0), np.empty((0, 0, 0)), 0
    for draws, values in predictive.batches():
        if draws.start == 0:
            x = _grid(y, values, s * len(groups), whole=predictive.discrete and quantity == "ecdf")
            predicted = np.empty((len(groups), s, len(x)))
        for i, group in enumerate(groups):
            predicted[i, draws] = function(values[:, group.rows], x)
        outside += int(np.sum(~((values >= x[0]) & (values <= x[-1]))))
    observed = np.stack([function(y[group.rows][None], x)[0] for group in groups])
    return Curves(
        predictive.label, {"density": "density", "ecdf": "cumulative share"}[quantity], quantity, x, observed,
        predicted, predictive.prediction.draw_ids, tuple(group.label for group in groups), predictive.group_name,
        _names(predictive, outside / (s * predictive.n)), predictive.discrete and quantity == "ecdf",
    )  # fmt: skip


def _grid(y: FloatArray, values: FloatArray, curves: int, *, whole: bool) -> FloatArray:
    low, high = central_window(y, values)
    if whole and high - low < _MOST_STEPS:
        return np.arange(np.floor(low), np.ceil(high) + 1)
    margin = 0.1 * (high - low)
    return np.linspace(low - margin, high + margin, _FINE_GRID if curves <= _MANY_CURVES else _COARSE_GRID)


def _names(predictive: Predictive, outside: float) -> tuple[str, str]:
    s = predictive.ndraws
    far = far_away(outside)
    return "data", f"{predictive.source} ({s} {'draw' if s == 1 else 'draws'}{far})"


@final
@dataclass(frozen=True)
class Histograms(Comparison):
    """A histogram of the data, and one of every draw of predictions.

    Args:
        edges: (m + 1,).
        observed: (m,) counts.
        predicted: (s, m) counts.
        draw_ids: (s,).
        source: what the predictions are.
    """

    edges: FloatArray
    observed: FloatArray
    predicted: FloatArray
    draw_ids: IntArray
    source: str

    share_y: ClassVar[bool] = True

    def table(self) -> pd.DataFrame:
        """Return source, draw, the ends of the bin and the count."""
        counts = np.concatenate([self.observed[None], self.predicted])
        table = _long(counts, self.edges[:-1], self.draw_ids, "count").rename(columns={"x": "lower"})
        table.insert(3, "upper", np.tile(self.edges[1:], len(counts)))
        return table

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel for the data, then one per draw."""
        draws = [
            (f"draw {number}", CountsInBins(self.edges, counts, self.source, False))
            for number, counts in zip(self.draw_ids, self.predicted, strict=True)
        ]
        return [("data", CountsInBins(self.edges, self.observed, "data", True)), *draws]


def histogram_overlay(predictive: Predictive) -> Histograms:
    """Count the data and every draw of predictions in the same bins."""
    if predictive.ndraws > _MOST_HISTOGRAMS:
        raise OptionError(
            f"kind 'hist' draws a histogram per draw; use at most {_MOST_HISTOGRAMS} (ndraws={predictive.ndraws})"
        )
    edges, parts = np.empty(0), []
    for draws, values in predictive.batches():
        if draws.start == 0:
            edges = histogram_edges(central_window(predictive.y, values), _BINS, whole=predictive.discrete)
        parts.append(histograms(values, edges))
    return Histograms(
        predictive.label, "number of rows", edges, histograms(predictive.y[None], edges)[0], np.concatenate(parts),
        predictive.prediction.draw_ids, predictive.source,
    )  # fmt: skip
