"""Predictions of each observation from the others, and the share of variance that a model explains."""

from __future__ import annotations

import numpy as np
import pytest
from brms_oracle import RADON, answers, load_case, numbers
from brms_oracle import read as read_oracle
from normal_models import NormalModel, grouped_fit, normal_model

import smoothstan as ss
from smoothstan.errors import OptionError, SamplingWarning
from smoothstan.posterior.loo import loo_of_blocks

quiet = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
BRMS_R2 = [
    a for a in answers("bayes_R2") if a.has_only("robust", "probs") and sum(a.arguments.get("probs", [0.5, 0.5])) == 1
]
"""Those with central intervals, which is what we report."""


@pytest.fixture(scope="module")
def clean() -> NormalModel:
    return normal_model(draws=4000)


def exact_means(model: NormalModel) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of the predictor of every row, given the others."""
    means, deviations = [], []
    for i in range(len(model.y)):
        x, y = np.delete(model.x, i, axis=0), np.delete(model.y, i)
        covariance = np.linalg.inv(x.T @ x + np.eye(2) / 9)
        means.append(model.x[i] @ covariance @ x.T @ y)
        deviations.append(np.sqrt(model.x[i] @ covariance @ model.x[i]))
    return np.asarray(means), np.asarray(deviations)


def test_expectations_are_the_closed_form(clean):
    mean, deviation = exact_means(clean)
    fit = clean.fit
    # 4,000 dependent draws with deviations of about 0.2 (predictor) and 1 (responses).
    np.testing.assert_allclose(fit.loo_epred(), mean, atol=0.05)
    np.testing.assert_allclose(fit.loo_linpred(type="sd"), deviation, rtol=0.15)
    np.testing.assert_allclose(fit.loo_epred(type="var"), fit.loo_epred(type="sd") ** 2)
    np.testing.assert_allclose(fit.loo_predict(seed=1), mean, atol=0.12)
    np.testing.assert_allclose(fit.loo_predict(type="var", seed=1), 1 + deviation**2, rtol=0.15)
    middle = fit.loo_linpred(type="quantile", probs=0.5)
    assert middle.shape == (24,)
    np.testing.assert_allclose(middle, mean, atol=0.06)
    interval = fit.loo_predictive_interval(prob=0.8, seed=1)
    assert list(interval.columns) == ["10%", "90%"]
    half = 1.2816 * np.sqrt(1 + deviation**2)
    np.testing.assert_allclose(interval, np.column_stack([mean - half, mean + half]), atol=0.2)


def test_probabilities_are_the_closed_form(clean):
    from scipy.stats import norm

    mean, deviation = exact_means(clean)
    exact = norm.cdf((clean.y - mean) / np.sqrt(1 + deviation**2))
    np.testing.assert_allclose(clean.fit.loo_pit(seed=1), exact, atol=0.05)


def test_given_weights_are_used(clean):
    psis = clean.fit.loo(save_psis=True)
    np.testing.assert_allclose(clean.fit.loo_epred(psis_object=psis), clean.fit.loo_epred(), rtol=1e-12)
    np.testing.assert_allclose(clean.fit.loo_epred(max_memory="10 MB"), clean.fit.loo_epred(), rtol=1e-12)
    flat = loo_of_blocks([np.zeros((4000, 24))], 2, 2000, save_psis=True)
    plain = clean.fit.posterior_epred().values.reshape(4000, 24).mean(axis=0)
    np.testing.assert_allclose(clean.fit.loo_epred(psis_object=flat), plain)
    with pytest.raises(OptionError, match="save_psis=True"):
        clean.fit.loo_epred(psis_object=clean.fit.loo())


@quiet
def test_discrete_responses_count_ties_by_a_random_share():
    rng = np.random.default_rng(1)
    data = {"count": rng.poisson(1.5, 60)}
    fit = ss.brm(
        "count ~ 1", data, family="poisson", chains=2, iter_warmup=200, iter_sampling=500, seed=1, backend="stanli",
        show_progress=False,
    )  # fmt: skip
    y, random, middle = np.asarray(data["count"]), fit.loo_pit(seed=2), fit.loo_pit(seed=2, ties="mid")
    from scipy.stats import poisson

    rate = np.exp(fit.flat["Intercept"]).mean()
    low, high = poisson.cdf(y - 1, rate), poisson.cdf(y, rate)
    assert ((random > low - 0.05) & (random < high + 0.05)).all()
    np.testing.assert_allclose(middle, (low + high) / 2, atol=0.05)
    assert len(set(random[y == 1])) > len(set(np.round(middle[y == 1], 2)))
    with pytest.raises(OptionError, match="'random' or 'mid'"):
        fit.loo_pit(ties="none")


@pytest.mark.filterwarnings("ignore::smoothstan.errors.OptionWarning")
@pytest.mark.parametrize("answer", BRMS_R2, ids=lambda a: a.id)
def test_bayes_r2_is_that_of_brms(answer):
    fit = load_case(answer.case).posterior
    robust = bool(answer.arguments.get("robust", False))
    low = answer.arguments.get("probs", [0.025])[0]
    here = fit.bayes_R2(prob=1 - 2 * low, robust=robust)
    np.testing.assert_allclose(here, numbers(answer.value["values"]), rtol=1e-10, atol=1e-14)


def test_bayes_r2_by_blocks_is_the_formula(clean):
    fit = clean.fit
    mu = fit.posterior_epred().values.reshape(4000, -1)
    expected = mu.var(axis=1) / (mu.var(axis=1) + (clean.y - mu).var(axis=1))
    np.testing.assert_allclose(fit.bayes_R2(summary=False), expected, rtol=1e-12)
    np.testing.assert_allclose(fit.bayes_R2(summary=False, max_memory="6 MB"), expected, rtol=1e-12)


@quiet
@pytest.mark.parametrize("name", ["varying", "floor"])
def test_loo_r2_is_that_of_brms_on_average(name):
    """brms's weights are random; averages of many runs are compared."""
    stored = next(r for r in read_oracle("radon_comparison")["random"] if r["call"] == f"loo_R2(fits${name})")
    fit = load_case(f"radon_{name}").posterior
    found = np.concatenate([fit.loo_R2(seed=seed)[["Estimate", "Est.Error", "Q2.5", "Q97.5"]] for seed in range(10)])
    error = np.hypot(stored["error"], found.std(axis=0, ddof=1) / np.sqrt(10))
    # brms squares within a sum where the variance has the square of the sum: less than 1 / n.
    np.testing.assert_array_less(np.abs(found.mean(axis=0) - stored["mean"]), 4 * error + 1e-3)


@quiet
def test_radon_expectations_are_those_of_brms():
    case = load_case(RADON[0])
    stored = {a.call: a.value for a in case.answers}
    r_eff = numbers(stored["relative_eff(exp(ll), chain_id = chain)"])
    psis = loo_of_blocks(case.posterior.log_lik_blocks(), *case.shape, r_eff=r_eff, save_psis=True)
    rows = np.asarray(case.stored["rows"])
    weights = numbers(stored["weights(psis(-some, r_eff = some_eff), log = FALSE, normalize = TRUE)"])
    np.testing.assert_allclose(np.exp(psis.log_weights[:, rows]), weights, rtol=1e-7)
    means = numbers(stored['loo_linpred(fit, type = "mean")'])
    np.testing.assert_allclose(case.posterior.loo_linpred(psis_object=psis), means, rtol=1e-8)
    call = 'E_loo(some_epred, some_smoothed, type = "quantile", probs = c(0.05, 0.5, 0.9))'
    quantiles = case.posterior.loo_epred(type="quantile", probs=[0.05, 0.5, 0.9], psis_object=psis)
    np.testing.assert_allclose(quantiles[rows].T, numbers(stored[call]["value"]), rtol=1e-7)


def test_untrustworthy_weights_are_said():
    with pytest.warns(SamplingWarning, match="leave-one-out predictions are not reliable"):
        normal_model(8, outliers=(9.0, -7.0, 6.0), draws=1000, seed=2).fit.loo_epred()


@quiet
def test_what_is_refused():
    fit = grouped_fit()
    for call, message in (
        (lambda: fit.loo_predict(type="median"), "type is one of 'mean', 'var', 'sd', 'quantile', got 'median'"),
        (lambda: fit.loo_predict(type="quantile", probs=1.5), "probs are numbers strictly between 0 and 1"),
        (lambda: fit.loo_predict(type="quantile", probs=[]), "probs are numbers"),
        (lambda: fit.loo_predictive_interval(prob=0), "prob must lie strictly"),
        (lambda: fit.loo_linpred(dpar="sigma"), "has no linear predictor"),
        (lambda: fit.bayes_R2(prob=2), "prob must lie strictly"),
        (lambda: fit.loo_predict(seed=-1), "seed must be"),
    ):
        with pytest.raises(OptionError, match=message):
            call()
