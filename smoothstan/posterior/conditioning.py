"""The methods of a fit that show effects and smooths under given conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from smoothstan.arrays import FloatArray
from smoothstan.posterior.conditional import (
    ConditionalEffects,
    Display,
    Summarising,
    conditional_effects,
    conditional_smooths,
    quantity_of,
)
from smoothstan.posterior.predictions import Predictions


class Conditioning(Predictions):
    """Effects of the predictors while the others are held."""

    def conditional_effects(
        self, effects: str | Sequence[str] | None = None, *, conditions: Any = None,
        int_conditions: Mapping[str, Any] | None = None, re_formula: Any = "NA", prob: float = 0.95,
        robust: bool = True, method: str = "posterior_epred", spaghetti: bool = False, surface: bool = False,
        categorical: bool = False, transform: Callable[[FloatArray], Any] | None = None, resolution: int = 100,
        select_points: float = 0, too_far: float = 0, dpar: str | None = None,
        sample_new_levels: str = "uncertainty", ndraws: int | None = None, seed: int | None = None,
        max_memory: float | str | None = None,
    ) -> ConditionalEffects:  # fmt: skip
        """Show how the expected response depends on one or two predictors while the others are held.

        Other numbers are held at their mean, factors at their first level, the number of trials at 1; so are the
        columns of ``rate()``, ``se()`` and ``trunc()``.

        Args:
            effects: ``"x"``, ``"x:f"`` or several; by default all main effects and two-way interactions of
                population-level terms and smooths. The second variable of an interaction tells curves apart; of a
                number the mean and what lies a standard deviation below and above it are shown.
            conditions: a table, or a mapping from variables to one value or several, that says where variables are
                held, with a row per condition and perhaps labels in ``cond__``; see ``make_conditions``.
            int_conditions: variable -> the values to show of it: a list, a mapping from labels to values, or a
                function of the values in the data.
            re_formula: the group-level effects to include: ``"NA"`` for none, None for all, or a formula such as
                ``"~ (1 | g)"``. A group that no condition names is one that the fit has not seen.
            prob: mass of the intervals, between 0 and 1.
            robust: median and median absolute deviation in place of mean and standard deviation.
            method: ``"posterior_epred"`` for expected responses, ``"posterior_predict"`` for new responses,
                ``"posterior_linpred"`` for the linear predictor.
            spaghetti: keep the draws, and draw them as lines.
            surface: show the interaction of two numbers as a map.
            categorical: show the probabilities of the categories of a response, as curves or points of ``cats__``;
                effects of two variables are left out then. Unordered categories can be shown in no other way.
                Otherwise ordered categories are taken for the numbers 1, 2, ..., with a warning.
            transform: a function to apply to predicted responses.
            resolution: the number of values along a number, at least 2.
            select_points: leave out data whose numbers are farther from the condition than this part of their range;
                0 for none. Data of other levels than the condition's are always left out.
            too_far: leave out the parts of a map that are farther from all data than this part of the ranges.
            dpar: show a distributional parameter in place of the response.
            sample_new_levels, ndraws, seed, max_memory: see ``Predictions``.

        Returns:
            Effect -> table with brms's columns ``effect1__``, ``effect2__``, ``cond__``, ``estimate__``, ``se__``,
            ``lower__``, ``upper__``; it draws itself with ``plot()``.

        Raises:
            OptionError: for an effect that is not in the model, a model without predictors, or an argument outside
                its range.
            DataError: for a condition that the model cannot have.

        Source: the function of the same name in brms.
        """
        return conditional_effects(
            self, effects, conditions=conditions, re_formula=re_formula,
            display=Display(int_conditions or {}, surface, resolution, select_points, too_far),
            quantity=quantity_of(self.design, method, dpar, transform, categorical=categorical),
            summarising=Summarising(prob, robust, spaghetti, max_memory),
            sample_new_levels=sample_new_levels, ndraws=ndraws, seed=seed,
        )  # fmt: skip

    def conditional_smooths(
        self, smooths: str | Sequence[str] | None = None, *, int_conditions: Mapping[str, Any] | None = None,
        prob: float = 0.95, spaghetti: bool = False, surface: bool = True, resolution: int = 100, too_far: float = 0,
        ndraws: int | None = None, seed: int | None = None, max_memory: float | str | None = None,
    ) -> ConditionalEffects:  # fmt: skip
        """Show smooths alone, on the scale of the linear predictor.

        Third and further covariates, and those of ``by``, take each of their levels or the mean and what lies a
        standard deviation below and above it, in a panel each.

        Args:
            smooths: calls such as ``"s(x, k = 5)"`` or labels such as ``"s(x)"``; all by default.
            int_conditions: variable -> the values to show of it, see ``conditional_effects``.
            prob: mass of the intervals around the median, between 0 and 1.
            spaghetti: keep the draws, and draw them as lines.
            surface: show a smooth of two numbers as a map, else as curves.
            resolution: the number of values along a number, at least 2.
            too_far: leave out the parts of a map that are farther from all data than this part of the ranges.
            ndraws: use so many draws, chosen at random; all by default.
            seed: of the choice of draws.
            max_memory: bytes, or a text such as ``"200 MB"``, that the call may use.

        Returns:
            Parameter and call, e.g. ``"mu: s(x,k=5)"``, -> table, see ``conditional_effects``.

        Raises:
            OptionError: for a model without smooths, an unknown one, or an argument outside its range.

        Source: the function of the same name in brms.
        """
        return conditional_smooths(
            self, smooths, display=Display(int_conditions or {}, surface, resolution, 0.0, too_far),
            summarising=Summarising(prob, True, spaghetti, max_memory),
            ndraws=ndraws, seed=seed,
        )  # fmt: skip
