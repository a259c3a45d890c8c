"""The response of a penalised fit: numbers, proportions out of trials, or two columns of counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, FamilyError, FormulaError, NotYetSupported, underline
from smoothstan.families.gam_families import GAM_FAMILIES
from smoothstan.families.penalised import PenalisedFamily
from smoothstan.formula import ModelFormula
from smoothstan.formula.syntax import Call, Node, deparse
from smoothstan.table import Factor, Table
from smoothstan.terms import bind_expression, check_functions
from smoothstan.terms.expression import bind_numbers

ALIASES = {
    "Gamma": "gamma", "inverse_gaussian": "inverse.gaussian", "nb": "negbinomial", "Beta": "beta", "betar": "beta",
    "scat": "student",
}  # fmt: skip
"""mgcv's and brms's other names of families."""

_PROPORTIONS = ("binomial", "bernoulli", "quasibinomial")


@dataclass(frozen=True)
class GamResponse:
    """The response at the rows of the data.

    Args:
        label: what the user wrote.
        y: (n,) numbers; proportions of successes where there are trials.
        weights: (n,) prior weights, numbers of trials included.
        trials: (n,) numbers of trials, None where there are none.
    """

    label: str
    y: FloatArray
    weights: FloatArray
    trials: FloatArray | None = None


def choose_gam_family(name: Any, link: str | None) -> tuple[PenalisedFamily, str]:
    """Return the facts of a family and the name of its link.

    Args:
        name: a name of ``GAM_FAMILIES`` or ``ALIASES``, or a family made by ``family()``.
        link: link of the mean; the family's default if None.

    Raises:
        FamilyError: for an unknown family, or a link that it does not have.
    """
    given = name if isinstance(name, str) else getattr(name, "name", None)
    if given is None:
        raise FamilyError(f"family is a name such as 'gaussian' or family(...), got {name!r}")
    if not isinstance(name, str) and link is None:
        link = name.link("mu").name
    facts = GAM_FAMILIES[ALIASES.get(given, given)]()
    chosen = facts.links[0] if link is None else link
    if chosen not in facts.links:
        raise FamilyError(f"family {given} has no link {chosen!r} (available: {', '.join(facts.links)})")
    return facts, chosen


def bind_gam_response(formula: ModelFormula, family: PenalisedFamily, table: Table) -> GamResponse:
    """Evaluate the response and its additions ``trials()`` and ``weights()``.

    ``cbind(successes, failures)`` is read as proportions; the first level of a factor counts as failure.
    """
    text = formula.text
    additions = {call.function: call for call in formula.additions}
    for name, call in additions.items():
        if name not in ("weights", "trials"):
            raise NotYetSupported(f"the addition {name}() is not built for gam()", text, call.span)
    weights = _addition(additions.get("weights"), table, text)
    trials = _addition(additions.get("trials"), table, text)
    proportions = family.name in _PROPORTIONS
    if trials is not None and not proportions:
        raise FormulaError(f"family {family.name} has no use for trials()", text, additions["trials"].span)
    node = formula.response
    y, counted = _values(node, table, text, family.name)
    if counted is not None and trials is not None:
        raise FormulaError("cbind() says the number of trials already", text, additions["trials"].span)
    if trials is not None:
        y, counted = _proportion(y, trials, text, node), trials
    total = np.ones(table.n) if weights is None else weights
    if counted is not None:
        total = total * counted
        # Rows without a trial say nothing; their proportion is arbitrary.
        if np.any(counted == 0):
            raise DataError(f"{deparse(node)} has no trials in row {int(np.argmax(counted == 0))} (rows count from 0)")
    _check_support(family, y, total, node, text)
    return GamResponse(deparse(node), y, total, counted)


def _check_support(family: PenalisedFamily, y: FloatArray, weights: FloatArray, node: Node, text: str) -> None:
    try:
        family.check(y, weights)
    except FamilyError as fault:
        raise FamilyError(f"{fault}\n{underline(text, node.span)}") from None


def _values(node: Node, table: Table, text: str, family: str) -> tuple[FloatArray, FloatArray | None]:
    """Return the response, and the numbers of trials if it is two columns of counts."""
    proportions = family in _PROPORTIONS
    if isinstance(node, Call) and node.function == "cbind":
        if not proportions or len(node.arguments) != 2:
            raise FormulaError("cbind(successes, failures) is a response of the binomial family", text, node.span)
        both = []
        for argument in node.arguments:
            check_functions(argument.value, text)
            both.append(bind_numbers(argument.value, table, text)[1])
        if any(np.any((v < 0) | (v != np.floor(v))) for v in both):
            raise DataError(f"{deparse(node)} must hold whole numbers >= 0\n{underline(text, node.span)}")
        total = both[0] + both[1]
        return both[0] / np.maximum(total, 1), total
    check_functions(node, text)
    _, value = bind_expression(node, table, text)
    if isinstance(value, Factor):
        if not proportions:
            raise DataError(
                f"{deparse(node)} is a factor, but family {family} needs numbers (families binomial and bernoulli "
                f"take a factor)\n{underline(text, node.span)}"
            )
        return (value.codes > 0).astype(float), None
    return bind_numbers(node, table, text)[1], None


def _proportion(y: FloatArray, trials: FloatArray, text: str, node: Node) -> FloatArray:
    bad = (y < 0) | (y > trials) | (y != np.floor(y))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(
            f"{deparse(node)} has {y[row]:g} successes in {trials[row]:g} trials in row {row} (rows count from 0)\n"
            f"{underline(text, node.span)}"
        )
    return np.asarray(y / np.maximum(trials, 1))


def _addition(call: Call | None, table: Table, text: str) -> FloatArray | None:
    if call is None:
        return None
    if len(call.arguments) != 1 or call.arguments[0].name is not None:
        raise FormulaError(f"{call.function}() takes one column or number", text, call.span)
    node = call.arguments[0].value
    check_functions(node, text)
    values = bind_numbers(node, table, text)[1]
    lowest = 0.0
    if np.any(values < lowest):
        row = int(np.argmax(values < lowest))
        raise DataError(
            f"{call.function}() must not be negative, found {values[row]:g} in row {row}\n{underline(text, call.span)}"
        )
    return values
