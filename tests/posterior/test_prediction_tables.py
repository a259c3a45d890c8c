"""Tables of predictions, residuals and intervals, against numpy on the draws; laws over all families."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prediction_models import MODELS, family_frame, fit_of
from scipy import stats

import smoothstan as ss
from smoothstan.errors import DataError, FamilyError, OptionError
from smoothstan.posterior.prediction import ThirdDimension
from smoothstan.posterior.row_summaries import _sorted_quantiles, summary_by_row

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
families = pytest.mark.parametrize("family", MODELS)
COLUMNS = ["Estimate", "Est.Error", "Q2.5", "Q97.5"]


@pytest.fixture
def frame() -> pd.DataFrame:
    return family_frame()


def by_draw(array: Any) -> np.ndarray:
    return array.values.reshape(-1, array.sizes["obs"])


def summarised(draws: np.ndarray, prob: float = 0.95, *, robust: bool = False) -> np.ndarray:
    """Summarise columns of (draws, rows) by numpy and scipy."""
    low, high = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    if robust:
        mad = 1.4826 * stats.median_abs_deviation(draws, axis=0)
        return np.column_stack([np.median(draws, axis=0), mad, low, high])
    return np.column_stack([draws.mean(axis=0), draws.std(axis=0, ddof=1), low, high])


def close(found: pd.DataFrame, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-10, atol=1e-10)


@families
def test_tables_summarise_the_draws(family: str, frame: pd.DataFrame) -> None:
    fit, rows = fit_of(family), frame.iloc[:9]
    found = fit.fitted(rows)
    assert list(found.columns) == COLUMNS
    assert found.index.name == "obs"
    assert found.index.tolist() == list(range(9))
    close(found, summarised(by_draw(fit.posterior_epred(rows))))
    close(fit.fitted(rows, scale="linear"), summarised(by_draw(fit.posterior_linpred(rows))))
    close(fit.predict(rows, seed=3), summarised(by_draw(fit.posterior_predict(rows, seed=3))))
    options: dict[str, Any] = {"prob": 0.8, "robust": True}
    assert list(fit.fitted(rows, **options).columns) == ["Estimate", "Est.Error", "Q10", "Q90"]
    close(fit.fitted(rows, **options), summarised(by_draw(fit.posterior_epred(rows)), **options))
    close(fit.predict(rows, seed=1, **options), summarised(by_draw(fit.posterior_predict(rows, seed=1)), **options))


@families
def test_draws_in_place_of_a_summary(family: str) -> None:
    fit = fit_of(family)
    np.testing.assert_array_equal(fit.fitted(summary=False), fit.posterior_epred())
    np.testing.assert_array_equal(fit.predict(summary=False, seed=2), fit.posterior_predict(seed=2))
    assert fit.predict(summary=False, seed=2).dims == ("chain", "draw", "obs")


def test_tables_of_parameters(frame: pd.DataFrame) -> None:
    fit = fit_of("student")
    for dpar in ("mu", "sigma", "nu"):
        natural, linear = fit.posterior_epred(frame, dpar=dpar), fit.posterior_linpred(frame, dpar=dpar)
        close(fit.fitted(frame, dpar=dpar), summarised(by_draw(natural)))
        close(fit.fitted(frame, dpar=dpar, scale="linear"), summarised(by_draw(linear)))
        np.testing.assert_array_equal(natural, fit.posterior_linpred(frame, dpar=dpar, transform=True))
    np.testing.assert_allclose(fit.posterior_epred(dpar="nu"), 1 + np.exp(fit.posterior_linpred(dpar="nu")), rtol=1e-12)


def test_a_parameter_that_is_the_same_in_all_rows(radon_fit: ss.Posterior) -> None:
    found = radon_fit.posterior_epred(dpar="sigma")
    sigma = radon_fit.draws["posterior"].dataset["sigma"]
    np.testing.assert_array_equal(found[:, :, [0, 918]], np.stack([sigma, sigma], axis=2))
    with pytest.raises(OptionError, match=r"'sigma' has no linear predictor.*posterior_epred\(dpar='sigma'\)"):
        radon_fit.posterior_linpred(dpar="sigma")


@families
def test_residuals(family: str, frame: pd.DataFrame) -> None:
    fit = fit_of(family)
    y = fit.design.observed.y
    expected = y - by_draw(fit.posterior_epred())
    close(fit.residuals(), summarised(expected))
    close(fit.residuals(frame), summarised(expected))
    np.testing.assert_allclose(by_draw(fit.residuals(summary=False)), expected, rtol=1e-12, atol=1e-12)
    new = by_draw(fit.posterior_predict(seed=4))
    found = fit.residuals(method="posterior_predict", seed=4, prob=0.5, robust=True)
    close(found, summarised(y - new, 0.5, robust=True))
    error = fit.predictive_error(seed=4)
    np.testing.assert_allclose(by_draw(error), y - new, rtol=1e-12, atol=1e-12)
    assert error.name == "predictive_error"
    np.testing.assert_allclose(
        by_draw(fit.predictive_error(method="posterior_epred")), expected, rtol=1e-12, atol=1e-12
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = expected / new.std(axis=0, ddof=1)
    close(fit.residuals(type="pearson", seed=4), summarised(pearson))


def test_residuals_need_the_response_and_no_weights(frame: pd.DataFrame) -> None:
    poisson, binomial, bernoulli = fit_of("poisson"), fit_of("binomial"), fit_of("bernoulli")
    close(poisson.residuals(frame.drop(columns="w")), poisson.residuals().to_numpy())
    with pytest.raises(DataError, match="no column 'count'"):
        poisson.residuals(frame.drop(columns="count"))
    with pytest.raises(DataError, match="no column 'trials'"):
        binomial.residuals(frame.drop(columns="trials"))
    with pytest.raises(FamilyError, match=r"hits.*13 successes in 12 trials"):
        binomial.residuals(frame.assign(hits=13, trials=12))
    with pytest.raises(FamilyError, match="family bernoulli needs 0 and 1"):
        bernoulli.predictive_error(frame.assign(bin=2))
    with pytest.raises(DataError, match="no column 'bin'"):
        bernoulli.predictive_error(frame.drop(columns="bin"))


@families
def test_predictive_intervals(family: str, frame: pd.DataFrame) -> None:
    fit = fit_of(family)
    found = fit.predictive_interval(frame, seed=1)
    assert list(found.columns) == ["5%", "95%"]
    draws = by_draw(fit.posterior_predict(frame, seed=1))
    close(found, np.quantile(draws, [0.05, 0.95], axis=0).T)
    assert list(fit.predictive_interval(frame, prob=0.95, seed=1).columns) == ["2.5%", "97.5%"]


def test_intervals_hold_new_responses_as_often_as_they_say(mcycle_fit: ss.Posterior) -> None:
    """New responses of the model itself, from other random numbers."""
    interval = mcycle_fit.predictive_interval(prob=0.8, seed=1)
    new = by_draw(mcycle_fit.posterior_predict(seed=2))
    inside = (new >= interval["10%"].to_numpy()) & (new <= interval["90%"].to_numpy())
    # Each end is a quantile of 4,000 draws, with a standard error of 0.0063 in probability.
    assert inside.mean() == pytest.approx(0.8, abs=0.003)
    np.testing.assert_allclose(inside.mean(axis=0), 0.8, atol=5 * np.sqrt(2) * 0.0063 * np.sqrt(2))


@families
def test_new_responses_vary_about_their_expectation(family: str, frame: pd.DataFrame) -> None:
    """Given the draws of the parameters every response is independent; the mean of y - E(y) is zero."""
    fit, rows = fit_of(family), frame.iloc[np.repeat(np.arange(20), 40)]
    error = by_draw(fit.posterior_predict(rows, seed=5) - fit.posterior_epred(rows)).reshape(fit.ndraws, 20, 40)
    if family == "student":  # without a variance where nu < 2
        assert stats.binomtest(int((error > 0).sum()), error.size).pvalue > 1e-4
    else:
        z = error.mean(axis=(0, 2)) / (error.std(axis=(0, 2)) / np.sqrt(40 * fit.ndraws))
        assert np.abs(z).max() < 5
    assert (error != 0).any()
    assert set(np.unique(by_draw(fit.posterior_predict(rows, seed=5)) % 1)) <= {0.0} or not fit.design.family.discrete


@pytest.mark.parametrize("family", ["gaussian", "student", "bernoulli", "binomial", "poisson"])
def test_log_likelihood_of_new_rows(family: str, frame: pd.DataFrame) -> None:
    """The densities of scipy at the parameters, times the weights."""
    fit, rows = fit_of(family), frame.iloc[5:25]
    p = {name: by_draw(fit.posterior_epred(rows, dpar=name)) for name in (q.name for q in fit.design.family.parameters)}
    log_density = {
        "gaussian": lambda: stats.norm.logpdf(rows["y"], p["mu"], p["sigma"]),
        "student": lambda: stats.t.logpdf(rows["y"], p["nu"], p["mu"], p["sigma"]),
        "bernoulli": lambda: stats.bernoulli.logpmf(rows["bin"].to_numpy(int), p["mu"]),
        "binomial": lambda: stats.binom.logpmf(rows["hits"].to_numpy(int), rows["trials"].to_numpy(int), p["mu"]),
        "poisson": lambda: stats.poisson.logpmf(rows["count"].to_numpy(int), p["mu"]) * rows["w"].to_numpy(),
    }[family]()
    np.testing.assert_allclose(by_draw(fit.log_lik(rows)), log_density, rtol=1e-9, atol=1e-9)


@families
@pytest.mark.parametrize("n", [1, 2, 17])
def test_rows_are_predicted_one_by_one(family: str, n: int, frame: pd.DataFrame) -> None:
    """The expected response of a row does not depend on the other rows."""
    fit = fit_of(family)
    whole = by_draw(fit.posterior_epred(frame))
    for start in (0, 20, 43):
        some = fit.posterior_epred(frame.iloc[start : start + n])
        assert some.shape == (2, 100, n)
        np.testing.assert_allclose(by_draw(some), whole[:, start : start + n], rtol=1e-10)


@families
def test_one_draw(family: str, frame: pd.DataFrame) -> None:
    fit = fit_of(family)
    whole = by_draw(fit.posterior_epred(frame))
    one = fit.posterior_epred(frame, draw_ids=[137])
    assert one.shape == (1, 1, 60)
    np.testing.assert_allclose(by_draw(one)[0], whole[137], rtol=1e-10)
    table = fit.fitted(frame, draw_ids=[137])
    np.testing.assert_allclose(table[["Estimate", "Q2.5", "Q97.5"]], np.column_stack([whole[137]] * 3), rtol=1e-10)
    assert table["Est.Error"].isna().all()
    robust = fit.predict(frame, ndraws=1, seed=1, robust=True)
    assert (robust["Est.Error"] == 0).all()


def test_chosen_draws(frame: pd.DataFrame) -> None:
    fit = fit_of("gaussian")
    whole = by_draw(fit.posterior_epred(frame))
    chosen = fit.posterior_epred(frame, ndraws=30, seed=9)
    assert chosen.sizes == {"chain": 1, "draw": 30, "obs": 60}
    ids = chosen["draw"].values
    assert np.all(np.diff(ids) > 0)
    np.testing.assert_allclose(by_draw(chosen), whole[ids], rtol=1e-10)
    np.testing.assert_array_equal(fit.posterior_epred(frame, ndraws=30, seed=9), chosen)
    assert not np.array_equal(fit.posterior_epred(frame, ndraws=30, seed=10)["draw"], ids)
    ordered = fit.posterior_epred(frame, draw_ids=np.array([199, 0, 0, 5]))
    assert ordered["draw"].values.tolist() == [199, 0, 0, 5]
    np.testing.assert_allclose(by_draw(ordered), whole[[199, 0, 0, 5]], rtol=1e-10)
    assert fit.posterior_epred(frame, ndraws=200).sizes["chain"] == 2
    assert fit.posterior_epred(frame, draw_ids=range(200)).sizes["chain"] == 1
    np.testing.assert_allclose(fit.fitted(frame, draw_ids=ids), fit.fitted(frame, ndraws=30, seed=9), rtol=1e-12)


@families
def test_seeds_of_new_responses(family: str) -> None:
    fit = fit_of(family)
    first, again, other, free = (fit.posterior_predict(seed=seed) for seed in (1, 1, 2, None))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, free)
    # Rows that share everything do not share their random numbers.
    assert np.unique(by_draw(first)[:, 0]).size > 1


def test_offsets_and_trials_of_new_rows(frame: pd.DataFrame) -> None:
    poisson, binomial = fit_of("poisson"), fit_of("binomial")
    shifted = poisson.posterior_linpred(frame.assign(off=frame["off"] + 2))
    np.testing.assert_allclose(shifted, poisson.posterior_linpred(frame) + 2, rtol=1e-9)
    p = binomial.posterior_epred(frame, dpar="mu")
    np.testing.assert_allclose(binomial.posterior_epred(frame.assign(trials=10)), 10 * p, rtol=1e-12)
    np.testing.assert_array_equal(binomial.posterior_epred(frame.drop(columns="trials"), dpar="mu"), p)
    none = binomial.posterior_predict(frame.assign(trials=0), seed=1)
    assert (none == 0).all()
    with pytest.raises(DataError, match=r"trials\(\) needs whole numbers"):
        binomial.posterior_predict(frame.assign(trials=1.5))


def test_posterior_intervals() -> None:
    fit = fit_of("gaussian")
    posterior = fit.draws["posterior"].dataset
    table = fit.posterior_interval()
    assert list(table.columns) == ["2.5%", "97.5%"]
    assert len(table) == sum(int(np.prod(v.shape[2:])) for v in posterior.data_vars.values())
    assert table.index.is_unique
    assert {"b_x", "r_g[g3,x]", "r_g__sigma[g10,Intercept]", "s_sz_1[3]", "lp__", "cor_g__Intercept__x"} <= {
        *table.index
    }
    effect = posterior["r_g"].sel(g="g3")
    np.testing.assert_allclose(
        table.loc["r_g[g3,x]"], np.quantile(effect.sel({effect.dims[-1]: "x"}), [0.025, 0.975]), rtol=1e-12
    )
    some = fit.posterior_interval(["r_site", "b_x", "s_sz_1[2]"], prob=0.5)
    assert some.index.tolist() == ["b_x", "s_sz_1[2]", *[f"r_site[{s},Intercept]" for s in (4, 7, 22, 30, 100)]]
    np.testing.assert_allclose(some.loc["b_x"], np.quantile(posterior["b_x"], [0.25, 0.75]), rtol=1e-12)
    with pytest.raises(OptionError, match=r"no variable 'b_z'; did you mean 'b_x'"):
        fit.posterior_interval("b_z")
    with pytest.raises(OptionError, match="prob must lie strictly between 0 and 1, got 95"):
        fit.posterior_interval(prob=95)


def test_levels_with_spaces_are_named_as_brms_names_them(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ (1 | f)", frame, prior=ss.prior("normal(0, 1)", "sd"), chains=2, iter_warmup=100,
                 iter_sampling=50, seed=1, backend="stanli", show_progress=False)  # fmt: skip
    assert fit.posterior_interval("r_f").index.tolist() == [f"r_f[{f},Intercept]" for f in ("b.b", "a", "c+d")]


FLOATS = st.floats(-1e6, 1e6)


@settings(deadline=None, max_examples=150)
@given(st.lists(FLOATS, min_size=1, max_size=40), st.floats(0.0, 1.0))
def test_sorted_quantiles_are_numpys(values: list[float], probability: float) -> None:
    (found,) = _sorted_quantiles(np.sort(np.array([values])), (probability,))
    scale = max(1.0, np.abs(values).max())
    np.testing.assert_allclose(found, np.quantile([values], probability, axis=1), rtol=0, atol=1e-12 * scale)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 30), st.integers(1, 12), st.floats(0.05, 0.99), st.booleans(), st.data())
def test_summaries_of_blocks_are_those_of_the_whole(s: int, n: int, prob: float, robust: bool, data: Any) -> None:
    draws = np.random.default_rng(s * n).normal(size=(s, n))
    cut = data.draw(st.integers(0, n - 1))
    blocks = [block for block in (draws[:, :cut], np.asfortranarray(draws[:, cut:])) if block.shape[1]]
    kept = draws.copy()
    found = summary_by_row(iter(blocks), prob=prob, robust=robust)
    np.testing.assert_array_equal(draws, kept)
    np.testing.assert_allclose(found, summarised(draws, prob, robust=robust), rtol=1e-9, atol=1e-12)
    assert found.index.tolist() == list(range(n))


def test_summaries_of_what_is_no_number() -> None:
    draws = np.array([[1.0, np.nan, np.inf], [2.0, 3.0, 1.0], [3.0, 4.0, np.inf]])
    table = summary_by_row([draws], prob=0.5, robust=True)
    assert table.iloc[0].notna().all()
    assert table.iloc[1].isna().all()
    assert table.loc[2, "Q75"] == np.inf


def test_summaries_of_categories() -> None:
    draws, third = np.random.default_rng(1).normal(size=(20, 3, 2)), ThirdDimension("category", ("a", "b"))
    table = summary_by_row([draws[:, :2], draws[:, 2:]], prob=0.9, robust=False, third=third)
    assert table.index.names == ["obs", "category"]
    np.testing.assert_allclose(table.loc[(2, "b"), "Estimate"], draws[:, 2, 1].mean(), rtol=1e-12)
    assert len(table) == 6
