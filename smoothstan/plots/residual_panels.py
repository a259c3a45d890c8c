"""The pictures that check a fit: quantiles, residuals against the predictor, their histogram, response and fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots.smooth_panels import Panel
from smoothstan.plots.style import COLOURS, GREY, plain

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes


@final
@dataclass(frozen=True)
class QuantilePlot(Panel):
    """Sorted residuals against the quantiles that they should have.

    Args:
        theoretical, observed: (n,) sorted.
        lower, upper: (n,) ends of the band for every quantile, or None.
        x_label, y_label: axis labels.
    """

    theoretical: FloatArray
    observed: FloatArray
    lower: FloatArray | None
    upper: FloatArray | None
    x_label: str
    y_label: str

    def draw(self, ax: Axes) -> None:
        """Draw the points, the band and the line of equality."""
        if self.lower is not None and self.upper is not None:
            ax.fill_between(self.theoretical, self.lower, self.upper, color=GREY, alpha=0.25, lw=0)
        ends = [self.theoretical[0], self.theoretical[-1]]
        ax.plot(ends, ends, color=COLOURS[1], lw=1.5)
        ax.scatter(self.theoretical, self.observed, s=12, color=COLOURS[0], linewidths=0, zorder=3)
        plain(ax).set(xlabel=self.x_label, ylabel=self.y_label, title="Quantiles of residuals")


@final
@dataclass(frozen=True)
class Points(Panel):
    """Two variables against each other.

    Args:
        x, y: (n,).
        x_label, y_label, title: labels.
        reference: ``"zero"`` for a level line, ``"equality"`` for the diagonal.
    """

    x: FloatArray
    y: FloatArray
    x_label: str
    y_label: str
    title: str
    reference: str

    def draw(self, ax: Axes) -> None:
        """Draw the points over their reference line."""
        if self.reference == "zero":
            ax.axhline(0, color=COLOURS[1], lw=1.5)
        else:
            low, high = float(self.x.min()), float(self.x.max())
            ax.plot([low, high], [low, high], color=COLOURS[1], lw=1.5)
        ax.scatter(self.x, self.y, s=12, color=COLOURS[0], alpha=0.7, linewidths=0)
        plain(ax).set(xlabel=self.x_label, ylabel=self.y_label, title=self.title)


@final
@dataclass(frozen=True)
class Histogram(Panel):
    """The distribution of a variable.

    Args:
        values: (n,).
        x_label, title: labels.
    """

    values: FloatArray
    x_label: str
    title: str

    def draw(self, ax: Axes) -> None:
        """Draw it with Sturges's number of bins."""
        bins = int(np.ceil(np.log2(len(self.values)))) + 1
        ax.hist(self.values, bins=bins, color=COLOURS[5], edgecolor="white", lw=0.8)
        plain(ax).set(xlabel=self.x_label, ylabel="number of rows", title=self.title)
