"""Test hypotheses on the draws of a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, FormulaError, OptionError
from smoothstan.numerals import is_number
from smoothstan.posterior.fitted import Fitted
from smoothstan.posterior.hypothesis.evaluate import Evaluation, Lookup
from smoothstan.posterior.hypothesis.evidence import COLUMNS, Tested
from smoothstan.posterior.hypothesis.parameters import Parameters, parameters_of
from smoothstan.posterior.hypothesis.result import HypothesisTests
from smoothstan.posterior.hypothesis.statement import Statement, read_statement

Written = str | Sequence[str] | Mapping[str, str]


def tested_hypotheses(
    fit: Fitted, hypothesis: Written, *, class_: str | None, group: str, scope: str, alpha: float, robust: bool,
    seed: int | None,
) -> HypothesisTests:  # fmt: skip
    """Test hypotheses; see ``Hypotheses.hypothesis``."""
    import pandas as pd

    if not is_number(alpha) or not 0 < alpha < 0.5:
        raise OptionError(f"alpha must lie strictly between 0 and 0.5, got {alpha!r}")
    parameters = parameters_of(fit, class_, group, scope)
    rng = np.random.default_rng(seed)
    tested = [_tested(name, read_statement(text), parameters, fit, rng) for name, text in _named(hypothesis)]
    rows = [(t.label, *row) for t in tested for row in t.rows(alpha, robust=robust)]
    table = pd.DataFrame(rows, columns=["Hypothesis", *COLUMNS])
    if parameters.levels:
        labels = pd.Categorical(list(parameters.levels) * len(tested), categories=list(parameters.levels))
        table.insert(0, "Group", pd.Series(labels))
    names = [f"H{i}" for i in range(1, len(table) + 1)]
    samples = pd.DataFrame(np.concatenate([t.draws for t in tested], axis=1), columns=names)
    prior = np.concatenate([_column(t) for t in tested], axis=1)
    shown = (f"{class_}_{group}" if group else class_) if class_ and scope == "standard" else ""
    return HypothesisTests(table, samples, pd.DataFrame(prior, columns=names), shown, alpha)


def _named(hypothesis: Written) -> list[tuple[str, str]]:
    """Return (name or empty, text) of every hypothesis."""
    if isinstance(hypothesis, str):
        return [("", hypothesis)]
    if isinstance(hypothesis, Mapping):
        pairs = [(str(name), text) for name, text in hypothesis.items()]
    elif isinstance(hypothesis, Sequence):
        pairs = [("", text) for text in hypothesis]
    else:
        raise FormulaError(f"a hypothesis is a text such as 'x > 0', got {hypothesis!r}")
    if not pairs:
        raise OptionError("there is no hypothesis to test")
    return pairs


def _column(tested: Tested) -> FloatArray:
    if tested.prior is None:
        return np.full_like(tested.draws, np.nan)
    return tested.prior[:, None]


def _tested(name: str, statement: Statement, parameters: Parameters, fit: Fitted, rng: np.random.Generator) -> Tested:
    draws = _difference(statement, parameters, parameters.draws)
    if draws.ndim == 0:
        raise FormulaError("the hypothesis names no parameter", statement.text, (0, len(statement.text)))
    columns = draws[:, None] if draws.ndim == 1 else draws
    return Tested(name or statement.label, statement.operator, columns, _prior(statement, parameters, fit, rng))


def _difference(statement: Statement, parameters: Parameters, lookup: Lookup) -> FloatArray:
    sides = (statement.left, statement.right)
    left, right = (Evaluation(statement.text, side, lookup, parameters.names).result() for side in sides)
    return np.asarray(left - right)


class _NoPrior(Exception):
    """A parameter has no draws from its prior."""


def _prior(statement: Statement, parameters: Parameters, fit: Fitted, rng: np.random.Generator) -> FloatArray | None:
    """Return (draws,) of the difference under the priors, None unless all parameters have draws from theirs."""
    found: dict[str, FloatArray] = {}
    used: set[str] = set()

    def lookup(name: str) -> FloatArray | None:
        if name in found or parameters.draws(name) is None:
            return found.get(name)
        variable = parameters.prior_name(name)
        if variable is None:
            raise _NoPrior
        # Parameters that share a prior are independent under it.
        values = fit.flat[variable]
        found[name] = rng.permutation(values) if variable in used else values
        used.add(variable)
        return found[name]

    try:
        return _difference(statement, parameters, lookup)
    except (_NoPrior, DataError):
        return None
