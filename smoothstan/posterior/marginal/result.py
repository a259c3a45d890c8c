"""The answer of predictions(), comparisons() and slopes(): a table that prints and draws itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.marginal.estimand import Summary

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

ESTIMATES = ("estimate", "conf_low", "conf_high")
_SHOWN_ROWS = 30
_MOST_CONDITIONS = 3


@dataclass(frozen=True, repr=False, eq=False)
class Estimates:
    """Estimates with intervals, one per row.

    Args:
        table: columns that name the row, ``estimate``, ``conf_low``, ``conf_high``, and the columns of the data.
        what: what is estimated, for the heading.
        label: the same for an axis.
        names: the columns that tell rows apart, those a figure is drawn along first.
        summary: how draws became estimates.
        source: computes the draws, (draws, rows).
        reference: the value that means no difference, if there is one.
    """

    table: pd.DataFrame
    what: str
    label: str
    names: tuple[str, ...]
    summary: Summary
    source: Callable[[], FloatArray]
    reference: float | None = None

    @cached_property
    def draws(self) -> FloatArray:
        """The draws behind the rows, (draws, rows); computed when first asked for where rows are not averaged.

        Raises:
            OptionError: if they do not fit into the memory allowed.
        """
        return self.source()

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame of its own."""
        return self.table.copy()

    def __len__(self) -> int:
        return len(self.table)

    def __str__(self) -> str:
        lines = [self.what, "", self._shown().to_string(index=False)]
        return "\n".join([*lines, *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        notes = "<br>".join(escape(note) for note in self._notes() if note)
        return f"<p>{escape(self.what)}</p>{self._shown().to_html(index=False, border=0)}<p><small>{notes}</small></p>"

    def _shown(self) -> pd.DataFrame:
        import pandas as pd

        columns = [name for name in (*self.names, *ESTIMATES) if name in self.table]
        shown = self.table[columns]
        if len(shown) <= _SHOWN_ROWS:
            return _written(shown)
        half = _SHOWN_ROWS // 6
        written = _written(pd.concat([shown.head(half), shown.tail(half)]))
        gap = pd.DataFrame([["..."] * len(columns)], columns=columns)
        return pd.concat([written.head(half), gap, written.tail(half)])

    def _notes(self) -> list[str]:
        interval = f"{100 * self.summary.prob:g} % equal-tailed interval"
        notes = ["", f"estimate: posterior {self.summary.center}; conf_low, conf_high: {interval}"]
        hidden = [name for name in self.table if name not in (*self.names, *ESTIMATES)]
        if len(self.table) > _SHOWN_ROWS:
            notes.append(f"{len(self.table)} rows in .table")
        if hidden:
            notes.append(f"more columns in .table: {', '.join(map(str, hidden))}")
        return notes

    def plot(
        self, *, condition: str | Sequence[str] | None = None, x_label: str | None = None, y_label: str | None = None,
        ax: Axes | None = None,
    ) -> Axes:  # fmt: skip
        """Draw the estimates: bands along numbers, points with intervals for categories.

        Args:
            condition: the columns along the axis, in colour, and in panels; by default those that tell the rows apart.
            x_label, y_label: axis labels, with units.
            ax: where to draw; a new figure by default. Panels need a figure of their own.

        Returns:
            The axes, the first of several.

        Raises:
            OptionError: for an unknown column, or if several rows have the same place in the figure.
        """
        from smoothstan.plots import draw_estimates

        frame, names = self._drawn()
        places = _places(frame, names, condition)
        if not places:
            frame, places = frame.assign(row=np.arange(1, len(frame) + 1).astype(str)), ["row"]
        if ax is not None and len(places) == _MOST_CONDITIONS:
            raise OptionError(f"the panels of {places[2]} need a figure of their own; leave ax out")
        if frame.duplicated(places).any():
            raise OptionError(
                f"several rows have the same {', '.join(places)}; average them with by={places!r}, give the rows as a "
                "datagrid(), or name more columns (condition=)"
            )
        interval = f"{100 * self.summary.prob:g} % interval"
        return draw_estimates(
            frame, places, interval=interval, x_label=x_label, y_label=y_label or f"{self.label}\n({interval})",
            reference=self.reference, ax=ax,
        )  # fmt: skip

    def _drawn(self) -> tuple[pd.DataFrame, list[str]]:
        """Return the table and the columns that tell its rows apart, variable and contrast in one."""
        frame, names = self.table, [name for name in self.names if name in self.table]
        if "term" not in names or "contrast" not in names or frame["term"].nunique() == 1:
            return frame, names
        both = frame["term"].astype(str) + ": " + frame["contrast"].astype(str)
        names = [name for name in names if name not in ("term", "contrast")]
        return frame.assign(comparison=both), [*names, "comparison"]


def _places(frame: pd.DataFrame, names: Sequence[str], condition: str | Sequence[str] | None) -> list[str]:
    """Return the columns of a figure: along the axis, in colour, in panels."""
    if condition is None:
        varying = [name for name in names if frame[name].nunique() > 1]
        return (varying or list(names)[:1])[:_MOST_CONDITIONS]
    asked = [condition] if isinstance(condition, str) else list(condition)
    for name in asked:
        if name not in frame or name in ESTIMATES:
            known = tuple(str(column) for column in frame if column not in ESTIMATES)
            raise OptionError(f"no column {name!r}{suggestion(str(name), known)} (there: {', '.join(known)})")
    if not 1 <= len(asked) <= _MOST_CONDITIONS:
        raise OptionError(f"condition names one to three columns: axis, colour, panels; got {len(asked)}")
    return asked


def _written(table: pd.DataFrame) -> pd.DataFrame:
    """Write numbers with four significant digits."""
    shown = table.astype(object)
    for name in table.columns:
        if table[name].dtype.kind == "f":
            shown[name] = [f"{value:.4g}" for value in table[name]]
    return shown
