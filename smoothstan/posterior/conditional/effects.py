"""Effects of predictors under given conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smoothstan.arrays import FloatArray
from smoothstan.design import Design, keep_group_effects
from smoothstan.engines import check_whole
from smoothstan.errors import OptionError, OptionWarning, suggestion, warn
from smoothstan.numerals import is_number
from smoothstan.posterior.conditional.conditions import Conditions, bind_conditions
from smoothstan.posterior.conditional.estimate import Quantity, Summarising
from smoothstan.posterior.conditional.grid import EffectGrid, effect_grid
from smoothstan.posterior.conditional.part import CATEGORIES, ConditionalEffect, by_category
from smoothstan.posterior.conditional.points import data_points
from smoothstan.posterior.conditional.predictor import Predictor, predictors_of
from smoothstan.posterior.conditional.result import ConditionalEffects
from smoothstan.posterior.conditional.shown import Effect, shown_effects
from smoothstan.posterior.estimates import check_probability
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.prediction import ADDITIONS_BESIDE_TRIALS, prepare
from smoothstan.table import Column, Factor, Logical


@dataclass(frozen=True)
class Display:
    """What is shown of every effect.

    Args:
        int_conditions: variable -> the values to show of it.
        surface: show two numbers as a map.
        resolution: the number of values of a continuous axis.
        select_points: how close the data must be to the conditions.
        too_far: how far a map reaches from the data.
    """

    int_conditions: Mapping[str, Any] = field(default_factory=dict)
    surface: bool = False
    resolution: int = 100
    select_points: float = 0.0
    too_far: float = 0.0

    def __post_init__(self) -> None:
        check_whole("resolution", self.resolution, 2)
        for name in ("select_points", "too_far"):
            value = getattr(self, name)
            if not is_number(value) or value < 0:
                raise OptionError(f"{name} must be a number >= 0, got {value!r}")
        if not isinstance(self.int_conditions, Mapping):
            raise OptionError("int_conditions maps variables to values, got " + type(self.int_conditions).__name__)

    def check_names(self, design: Design) -> None:
        """Refuse values for a variable that the model does not have."""
        for name in self.int_conditions:
            if name not in design.table:
                raise OptionError(
                    f"int_conditions: {name!r} is no variable of the model{suggestion(name, design.table.columns)}"
                )


def conditional_effects(
    fit: Fitted, effects: str | Sequence[str] | None, *, conditions: Any, re_formula: Any, display: Display,
    quantity: Quantity, summarising: Summarising, sample_new_levels: str, ndraws: int | None, seed: int | None,
) -> ConditionalEffects:  # fmt: skip
    """Compute effects; see ``Conditioning.conditional_effects``."""
    check_probability(summarising.prob)
    if display.surface and summarising.spaghetti:
        raise OptionError("spaghetti shows curves and surface maps; choose one of them")
    design = keep_group_effects(fit.design, re_formula)
    display.check_names(fit.design)
    predictors = predictors_of(design)
    shown = shown_effects(design, predictors, effects)
    if quantity.categories:
        shown = _single(shown)
    trials = design.response.addition_reads(("trials",)) if quantity.needs_additions else ()
    beside = design.response.addition_reads(ADDITIONS_BESIDE_TRIALS) if quantity.needs_additions else ()
    bound = bind_conditions(fit.design, predictors, trials, conditions, beside)

    def compute(grid: EffectGrid) -> ConditionalEffect:
        kind = quantity.kind if quantity.dpar is None or quantity.kind == "linpred" else "linpred"
        prediction = prepare(
            fit, grid.table(), kind, re_formula=re_formula, allow_new_levels=True,
            sample_new_levels=sample_new_levels, ndraws=ndraws, seed=seed,
        )  # fmt: skip
        columns, drawn = summarising.of(prediction, quantity.values)
        frame = by_category(grid.frame(_unused(fit.design)), quantity.categories).assign(**columns)
        points = data_points(fit.design, predictors, grid.effect, bound, display.select_points)
        points["resp__"] = _changed(quantity.transform, points["resp__"].to_numpy())
        numeric = tuple(axis.numeric for axis in grid.axes)
        variables = grid.effect
        if quantity.categories:
            variables, numeric = (*variables, CATEGORIES), (*numeric, False)
        return ConditionalEffect(
            variables, numeric, quantity.dpar or fit.design.response.label, frame, grid.surface, bound.titles, points,
            drawn,
        )  # fmt: skip

    parts = {}
    for effect in shown:
        grid = effect_grid(
            effect, predictors, bound, display.int_conditions, surface=display.surface,
            resolution=display.resolution, too_far=display.too_far,
        )  # fmt: skip
        part = compute(grid)
        parts[":".join(part.effect)] = part
    return ConditionalEffects(
        parts, _label(fit.design, quantity, bound, trials), summarising.prob, _has_points(fit.design, quantity)
    )


def _single(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return the effects of one variable; categories take the place of a second.

    Warns:
        OptionWarning: if others are left out.
    """
    single = tuple(effect for effect in effects if len(effect) == 1)
    if not single:
        raise OptionError("categories take the place of a second variable: name one, and hold the other by conditions=")
    if len(single) < len(effects):
        warn(
            "effects of two variables are left out where categories are shown; hold one of them by conditions=",
            OptionWarning,
        )
    return single


def _unused(design: Design) -> dict[str, Column | None]:
    """Return the columns of the model where they do not matter: the response at its mean, groups without value."""
    response = design.response.reads
    return {
        name: Predictor(name, column, isinstance(column, (Factor, Logical))).reference() if name in response else None
        for name, column in design.table.columns.items()
    }


def _changed(transform: Callable[[FloatArray], Any] | None, values: FloatArray) -> FloatArray:
    return values if transform is None else transform(values)


def _label(design: Design, quantity: Quantity, conditions: Conditions, trials: Sequence[str]) -> str:
    """Say what the vertical axis is."""
    if quantity.categories:
        return "Probability"
    if quantity.kind == "linpred":
        dpar = quantity.dpar or "mu"
        return dpar if design.family.link(dpar).name == "identity" else f"{design.family.link(dpar).name}({dpar})"
    if trials and not conditions.given & set(trials):
        return f"{design.response.label} per trial"
    return quantity.dpar or design.response.label


def _has_points(design: Design, quantity: Quantity) -> bool:
    """Return whether the effect is on the scale of the response."""
    if quantity.categories:
        return False
    if quantity.kind == "linpred":
        return quantity.dpar in (None, "mu") and design.family.link("mu").name == "identity"
    return quantity.dpar in (None, "mu")
