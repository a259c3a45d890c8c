"""Groupings in combination, from the fit to predictions: crossed, nested, with unused levels."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError
from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
OPTIONS: dict[str, Any] = {"chains": 1, "iter_warmup": 30, "iter_sampling": 6, "seed": 1, "backend": "stanli",
                           "show_progress": False}  # fmt: skip
LEVELS = [f"l{i}" for i in range(9)]
A = 0.7 ** np.abs(np.subtract.outer(range(9), range(9)))
DATA2 = {"A": pd.DataFrame(A, index=LEVELS)}
MODELS: dict[str, Any] = {
    "three crossed groups with IDs": (
        "y ~ x + (x | a | g) + (1 | b | h) + (1 | c | k)", "sigma ~ (1 | a | g) + (1 | b | h) + (0 + x | c | k)",
    ),
    "nested, uncorrelated": "y ~ x + (x || g/h)",
    "cell means by a factor of the group": "y ~ (0 + f || gr(g, by = side))",
    "unused levels of a known covariance": "y ~ x + (1 | gr(g, cov = A))",
    "members with covariates": "y ~ x + (1 + mmc(x, z) | mm(g, k))",
}  # fmt: skip


@cache
def table() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    d = pd.DataFrame(rng.normal(size=(72, 3)), columns=["x", "z", "y"])
    d["g"], d["h"], d["k"] = np.resize(LEVELS[:6], 72), rng.choice(list("abc"), 72), np.resize(LEVELS[1:5], 72)
    d["f"], d["side"] = rng.choice(["p", "q r"], 72), np.where(d["g"] < "l3", "one", "two")
    return d


@cache
def fitted(name: str) -> ss.Posterior:
    return ss.brm(MODELS[name], table(), data2=DATA2, **OPTIONS)


@pytest.mark.parametrize("name", MODELS)
def test_points_stand_for_the_draws(name: str) -> None:
    here = unconstrained_posterior(fitted(name))
    np.testing.assert_allclose(here.log_density(here.points), here.fit.flat["lp__"], rtol=1e-6, atol=1e-6)
    for variable, values in here.draws(here.points).items():
        np.testing.assert_allclose(values, here.fit.flat[variable], rtol=1e-7, atol=1e-7, err_msg=variable)


@pytest.mark.parametrize("how", ["uncertainty", "gaussian", "old_levels"])
@pytest.mark.parametrize("name", MODELS)
def test_known_levels_keep_their_predictions_beside_new_ones(name: str, how: str) -> None:
    fit = fitted(name)
    rows = table().iloc[:5].reset_index(drop=True)
    mixed = rows.assign(g=["new", *rows.g[1:]], side=["one", *rows.side[1:]])
    found = fit.posterior_linpred(mixed, allow_new_levels=True, sample_new_levels=how, seed=1).values
    np.testing.assert_allclose(found[:, :, 1:], fit.posterior_linpred(rows).values[:, :, 1:], rtol=1e-12, atol=1e-12)
    assert np.all(np.isfinite(found))
    assert np.all(np.isfinite(fit.posterior_predict(mixed, allow_new_levels=True, seed=1).values))


def test_crossed_groups_with_ids_add_up() -> None:
    fit = fitted("three crossed groups with IDs")
    d, draws = table(), fit.as_pandas()
    one = draws.iloc[3]
    row = d.iloc[7]
    mean = one["b_Intercept"] + one["b_x"] * row.x + one[f"r_g[{row.g},Intercept]"] + one[f"r_g[{row.g},x]"] * row.x
    mean += one[f"r_h[{row.h},Intercept]"] + one[f"r_k[{row.k},Intercept]"]
    log_sigma = one["b_sigma_Intercept"] + one[f"r_g__sigma[{row.g},Intercept]"]
    log_sigma += one[f"r_h__sigma[{row.h},Intercept]"] + one[f"r_k__sigma[{row.k},x]"] * row.x
    assert fit.posterior_linpred().values[0, 3, 7] == pytest.approx(mean, rel=1e-12)
    assert fit.posterior_epred(dpar="sigma").values[0, 3, 7] == pytest.approx(np.exp(log_sigma), rel=1e-12)
    assert "cor_g__x__sigma_Intercept" in draws
    assert "cor_k__Intercept__sigma_x" in draws


def test_levels_that_only_the_covariance_has_are_new() -> None:
    """As in brms: the levels of the fit are those of its data."""
    fit = fitted("unused levels of a known covariance")
    assert fit.standata["Lcov_1"].shape == (6, 6)
    np.testing.assert_allclose(fit.standata["Lcov_1"] @ fit.standata["Lcov_1"].T, A[:6, :6], atol=1e-12)
    rows = pd.DataFrame({"x": [0.3], "g": ["l8"]})
    with pytest.raises(DataError, match="new level 'l8'"):
        fit.posterior_epred(rows)
    assert fit.posterior_epred(rows, allow_new_levels=True, seed=2).shape == (1, 6, 1)


@pytest.mark.parametrize(("part", "kept"), [("mmc(x, z)", ["mmcxz"]), ("1 + mmc(x, z)", ["Intercept", "mmcxz"])])
def test_effects_of_covariates_of_members_can_be_kept(part: str, kept: list[str]) -> None:
    fit = fitted("members with covariates")
    left_out = "0 + " if "1" not in part else ""
    found = fit.posterior_linpred(re_formula=f"~ ({left_out}{part} | mm(g, k))").values[0]
    d, flat = table(), fit.flat
    expected = flat["b_Intercept"][:, None] + flat["b_x"][:, None] * d.x.to_numpy()
    levels, names = list(fit.design.groups[0].levels), ["Intercept", "mmcxz"]
    for column, covariate in (("g", d.x), ("k", d.z)):
        own = flat["r_mmgk"][:, [levels.index(level) for level in d[column]]]
        for name in kept:
            z = covariate.to_numpy() if name == "mmcxz" else 1.0
            expected = expected + 0.5 * own[:, :, names.index(name)] * z
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
