"""Predictive checks of models with censored responses: what was not seen is not shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from given_draws import fit_of_draws

from smoothstan.errors import DataError, DataWarning


def table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x = rng.normal(size=30)
    return pd.DataFrame({"x": x, "y": 3 + 0.2 * x + rng.normal(size=30) / 4, "c": ["right", "none", "none"] * 10})


def test_censored_responses_are_not_compared_with_predictions() -> None:
    data = table()
    fit = fit_of_draws("y | cens(c) ~ x", data, ndraws=20)
    with pytest.warns(DataWarning, match="10 of 30 responses are censored and not shown"):
        check = fit.pp_check("intervals", x="x", seed=1)
    seen = check.table
    assert len(seen) == 20
    np.testing.assert_array_equal(np.sort(seen["y"]), np.sort(data.loc[data.c == "none", "y"]))


def test_nothing_is_left_where_all_are_censored() -> None:
    with pytest.raises(DataError, match="nothing to compare"):
        fit_of_draws("y | cens(c) ~ x", table().assign(c="left"), ndraws=20).pp_check(seed=1)
