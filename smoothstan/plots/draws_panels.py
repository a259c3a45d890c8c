"""Pictures of draws: intervals of many variables, grouped bars, and the finish of figures that ArviZ drew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots.smooth_panels import Panel
from smoothstan.plots.style import COLOURS, GREY, plain

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes

_SMALL_NAMES = 25
_INCHES_PER_PAIR = 2.1
_POINTS_PER_PANEL = 220
"""What fits along a panel of pairs: letters times their size in points."""


@final
@dataclass(frozen=True)
class Forest(Panel):
    """Medians and intervals of variables, the first on top.

    Args:
        names: (m,).
        median: (m,).
        inner, outer: (2, m) ends of the intervals.
        labels: what the legend calls the median, the inner and the outer interval.
    """

    names: tuple[str, ...]
    median: FloatArray
    inner: FloatArray
    outer: FloatArray
    labels: tuple[str, str, str]

    def draw(self, ax: Axes) -> None:
        """Draw a thin and a thick line and a dot per variable."""
        places = np.arange(len(self.names))
        colour = COLOURS[0]
        ax.hlines(places, *self.outer, color=colour, lw=1.2, label=self.labels[2])
        ax.hlines(places, *self.inner, color=colour, lw=4, alpha=0.6, label=self.labels[1])
        ax.scatter(self.median, places, s=26, color="white", edgecolors=colour, zorder=3, label=self.labels[0])
        if np.any(self.outer[0] < 0) and np.any(self.outer[1] > 0):
            ax.axvline(0, color=GREY, lw=0.8, ls="--")
        _names_down(ax, self.names)


@final
@dataclass(frozen=True)
class Bars(Panel):
    """Bars of several quantities beside each other, by name.

    Args:
        names: (m,).
        values: quantity -> (m,).
        threshold: where a line stands.
        threshold_name: what it is.
    """

    names: tuple[str, ...]
    values: Mapping[str, FloatArray]
    threshold: float
    threshold_name: str

    def draw(self, ax: Axes) -> None:
        """Draw horizontal bars, the first name on top."""
        thickness = 0.8 / len(self.values)
        for i, (name, values) in enumerate(self.values.items()):
            places = np.arange(len(self.names)) + (i - (len(self.values) - 1) / 2) * thickness
            ax.barh(places, np.nan_to_num(values), height=thickness, color=COLOURS[i], label=name)
        ax.axvline(self.threshold, color=GREY, lw=1, ls="--", label=self.threshold_name)
        _names_down(ax, self.names)


def _names_down(ax: Axes, names: Sequence[str]) -> None:
    ax.set_yticks(np.arange(len(names)), names, fontsize="medium" if len(names) <= _SMALL_NAMES else "x-small")
    ax.set_ylim(len(names) - 0.4, -0.6)


def as_object_array(value: Any) -> Any:
    """Return an array without dimensions that holds axes or a figure, as ArviZ keeps them."""
    holder = np.empty((), dtype=object)
    holder[()] = value
    return holder


def finish_pairs(axes: Sequence[Sequence[Axes]], names: Sequence[str], diverging: Any) -> None:
    """Size and label a lower triangle of pairs.

    Args:
        axes: (m, m), those above the diagonal unused.
        names: (m,) of the variables.
        diverging: an artist of the divergent transitions, or None.
    """
    figure: Any = axes[0][0].get_figure()
    size = max(5.0, _INCHES_PER_PAIR * len(names))
    figure.set_layout_engine("constrained")
    figure.set_size_inches(size, 0.85 * size)
    fonts = [float(np.clip(_POINTS_PER_PANEL / len(name), 5.5, 10)) for name in names]
    for i, row in enumerate(axes):
        for j, ax in enumerate(row[: i + 1]):
            plain(ax)
            ax.set_xlabel(names[j] if i == len(names) - 1 else "", fontsize=fonts[j])
            ax.set_ylabel(names[i] if j == 0 and i > 0 else "", fontsize=fonts[i])
            ax.tick_params(labelsize="small", labelbottom=i == len(names) - 1, labelleft=j == 0 and i > 0)
            if i == j:
                ax.set_yticks([])
                ax.spines["left"].set_visible(False)
                ax.set_title(names[i], fontsize=fonts[i])
    if diverging is not None:
        figure.legend([diverging], ["divergent transition"], loc="outside upper right", frameon=False)


def finish_energy(energy: Axes, by_chain: Axes, chains: Sequence[int]) -> None:
    """Label the two panels of an energy plot.

    Args:
        energy: the distributions.
        by_chain: the fraction of missing information, a point per chain.
        chains: their numbers.
    """
    figure: Any = energy.get_figure()
    figure.set_layout_engine("constrained")
    figure.set_size_inches(9, 3.6)
    for legend in list(figure.legends):
        legend.set_loc("outside upper center")
        legend.set_frame_on(False)
    plain(energy).set(xlabel="energy minus its mean", ylabel="density", yticks=[])
    energy.spines["left"].set_visible(False)
    energy.set_ylim(bottom=0)
    plain(by_chain).set(xlabel="E-BFMI", ylabel="chain")
    by_chain.set_yticks(np.arange(len(chains)), [str(chain) for chain in chains])
    by_chain.set_ylim(-0.5, len(chains) - 0.5)


def chain_colours(count: int) -> list[str]:
    """Return a colour per chain."""
    return [COLOURS[i % (len(COLOURS) - 1)] for i in range(count)]


def label_draws(axes: Sequence[Axes], names: Sequence[str], x_label: str, y_label: str, columns: int) -> None:
    """Title panels with the names of variables; the axes of a column are labelled below the last."""
    for i, (ax, name) in enumerate(zip(axes, names, strict=True)):
        plain(ax).set_title(name, fontsize="medium")
        ax.set(xlabel=x_label if i + columns >= len(names) else "", ylabel=y_label)


def label_by_chain(artists: Any, chains: Sequence[int]) -> None:
    """Name the artist of every chain, in their order, for the legend."""
    for artist, chain in zip(np.ravel(artists), chains, strict=True):
        artist.set_label(f"chain {chain}")
