"""Which effects are shown: all main effects and two-way interactions, or those that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from smoothstan.design import Design
from smoothstan.errors import OptionError, suggestion
from smoothstan.posterior.conditional.predictor import Predictor
from smoothstan.terms import SmoothTerm

Effect = tuple[str, ...]
"""One variable, or two: the second tells curves apart."""


def shown_effects(
    design: Design, predictors: Mapping[str, Predictor], asked: str | Sequence[str] | None
) -> tuple[Effect, ...]:
    """Return the effects to show.

    Args:
        design: the model, with the group effects that count.
        predictors: its variables.
        asked: ``"x"``, ``"x:f"`` or several; by default the main effects and two-way interactions of all
            population-level terms and smooths, a number before a factor.

    Raises:
        OptionError: if there is nothing to show, or an effect is not one of the model.
    """
    if asked is None:
        return _all_effects(design, predictors)
    texts = [asked] if isinstance(asked, str) else list(asked)
    if not texts or not all(isinstance(text, str) for text in texts):
        raise OptionError(f"effects are texts such as 'x' or 'x:f', got {asked!r}")
    return tuple(dict.fromkeys(_checked(text, predictors) for text in texts))


def _all_effects(design: Design, predictors: Mapping[str, Predictor]) -> tuple[Effect, ...]:
    found: dict[frozenset[str], Effect] = {}
    for effect in _written(design):
        if 0 < len(effect) <= 2 and not any(predictors[name].whole_curve for name in effect):
            found.setdefault(frozenset(effect), _numbers_first(effect, predictors))
    if not found:
        raise OptionError("no effect can be shown: the model has no population-level predictors and no smooths")
    return tuple(found.values())


def _numbers_first(effect: Effect, predictors: Mapping[str, Predictor]) -> Effect:
    return tuple(sorted(effect, key=lambda name: not predictors[name].numeric))


def _written(design: Design) -> Iterator[Effect]:
    """Yield the variables of every term, in the order of brms: parameter by parameter, smooths last."""
    for dpar in design.predicted:
        for term in design.terms:
            if getattr(term, "dpar", "mu") == dpar:
                for factors in term.factors:
                    yield _distinct(name for factor in factors for name in factor.variables)
        for term in design.terms:
            if isinstance(term, SmoothTerm) and term.dpar == dpar:
                for names in dict.fromkeys(smooth.bound.reads for smooth in term.smooths):
                    yield from ((name,) for name in names)
                    yield from combinations(names, 2)


def _distinct(names: Iterable[str]) -> Effect:
    return tuple(dict.fromkeys(names))


def _checked(text: str, predictors: Mapping[str, Predictor]) -> Effect:
    effect = tuple(part.strip() for part in text.split(":"))
    if len(effect) > 2:
        raise OptionError(
            f"the effect {text!r} has {len(effect)} variables, but at most two can be shown; "
            "give the values of the others in conditions=, see make_conditions()"
        )
    for name in effect:
        if name not in predictors:
            raise OptionError(
                f"the effect {text!r} cannot be shown: {name!r} is no predictor here{suggestion(name, predictors)} "
                f"(predictors: {', '.join(predictors) or 'none'})"
            )
        if predictors[name].whole_curve:
            raise OptionError(f"the effect {text!r} cannot be shown: {name!r} has a whole row of numbers in every row")
    if len(set(effect)) < len(effect):
        raise OptionError(f"the effect {text!r} names one variable twice")
    return effect
