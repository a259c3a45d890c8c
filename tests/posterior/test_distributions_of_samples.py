"""Densities, counts and simultaneous bands: R's numbers, exact sums and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats import ecdf_utils
from conftest import read_reference

from smoothstan.posterior.checks.counts import count_values
from smoothstan.posterior.checks.density import bandwidths, central_window, densities, histogram_edges, histograms
from smoothstan.posterior.checks.envelope import chain_envelope, evaluation_points, uniform_envelope

RECORDED = read_reference("checks/checks.json")


@pytest.mark.parametrize("name", list(RECORDED["densities"]))
def test_bandwidth_and_density_are_those_of_r(name) -> None:
    recorded = RECORDED["densities"][name]
    values = np.array(recorded["values"], dtype=float)[None]
    assert bandwidths(values)[0] == pytest.approx(recorded["bandwidth"], rel=1e-12)
    coarse = np.array(recorded["grid"])
    fine = np.linspace(coarse[0], coarse[-1], 63 * 16 + 1)
    exact = np.array(recorded["density"])
    # Linear binning has an error of order (step / bandwidth)^2: here at most 0.5%.
    np.testing.assert_allclose(densities(values, fine)[0, ::16], exact, atol=5e-3 * exact.max())


def test_a_density_has_the_area_of_what_the_grid_covers() -> None:
    rng = np.random.default_rng(3)
    values = np.stack([rng.normal(size=500), rng.standard_cauchy(500), np.r_[rng.normal(size=400), [np.inf] * 100]])
    grid = np.linspace(-8, 8, 1001)
    area = densities(values, grid).sum(axis=1) * 0.016
    inside = (np.abs(values) < 8).mean(axis=1)
    # What lies within a bandwidth of the ends may spill over them.
    np.testing.assert_allclose(area, inside, atol=0.01)
    assert area[2] == pytest.approx(0.8, abs=1e-6)


def test_a_density_survives_whatever_is_predicted() -> None:
    values = np.array([[0.0, 1e300, -1e300, 1.0], [np.nan] * 4, [np.inf] * 4, [5.0] * 4])
    heights = densities(values, np.linspace(-1, 6, 200))
    assert np.isfinite(heights).all()
    np.testing.assert_array_equal(heights[1:3], 0)
    assert heights[3].argmax() == pytest.approx(199 * 6 / 7, abs=1)


def test_the_window_shows_the_data_and_the_middle_of_predictions() -> None:
    rng = np.random.default_rng(1)
    normal = rng.normal(size=(50, 100))
    assert central_window(np.array([-9.0, 2.0]), normal) == (-9.0, normal.max())
    low, high = central_window(np.array([0.0, 1.0]), rng.standard_cauchy((50, 1000)))
    assert -40 < low < high < 40
    assert central_window(np.array([3.0]), np.full((2, 2), np.inf)) == (2.5, 3.5)
    low, high = central_window(np.array([0.0]), np.array([[-1e308, 1e308, 1e308, -1e308]]))
    assert np.isfinite(high - low)
    assert central_window(np.array([np.nan]), np.full((1, 2), np.nan)) == (-0.5, 0.5)


def test_bars_of_a_count_are_those_of_bayesplot() -> None:
    """bayesplot 1.10 leaves out draws without the value; ours count as 0, which the interval must hold."""
    y, yrep = np.array(RECORDED["y"], dtype=float), np.array(RECORDED["yrep"], dtype=float)
    values = np.array([row["x"] for row in RECORDED["bars"]], dtype=float)
    counts = count_values(yrep, values)
    for i, row in enumerate(RECORDED["bars"]):
        there = counts[counts[:, i] > 0, i]
        np.testing.assert_allclose(np.quantile(there, [0.1, 0.5, 0.9]), [row["l"], row["m"], row["h"]], rtol=1e-12)
        assert count_values(y[None], values)[0, i] == row.get("y_obs", 0)
    np.testing.assert_array_equal(counts.sum(axis=1), yrep.shape[1])


def test_histograms_of_whole_numbers_have_equal_bins() -> None:
    edges = histogram_edges((0, 100), 30, whole=True)
    assert set(np.diff(edges)) == {4.0}
    values = np.arange(101.0)[None]
    np.testing.assert_array_equal(histograms(values, edges)[0], np.histogram(values, edges)[0])
    assert histograms(values, edges).sum() == 101
    assert len(histogram_edges((0.0, 1e300), 30, whole=True)) == 31


@pytest.mark.parametrize(("n", "prob"), [(12, 0.9), (133, 0.95), (1000, 0.99)])
def test_uniform_samples_stay_in_their_band(n, prob) -> None:
    low, high = uniform_envelope(n, prob)
    z, rng = evaluation_points(n), np.random.default_rng(n)
    samples = np.sort(rng.random((3000, n)), axis=1)
    shares = np.stack([np.searchsorted(row, z, side="right") for row in samples]) / n
    inside = np.all((shares >= low - 1e-12) & (shares <= high + 1e-12), axis=1).mean()
    # Three standard errors of both simulations, 2000 for the band and 3000 here.
    assert inside == pytest.approx(prob, abs=3 * np.sqrt(prob * (1 - prob) * (1 / 2000 + 1 / 3000)))


@pytest.mark.parametrize("n", [20, 200])
def test_the_band_is_that_of_arviz(n) -> None:
    """ArviZ rounds its ends up to whole counts, so they may differ by one."""
    z = evaluation_points(n)
    prob = ecdf_utils.simulate_confidence_bands(n, 1, z, 0.95, 2000, np.random.default_rng(1))
    for ours, theirs in zip(
        uniform_envelope(n, 0.95), ecdf_utils.get_pointwise_confidence_band(prob, n, z), strict=True
    ):
        assert np.max(np.abs(ours - theirs)) * n <= 1 + 1e-9


@pytest.mark.parametrize(("chains", "draws", "prob"), [(2, 40, 0.9), (4, 300, 0.95), (1, 50, 0.9)])
def test_chains_that_agree_stay_in_their_band(chains, draws, prob) -> None:
    low, high = chain_envelope(chains, draws, prob)
    drawn = np.round(evaluation_points(draws) * chains * draws).astype(int)
    rng = np.random.default_rng(draws)
    inside = []
    for _ in range(1500):
        owner = rng.permutation(np.repeat(np.arange(chains), draws))
        shares = np.stack([np.cumsum(owner == chain)[drawn - 1] for chain in range(chains)]) / draws
        inside.append(np.all((shares >= low - 1e-12) & (shares <= high + 1e-12)))
    expected = 1.0 if chains == 1 else prob
    assert np.mean(inside) == pytest.approx(expected, abs=3 * np.sqrt(prob * (1 - prob) * (1 / 2000 + 1 / 1500)))
