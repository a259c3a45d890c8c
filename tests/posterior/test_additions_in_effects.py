"""Effects and marginal effects of models whose responses have additions: where their columns are held."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from given_draws import fit_of_draws

import smoothstan as ss
from smoothstan.errors import OptionError

MODELS = {
    "rate": ("count | rate(units) ~ x + f", "poisson"),
    "se": ("y | se(w, sigma = TRUE) ~ x + f", "gaussian"),
    "trunc": ("y | trunc(lb = low, ub = high) ~ x + f", "gaussian"),
    "trials": ("hits | trials(n) + weights(w) ~ x + f", "binomial"),
}
COLUMNS = {"rate": ("units",), "se": ("w",), "trunc": ("low", "high"), "trials": ("n",)}


@cache
def table() -> pd.DataFrame:
    rng = np.random.default_rng(9)
    data = pd.DataFrame({"x": rng.normal(size=40), "f": rng.choice(["u", "v"], 40), "w": rng.uniform(0.5, 2, 40)})
    data["units"] = rng.integers(1, 6, 40)
    data["count"] = rng.poisson(data["units"])
    data["y"] = rng.normal(size=40)
    data["low"], data["high"] = data["y"] - 1 - data["w"], data["y"] + 1 + data["w"]
    data["n"] = rng.integers(3, 9, 40)
    data["hits"] = rng.binomial(data["n"], 0.4)
    return data


@cache
def made(name: str) -> ss.Posterior:
    formula, family = MODELS[name]
    return fit_of_draws(formula, table(), family=family, ndraws=20)


@pytest.mark.parametrize("name", MODELS)
def test_grids_hold_additions_at_their_mean(name: str) -> None:
    grid, data = ss.datagrid(made(name), x=[0.0, 1.0]), table()
    for column in COLUMNS[name]:
        mean = data[column].mean()
        whole = pd.api.types.is_integer_dtype(data[column])
        np.testing.assert_allclose(grid[column], np.round(mean) if whole else mean)
    assert set(grid.columns) == {"x", "f", *COLUMNS[name]}
    np.testing.assert_allclose(
        ss.predictions(made(name), ss.datagrid(x=[0.0, 1.0])).table["estimate"],
        np.median(made(name).posterior_epred(grid).values.reshape(20, 2), axis=0),
    )


@pytest.mark.parametrize("name", MODELS)
def test_marginal_effects_keep_the_additions_of_their_rows(name: str) -> None:
    fit, rows = made(name), table().iloc[:6]
    both = [fit.posterior_epred(rows.assign(x=rows["x"] + step)).values.reshape(20, -1) for step in (0, 1)]
    found = ss.comparisons(fit, new_data=rows, variables="x").table["estimate"]
    np.testing.assert_allclose(found, np.median(both[1] - both[0], axis=0), rtol=1e-12)


def test_counts_in_pictures_have_the_units_of_the_curve() -> None:
    data, fit = table(), made("rate")
    for units in (None, 10):
        conditions = None if units is None else {"units": units}
        points = fit.conditional_effects("x", conditions=conditions).part("x").points
        rows = data[data["f"] == "u"]
        wanted = rows["count"] / rows["units"] * (data["units"].mean() if units is None else units)
        np.testing.assert_allclose(points["resp__"], wanted)


def test_bounds_of_counts_between_whole_numbers_in_new_data() -> None:
    data = table().assign(lb=lambda d: d["count"] - 1, ub=lambda d: d["count"] + 1)
    fit = fit_of_draws("count | trunc(lb, ub) ~ x", data, family="poisson", ndraws=20)
    between = data.assign(lb=data["lb"] - 0.75, ub=data["ub"] + 0.5)
    for method in ("posterior_epred", "log_lik"):
        np.testing.assert_array_equal(getattr(fit, method)(between).values, getattr(fit, method)(data).values)


def test_conditions_on_additions() -> None:
    made_conditions = ss.make_conditions(made("rate"), "units")
    spread = table()["units"].mean() + np.array([-1, 0, 1]) * table()["units"].std()
    np.testing.assert_allclose(made_conditions["units"], spread)
    part = made("rate").conditional_effects("f", conditions=made_conditions).part("f").table
    medians = part["estimate__"].to_numpy().reshape(3, -1)
    np.testing.assert_allclose(medians / medians[0], np.outer(spread / spread[0], [1, 1]))


def test_thresholds_in_linear_predictors_are_of_ordered_categories() -> None:
    with pytest.raises(OptionError, match="poisson has no thresholds"):
        made("rate").posterior_linpred(incl_thres=True)
    data = table().assign(grade=np.resize([1, 2, 3], 40))
    fit = fit_of_draws("grade ~ x + cs(w)", data, family="acat", ndraws=20)
    with pytest.raises(OptionError, match="no dpar and no transform"):
        fit.posterior_linpred(incl_thres=True, dpar="mu")
    with pytest.raises(OptionError, match="differs by threshold"):
        fit.conditional_effects("x", method="posterior_linpred")
    assert list(fit.conditional_effects("w", method="posterior_linpred", dpar="mu")) == ["w"]


def test_linear_predictors_by_threshold_in_tables() -> None:
    data = table().assign(grade=np.resize([1, 2, 3], 40))
    fit = fit_of_draws("grade ~ x + cs(w)", data, family="sratio", ndraws=20)
    flat = fit.flat
    wanted = np.stack(
        [np.outer(flat["b_x"], data["x"]) + np.outer(flat[f"bcs_w[{k}]"], data["w"]) for k in (1, 2)], axis=2
    )
    found = fit.posterior_linpred()
    assert found.dims == ("chain", "draw", "obs", "threshold")
    np.testing.assert_allclose(found.values.reshape(wanted.shape), wanted, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(fit.fitted(scale="linear")["Estimate"], wanted.mean(axis=0).ravel(), atol=1e-12)
    np.testing.assert_allclose(
        fit.posterior_linpred(dpar="mu").values.reshape(20, -1), np.outer(flat["b_x"], data["x"])
    )
    slopes = ss.slopes(fit, new_data=data.iloc[:2], type="link", variables="w").table
    # A difference over a small step loses digits.
    np.testing.assert_allclose(
        slopes["estimate"], np.repeat([np.median(flat[f"bcs_w[{k}]"]) for k in (1, 2)], 2), rtol=1e-8
    )
