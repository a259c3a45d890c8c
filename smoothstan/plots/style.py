"""What all figures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes

GREY = "#595959"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe & Ito's palette, which colour-blind readers can tell apart."""


def new_axes(width: float = 7, height: float = 4.5) -> Axes:
    """Return the axes of a new figure, sizes in inches."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def plain(ax: Axes) -> Axes:
    """Remove the frame lines that carry no information."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def gradient(n: int, lightest: float = 0.9) -> list[tuple[float, float, float, float]]:
    """Return ``n`` colours in order, of even lightness steps (cividis), for what is a sequence.

    Args:
        n: their number.
        lightest: where on the scale from 0, dark blue, to 1, bright yellow, they end.
    """
    import matplotlib
    import numpy as np

    return [tuple(colour) for colour in matplotlib.colormaps["cividis"](np.linspace(0, lightest, n))]
