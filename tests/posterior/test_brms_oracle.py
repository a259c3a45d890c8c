"""What a fit answers equals what brms answers about the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from arviz_stats.base import array_stats
from brms_oracle import RADON, Answer, answers, frame, load_case, numbers, table

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
    return values.values.reshape(-1, *values.shape[2:])


@each("posterior_epred", "newdata")
def test_posterior_epred(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    close(by_draw(fit.posterior_epred(rows(answer))), numbers(answer.value))


@each("posterior_linpred", "newdata", "dpar")
def test_posterior_linpred(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    found = fit.posterior_linpred(rows(answer), dpar=answer.arguments.get("dpar"))
    close(by_draw(found), numbers(answer.value))


@each("posterior_linpred", "newdata", "incl_thres")
def test_thresholds_in_the_linear_predictor(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    found = fit.posterior_linpred(rows(answer), incl_thres=answer.arguments.get("incl_thres", False))
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


def comparable(answer: Answer, expected: pd.DataFrame) -> pd.DataFrame:
    """Return the rows but for coefficients of smooths whose columns we rotate."""
    moved = [name.split("_", 1)[1] for name in load_case(answer.case).moved if name.startswith("bs")]
    return expected.drop(index=moved, errors="ignore")


@each("fixef", "robust", "probs")
def test_fixef(answer: Answer) -> None:
    found = load_case(answer.case).posterior.fixef(**summarised(answer))
    expected = table(answer.value)
    assert list(found.index) == list(expected.index)
    expected = comparable(answer, expected)
    close(found.loc[expected.index], expected)


def by_level(stored: Any, name: str = "level") -> pd.DataFrame:
    """Return an array (level, statistic, coefficient) as our tables have it, a row per level and coefficient."""
    levels, statistics, coefficients = stored["dimnames"]
    index = pd.MultiIndex.from_product([levels, coefficients], names=[name, "coef"])
    values = numbers(stored["values"]).transpose(0, 2, 1).reshape(-1, len(statistics))
    return pd.DataFrame(values, index, statistics)


@each("ranef", "robust", "probs")
def test_ranef(answer: Answer) -> None:
    found = load_case(answer.case).posterior.ranef(**summarised(answer))
    assert set(found) == set(answer.value)
    for group, stored in answer.value.items():
        expected = by_level(stored)
        assert list(found[group].columns) == list(expected.columns)
        assert sorted(found[group].index) == sorted(expected.index)
        close(found[group].loc[expected.index], expected)


@each("coef", "robust", "probs")
def test_coef(answer: Answer) -> None:
    found = load_case(answer.case).posterior.coef(**summarised(answer))
    assert set(found) == set(answer.value)
    for group, stored in answer.value.items():
        expected = by_level(stored)
        assert sorted(found[group].index) == sorted(expected.index)
        close(found[group].loc[expected.index], expected)


@each("VarCorr", "robust", "probs")
def test_var_corr(answer: Answer) -> None:
    found = load_case(answer.case).posterior.var_corr(**summarised(answer))
    assert set(found) == set(answer.value)
    for group, stored in answer.value.items():
        deviations = table(stored["sd"])
        assert set(found[group]) == set(stored)
        if group == "residual__":
            deviations.index = ["sigma"]
        close(found[group]["sd"].loc[deviations.index], deviations)
        for kind in ("cor", "cov"):
            if kind in stored:
                first, _, second = stored[kind]["dimnames"]
                values = numbers(stored[kind]["values"])
                for pair in found[group][kind].index:
                    close(found[group][kind].loc[pair], values[first.index(pair[0]), :, second.index(pair[1])])


ENOUGH_FOR_LAGS = 20
"""Chains below this are too short for lags, and programs then call the effective sample size what they like."""

SECTIONS = {
    "fixed": "Regression",
    "spec_pars": "Further",
    "splines": "Smoothing",
    "random": "~",
    "mo": "Monotonic",
}


@pytest.mark.parametrize(
    "answer", [a for part in SECTIONS for a in answers("summary", part) if a.has_only("robust", "prob")],
    ids=lambda a: a.id,
)  # fmt: skip
def test_summary(answer: Answer) -> None:
    options = {k: answer.arguments[k] for k in ("robust", "prob") if k in answer.arguments}
    summary = load_case(answer.case).posterior.summary(**options)
    tables = answer.value if answer.part == "random" else {"": answer.value}
    for group, stored in tables.items():
        expected = table(stored)
        if expected.empty:
            continue
        found = summary[SECTIONS[answer.part] + group]
        assert sorted(found.index) == sorted(expected.index)
        expected = comparable(answer, expected)
        assert list(found.columns) == list(expected.columns)
        if load_case(answer.case).shape[1] < ENOUGH_FOR_LAGS:
            expected = expected.drop(columns=["Bulk_ESS", "Tail_ESS"])
            found = found.drop(columns=["Bulk_ESS", "Tail_ESS"])
        close(found.loc[expected.index], expected)


def radon(function: str, part: str | None = None, *arguments: str) -> pytest.MarkDecorator:
    """Parametrise over the recorded calls about the radon models that give just these arguments."""
    found = [a for a in answers(function, part, RADON) if all(a.arguments.get(name) == name for name in arguments)]
    return pytest.mark.parametrize("answer", found, ids=lambda a: a.id)


@radon("log_lik")
def test_the_draws_of_radon_are_read(answer: Answer) -> None:
    fit = load_case(answer.case).posterior
    found = by_draw(fit.log_lik())
    close(found[[i - 1 for i in answer.arguments["draw_ids"]]], numbers(answer.value))


@pytest.mark.filterwarnings("ignore:.*Pareto k above:smoothstan.errors.SamplingWarning")
@radon("loo", "estimates", "r_eff")
def test_loo(answer: Answer) -> None:
    close(load_case(answer.case).posterior.loo().estimates, table(answer.value))


@pytest.mark.filterwarnings("ignore:.*Pareto k above:smoothstan.errors.SamplingWarning")
@radon("loo", "pointwise", "r_eff")
def test_loo_pointwise(answer: Answer) -> None:
    loo, expected = load_case(answer.case).posterior.loo(), table(answer.value)
    close(loo.pareto_k, expected["influence_pareto_k"])
    close(loo.elpd_i, expected["elpd_loo"])
    close(loo.p_loo_i, expected["p_loo"])


def test_smoothing_as_in_loo() -> None:
    """With loo's length of the tail ArviZ's smoothing gives loo's weights and k."""
    case = load_case("radon_varying")
    log_lik = by_draw(case.posterior.log_lik())
    stored = {(a.function, a.part): numbers(a.value) for a in case.answers if a.function in ("relative_eff", "weights")}
    efficiency = stored["relative_eff", None]
    draws = len(log_lik)
    for column, row in enumerate(case.stored["rows"]):
        tail = np.ceil(min(0.2 * draws, 3 * np.sqrt(draws / efficiency[row])))
        weights, _ = array_stats.psislw(log_lik[:, row], r_eff=9 * draws / (tail + 0.5) ** 2)
        close(np.exp(weights), stored["weights", None][:, column])
