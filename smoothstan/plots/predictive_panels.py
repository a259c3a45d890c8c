"""Data and predictions of them in one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots.smooth_panels import Panel
from smoothstan.plots.style import COLOURS, GREY

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes

DATA = "black"
PREDICTIONS = COLOURS[0]
_MOST_LEVEL_LABELS = 8
_MOST_LETTERS = 40
"""More labels or letters than these do not stand side by side below the bars."""
_MANY_POINTS = 2000


@final
@dataclass(frozen=True)
class Overlay(Panel):
    """A curve of the data over one curve per draw.

    Args:
        x: (m,) where the curves are known.
        observed: (m,).
        predicted: (s, m).
        names: what the legend calls data and predictions.
        steps: draw steps, as for the distribution function of counts.
    """

    x: FloatArray
    observed: FloatArray
    predicted: FloatArray
    names: tuple[str, str]
    steps: bool = False

    def draw(self, ax: Axes) -> None:
        """Draw the predictions thin and the data strong."""
        style = "steps-post" if self.steps else "default"
        alpha = float(np.clip(8 / len(self.predicted), 0.03, 0.5))
        lines = ax.plot(self.x, self.predicted.T, color=PREDICTIONS, lw=0.9, alpha=alpha, drawstyle=style)
        for line in lines:
            line.set_rasterized(len(lines) > 200)
        # The legend shows a line of its own, which is not as faint as those of many draws.
        ax.plot([], [], color=PREDICTIONS, lw=1.2, alpha=0.7, label=self.names[1])
        ax.plot(self.x, self.observed, color=DATA, lw=1.8, drawstyle=style, label=self.names[0])
        ax.set_ylim(bottom=0)


@final
@dataclass(frozen=True)
class CountsInBins(Panel):
    """A histogram that has been counted.

    Args:
        edges: (m + 1,) of the bins.
        counts: (m,).
        name: what the legend calls it.
        of_data: whether these are the data.
    """

    edges: FloatArray
    counts: FloatArray
    name: str
    of_data: bool

    def draw(self, ax: Axes) -> None:
        """Draw bars."""
        colour = GREY if self.of_data else PREDICTIONS
        ax.stairs(self.counts, self.edges, fill=True, color=colour, alpha=0.75, label=self.name)


@final
@dataclass(frozen=True)
class StatisticPanel(Panel):
    """The distribution of a statistic of predictions, and its value in the data.

    Args:
        edges, counts: (m + 1,) and (m,) the histogram of the values in the predictions.
        observed: the value in the data.
        names: what the legend calls data and predictions.
    """

    edges: FloatArray
    counts: FloatArray
    observed: float
    names: tuple[str, str]

    def draw(self, ax: Axes) -> None:
        """Draw a histogram and a line."""
        ax.stairs(self.counts, self.edges, fill=True, color=PREDICTIONS, alpha=0.5, label=self.names[1])
        if np.isfinite(self.observed):
            ax.axvline(self.observed, color=DATA, lw=2, label=self.names[0])
        ax.margins(y=0.1)
        ax.set_ylim(bottom=0)


@final
@dataclass(frozen=True)
class TwoStatistics(Panel):
    """Two statistics of predictions, and their values in the data.

    Args:
        predicted: (s, 2).
        observed: (2,).
        names: what the legend calls data and predictions.
    """

    predicted: FloatArray
    observed: FloatArray
    names: tuple[str, str]

    def draw(self, ax: Axes) -> None:
        """Draw a cloud and a cross."""
        faint = len(self.predicted) > _MANY_POINTS
        ax.scatter(
            self.predicted[:, 0], self.predicted[:, 1], s=10, color=PREDICTIONS, alpha=0.3 if faint else 0.5,
            linewidths=0, label=self.names[1], rasterized=faint,
        )  # fmt: skip
        ax.axvline(self.observed[0], color=DATA, lw=0.8, ls="--")
        ax.axhline(self.observed[1], color=DATA, lw=0.8, ls="--")
        ax.scatter(self.observed[0], self.observed[1], s=60, color=DATA, zorder=3, label=self.names[0])


@final
@dataclass(frozen=True)
class PredictiveIntervals(Panel):
    """Data with the median and the intervals of their predictions.

    Args:
        x: (n,) where they stand.
        observed, median: (n,).
        outer: (2, n) ends of the wide interval.
        inner: (2, n) ends of the narrow one, or None.
        names: of data, predictions, the wide and the narrow interval.
        ribbon: connect the rows in the order of ``x``.
    """

    x: FloatArray
    observed: FloatArray
    median: FloatArray
    outer: FloatArray
    inner: FloatArray | None
    names: tuple[str, str, str, str]
    ribbon: bool = False

    def draw(self, ax: Axes) -> None:
        """Draw bands or lines, and points."""
        many = len(self.x) > _MANY_POINTS
        (self._bands if self.ribbon else self._lines)(ax, many)
        size = 2 if many else 14
        ax.scatter(
            self.x, self.observed, s=size, color=DATA, alpha=0.4 if many else 0.85, linewidths=0, zorder=3,
            label=self.names[0], rasterized=many,
        )  # fmt: skip
        _show_finite(ax, self.observed, self.outer)

    def _bands(self, ax: Axes, many: bool) -> None:
        order = np.argsort(self.x, kind="stable")
        x = self.x[order]
        ax.fill_between(x, *self.outer[:, order], color=PREDICTIONS, alpha=0.25, lw=0, label=self.names[2])
        if self.inner is not None:
            ax.fill_between(x, *self.inner[:, order], color=PREDICTIONS, alpha=0.35, lw=0, label=self.names[3])
        ax.plot(x, self.median[order], color=PREDICTIONS, lw=1.5, label=self.names[1])

    def _lines(self, ax: Axes, many: bool) -> None:
        alpha, width = (0.1, 0.5) if many else (0.45, 1.0)
        ax.vlines(self.x, *self.outer, color=PREDICTIONS, lw=width, alpha=alpha, label=self.names[2], rasterized=many)
        if self.inner is not None:
            ax.vlines(
                self.x, *self.inner, color=PREDICTIONS, lw=3 * width, alpha=alpha, label=self.names[3], rasterized=many
            )
        ax.scatter(
            self.x, self.median, s=2 if many else 12, color="white", edgecolors=PREDICTIONS,
            linewidths=0 if many else 0.8, zorder=2.5, label=self.names[1], rasterized=many,
        )  # fmt: skip


@final
@dataclass(frozen=True)
class RowScatter(Panel):
    """Two columns of the rows against each other.

    Args:
        x, y: (n,).
        reference: ``"equality"`` for the diagonal, ``"zero x"`` or ``"zero y"`` for the line where that is zero.
        name: what the legend calls the points.
    """

    x: FloatArray
    y: FloatArray
    reference: str
    name: str

    def draw(self, ax: Axes) -> None:
        """Draw the points and the line they should lie about."""
        shown = np.isfinite(self.x) & np.isfinite(self.y)
        x, y = self.x[shown], self.y[shown]
        if self.reference == "equality" and len(x):
            ends = [min(x.min(), y.min()), max(x.max(), y.max())]
            ax.plot(ends, ends, color=COLOURS[1], lw=1.2, ls="--", label="equality")
        elif self.reference == "zero x":
            ax.axvline(0, color=COLOURS[1], lw=1.2, ls="--", label="no error")
        elif self.reference == "zero y":
            ax.axhline(0, color=COLOURS[1], lw=1.2, ls="--", label="no error")
        many = len(x) > _MANY_POINTS
        ax.scatter(
            x, y, s=4 if many else 16, color=PREDICTIONS, alpha=0.3 if many else 0.7, linewidths=0, label=self.name,
            rasterized=many,
        )  # fmt: skip


@final
@dataclass(frozen=True)
class CountBars(Panel):
    """How often each value occurs in the data, with what the predictions say.

    Args:
        values: (k,) the values.
        observed, median: (k,) counts.
        interval: (2, k).
        names: of data and predictions.
        band: connect the predictions, as in a rootogram.
        labels: (k,) what the values stand for, or none.
    """

    values: FloatArray
    observed: FloatArray
    median: FloatArray
    interval: FloatArray
    names: tuple[str, str]
    band: bool = False
    labels: tuple[str, ...] = ()

    def draw(self, ax: Axes) -> None:
        """Draw bars for the data; points with intervals, or a line in a band, for the predictions."""
        from matplotlib.ticker import MaxNLocator

        ax.bar(self.values, self.observed, width=0.9, color=GREY, alpha=0.45, label=self.names[0])
        if self.band and len(self.values) > 1:
            ax.fill_between(self.values, *self.interval, color=PREDICTIONS, alpha=0.3, lw=0)
            ax.plot(self.values, self.median, color=PREDICTIONS, lw=1.8, label=self.names[1])
        else:
            errors = np.stack([self.median - self.interval[0], self.interval[1] - self.median])
            ax.errorbar(
                self.values, self.median, yerr=errors, fmt="o", ms=4, color=PREDICTIONS, elinewidth=1.4,
                label=self.names[1],
            )  # fmt: skip
        if self.labels:
            crowded = len(self.labels) > _MOST_LEVEL_LABELS or sum(map(len, self.labels)) > _MOST_LETTERS
            ax.set_xticks(self.values, self.labels, rotation=45 if crowded else 0, ha="right" if crowded else "center")
        else:
            ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
        ax.set_ylim(bottom=0)


@final
@dataclass(frozen=True)
class DistributionDifference(Panel):
    """Empirical distribution functions minus that of the uniform distribution, in their band.

    Args:
        x: (m,) where they are known.
        differences: (c, m).
        lower, upper: (m,) the band.
        names: one per curve.
        band_name: what the band is.
    """

    x: FloatArray
    differences: FloatArray
    lower: FloatArray
    upper: FloatArray
    names: tuple[str, ...]
    band_name: str

    def draw(self, ax: Axes) -> None:
        """Draw the band and steps."""
        x = np.concatenate([[0.0], self.x, [1.0]])
        lower, upper = np.pad(self.lower, 1), np.pad(self.upper, 1)
        ax.fill_between(x, lower, upper, color=GREY, alpha=0.2, lw=0, label=self.band_name)
        ax.axhline(0, color=GREY, lw=0.8, ls="--")
        for i, (difference, name) in enumerate(zip(self.differences, self.names, strict=True)):
            colour = COLOURS[i % (len(COLOURS) - 1)]
            ax.plot(x, np.pad(difference, 1), color=colour, lw=1.3, label=name)
        ax.set_xlim(0, 1)


@final
@dataclass(frozen=True)
class UniformQuantiles(Panel):
    """Sorted values against the quantiles of the uniform distribution.

    Args:
        theoretical, observed: (n,) sorted.
        name: what the legend calls the points.
    """

    theoretical: FloatArray
    observed: FloatArray
    name: str

    def draw(self, ax: Axes) -> None:
        """Draw the points and the line of equality."""
        ax.plot([0, 1], [0, 1], color=COLOURS[1], lw=1.2, ls="--", label="uniform")
        many = len(self.observed) > _MANY_POINTS
        ax.scatter(
            self.theoretical, self.observed, s=4 if many else 12, color=PREDICTIONS, linewidths=0, zorder=3,
            label=self.name, rasterized=many,
        )  # fmt: skip
        ax.set(xlim=(0, 1), ylim=(0, 1))


def _show_finite(ax: Axes, observed: FloatArray, outer: FloatArray) -> None:
    """Keep a few intervals that dwarf all others from setting the limits of the axis."""
    ends = outer[np.isfinite(outer)]
    if not len(ends):
        return
    quarter, three_quarters = np.quantile(ends, [0.25, 0.75])
    reach = 10 * (three_quarters - quarter) or np.inf
    low = min(max(quarter - reach, ends.min()), observed.min())
    high = max(min(three_quarters + reach, ends.max()), observed.max())
    if low > ends.min() or high < ends.max():
        margin = 0.05 * (high - low)
        ax.set_ylim(low - margin, high + margin)
