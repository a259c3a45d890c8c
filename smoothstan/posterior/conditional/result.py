"""Effects as tables that print and draw themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.conditional.panels import effect_panels
from smoothstan.posterior.conditional.part import ConditionalEffect

if TYPE_CHECKING:
    import pandas as pd

    from smoothstan.plots.style import Axes

_ROWS_SHOWN = 6


@dataclass(frozen=True, repr=False, eq=False)
class ConditionalEffects(Mapping[str, "pd.DataFrame"]):
    """Effects by name, ``"x"`` or ``"x:f"``: each a table with a row per value and condition.

    Made by ``Posterior.conditional_effects`` and ``Posterior.conditional_smooths``.

    Args:
        parts: the effects.
        y_label: what is estimated.
        prob: mass of the intervals.
        has_points: whether the data can be drawn beside the estimates.
    """

    parts: Mapping[str, ConditionalEffect]
    y_label: str
    prob: float
    has_points: bool

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.part(name).table

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def part(self, name: str) -> ConditionalEffect:
        """Return an effect with its data and draws.

        Raises:
            KeyError: if it is not there.
        """
        if name not in self.parts:
            raise KeyError(f"no effect {name!r}{suggestion(name, self.parts)} (there: {', '.join(self.parts)})")
        return self.parts[name]

    def __str__(self) -> str:
        texts = []
        for name, part in self.parts.items():
            rows = f"{len(part.table)} rows" + (f", the first {_ROWS_SHOWN}" if len(part.table) > _ROWS_SHOWN else "")
            texts.append(f"{self._title(name)} ({rows}):\n{part.shown().head(_ROWS_SHOWN).to_string(index=False)}")
        return "\n\n".join(texts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = []
        for name, part in self.parts.items():
            table = part.shown().head(_ROWS_SHOWN).to_html(border=0, index=False, float_format=lambda v: f"{v:.4g}")
            more = f"<p><small>{len(part.table)} rows</small></p>" if len(part.table) > _ROWS_SHOWN else ""
            parts.append(f"<h4>{escape(self._title(name))}</h4>{table}{more}")
        return "\n".join(parts)

    def _title(self, name: str) -> str:
        return name if self.parts[name].response in name else f"Effect of {name} on {self.parts[name].response}"

    def plot(
        self, effects: str | Sequence[str] | None = None, *, points: bool = False, rug: bool = False,
        ncol: int | None = None, x_label: str | None = None, y_label: str | None = None,
        axes: Axes | Sequence[Axes] | None = None,
    ) -> tuple[Axes, ...]:  # fmt: skip
        """Draw effects: curves with their intervals, levels as points with intervals, two numbers as a map.

        Args:
            effects: the effects to draw; all by default.
            points: add the data that meet the condition.
            rug: mark the values of the predictor in the data along the axis.
            ncol: the number of panels beside each other.
            x_label, y_label: axis labels, with units; the names by default.
            axes: where to draw, one per effect and condition; a new figure by default.

        Returns:
            The axes, effect by effect and condition by condition.

        Raises:
            OptionError: for another number of axes, or for data beside something that is not on their scale.
        """
        from smoothstan.plots import draw_effect_panels, several

        if points and not self.has_points:
            raise OptionError(f"the data cannot be drawn beside {self.y_label}: it is not on the scale of the response")
        names = list(self.parts) if effects is None else [effects] if isinstance(effects, str) else list(effects)
        rows = [
            effect_panels(self.part(name), points=points, rug=rug, x_label=x_label, y_label=y_label or self._axis(name))
            for name in names
        ]
        return draw_effect_panels(rows, ncol=ncol, axes=None if axes is None else several(axes))

    def _axis(self, name: str) -> str:
        return self.y_label or self.parts[name].response
