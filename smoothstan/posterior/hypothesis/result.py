"""Hypotheses that were tested: a table that prints and draws itself."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from smoothstan.posterior.hypothesis.panels import density_panels, level_panels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from smoothstan.plots.style import Axes


@dataclass(frozen=True, repr=False, eq=False)
class HypothesisTests:
    """Tested hypotheses.  Made by ``Posterior.hypothesis``.

    Args:
        table: a row per hypothesis, and per level where there is a group: Hypothesis, Estimate, Est.Error, CI.Lower,
            CI.Upper, Evid.Ratio, Post.Prob, Star.
        samples: draws of the difference of the two sides, a column ``H1``, ``H2``, ... per row of the table.
        prior_samples: the same for draws from the priors, NaN where there are none.
        class_: of the parameters; empty for all.
        alpha: the mass outside the intervals of two-sided hypotheses, half of that of one-sided ones.
    """

    table: pd.DataFrame
    samples: pd.DataFrame
    prior_samples: pd.DataFrame
    class_: str
    alpha: float

    @property
    def _title(self) -> str:
        return f"Hypothesis Tests for class {self.class_}:" if self.class_ else "Hypothesis Tests:"

    @property
    def _notes(self) -> tuple[str, ...]:
        one, two = 100 * (1 - 2 * self.alpha), 100 * (1 - self.alpha)
        return (
            f"CI: {one:g} % interval of one-sided, {two:g} % interval of two-sided hypotheses.",
            f"*: a one-sided hypothesis has a posterior probability above {two:g} %,",
            f"   or the {two:g} % interval of a two-sided one leaves out the value tested.",
            "Post.Prob of a two-sided hypothesis takes it to be as probable as not before the data.",
        )

    def _shown(self) -> pd.DataFrame:
        shown = self.table.copy().astype(object)
        for name in self.table.select_dtypes(float).columns:
            shown[name] = ["NA" if np.isnan(v) else "Inf" if np.isinf(v) else f"{v:.2f}" for v in self.table[name]]
        return shown

    def __str__(self) -> str:
        return "\n".join([self._title, self._shown().to_string(), "---", *self._notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "<br>".join(map(escape, self._notes))
        return f"<h4>{escape(self._title)}</h4>{self._shown().to_html(border=0)}<p><small>{notes}</small></p>"

    def plot(self, *, prior: bool = True, axes: Axes | Sequence[Axes] | None = None) -> tuple[Axes, ...]:
        """Draw the posterior density of every hypothesis, or the estimates and intervals of all levels of a group.

        Args:
            prior: add the prior density where there are draws from it.
            axes: where to draw, one per hypothesis; a new figure by default.

        Returns:
            The axes, one per hypothesis.
        """
        from smoothstan.plots import draw_level_panels, draw_panels, several

        own = None if axes is None else several(axes)
        if "Group" in self.table:
            return draw_level_panels(level_panels(self.table), own)
        return draw_panels(density_panels(self, prior=prior), own)
