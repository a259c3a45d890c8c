"""Axes for panels that belong together in rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.errors import OptionError

if TYPE_CHECKING:
    from smoothstan.plots.style import Axes

_MOST_COLUMNS = 3
_WIDTH, _HEIGHT = 4.8, 3.6
_LARGEST = 20.0
Size = tuple[float, float]


def panel_axes(
    counts: Sequence[int], *, ncol: int | None = None, axes: Sequence[Axes] | None = None, size: Size = (0.0, 0.0)
) -> list[tuple[Axes, ...]]:
    """Return the axes of every row of panels.

    Rows of one panel each fill the columns one after the other; others begin on a new line.

    Args:
        counts: the numbers of panels.
        ncol: the number of columns; up to three by default.
        axes: axes to use, one per panel.
        size: width and height in inches that a panel needs at least.

    Raises:
        OptionError: if their number differs from that of the panels, or ncol is below 1.
    """
    if ncol is not None and (isinstance(ncol, bool) or not isinstance(ncol, (int, np.integer)) or ncol < 1):
        raise OptionError(f"ncol must be a whole number >= 1, got {ncol!r}")
    total = sum(counts)
    if axes is None:
        axes = _new_axes(counts, ncol, size)
    if len(axes) != total:
        raise OptionError(f"there are {total} panels to draw, but axes for {len(axes)}")
    starts = np.cumsum([0, *counts])
    return [tuple(axes[a:b]) for a, b in pairwise(starts.tolist())]


def _new_axes(counts: Sequence[int], ncol: int | None, least: Size) -> list[Axes]:
    import matplotlib.pyplot as plt

    single = max(counts) == 1
    widest = len(counts) if single else max(counts)
    columns = min(widest, ncol or _MOST_COLUMNS)
    if single and ncol is None and widest == 4:
        columns = 2
    lines = [[len(counts)]] if single else [[count] for count in counts]
    heights = [-(-line[0] // columns) for line in lines]
    width, height = (min(max(pair), _LARGEST) for pair in zip((_WIDTH, _HEIGHT), least, strict=True))
    size = (width * columns + (1.2 if sum(counts) == 1 else 0), height * sum(heights))
    figure, grid = plt.subplots(sum(heights), columns, figsize=size, layout="constrained", squeeze=False)
    kept, top = [], 0
    for (count,), deep in zip(lines, heights, strict=True):
        cells = list(grid[top : top + deep].flat)
        kept += cells[:count]
        for ax in cells[count:]:
            figure.delaxes(ax)
        top += deep
    return kept


def several(axes: Axes | Sequence[Axes]) -> tuple[Axes, ...]:
    """Return one pair of axes, several, or the array that matplotlib gives, as a tuple."""
    flat: tuple[Axes, ...] = tuple(np.asarray(axes, dtype=object).ravel())
    return flat
