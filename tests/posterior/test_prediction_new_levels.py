"""Effects of new levels have the distribution that they should, whatever the blocks and the other rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import smoothstan as ss
from smoothstan.errors import DataError, OptionError
from smoothstan.posterior.new_levels import _root
from smoothstan.posterior.prediction import prepare

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
QUICK = {"chains": 2, "iter_warmup": 150, "iter_sampling": 150, "seed": 3, "backend": "stanli", "show_progress": False}
HOW = ("uncertainty", "gaussian", "old_levels")


@pytest.fixture(scope="module")
def shared_fit(frame: pd.DataFrame) -> ss.Posterior:
    """Effects of g on mu and sigma with one correlation matrix, and another group."""
    formula = ss.bf("y ~ x + (1 + x | ID | g) + (1 | site)", "sigma ~ (1 | ID | g)")
    return ss.brm(formula, frame, prior=ss.prior("normal(0, 1)", "sd"), adapt_delta=0.95, **QUICK)


def flat(array: Any) -> np.ndarray:
    return array.values.reshape(-1, *array.shape[2:])


def drawn(fit: ss.Posterior, name: str) -> np.ndarray:
    return flat(fit.draws["posterior"].dataset[name])


def effects(fit: ss.Posterior, levels: list[str], **options: Any) -> np.ndarray:
    """Return the effects of levels of g: intercept and slope of mu and the intercept of sigma, (3, draws, levels)."""
    at = pd.DataFrame({"x": 0.0, "g": levels})
    options = {"re_formula": "~ (1 + x | g)", "allow_new_levels": True, **options}
    zero = fit.posterior_linpred(at, **options) - fit.posterior_linpred(at, re_formula="NA")
    one = fit.posterior_linpred(at.assign(x=1.0), **options) - fit.posterior_linpred(at.assign(x=1.0), re_formula="NA")
    sigma = fit.posterior_linpred(at, dpar="sigma", **options) - fit.posterior_linpred(
        at, dpar="sigma", re_formula="NA"
    )
    return np.stack([flat(zero), flat(one - zero), flat(sigma)])


def covariance(fit: ss.Posterior) -> np.ndarray:
    """Return diag(sd) C diag(sd) of every draw from its named elements, (draws, 3, 3)."""
    names = ["Intercept", "x", "sigma_Intercept"]
    result = np.empty((fit.ndraws, 3, 3))
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            first, second = sorted((i, j))
            cor = 1.0 if i == j else drawn(fit, f"cor_g__{names[first]}__{names[second]}")
            result[:, i, j] = cor * drawn(fit, f"sd_g__{a}") * drawn(fit, f"sd_g__{b}")
    return result


def test_gaussian_effects_have_the_covariance_of_their_draw(shared_fit: ss.Posterior) -> None:
    """Whitened by the draw's covariance they are independent standard normals."""
    found = effects(shared_fit, [f"new {i}" for i in range(100)], sample_new_levels="gaussian", seed=1)
    inverse = np.linalg.inv(np.linalg.cholesky(covariance(shared_fit)))
    z = np.einsum("sij,jsl->isl", inverse, found).reshape(3, -1)
    count = z.shape[1]
    np.testing.assert_allclose(z.mean(axis=1), 0, atol=5 / np.sqrt(count))
    # The standard error of a variance is sqrt(2/n), that of a covariance sqrt(1/n).
    np.testing.assert_allclose(np.cov(z), np.eye(3), atol=5 * np.sqrt(2 / count))
    for row in z:
        assert stats.kstest(row, "norm").pvalue > 1e-4


def test_uncertainty_takes_all_effects_of_one_level_in_every_draw(shared_fit: ss.Posterior) -> None:
    found = effects(shared_fit, ["new"], seed=2)[:, :, 0]
    chosen = level_of(shared_fit, found)
    counts = np.bincount(chosen, minlength=10)
    assert stats.chisquare(counts).pvalue > 1e-4


def level_of(fit: ss.Posterior, found: np.ndarray) -> np.ndarray:
    """Return the level of the fit whose effects, on both parameters, are those found in each draw."""
    known = np.concatenate([drawn(fit, "r_g"), drawn(fit, "r_g__sigma")], axis=2)
    distance = np.abs(known - found.T[:, None, :]).max(axis=2)
    # The differences of predictors lose a few digits.
    np.testing.assert_allclose(distance.min(axis=1), 0, atol=1e-12)
    return distance.argmin(axis=1)


def test_old_levels_take_one_level_in_all_draws(shared_fit: ss.Posterior) -> None:
    found = effects(shared_fit, [f"new {i}" for i in range(40)], sample_new_levels="old_levels", seed=3)
    chosen = [set(level_of(shared_fit, found[:, :, i]).tolist()) for i in range(40)]
    assert all(len(levels) == 1 for levels in chosen)
    assert len(set.union(*chosen)) > 5


@pytest.mark.parametrize("how", HOW)
def test_a_new_level_is_the_same_in_every_table_and_block(
    shared_fit: ss.Posterior, frame: pd.DataFrame, how: str
) -> None:
    options = {"allow_new_levels": True, "sample_new_levels": how, "seed": 11}
    rows = frame.iloc[np.arange(60).repeat(2)].assign(g=[f"new {i % 7}" if i % 3 else "g4" for i in range(120)])
    whole = shared_fit.posterior_epred(rows, **options)
    blocks = prepare(shared_fit, rows, **options).blocks(16 * 300 * 14 * 8 + 200_000)
    parts = [block.evaluate("epred") for block in blocks]
    assert len(parts) > 5
    np.testing.assert_allclose(np.concatenate(parts, axis=1), flat(whole), rtol=1e-12)
    mixed = np.random.default_rng(1).permutation(120)[:50]
    np.testing.assert_allclose(shared_fit.posterior_epred(rows.iloc[mixed], **options), whole[:, :, mixed], rtol=1e-12)


def test_known_levels_beside_new_ones_keep_their_effects(shared_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    rows = frame.iloc[:20].copy()
    expected = shared_fit.posterior_epred(rows)
    rows["g"] = rows["g"].astype(str)
    rows.loc[rows.index[5], "g"] = "new"
    found = shared_fit.posterior_epred(rows, allow_new_levels=True, sample_new_levels="gaussian", seed=1)
    others = np.arange(20) != 5
    np.testing.assert_allclose(found[:, :, others], expected[:, :, others], rtol=1e-12)
    assert np.all(found[:, :, 5] != expected[:, :, 5])


@pytest.mark.parametrize("how", HOW)
def test_seeds(shared_fit: ss.Posterior, how: str) -> None:
    levels = [f"new {i}" for i in range(20)]
    first, again, other = (effects(shared_fit, levels, sample_new_levels=how, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert len(np.unique(first[0, 0])) > 5


def test_the_same_name_in_two_groups_is_two_levels(frame: pd.DataFrame) -> None:
    data = frame.assign(a=frame["g"].astype(str), b=frame["g"].astype(str).to_numpy()[::-1])
    fit = ss.brm("y ~ (1 | a) + (1 | b)", data, prior=ss.prior("normal(0, 1)", "sd"), **QUICK)
    options = {"allow_new_levels": True, "sample_new_levels": "gaussian", "seed": 1}
    base = fit.posterior_linpred({"a": ["new"]}, re_formula="NA")
    first = flat(fit.posterior_linpred({"a": ["new"]}, re_formula="~ (1 | a)", **options) - base)[:, 0]
    second = flat(fit.posterior_linpred({"b": ["new"]}, re_formula="~ (1 | b)", **options) - base)[:, 0]
    z = np.corrcoef(first / drawn(fit, "sd_a__Intercept"), second / drawn(fit, "sd_b__Intercept"))[0, 1]
    assert abs(z) < 5 / np.sqrt(fit.ndraws)


@pytest.mark.parametrize("how", HOW)
def test_choosing_effects_does_not_change_them(frame: pd.DataFrame, how: str) -> None:
    """The slope of a new level is the same with and without the other grouping of its group."""
    fit = ss.brm("y ~ x + (1 | g) + (0 + x | g)", frame, prior=ss.prior("normal(0, 1)", "sd"), **QUICK)
    options = {"allow_new_levels": True, "sample_new_levels": how, "seed": 5}
    at = pd.DataFrame({"x": [1.0], "g": ["new"]})
    whole = fit.posterior_linpred(at, **options)
    parts = [fit.posterior_linpred(at, re_formula=text, **options) for text in ("~ (1 | g)", "~ (0 + x | g)")]
    np.testing.assert_allclose(whole, sum(parts) - fit.posterior_linpred(at, re_formula="NA"), rtol=1e-9, atol=1e-12)


def test_missing_columns_and_values_of_a_group(shared_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    rows = frame.iloc[:6][["x", "g", "site"]]
    options = {"allow_new_levels": True, "seed": 8}
    absent = shared_fit.posterior_epred(rows.drop(columns="g"), **options)
    unknown = rows.assign(g=pd.Series([None] * 6, dtype=object))
    np.testing.assert_array_equal(shared_fit.posterior_epred(unknown, **options), absent)
    some = shared_fit.posterior_epred(rows.assign(g=["g1", None, "g2", None, "g3", None]), **options)
    np.testing.assert_allclose(some[:, :, 1::2], absent[:, :, 1::2], rtol=1e-12)
    with pytest.raises(DataError, match="no column 'g'"):
        shared_fit.posterior_epred(rows.drop(columns="g"))
    with pytest.raises(DataError, match="'g' of the new data has no value in row 0"):
        shared_fit.posterior_epred(unknown)


def test_a_missing_number_of_a_group_leaves_the_others_known(frame: pd.DataFrame) -> None:
    """Whole numbers become floats beside a missing one; 1e5 is still the level 100000."""
    data = frame.assign(id=frame["int"] * 100_000)
    fit = ss.brm("y ~ (1 | id)", data, prior=ss.prior("normal(0, 1)", "sd"), **QUICK)
    known = fit.posterior_epred(data.iloc[:4])
    gap = data.iloc[:4].astype({"id": float}).assign(id=lambda d: d["id"].where(np.arange(4) != 2))
    found = fit.posterior_epred(gap, allow_new_levels=True, seed=1)
    np.testing.assert_allclose(found[:, :, [0, 1, 3]], known[:, :, [0, 1, 3]], rtol=1e-12)


def test_a_level_may_be_called_na(frame: pd.DataFrame) -> None:
    """A text that reads like a missing value is a level of the fit, a missing value is not."""
    data = frame.assign(g=frame["g"].astype(str).replace("g1", "<NA>"))
    fit = ss.brm("y ~ (1 | g)", data, prior=ss.prior("normal(0, 1)", "sd"), **QUICK)
    rows = {"g": np.array(["<NA>", None], dtype=object)}
    found = flat(fit.posterior_epred(rows, allow_new_levels=True, sample_new_levels="gaussian", seed=1))
    np.testing.assert_allclose(found[:, 0], flat(fit.posterior_epred({"g": ["<NA>"]}))[:, 0], rtol=1e-12)
    assert np.all(found[:, 0] != found[:, 1])


def test_nested_groups(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ x + (1 | g/sub)", frame, prior=ss.prior("normal(0, 1)", "sd"), **QUICK)
    options = {"allow_new_levels": True, "seed": 4}
    at = pd.DataFrame({"x": 0.0, "g": ["g1", "g1", "new"], "sub": ["s1", "new", "s1"]})
    with pytest.raises(DataError, match="'g:sub' has the new level 'g1_new' in row 1"):
        fit.posterior_linpred(at.iloc[:2])
    fixed, outer = (fit.posterior_linpred(at, re_formula=r, **options) for r in ("NA", "~ (1 | g)"))
    inner = fit.posterior_linpred(at, re_formula="~ (1 | g:sub)", **options)
    whole = fit.posterior_linpred(at, **options)
    np.testing.assert_allclose(whole, outer + inner - fixed, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(fit.posterior_linpred(at, re_formula="~ (1 | g/sub)", **options), whole, rtol=1e-12)
    r_g, r_sub = (fit.draws["posterior"].dataset[name] for name in ("r_g", "r_g:sub"))
    np.testing.assert_allclose((outer - fixed)[:, :, :2], r_g.sel(g=["g1", "g1"])[..., 0], atol=1e-12)
    dim = r_sub.dims[2]
    np.testing.assert_allclose((inner - fixed)[:, :, 0], r_sub.sel({dim: "g1_s1"})[..., 0], atol=1e-12)
    # A new inner level is one of all the inner levels of the fit.
    assert stats.ks_2samp(flat(inner - fixed)[:, 1], flat(r_sub).ravel()).pvalue > 1e-4


def test_new_levels_of_a_predictor_are_refused(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ f + (1 | f)", frame, prior=ss.prior("normal(0, 1)", "sd"), **QUICK)
    with pytest.raises(DataError, match="'f' has the new level 'new'"):
        fit.posterior_epred({"f": ["new"]}, allow_new_levels=True)


def test_new_responses_of_new_levels_vary_as_they_should(shared_fit: ss.Posterior) -> None:
    """Given the draws of mu and sigma of the new level, new responses are normal."""
    at = pd.DataFrame({"x": 0.5, "g": [f"new {i}" for i in range(30)], "site": 1})
    options = {"allow_new_levels": True, "sample_new_levels": "gaussian", "seed": 6}
    mu, sigma = (shared_fit.posterior_epred(at, dpar=dpar, **options) for dpar in ("mu", "sigma"))
    z = ((shared_fit.posterior_predict(at, **options) - mu) / sigma).values.ravel()
    assert stats.kstest(z, "norm").pvalue > 1e-4


def test_correlations_of_one() -> None:
    """Rounding may leave a correlation matrix singular; a root exists all the same."""
    matrix = np.array([[[1.0, 0.3, 1.0], [0.3, 1.0, 0.3], [1.0, 0.3, 1.0]], [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]])
    root = _root(matrix)
    np.testing.assert_allclose(root @ root.swapaxes(1, 2), matrix, atol=1e-12)


def test_thousands_of_new_levels(radon_fit: ss.Posterior) -> None:
    """Every row its own new level: the average over levels is the population's."""
    rows = {"county": [f"c{i}" for i in range(3000)]}
    table = radon_fit.fitted(rows, allow_new_levels=True, sample_new_levels="gaussian", seed=1, ndraws=500)
    sd = float(radon_fit.draws["posterior"].dataset["sd_county__Intercept"].mean())
    expected = float(radon_fit.draws["posterior"].dataset["b_Intercept"].mean())
    # Each row's mean over 500 draws has this standard error.
    assert table["Estimate"].mean() == pytest.approx(expected, abs=5 * sd / np.sqrt(500))
    assert table["Est.Error"].mean() == pytest.approx(sd, rel=0.1)


def test_how_is_checked(shared_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="must be one of 'uncertainty', 'gaussian', 'old_levels', got 'normal'"):
        shared_fit.posterior_epred(frame.iloc[:1], allow_new_levels=True, sample_new_levels="normal")
    with pytest.raises(OptionError, match="allow_new_levels must be True or False"):
        shared_fit.posterior_epred(frame.iloc[:1], allow_new_levels="yes")
    assert replace(prepare(shared_fit, frame.iloc[:1]), start=0).new_levels is None
