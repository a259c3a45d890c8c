"""Pictures of effects under one condition: curves, levels, and maps of two variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from smoothstan.arrays import FloatArray, IntArray
from smoothstan.plots.grid import panel_axes
from smoothstan.plots.smooth_panels import Panel, draw_rug
from smoothstan.plots.style import COLOURS, GREY, gradient, plain

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes

_MOST_COLOURS = len(COLOURS)
_MOST_IN_LEGEND = 12
_LIGHTEST = 0.8
"""Lighter lines are hard to see on white."""
_STYLES = ("-", "--", "-.", ":")
_MARKERS = "osD^vP*"
_PER_LEVEL = 0.16
_CROWDED = 40
"""Letters of tick labels that fit below a panel."""


@final
@dataclass(frozen=True)
class DataPoints:
    """Data beside estimates.

    Args:
        x, y: (n,) places; levels are numbered from 0.
        group: (n,) the curve that a point belongs to, -1 for none.
    """

    x: FloatArray
    y: FloatArray
    group: IntArray


@final
@dataclass(frozen=True)
class PanelLabels:
    """The texts around a panel.

    Args:
        x, y: axis labels.
        legend: what the colours stand for; empty for no legend.
        title: above the panel.
    """

    x: str
    y: str
    legend: str = ""
    title: str = ""


@final
@dataclass(frozen=True)
class Estimates:
    """Estimates along an axis, one row per level of a second variable.

    Args:
        estimate, lower, upper: (c, m).
        names: (c,) of the rows; one empty name where there is no second variable.
        ordered: whether the rows are a sequence.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    names: tuple[str, ...]
    ordered: bool = False

    @property
    def colours(self) -> Sequence[Any]:
        """A colour per row: of a sequence from dark to light, else such that all can be told apart."""
        count = len(self.names)
        if count == 1 or (count <= _MOST_COLOURS and not self.ordered):
            return COLOURS[:count]
        return gradient(count, _LIGHTEST)


@final
@dataclass(frozen=True)
class EffectCurves(Panel):
    """Curves along a number with their bands.

    Args:
        x: (m,) the values.
        estimates: at them.
        labels: axis labels, legend and title.
        scatter: data, or None.
        rug: values in the data, or None.
        draws: (s, c, m) to draw in place of the bands, or None.
    """

    x: FloatArray
    estimates: Estimates
    labels: PanelLabels
    scatter: DataPoints | None = None
    rug: FloatArray | None = None
    draws: FloatArray | None = None

    def draw(self, ax: Axes) -> None:
        """Draw data below, then bands or draws, then the curves."""
        e, colours = self.estimates, self.estimates.colours
        _draw_scatter(ax, self.scatter, colours, np.zeros(len(colours)))
        few = len(e.names) <= _MOST_COLOURS
        for i, (name, colour) in enumerate(zip(e.names, colours, strict=True)):
            if self.draws is not None:
                self._draw_spaghetti(ax, i, colour)
            else:
                ax.fill_between(self.x, e.lower[i], e.upper[i], color=colour, alpha=0.2, lw=0)
            style = _STYLES[i % len(_STYLES)] if few and self.draws is None else "-"
            # One value makes no line.
            marker = "o" if len(self.x) == 1 else ""
            line = ax.plot(self.x, e.estimate[i], color=colour, lw=2, ls=style, marker=marker, label=name)
            if self.draws is not None:
                _outline(line, "white")
        draw_rug(plain(ax), self.rug)
        ax.set(xlabel=self.labels.x, ylabel=self.labels.y, title=self.labels.title)
        _draw_legend(ax, e.names, self.labels.legend)

    def _draw_spaghetti(self, ax: Axes, i: int, colour: Any) -> None:
        from matplotlib.collections import LineCollection

        assert self.draws is not None
        lines = np.stack(np.broadcast_arrays(self.x, self.draws[:, i]), axis=-1)
        alpha = float(np.clip(30 / len(lines), 0.03, 0.5))
        ax.add_collection(LineCollection(list(lines), colors=[colour], linewidths=0.6, alpha=alpha, rasterized=True))
        ax.update_datalim(lines.reshape(-1, 2))
        ax.autoscale_view()


@final
@dataclass(frozen=True)
class EffectLevels(Panel):
    """Levels of a factor, as points with intervals side by side for the levels of a second variable.

    Args:
        levels: (m,) along the axis.
        estimates: at them.
        labels: axis labels, legend and title.
        scatter: data, or None.
    """

    levels: tuple[str, ...]
    estimates: Estimates
    labels: PanelLabels
    scatter: DataPoints | None = None

    def draw(self, ax: Axes) -> None:
        """Draw data below, then points and intervals."""
        e, colours, places = self.estimates, self.estimates.colours, np.arange(len(self.levels))
        count = len(e.names)
        step = min(0.2, 0.7 / count)
        shifts = (np.arange(count) - (count - 1) / 2) * step
        _draw_scatter(ax, self.scatter, colours, shifts, spread=0.6 * step)
        for i, (name, colour) in enumerate(zip(e.names, colours, strict=True)):
            errors = np.stack([e.estimate[i] - e.lower[i], e.upper[i] - e.estimate[i]])
            # An interval of draws need not hold their mean.
            ax.errorbar(
                places + shifts[i], e.estimate[i], yerr=np.maximum(errors, 0), fmt=_MARKERS[i % len(_MARKERS)], ms=6,
                color=colour, elinewidth=1.5, capsize=3, label=name,
            )  # fmt: skip
        ax.set_xticks(places, list(self.levels))
        ax.set_xlim(-0.6, len(self.levels) - 0.4)
        if sum(map(len, self.levels)) > _CROWDED:
            ax.tick_params(axis="x", labelrotation=90, labelsize="x-small" if len(self.levels) > 15 else "small")
        plain(ax).set(xlabel=self.labels.x, ylabel=self.labels.y, title=self.labels.title)
        _draw_legend(ax, e.names, self.labels.legend)


@final
@dataclass(frozen=True)
class EffectMap(Panel):
    """The effect of two numbers as a map with contour lines.

    Args:
        x, y: (a,) and (b,) axes of the grid.
        estimate: (b, a), NaN where nothing is to be shown.
        limits: the least and the largest estimate that the colours stand for.
        labels: axis labels, title, and as legend that of the colour bar.
        points: (n, 2) the data, or None.
    """

    x: FloatArray
    y: FloatArray
    estimate: FloatArray
    limits: tuple[float, float]
    labels: PanelLabels
    points: FloatArray | None = None

    def draw(self, ax: Axes) -> None:
        """Draw the map, from dark for low to light for high estimates."""
        values = np.ma.masked_invalid(self.estimate)
        low, high = self.limits
        image = ax.pcolormesh(
            self.x, self.y, values, cmap="cividis", vmin=low, vmax=high, shading="nearest", rasterized=True
        )
        if min(values.shape) > 1 and np.ptp(values.compressed()) > 0:
            lines = ax.contour(self.x, self.y, values, levels=8, colors="white", linewidths=0.9)
            _outline(ax.clabel(lines, fontsize="small", fmt="%g"), "#333333")
        if self.points is not None:
            ax.scatter(self.points[:, 0], self.points[:, 1], s=9, color="black", edgecolors="white", linewidths=0.4)
        if self.labels.legend:
            ax.figure.colorbar(image, ax=ax, label=self.labels.legend)
        ax.set(xlabel=self.labels.x, ylabel=self.labels.y, title=self.labels.title)


def _outline(artists: Any, colour: str) -> None:
    """Give text or lines an edge, so that they can be seen on every colour."""
    from matplotlib.patheffects import withStroke

    for artist in artists:
        width = artist.get_linewidth() + 2 if hasattr(artist, "get_linewidth") else 2
        artist.set_path_effects([withStroke(linewidth=width, foreground=colour)])


def _draw_scatter(
    ax: Axes, scatter: DataPoints | None, colours: Sequence[Any], shifts: Any, spread: float = 0.0
) -> None:
    """Draw data in the colour of their curve, grey where they belong to none; at levels side by side."""
    if scatter is None:
        return
    for group in np.unique(scatter.group):
        own = scatter.group == group
        several = len(colours) > 1 and group >= 0
        colour = colours[group] if several else GREY
        # Multiples of the golden ratio fill an interval evenly.
        aside = spread * (np.arange(int(own.sum())) * 0.6180339887 % 1 - 0.5)
        x = scatter.x[own] + (shifts[group] if several else 0.0) + aside
        ax.scatter(x, scatter.y[own], s=12, color=colour, alpha=0.45, linewidths=0)


def _draw_legend(ax: Axes, names: tuple[str, ...], title: str) -> None:
    """Put the legend beside the panel, where it hides nothing."""
    if title and len(names) <= _MOST_IN_LEGEND:
        ax.legend(
            title=title, frameon=False, fontsize="small", title_fontsize="small", loc="center left",
            bbox_to_anchor=(1.0, 0.5), borderaxespad=0.2,
        )  # fmt: skip


def draw_effect_panels(
    rows: Sequence[Sequence[Panel]], *, ncol: int | None = None, axes: Sequence[Axes] | None = None
) -> tuple[Axes, ...]:
    """Draw effects, the panels of one below those of another unless every effect has one panel.

    Args:
        rows: for every effect its panels, at least one, which get the same vertical axis.
        ncol: the number of panels beside each other.
        axes: one per panel; a new figure by default.

    Raises:
        OptionError: if the number of axes differs from that of the panels, or ncol is below 1.
    """
    most = max((len(p.levels) for row in rows for p in row if isinstance(p, EffectLevels)), default=0)
    drawn = panel_axes([len(row) for row in rows], ncol=ncol, axes=axes, size=(_PER_LEVEL * most, 0.0))
    for row, own in zip(rows, drawn, strict=True):
        for panel, ax in zip(row, own, strict=True):
            panel.draw(ax)
        limits = [ax.get_ylim() for ax in own]
        for ax in own:
            ax.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
    return tuple(ax for own in drawn for ax in own)
