"""Panels of one kind beside each other, with common axis labels and one legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.errors import OptionError
from smoothstan.plots.smooth_panels import Panel
from smoothstan.plots.style import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from smoothstan.plots.style import Axes

_SIZES = (
    (1, 1, 6.8, 4.3),
    (2, 2, 4.4, 3.6),
    (3, 3, 3.8, 3.4),
    (4, 2, 4.4, 3.0),
    (9, 3, 3.6, 2.7),
    (12, 4, 3.1, 2.6),
    (30, 6, 2.3, 2.0),
)
"""(at most so many panels, columns, width and height of one in inches)."""
_SMALL = (10, 1.8, 1.6)
_LEGEND_HEIGHT = 0.35
_HANDLE, _LETTER = 0.6, 0.075
"""Inches that the handle and a letter of an entry of the legend need."""


def draw_facets(
    panels: Sequence[Panel], titles: Sequence[str], *, x_label: str, y_label: str, share_x: bool = True,
    share_y: bool = False, axes: Axes | Sequence[Axes] | None = None, height: float | None = None,
) -> tuple[Axes, ...]:  # fmt: skip
    """Draw panels that have the same axes.

    Args:
        panels: at least one; the labels of their artists make the legend.
        titles: one per panel, may be empty.
        x_label, y_label: labels of all axes.
        share_x, share_y: give the axes of a new figure the same limits.
        axes: one per panel; a new figure by default.
        height: of one panel of a new figure, in inches.

    Raises:
        OptionError: if the number of axes differs from that of the panels.
    """
    new = axes is None
    chosen = new_grid(len(panels), share_x=share_x, share_y=share_y, height=height) if axes is None else as_axes(axes)
    if len(chosen) != len(panels):
        raise OptionError(f"there are {len(panels)} panels to draw, but axes for {len(chosen)}")
    for panel, title, ax in zip(panels, titles, chosen, strict=True):
        panel.draw(plain(ax))
        ax.set_title(title, fontsize="medium" if len(panels) <= 12 else "small")
    if new and len(panels) > 1:
        _figure(chosen[0]).supxlabel(x_label)
        _figure(chosen[0]).supylabel(y_label)
    else:
        for ax in chosen:
            ax.set(xlabel=x_label, ylabel=y_label)
    add_legend(chosen, above=new)
    return tuple(chosen)


def as_axes(axes: Any) -> list[Axes]:
    """Return axes as a list: one, a sequence, or the array that ``plt.subplots`` returns."""
    return [axes] if hasattr(axes, "get_figure") else list(np.ravel(axes))


def new_grid(
    count: int, *, share_x: bool = False, share_y: bool = False, height: float | None = None,
    width: float | None = None, columns: int | None = None,
) -> list[Axes]:  # fmt: skip
    """Return the axes of a new figure for so many panels, row by row.

    Args:
        count: how many.
        share_x, share_y: give them the same limits.
        height, width: of a panel, in inches; by their number if None.
        columns: how many beside each other; by their number if None.
    """
    import matplotlib.pyplot as plt

    usual_columns, usual_width, usual_height = next((size[1:] for size in _SIZES if count <= size[0]), _SMALL)
    columns, height, width = columns or usual_columns, height or usual_height, width or usual_width
    rows = -(-count // columns)
    size = (width * columns, height * rows + _LEGEND_HEIGHT)
    figure, grid = plt.subplots(
        rows, columns, figsize=size, layout="constrained", squeeze=False, sharex=share_x, sharey=share_y
    )
    for place, ax in enumerate(grid.flat[count:], start=count):
        # The panel above is now the last of its column.
        grid.flat[place - columns].xaxis.set_tick_params(labelbottom=True)
        figure.delaxes(ax)
    return list(grid.flat[:count])


def add_legend(axes: Sequence[Axes], *, above: bool) -> None:
    """Explain what all panels show: above them, or inside the first of axes that the user laid out."""
    entries: dict[str, Any] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    if not entries:
        return
    if above:
        figure = _figure(axes[0])
        widths = [_HANDLE + _LETTER * len(label) for label in entries]
        room = figure.get_figwidth()
        columns = len(entries) if sum(widths) <= room else max(1, int(room / max(widths)))
        place: dict[str, Any] = {"loc": "outside upper center", "ncols": columns}
        legend = figure.legend(entries.values(), entries.keys(), frameon=False, **place)
    else:
        legend = axes[0].legend(entries.values(), entries.keys(), frameon=False)
    # Lines that are thin or faint where they are many can be told apart in the legend.
    for line in legend.get_lines():
        line.set(linewidth=max(1.5, line.get_linewidth()), alpha=1)


def _figure(ax: Axes) -> Figure:
    from matplotlib.figure import Figure

    figure = ax.get_figure()
    while not isinstance(figure, Figure):
        assert figure is not None
        figure = figure.get_figure()
    return figure
