"""What ``plot()`` shows of hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots import Densities, Levels, Panel
from smoothstan.posterior.hypothesis.density import bandwidth, kernel_density

if TYPE_CHECKING:
    import pandas as pd

_POINTS = 400
_FAR = 4
_MOST_OF_PRIOR = (0.05, 0.95)


class _Tests(Protocol):
    @property
    def table(self) -> pd.DataFrame: ...
    @property
    def samples(self) -> pd.DataFrame: ...
    @property
    def prior_samples(self) -> pd.DataFrame: ...


def density_panels(tests: _Tests, *, prior: bool) -> list[Panel]:
    """Return a panel per hypothesis: the density of the difference of its sides."""
    panels: list[Panel] = []
    for i, row in enumerate(tests.table.itertuples(index=False)):
        draws = tests.samples.iloc[:, i].to_numpy(dtype=float)
        before = tests.prior_samples.iloc[:, i].to_numpy(dtype=float)
        has_prior = prior and not np.isnan(before).any()
        x = _points(draws, before if has_prior else None)
        interval = (float(tests.table["CI.Lower"].iloc[i]), float(tests.table["CI.Upper"].iloc[i]))
        panels.append(
            Densities(x, kernel_density(draws, x), kernel_density(before, x) if has_prior else None, interval, row[0])
        )
    return panels


def _points(draws: FloatArray, prior: FloatArray | None) -> FloatArray:
    """Return where densities are drawn: at all posterior draws, most of the prior, and zero unless it is far away."""
    margin = 3 * bandwidth(draws)
    low, high = float(draws.min()) - margin, float(draws.max()) + margin
    near = max(low, -high) < _FAR * (high - low)
    ends = [low, high, *([0.0] if near else [])]
    if prior is not None:
        ends += np.quantile(prior, _MOST_OF_PRIOR).tolist()
    return np.linspace(min(ends), max(ends), _POINTS)


def level_panels(table: pd.DataFrame) -> list[Levels]:
    """Return a panel per hypothesis: its estimate and interval at every level."""
    panels = []
    for label, own in table.groupby("Hypothesis", sort=False):
        estimate, low, high = (own[name].to_numpy(dtype=float) for name in ("Estimate", "CI.Lower", "CI.Upper"))
        names = tuple(map(str, own["Group"]))
        panels.append(Levels(names, estimate, low, high, "difference of the two sides", str(label), crowded=False))
    return panels
