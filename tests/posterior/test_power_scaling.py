"""Sensitivity to prior and likelihood: closed forms, ArviZ, and fits to the scaled model itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from arviz_stats.base import array_stats
from scipy.stats import norm

import smoothstan as ss
from smoothstan.errors import OptionError
from smoothstan.posterior.checks.distances import DISTANCES, cumulative_jensen_shannon, kolmogorov_smirnov
from smoothstan.posterior.checks.sensitivity import joint_log_likelihood, power_scaling_weights

pytestmark = pytest.mark.usefixtures("figures")

OPTIONS = {
    "seed": 3,
    "chains": 2,
    "iter_warmup": 500,
    "iter_sampling": 2000,
    "backend": "stanli",
    "show_progress": False,
}


def exact_distance(p, q, draws: np.ndarray) -> float:
    """The distance of two normal distributions by integration over the range of draws, as priorsense defines it."""
    grid = np.linspace(draws.min(), draws.max(), 200_001)
    found = []
    for first, second in ((p.cdf(grid), q.cdf(grid)), (p.sf(grid), q.sf(grid))):
        mean = (first + second) / 2
        with np.errstate(all="ignore"):
            terms = [np.where(f > 0, f * np.log2(f / mean), 0) for f in (first, second)]
        found.append(np.sqrt(sum(t.sum() for t in terms) / (first + second).sum()))
    return max(found)


class Conjugate:
    """n observations with variance 1 and mean m, prior N(0, v): everything is normal, also with powers."""

    n, mean, variance = 10, 0.8, 0.5

    def posterior(self, prior_power: float, likelihood_power: float):
        precision = prior_power / self.variance + likelihood_power * self.n
        return norm(likelihood_power * self.n * self.mean / precision, precision**-0.5)

    def draws(self, count: int) -> np.ndarray:
        """Evenly spaced quantiles, in two chains that both have all of the distribution."""
        quantiles = self.posterior(1, 1).ppf((np.arange(count) + 0.5) / count)
        return np.random.default_rng(0).permutation(quantiles).reshape(2, -1)

    def log_density(self, theta: np.ndarray, part: str) -> np.ndarray:
        if part == "prior":
            return norm(0, self.variance**0.5).logpdf(theta)
        return -0.5 * self.n * (self.mean - theta) ** 2


@pytest.mark.parametrize("part", ["prior", "likelihood"])
@pytest.mark.parametrize("alpha", [0.5, 0.99, 1.01, 2.0])
def test_distances_of_a_conjugate_model(part, alpha) -> None:
    model = Conjugate()
    theta = model.draws(40_000)
    weights = power_scaling_weights(model.log_density(theta, part), alpha)
    scaled = model.posterior(alpha, 1) if part == "prior" else model.posterior(1, alpha)
    flat = theta.reshape(-1)
    # 40000 even quantiles: the tails beyond them cost about 1%, most where the likelihood is halved.
    assert flat @ weights == pytest.approx(scaled.mean(), abs=5e-3 * scaled.std())
    exact = exact_distance(model.posterior(1, 1), scaled, flat)
    assert cumulative_jensen_shannon(flat, weights) == pytest.approx(exact, rel=0.03)
    grid = np.linspace(-4, 4, 20_001)
    largest = np.abs(scaled.cdf(grid) - model.posterior(1, 1).cdf(grid)).max()
    assert kolmogorov_smirnov(flat, weights) == pytest.approx(largest, rel=0.03)


def test_the_distance_is_arvizs() -> None:
    rng = np.random.default_rng(5)
    draws, log_density = rng.gamma(2, size=(2, 400)), rng.normal(size=(2, 400))
    low, high = (power_scaling_weights(log_density, alpha).reshape(2, 400) for alpha in (0.9, 1.1))
    theirs = array_stats.power_scale_sense(draws, low, high, lower_alpha=0.9, upper_alpha=1.1)
    ours = sum(
        cumulative_jensen_shannon(draws.reshape(-1), w.reshape(-1)) / abs(np.log2(a)) / 2
        for w, a in ((low, 0.9), (high, 1.1))
    )
    assert ours == pytest.approx(float(theirs), rel=1e-9)


def test_no_weights_no_distance() -> None:
    draws = np.random.default_rng(1).normal(size=100)
    for distance in DISTANCES.values():
        assert distance(draws, np.full(100, 0.01)) == pytest.approx(0, abs=1e-7)
    # Equal draws are one step of the distribution function, however the weight is shared among them.
    assert kolmogorov_smirnov(np.array([1.0, 1.0, 2.0]), np.array([0.8, 0.0, 0.2])) == pytest.approx(0.8 - 2 / 3)
    np.testing.assert_allclose(power_scaling_weights(np.zeros((2, 50)), 2.0), 0.01)


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    rng = np.random.default_rng(9)
    return pd.DataFrame({"y": rng.normal(1.0, 1.5, 15), "twice": 2.0})


def priors(mean: float, deviation: float, rate: float) -> list:
    return [ss.prior(f"normal({mean}, {deviation})", "Intercept"), ss.prior(f"exponential({rate})", "sigma")]


@pytest.fixture(scope="module")
def fit(sample) -> ss.Posterior:
    return ss.brm("y ~ 1", sample, prior=priors(0, 1, 1), **OPTIONS)


@pytest.mark.parametrize("part", ["prior", "likelihood"])
def test_weights_are_those_of_a_fit_to_the_squared_part(fit, sample, part) -> None:
    """A squared normal prior has half the variance, a squared exponential one twice the rate; rows count twice."""
    if part == "prior":
        squared = ss.brm("y ~ 1", sample, prior=priors(0, 0.5**0.5, 2), **OPTIONS)
        log_density = fit.flat["lprior"]
    else:
        squared = ss.brm("y | weights(twice) ~ 1", sample, prior=priors(0, 1, 1), **OPTIONS)
        log_density = joint_log_likelihood(fit)
    weights = power_scaling_weights(log_density.reshape(2, -1), 2.0)
    for name in ("b_Intercept", "sigma"):
        mean = fit.flat[name] @ weights
        deviation = np.sqrt((fit.flat[name] - mean) ** 2 @ weights)
        values = squared.flat[name]
        # Both are from 4000 draws, those with weights worth about 1500: standard errors up to 0.03 deviations.
        assert mean == pytest.approx(values.mean(), abs=0.12 * values.std())
        assert deviation == pytest.approx(values.std(), rel=0.12)


def test_the_likelihood_of_all_rows(fit) -> None:
    expected = fit.log_lik().sum("obs").values.reshape(-1)
    np.testing.assert_allclose(joint_log_likelihood(fit), expected, rtol=1e-12)


def test_sensitivities_of_a_fit(fit) -> None:
    """The posterior of the mean is near normal, so the derivatives of its moments say what the distance must be."""
    found = fit.powerscale_sensitivity("b_Intercept")
    theta = fit.flat["b_Intercept"]
    for part, log_density in (("prior", fit.flat["lprior"]), ("likelihood", joint_log_likelihood(fit))):
        slope = np.cov(theta, log_density)[0, 1]
        spread = np.cov((theta - theta.mean()) ** 2, log_density)[0, 1]
        step = 0.01
        before = norm(theta.mean(), theta.std())
        after = norm(theta.mean() + step * slope, np.sqrt(theta.var() + step * spread))
        expected = exact_distance(before, after, theta) / np.log2(1 + step)
        # The posterior has the heavier tails of a t distribution with about 15 degrees of freedom.
        assert float(found.table[part].iloc[0]) == pytest.approx(expected, rel=0.15)


def test_tables_and_figures(fit) -> None:
    found = fit.powerscale_sensitivity()
    assert list(found.table.columns) == ["variable", "prior", "likelihood", "diagnosis"]
    assert list(found.to_frame()["variable"]) == ["b_Intercept", "sigma"]
    assert "cjs_dist" in str(found)
    assert "<table" in found._repr_html_()
    ax = found.plot()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["b_Intercept", "sigma"]
    assert ax.get_xlabel() == "sensitivity"
    ax.get_figure().canvas.draw()
    other = fit.powerscale_sensitivity(div_measure="ks_dist")
    assert np.all(other.likelihood > other.prior)


def test_diagnoses(sample) -> None:
    """A prior far from the data, and one that is all there is, are told apart from a harmless one."""
    expected = {
        (8, 0.8): "potential prior-data conflict",
        (1, 0.02): "potential strong prior / weak likelihood",
        (0, 20): "-",
    }
    for (mean, deviation), words in expected.items():
        fit = ss.brm("y ~ 1", sample, prior=priors(mean, deviation, 0.1), **OPTIONS)
        assert fit.powerscale_sensitivity("b_Intercept").diagnosis == [words]


def test_a_variable_that_does_not_move_has_no_sensitivity(fit) -> None:
    from smoothstan.posterior.checks.sensitivity import _sensitivities

    found = _sensitivities({"fixed": np.ones((2, 2000))}, fit.flat["lprior"].reshape(2, -1), 0.99, 1.01, "cjs_dist")
    assert np.isnan(found).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variables": "b_x"}, "no posterior variable 'b_x'"),
        ({"lower_alpha": 1.2}, "lower_alpha must lie between 0 and 1"),
        ({"upper_alpha": 1}, "upper_alpha must be a number above 1"),
        ({"div_measure": "kl"}, "unknown div_measure 'kl'.*cjs_dist, ks_dist"),
        ({"sensitivity_threshold": 0}, "sensitivity_threshold must be"),
    ],
)  # fmt: skip
def test_wrong_arguments(fit, options, message) -> None:
    with pytest.raises(OptionError, match=message):
        fit.powerscale_sensitivity(**options)


def test_a_prior_has_no_likelihood(checked_fits) -> None:
    with pytest.raises(OptionError, match="needs a fit to the data"):
        checked_fits["prior"].powerscale_sensitivity()
