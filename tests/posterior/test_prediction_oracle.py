"""Predictions and their tables equal what brms answers about the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from brms_oracle import Answer, answers, frame, load_case, numbers, table

TOLERANCE = 1e-10
"""The recorded numbers have 13 digits; brms and smoothstan add the terms of a predictor in different orders."""


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=TOLERANCE, atol=TOLERANCE)


def each(*functions: str) -> pytest.MarkDecorator:
    found = [a for function in functions for a in answers(function)]
    assert found
    return pytest.mark.parametrize("answer", found, ids=lambda a: a.id)


def ask(answer: Answer, **changed: Any) -> Any:
    """Ask the same question of the fit with the same draws."""
    options = {k: v for k, v in answer.arguments.items() if k not in ("newdata", "probs", "smooth")} | changed
    if isinstance(options.get("variable"), list):
        options["variable"] = tuple(options["variable"])
    name = answer.arguments.get("newdata")
    position = [answer.arguments["smooth"]] if "smooth" in answer.arguments else []
    if answer.function != "posterior_interval":
        position.append(None if name is None else frame(name))
    return getattr(load_case(answer.case).posterior, answer.function)(*position, **options)


def by_draw(values: Any) -> np.ndarray:
    return values.values.reshape(-1, *values.shape[2:])


@each("posterior_epred", "posterior_linpred", "log_lik", "posterior_smooths")
def test_draws(answer: Answer) -> None:
    close(by_draw(ask(answer)), numbers(answer.value))


@each("fitted", "residuals")
def test_tables(answer: Answer) -> None:
    if answer.arguments.get("summary") is False:
        close(by_draw(ask(answer)), numbers(answer.value))
        return
    expected = by_category(answer.value) if "dimnames" in answer.value else table(answer.value)
    quantiles = expected.columns[2:]
    mass = (float(quantiles[-1][1:]) - float(quantiles[0][1:])) / 100
    found = ask(answer, prob=round(mass, 10))
    assert list(found.columns) == ["Estimate", "Est.Error", quantiles[0], quantiles[-1]]
    close(found, expected[found.columns])
    if "dimnames" in answer.value and answer.arguments.get("scale") != "linear":
        # brms counts the categories of ordered responses unless these are factors.
        labels = [f"P(Y = {label})" for label in found.index.unique("category")]
        assert labels == answer.value["dimnames"][2]


def by_category(stored: Any) -> pd.DataFrame:
    """Return an array (row, statistic, category) as a table with a row per row and category."""
    _, statistics, _ = stored["dimnames"]
    return pd.DataFrame(numbers(stored["values"]).transpose(0, 2, 1).reshape(-1, len(statistics)), columns=statistics)


@each("posterior_interval")
def test_posterior_interval(answer: Answer) -> None:
    found, expected = ask(answer), table(answer.value)
    assert list(found.columns) == list(expected.columns)
    rotated = expected.index.str.match("s_|zs_")
    assert set(expected.index) == set(found.index)
    close(found.loc[expected.index[~rotated]], expected[~rotated])


def test_every_kind_of_group_effect_was_asked_for() -> None:
    """The comparison is worth what it covers."""
    asked = {str(a.arguments.get("re_formula")) for a in answers("posterior_epred")}
    assert {"None", "NA", "~(1 | g)", "~(0 + x | g)", "~(1 + x | g)", "~(1 | sub)", "~(0 + f | g)"} <= asked
    assert pd.Series([a.case for a in answers("posterior_epred")]).nunique() > 15
