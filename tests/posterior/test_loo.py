"""Leave-one-out of fits: plain, by moment matching, by fits without an observation; what is kept, and refused."""

from __future__ import annotations

import pickle
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from normal_models import NormalModel, grouped_fit, normal_model

import smoothstan as ss
from smoothstan.errors import OptionError, SamplingWarning
from smoothstan.posterior.codec import decode, encode
from smoothstan.posterior.comparison.pareto import good_k
from smoothstan.posterior.comparison.waic import Waic
from smoothstan.posterior.sampling import refit

mpl.use("agg")
quiet = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")


@pytest.fixture(scope="module")
def clean() -> NormalModel:
    return normal_model(draws=4000)


@pytest.fixture(scope="module")
def outlying() -> NormalModel:
    """Eight rows, three of them far off: their importance ratios have heavy tails."""
    return normal_model(8, outliers=(9.0, -7.0, 6.0), draws=4000, seed=2)


@pytest.fixture(scope="module")
def grouped() -> ss.Posterior:
    return grouped_fit()


def test_loo_is_the_closed_form(clean):
    loo = clean.fit.loo()
    error = np.sqrt(np.sum(loo.mcse_i**2))
    assert loo.mcse == pytest.approx(error)
    assert abs(loo.elpd_loo - clean.loo().sum()) < 4 * error
    assert error < 0.05
    np.testing.assert_array_less(np.abs(loo.elpd_i - clean.loo()), 5 * loo.mcse_i)


@quiet
def test_waic_is_near_the_closed_form(clean):
    assert clean.fit.waic().elpd_waic == pytest.approx(clean.loo().sum(), abs=0.2)


def test_high_k_is_said_in_words(outlying):
    with pytest.warns(
        SamplingWarning, match=r"of 8 observations have a Pareto k above 0.7 \(rows 0.*moment_match"
    ) as w:
        loo = outlying.fit.loo()
    assert w[0].filename == __file__
    assert 0 in loo.bad
    assert np.isnan(loo.mcse)
    assert loo.k_threshold == good_k(4000) == 0.7
    text, html = str(loo), loo._repr_html_()
    assert "MCSE of elpd_loo is NA." in text
    assert f"{len(loo.bad)} of 8 Pareto k estimates are above 0.7: not reliable." in text
    assert "(very bad)" in html
    assert loo.pareto_k_table["Count"].sum() == 8


@quiet
def test_moment_matching_mends_what_plain_loo_gets_wrong(outlying):
    plain, exact = outlying.fit.loo(), outlying.loo()
    matched = outlying.fit.loo(moment_match=True)
    assert set(matched.moment_matched) == set(plain.bad)
    assert not len(matched.bad)
    rows = plain.bad
    # Plain estimates are biased upwards where k is high.
    assert np.max(np.abs(plain.elpd_i[rows] - exact[rows])) > 0.1
    np.testing.assert_array_less(np.abs(matched.elpd_i[rows] - exact[rows]), 5 * matched.mcse_i[rows])
    assert matched.mcse_i[rows].max() < 0.05
    others = np.setdiff1d(np.arange(8), rows)
    np.testing.assert_array_equal(matched.elpd_i[others], plain.elpd_i[others])
    np.testing.assert_allclose(matched.p_loo_i + matched.elpd_i, plain.p_loo_i + plain.elpd_i)
    np.testing.assert_array_equal(matched.influence_k, plain.pareto_k)
    assert "by moment matching" in str(matched)


@quiet
@pytest.mark.parametrize("options", [{"split": False}, {"cov": False}, {"split": False, "cov": False}])
def test_moment_matching_without_its_parts(outlying, options):
    matched, exact = outlying.fit.loo_moment_match(k_threshold=0.5, **options), outlying.loo()
    rows = matched.moment_matched
    assert len(rows) >= 2
    assert (matched.pareto_k[rows] < matched.influence_k[rows]).all()
    # With heavy tails the Monte Carlo error is itself estimated too low.
    np.testing.assert_array_less(np.abs(matched.elpd_i - exact)[rows], 5 * matched.mcse_i[rows] + 0.05)


def test_moment_matching_says_when_it_ran_out_of_steps(outlying):
    with pytest.warns(SamplingWarning, match="max_iters=1 "):
        outlying.fit.loo_moment_match(k_threshold=-0.5, max_iters=1)


@quiet
def test_fits_without_an_observation_are_exact(outlying):
    exact = outlying.loo()
    again = outlying.fit.reloo(k_threshold=0.5, seed=5)
    rows = again.refitted
    assert len(rows) >= 2
    np.testing.assert_array_less(np.abs(again.elpd_i[rows] - exact[rows]), 5 * again.mcse_i[rows])
    np.testing.assert_array_equal(again.pareto_k[rows], 0)
    assert "fits without them" in str(again)


@quiet
def test_reloo_is_refit_without_the_row(grouped):
    loo = grouped.loo()
    row = int(np.argmax(loo.pareto_k))
    threshold = float(np.sort(loo.pareto_k)[-2])
    again = grouped.reloo(loo, k_threshold=threshold, seed=9)
    np.testing.assert_array_equal(again.refitted, [row])
    seed = int(np.random.SeedSequence(9).generate_state(1, np.uint32)[0] >> 1)
    table = grouped.design.table
    without = refit(grouped, table.take(np.delete(np.arange(40), row)), seed=seed)
    log_lik = without.log_lik(_row(row))
    assert again.elpd_i[row] == pytest.approx(float(np.log(np.mean(np.exp(log_lik.values)))), abs=1e-12)


def _row(row):
    rng = np.random.default_rng(10)
    x = rng.normal(size=40)
    y = 1 + x + 0.6 * rng.normal(size=8).repeat(5) + rng.normal(size=40)
    y[[3, 17]] += [6, -5]
    return pd.DataFrame({"y": y, "x": x, "g": np.repeat(list("abcdefgh"), 5)}).iloc[[row]]


@quiet
def test_moment_matching_agrees_with_fits_without_the_row_in_a_multilevel_model():
    fit = grouped_fit("y ~ x + (1 | g)", draws=2000)
    loo = fit.loo()
    rows = np.argsort(loo.pareto_k)[-2:]
    threshold = float(np.sort(loo.pareto_k)[-3])
    matched = fit.loo_moment_match(loo, k_threshold=threshold)
    many = replace(fit, model=replace(fit.model, options=replace(fit.model.options, iter_sampling=3000)))
    exact = many.reloo(loo, k_threshold=threshold)
    gap, error = np.abs(matched.elpd_i - exact.elpd_i)[rows], np.hypot(matched.mcse_i, exact.mcse_i)[rows]
    # With heavy tails the Monte Carlo error is itself estimated too low.
    assert (gap < 5 * error + 0.05).all()
    assert error.max() < 0.2


@quiet
def test_jobs_change_nothing(grouped):
    import joblib

    loo = grouped.loo()
    alone = grouped.reloo(loo, k_threshold=0.5, seed=3)
    assert len(alone.refitted) > 1
    with joblib.parallel_config(backend="threading", n_jobs=2):
        threads, moved = grouped.reloo(loo, k_threshold=0.5, seed=3), grouped.loo_moment_match(loo, k_threshold=0.5)
    processes = grouped.reloo(loo, k_threshold=0.5, seed=3, n_jobs=2)
    np.testing.assert_array_equal(threads.elpd_i, alone.elpd_i)
    np.testing.assert_array_equal(processes.elpd_i, alone.elpd_i)
    np.testing.assert_array_equal(moved.elpd_i, grouped.loo_moment_match(loo, k_threshold=0.5).elpd_i)


def test_nothing_is_fitted_again_where_all_is_well(clean):
    loo = clean.fit.loo()
    for better in (clean.fit.reloo(), clean.fit.loo_moment_match(), clean.fit.loo(reloo=True, moment_match=True)):
        np.testing.assert_array_equal(better.elpd_i, loo.elpd_i)
        assert not len(better.refitted)


@quiet
def test_loo_takes_its_steps_in_order(outlying):
    both = outlying.fit.loo(moment_match=True, reloo=True, k_threshold=0.3, seed=1)
    assert not len(both.bad)
    assert both.k_threshold == 0.3
    assert set(both.refitted).isdisjoint(both.moment_matched)


@quiet
def test_the_threshold_is_the_one_asked_for(outlying):
    loo = outlying.fit.loo(k_threshold=0.2)
    assert loo.k_threshold == 0.2
    np.testing.assert_array_equal(loo.bad, np.flatnonzero(loo.pareto_k > 0.2))
    assert "(-Inf, 0.2]   (good)" in str(loo)


def test_many_bad_observations_lead_to_kfold(clean):
    loo = replace(clean.fit.loo(), threshold=-1.0)
    assert "ten-fold" in loo.advice
    assert "..." in loo.advice


@quiet
def test_criteria_are_kept_computed_once_and_saved(outlying, tmp_path):
    fit = outlying.fit.add_criterion(["loo", "waic", "bayes_R2", "loo_R2"], moment_match=True)
    assert not outlying.fit.criteria
    assert list(fit.criteria) == ["loo", "waic", "bayes_R2", "loo_R2"]
    assert fit.loo(moment_match=True) is fit.criteria["loo"]
    assert fit.loo() is not fit.criteria["loo"]
    assert fit.waic() is fit.criteria["waic"]
    np.testing.assert_array_equal(fit.bayes_R2(summary=False), fit.criteria["bayes_R2"].draws)
    np.testing.assert_array_equal(fit.loo_R2(summary=False), fit.criteria["loo_R2"].draws)
    assert fit.add_criterion("loo").criteria["loo"] is fit.criteria["loo"]
    assert not len(fit.add_criterion("loo", overwrite=True).criteria["loo"].moment_matched)
    own = fit.add_criterion(outlying.fit.reloo(k_threshold=0.5))
    assert len(own.criteria["loo"].refitted)
    assert set(own.criteria) == set(fit.criteria)
    for kept in (pickle.loads(pickle.dumps(fit)).criteria, decode(encode(dict(fit.criteria)))):
        assert str(kept["loo"]) == str(fit.criteria["loo"])
        assert str(kept["waic"]) == str(fit.criteria["waic"])
        np.testing.assert_array_equal(kept["loo_R2"].draws, fit.criteria["loo_R2"].draws)
        assert kept["loo"].options == fit.criteria["loo"].options


def test_weights_are_kept_where_asked_but_not_in_files(clean):
    loo = clean.fit.loo(save_psis=True)
    np.testing.assert_allclose(np.exp(loo.log_weights).sum(axis=0), 1)
    assert loo.log_weights.shape == (4000, 24)
    assert decode(encode(loo)).log_weights is None
    fit = clean.fit.add_criterion(clean.fit.loo())
    assert fit.loo(save_psis=True).log_weights is not None


@quiet
def test_memory_is_bounded_and_changes_nothing(clean):
    small, large = clean.fit.loo(max_memory="6 MB"), clean.fit.loo()
    np.testing.assert_allclose(small.elpd_i, large.elpd_i, rtol=1e-13)
    np.testing.assert_allclose(clean.fit.waic(max_memory="6 MB").elpd_i, clean.fit.waic().elpd_i, rtol=1e-13)
    with pytest.raises(OptionError, match="max_memory is too small"):
        clean.fit.loo(max_memory="10 KB")


@quiet
def test_figures_show_what_is_bad(outlying):
    ax = outlying.fit.loo().plot()
    assert ax.get_xlabel() == "observation (row, from 0)"
    assert ax.get_ylabel() == "Pareto shape k"
    assert len(ax.texts) == len(outlying.fit.loo().bad)
    k = np.asarray([0.1, np.inf, -np.inf, np.nan])
    assert len(replace(outlying.fit.loo(), pareto_k=k).plot().texts) == 2
    mpl.pyplot.close("all")


def test_what_is_refused(clean, grouped):
    fit = clean.fit
    for call, message in (
        (lambda: fit.loo(k_threshold="high"), "k_threshold must be a number"),
        (lambda: fit.loo(moment_match=1), "moment_match must be True or False"),
        (lambda: fit.reloo(n_jobs=0, k_threshold=-9), "n_jobs is a whole number"),
        (lambda: fit.reloo(k_threshold=-9, seed=-1), "seed must be"),
        (lambda: fit.reloo(k_threshold=None), "k_threshold must be"),
        (lambda: fit.reloo(Waic(np.zeros(24), np.zeros(24), 10)), "a result of loo"),
        (lambda: grouped.reloo(fit.loo()), "24 rows, the fit 40"),
        (lambda: grouped.loo_moment_match(fit.loo()), "24 rows, the fit 40"),
        (lambda: fit.loo_moment_match(max_iters=0), "max_iters must be"),
        (lambda: fit.add_criterion("lo"), r"unknown criterion 'lo'; did you mean 'loo'\? \(known: bayes_R2, kfold"),
        (lambda: fit.add_criterion([3]), "unknown criterion 3"),
        (lambda: grouped.add_criterion(fit.loo()), "another response"),
        (lambda: fit.add_criterion(Waic(np.zeros(24), np.zeros(24), 10)), "another response"),
    ):
        with pytest.raises(OptionError, match=message):
            call()
    other = replace(fit.loo(), response="another")
    with pytest.raises(OptionError, match="belongs to a fit of another response"):
        fit.reloo(other)


def test_a_fit_that_ignored_the_data_has_no_criteria():
    fit = grouped_fit(sample_prior="only", prior=ss.prior("normal(0, 1)", "b"))
    for method in ("loo", "waic", "kfold", "reloo", "loo_moment_match", "bayes_R2", "loo_R2", "loo_pit", "loo_predict"):
        with pytest.raises(OptionError, match="sample_prior='only'"):
            getattr(fit, method)()
