"""What a fit answers equals what brms answers about the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from brms_oracle import Answer, answers, frame, load_case, numbers, table

TOLERANCE = 1e-10
"""The recorded numbers have 13 digits."""


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=TOLERANCE, atol=TOLERANCE)


def each(function: str, *arguments: str, part: str | None = None) -> pytest.MarkDecorator:
    """Parametrise over the recorded calls that give these arguments at most."""
    found = [a for a in answers(function, part) if a.has_only(*arguments)]
    return pytest.mark.parametrize("answer", found, ids=lambda a: a.id)


def rows(answer: Answer) -> pd.DataFrame | None:
    name = answer.arguments.get("newdata")
    return None if name is None else frame(name)


def by_draw(values: Any) -> Any:
    return values.values.reshape(-1, values.sizes["obs"])


@each("posterior_epred", "newdata")
def test_posterior_epred(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    close(by_draw(fit.posterior_epred(rows(answer))), numbers(answer.value))


@each("posterior_linpred", "newdata", "dpar")
def test_posterior_linpred(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    found = fit.posterior_linpred(rows(answer), dpar=answer.arguments.get("dpar", "mu"))
    close(by_draw(found), numbers(answer.value))


@each("log_lik", "newdata")
def test_log_lik(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    close(by_draw(fit.log_lik(rows(answer))), numbers(answer.value))


def summarised(answer: Answer) -> dict[str, Any]:
    """Return the options of a table of estimates."""
    options: dict[str, Any] = {"robust": answer.arguments.get("robust", False)}
    if "probs" in answer.arguments:
        low, high = answer.arguments["probs"]
        options["prob"] = high - low
    return options


@each("fixef", "robust", "probs")
def test_fixef(answer: Answer) -> None:
    found = load_case(answer.case).posterior.fixef(**summarised(answer))
    expected = table(answer.value)
    assert sorted(found.index) == sorted(expected.index)
    close(found.loc[expected.index], expected)
