"""A smooth seen from inside: its basis functions, their weighted sum, and its penalties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.plots.style import COLOURS, gradient, new_axes, plain
from smoothstan.table import Factor, Numeric
from smoothstan.terms.smooth_con import SmoothCon

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_RESOLUTION = 300
_ROW = "row"
_MOST_LABELS = 30


def basis_functions(smooth: SmoothCon) -> pd.DataFrame:
    """Return the basis functions, the table behind ``plot_basis``.

    Args:
        smooth: from ``smooth_con``.

    Returns:
        The place in the first column: a fine grid of the covariate for a smooth of one number without
        ``by``, else the rows of the data in order (``row``, from 0); then one column per basis function,
        named ``F1``, ``F2``, ...
    """
    import pandas as pd

    name, places, values = _evaluated(smooth)
    table = pd.DataFrame(values, columns=_names(values.shape[1]))
    table.insert(0, name, places)
    return table


def weighted_basis_functions(smooth: SmoothCon, coefficients: FloatArray) -> pd.DataFrame:
    """Return the basis functions times their coefficients, and their ``sum``.

    Args:
        smooth: from ``smooth_con``.
        coefficients: (q,) one per column of its design.

    Raises:
        OptionError: if the number of coefficients differs from that of the columns.
    """
    weights = np.asarray(coefficients, dtype=float)
    size = smooth.design.shape[1]
    if weights.shape != (size,):
        raise OptionError(f"{smooth.label} has {size} coefficients, found an array of shape {weights.shape}")
    table = basis_functions(smooth)
    table.iloc[:, 1:] = table.iloc[:, 1:] * weights
    table["sum"] = table.iloc[:, 1:].sum(axis=1)
    return table


def penalty_entries(smooth: SmoothCon, penalty: int = 0) -> pd.DataFrame:
    """Return a penalty matrix as a (q, q) table with the names of the basis functions.

    Raises:
        OptionError: if the smooth has no such penalty.
    """
    import pandas as pd

    if not 0 <= penalty < len(smooth.penalties):
        raise OptionError(
            f"{smooth.label} has {len(smooth.penalties)} penalties, counted from 0; there is no {penalty}"
        )
    matrix = smooth.penalties[penalty]
    names = _names(len(matrix))
    return pd.DataFrame(matrix, index=names, columns=names)


def plot_basis(smooth: SmoothCon, *, x_label: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw every basis function as a line, labelled where it peaks.

    Args:
        smooth: from ``smooth_con``.
        x_label: label of the covariate, with its unit; its name by default.
        ax: where to draw; a new figure by default.
    """
    return _lines(basis_functions(smooth), smooth, x_label or _axis_name(smooth), ax)


def plot_weighted_basis(
    smooth: SmoothCon, coefficients: FloatArray, *, x_label: str | None = None, y_label: str | None = None,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw the basis functions times their coefficients, thin, and their sum, thick.

    Args:
        smooth: from ``smooth_con``.
        coefficients: (q,) one per column of its design.
        x_label, y_label: axis labels, with units.
        ax: where to draw; a new figure by default.
    """
    table = weighted_basis_functions(smooth, coefficients)
    drawn = _lines(table.drop(columns="sum"), smooth, x_label or _axis_name(smooth), ax)
    drawn.plot(table.iloc[:, 0], table["sum"], color=COLOURS[1], lw=3, label=f"{smooth.label}, the sum")
    drawn.set_ylabel(y_label or "weighted basis function")
    drawn.legend(frameon=False)
    return drawn


def plot_penalty(smooth: SmoothCon, penalty: int = 0, *, ax: Axes | None = None) -> Axes:
    """Draw a penalty matrix as a heat map; white is zero, blue penalises, orange is negative.

    Args:
        smooth: from ``smooth_con``.
        penalty: which of its penalties, from 0.
        ax: where to draw; a new figure by default.
    """
    table = penalty_entries(smooth, penalty)
    matrix = table.to_numpy()
    ax = ax or new_axes(5.6, 4.8)
    largest = np.abs(matrix).max() or 1.0
    image = ax.imshow(matrix, cmap="PuOr", vmin=-largest, vmax=largest, interpolation="nearest")
    step = 1 + (len(matrix) - 1) // _MOST_LABELS
    ticks = np.arange(0, len(matrix), step)
    ax.set_xticks(ticks, table.columns[ticks], rotation=90)
    ax.set_yticks(ticks, table.index[ticks])
    number = f", penalty {penalty + 1} of {len(smooth.penalties)}" if len(smooth.penalties) > 1 else ""
    ax.set_title(f"{smooth.label}{number}")
    ax.set_xlabel("basis function")
    ax.set_ylabel("basis function")
    ax.figure.colorbar(image, ax=ax, label="penalty")
    return ax


def _lines(table: pd.DataFrame, smooth: SmoothCon, x_label: str, ax: Axes | None) -> Axes:
    ax = plain(ax or new_axes())
    places, functions = table.iloc[:, 0].to_numpy(), table.iloc[:, 1:]
    for colour, (name, values) in zip(gradient(functions.shape[1]), functions.items(), strict=True):
        ax.plot(places, values, color=colour, lw=1.3)
        if functions.shape[1] <= _MOST_LABELS:
            peak = int(np.argmax(np.abs(values.to_numpy())))
            ax.annotate(
                str(name), (places[peak], values.iloc[peak]), color=colour, fontsize="small", ha="center",
                va="bottom" if values.iloc[peak] > 0 else "top",
            )  # fmt: skip
    ax.set_xlabel(x_label)
    ax.set_ylabel("basis function")
    ax.set_title(smooth.label)
    return ax


def _evaluated(smooth: SmoothCon) -> tuple[str, FloatArray, FloatArray]:
    column = _covariate(smooth)
    if column is None:
        return _ROW, np.arange(len(smooth.design), dtype=float), smooth.design
    name, values = column
    grid = np.linspace(values.min(), values.max(), _RESOLUTION)
    return name, grid, smooth.predict_matrix({name: grid})


def _covariate(smooth: SmoothCon) -> tuple[str, FloatArray] | None:
    """Return the one numeric column that the smooth reads, or None."""
    if len(smooth.bound.reads) != 1:
        return None
    column = smooth.table[smooth.bound.reads[0]]
    return (smooth.bound.reads[0], column.values) if isinstance(column, Numeric) else None


def _axis_name(smooth: SmoothCon) -> str:
    column = _covariate(smooth)
    if column is not None:
        return column[0]
    factors = [name for name in smooth.bound.reads if isinstance(smooth.table[name], Factor)]
    return "row of the data" + (f" (by {', '.join(factors)})" if factors else "")


def _names(size: int) -> list[str]:
    return [f"F{i + 1}" for i in range(size)]
