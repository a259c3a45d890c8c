"""What is estimated at the rows, and how draws of it are summarised and averaged, block by block of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, OptionError
from smoothstan.posterior.estimates import check_probability
from smoothstan.posterior.marginal.comparison import Comparison, scaled_slope
from smoothstan.posterior.marginal.contrast import Contrast, Side, numbers
from smoothstan.posterior.marginal.quantity import Quantity
from smoothstan.posterior.marginal.rows import Groups
from smoothstan.posterior.memory import memory_beside
from smoothstan.posterior.prediction import Prediction
from smoothstan.table import Table

CENTERS = ("median", "mean")


@dataclass(frozen=True)
class Summary:
    """How draws are summarised: by their median or mean, and an equal-tailed interval of mass ``prob``."""

    prob: float = 0.95
    center: str = "median"

    def __post_init__(self) -> None:
        check_probability(self.prob)
        if self.center not in CENTERS:
            raise OptionError(f"center must be 'median' or 'mean', got {self.center!r}")

    def of(self, draws: FloatArray) -> FloatArray:
        """Return estimate, low and high of the columns of (draws, m), (3, m)."""
        low, middle, high = np.quantile(draws, [(1 - self.prob) / 2, 0.5, (1 + self.prob) / 2], axis=0)
        return np.stack([draws.mean(axis=0) if self.center == "mean" else middle, low, high])


@dataclass(frozen=True)
class Estimand(ABC):
    """Something to estimate at every row: one or more items per row.

    Every item has parts, arrays of (draws, rows); ``combine`` makes the estimate of the parts, or of their averages
    where rows are averaged.
    """

    quantity: Quantity

    @property
    @abstractmethod
    def labels(self) -> tuple[Mapping[str, str], ...]:
        """For every item the columns of the result that name it."""

    @property
    @abstractmethod
    def n_parts(self) -> int:
        """The number of parts of an item, at most."""

    @property
    def reference(self) -> float | None:
        """The value that means no difference, if there is one."""
        return None

    @abstractmethod
    def parts(self, block: Prediction) -> Iterator[tuple[FloatArray, ...]]:
        """Yield the parts of every item at a block of rows."""

    @abstractmethod
    def combine(self, parts: tuple[FloatArray, ...]) -> FloatArray:
        """Return the estimate made of parts."""

    def summaries(self, summary: Summary) -> FloatArray:
        """Return estimate, low and high at every row, (3, items * rows), item by item."""
        n = self.quantity.prediction.n
        result = np.empty((3, len(self.labels), n))
        for block in self.quantity.blocks():
            rows = slice(block.start, block.start + block.n)
            for item, parts in enumerate(self.parts(block)):
                result[:, item, rows] = summary.of(self.combine(parts))
        return result.reshape(3, -1)

    def row_draws(self) -> FloatArray:
        """Return all draws, (draws, items * rows), item by item.

        Raises:
            OptionError: if they do not fit into the memory allowed.
        """
        prediction, items = self.quantity.prediction, len(self.labels)
        memory_beside(items * prediction.n, prediction.ndraws, self.quantity.scale.max_memory)
        result = np.empty((prediction.ndraws, items, prediction.n))
        for block in self.quantity.blocks():
            for item, parts in enumerate(self.parts(block)):
                result[:, item, block.start : block.start + block.n] = self.combine(parts)
        return result.reshape(prediction.ndraws, -1)

    def average_draws(self, groups: Groups) -> FloatArray:
        """Return the draws of averages over groups of rows, (draws, items * groups), item by item.

        The average is taken within every draw, so that a draw of the result is the average under that draw.
        """
        draws, items = self.quantity.prediction.ndraws, len(self.labels)
        memory_beside(self.n_parts * items * groups.count, draws, self.quantity.scale.max_memory)
        sums = np.zeros((items, self.n_parts, draws, groups.count))
        for block in self.quantity.blocks():
            for item, parts in enumerate(self.parts(block)):
                for number, part in enumerate(parts):
                    groups.add(sums[item, number], part, block.start)
        means = sums / groups.totals
        combined = [self.combine(tuple(means[item])) for item in range(items)]
        return np.stack(combined, axis=1).reshape(draws, -1)


@final
@dataclass(frozen=True)
class PredictedValue(Estimand):
    """The prediction itself."""

    @property
    def labels(self) -> tuple[Mapping[str, str], ...]:
        """One item without a name, or one per category."""
        return tuple({"group": group} for group in self.quantity.groups) or ({},)

    @property
    def n_parts(self) -> int:
        """One."""
        return 1

    def parts(self, block: Prediction) -> Iterator[tuple[FloatArray, ...]]:
        """Yield the prediction, category by category."""
        for layer in self.quantity.layers(self.quantity.at(block)):
            yield (layer,)

    def combine(self, parts: tuple[FloatArray, ...]) -> FloatArray:
        """Return the prediction, or its average."""
        return parts[0]


@final
@dataclass(frozen=True)
class ComparedValues(Estimand):
    """Predictions with some columns changed, compared.

    Args:
        contrasts: the changes.
        comparison: how two predictions are compared, or the kind of slope.
    """

    contrasts: tuple[Contrast, ...]
    comparison: str | Comparison

    @property
    def labels(self) -> tuple[Mapping[str, str], ...]:
        """The variable, the category, and what is compared."""
        groups: tuple[Mapping[str, str], ...] = tuple({"group": group} for group in self.quantity.groups) or ({},)
        return tuple({"term": c.term, **group, **c.labels} for c in self.contrasts for group in groups)

    @property
    def n_parts(self) -> int:
        """High and low; a slope is one part."""
        return 1 if isinstance(self.comparison, str) else 2

    @property
    def reference(self) -> float | None:
        """Zero, or one of a ratio."""
        return 0.0 if isinstance(self.comparison, str) else self.comparison.equal

    def parts(self, block: Prediction) -> Iterator[tuple[FloatArray, ...]]:
        """Yield high and low, or the slope, for every contrast; both sides have the same draws and new levels.

        Of a contrast one category comes after the other.
        """
        # Contrasts with a reference share their low side.
        last: tuple[tuple[Side, ...], FloatArray] | None = None
        here: tuple[FloatArray, ...] | None = None
        for contrast in self.contrasts:
            if last is None or last[0] is not contrast.lo:
                last = None
                last = (contrast.lo, self._side(block, contrast.lo))
            hi = self._side(block, contrast.hi)
            layers = zip(self.quantity.layers(hi), self.quantity.layers(last[1]), strict=True)
            if not isinstance(self.comparison, str):
                yield from layers
                continue
            if contrast.step is not None and self.comparison in ("eyex", "eydx") and here is None:
                here = self.quantity.layers(self.quantity.at(block))
            for group, (high, low) in enumerate(layers):
                difference = high - low
                if contrast.step is not None:
                    x, y = numbers(block.table[contrast.term]), None if here is None else here[group]
                    difference = scaled_slope(self.comparison, difference / contrast.step, x, y)
                yield (difference,)

    def combine(self, parts: tuple[FloatArray, ...]) -> FloatArray:
        """Return the comparison of high and low, or the slope; what is not defined is NaN or infinite."""
        if isinstance(self.comparison, str):
            return parts[0]
        with np.errstate(all="ignore"):
            return self.comparison.function(*parts)

    def _side(self, block: Prediction, sides: tuple[Side, ...]) -> FloatArray:
        columns = dict(block.table.columns)
        for side in sides:
            columns[side.column] = side.at(block.table, block.start)
        try:
            return self.quantity.at(block, Table(columns, block.n))
        except DataError as fault:
            changed = ", ".join(repr(side.column) for side in sides)
            raise DataError(
                f"{fault}\n(after {changed} was changed for a comparison of the rows from {block.start})"
            ) from None
