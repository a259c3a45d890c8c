"""Checks by probability integral transforms, which are uniform where the model predicts well.

Source: Gabry, Simpson, Vehtari, Betancourt & Gelman (2019), JRSS A 182, 389-402, section 5; Saeilynoja, Buerkner &
Vehtari (2022), Statistics and Computing 32:32.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.plots import DistributionDifference, Overlay, Panel, UniformQuantiles
from smoothstan.posterior.checks.density import densities
from smoothstan.posterior.checks.envelope import evaluation_points, uniform_envelope
from smoothstan.posterior.checks.predictive import Group, Predictive, predicted
from smoothstan.posterior.checks.predictive_check import Comparison
from smoothstan.posterior.comparison.efficiency import relative_efficiency
from smoothstan.posterior.comparison.pareto import smoothed_weights
from smoothstan.posterior.prediction import Prediction

if TYPE_CHECKING:
    import pandas as pd

_STREAM = 4
_UNIFORM_SAMPLES = 100
_GRID = 201
_BAD_K = 0.7


@dataclass(frozen=True)
class Transforms:
    """The transform of every row.

    Args:
        values: (n,) in (0, 1).
        pareto_k: (n,) of leave-one-out weights, or None.
        groups: the rows.
        group_name: the column, or empty.
        name: ``"PIT"`` or ``"LOO-PIT"``.
        label: the response.
        entropy: a seed.
    """

    values: FloatArray
    pareto_k: FloatArray | None
    groups: tuple[Group, ...]
    group_name: str
    name: str
    label: str
    entropy: int

    def table(self) -> pd.DataFrame:
        """Return row, group, transform and Pareto k."""
        import pandas as pd

        rows = np.concatenate([group.rows for group in self.groups])
        table = pd.DataFrame({"row": rows, "pit": self.values[rows]})
        if self.group_name:
            labels = np.array([group.label for group in self.groups], dtype=object)
            table.insert(1, self.group_name, np.repeat(labels, [len(group.rows) for group in self.groups]))
        if self.pareto_k is not None:
            table["pareto_k"] = self.pareto_k[rows]
        return table

    @property
    def axis(self) -> str:
        """What the axes call them."""
        unsure = 0 if self.pareto_k is None else int(np.sum(~(self.pareto_k <= _BAD_K)))
        note = f" ({unsure} with Pareto k > {_BAD_K})" if unsure else ""
        return f"{self.name} of {self.label}{note}"


def transforms(predictive: Predictive) -> Transforms:
    """Compute P(yrep < y) of every row, ties shared out at random."""
    values = np.empty(predictive.n)
    uniform = _uniform(predictive)
    for rows, block in predictive.blocks():
        values[rows] = _transform(predictive.y[rows], predicted(block), None, uniform[rows])
    return _transforms(predictive, values, None, "PIT")


def loo_transforms(predictive: Predictive, chains: int) -> Transforms:
    """Compute P(yrep < y given the other rows), by Pareto-smoothed importance sampling.

    Args:
        predictive: at the rows of the fit.
        chains: the number of chains of the fit, where all draws are used; else 1.
    """
    values, k = np.empty(predictive.n), np.empty(predictive.n)
    uniform = _uniform(predictive)
    for rows, block in predictive.blocks():
        weights, k[rows] = _leave_one_out_weights(block, chains)
        values[rows] = _transform(predictive.y[rows], predicted(block), weights, uniform[rows])
    return _transforms(predictive, values, k, "LOO-PIT")


def _transform(y: FloatArray, yrep: FloatArray, weights: FloatArray | None, uniform: FloatArray) -> FloatArray:
    """Return (S P(yrep < y) + u (1 + S P(yrep = y))) / (S + 1).

    That is the rank of y among its predictions, placed at random in its slot: uniform for any number of draws S.
    """
    s = len(yrep)
    below = np.sum((yrep < y) if weights is None else weights * (yrep < y), axis=0)
    equal = np.sum((yrep == y) if weights is None else weights * (yrep == y), axis=0)
    scale = 1 if weights is None else s
    return np.asarray((scale * below + uniform * (1 + scale * equal)) / (s + 1))


def _leave_one_out_weights(block: Prediction, chains: int) -> tuple[FloatArray, FloatArray]:
    """Return normalised weights (draws, rows) and Pareto k of every row."""
    log_lik = np.ascontiguousarray(block.evaluate("log_lik").T)
    efficiency = relative_efficiency(log_lik.reshape(block.n, chains, -1))
    log_weights, k = smoothed_weights(-log_lik, efficiency)
    return np.exp(log_weights).T, k


def _uniform(predictive: Predictive) -> FloatArray:
    key = np.random.SeedSequence(predictive.prediction.entropy, spawn_key=(_STREAM,))
    return np.random.default_rng(key).random(predictive.n)


def _transforms(predictive: Predictive, values: FloatArray, k: FloatArray | None, name: str) -> Transforms:
    return Transforms(
        values, k, predictive.groups, predictive.group_name, name, predictive.label, predictive.prediction.entropy
    )


@dataclass(frozen=True)
class _TransformCheck(Comparison):
    """A check whose table is that of the transforms."""

    transforms: Transforms

    share_x: ClassVar[bool] = True

    def table(self) -> pd.DataFrame:
        """Return row, group, transform and Pareto k."""
        return self.transforms.table()

    def by_group(self, panel: Callable[[FloatArray], Panel]) -> list[tuple[str, Panel]]:
        """Return a panel of the transforms of every group."""
        t = self.transforms
        return [(group.label, panel(t.values[group.rows])) for group in t.groups]


@final
@dataclass(frozen=True)
class TransformDistribution(_TransformCheck):
    """Distribution functions of the transforms minus the uniform one, with simultaneous bands.

    Args:
        prob: probability of the band.
    """

    prob: float

    def summary(self) -> pd.DataFrame:
        """Return whether the distribution function stays in its band, and where it leaves it."""
        import pandas as pd

        lines = []
        for group in self.transforms.groups:
            values = self.transforms.values[group.rows]
            difference, low, high = _difference(values, self.prob)
            outside = (difference < low - 1e-12) | (difference > high + 1e-12)
            z = evaluation_points(len(values))[outside]
            line = {self.transforms.group_name: group.label} if self.transforms.group_name else {}
            place = f"{z.min():.3g} to {z.max():.3g}" if len(z) else ""
            lines.append(line | {"rows": len(values), "inside_band": not outside.any(), "outside_at": place})
        return pd.DataFrame(lines)

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        return self.by_group(self._panel)

    def _panel(self, values: FloatArray) -> Panel:
        difference, low, high = _difference(values, self.prob)
        z, band = evaluation_points(len(values)), f"{100 * self.prob:g}% simultaneous band"
        return DistributionDifference(z, difference[None], low, high, (self.transforms.name,), band)


def _difference(values: FloatArray, prob: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    z = evaluation_points(len(values))
    low, high = uniform_envelope(len(values), prob)
    return np.searchsorted(np.sort(values), z, side="right") / len(values) - z, low - z, high - z


@final
@dataclass(frozen=True)
class TransformDensity(_TransformCheck):
    """The density of the transforms over those of uniform samples of the same size."""

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        return self.by_group(self._panel)

    def _panel(self, values: FloatArray) -> Panel:
        rng = np.random.default_rng(np.random.SeedSequence(self.transforms.entropy, spawn_key=(_STREAM, 1)))
        x = np.linspace(0, 1, _GRID)
        samples = np.concatenate([values[None], rng.random((_UNIFORM_SAMPLES, len(values)))])
        heights = _reflected_density(samples, x)
        return Overlay(x, heights[0], heights[1:], (self.transforms.name, f"{_UNIFORM_SAMPLES} uniform samples"))


def _reflected_density(samples: FloatArray, x: FloatArray) -> FloatArray:
    """Return densities on [0, 1] whose mass beyond the ends is mirrored into it."""
    step, m = x[1] - x[0], len(x)
    wide = np.linspace(x[0] - (m - 1) * step, x[-1] + (m - 1) * step, 3 * m - 2)
    heights = densities(samples, wide)
    inside = heights[:, m - 1 : 2 * m - 1].copy()
    inside += heights[:, :m][:, ::-1] + heights[:, 2 * m - 2 :][:, ::-1]
    return inside


@final
@dataclass(frozen=True)
class TransformQuantiles(_TransformCheck):
    """Sorted transforms against uniform quantiles."""

    def panels(self) -> Sequence[tuple[str, Panel]]:
        """Return a panel per group."""
        return self.by_group(self._panel)

    def _panel(self, values: FloatArray) -> Panel:
        n = len(values)
        return UniformQuantiles((np.arange(1, n + 1) - 0.5) / n, np.sort(values), self.transforms.name)


def pit_distribution(found: Transforms, prob: float) -> TransformDistribution:
    """Compare the distribution function of the transforms with the uniform one."""
    return TransformDistribution(found.axis, "ECDF minus uniform", found, prob)


def pit_density(found: Transforms) -> TransformDensity:
    """Compare the density of the transforms with those of uniform samples."""
    return TransformDensity(found.axis, "density", found)


def pit_quantiles(found: Transforms) -> TransformQuantiles:
    """Compare the sorted transforms with uniform quantiles."""
    return TransformQuantiles("uniform quantiles", found.axis, found)
