"""Predictions of categories: a third dimension in draws, tables, effects, blocks and files."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from given_draws import fit_of_draws
from scipy import special

import smoothstan as ss
from smoothstan.errors import OptionError
from smoothstan.posterior.prediction import KINDS, prepare

LABELS = ("a", "b c", "d-e")
NDRAWS = 40


@cache
def table() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    y = pd.Categorical(np.asarray(LABELS)[np.r_[0, 1, 2, rng.integers(0, 3, 47)]], categories=LABELS)
    g = rng.choice(["g1", "g2", "g3"], 50)
    return pd.DataFrame({"y": y, "x": rng.normal(size=50), "f": rng.choice(["u", "v"], 50), "g": g})


@cache
def made() -> ss.Posterior:
    rng = np.random.default_rng(6)
    given = {f"b_{p}_x": rng.normal(0.5, 0.2, NDRAWS) for p in ("mubc", "mude")}
    return fit_of_draws("y ~ x + f + (1 | g)", table(), family="categorical", ndraws=NDRAWS, **given)


def log_odds(fit: ss.Posterior, rows: pd.DataFrame) -> np.ndarray:
    """Return (draws, rows, 3) from the draws themselves."""
    flat, levels = fit.flat, {"g1": 0, "g2": 1, "g3": 2}
    total = np.zeros((NDRAWS, len(rows), 3))
    for k, p in enumerate(("mubc", "mude"), start=1):
        total[:, :, k] = flat[f"b_{p}_Intercept"][:, None] + np.outer(flat[f"b_{p}_x"], rows["x"])
        total[:, :, k] += np.outer(flat[f"b_{p}_fv"], rows["f"] == "v")
        total[:, :, k] += flat[f"r_g__{p}"][:, [levels[g] for g in rows["g"]], 0]
    return total


def flat(values: xr.DataArray) -> np.ndarray:
    return values.values.reshape(-1, *values.shape[2:])


def test_draws_are_those_of_the_softmax() -> None:
    fit, odds = made(), log_odds(made(), table())
    found = fit.posterior_epred()
    assert found.dims == ("chain", "draw", "obs", "category")
    assert tuple(found["category"].values) == LABELS
    np.testing.assert_allclose(flat(found), special.softmax(odds, axis=2), rtol=1e-12)
    linear = fit.posterior_linpred()
    assert linear.dims == ("chain", "draw", "obs", "dpar")
    assert tuple(linear["dpar"].values) == ("mubc", "mude")
    np.testing.assert_allclose(flat(linear), odds[:, :, 1:], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(flat(fit.posterior_linpred(dpar="mude")), odds[:, :, 2], rtol=1e-12, atol=1e-13)
    codes = table()["y"].cat.codes.to_numpy()
    expected = special.log_softmax(odds, axis=2)[:, np.arange(50), codes]
    np.testing.assert_allclose(flat(fit.log_lik()), expected, rtol=1e-11)


def test_new_responses_follow_the_probabilities() -> None:
    fit, rows = made(), pd.DataFrame({"x": np.zeros(2000), "f": "v", "g": "g2"})
    drawn = fit.posterior_predict(rows, seed=1)
    assert drawn.attrs["categories"] == list(LABELS)
    shares = np.stack([(drawn == code).mean(("chain", "obs")) for code in (1, 2, 3)], axis=1)
    chances = flat(fit.posterior_epred(rows[:1]))[:, 0]
    # 120 shares of 2000 draws each: none is off by more than five standard errors.
    assert np.all(np.abs(shares - chances) < 5 * np.sqrt(chances * (1 - chances) / 2000) + 1e-12)
    codes, text = (fit.posterior_predict(rows[:5], seed=1, labels=labels) for labels in (False, True))
    np.testing.assert_array_equal(text, np.asarray(LABELS)[codes.values.astype(int) - 1])


def test_tables() -> None:
    fit, rows = made(), table()[:4]
    fitted = fit.fitted(rows)
    assert fitted.index.names == ["obs", "category"]
    wide = fitted["Estimate"].unstack("category")
    assert tuple(wide.columns) == LABELS
    np.testing.assert_allclose(wide, flat(fit.posterior_epred(rows)).mean(axis=0), rtol=1e-12)
    assert fit.fitted(rows, scale="linear").index.names == ["obs", "dpar"]
    predicted = fit.predict(rows, seed=2)
    assert list(predicted.columns) == [f"P(Y = {label})" for label in LABELS]
    drawn = flat(fit.posterior_predict(rows, seed=2))
    np.testing.assert_allclose(predicted.to_numpy(), np.stack([(drawn == c).mean(axis=0) for c in (1, 2, 3)], axis=1))
    assert fit.predict(rows, seed=2, summary=False).attrs["categories"] == list(LABELS)


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_and_files_are_the_whole(kind: str, tmp_path: Path) -> None:
    fit, rows = made(), pd.concat([table()] * 4, ignore_index=True)
    whole = next(fit.prediction_blocks(kind, rows, seed=5))
    least = prepare(fit, rows, kind)._demand()
    allowed = least.constant + 48 * least.per_row
    blocks = list(fit.prediction_blocks(kind, rows, seed=5, max_memory=allowed))
    assert len(blocks) == 5
    xr.testing.assert_allclose(xr.concat(blocks, "obs"), whole, rtol=1e-12)
    for ending in ("nc", "zarr"):
        path = tmp_path / f"p.{ending}"
        fit.write_predictions(path, kind, rows, seed=5, max_memory=allowed)
        with xr.open_dataset(path, engine="zarr" if ending == "zarr" else None) as stored:
            np.testing.assert_allclose(stored[kind], whole, rtol=1e-12)
            for dim in whole.dims[3:]:
                assert list(stored[dim].values) == list(whole[dim].values)


def test_a_whole_result_counts_its_categories() -> None:
    fit, rows = made(), pd.concat([table()] * 20, ignore_index=True)
    # 40 draws x 1000 rows x 3 categories of 8 bytes, with what one block needs beside them.
    with pytest.raises(OptionError, match="more than max_memory allows"):
        fit.posterior_epred(rows, max_memory=900_000)
    assert fit.posterior_epred(rows, max_memory=3_000_000).shape == (1, NDRAWS, 1000, 3)


def test_saved_and_loaded(tmp_path: Path) -> None:
    made().save(tmp_path / "fit.nc")
    again = ss.load_fit(tmp_path / "fit.nc")
    xr.testing.assert_equal(again.posterior_epred(), made().posterior_epred())
    assert again.design.family == made().design.family


def test_effects_by_category() -> None:
    fit = made()
    effects = fit.conditional_effects("x", categorical=True, conditions={"f": "v"}, resolution=4, spaghetti=True)
    (name,), part = effects, effects.part("x:cats__")
    shown = effects[name]
    assert (name, effects.y_label, list(shown["cats__"].unique())) == ("x:cats__", "Probability", list(LABELS))
    rows = pd.DataFrame({"x": shown["x"][:4], "f": "v"})
    probabilities = flat(fit.posterior_epred(rows, re_formula="NA", allow_new_levels=True))
    expected = np.median(probabilities, axis=0).T.ravel()
    np.testing.assert_allclose(shown["estimate__"], expected, rtol=1e-12)
    np.testing.assert_allclose(part.draws, probabilities.transpose(0, 2, 1).reshape(NDRAWS, -1), rtol=1e-12)
    assert len(effects.plot()) == 1
    with pytest.raises(OptionError, match="not on the scale of the response"):
        effects.plot(points=True)


def test_marginal_effects_by_category() -> None:
    fit, rows = made(), table()[:6]
    predicted = fit.predictions(rows, center="mean").table
    assert list(predicted["group"].unique()) == list(LABELS)
    expected = flat(fit.posterior_epred(rows)).mean(axis=0)
    np.testing.assert_allclose(predicted["estimate"], expected.T.ravel(), rtol=1e-12)
    compared = fit.avg_comparisons({"f": ["u", "v"]}, rows, center="mean").table
    sides = [flat(fit.posterior_epred(rows.assign(f=f))).mean(axis=1) for f in ("u", "v")]
    np.testing.assert_allclose(compared["estimate"], (sides[1] - sides[0]).mean(axis=0), rtol=1e-10)
    assert list(compared.columns[:3]) == ["term", "group", "contrast"]
    slopes = fit.slopes("x", rows, center="mean").table
    p = flat(fit.posterior_epred(rows))
    b = np.stack([np.zeros(NDRAWS), fit.flat["b_mubc_x"], fit.flat["b_mude_x"]], axis=1)[:, None, :]
    # dp_k/dx = p_k (b_k - sum_j p_j b_j); the error of the central difference is far below 1e-7.
    exact = (p * (b - (p * b).sum(axis=2, keepdims=True))).mean(axis=0)
    np.testing.assert_allclose(slopes["estimate"], exact.T.ravel(), rtol=1e-6, atol=1e-8)
    linear = fit.avg_slopes("x", rows, type="link", center="mean").table
    assert list(linear["group"]) == ["mubc", "mude"]
    np.testing.assert_allclose(linear["estimate"], b[:, 0, 1:].mean(axis=0), rtol=1e-8)


def test_averages_over_new_groups() -> None:
    """The product rule against simulation: 4000 new groups per draw, standard error of a probability at most 0.008."""
    fit = made()
    found = fit.predictions(pd.DataFrame({"x": [0.3], "f": "u"}), integrate_groups=True).draws
    rng, odds = np.random.default_rng(8), np.zeros((NDRAWS, 4000, 3))
    for k, p in enumerate(("mubc", "mude"), start=1):
        fixed = fit.flat[f"b_{p}_Intercept"] + 0.3 * fit.flat[f"b_{p}_x"]
        odds[:, :, k] = fixed[:, None] + fit.flat[f"sd_g__{p}_Intercept"][:, None] * rng.normal(size=(NDRAWS, 4000))
    np.testing.assert_allclose(found, special.softmax(odds, axis=2).mean(axis=1), atol=0.035)


def test_leave_one_out_expectations_of_probabilities() -> None:
    fit = made()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        psis = fit.loo(save_psis=True)
    found = fit.loo_epred(psis_object=psis)
    weights = np.exp(psis.log_weights)
    np.testing.assert_allclose(found, np.einsum("sn,snk->nk", weights, flat(fit.posterior_epred())), rtol=1e-10)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-10)
    assert fit.loo_epred(psis_object=psis, type="quantile", probs=[0.1, 0.9]).shape == (50, 3, 2)


REFUSED: dict[str, Any] = {
    "residuals are not defined for categories": lambda fit: fit.residuals(),
    "predictive errors are not defined for categories": lambda fit: fit.predictive_error(),
    "predictive intervals are not defined for unordered": lambda fit: fit.predictive_interval(),
    r"values of bayes_R2\(\) are not defined for unordered": lambda fit: fit.bayes_R2(),
    r"expectations of new responses.*use loo_epred\(\)": lambda fit: fit.loo_predict(),
    "set categorical=True": lambda fit: fit.conditional_effects("x"),
    "takes method='posterior_epred' and no dpar": lambda fit: fit.conditional_effects(
        "x", categorical=True, dpar="mude"
    ),
    "categories take the place of a second variable": lambda fit: fit.conditional_effects("x:f", categorical=True),
    "averages of new responses.*use type='response'": lambda fit: fit.avg_predictions(type="prediction"),
    r"use posterior_epred\(\)": lambda fit: fit.posterior_linpred(transform=True),
    "'mu' has no linear predictor": lambda fit: fit.posterior_linpred(dpar="mu"),
    "has no parameter 'sigma'": lambda fit: fit.posterior_epred(dpar="sigma"),
    "labels must be True or False": lambda fit: fit.posterior_predict(labels="yes"),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_categories_do_not_have(message: str) -> None:
    with pytest.raises(OptionError, match=message):
        REFUSED[message](made())


def test_labels_belong_to_categories() -> None:
    fit = fit_of_draws("x ~ f", table())
    with pytest.raises(OptionError, match="labels belong to categories"):
        fit.posterior_predict(labels=True)
    with pytest.raises(OptionError, match="has no categories"):
        fit.conditional_effects("f", categorical=True)


@pytest.mark.slow
def test_recovers_the_log_odds() -> None:
    rng, n = np.random.default_rng(12), 900
    x, group, effects = rng.normal(size=n), np.arange(n) % 15, rng.normal(0, 0.8, 15)
    odds = np.stack([np.zeros(n), 0.5 + x, -0.4 - 0.7 * x + effects[group]], axis=1)
    y = [LABELS[rng.choice(3, p=row)] for row in special.softmax(odds, axis=1)]
    data = pd.DataFrame({"y": y, "x": x, "g": group.astype(str)})
    fit = ss.brm(
        ["y ~ x", "mude ~ x + (1 | g)"], data, family="categorical", chains=2, iter_warmup=300, iter_sampling=300,
        seed=1, backend="stanli", show_progress=False,
    )  # fmt: skip
    truth = {"mubc_Intercept": 0.5, "mubc_x": 1.0, "mude_x": -0.7}
    table = fit.fixef()
    for name, value in truth.items():
        assert abs(table.loc[name, "Estimate"] - value) < 3.5 * table.loc[name, "Est.Error"]
    found = fit.ranef()["g"]["Estimate"].to_numpy()
    order = [int(level) for level in fit.design.groups[0].levels]
    assert np.corrcoef(found, effects[order])[0, 1] > 0.8


def test_bars_have_the_labels_of_categories() -> None:
    check = made().pp_check("bars", group="f", seed=2)
    for axes in check.axes:
        assert [label.get_text() for label in axes.get_xticklabels()] == list(LABELS)
        np.testing.assert_array_equal(axes.get_xticks(), [1, 2, 3])
    shown = check.table.pivot(index="f", columns="category", values="y")
    counts = table().groupby(["f", "y"], observed=False).size().unstack()
    np.testing.assert_array_equal(shown[list(LABELS)], counts[list(LABELS)])
