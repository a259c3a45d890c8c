"""What stands right of the bar is held where an effect is shown: denominators, errors and bounds at their mean."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataWarning

FIT: dict[str, Any] = {
    "backend": "stanli", "chains": 1, "iter_warmup": 40, "iter_sampling": 10, "seed": 1, "show_progress": False,
}  # fmt: skip


def table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x = rng.normal(size=30)
    return pd.DataFrame({
        "x": x, "y": 3 + 0.2 * x + rng.normal(size=30) / 4, "s": rng.uniform(0.1, 0.5, size=30),
        "time": rng.uniform(1, 3, size=30), "count": rng.poisson(2, size=30), "low": rng.uniform(0, 1, size=30),
    })  # fmt: skip


CASES = [
    ("count | rate(time) ~ x", "poisson", "time"),
    ("y | se(s) ~ x", "gaussian", "s"),
    ("y | trunc(lb = low) ~ x", "gaussian", "low"),
]


@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
@pytest.mark.parametrize(("formula", "family", "column"), CASES, ids=[column for *_, column in CASES])
def test_effects_hold_additions_at_their_mean(formula: str, family: str, column: str) -> None:
    data = table()
    fit = ss.brm(formula, data, family=family, **FIT)
    for value, conditions in ((data[column].mean(), None), (0.7, {column: 0.7})):
        shown = fit.conditional_effects("x", conditions=conditions)["x"]
        expected = fit.posterior_epred({"x": shown["x"], column: np.full(len(shown), value)})
        np.testing.assert_allclose(shown["estimate__"], expected.median(["chain", "draw"]), rtol=1e-12)
    grid = ss.datagrid(fit, x=[0.0, 1.0])
    np.testing.assert_allclose(grid[column], data[column].mean())
    assert len(fit.predictions(new_data=grid)) == 2


@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
def test_censored_responses_are_not_compared_with_predictions() -> None:
    data = table().assign(c=["right", "none", "none"] * 10)
    fit = ss.brm("y | cens(c) ~ x", data, **FIT)
    with pytest.warns(DataWarning, match="10 of 30 responses are censored and not shown"):
        check = fit.pp_check("intervals", x="x", seed=1)
    seen = check.table
    assert len(seen) == 20
    np.testing.assert_array_equal(np.sort(seen["y"]), np.sort(data.loc[data.c == "none", "y"]))


def test_category_specific_effects_are_shown() -> None:
    data = table().assign(k=1 + np.arange(30) % 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = ss.brm("k ~ y + cs(x)", data, family="sratio", **FIT)
    assert list(fit.conditional_effects(categorical=True)) == ["y:cats__", "x:cats__"]
