"""The average over effects of new groups: closed forms, adaptive quadrature, and simulated groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from given_draws import fit_of_draws
from scipy import integrate, special, stats

import smoothstan as ss
from smoothstan.arrays import FloatArray
from smoothstan.errors import DataError, FormulaError, OptionError
from smoothstan.families.family import Parameters, Response
from smoothstan.posterior.marginal.integration import GroupIntegral
from smoothstan.posterior.prediction import prepare

NEW = pd.DataFrame({"x": [-1.2, 0.0, 0.7, 2.1]})
SDS = {"sd_g__Intercept": [0.4, 0.9, 1.3], "sd_g__x": [0.3, 0.2, 0.8], "cor_g__Intercept__x": [0.5, -0.6, 0.1]}
B = {"b_Intercept": [0.2, -0.4, 0.1], "b_x": [0.5, 0.3, -0.2]}


def _data(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    columns = {"x": rng.normal(size=n), "g": rng.choice(list("abcdef"), n), "h": rng.choice(list("uvw"), n)}
    return pd.DataFrame(columns).assign(y=rng.integers(0, 2, n), c=rng.poisson(2, n), z=rng.uniform(1, 2, n))


def _eta(x: Any) -> FloatArray:
    return np.asarray(B["b_Intercept"])[:, None] + np.asarray(B["b_x"])[:, None] * np.asarray(x)


def _variance(x: Any) -> FloatArray:
    """Variance of intercept plus slope times x."""
    x = np.asarray(x)
    a, b, rho = (np.asarray(values)[:, None] for values in SDS.values())
    return a**2 + 2 * rho * a * b * x + b**2 * x**2


def _fit(family: Any, y: str = "y") -> ss.Posterior:
    return fit_of_draws(f"{y} ~ x + (1 + x | g)", _data(), family=family, ndraws=3, **B, **SDS)


def test_log_link_has_the_lognormal_mean() -> None:
    draws = _fit("poisson", "c").predictions(NEW, integrate_groups=True).draws
    # The rule with 31 nodes is exact to rounding for exp(t) of this width.
    np.testing.assert_allclose(draws, np.exp(_eta(NEW.x) + _variance(NEW.x) / 2), rtol=1e-13)


def test_probit_link_has_the_attenuated_probability() -> None:
    draws = _fit(ss.family("bernoulli", "probit")).predictions(NEW, integrate_groups=True).draws
    expected = stats.norm.cdf(_eta(NEW.x) / np.sqrt(1 + _variance(NEW.x)))
    # Standard deviations reach 2.2, where 31 nodes err by 2e-6.
    np.testing.assert_allclose(draws, expected, rtol=0, atol=2e-6)
    more = _fit(ss.family("bernoulli", "probit")).predictions(NEW, integrate_groups=True, n_integration=101).draws
    np.testing.assert_allclose(more, expected, rtol=0, atol=1e-12)


def test_logit_link_agrees_with_adaptive_quadrature() -> None:
    draws = _fit("bernoulli").predictions(NEW, integrate_groups=True).draws

    def exact(eta: float, v: float) -> float:
        def integrand(t: float) -> float:
            return float(special.expit(eta + np.sqrt(v) * t) * stats.norm.pdf(t))

        return float(integrate.quad(integrand, -12, 12, epsabs=1e-13, limit=400)[0])

    expected = np.vectorize(exact)(_eta(NEW.x), _variance(NEW.x))
    # Standard deviations reach 2.2, where 31 nodes err by 8e-7; below 2 the error is at most 2e-7.
    np.testing.assert_allclose(draws, expected, rtol=0, atol=1e-6)
    within = _variance(NEW.x) <= 4
    np.testing.assert_allclose(draws[within], expected[within], rtol=0, atol=2e-7)
    more = _fit("bernoulli").predictions(NEW, integrate_groups=True, n_integration=101).draws
    np.testing.assert_allclose(more, expected, rtol=0, atol=1e-11)
    assert np.abs(draws - special.expit(_eta(NEW.x))).max() > 0.02


def test_it_is_the_average_over_simulated_new_groups() -> None:
    fit, names = _fit("bernoulli"), [f"new{i}" for i in range(4000)]
    rows = pd.DataFrame({"x": 0.7, "g": names})
    simulated = fit.predictions(rows, allow_new_levels=True, sample_new_levels="gaussian", seed=5).draws
    exact = fit.predictions(NEW.iloc[[2]], integrate_groups=True).draws
    error = simulated.std(axis=1) / np.sqrt(len(names))
    assert np.all(np.abs(simulated.mean(axis=1) - exact[:, 0]) < 4 * error)


def test_identity_link_is_left_as_it_is() -> None:
    fit = fit_of_draws("z ~ x + (1 + x | g)", _data(), ndraws=3, **B, **SDS)
    np.testing.assert_allclose(fit.predictions(NEW, integrate_groups=True).draws, _eta(NEW.x), rtol=1e-13)
    link = _fit("bernoulli").predictions(NEW, integrate_groups=True, type="link").draws
    np.testing.assert_allclose(link, _eta(NEW.x), rtol=1e-13)


def test_slopes_and_comparisons_of_the_average() -> None:
    fit = _fit("poisson", "c")
    mean = np.exp(_eta(NEW.x) + _variance(NEW.x) / 2)
    a, b, rho = (np.asarray(values)[:, None] for values in SDS.values())
    slope = mean * (np.asarray(B["b_x"])[:, None] + rho * a * b + b**2 * NEW.x.to_numpy())
    draws = fit.slopes("x", NEW, integrate_groups=True).draws
    # The step is 1e-4 times the range, about 4e-4: its square over 24 times the third derivative.
    np.testing.assert_allclose(draws, slope, rtol=1e-6)
    ratio = fit.comparisons("x", NEW, comparison="ratio", integrate_groups=True).draws
    later = np.exp(_eta(NEW.x + 1) + _variance(NEW.x + 1) / 2)
    np.testing.assert_allclose(ratio, later / mean, rtol=1e-12)


def test_some_groups_can_stay() -> None:
    sd = {"sd_g__Intercept": [0.5, 0.8, 1.1], "sd_h__Intercept": [0.7, 0.2, 0.6]}
    fit = fit_of_draws("c ~ x + (1 | g) + (1 | h)", _data(), family="poisson", ndraws=3, **B, **sd)
    rows = pd.DataFrame({"x": [0.3, 1.0], "h": ["v", "u"]})
    draws = fit.predictions(rows, integrate_groups="g").draws
    kept = fit.posterior_epred(rows, re_formula="~ (1 | h)").values.reshape(3, 2)
    np.testing.assert_allclose(draws, kept * np.exp(np.asarray(sd["sd_g__Intercept"])[:, None] ** 2 / 2), rtol=1e-13)
    both = fit.predictions(rows[["x"]], integrate_groups=True).draws
    variance = sum(np.asarray(values)[:, None] ** 2 for values in sd.values())
    np.testing.assert_allclose(both, np.exp(_eta(rows.x) + variance / 2), rtol=1e-13)
    one = fit.predictions(rows[["x"]], integrate_groups=True, re_formula="~ (1 | h)").draws
    np.testing.assert_allclose(one, np.exp(_eta(rows.x) + np.asarray(sd["sd_h__Intercept"])[:, None] ** 2 / 2))


def test_only_kept_effects_count() -> None:
    fit = _fit("poisson", "c")
    draws = fit.predictions(NEW, integrate_groups=True, re_formula="~ (1 | g)").draws
    v = np.asarray(SDS["sd_g__Intercept"])[:, None] ** 2
    np.testing.assert_allclose(draws, np.exp(_eta(NEW.x) + v / 2), rtol=1e-13)


SHARED = ss.bf("z ~ x + (1 |i| g)", "sigma ~ 1 + (1 |i| g)")
SHARED_DRAWS = {
    "b_Intercept": [0.5, 1.0, 1.5], "b_x": [0.3, 0.1, -0.4], "b_sigma_Intercept": [0.1, -0.3, 0.2],
    "sd_g__Intercept": [0.6, 0.9, 0.3], "sd_g__sigma_Intercept": [0.4, 0.5, 0.7],
    "cor_g__Intercept__sigma_Intercept": [0.5, -0.8, 0.2],
}  # fmt: skip


def test_a_parameter_with_effects_of_its_own() -> None:
    fit = fit_of_draws(SHARED, _data(), ndraws=3, **SHARED_DRAWS)
    d = {name: np.asarray(values)[:, None] for name, values in SHARED_DRAWS.items()}
    sigma = fit.predictions(NEW, integrate_groups=True, dpar="sigma").draws
    expected = np.exp(d["b_sigma_Intercept"] + d["sd_g__sigma_Intercept"] ** 2 / 2)
    np.testing.assert_allclose(sigma, np.broadcast_to(expected, (3, 4)), rtol=1e-13)
    # The mean of a normal response does not depend on sigma, so one dimension is enough and exact.
    mean = fit.predictions(NEW, integrate_groups=True).draws
    np.testing.assert_allclose(mean, d["b_Intercept"] + d["b_x"] * NEW.x.to_numpy(), rtol=1e-13)


def test_correlated_effects_on_two_parameters_that_matter() -> None:
    """E[(a + u) exp(b + w)] = exp(b + var(w) / 2) (a + cov(u, w)) for normal u, w."""
    fit = fit_of_draws(SHARED, _data(), ndraws=3, **SHARED_DRAWS)

    class Product(type(fit.design.family)):  # type: ignore[misc]
        def mean(self, parameters: Parameters, response: Response) -> FloatArray:
            return np.asarray(parameters["mu"] * parameters["sigma"])

    prediction = prepare(fit, NEW.assign(g="a"), re_formula="NA")
    family = Product(fit.design.family.links)
    block = replace(prediction, design=replace(prediction.design, family=family))
    draws = GroupIntegral(fit.design.groups).expectation(block, None)
    d = {name: np.asarray(values)[:, None] for name, values in SHARED_DRAWS.items()}
    a = d["b_Intercept"] + d["b_x"] * NEW.x.to_numpy()
    su, sw = d["sd_g__Intercept"], d["sd_g__sigma_Intercept"]
    covariance = d["cor_g__Intercept__sigma_Intercept"] * su * sw
    expected = np.exp(d["b_sigma_Intercept"] + sw**2 / 2) * (a + covariance)
    np.testing.assert_allclose(draws, expected, rtol=1e-12)


def test_a_group_without_variance_changes_nothing() -> None:
    zero = {"sd_g__Intercept": [0.0, 0.0], "sd_g__sigma_Intercept": [0.0, 0.3]}
    shared = {name: values[:2] for name, values in SHARED_DRAWS.items()} | zero
    fit = fit_of_draws(SHARED, _data(), ndraws=2, **shared)
    draws = fit.predictions(NEW, integrate_groups=True).draws
    np.testing.assert_allclose(draws, fit.predictions(NEW, re_formula="NA").draws, rtol=1e-13)


def test_trials_multiply_the_average() -> None:
    data = _data().assign(n=7)
    fit = fit_of_draws("c | trials(n) ~ x + (1 | g)", data.assign(c=data.c.clip(upper=7)), family="binomial")
    rows = NEW.assign(n=[1, 2, 3, 4])
    draws = fit.predictions(rows, integrate_groups=True).draws
    one = fit.predictions(rows, integrate_groups=True, dpar="mu").draws
    np.testing.assert_allclose(draws, one * rows.n.to_numpy(), rtol=1e-13)


def test_averages_by_groups_of_rows() -> None:
    fit = _fit("bernoulli")
    by_row = fit.predictions(integrate_groups=True)
    averaged = fit.avg_predictions(by="h", new_data=_data(), integrate_groups=True)
    h = _data().h.to_numpy()
    for i, level in enumerate("uvw"):
        np.testing.assert_allclose(averaged.draws[:, i], by_row.draws[:, h == level].mean(axis=1), rtol=1e-12)


def test_bad_input() -> None:
    fit = _fit("bernoulli")
    with pytest.raises(OptionError, match="no effects vary by 'gg'; did you mean 'g'"):
        fit.predictions(NEW, integrate_groups="gg")
    with pytest.raises(OptionError, match="integrate_groups is True, False, a group"):
        fit.predictions(NEW, integrate_groups=3)
    with pytest.raises(OptionError, match="needs a model with group-level effects"):
        fit.predictions(NEW, integrate_groups=True, re_formula="NA")
    with pytest.raises(OptionError, match="type='prediction' draws new responses"):
        fit.predictions(NEW, integrate_groups=True, type="prediction")
    with pytest.raises(OptionError, match="n_integration is the number of nodes of integrate_groups"):
        fit.predictions(NEW, n_integration=5)
    with pytest.raises(OptionError, match="n_integration"):
        fit.predictions(NEW, integrate_groups=True, n_integration=0)
    with pytest.raises(DataError, match="no column 'x'"):
        fit.predictions(pd.DataFrame({"g": ["a"]}), integrate_groups=True)
    with pytest.raises(OptionError, match="'g' does not enter the predictions"):
        fit.comparisons("g", integrate_groups=True)
    inverse = fit_of_draws("z ~ x + (1 | g)", _data(), family=ss.family("gaussian", "inverse"))
    with pytest.raises(OptionError, match="does not exist"):
        inverse.predictions(NEW, integrate_groups=True)
    with pytest.raises(FormulaError, match="no effects that vary by h"):
        fit.predictions(NEW, integrate_groups=True, re_formula="~ (1 | h)")
