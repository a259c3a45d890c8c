"""Several fits at once: the comparison, weights, averages."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from normal_models import grouped_fit, normal_model

import smoothstan as ss
from smoothstan.errors import DataError, DataWarning, OptionError, SamplingWarning
from smoothstan.posterior.comparison.weights import split_draws

mpl.use("agg")
quiet = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")


@pytest.fixture(scope="module")
def fits() -> tuple[ss.Posterior, ss.Posterior, ss.Posterior]:
    formulas = ("y ~ x", "y ~ 1", "y ~ x + f")
    a, b, c = (grouped_fit(formula, outliers=False) for formula in formulas)
    return a, b, c


def test_fits_are_ordered_by_elpd(fits):
    found = ss.loo_compare(*fits, names=["x", "1", "x + f"])
    loos = [fit.loo() for fit in fits]
    assert found.table.index[-1] == "1"
    assert list(found.table.columns[:4]) == ["elpd_diff", "se_diff", "elpd_loo", "se_elpd_loo"]
    difference = loos[1].elpd_i - max(loos, key=lambda loo: loo.elpd_loo).elpd_i
    assert found["elpd_diff"]["1"] == pytest.approx(difference.sum())
    assert found["se_diff"]["1"] == pytest.approx(np.sqrt(40) * difference.std(ddof=1))
    assert found["elpd_loo"]["x"] == pytest.approx(loos[0].elpd_loo)
    assert str(found).splitlines()[0].split() == ["elpd_diff", "se_diff"]
    assert "Only 40 observations" in str(found)
    assert "elpd_diff" in found._repr_html_()
    by_name = dict(zip(["x", "1", "x + f"], fits, strict=True))
    pd.testing.assert_frame_equal(ss.loo_compare(by_name).table, found.table)
    default = ss.loo_compare(list(loos)).table
    np.testing.assert_array_equal(default, found.table)
    assert set(default.index) == {"model1", "model2", "model3"}


@quiet
def test_other_criteria_are_compared_as_well(fits):
    waic = ss.loo_compare(*fits[:2], criterion="waic").table
    assert list(waic.columns[2:]) == ["elpd_waic", "se_elpd_waic", "p_waic", "se_p_waic", "waic", "se_waic"]
    folds = np.arange(40) % 2
    kept = [fit.add_criterion("kfold", folds=folds) for fit in fits[:2]]
    assert "kfoldic" in ss.loo_compare(*kept, criterion="kfold").table
    with pytest.warns(DataWarning, match="not quite comparable"):
        mixed = ss.loo_compare(fits[0].loo(), kept[1].criteria["kfold"]).table
    assert list(mixed.columns[2:]) == ["elpd", "se_elpd", "p", "se_p", "ic", "se_ic"]
    kfold = kept[0].criteria["kfold"]
    with pytest.warns(DataWarning, match="different folds"):
        ss.loo_compare(kfold, replace(kfold, folds=1 - folds))
    with pytest.warns(DataWarning, match="different numbers of folds"):
        ss.loo_compare(kfold, replace(kfold, count=3))


def test_what_makes_a_comparison_doubtful_is_said(fits):
    loo = fits[0].loo()
    with pytest.warns(DataWarning, match="do not have the same response"):
        ss.loo_compare(loo, replace(loo, response="other"))
    with pytest.warns(SamplingWarning, match=r"Pareto k are too high \(b: 1\)"):
        ss.loo_compare({"a": loo, "b": replace(loo, pareto_k=np.where(np.arange(40) == 3, 0.9, 0.1))})


def test_kept_criteria_are_used(fits):
    better = replace(fits[1].loo(), elpd_i=fits[1].loo().elpd_i + 10)
    fit = fits[1].add_criterion(better)
    assert ss.loo_compare(fits[0], fit, names=["x", "1"]).table.index[0] == "1"


def test_the_figure_shows_differences_with_errors(fits):
    ax = ss.loo_compare(*fits, names=["x", "1", "x + f"]).plot()
    assert [label.get_text() for label in ax.get_yticklabels()][-1] == "1"
    assert "elpd" in ax.get_xlabel()
    mpl.pyplot.close("all")


def test_weights_sum_to_one_and_prefer_the_better_model(fits):
    for options in ({}, {"method": "pseudobma", "seed": 1}, {"method": "pseudobma", "BB": False}):
        weights = ss.loo_model_weights(*fits, names=["x", "1", "x + f"], **options)
        assert weights.sum() == pytest.approx(1)
        assert weights.idxmin() == "1"
    loos = np.asarray([fit.loo().elpd_loo for fit in fits])
    akaike = np.exp(loos - loos.max())
    np.testing.assert_allclose(ss.model_weights(*fits, weights="loo"), akaike / akaike.sum())
    pd.testing.assert_series_equal(ss.model_weights(*fits), ss.loo_model_weights(*fits))
    one, two = (ss.loo_model_weights(*fits, method="pseudobma", seed=3) for _ in range(2))
    pd.testing.assert_series_equal(one, two)


def test_draws_are_shared_out_by_the_largest_remainders():
    assert split_draws(np.asarray([0.335, 0.335, 0.33]), 10) == [4, 3, 3]
    assert split_draws(np.asarray([1.0, 0.0]), 7) == [7, 0]
    assert sum(split_draws(np.asarray([1, 1, 1]) / 3, 100)) == 100


def test_averages_mix_the_models(fits):
    a, b = fits[:2]
    drawn = ss.pp_average(a, b, weights=[0.25, 0.75], method="posterior_epred", summary=False, seed=1)
    assert drawn.shape == (400, 40)
    # Draws of the second model, without x, are the same for all rows.
    assert np.sum(np.ptp(drawn, axis=1) == 0) == 300
    mean = 0.25 * a.posterior_epred().values.mean((0, 1)) + 0.75 * b.posterior_epred().values.mean((0, 1))
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.3)
    table = ss.pp_average(a, b, new_data={"x": [0.0, 1.0]}, ndraws=50, seed=1, prob=0.5)
    assert list(table.columns) == ["Estimate", "Est.Error", "Q25", "Q75"]
    assert len(table) == 2
    np.testing.assert_array_equal(
        ss.pp_average(a, b, seed=4, summary=False), ss.pp_average(a, b, seed=4, summary=False)
    )


def test_parameters_of_several_models(fits):
    a, b = fits[:2]
    shared = ss.posterior_average(a, b, weights=[1, 1], seed=1)
    assert len(shared) == 400
    assert {"b_Intercept", "sigma"} <= set(shared.columns)
    assert "b_x" not in shared
    both = ss.posterior_average(a, b, variable=["b_x", "sigma"], weights=[3, 1], missing=0, ndraws=100, seed=1)
    assert (both["b_x"] == 0).sum() == 25
    assert np.isin(both["b_x"][:75], a.flat["b_x"]).all()
    by_name = ss.posterior_average(a, b, variable="b_x", weights=[0, 1], missing={"b_x": -1.5}, seed=1)
    assert (by_name["b_x"] == -1.5).all()


def test_what_is_refused(fits):
    a, b, _ = fits
    other = normal_model(draws=100).fit
    with pytest.raises(DataError, match=r"different numbers of observations \(model1: 40, model2: 24\)"):
        ss.loo_compare(a, other)
    with pytest.raises(DataError, match="same response"):
        ss.pp_average(a, other, weights=[1, 1])
    for call, message in (
        (lambda: ss.loo_compare(a), "at least two models"),
        (lambda: ss.loo_compare(a, b, criterion="aic"), "criterion is one of 'loo', 'waic', 'kfold', got 'aic'"),
        (lambda: ss.loo_compare(a, b, criterion="kfold"), "model1 holds no kfold"),
        (lambda: ss.loo_compare(a, 3), "model2 is neither a fit nor a result"),
        (lambda: ss.loo_compare(a, b, names=["a"]), "one text for each of the 2 models"),
        (lambda: ss.loo_compare(a, b, names=["a", "a"]), "names must differ"),
        (lambda: ss.loo_compare({"a": a, "b": b}, names=["c", "d"]), "not both"),
        (lambda: ss.loo_model_weights(a, b, method="bma"), "method is one of 'stacking', 'pseudobma'"),
        (lambda: ss.loo_model_weights(a, b, method="pseudobma", BB_n=0), "BB_n must be"),
        (lambda: ss.loo_model_weights(a, b, method="pseudobma", alpha=0), "alpha must be"),
        (lambda: ss.loo_model_weights(a, b, method="pseudobma", BB="no"), "BB must be"),
        (lambda: ss.model_weights(a, b, weights="bma"), "weights is one of"),
        (lambda: ss.pp_average(a), "at least two models"),
        (lambda: ss.pp_average(a, b.loo()), "model2 is not a fit"),
        (lambda: ss.pp_average(a, b, method="loo"), "method is one of"),
        (lambda: ss.pp_average(a, b, weights=[1, -1]), "one number >= 0 for each of the 2 models"),
        (lambda: ss.pp_average(a, b, weights=[1, 0], ndraws=401), "401 draws of a model with 400"),
        (lambda: ss.posterior_average(a, b, variable="b_x", weights=[1, 1]), "not in all models; give missing="),
        (lambda: ss.posterior_average(a, b, variable="b_y", weights=[1, 1]), "'b_y' is not in all models"),
        (lambda: ss.posterior_average(a, b, variable="b_x", weights=[0, 1], missing={}), "missing has no number"),
    ):
        with pytest.raises(OptionError, match=message):
            call()
