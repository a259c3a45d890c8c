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
_STYLES = ("-", "--", "-.", ":")
_MARKERS = "osD^vP*"
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
class EffectCurves(Panel):
    """Curves along a number, one per level of a second variable, with their bands.

    Args:
        x: (m,) the values.
        estimate, lower, upper: (c, m).
        names: (c,) of the curves.
        x_label, y_label: axis labels.
        legend: the name of the second variable; empty for no legend.
        title: above the panel.
        ordered: whether the curves are a sequence.
        scatter: data, or None.
        rug: values in the data, or None.
        draws: (s, c, m) to draw in place of the bands, or None.
    """

    x: FloatArray
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    names: tuple[str, ...]
    x_label: str
    y_label: str
    legend: str = ""
    title: str = ""
    ordered: bool = False
    scatter: DataPoints | None = None
    rug: FloatArray | None = None
    draws: FloatArray | None = None

    def draw(self, ax: Axes) -> None:
        """Draw data below, then bands or draws, then the curves."""
        colours = _colours(len(self.names), self.ordered)
        _draw_scatter(ax, self.scatter, colours, np.zeros(len(colours)))
        few = len(self.names) <= _MOST_COLOURS
        for i, (name, colour) in enumerate(zip(self.names, colours, strict=True)):
            if self.draws is not None:
                self._draw_spaghetti(ax, i, colour)
            else:
                ax.fill_between(self.x, self.lower[i], self.upper[i], color=colour, alpha=0.2, lw=0)
            style = _STYLES[i % len(_STYLES)] if few else "-"
            # One value makes no line.
            marker = "o" if len(self.x) == 1 else ""
            ax.plot(self.x, self.estimate[i], color=colour, lw=2, ls=style, marker=marker, label=name)
        draw_rug(plain(ax), self.rug)
        ax.set(xlabel=self.x_label, ylabel=self.y_label, title=self.title)
        _draw_legend(ax, self.names, self.legend)

    def _draw_spaghetti(self, ax: Axes, i: int, colour: Any) -> None:
        from matplotlib.collections import LineCollection

        assert self.draws is not None
        lines = np.stack(np.broadcast_arrays(self.x, self.draws[:, i]), axis=-1)
        alpha = float(np.clip(30 / len(lines), 0.03, 0.5))
        ax.add_collection(LineCollection(lines, colors=[colour], linewidths=0.6, alpha=alpha, rasterized=True))
        ax.update_datalim(lines.reshape(-1, 2))
        ax.autoscale_view()


@final
@dataclass(frozen=True)
class EffectLevels(Panel):
    """Levels of a factor, as points with intervals side by side for the levels of a second variable.

    Args:
        levels: (m,) along the axis.
        estimate, lower, upper: (c, m).
        names, x_label, y_label, legend, title, ordered, scatter: as for ``EffectCurves``.
    """

    levels: tuple[str, ...]
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    names: tuple[str, ...]
    x_label: str
    y_label: str
    legend: str = ""
    title: str = ""
    ordered: bool = False
    scatter: DataPoints | None = None

    def draw(self, ax: Axes) -> None:
        """Draw data below, then points and intervals."""
        count, places = len(self.names), np.arange(len(self.levels))
        colours = _colours(count, self.ordered)
        shifts = (np.arange(count) - (count - 1) / 2) * min(0.2, 0.7 / count)
        _draw_scatter(ax, self.scatter, colours, shifts)
        for i, (name, colour) in enumerate(zip(self.names, colours, strict=True)):
            errors = np.stack([self.estimate[i] - self.lower[i], self.upper[i] - self.estimate[i]])
            ax.errorbar(
                places + shifts[i], self.estimate[i], yerr=errors, fmt=_MARKERS[i % len(_MARKERS)], ms=6, color=colour,
                elinewidth=1.5, capsize=3, label=name,
            )  # fmt: skip
        ax.set_xticks(places, list(self.levels))
        ax.set_xlim(-0.6, len(self.levels) - 0.4)
        if sum(map(len, self.levels)) > _CROWDED:
            ax.tick_params(axis="x", labelrotation=90, labelsize="small" if len(self.levels) < 30 else 5)
        plain(ax).set(xlabel=self.x_label, ylabel=self.y_label, title=self.title)
        _draw_legend(ax, self.names, self.legend)


@final
@dataclass(frozen=True)
class EffectMap(Panel):
    """The effect of two numbers as a map with contour lines.

    Args:
        x, y: (a,) and (b,) axes of the grid.
        estimate: (b, a), NaN where nothing is to be shown.
        limits: the least and the largest estimate that the colours stand for.
        x_label, y_label: axis labels.
        bar_label: of the colours; empty for no colour bar.
        title: above the panel.
        points: (n, 2) the data, or None.
    """

    x: FloatArray
    y: FloatArray
    estimate: FloatArray
    limits: tuple[float, float]
    x_label: str
    y_label: str
    bar_label: str = ""
    title: str = ""
    points: FloatArray | None = None

    def draw(self, ax: Axes) -> None:
        """Draw the map, from dark for low to light for high estimates."""
        values = np.ma.masked_invalid(self.estimate)
        low, high = self.limits
        image = ax.pcolormesh(
            self.x, self.y, values, cmap="cividis", vmin=low, vmax=high, shading="nearest", rasterized=True
        )
        if np.ptp(values.compressed()) > 0:
            lines = ax.contour(self.x, self.y, values, levels=8, colors="white", linewidths=0.9)
            labels = ax.clabel(lines, fontsize="small", fmt="%g")
            _outline(labels)
        if self.points is not None:
            ax.scatter(self.points[:, 0], self.points[:, 1], s=9, color="black", edgecolors="white", linewidths=0.4)
        if self.bar_label:
            ax.figure.colorbar(image, ax=ax, label=self.bar_label)
        ax.set(xlabel=self.x_label, ylabel=self.y_label, title=self.title)


def _outline(labels: Any) -> None:
    """Give white text a dark edge, so that it can be read on every colour."""
    from matplotlib.patheffects import withStroke

    for label in labels:
        label.set_path_effects([withStroke(linewidth=2, foreground="#333333")])


def _colours(count: int, ordered: bool) -> Sequence[Any]:
    if count == 1 or (count <= _MOST_COLOURS and not ordered):
        return COLOURS[:count]
    return gradient(count)


def _draw_scatter(ax: Axes, scatter: DataPoints | None, colours: Sequence[Any], shifts: FloatArray) -> None:
    """Draw data in the colour of their curve, grey where they belong to none."""
    if scatter is None:
        return
    for group in np.unique(scatter.group):
        own = scatter.group == group
        several = len(colours) > 1 and group >= 0
        colour = colours[group] if several else GREY
        x = scatter.x[own] + (shifts[group] if several else 0.0)
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
    drawn = panel_axes([len(row) for row in rows], ncol=ncol, axes=axes)
    for row, own in zip(rows, drawn, strict=True):
        for panel, ax in zip(row, own, strict=True):
            panel.draw(ax)
        limits = [ax.get_ylim() for ax in own]
        for ax in own:
            ax.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
    return tuple(ax for own in drawn for ax in own)
