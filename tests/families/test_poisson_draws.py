"""Counts with means beyond what numpy draws."""

from __future__ import annotations

import numpy as np

from smoothstan.families.poisson_draws import draw_poisson


def test_ordinary_means_are_numpys() -> None:
    mean = np.array([[0.0, 0.3, 1e6], [2.0, 1e12, 4e15]])
    drawn = draw_poisson(np.random.default_rng(1), mean)
    np.testing.assert_array_equal(drawn, np.random.default_rng(1).poisson(mean))


def test_large_means_keep_mean_and_variance() -> None:
    mean = np.full(20_000, 1e20)
    drawn = draw_poisson(np.random.default_rng(2), mean)
    z = (drawn - mean) / 1e10
    # Standard errors: 0.007 of the mean, 0.005 of the standard deviation.
    assert abs(z.mean()) < 0.03
    assert abs(z.std() - 1) < 0.02
    np.testing.assert_array_equal(drawn, np.floor(drawn))


def test_an_infinite_mean_gives_infinity() -> None:
    drawn = draw_poisson(np.random.default_rng(3), np.array([np.inf, 3.0, 1e300]))
    assert drawn[0] == np.inf
    assert drawn[1] < 50
    assert np.isfinite(drawn[2])
