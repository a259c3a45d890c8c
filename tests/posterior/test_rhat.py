"""R-hat of many quantities at once equals ArviZ's, one at a time."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from smoothstan.posterior import estimates
from smoothstan.posterior.estimates import rhat


def of_arviz(values: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(array_stats.rhat(values, chain_axis=1, draw_axis=2))


def drawn(m: int, chains: int, draws: int) -> np.ndarray:
    """Return draws of which some are tied, all the same, of two values, missing, infinite or apart."""
    rng = np.random.default_rng(m * draws)
    values = rng.normal(size=(m, chains, draws))
    values[0] = np.round(values[0])
    values[1] = 3.0
    values[2] = rng.choice([-1.0, 1.0], (chains, draws))
    values[3, -1, 0] = np.nan
    values[4, 0, 1] = np.inf
    values[5, 0] += 3
    return values


@pytest.mark.parametrize(("m", "chains", "draws"), [(6, 2, 4), (7, 4, 101), (9, 3, 250)])
def test_it_is_that_of_arviz(m: int, chains: int, draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    values = drawn(m, chains, draws)
    expected = of_arviz(values)
    assert list(np.isnan(expected)) == [False, True, False, True, False, *[False] * (m - 5)]
    np.testing.assert_allclose(rhat(values), expected, rtol=1e-13)
    monkeypatch.setattr(estimates, "_RHAT_BLOCK", 2 * chains * draws)
    np.testing.assert_allclose(rhat(values), expected, rtol=1e-13)


def test_one_chain_is_compared_with_itself() -> None:
    values = drawn(6, 1, 101)
    np.testing.assert_allclose(rhat(values), of_arviz(values[:, :, :100].reshape(6, 2, 50)), rtol=1e-13)


def test_few_draws_and_no_quantities() -> None:
    assert np.isnan(rhat(np.random.default_rng(1).normal(size=(3, 4, 3)))).all()
    assert rhat(np.empty((0, 4, 100))).shape == (0,)
