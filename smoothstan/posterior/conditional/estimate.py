"""The summary of an effect over the draws, block of rows by block of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design
from smoothstan.errors import OptionError, OptionWarning, warn
from smoothstan.posterior.category_labels import mean_code
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
            values: what gives (draws, rows) of a block of them, or (draws, rows, categories).

        Categories are told apart last: the columns and draws run through all rows of the first, then of the second.
        """
        allowed = self.max_memory
        if self.spaghetti:
            allowed = memory_beside(prediction.n, prediction.ndraws, self.max_memory)
        parts, kept, categories = [], [], 1
        for block in prediction.blocks(allowed):
            drawn = values(block)
            categories = drawn.shape[2] if drawn.ndim == 3 else 1
            drawn = drawn.reshape(len(drawn), -1)
            parts.append(posterior_summary(drawn, None, prob=self.prob, robust=self.robust).to_numpy())
            if self.spaghetti:
                kept.append(drawn)
        by_category = np.arange(prediction.n * categories).reshape(-1, categories).T.ravel()
        columns = np.concatenate(parts)[by_category].T
        draws = np.concatenate(kept, axis=1)[:, by_category] if kept else None
        return dict(zip(ESTIMATES, columns, strict=True)), draws


@dataclass(frozen=True)
class Quantity:
    """What an effect is an effect on.

    Args:
        method: one of ``METHODS``.
        dpar: a distributional parameter in place of the response.
        transform: a function of predicted responses, or None.
        categories: the labels of the categories whose probabilities it is.
        as_numbers: take ordered categories for the numbers 1, 2, ...
    """

    method: str
    dpar: str | None
    transform: Callable[[FloatArray], Any] | None
    categories: tuple[str, ...] = ()
    as_numbers: bool = False

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
        """Whether it depends on additions to the response."""
        return self.kind != "linpred" and self.dpar is None

    def values(self, block: Prediction) -> FloatArray:
        """Return it for every draw and row of a block."""
        drawn = block.evaluate(self.kind, dpar=self.dpar)
        if self.as_numbers and self.kind == "epred":
            return mean_code(drawn)
        if self.transform is None:
            return drawn
        changed = np.asarray(self.transform(drawn), dtype=float)
        if changed.shape != drawn.shape:
            raise OptionError(f"transform must return one number per number, got {changed.shape} for {drawn.shape}")
        return changed


def quantity_of(
    design: Design, method: str, dpar: str | None, transform: Callable[[FloatArray], Any] | None, *, categorical: bool
) -> Quantity:
    """Return what an effect is on, with respect to the categories of the response.

    Warns:
        OptionWarning: if ordered categories are taken for numbers.

    Raises:
        OptionError: if ``categorical`` does not fit the response or the method.
    """
    family = design.family
    if not isinstance(categorical, bool):
        raise OptionError(f"categorical must be True or False, got {categorical!r}")
    quantity = Quantity(method, dpar, transform)
    if categorical:
        if not family.categorical:
            raise OptionError(f"categorical=True shows probabilities of categories; {family.name} has no categories")
        if method != "posterior_epred" or dpar is not None:
            raise OptionError("categorical=True shows probabilities: it takes method='posterior_epred' and no dpar")
        return replace(quantity, categories=design.response.categories)
    if not family.categorical or dpar is not None:
        return quantity
    if not family.ordered:
        raise OptionError(
            f"the categories of family {family.name} have no order: set categorical=True to show their probabilities, "
            "or choose a parameter with dpar="
        )
    if method == "posterior_linpred":
        if design.category_effects is not None:
            raise OptionError(
                "the linear predictor differs by threshold where there are category specific effects: set "
                "categorical=True to show probabilities, or dpar='mu' for what all thresholds share"
            )
        return quantity
    warn(
        "the ordered categories are taken for the numbers 1, 2, ...; set categorical=True to show their probabilities",
        OptionWarning,
    )
    return replace(quantity, as_numbers=True)
