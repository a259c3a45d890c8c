"""K-fold cross-validation: exact against refits, against closed forms, its folds, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from normal_models import NormalModel, grouped_fit, normal_model

import smoothstan as ss
from smoothstan.errors import DataError, OptionError, SamplingWarning
from smoothstan.posterior.codec import decode, encode
from smoothstan.posterior.comparison.folds import Folds, make_folds
from smoothstan.posterior.prediction import prepare
from smoothstan.posterior.sampling import refit

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
HALVES = np.arange(24) % 2


@pytest.fixture(scope="module")
def clean() -> NormalModel:
    return normal_model(draws=4000)


@pytest.fixture(scope="module")
def grouped() -> ss.Posterior:
    return grouped_fit()


def log_mean_exp(values):
    return np.log(np.mean(np.exp(values), axis=0))


def test_it_is_the_fits_without_each_fold(grouped):
    kfold = grouped.kfold(3, seed=5, save_fits=True)
    table = grouped.design.table
    full = log_mean_exp(grouped.log_lik().values.reshape(grouped.ndraws, -1))
    for fold in range(3):
        rows = np.flatnonzero(kfold.folds == fold)
        again = refit(grouped, table.take(np.flatnonzero(kfold.folds != fold)), seed=int(kfold.seeds[fold]))
        xr_equal = (
            again.draws["posterior"]
            .dataset.drop_attrs()
            .identical(kfold.fits[fold].draws["posterior"].dataset.drop_attrs())
        )
        assert xr_equal
        log_lik = prepare(again).at(table.take(rows)).evaluate("log_lik")
        np.testing.assert_allclose(kfold.elpd_i[rows], log_mean_exp(log_lik), rtol=1e-12)
    np.testing.assert_allclose(kfold.p_kfold_i, full - kfold.elpd_i, rtol=1e-12)
    np.testing.assert_allclose(kfold.kfoldic, -2 * kfold.elpd_kfold)
    errors = np.sqrt(40) * kfold.pointwise.std(ddof=1)
    np.testing.assert_allclose(kfold.estimates["SE"], errors)
    assert list(kfold.estimates.index) == ["elpd_kfold", "p_kfold", "kfoldic"]


def test_it_is_brm_without_the_fold():
    """A held-out fit is the model fitted to the other rows, where bases and codings do not depend on the rows."""
    model = normal_model(draws=400)
    kfold = model.fit.kfold(folds=HALVES, seed=2)
    data = pd.DataFrame({"y": model.y, "z": model.x[:, 1]})
    fit = ss.brm(
        ss.bf("y ~ 0 + Intercept + z", sigma=1), data[HALVES == 1], prior=ss.prior("normal(0, 3)", "b"), chains=2,
        iter_warmup=200, iter_sampling=200, seed=int(kfold.seeds[0]), backend="stanli", show_progress=False,
    )  # fmt: skip
    log_lik = fit.log_lik(data[HALVES == 0]).values.reshape(400, -1)
    np.testing.assert_allclose(kfold.elpd_i[HALVES == 0], log_mean_exp(log_lik), rtol=1e-12)


@pytest.mark.parametrize("joint", [False, "fold"])
def test_densities_are_the_closed_form(clean, joint):
    kfold = clean.fit.kfold(folds=HALVES, joint=joint, seed=1)
    units = [np.flatnonzero(fold == HALVES) for fold in range(2)] if joint else [[i] for i in range(24)]
    exact = [clean.density_without(np.flatnonzero(HALVES[rows[0]] == HALVES), rows) for rows in units]
    assert len(kfold.elpd_i) == len(units)
    # Means of 4,000 likelihoods; a joint one of twelve rows varies much more than that of one row.
    np.testing.assert_allclose(kfold.elpd_i, exact, atol=0.25 if joint else 0.05)
    assert kfold.joint == (joint or "obs")


@pytest.mark.parametrize("joint", ["fold", "group"])
def test_what_is_joint_is_summed_before_the_mean(grouped, joint):
    folds, g = np.arange(40) % 2, np.repeat(np.arange(8), 5)
    kfold = grouped.kfold(folds=folds, group="g", joint=joint, seed=1, save_fits=True)
    full = grouped.log_lik().values.reshape(grouped.ndraws, -1)
    expected, p = [], []
    for fold in range(2):
        inside = folds == fold
        table = grouped.design.table.take(np.flatnonzero(inside))
        log_lik = prepare(kfold.fits[fold]).at(table).evaluate("log_lik")
        parts = [inside] if joint == "fold" else [inside & (g == level) for level in range(8)]
        expected += [log_mean_exp(log_lik[:, part[inside]].sum(axis=1)) for part in parts]
        p += [log_mean_exp(full[:, part].sum(axis=1)) for part in parts]
    np.testing.assert_allclose(kfold.elpd_i, expected)
    np.testing.assert_allclose(kfold.elpd_i + kfold.p_kfold_i, p)


def test_folds_of_single_rows_are_leave_one_out(clean):
    small = normal_model(8, draws=1000)
    kfold = small.fit.kfold(folds="loo", seed=1)
    assert kfold.count == 8
    np.testing.assert_allclose(kfold.elpd_i, small.loo(), atol=0.1)


def test_a_level_without_rows_has_effects_from_its_group(grouped):
    """The effect of a level that is left out is a draw from N(0, sd), which is what brms calls "gaussian"."""
    kfold = grouped.kfold(group="g", seed=3, save_fits=True)
    assert (kfold.count, kfold.way) == (8, "group")
    np.testing.assert_array_equal(kfold.folds, np.repeat(np.arange(8), 5))
    fit = kfold.fits[2]
    ratio = fit.flat["r_g"][:, 2, 0] / fit.flat["sd_g__Intercept"]
    # Standard normal: 400 dependent draws.
    assert abs(ratio.mean()) < 0.3
    assert ratio.std() == pytest.approx(1, abs=0.2)


def test_seeds_make_it_reproducible_and_jobs_change_nothing(grouped):
    one, two = grouped.kfold(2, seed=7), grouped.kfold(2, seed=7, n_jobs=2)
    np.testing.assert_array_equal(one.folds, two.folds)
    np.testing.assert_array_equal(one.elpd_i, two.elpd_i)
    by_default = grouped.kfold(2)
    np.testing.assert_array_equal(by_default.elpd_i, grouped.kfold(2).elpd_i)
    assert not np.array_equal(one.folds, by_default.folds)


def made(grouped, folds=None, group=None, k=4) -> Folds:
    return make_folds(grouped.design, k, folds, group, np.random.default_rng(1))


def test_ways_to_split(grouped):
    g, f = np.repeat(np.arange(8), 5), np.arange(40) % 2
    assert (np.bincount(made(grouped).ids) >= 9).all()
    stratified = made(grouped, "stratified", "g")
    counts = np.asarray([[np.sum((stratified.ids == k) & (g == level)) for level in range(8)] for k in range(4)])
    assert counts.min() >= 1
    grouped_folds = made(grouped, "grouped", "g")
    assert all(len(set(grouped_folds.ids[g == level])) == 1 for level in range(8))
    assert (np.bincount(grouped_folds.ids) == 10).all()
    both = made(grouped, "loo", "g")
    assert both.count == 40
    np.testing.assert_array_equal(both.omitted[7], np.arange(5, 10))
    np.testing.assert_array_equal(both.predicted(7), [7])
    named = made(grouped, np.where(f, "odd", "even"))
    np.testing.assert_array_equal(named.ids, f)
    np.testing.assert_array_equal(made(grouped, pd.Series(f * 3.5)).ids, f)


def test_predictions_of_left_out_rows(grouped):
    kfold = grouped.kfold(2, seed=5, save_fits=True)
    found = grouped.kfold_predict(kfold, method="posterior_epred")
    np.testing.assert_array_equal(found.y, grouped.design.observed.y)
    assert found.yrep.shape == (400, 40)
    rows = np.flatnonzero(kfold.folds == 1)
    table = grouped.design.table.take(rows)
    assert np.array_equal(found.yrep[:, rows], prepare(kfold.fits[1]).at(table).evaluate("epred"))
    drawn = grouped.kfold_predict(kfold, seed=1)
    np.testing.assert_array_equal(drawn.yrep, grouped.kfold_predict(kfold, seed=1).yrep)
    assert drawn.yrep.std() > found.yrep.std()


def test_it_prints_is_kept_and_stored(grouped):
    fit = grouped.add_criterion("kfold", K=2, seed=5)
    kept = fit.criteria["kfold"]
    assert fit.kfold(2, seed=5) is kept
    assert fit.kfold(2, seed=6) is not kept
    assert str(kept).startswith("Based on 2-fold cross-validation (random).")
    again = decode(encode(kept))
    assert str(again) == str(kept)
    assert again.fits is None
    np.testing.assert_array_equal(again.folds, kept.folds)
    assert "random" in kept._repr_html_()
    with pytest.raises(OptionError, match="save_fits=True"):
        fit.kfold_predict(again)


def test_problems_of_the_fits_are_reported(grouped):
    with pytest.warns(SamplingWarning, match=r"of 2 fits without some rows have problems\nfold 0: "):
        grouped_fit(draws=40).kfold(2, seed=5)


def test_what_is_refused(grouped):
    for options, message in (
        ({"K": 41}, "K is 41, but there are only 40 rows"),
        ({"K": 1}, "K must be a whole number of at least 2"),
        ({"K": 2.5}, "K must be a whole number"),
        ({"folds": np.zeros(39)}, r"each of the 40 rows .* shape \(39,\)"),
        ({"folds": np.zeros(40)}, "all rows are in one fold"),
        ({"folds": [np.nan] * 40}, "folds has no value in row 0"),
        ({"folds": "rolling"}, "'random', 'stratified', 'grouped', 'loo'"),
        ({"folds": "stratified"}, "needs group="),
        ({"folds": "grouped", "group": "g", "K": 9}, "only 8 levels"),
        ({"group": "x"}, r"group must be a factor of the model \(g\), got 'x'"),
        ({"group": 3}, "got 3"),
        ({"joint": "all"}, "joint is False or one of"),
        ({"joint": "group"}, "needs group="),
        ({"n_jobs": 0}, "n_jobs is a whole number"),
        ({"seed": -1}, "seed must be"),
        ({"save_fits": "yes"}, "save_fits must be True or False"),
    ):
        with pytest.raises(OptionError, match=message):
            grouped.kfold(**options)
    with pytest.raises(OptionError, match="method is"):
        grouped.kfold_predict(grouped.kfold(2), method="mean")


def test_a_coefficient_without_rows_is_an_error_not_a_wild_fit():
    fit = grouped_fit("y ~ f")
    with pytest.raises(DataError, match=r"without the 20 rows of fold 0: .*'fv'"):
        fit.kfold(group="f")
