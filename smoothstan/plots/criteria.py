"""Diagnostics and comparisons of predictive accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots.style import COLOURS, GREY, new_axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GOOD, _BAD = COLOURS[0], COLOURS[1]
_MOST_LABELS = 10
_MEAN_EXISTS = 1.0


def draw_pareto_k(k: FloatArray, limit: float, *, ax: Axes | None = None) -> Axes:
    """Draw Pareto k of every observation; those above the limit are marked with their row.

    Args:
        k: (n,) shapes; infinite ones are drawn at the upper edge, those without spread at the lower.
        limit: the largest good value.
        ax: where to draw; a new figure by default.
    """
    ax = plain(ax or new_axes())
    finite = k[np.isfinite(k)]
    top = max(float(finite.max(initial=0.0)), _MEAN_EXISTS) + 0.1
    bottom = min(float(finite.min(initial=0.0)), 0.0)
    shown, rows = np.clip(np.nan_to_num(k, nan=top), bottom, top), np.arange(len(k))
    bad = ~(k <= limit)
    ax.axhline(limit, color=GREY, lw=1, ls="--", label=f"good up to {limit:.2g}")
    if shown.max() > 0.9 * _MEAN_EXISTS:
        ax.axhline(_MEAN_EXISTS, color=GREY, lw=1, ls=":", label="no mean above 1")
    ax.scatter(rows[~bad], shown[~bad], s=18, color=_GOOD, marker="o", linewidths=0, alpha=0.7)
    ax.scatter(rows[bad], shown[bad], s=36, color=_BAD, marker="^", linewidths=0)
    for row in rows[bad][np.argsort(-shown[bad])][:_MOST_LABELS]:
        ax.annotate(str(row), (row, shown[row]), xytext=(4, 3), textcoords="offset points", fontsize="small")
    ax.set_xlabel("observation (row, from 0)")
    ax.set_ylabel("Pareto shape k")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 1.12), ncols=2, borderaxespad=0)
    return ax


def draw_elpd_differences(
    names: Sequence[str], differences: FloatArray, errors: FloatArray, *, label: str, ax: Axes | None = None
) -> Axes:
    """Draw differences of elpd to the best model as points with one and two standard errors.

    Args:
        names: the models, the best first.
        differences, errors: (m,) differences and their standard errors.
        label: the label of the axis.
        ax: where to draw; a new figure by default.
    """
    ax = plain(ax or new_axes(7, 1.4 + 0.5 * len(names)))
    places = np.arange(len(names))[::-1]
    ax.axvline(0, color=GREY, lw=1, ls="--")
    errors = np.nan_to_num(errors)
    ax.hlines(places, differences - 2 * errors, differences + 2 * errors, color=_GOOD, lw=1.5)
    ax.hlines(places, differences - errors, differences + errors, color=_GOOD, lw=5)
    ax.plot(differences, places, "o", color="white", markeredgecolor=_GOOD, markeredgewidth=2, ms=8)
    ax.set_yticks(places, list(names))
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.set_xlabel(label)
    return ax
