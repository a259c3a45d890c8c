"""The result of a predictive check: a table that draws itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from smoothstan.plots import Panel, draw_facets

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

_ROWS_PRINTED = 10


@dataclass(frozen=True)
class Comparison(ABC):
    """What a check computed: the numbers that it draws."""

    x_label: str
    y_label: str

    share_x: ClassVar[bool] = True
    share_y: ClassVar[bool] = False

    @abstractmethod
    def table(self) -> pd.DataFrame:
        """Return what is drawn, a row per point."""

    @abstractmethod
    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return titles and panels."""

    def summary(self) -> pd.DataFrame | None:
        """Return what can be said in a few rows, if anything."""
        return None


@dataclass(frozen=True, repr=False)
class PredictiveCheck:
    """Data beside predictions of them.

    ``table`` holds what is drawn, ``summary`` a few numbers where the check has some; ``plot()`` draws it again.

    Args:
        kind: the kind of the check.
        title: what it compares, a sentence.
        comparison: the numbers.
        axes: where it has been drawn.
    """

    kind: str
    title: str
    comparison: Comparison
    axes: tuple[Axes, ...] = field(default=(), compare=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """What is drawn, a row per point."""
        return self.comparison.table()

    def to_frame(self) -> pd.DataFrame:
        """Return ``table``."""
        return self.table

    @property
    def summary(self) -> pd.DataFrame | None:
        """A few numbers: the statistics, the coverage of intervals; None where a picture says it all."""
        return self.comparison.summary()

    @property
    def figure(self) -> Any:
        """The figure that it was drawn in."""
        return self.axes[0].get_figure() if self.axes else None

    def plot(self, ax: Axes | Sequence[Axes] | None = None) -> tuple[Axes, ...]:
        """Draw it.

        Args:
            ax: axes, one per panel; a new figure by default.

        Raises:
            OptionError: if the number of axes differs from that of the panels.
        """
        titles, panels = zip(*self.comparison.panels(), strict=True)
        return draw_facets(
            panels, titles, x_label=self.comparison.x_label, y_label=self.comparison.y_label,
            share_x=self.comparison.share_x, share_y=self.comparison.share_y, axes=ax,
        )  # fmt: skip

    def __str__(self) -> str:
        shown = self.table if self.summary is None else self.summary
        text = shown.to_string(max_rows=_ROWS_PRINTED, float_format=lambda value: f"{value:.4g}", index=False)
        return f"{self.title}\n{text}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        shown = self.table if self.summary is None else self.summary
        table = shown.to_html(max_rows=_ROWS_PRINTED, float_format=lambda v: f"{v:.4g}", border=0, index=False)
        return f"<p>{escape(self.title)}</p>{table}"
