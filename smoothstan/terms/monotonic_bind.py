"""Bind monotonic effects: which ``mo()`` stands in which coefficient, and whose simplex it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smoothstan.errors import DataError, FormulaError, underline
from smoothstan.formula import Interaction, call_arguments, constant_value
from smoothstan.formula.syntax import Call, Name, Node, deparse
from smoothstan.formula.vocabulary import EFFECTS
from smoothstan.table import Factor, Table
from smoothstan.terms.expression import bind_expression, check_functions
from smoothstan.terms.model_matrix import ModelMatrix, bind_model_matrix
from smoothstan.terms.monotonic import MonotonicEffect, MonotonicPredictor, MonotonicTerm
from smoothstan.terms.monotonic_steps import Steps, counts_of, with_ones

MOST = 10_000


def bind_monotonic(terms: Sequence[Interaction], dpar: str, table: Table, text: str) -> MonotonicTerm:
    """Bind the monotonic effects of a predictor.

    Args:
        terms: those of which a factor is a call of ``mo()``, in their final order.
        dpar: the distributional parameter.
        table: the rows used.
        text: the formula's text, for errors.
    """
    calls = dict.fromkeys(f for term in terms for f in term if isinstance(f, Call) and _is_call(f))
    read = {call: _read_call(call, table, text) for call in calls}
    matrix = monotonic_matrix(terms, table, text)
    binding = _Binding(text, {}, [])
    effects: list[MonotonicEffect] = []
    for term, (_, start, stop) in zip(terms, matrix.term_factors, strict=True):
        own = [(call, *read[call]) for call in term if isinstance(call, Call) and call in read]
        written = tuple(map(deparse, term))
        for column in range(start, stop):
            predictors = binding.predictors(matrix.names[column], own)
            covariate = sum(e.covariate > 0 for e in effects) + 1 if len(own) < len(term) else 0
            effects.append(MonotonicEffect(matrix.names[column], written, predictors, covariate, column))
    return MonotonicTerm(dpar, matrix, tuple(effects))


def monotonic_matrix(terms: Sequence[Interaction], table: Table, text: str) -> ModelMatrix:
    """Return the columns of terms with a one in the place of every ``mo()``, coded as beside an intercept."""
    calls = [deparse(factor) for term in terms for factor in term if _is_call(factor)]
    plain = [tuple(Name(deparse(f), f.span) if _is_call(f) else f for f in term) for term in terms]
    return bind_model_matrix(
        plain, intercept=False, coded_with_intercept=True, table=with_ones(table, calls), text=text
    )


def _is_call(node: Node) -> bool:
    return isinstance(node, Call) and node.function in EFFECTS


@dataclass(frozen=True)
class _Binding:
    """The monotonic predictors so far; ``shared`` holds the first one of every ``id``."""

    text: str
    shared: dict[str, MonotonicPredictor]
    found: list[MonotonicPredictor]

    def predictors(self, name: str, calls: Sequence[tuple[Call, Steps, str]]) -> tuple[MonotonicPredictor, ...]:
        """Number the predictors of one coefficient."""
        result = []
        for place, (call, steps, identifier) in enumerate(calls, start=1):
            number = len(self.found) + 1
            made = MonotonicPredictor(steps, number, f"{name}{place}", identifier, number)
            if identifier:
                first = self.shared.setdefault(identifier, made)
                if first.steps.size != steps.size:
                    raise FormulaError(
                        f"the id {identifier!r} belongs to a predictor with {first.steps.size + 1} categories already; "
                        f"{steps.expression.label} has {steps.size + 1}", self.text, call.span,
                    )  # fmt: skip
                made = replace(made, shape=first.number)
            self.found.append(made)
            result.append(made)
        return tuple(result)


def _read_call(call: Call, table: Table, text: str) -> tuple[Steps, str]:
    arguments = call_arguments(call, text, ("id",))
    if len(arguments.positional) not in (1, 2):
        raise arguments.error("mo() takes one variable and, if wanted, the id of a shared simplex")
    node = arguments.positional[0]
    given = arguments.positional[1] if len(arguments.positional) == 2 else arguments.named.get("id")
    check_functions(node, text)
    expression, value = bind_expression(node, table, text)
    counts = counts_of(value, expression)
    lowest = 0.0 if isinstance(value, Factor) else float(counts.min())
    size = int(counts.max() - lowest)
    if size < 1:
        raise DataError(
            f"mo({expression.label}) needs at least two categories, found one\n{underline(text, call.span)}"
        )
    if size > MOST:
        raise DataError(
            f"mo({expression.label}) would have {size} steps, from {lowest:g} to {lowest + size:g}; at most {MOST} can "
            f"be had, so number the values that occur\n{underline(text, call.span)}"
        )
    return Steps(expression, lowest, size), _identifier(given, call, text)


def _identifier(node: Node | None, call: Call, text: str) -> str:
    if node is None:
        return ""
    try:
        value = constant_value(node)
    except ValueError:
        value = True
    if isinstance(value, (bool, tuple)):
        raise FormulaError(f'the id in {deparse(call)} must be a text such as "a"', text, node.span)
    return "" if value is None else str(value)
