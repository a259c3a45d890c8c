"""Fits of ordinal models: names, predictions, new data, files, unconstrained points, recovery."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, SmoothstanWarning
from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

OPTIONS = {"chains": 1, "iter_warmup": 60, "iter_sampling": 10, "seed": 3, "backend": "stanli",
           "show_progress": False}  # fmt: skip


def table(n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"x": rng.normal(1, 1, n), "z": rng.uniform(-1, 1, n), "w": rng.uniform(0.5, 2, n)})
    data["g"] = [f"g{i}" for i in rng.permutation(n) % 6]
    data["item"] = np.resize(["first", "the second"], n)
    latent = 0.8 * data["x"] + rng.logistic(size=n)
    data["y"] = 1 + np.digitize(latent, [-0.5, 0.8, 2])
    data["grade"] = pd.Categorical.from_codes(data["y"] - 1, ["low", "mid", "high", "top"], ordered=True)
    data["answer"] = np.where(data["item"] == "first", np.minimum(data["y"], 3), data["y"])
    return data


TABLE = table()
MODELS: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "cumulative": ("grade ~ x + (1 | g)", "cumulative", ()),
    "equidistant": ("y ~ x", ss.family("cumulative", "probit", threshold="equidistant"), ()),
    "sum to zero": ("y ~ x", ss.family("acat", threshold="sum_to_zero"), ()),
    "groups": ("answer | thres(gr = item) + weights(w) ~ x", "cumulative", ()),
    "equidistant groups": ("answer | thres(gr = item) ~ x", ss.family("sratio", threshold="equidistant"), ()),
    "specific": ("grade ~ z + cs(x)", "cratio", (ss.prior("normal(0, 2)", class_="b"),)),
    "predicted disc": (["grade ~ s(x, k = 4)", "disc ~ z + (1 | g)"], "cumulative", ()),
    "priors by threshold": (
        "y ~ x", "cumulative",
        (ss.prior("normal(-2, 1)", class_="Intercept", coef="1"),
         ss.prior("normal(2, 1)", class_="Intercept", coef="3")),
    ),
}  # fmt: skip


@cache
def fitted(name: str) -> ss.Posterior:
    formula, family, priors = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmoothstanWarning)
        return ss.brm(formula, TABLE, family=family, prior=priors, **OPTIONS)


NAMES = {
    "cumulative": "b_Intercept[1] b_Intercept[2] b_Intercept[3] b_x disc Intercept[1] Intercept[2] Intercept[3]",
    "equidistant": "b_Intercept[1] b_Intercept[2] b_Intercept[3] b_x disc delta Intercept[1] Intercept[2] Intercept[3]",
    "groups": "b_Intercept[first,1] b_Intercept[first,2] b_Intercept[thesecond,1] b_Intercept[thesecond,2] "
              "b_Intercept[thesecond,3] b_x disc",
    "specific": "b_Intercept[1] b_z bcs_x[1] bcs_x[2] bcs_x[3] disc",
    "predicted disc": "b_Intercept[1] b_Intercept[3] b_disc_Intercept b_disc_z bs_sx_1 sd_g__disc_Intercept "
                      "sds_sx_1 Intercept[1] Intercept_disc",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    found = fitted(name).variables()
    assert [v for v in found if v in NAMES[name].split()] == sorted(NAMES[name].split(), key=found.index)
    assert set(NAMES[name].split()) <= set(found)


@pytest.mark.parametrize("name", MODELS)
def test_points_and_density_are_those_of_the_program(name: str) -> None:
    fit = fitted(name)
    here = unconstrained_posterior(fit)
    np.testing.assert_allclose(here.log_density(here.points), fit.flat["lp__"], rtol=1e-6, atol=1e-6)
    for variable, values in here.draws(here.points).items():
        np.testing.assert_allclose(values, fit.flat[variable], rtol=1e-7, atol=1e-7, err_msg=variable)


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihood_is_the_programs(name: str) -> None:
    """The likelihood of the program is its density less that without the likelihood, at the draws."""
    from dataclasses import replace

    from smoothstan.engines.stanli import _model

    fit = fitted(name)
    here = unconstrained_posterior(fit)
    silent = _model(replace(here.program, data=here.program.data | {"prior_only": 1}))
    model = _model(here.program)
    found = [model.log_prob_grad(q)[0] - silent.log_prob_grad(q)[0] for q in here.points]
    log_lik = fit.log_lik().values.reshape(fit.ndraws, -1).sum(axis=1)
    np.testing.assert_allclose(log_lik, found, rtol=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_predictions(name: str) -> None:
    fit = fitted(name)
    chances = fit.posterior_epred().values
    assert chances.shape == (1, fit.ndraws, len(TABLE), 4)
    np.testing.assert_allclose(chances.sum(axis=3), 1, atol=1e-12)
    some = fit.posterior_epred(TABLE.iloc[[5, 2, 40]]).values
    np.testing.assert_allclose(some, chances[:, :, [5, 2, 40]], rtol=1e-10)
    drawn = fit.posterior_predict(seed=1).values
    assert set(np.unique(drawn)) <= {1.0, 2.0, 3.0, 4.0}
    if "groups" in name:
        first = (TABLE["item"] == "first").to_numpy()
        assert np.all(chances[:, :, first, 3] == 0)
        assert drawn[:, :, first].max() <= 3


def test_summary_lists_the_thresholds() -> None:
    fit = fitted("specific")
    rows = ["Intercept[1]", "Intercept[2]", "Intercept[3]", "z", "x[1]", "x[2]", "x[3]"]
    assert list(fit.summary()["Regression"].index) == rows
    assert list(fit.fixef().index) == rows
    assert fit.fixef().loc["x[2]", "Estimate"] == pytest.approx(fit.flat["bcs_x[2]"].mean())


@pytest.mark.parametrize("name", ["groups", "specific", "equidistant"])
def test_files(name: str, tmp_path) -> None:
    fit = fitted(name)
    fit.save(tmp_path / "fit.nc")
    again = ss.load_fit(tmp_path / "fit.nc")
    np.testing.assert_array_equal(again.posterior_epred().values, fit.posterior_epred().values)
    assert again.variables() == fit.variables()


def test_new_data_that_do_not_fit() -> None:
    other = TABLE.iloc[:3].assign(item="third")
    with pytest.raises(DataError, match="third"):
        fitted("groups").posterior_epred(other)
    with pytest.raises(ss.errors.FamilyError, match="categories from 1 to 4"):
        fitted("equidistant").log_lik(TABLE.iloc[:3].assign(y=[1, 2, 5]))


@pytest.mark.slow
def test_recovers_parameters() -> None:
    rng = np.random.default_rng(5)
    n, slope, groups = 400, 1.2, rng.normal(0, 0.7, 20)
    data = pd.DataFrame({"x": rng.normal(2, 1, n), "g": np.resize(np.arange(20), n).astype(str)})
    latent = slope * data["x"] + groups[data["g"].astype(int)] + rng.logistic(size=n)
    data["y"] = 1 + np.digitize(latent, truth := np.asarray([0.5, 2.0, 4.0]))
    options = OPTIONS | {"chains": 2, "iter_warmup": 300, "iter_sampling": 400}
    fit = ss.brm("y ~ x + (1 | g)", data, family="cumulative", **options)
    table = fit.fixef()
    # Intervals of 99.9 %, for four numbers and a fixed seed.
    for name, value in zip(("Intercept[1]", "Intercept[2]", "Intercept[3]", "x"), (*truth, slope), strict=True):
        assert abs(table.loc[name, "Estimate"] - value) < 3.3 * table.loc[name, "Est.Error"]
