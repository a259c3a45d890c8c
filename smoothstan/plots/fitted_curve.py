"""A curve with its interval through the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothstan.arrays import FloatArray
from smoothstan.plots.style import COLOURS, GREY, new_axes, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_CURVE_COLOUR = COLOURS[0]


def draw_fitted_curve(
    curve: pd.DataFrame, data: tuple[FloatArray, FloatArray], *, interval: str, x_label: str, y_label: str,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw data and the expected response with its interval along a covariate.

    Args:
        curve: the covariate first, then ``estimate``, ``lower``, ``upper``.
        data: (n,) values of the covariate and of the response.
        interval: what the band is, for the legend.
        x_label, y_label: axis labels, with units.
        ax: where to draw; a new figure by default.
    """
    ax = plain(ax or new_axes())
    x = curve.iloc[:, 0]
    ax.scatter(*data, s=18, color=GREY, alpha=0.6, label="data", linewidths=0)
    ax.fill_between(x, curve["lower"], curve["upper"], color=_CURVE_COLOUR, alpha=0.25, label=interval, lw=0)
    ax.plot(x, curve["estimate"], color=_CURVE_COLOUR, lw=2, label="posterior mean")
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    ax.legend(frameon=False)
    return ax
