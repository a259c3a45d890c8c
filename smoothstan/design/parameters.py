"""Which distributional parameters a formula predicts, holds at a number, or sets equal to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smoothstan.errors import FormulaError, suggestion
from smoothstan.families import Family
from smoothstan.formula import ModelFormula


def check_parameters(formula: ModelFormula, family: Family) -> None:
    """Refuse parameters that the family does not have, and values that they cannot have.

    Raises:
        FormulaError: naming the nearest parameter, or the range, with the place underlined.
    """
    names = [p.name for p in family.parameters if p.name != "mu"]
    for predictor in formula.predictors[1:]:
        if predictor.dpar not in names:
            raise FormulaError(
                _lacks(family, predictor.dpar, "to predict", names, "none besides mu"), predictor.text, predictor.span
            )
    held = [name for name in names if name not in family.main]
    for name, value in formula.fixed:
        written = f"{name} = {value:g}"
        if name not in held:
            raise FormulaError(_lacks(family, name, "to hold", held), written, (0, len(name)))
        parameter = family.parameter(name)
        low, high = parameter.lower, parameter.upper
        if not np.isfinite(value) or (low is not None and value <= low) or (high is not None and value >= high):
            raise FormulaError(
                f"{written} lies outside its range {_range(family, name)}, whose ends are excluded", written,
                (len(name) + 3, len(written)),
            )  # fmt: skip
    for name, other in formula.equal:
        _check_equal(name, other, formula, family)


def _lacks(family: Family, name: str, purpose: str, names: Sequence[str], without: str = "none") -> str:
    return (
        f"family {family.name} has no parameter {name!r} {purpose}{suggestion(name, names)} "
        f"(it has: {', '.join(names) or without})"
    )


def _check_equal(name: str, other: str, formula: ModelFormula, family: Family) -> None:
    """Refuse to set a parameter equal to one that is not there, is set so itself, or has another range."""
    names = [p.name for p in family.parameters if p.name != "mu"]
    written = f"{name} = {other!r}"
    places = {name: (0, len(name)), other: (len(name) + 3, len(written))}
    for wanted in (name, other):
        if wanted not in names:
            message = _lacks(family, wanted, "besides mu", names)
            raise FormulaError(f"{written}: {message}", written, places[wanted])
    if name == other:
        raise FormulaError(f"{written}: a parameter cannot be set equal to itself", written, places[other])
    if other in dict(formula.equal):
        raise FormulaError(
            f"{written}: {other} is set equal to {dict(formula.equal)[other]!r} itself; name the parameter that is "
            "free", written, places[other],
        )  # fmt: skip
    ranges = [(p.lower, p.upper, p.below_response) for p in map(family.parameter, (name, other))]
    if ranges[0] != ranges[1]:
        raise FormulaError(
            f"{written}: the two have different ranges, {_range(family, name)} and {_range(family, other)}", written,
            places[other],
        )  # fmt: skip


def _range(family: Family, dpar: str) -> str:
    facts = family.parameter(dpar)
    low = "-Inf" if facts.lower is None else f"{facts.lower:g}"
    high = "min(y)" if facts.below_response else "Inf" if facts.upper is None else f"{facts.upper:g}"
    return f"({low}, {high})"


def refuse_sigma(formula: ModelFormula, errors: str) -> None:
    """Refuse to say anything of sigma where known errors stand in its place, as brms does."""
    message = (
        f"{errors} takes the place of sigma, which cannot be predicted or held; write sigma = TRUE in se() for both"
    )
    for predictor in formula.predictors[1:]:
        if predictor.dpar == "sigma":
            raise FormulaError(message, predictor.text, predictor.span)
    if "sigma" in dict(formula.held):
        raise FormulaError(message, formula.text, (0, len(formula.text)))


def refuse_held_above(formula: ModelFormula, family: Family, smallest: float, label: str) -> None:
    """Refuse to hold a parameter that is at most the smallest response at more than that."""
    for name, value in formula.fixed:
        if family.parameter(name).below_response and value >= smallest:
            written = f"{name} = {value:g}"
            raise FormulaError(
                f"{written} must lie below the smallest response {label}, {smallest:g}", written,
                (len(name) + 3, len(written)),
            )  # fmt: skip
