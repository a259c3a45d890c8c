"""The summary of an effect over the draws, block of rows by block of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import OptionError
from smoothstan.posterior.estimates import posterior_summary
from smoothstan.posterior.memory import memory_beside
from smoothstan.posterior.prediction import Prediction

METHODS = {"posterior_epred": "epred", "posterior_predict": "predict", "posterior_linpred": "linpred"}
ESTIMATES = ("estimate__", "se__", "lower__", "upper__")


@dataclass(frozen=True)
class Summarising:
    """How draws are summarised.

    Args:
        prob: mass of the interval.
        robust: median and median absolute deviation in place of mean and standard deviation.
        spaghetti: keep the draws as well.
        max_memory: as for predictions.
    """

    prob: float
    robust: bool
    spaghetti: bool
    max_memory: float | str | None

    def of(
        self, prediction: Prediction, values: Callable[[Prediction], FloatArray]
    ) -> tuple[dict[str, FloatArray], FloatArray | None]:
        """Return the columns ``ESTIMATES``, each (rows,), and the (draws, rows) draws if they are kept.

        Args:
            prediction: the rows and the draws.
            values: what gives (draws, rows) of a block of them.
        """
        allowed = self.max_memory
        if self.spaghetti:
            allowed = memory_beside(prediction.n, prediction.ndraws, self.max_memory)
        parts, kept = [], []
        for block in prediction.blocks(allowed):
            drawn = values(block)
            parts.append(posterior_summary(drawn, None, prob=self.prob, robust=self.robust).to_numpy())
            if self.spaghetti:
                kept.append(drawn)
        columns = np.concatenate(parts).T
        return dict(zip(ESTIMATES, columns, strict=True)), np.concatenate(kept, axis=1) if kept else None


@dataclass(frozen=True)
class Quantity:
    """What an effect is an effect on.

    Args:
        method: one of ``METHODS``.
        dpar: a distributional parameter in place of the response.
        transform: a function of predicted responses, or None.
    """

    method: str
    dpar: str | None
    transform: Callable[[FloatArray], Any] | None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise OptionError(f"method must be one of {', '.join(map(repr, METHODS))}, got {self.method!r}")
        if self.transform is not None and self.method != "posterior_predict":
            raise OptionError("transform is only allowed with method='posterior_predict'")
        if self.transform is not None and not callable(self.transform):
            raise OptionError(f"transform is a function of an array, got {self.transform!r}")
        if self.dpar is not None and self.method == "posterior_predict":
            raise OptionError("responses are predicted, not parameters: leave dpar out with method='posterior_predict'")

    @property
    def kind(self) -> str:
        """What ``Prediction.evaluate`` computes."""
        return METHODS[self.method]

    @property
    def needs_additions(self) -> bool:
        """Whether it depends on the number of trials."""
        return self.kind != "linpred" and self.dpar is None

    def values(self, block: Prediction) -> FloatArray:
        """Return it for every draw and row of a block."""
        drawn = block.evaluate(self.kind, dpar=self.dpar)
        if self.transform is None:
            return drawn
        changed = np.asarray(self.transform(drawn), dtype=float)
        if changed.shape != drawn.shape:
            raise OptionError(f"transform must return one number per number, got {changed.shape} for {drawn.shape}")
        return changed
