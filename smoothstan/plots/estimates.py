"""Estimates with intervals along numbers or categories, by colour and in panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothstan.plots.style import COLOURS, GREY, gradient, new_axes, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_BAND = 5
"""From so many values of a number on, estimates are joined to a band."""

_UPRIGHT = 6
_LONG = 12
"""More categories than ``_UPRIGHT``, or longer names than ``_LONG`` letters, stand below each other."""

_SPREAD = 0.5
_COLUMNS = 3


@dataclass(frozen=True)
class _Style:
    """What all panels share: the values on the axis, the colours, and whether categories stand below each other."""

    x: str
    values: list[Any]
    numeric: bool
    colour: str | None
    colours: dict[Any, Any]
    sideways: bool

    @property
    def banded(self) -> bool:
        """Whether estimates are joined to a line with a band."""
        return self.numeric and len(self.values) >= _BAND

    def position(self, value: Any) -> float:
        return float(value) if self.numeric else float(self.values.index(value))


def draw_estimates(
    frame: pd.DataFrame, places: Sequence[str], *, interval: str, x_label: str | None = None,
    y_label: str | None = None, reference: float | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw estimates with their intervals.

    Args:
        frame: ``estimate``, ``conf_low``, ``conf_high`` and the columns of ``places``.
        places: the columns along the axis, in colour, and in panels; one to three.
        interval: what the interval is, for the legend.
        x_label, y_label: axis labels, with units; the column's name, and what the interval is, by default.
        reference: a value to mark by a line, such as no difference.
        ax: where to draw; a new figure by default, with one axes per panel.

    Returns:
        The axes, the first of several.
    """
    style = _style(frame, places)
    panels = [("", frame)] if len(places) < 3 else _panels(frame, places[2])
    axes = _axes(len(panels), style, ax)
    for axis, (title, rows) in zip(axes, panels, strict=True):
        if reference is not None:
            (axis.axvline if style.sideways else axis.axhline)(reference, color=GREY, lw=0.8, ls=":")
        _draw_panel(axis, rows, style, interval)
        _label_axes(axis, style, x_label or places[0], y_label or f"estimate, {interval}")
        axis.set_title(title, fontsize="medium")
    _draw_legend(axes, style)
    return axes[0]


def _draw_legend(axes: list[Axes], style: _Style) -> None:
    """Name the colours, beside panels so that they cover nothing; or the band."""
    if style.colour is not None and len(axes) > 1:
        handles, labels = axes[0].get_legend_handles_labels()
        axes[0].figure.legend(handles, labels, title=style.colour, frameon=False, loc="outside right upper")
    elif style.colour is not None:
        axes[0].legend(title=style.colour, frameon=False)
    elif style.banded:
        axes[0].legend(frameon=False)


def _style(frame: pd.DataFrame, places: Sequence[str]) -> _Style:
    x, colour = places[0], places[1] if len(places) > 1 else None
    values = _distinct(frame[x])
    numeric = frame[x].dtype.kind in "fiu"
    sideways = not numeric and (len(values) > _UPRIGHT or max(len(str(v)) for v in values) > _LONG)
    keys = [None] if colour is None else _distinct(frame[colour])
    ordered = colour is not None and frame[colour].dtype.kind in "fiu" and len(keys) > 2
    palette = gradient(len(keys)) if ordered or len(keys) > len(COLOURS) else COLOURS
    return _Style(x, values, numeric, colour, dict(zip(keys, palette, strict=False)), sideways)


def _distinct(column: Any) -> list[Any]:
    """Return the values in the order of categories or numbers; strings as they come."""
    if hasattr(column, "cat"):
        return list(column.cat.remove_unused_categories().cat.categories)
    found = list(column.drop_duplicates())
    return sorted(found) if column.dtype.kind in "fiub" else found


def _panels(frame: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    return [(f"{column} = {_short(value)}", frame[frame[column] == value]) for value in _distinct(frame[column])]


def _axes(count: int, style: _Style, ax: Axes | None) -> list[Axes]:
    import matplotlib.pyplot as plt

    height = max(4.5, 0.3 * len(style.values) + 1.2) if style.sideways else 4.5
    if count == 1:
        return [plain(ax or new_axes(7, height))]
    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    _, grid = plt.subplots(
        rows, columns, figsize=(3.6 * columns, max(3.4, 0.7 * height) * rows), layout="constrained", sharex=True,
        sharey=True, squeeze=False,
    )  # fmt: skip
    for axis in grid.flat[count:]:
        axis.set_visible(False)
    return [plain(axis) for axis in grid.flat[:count]]


def _draw_panel(axis: Axes, rows: pd.DataFrame, style: _Style, interval: str) -> None:
    for number, (key, colour) in enumerate(style.colours.items()):
        part = rows if style.colour is None else rows[rows[style.colour] == key]
        if part.empty:
            continue
        if style.banded:
            part = part.sort_values(style.x)
            label = interval if style.colour is None else None
            axis.fill_between(
                part[style.x], part["conf_low"], part["conf_high"], color=colour, alpha=0.25, lw=0, label=label
            )
            axis.plot(part[style.x], part["estimate"], color=colour, lw=2, label=_name(key, style))
        else:
            _draw_points(axis, part, style, number, colour, _name(key, style))


def _name(key: Any, style: _Style) -> str:
    return "estimate" if style.colour is None else _short(key)


def _draw_points(axis: Axes, part: pd.DataFrame, style: _Style, number: int, colour: Any, label: str) -> None:
    count = len(style.colours)
    width = _gap(style) * _SPREAD * min(1.0, 0.25 * (count - 1))
    aside = width * (number / (count - 1) - 0.5) if count > 1 else 0.0
    places = np.asarray([style.position(value) for value in part[style.x]]) + aside
    middle = part["estimate"].to_numpy()
    reach = np.abs(np.stack([middle - part["conf_low"], part["conf_high"] - middle]))
    options: dict[str, Any] = {"fmt": "o", "color": colour, "ms": 5, "lw": 1.6, "label": label}
    if style.sideways:
        axis.errorbar(middle, places, xerr=reach, **options)
    else:
        axis.errorbar(places, middle, yerr=reach, **options)


def _gap(style: _Style) -> float:
    """Return the distance between neighbouring places on the axis."""
    return float(np.min(np.diff(style.values))) if style.numeric and len(style.values) > 1 else 1.0


def _label_axes(axis: Axes, style: _Style, x_label: str, y_label: str) -> None:
    if not style.numeric:
        ticks, names = range(len(style.values)), [_short(value) for value in style.values]
        if style.sideways:
            axis.set_yticks(ticks, names)
            axis.set_ylim(len(style.values) - 0.5, -0.5)
        else:
            axis.set_xticks(ticks, names)
            axis.set_xlim(-0.6, len(style.values) - 0.4)
    elif not style.banded:
        axis.set_xticks([float(v) for v in style.values], [_short(value) for value in style.values])
    axis.set_xlabel(y_label if style.sideways else x_label)
    axis.set_ylabel(x_label if style.sideways else y_label)
    if hasattr(axis, "label_outer") and axis.figure is not None and len(axis.figure.axes) > 1:
        axis.label_outer()


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
