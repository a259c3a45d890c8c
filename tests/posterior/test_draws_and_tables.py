"""Names, dimensions and tables of the posterior."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, OptionError, SamplingWarning

QUICK = {"seed": 1, "chains": 2, "iter_warmup": 500, "iter_sampling": 500, "backend": "stanli", "show_progress": False}


def test_names_are_those_of_brms(slopes_fit: ss.Posterior) -> None:
    posterior = slopes_fit.draws["posterior"].dataset
    assert list(posterior.data_vars) == [
        "b_Intercept", "b_x", "b_fa", "b_fcPd", "Intercept",
        "bs_sz_1", "sds_sz_1", "s_sz_1",
        "b_sigma_Intercept", "b_sigma_hv", "Intercept_sigma",
        "sd_g__Intercept", "sd_g__x", "cor_g__Intercept__x", "r_g",
        "sd_site__Intercept", "r_site", "lprior", "lp__",
    ]  # fmt: skip


def test_dimensions_and_coordinates(radon_fit: ss.Posterior) -> None:
    effects = radon_fit.draws["posterior"].dataset["r_county"]
    assert effects.dims == ("chain", "draw", "county", "coef")
    assert effects.coords["coef"].values.tolist() == ["Intercept"]
    assert effects.sel(county="HENNEPIN").shape == (4, 1000, 1)
    assert set(radon_fit.draws.children) == {"posterior", "sample_stats", "observed_data", "constant_data"}
    assert radon_fit.draws["sample_stats"].dataset["diverging"].dtype == bool
    np.testing.assert_array_equal(radon_fit.draws["observed_data"].dataset["Y"], radon_fit.standata["Y"])


def test_different_effects_have_dimensions_of_their_own(slopes_fit: ss.Posterior) -> None:
    posterior = slopes_fit.draws["posterior"].dataset
    assert posterior["r_g"].dims == ("chain", "draw", "g", "coef_r_g")
    assert posterior["r_site"].dims == ("chain", "draw", "site", "coef_r_site")
    assert posterior["coef_r_g"].values.tolist() == ["Intercept", "x"]


def test_effects_of_one_group_from_two_terms_are_joined(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ (1 | g) + (0 + x | g)", frame, adapt_delta=0.99, **QUICK)
    effects = fit.draws["posterior"].dataset["r_g"]
    assert effects.coords["coef"].values.tolist() == ["Intercept", "x"]
    table = fit.ranef()["g"]
    np.testing.assert_allclose(
        table.loc[("g3", "x"), "Estimate"], float(effects.sel(g="g3", coef="x").mean()), rtol=1e-12
    )


def test_groups_named_like_dimensions(frame: pd.DataFrame) -> None:
    renamed = frame.rename(columns={"g": "chain", "sub": "draw"})
    fit = ss.brm("y ~ (1 | chain) + (1 | draw)", renamed, adapt_delta=0.99,
                 prior=ss.prior("normal(0, 1)", "sd"), **QUICK)  # fmt: skip
    assert fit.draws["posterior"].dataset["r_chain"].dims == ("chain", "draw", "chain_level", "coef")
    assert "~draw (Number of levels: 2)" in str(fit)


def test_whole_numbers_as_levels_are_found_again_as_floats(frame: pd.DataFrame) -> None:
    data = frame.assign(id=frame["int"] * 100_000)
    fit = ss.brm("y ~ (1 | id)", data, prior=ss.prior("normal(0, 1)", "sd"), adapt_delta=0.99, **QUICK)
    as_floats = data.astype({"id": float})
    np.testing.assert_array_equal(fit.posterior_epred(as_floats), fit.posterior_epred(data))
    with pytest.raises(DataError, match="new level"):
        fit.posterior_epred(as_floats.assign(id=100_000.5))


def test_tables_agree_with_the_draws(slopes_fit: ss.Posterior) -> None:
    posterior = slopes_fit.draws["posterior"].dataset
    fixed = slopes_fit.fixef(prob=0.8)
    assert list(fixed.columns) == ["Estimate", "Est.Error", "Q10", "Q90"]
    assert list(fixed.index) == ["Intercept", "sigma_Intercept", "x", "fa", "fcPd", "sigma_hv", "sz_1"]
    assert fixed.loc["x", "Q90"] == pytest.approx(float(np.quantile(posterior["b_x"], 0.9)))
    assert fixed.loc["x", "Est.Error"] == pytest.approx(float(posterior["b_x"].values.std(ddof=1)))
    coefficient = slopes_fit.coef()["g"].loc[("g2", "x"), "Estimate"]
    effect = float(posterior["r_g"].sel(g="g2", coef_r_g="x").mean())
    assert coefficient == pytest.approx(effect + float(posterior["b_x"].mean()))
    parts = slopes_fit.var_corr()
    assert set(parts) == {"g", "site"}
    product = posterior["sd_g__Intercept"] * posterior["sd_g__x"] * posterior["cor_g__Intercept__x"]
    assert parts["g"]["cov"].loc[("Intercept", "x"), "Estimate"] == pytest.approx(float(product.mean()))
    robust = slopes_fit.summary(robust=True)["Regression"]
    assert robust.loc["x", "Estimate"] == pytest.approx(float(np.median(posterior["b_x"])))


def test_summary_sections_follow_brms(slopes_fit: ss.Posterior) -> None:
    text = str(slopes_fit)
    titles = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert titles == ["Smoothing Spline Hyperparameters", "Multilevel Hyperparameters", "Regression Coefficients"]
    rows = list(slopes_fit.summary().to_frame().index.get_level_values("parameter"))
    assert rows == [
        "sds(sz_1)", "sd(Intercept)", "sd(x)", "cor(Intercept,x)", "sd(Intercept)",
        "Intercept", "sigma_Intercept", "x", "fa", "fcPd", "sigma_hv", "sz_1",
    ]  # fmt: skip
    html = slopes_fit._repr_html_()
    assert html.count("<table") == 4
    with pytest.raises(OptionError, match="prob"):
        slopes_fit.summary(prob=95)


def test_numpy_and_stan_have_the_same_likelihood(slopes_fit: ss.Posterior) -> None:
    """lp__ = lprior + log_lik + standard normals + Jacobians, all of which can be computed from the draws."""
    posterior = slopes_fit.draws["posterior"].dataset
    data = slopes_fit.standata
    total = posterior["lprior"] + slopes_fit.log_lik().sum("obs")
    deviations = [posterior[name] for name in ("sds_sz_1", "sd_g__Intercept", "sd_g__x", "sd_site__Intercept")]
    total = total + sum(np.log(deviation) for deviation in deviations)  # the Jacobians of the lower bounds
    correlation = posterior["cor_g__Intercept__x"]
    total = total + np.log1p(-(correlation**2))  # the Jacobian of tanh
    r_g = posterior["r_g"]
    first = r_g.sel(coef_r_g="Intercept") / posterior["sd_g__Intercept"]
    second = (r_g.sel(coef_r_g="x") / posterior["sd_g__x"] - correlation * first) / np.sqrt(1 - correlation**2)
    standardised = [first, second, posterior["r_site"] / posterior["sd_site__Intercept"],
                    posterior["s_sz_1"] / posterior["sds_sz_1"]]  # fmt: skip
    for z in standardised:
        dims = [dim for dim in z.dims if dim not in ("chain", "draw")]
        total = total + (-0.5 * z**2 - 0.5 * np.log(2 * np.pi)).sum(dims)
    assert data["M_1"] == 2
    np.testing.assert_allclose(total.values, posterior["lp__"].values, rtol=1e-9)


def test_predictions_have_the_right_shapes_and_moments(slopes_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    expected = slopes_fit.posterior_epred(frame.iloc[:7])
    assert expected.dims == ("chain", "draw", "obs")
    assert expected.shape == (2, 500, 7)
    linear = slopes_fit.posterior_linpred(frame.iloc[:7], dpar="sigma")
    np.testing.assert_array_equal(linear.values.shape, (2, 500, 7))
    predicted = slopes_fit.posterior_predict(frame.iloc[:7], seed=1)
    np.testing.assert_array_equal(predicted, slopes_fit.posterior_predict(frame.iloc[:7], seed=1))
    spread = np.exp(linear).values.reshape(-1, 7)
    z = ((predicted - expected).values.reshape(-1, 7) / spread).ravel()
    assert abs(z.mean()) < 5 / np.sqrt(z.size)
    assert z.std() == pytest.approx(1, abs=0.05)
    with pytest.raises(OptionError, match="no linear predictor"):
        slopes_fit.posterior_linpred(dpar="nu")


def test_training_rows_predict_as_in_the_fit(slopes_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    np.testing.assert_array_equal(slopes_fit.posterior_epred().values, slopes_fit.posterior_epred(frame).values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.drop(columns="x"), "no column 'x'"),
        (lambda d: d.assign(x="a"), "'x' is a factor with levels a, but in the fit it was numeric"),
        (lambda d: d.assign(f="new"), "'f' has the new level 'new'"),
        (lambda d: d.assign(g="g99"), "'g' has the new level 'g99' in row 0"),
        (lambda d: d.assign(z=np.nan), "'z' of the new data has no value in row 0"),
    ],
)
def test_new_data_are_checked(slopes_fit: ss.Posterior, frame: pd.DataFrame, change, message: str) -> None:
    with pytest.raises(DataError, match=message):
        slopes_fit.posterior_epred(change(frame.iloc[:2]))


def test_loo_is_computed_in_blocks(radon_fit: ss.Posterior, monkeypatch: pytest.MonkeyPatch) -> None:
    from smoothstan.posterior import memory

    whole = radon_fit.loo()
    monkeypatch.setattr(memory, "_DEFAULT", 50_000_000)
    assert len(list(radon_fit.log_lik_blocks())) > 4
    blocks = ss.Posterior(radon_fit.model, radon_fit.draws).loo()
    np.testing.assert_allclose(blocks.elpd_i, whole.elpd_i, rtol=1e-12)
    assert str(blocks) == str(whole)
    assert blocks.pareto_k_table["Count"].sum() == 919
    assert len(blocks.pointwise) == 919


def test_loo_equals_importance_sampling_by_hand() -> None:
    """For a normal mean with known variance leave-one-out has a closed form."""
    rng = np.random.default_rng(5)
    from smoothstan.posterior.loo import loo_of_blocks

    y = rng.normal(size=30)
    n, draws = len(y), 40_000
    mu = y.mean() + rng.normal(size=(4, draws // 4)) / np.sqrt(n)
    log_lik = -0.5 * np.log(2 * np.pi) - 0.5 * (y - mu.reshape(-1, 1)) ** 2
    loo = loo_of_blocks([log_lik[:, :11], log_lik[:, 11:]], 4, draws // 4)
    left_out = (y.sum() - y) / (n - 1)
    variance = 1 + 1 / (n - 1)
    exact = -0.5 * np.log(2 * np.pi * variance) - 0.5 * (y - left_out) ** 2 / variance
    np.testing.assert_allclose(loo.elpd_i, exact, atol=5 * loo.mcse_i.max())
    assert loo.p_loo == pytest.approx(loo_lpd(y, n) - exact.sum(), abs=0.05)


def loo_lpd(y: np.ndarray, n: int) -> float:
    variance = 1 + 1 / n
    return float(np.sum(-0.5 * np.log(2 * np.pi * variance) - 0.5 * (y - y.mean()) ** 2 / variance))


def test_problems_are_reported_in_words(frame: pd.DataFrame) -> None:
    with pytest.warns(SamplingWarning) as caught:
        ss.brm("y ~ (1 | sub)", frame, seed=3, chains=2, iter_warmup=20, iter_sampling=20, adapt_delta=0.3,
               max_treedepth=1, backend="stanli", show_progress=False)  # fmt: skip
    text = " ".join(str(w.message) for w in caught)
    assert "reached max_treedepth = 1" in text
    assert "Try max_treedepth = 3" in text
    assert "R-hat is above 1.05 for" in text


def test_to_inferencedata_without_arviz(radon_fit: ss.Posterior, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "arviz", None)
    with pytest.raises(ImportError, match="pip install arviz"):
        radon_fit.to_inferencedata()
