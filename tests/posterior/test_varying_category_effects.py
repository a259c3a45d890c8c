"""Category specific effects that vary by group: likelihood, names, parts of them, new levels, files, points."""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.engines.stanli import _model
from smoothstan.errors import FormulaError, SmoothstanWarning
from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

sys.path.append(str(Path(__file__).parents[1] / "families"))
from ordinal_reference import probabilities

OPTIONS = {"chains": 1, "iter_warmup": 40, "iter_sampling": 8, "seed": 3, "backend": "stanli",
           "show_progress": False}  # fmt: skip
SD = ss.prior("normal(0, 0.3)", class_="sd")
K = 3


def table(n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"x": rng.normal(0, 1, n), "z": rng.uniform(-1, 1, n)})
    data["g"], data["h"] = [f"g{i}" for i in rng.permutation(n) % 5], [f"g{i}" for i in rng.permutation(n) % 5]
    data["side"] = np.where(data["g"] < "g2", "u", "v")
    data["y"] = 1 + np.digitize(0.8 * data["x"] + rng.logistic(size=n), [-1.5, 0, 1.5])
    return data


TABLE = table()
MODELS = {
    "sratio": ("y ~ z + cs(x) + (1 + cs(x) | g)", "logit"),
    "cratio": ("y ~ z + (cs(x) || gr(g, by = side))", "probit"),
    "acat": ("y ~ (cs(x) | g) + (0 + z | g)", "logit"),
    "cumulative": ("y ~ z + (cs(1) | mm(g, h))", "logit"),
}


@cache
def fitted(family: str) -> ss.Posterior:
    formula, link = MODELS[family]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmoothstanWarning)
        return ss.brm(formula, TABLE, family=ss.family(family, link), prior=[SD], **OPTIONS)


def thresholds_by_hand(family: str, draw: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows, 3) thresholds and (rows,) means, from the named draws of the posterior alone."""
    draws = fitted(family).as_pandas().iloc[draw]
    thresholds = np.tile([draws[f"b_Intercept[{k}]"] for k in (1, 2, 3)], (len(TABLE), 1))
    mu = draws.get("b_z", 0.0) * TABLE.z.to_numpy()
    for i, row in enumerate(TABLE.itertuples()):
        members = [(row.g, "g", 1.0)] if family != "cumulative" else [(row.g, "mmgh", 0.5), (row.h, "mmgh", 0.5)]
        for level, group, weight in members:
            for k in range(K):
                thresholds[i, k] -= weight * draws[f"r_{group}[{level},Intercept[{k + 1}]]"]
                thresholds[i, k] -= row.x * draws.get(f"r_{group}[{level},x[{k + 1}]]", 0.0)
                thresholds[i, k] -= row.x * draws.get(f"bcs_x[{k + 1}]", 0.0) / len(members)
        mu[i] += row.z * draws.get(f"r_g[{row.g},z]", 0.0)
    return thresholds, mu


@pytest.mark.parametrize("family", MODELS)
def test_likelihood_is_that_of_the_definition(family: str) -> None:
    fit, link = fitted(family), MODELS[family][1]
    here = unconstrained_posterior(fit)
    silent = _model(replace(here.program, data=here.program.data | {"prior_only": 1}))
    found = fit.log_lik().values.reshape(fit.ndraws, -1)
    for draw in (0, 7):
        thresholds, mu = thresholds_by_hand(family, draw)
        chances = [probabilities(family, link, t, m, 1.0) for t, m in zip(thresholds, mu, strict=True)]
        expected = [np.log(row[y - 1]) for row, y in zip(chances, TABLE.y, strict=True)]
        np.testing.assert_allclose(found[draw], expected, rtol=1e-9)
        q = here.points[draw]
        program = _model(here.program).log_prob_grad(q)[0] - silent.log_prob_grad(q)[0]
        assert program == pytest.approx(sum(expected), rel=1e-9)


@pytest.mark.parametrize("family", MODELS)
def test_points_stand_for_the_draws(family: str) -> None:
    here = unconstrained_posterior(fitted(family))
    np.testing.assert_allclose(here.log_density(here.points), here.fit.flat["lp__"], rtol=1e-6, atol=1e-6)
    for name, values in here.draws(here.points).items():
        np.testing.assert_allclose(values, here.fit.flat[name], rtol=1e-7, atol=1e-7, err_msg=name)


def test_names() -> None:
    names = fitted("sratio").variables()
    for k in (1, 2, 3):
        assert {f"sd_g__Intercept[{k}]", f"sd_g__x[{k}]", f"r_g[g0,x[{k}]]"} <= set(names)
    assert {"cor_g__Intercept[1]__Intercept[2]", "cor_g__x[2]__x[3]"} <= set(names)
    assert "sd_g__x[2]:sideu" in fitted("cratio").variables()


@pytest.mark.parametrize(
    ("part", "left_out"),
    [("~ (cs(x) | g)", ""), ("~ (cs(1) | g)", "x"), ("~ (cs(0 + x) | g)", "Intercept"), ("NA", "[")],
)
def test_part_of_the_effects(part: str, left_out: str) -> None:
    fit = fitted("sratio")
    flat = dict(fit.flat)
    labels = list(fit.draws["posterior"]["r_g"].coords["coef"].values)
    flat["r_g"] = flat["r_g"].copy()
    flat["r_g"][:, :, [bool(left_out) and left_out in label for label in labels]] = 0
    parameters = fit.design.parameters(flat, fit.design.table)
    expected = fit.design.family.mean(parameters, fit.design.observed)
    np.testing.assert_allclose(fit.posterior_epred(re_formula=part).values[0], expected, rtol=1e-12)


def test_part_that_is_not_there() -> None:
    with pytest.raises(FormulaError, match=r"effect of cs\(z\) does not vary by g .*cs\(1\), cs\(x\)"):
        fitted("sratio").posterior_epred(re_formula="~ (cs(z) | g)")
    with pytest.raises(FormulaError, match=r"effect of 1 does not vary by g"):
        fitted("sratio").posterior_epred(re_formula="~ (1 | g)")


@pytest.mark.parametrize("how", ["uncertainty", "gaussian", "old_levels"])
def test_new_levels(how: str) -> None:
    fit = fitted("sratio")
    rows = TABLE.iloc[[0, 1]].assign(g=["new", "g1"])
    found = fit.posterior_epred(rows, allow_new_levels=True, sample_new_levels=how, seed=1).values
    np.testing.assert_allclose(found.sum(axis=3), 1, atol=1e-12)
    known = fit.posterior_epred(TABLE.iloc[[1]].assign(g="g1")).values
    np.testing.assert_allclose(found[:, :, [1]], known, rtol=1e-12)
    if how == "uncertainty":
        each = np.stack([fit.posterior_epred(rows.iloc[[0]].assign(g=f"g{i}")).values for i in range(5)])
        assert np.all(np.abs(each - found[None, :, :, :1]).max(axis=(3, 4)).min(axis=0) < 1e-12)


def test_stored_fit_answers_the_same(tmp_path: Path) -> None:
    fit = fitted("cratio")
    fit.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    np.testing.assert_array_equal(fit.posterior_epred().values, loaded.posterior_epred().values)


def test_coefficients_of_a_level_are_its_thresholds() -> None:
    fit = fitted("sratio")
    draws = fit.as_pandas()
    expected = (draws["b_Intercept[2]"] - draws["r_g[g3,Intercept[2]]"]).mean()
    assert fit.coef()["g"].loc[("g3", "Intercept[2]"), "Estimate"] == pytest.approx(expected)
    slope = (draws["bcs_x[1]"] + draws["r_g[g3,x[1]]"]).mean()
    assert fit.coef()["g"].loc[("g3", "x[1]"), "Estimate"] == pytest.approx(slope)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
def test_recovers_the_deviations_by_threshold() -> None:
    rng = np.random.default_rng(4)
    levels, per, sd = 40, 20, np.asarray([1.5, 0.3])
    g = np.repeat(np.arange(levels), per)
    effects = sd * rng.normal(size=(levels, 2))
    steps = rng.logistic(size=(len(g), 2)) > np.asarray([-0.5, 0.5]) - effects[g]
    data = pd.DataFrame({"y": 1 + steps[:, 0] + steps[:, 0] * steps[:, 1], "g": np.char.add("g", g.astype(str))})
    fit = ss.brm(
        "y ~ 1 + (cs(1) || g)", data, family="sratio", chains=2, iter_warmup=150, iter_sampling=150, seed=2,
        backend="stanli", show_progress=False,
    )  # fmt: skip
    truth = {"sd_g__Intercept[1]": 1.5, "sd_g__Intercept[2]": 0.3, "b_Intercept[1]": -0.5, "b_Intercept[2]": 0.5}
    for name, value in truth.items():
        low, high = np.quantile(fit.flat[name], [0.005, 0.995])
        assert low < value < high, name
