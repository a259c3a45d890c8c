"""The arithmetic of cross-validation against R's loo on the same log likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats
from brms_oracle import RADON, load_case
from brms_oracle import numbers as oracle_numbers
from brms_oracle import read as read_oracle
from loo_reference import CASES, column, log_lik, normals, numbers, recorded

from smoothstan.errors import DataError, SamplingWarning
from smoothstan.posterior.comparison.compare import compare_criteria
from smoothstan.posterior.comparison.efficiency import relative_efficiency
from smoothstan.posterior.comparison.expectations import expectation
from smoothstan.posterior.comparison.folds import split_grouped, split_random, split_stratified
from smoothstan.posterior.comparison.pareto import fit_pareto, smoothed_weights, tail_lengths
from smoothstan.posterior.comparison.waic import waic_of_blocks
from smoothstan.posterior.comparison.weights import bootstrapped_weights, pseudo_bma_weights, stacking_weights
from smoothstan.posterior.loo import Loo, loo_of_blocks

# Both sides compute in doubles; sums of up to 12,000 terms lose a few digits.
EXACT = 1e-10
SHORT = "short"


def flat(name):
    values = log_lik(name)
    return values.reshape(len(values), -1).T


def loo_of(name, version="loo_2.5", blocks=1, **options):
    values = log_lik(name)
    given = version == "loo_2.9" or name == SHORT
    r_eff = np.asarray(recorded()[name][version]["r_eff"]) if given else None
    parts = np.array_split(flat(name), blocks, axis=1)
    return loo_of_blocks(parts, values.shape[1], values.shape[2], r_eff=r_eff, **options)


@pytest.mark.parametrize(
    ("name", "version"), [(n, v) for v in ("loo_2.9", "loo_2.5") for n in CASES if (n, v) != (SHORT, "loo_2.5")]
)
def test_efficiencies_equal_r(name, version):
    """loo 2.5 follows autocorrelations to their last lags, which only short chains reach."""
    found = relative_efficiency(log_lik(name), split=version == "loo_2.9")
    np.testing.assert_allclose(found, recorded()[name][version]["r_eff"], rtol=EXACT)


@pytest.mark.parametrize("chains", [1, 2, 4])
@pytest.mark.parametrize("rho", [-0.9, 0.0, 0.5, 0.99])
@pytest.mark.parametrize("draws", [12, 16, 64, 200])
def test_efficiencies_equal_arviz(draws, rho, chains):
    """Where the half chains have an even length of at least 6; else ArviZ differs from R's posterior."""
    rng = np.random.default_rng([draws, chains])
    x = rng.standard_normal((20, chains, draws))
    for t in range(1, draws):
        x[..., t] = rho * x[..., t - 1] + np.sqrt(1 - rho**2) * x[..., t]
    likelihood = np.exp(x - x.max(axis=(1, 2), keepdims=True))
    theirs = array_stats.ess(likelihood, chain_axis=1, draw_axis=2, method="mean", relative=True)
    np.testing.assert_allclose(relative_efficiency(x, split=True), theirs, rtol=EXACT)


def test_efficiency_is_one_where_it_cannot_be_estimated():
    varying = np.random.default_rng(1).standard_normal((1, 2, 50))
    together = np.concatenate([np.full((1, 2, 50), -3.0), varying])
    found = relative_efficiency(together)
    assert found[0] == 1
    assert found[1] == relative_efficiency(varying)[0] != 1
    np.testing.assert_array_equal(relative_efficiency(varying[:, :, :5]), 1)


@pytest.mark.parametrize("version", ["loo_2.9", "loo_2.5"])
@pytest.mark.parametrize("name", CASES)
def test_loo_equals_r(name, version):
    there, here = recorded()[name][version], loo_of(name, version, save_psis=True)
    for found, label in ((here.elpd_i, "elpd_loo"), (here.p_loo_i, "p_loo"), (-2 * here.elpd_i, "looic")):
        np.testing.assert_allclose(found, column(there["pointwise"], label), rtol=EXACT, atol=EXACT)
    np.testing.assert_allclose(here.pareto_k, numbers(there["pareto_k"]), rtol=EXACT, atol=EXACT)
    np.testing.assert_allclose(here.n_eff, there["n_eff"], rtol=EXACT)
    np.testing.assert_allclose(here.mcse_i, there["mcse"], rtol=1e-8)  # differences of nearly equal densities
    np.testing.assert_allclose(here.estimates, there["estimates"], rtol=EXACT)
    np.testing.assert_allclose(here.log_weights[:10, 0], there["first_log_weights"], rtol=EXACT)


@pytest.mark.parametrize("name", CASES)
def test_blocks_do_not_matter(name):
    one, many = loo_of(name, save_psis=True), loo_of(name, blocks=5, save_psis=True)
    for value in ("elpd_i", "p_loo_i", "pareto_k", "n_eff", "mcse_i", "log_weights"):
        np.testing.assert_allclose(getattr(many, value), getattr(one, value), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_waic_equals_r(name):
    there, here = recorded()[name]["waic"], waic_of_blocks(np.array_split(flat(name), 3, axis=1))
    np.testing.assert_allclose(here.elpd_i, column(there["pointwise"], "elpd_waic"), rtol=EXACT)
    np.testing.assert_allclose(here.p_waic_i, column(there["pointwise"], "p_waic"), rtol=EXACT)
    np.testing.assert_allclose(here.estimates, there["estimates"], rtol=EXACT)


@pytest.mark.parametrize("name", CASES)
def test_expectations_equal_r(name):
    there, weights = recorded()[name]["loo_2.5"], np.exp(loo_of(name, save_psis=True).log_weights.T)
    rows, draws = weights.shape
    x = np.sin(np.outer(np.arange(1, rows + 1), np.arange(1, draws + 1)))
    none = np.empty(0)
    np.testing.assert_allclose(expectation(x, weights, "mean", none), there["mean"], atol=EXACT)
    quantiles = expectation(x, weights, "quantile", np.asarray([0.05, 0.5, 0.9]))
    np.testing.assert_allclose(quantiles.T, there["quantile"], atol=EXACT)


def test_variances_and_equal_weights_have_their_plain_forms():
    x = np.random.default_rng(2).standard_normal((3, 40))
    equal = np.full((3, 40), 1 / 40)
    np.testing.assert_allclose(expectation(x, equal, "var", np.empty(0)), x.var(axis=1, ddof=1))
    np.testing.assert_allclose(expectation(x, equal, "sd", np.empty(0)), x.std(axis=1, ddof=1))
    probs = np.asarray([0.1, 0.25, 0.9])
    np.testing.assert_allclose(expectation(x, equal, "quantile", probs), np.quantile(x, probs, axis=1).T)


def one_row_by_arviz_code(log_ratios, length):
    """Zhang & Stephens's fit by ArviZ, with R's number of tail draws (ArviZ rounds it down)."""
    order = np.argsort(log_ratios)
    w = log_ratios - log_ratios.max()
    tail, cutoff = np.exp(w[order[-length:]]), np.exp(w[order[-length - 1]])
    return array_stats._gpdfit(tail - cutoff)


@pytest.mark.parametrize("spread", [1e-6, 1e-3, 0.3, 1, 4, 40])
def test_pareto_fits_equal_arviz_row_by_row(spread):
    rng = np.random.default_rng(3)
    log_ratios = spread * rng.standard_normal((30, 400)) * rng.uniform(0.5, 2, (30, 1))
    r_eff = rng.uniform(0.2, 1.5, 30)
    k = smoothed_weights(log_ratios, r_eff)[1]
    theirs = [one_row_by_arviz_code(row, n)[0] for row, n in zip(log_ratios, tail_lengths(400, r_eff), strict=True)]
    # The fit forms 1 / x and differences of nearly equal weights when they hardly vary.
    np.testing.assert_allclose(k, theirs, rtol=0, atol=1e-10 / min(spread, 1))


@pytest.mark.parametrize("k", [-0.2, 0.3, 0.8])
def test_pareto_fits_find_the_shape(k):
    n = 20_000
    p = (np.arange(n) + 0.5) / n
    x = 2.5 * np.expm1(-k * np.log1p(-p)) / k
    shape, scale = fit_pareto(x[None], np.asarray([n]))
    # The quantiles stand for an infinite sample, but the largest of them is cut off.
    assert shape[0] == pytest.approx(k, abs=0.01)
    assert scale[0] == pytest.approx(2.5, rel=0.02)


def test_ratios_that_cannot_be_smoothed_are_kept():
    rng = np.random.default_rng(4)
    log_ratios = rng.standard_normal((4, 40))
    log_ratios[0] = 2.0
    log_ratios[1] = np.where(np.arange(40) < 20, 0.0, -1.0)
    weights, k = smoothed_weights(log_ratios, np.ones(4))
    raw = log_ratios - np.log(np.exp(log_ratios).sum(axis=1, keepdims=True))
    assert k[0] == -np.inf
    assert k[1] == np.inf
    np.testing.assert_allclose(weights[:2], raw[:2], atol=1e-14)
    np.testing.assert_allclose(np.exp(weights).sum(axis=1), 1)
    few, k = smoothed_weights(log_ratios[2:, :20], np.ones(2))
    assert (k == np.inf).all()
    np.testing.assert_allclose(few, raw[2:, :20] - np.log(np.exp(raw[2:, :20]).sum(axis=1, keepdims=True)), atol=1e-14)


def test_a_likelihood_of_zero_is_refused_with_its_row():
    values = flat("ordinary").copy()
    values[3, 7] = -np.inf
    with pytest.raises(DataError, match="row 7 is not finite"):
        loo_of_blocks(np.array_split(values, 3, axis=1), 4, 250)


def test_a_row_of_weight_zero_says_nothing():
    values = flat("ordinary").copy()
    values[:, 2] = 0.0
    loo = loo_of_blocks([values], 4, 250)
    assert (loo.elpd_i[2], loo.p_loo_i[2], loo.pareto_k[2], loo.mcse_i[2]) == pytest.approx(
        (0, 0, -np.inf, 0), abs=1e-12
    )


@pytest.mark.parametrize("name", RADON)
def test_radon_equals_brms(name):
    """The whole way from draws to estimates; the efficiencies are those of the loo that brms used."""
    case = load_case(name)
    answers = {a.call: a.value for a in case.answers}
    r_eff = oracle_numbers(answers["relative_eff(exp(ll), chain_id = chain)"])
    fit = case.posterior
    here = loo_of_blocks(fit.log_lik_blocks("20 MB"), *case.shape, r_eff=r_eff)
    stored = oracle_numbers(answers["loo(ll, r_eff = r_eff)$pointwise"]["values"])
    # Recorded draws have 13 digits.
    np.testing.assert_allclose(here.elpd_i, stored[:, 0], rtol=1e-9)
    np.testing.assert_allclose(here.p_loo_i, stored[:, 2], rtol=1e-6, atol=1e-9)
    diagnostics = answers["loo(ll, r_eff = r_eff)$diagnostics"]
    np.testing.assert_allclose(here.pareto_k, oracle_numbers(diagnostics["pareto_k"]), rtol=0, atol=1e-6)
    np.testing.assert_allclose(here.n_eff, oracle_numbers(diagnostics["n_eff"]), rtol=1e-7)
    np.testing.assert_allclose(here.estimates, oracle_numbers(answers["loo(fit)$estimates"]["values"]), rtol=1e-7)
    waic = oracle_numbers(answers["waic(ll)$estimates"]["values"])
    np.testing.assert_allclose(waic_of_blocks(fit.log_lik_blocks()).estimates, waic, rtol=1e-7)
    r2 = oracle_numbers(answers["bayes_R2(fit)"]["values"])
    np.testing.assert_allclose(fit.bayes_R2(), r2, rtol=1e-9, atol=1e-15)
    # Splitting the chains changes their efficiency a little, and loo 2.5 has another form of the Monte Carlo error.
    own = fit._quiet_loo()
    assert own.elpd_loo == pytest.approx(here.elpd_loo, abs=0.01)
    np.testing.assert_allclose(here.mcse_i, stored[:, 1], rtol=0.02, atol=2e-4)


def test_radon_models_are_ordered_and_weighted_as_in_r():
    loos = {}
    for name in RADON:
        case = load_case(name)
        r_eff = oracle_numbers({a.call: a.value for a in case.answers}["relative_eff(exp(ll), chain_id = chain)"])
        loos[name.removeprefix("radon_")] = loo_of_blocks(case.posterior.log_lik_blocks(), *case.shape, r_eff=r_eff)
    stored = {a["call"]: a["value"] for a in read_oracle("radon_comparison")["answers"]}
    with pytest.warns(SamplingWarning, match=r"varying: 2"):
        table = compare_criteria(list(loos.values()), list(loos)).table
    there = stored["loo_compare(loos)"]
    assert list(table.index) == there["rows"]
    assert list(table.columns) == there["names"]
    np.testing.assert_allclose(table, oracle_numbers(there["values"]), rtol=1e-7)
    lpd = np.column_stack([loo.elpd_i for loo in loos.values()])
    # R's optimiser stops early; its objective is compared in test_stacking_finds_the_maximum.
    np.testing.assert_allclose(stacking_weights(lpd), stored["stacking_weights(pointwise)"]["values"], atol=2e-3)
    pseudo = stored["pseudobma_weights(pointwise, BB = FALSE)"]["values"]
    np.testing.assert_allclose(pseudo_bma_weights(lpd), pseudo, rtol=1e-6)
    random = read_oracle("radon_comparison")["random"][0]
    boot = bootstrapped_weights(lpd, np.random.default_rng(1), replicates=100_000)
    error = 4 * np.hypot(random["error"], 0.5 / np.sqrt(100_000))
    assert (np.abs(boot - random["mean"]) < error).all()


def four_models():
    n = 60
    scales = ((-1.4, 0.3, 21), (-1.5, 0.5, 22), (-1.35, 0.6, 23), (-2.0, 0.2, 24))
    p = np.abs(normals(n, 25)) / 10
    made = [(mean + scale * normals(n, seed), p * k) for k, (mean, scale, seed) in enumerate(scales, start=1)]
    return [Loo(e, p, np.zeros(n), np.ones(n), np.zeros(n), 4, 250, np.ones(n), np.zeros(n)) for e, p in made]


def test_the_comparison_is_that_of_r():
    there = recorded()["models"]
    here = compare_criteria(four_models(), ["a", "b", "c", "d"]).table
    assert list(here.index) == there["names"]
    assert list(here.columns) == there["columns"]
    np.testing.assert_allclose(here, there["table"], rtol=EXACT, atol=EXACT)


def test_stacking_finds_the_maximum():
    lpd = np.column_stack([loo.elpd_i for loo in four_models()])
    weights = stacking_weights(lpd)
    there = recorded()["models"]
    score = np.log(np.exp(lpd) @ weights).sum()
    assert score >= there["stacking_objective"] - 1e-6
    np.testing.assert_allclose(weights, there["stacking"], atol=2e-3)
    # No model has a larger share of the predictions than its weight: the condition of a maximum.
    share = (np.exp(lpd) / (np.exp(lpd) @ weights)[:, None]).mean(axis=0)
    assert share.max() < 1 + 1e-6
    assert weights.sum() == pytest.approx(1, abs=1e-12)


def test_stacking_of_extreme_densities():
    """Densities that no double can hold, a model that is best everywhere, and two that are the same."""
    rng = np.random.default_rng(5)
    lpd = rng.normal(-2000, 1, (50, 3))
    np.testing.assert_allclose(stacking_weights(lpd), stacking_weights(lpd + 2000), atol=1e-8)
    better = np.column_stack([lpd[:, 0] + 5000, lpd[:, 0]])
    np.testing.assert_array_equal(stacking_weights(better), [1, 0])
    twice = np.column_stack([lpd[:, 0], lpd[:, 0]])
    assert stacking_weights(twice).sum() == pytest.approx(1)


def test_pseudo_bma_weights_are_those_of_r():
    lpd = np.column_stack([loo.elpd_i for loo in four_models()])
    there = recorded()["models"]
    np.testing.assert_allclose(pseudo_bma_weights(lpd), there["pseudobma"], rtol=EXACT)
    boot = bootstrapped_weights(lpd, np.random.default_rng(6), replicates=200_000)
    # Both are averages of 200,000 numbers between 0 and 1, with deviations of at most 1/2.
    np.testing.assert_allclose(boot, there["pseudobma_bb"], atol=4 * 0.5 * np.sqrt(2 / 200_000))


@pytest.mark.parametrize("i", range(5))
def test_folds_have_the_sizes_of_r(i):
    there = recorded()["splits"][i]
    n, k, rng = there["N"], there["K"], np.random.default_rng(i)
    np.testing.assert_array_equal(np.bincount(split_random(k, n, rng), minlength=k), there["random"])
    levels = [np.arange(53) % 13, np.arange(10) % 7, np.arange(12), np.arange(40) // 10, np.arange(101) % 23][i]
    grouped = split_grouped(k, levels, rng)
    assert all(len(set(grouped[levels == level])) == 1 for level in set(levels))
    first = [grouped[levels == level][0] for level in sorted(set(levels))]
    assert sorted(np.bincount(first, minlength=k)) == there["grouped"]
    if there["stratified"]:
        ids = split_stratified(k, levels, rng)
        counts = np.asarray(
            [[np.sum((ids == f) & (levels == level)) for level in sorted(set(levels))] for f in range(k)]
        )
        assert (np.ptp(counts, axis=0) <= 1).all()
        assert sorted(counts.sum(axis=1)) == sorted(there["stratified"])
