"""What is predicted at a row: the expected response, a parameter, a linear predictor, or new responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.design import Design, keep_group_effects
from smoothstan.errors import OptionError
from smoothstan.posterior.category_labels import refuse_categories
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.marginal.integration import GroupIntegral, split_groups
from smoothstan.posterior.prediction import Prediction, prepare
from smoothstan.table import Table

_KINDS = {"response": "epred", "link": "linpred", "prediction": "predict", "predict": "predict"}

_HELD = 8
"""Arrays of the size of a block beside its evaluation: high, low, the value itself, the comparison, and what
quantiles and quadrature need."""


@dataclass(frozen=True)
class Scale:
    """What is to be predicted, and for which draws.

    Args:
        type: ``"response"``, ``"link"`` or ``"prediction"`` (also ``"predict"``).
        dpar: a distributional parameter in place of the expected response.
        re_formula, allow_new_levels, sample_new_levels, ndraws, seed: see ``prepare``.
        integrate_groups: the groups to average over: True for all, or names.
        n_integration: nodes of the quadrature per dimension.
        max_memory: bytes, or a text such as ``"200 MB"``.
    """

    type: str = "response"
    dpar: str | None = None
    re_formula: Any = None
    allow_new_levels: bool = False
    sample_new_levels: str = "uncertainty"
    integrate_groups: Any = False
    n_integration: int | None = None
    ndraws: int | None = None
    seed: int | None = None
    max_memory: float | str | None = None

    def __post_init__(self) -> None:
        if self.type not in _KINDS:
            raise OptionError(f"type must be 'response', 'link' or 'prediction', got {self.type!r}")
        if self.kind == "predict" and (self.dpar is not None or self.integrate_groups is not False):
            raise OptionError(
                "type='prediction' draws new responses: it takes no dpar and no integrate_groups; for those of new "
                "groups use allow_new_levels=True with sample_new_levels='gaussian'"
            )
        if self.n_integration is not None and self.integrate_groups is False:
            raise OptionError("n_integration is the number of nodes of integrate_groups, which is not asked for")

    @property
    def kind(self) -> str:
        """One of the kinds of ``Prediction.evaluate``."""
        return _KINDS[self.type]

    def design(self, fit: Fitted) -> tuple[Design, GroupIntegral | None]:
        """Return the model with the group effects that count, and the average over the others."""
        design = keep_group_effects(fit.design, self.re_formula)
        known = (*design.predicted, *(p.name for p in design.family.parameters))
        if self.dpar is not None and self.dpar not in (design.predicted if self.kind == "linpred" else known):
            what = "has no linear predictor" if self.dpar in known else "is no parameter of the family"
            allowed = design.predicted if self.kind == "linpred" else dict.fromkeys(known)
            raise OptionError(f"dpar {self.dpar!r} {what} ({', '.join(allowed)})")
        if self.integrate_groups is False:
            return design, None
        design, terms = split_groups(design, self.integrate_groups)
        return design, GroupIntegral(terms, self.n_integration)


@dataclass(frozen=True)
class Quantity:
    """Something that can be evaluated for all draws at blocks of rows.  Made by ``settle``."""

    prediction: Prediction
    scale: Scale
    integral: GroupIntegral | None

    def blocks(self) -> Iterator[Prediction]:
        """Split the rows so that a block can be evaluated, compared and summarised within the memory allowed."""
        yield from self.prediction.blocks(self.scale.max_memory, beside=_HELD)

    def at(self, block: Prediction, table: Table | None = None) -> FloatArray:
        """Return (draws, rows) at the rows of a block, or at other rows in their place; of groups with a third axis."""
        if table is not None:
            block = replace(block, table=table)
        # The new effects have mean zero, so that they change no linear predictor.
        if self.integral is not None and self.scale.kind == "epred":
            return self.integral.expectation(block, self.scale.dpar)
        return block.evaluate(self.scale.kind, dpar=self.scale.dpar)

    @property
    def groups(self) -> tuple[str, ...]:
        """The categories of the response, or their parameters, that have estimates of their own; mostly none."""
        return self.prediction.third(self.scale.kind, self.scale.dpar).labels

    def layers(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Return what ``at`` gives group by group, (draws, rows) each."""
        return tuple(np.moveaxis(values, 2, 0)) if self.groups else (values,)

    @property
    def label(self) -> str:
        """What it is, for the axis of a figure."""
        response, dpar = self.prediction.design.response.label, self.scale.dpar
        if self.scale.kind == "linpred":
            return f"linear predictor of {dpar or ('the categories' if self.groups else 'mu')}"
        if dpar is not None:
            return dpar
        if self.groups:
            return f"probability of {response}"
        return f"expected {response}" if self.scale.kind == "epred" else response


def settle(fit: Fitted, data: Any, scale: Scale) -> Quantity:
    """Check the rows and settle draws and random numbers.

    Args:
        fit: the fit.
        data: rows, or None for those of the fit.
        scale: what is to be predicted.
    """
    design, integral = scale.design(fit)
    if scale.kind == "predict":
        refuse_categories(design, "averages of new responses", ordered=True, hint="use type='response'")
    # A parameter needs no additions to the response.
    kind = "linpred" if scale.dpar is not None else scale.kind
    prediction = prepare(
        type(fit)(replace(fit.model, design=design), fit.draws), data, kind,
        allow_new_levels=scale.allow_new_levels, sample_new_levels=scale.sample_new_levels, ndraws=scale.ndraws,
        seed=scale.seed,
    )  # fmt: skip
    return Quantity(prediction, scale, integral)
