"""Densities of one quantity."""

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
class Densities(Panel):
    """The posterior density of a quantity, perhaps with that of its prior, and the value tested, zero, if it is near.

    Args:
        x: (m,) values.
        posterior: (m,) density.
        prior: (m,) density, or None.
        interval: the ends of the interval, darker.
        title: what it is.
        x_label: axis label.
    """

    x: FloatArray
    posterior: FloatArray
    prior: FloatArray | None
    interval: tuple[float, float]
    title: str
    x_label: str = "difference of the two sides"

    def draw(self, ax: Axes) -> None:
        """Draw the densities from zero, and a line at the value tested."""
        inside = (self.x >= self.interval[0]) & (self.x <= self.interval[1])
        ax.fill_between(self.x, 0, self.posterior, color=COLOURS[0], alpha=0.2, lw=0)
        shown = np.where(inside, self.posterior, np.nan)
        ax.fill_between(self.x, 0, shown, color=COLOURS[0], alpha=0.35, lw=0, label="interval")
        ax.plot(self.x, self.posterior, color=COLOURS[0], lw=2, label="posterior")
        if self.prior is not None:
            ax.plot(self.x, self.prior, color=COLOURS[1], lw=2, ls="--", label="prior")
        if self.x[0] <= 0 <= self.x[-1]:
            ax.axvline(0, color=GREY, lw=1, ls=":")
        ax.set_ylim(bottom=0)
        plain(ax).set(xlabel=self.x_label, ylabel="density", title=self.title)
        ax.legend(frameon=False, fontsize="small")
