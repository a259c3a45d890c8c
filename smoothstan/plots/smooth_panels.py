"""Pictures of estimated functions, one panel each: curves, surfaces, curves by level, effects of levels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.plots.grid import panel_axes
from smoothstan.plots.style import COLOURS, GREY, gradient, plain

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes

_MOST_IN_LEGEND = 7
_MOST_COLUMNS = 3
_PER_NAME = 0.17


class Panel(ABC):
    """What one pair of axes shows."""

    @abstractmethod
    def draw(self, ax: Axes) -> None:
        """Draw it."""


@final
@dataclass(frozen=True)
class Curve(Panel):
    """A function of one covariate with its band.

    Args:
        x, estimate, lower, upper: (m,) the curve.
        x_label, y_label: axis labels.
        rug: values of the covariate in the data, None for no rug.
        residuals: (n, 2) covariate and partial residuals, or None.
    """

    x: FloatArray
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    x_label: str
    y_label: str
    rug: FloatArray | None = None
    residuals: FloatArray | None = None

    def draw(self, ax: Axes) -> None:
        """Draw residuals below, the band, the curve, and the rug along the axis."""
        if self.residuals is not None:
            ax.scatter(self.residuals[:, 0], self.residuals[:, 1], s=12, color=GREY, alpha=0.5, linewidths=0)
        ax.fill_between(self.x, self.lower, self.upper, color=COLOURS[0], alpha=0.25, lw=0)
        ax.plot(self.x, self.estimate, color=COLOURS[0], lw=2)
        draw_rug(plain(ax), self.rug)
        ax.set(xlabel=self.x_label, ylabel=self.y_label)


@final
@dataclass(frozen=True)
class Curves(Panel):
    """Functions of one covariate, one per name.

    Args:
        x: (c, m) covariate of every curve.
        estimates: (c, m).
        names: what tells the curves apart.
        x_label, y_label: axis labels.
        bands: (c, 2, m) lower and upper ends, or None.
        rug: values of the covariate in the data.
    """

    x: FloatArray
    estimates: FloatArray
    names: tuple[str, ...]
    x_label: str
    y_label: str
    bands: FloatArray | None = None
    rug: FloatArray | None = None

    def draw(self, ax: Axes) -> None:
        """Draw a line per name; a legend while there are few."""
        few = len(self.names) <= _MOST_IN_LEGEND
        colours = COLOURS[: len(self.names)] if few else gradient(len(self.names))
        styles = ("-", "--", "-.", ":") if few else ("-",)
        for i, (name, colour) in enumerate(zip(self.names, colours, strict=True)):
            if self.bands is not None:
                ax.fill_between(self.x[i], *self.bands[i], color=colour, alpha=0.2, lw=0)
            style = styles[i % len(styles)]
            ax.plot(self.x[i], self.estimates[i], color=colour, lw=2 if few else 1, ls=style, label=name)
        draw_rug(plain(ax), self.rug)
        ax.set(xlabel=self.x_label, ylabel=self.y_label)
        if few:
            ax.legend(frameon=False, fontsize="small")


@final
@dataclass(frozen=True)
class Surface(Panel):
    """A function of two covariates as a map with contour lines.

    Args:
        x, y: (a,) and (b,) axes of the grid.
        estimate: (b, a), NaN where nothing is to be shown.
        points: (n, 2) the data.
        largest: the largest size of an estimate that is to be told apart, the same for all levels.
        x_label, y_label, title: labels.
    """

    x: FloatArray
    y: FloatArray
    estimate: FloatArray
    points: FloatArray
    largest: float
    x_label: str
    y_label: str
    title: str

    def draw(self, ax: Axes) -> None:
        """Draw the map: orange below zero, purple above, white zero."""
        values = np.ma.masked_invalid(self.estimate)
        # The darkest colours stay out, so that contour lines and their labels can be read everywhere.
        limit = 1.5 * self.largest or 1.0
        image = ax.pcolormesh(
            self.x, self.y, values, cmap="PuOr", vmin=-limit, vmax=limit, shading="gouraud", rasterized=True
        )
        if np.ptp(values.compressed()) > 0:
            lines = ax.contour(self.x, self.y, values, levels=8, colors="black", linewidths=0.9, linestyles="solid")
            ax.clabel(lines, fontsize="small", fmt="%g")
        ax.scatter(self.points[:, 0], self.points[:, 1], s=5, color="black", alpha=0.5, linewidths=0)
        bar = ax.figure.colorbar(image, ax=ax)
        bar.ax.set_ylim(-self.largest or -1.0, self.largest or 1.0)
        ax.set(xlabel=self.x_label, ylabel=self.y_label, title=self.title)


@final
@dataclass(frozen=True)
class Quantiles(Panel):
    """Effects of levels against normal quantiles, with their intervals: a straight line if they are normal.

    Args:
        estimate, lower, upper: (m,) one per level.
        title: what they are.
    """

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    title: str

    def draw(self, ax: Axes) -> None:
        """Draw the effects in order and the line through zero with their spread."""
        from scipy.special import ndtri

        order = np.argsort(self.estimate, kind="stable")
        m = len(order)
        quantiles = ndtri((np.arange(1, m + 1) - 0.5) / m)
        middle = self.estimate[order]
        errors = np.stack([middle - self.lower[order], self.upper[order] - middle])
        ax.errorbar(quantiles, middle, yerr=errors, fmt="none", ecolor=COLOURS[0], elinewidth=1, alpha=0.4)
        ax.scatter(quantiles, middle, s=16, color=COLOURS[0], linewidths=0, zorder=3)
        if m > 1:
            slope = float(quantiles @ middle / (quantiles @ quantiles))
            ax.axline((0, float(middle.mean())), slope=slope, color=GREY, lw=1, ls="--")
        plain(ax).set(xlabel="normal quantiles", ylabel="effects", title=self.title)


@final
@dataclass(frozen=True)
class Levels(Panel):
    """Effects of levels by name, in order of size.

    Args:
        names: (m,) the levels.
        estimate, lower, upper: (m,).
        x_label, title: labels.
        crowded: whether the names must be small to fit.
    """

    names: tuple[str, ...]
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    x_label: str
    title: str
    crowded: bool = True

    def draw(self, ax: Axes) -> None:
        """Draw a dot and an interval per level."""
        order = np.argsort(self.estimate, kind="stable")
        middle, places = self.estimate[order], np.arange(len(order))
        errors = np.stack([middle - self.lower[order], self.upper[order] - middle])
        ax.errorbar(middle, places, xerr=errors, fmt="o", ms=4, color=COLOURS[0], elinewidth=1)
        ax.set_yticks(
            places, [self.names[i] for i in order], fontsize=5 if self.crowded and len(order) >= 25 else "small"
        )
        ax.set_ylim(-0.8, len(order) - 0.2)
        ax.axvline(0, color=GREY, lw=1, ls="--")
        plain(ax).set(xlabel=self.x_label, title=self.title)


def draw_level_panels(panels: Sequence[Levels], axes: Sequence[Axes] | None = None) -> tuple[Axes, ...]:
    """Draw panels of levels beside each other, as high as the names need; the arguments are as in ``draw_panels``."""
    most = max(len(panel.names) for panel in panels)
    drawn = panel_axes([1] * len(panels), axes=axes, size=(0.0, _PER_NAME * most))
    return draw_panels(panels, [ax for own in drawn for ax in own])


def draw_panels(panels: Sequence[Panel], axes: Sequence[Axes] | None = None) -> tuple[Axes, ...]:
    """Draw panels beside each other.

    Args:
        panels: at least one.
        axes: one per panel; a new figure by default.

    Raises:
        OptionError: if the number of axes differs from that of the panels.
    """
    if axes is None:
        axes = _grid(len(panels))
    if len(axes) != len(panels):
        raise OptionError(f"there are {len(panels)} panels to draw, but axes for {len(axes)}")
    for panel, ax in zip(panels, axes, strict=True):
        panel.draw(ax)
    return tuple(axes)


def _grid(count: int) -> list[Axes]:
    import matplotlib.pyplot as plt

    columns = min(_MOST_COLUMNS, count if count < 4 else int(np.ceil(np.sqrt(count))))
    rows = -(-count // columns)
    size = (4.6 * columns + (1.4 if count == 1 else 0), 3.7 * rows + (0.4 if count == 1 else 0))
    figure, grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    for ax in grid.flat[count:]:
        figure.delaxes(ax)
    return list(grid.flat[:count])


def draw_rug(ax: Axes, values: FloatArray | None) -> None:
    """Mark the data along the lower edge."""
    if values is not None:
        places = np.unique(values)
        ax.vlines(places, 0, 0.025, transform=ax.get_xaxis_transform(), color=GREY, lw=0.6)
