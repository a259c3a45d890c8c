"""The average over new groups of every kind: by, members, Student-t, monotonic and category specific effects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from given_draws import fit_of_draws
from scipy import integrate, stats

import smoothstan as ss
from smoothstan.errors import DataError, OptionError
from smoothstan.posterior.marginal.new_effects import scale_rule

PROBIT = ss.family("bernoulli", "probit")
B = np.asarray([0.2, -0.4, 0.1])
X = np.asarray([-1.2, 0.0, 0.7])
# Standard deviations below 1.5, where 31 nodes err by less.
ATOL = 1e-7


def data(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    d = pd.DataFrame({"x": rng.normal(size=n), "g": rng.choice(list("abcdef"), n), "k": rng.choice(list("abcdef"), n)})
    d["side"], d["sidek"] = (np.where(d[name] < "d", "u", "v") for name in ("g", "k"))
    d["w1"], d["w2"], d["o"] = rng.uniform(1, 2, n), rng.uniform(1, 2, n), rng.integers(0, 3, n)
    return d.assign(y=rng.integers(0, 2, n), c=rng.poisson(2, n), level=1 + rng.integers(0, 3, n))


def fit(formula: str, family: Any = PROBIT, **values: Any) -> ss.Posterior:
    return fit_of_draws(formula, data(), family=family, ndraws=3, b_Intercept=B, **values)


def attenuated(eta: Any, variance: Any) -> np.ndarray:
    """The mean of Phi(eta + t) for a normal t, Zeger, Liang & Albert (1988), Biometrics 44, section 2."""
    return stats.norm.cdf(eta / np.sqrt(1 + variance))


def test_by_has_the_deviations_of_the_level() -> None:
    sd = {"sd_g__Intercept:sideu": np.asarray([0.3, 0.5, 0.2]), "sd_g__Intercept:sidev": np.asarray([1.2, 0.9, 1.4])}
    fitted = fit("y ~ 1 + (1 | gr(g, by = side))", **sd)
    found = fitted.predictions(pd.DataFrame({"side": ["v", "u", "v"]}), integrate_groups=True).draws
    u, v = (attenuated(B, values**2) for values in sd.values())
    np.testing.assert_allclose(found, np.column_stack([v, u, v]), rtol=0, atol=ATOL)
    with pytest.raises(DataError, match="has the new level 'w'"):
        fitted.predictions(pd.DataFrame({"side": ["w"]}), integrate_groups=True)


def test_members_of_a_row_are_independent_new_groups() -> None:
    sd = np.asarray([0.5, 1.0, 1.4])
    rows = pd.DataFrame({"w1": [1.0, 3.0], "w2": [1.0, 1.0]})
    found = fit("y ~ 1 + (1 | mm(g, k, weights = cbind(w1, w2)))", sd_mmgk__Intercept=sd)
    found = found.predictions(rows, integrate_groups=True).draws
    squares = np.asarray([0.5, 0.75**2 + 0.25**2])
    np.testing.assert_allclose(found, attenuated(B[:, None], sd[:, None] ** 2 * squares), rtol=0, atol=ATOL)


def test_members_have_sets_and_covariates_of_their_own() -> None:
    sd = {f"sd_mmgk__{name}:cbind(side, sidek){side}": np.asarray([a, a + 0.1, a + 0.2])
          for name, side, a in (("Intercept", "u", 0.2), ("mmcw1w2", "u", 0.3), ("Intercept", "v", 0.6),
                                ("mmcw1w2", "v", 0.1))}  # fmt: skip
    fitted = fit("y ~ 1 + (1 + mmc(w1, w2) || mm(g, k, by = cbind(side, sidek)))", **sd)
    rows = pd.DataFrame({"w1": [1.5], "w2": [-2.0], "side": ["u"], "sidek": ["v"]})
    found = fitted.predictions(rows, integrate_groups=True).draws[:, 0]
    first, second, third, fourth = sd.values()
    variance = 0.25 * (first**2 + second**2 * 1.5**2 + third**2 + fourth**2 * 4)
    np.testing.assert_allclose(found, attenuated(B, variance), rtol=0, atol=ATOL)


def test_monotonic_effects_vary_with_their_simplex() -> None:
    simplex = np.asarray([[0.3, 0.7], [0.5, 0.5], [0.9, 0.1]])
    sd, b = np.asarray([0.3, 0.2, 0.5]), np.asarray([0.1, 0.4, -0.2])
    fitted = fit("y ~ mo(o) + (0 + mo(o) | g)", bsp_moo=b, simo_moo1=simplex, sd_g__moo=sd)
    found = fitted.predictions(pd.DataFrame({"o": [0, 1, 2]}), integrate_groups=True).draws
    heights = np.column_stack([np.zeros(3), 2 * simplex[:, 0], np.full(3, 2.0)])
    expected = attenuated(B[:, None] + b[:, None] * heights, sd[:, None] ** 2 * heights**2)
    np.testing.assert_allclose(found, expected, rtol=0, atol=ATOL)


DF = np.asarray([1.3, 4.0, 30.0])


def test_student_effects_agree_with_adaptive_quadrature() -> None:
    sd = np.asarray([0.5, 1.0, 0.8])
    fitted = fit("y ~ 1 + (1 | gr(g, dist = 'student'))", sd_g__Intercept=sd, df_g=DF)
    found = fitted.predictions(data()[["x"]].iloc[:1], integrate_groups=True).draws[:, 0]
    expected = [
        integrate.quad(lambda t, b=b, s=s, df=df: stats.norm.cdf(b + s * t) * stats.t.pdf(t, df), -np.inf, np.inf,
                       epsabs=1e-12, limit=400)[0]
        for b, s, df in zip(B, sd, DF, strict=True)
    ]  # fmt: skip
    # Large scales at 1.3 degrees of freedom make a step of the integrand, where 31 nodes err most: by 4e-4 here.
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-4)
    np.testing.assert_allclose(found[1:], expected[1:], rtol=0, atol=1e-4)
    nodes, weights = scale_rule(DF)
    by_scale = np.sum(weights * attenuated(B[:, None], sd[:, None] ** 2 * nodes), axis=1)
    # The rule over the scales alone leaves out a mass of 1e-7 at either end.
    np.testing.assert_allclose(by_scale, expected, rtol=0, atol=1e-6)


def test_scales_of_student_effects_have_their_moments() -> None:
    """E s = df / (df - 2), Var s = 2 E(s)^2 / (df - 4) and E 1/s = 1, of the inverse gamma distribution."""
    df = np.asarray([9.0, 30.0, 200.0])
    nodes, weights = scale_rule(df)
    mean = np.sum(weights * nodes, axis=1)
    # The mass of 1e-7 that is left out at either end, times the scales there.
    np.testing.assert_allclose(mean, df / (df - 2), rtol=1e-4)
    np.testing.assert_allclose(np.sum(weights * nodes**2, axis=1) - mean**2, 2 * mean**2 / (df - 4), rtol=2e-2)
    np.testing.assert_allclose(np.sum(weights / nodes, axis=1), 1, rtol=1e-5)


def test_student_effects_on_the_mean_itself_average_to_nothing() -> None:
    values = {"sd_g__Intercept": [0.5, 1.0, 0.8], "df_g": DF, "sigma": [1.0, 1.0, 1.0]}
    fitted = fit("x ~ 1 + (1 | gr(g, dist = 'student'))", "gaussian", **values)
    found = fitted.predictions(data()[["x"]].iloc[:1], integrate_groups=True).draws[:, 0]
    np.testing.assert_allclose(found, B, atol=1e-9)


@pytest.mark.parametrize("family", ["poisson", ss.family("poisson", "sqrt")])
def test_averages_that_need_not_exist_are_refused(family: Any) -> None:
    fitted = fit("c ~ 1 + (1 | gr(g, dist = 'student'))", family, sd_g__Intercept=[0.5, 1.0, 0.8], df_g=DF)
    with pytest.raises(OptionError, match=r"Student-t group effects on mu need not exist"):
        fitted.predictions(data()[["x"]].iloc[:1], integrate_groups=True)


def test_thresholds_of_new_groups() -> None:
    """Steps of the sequential model are independent given the thresholds, so that their chances multiply."""
    thresholds = np.asarray([[-1.0, 0.5], [-0.3, 0.8], [0.0, 1.5]])
    sd = np.asarray([[0.5, 0.2], [0.3, 1.0], [0.1, 0.4]])
    values = {f"b_Intercept[{k + 1}]": thresholds[:, k] for k in range(2)}
    values |= {f"sd_g__Intercept[{k + 1}]": sd[:, k] for k in range(2)}
    family = ss.family("sratio", "probit")
    fitted = fit_of_draws("level ~ 1 + (cs(1) || g)", data(), family=family, ndraws=3, **values)
    found = fitted.predictions(data()[["x"]].iloc[:1], integrate_groups=True).draws.reshape(3, -1)
    stop = attenuated(thresholds, sd**2)
    expected = [stop[:, 0], (1 - stop[:, 0]) * stop[:, 1], (1 - stop[:, 0]) * (1 - stop[:, 1])]
    # 15 nodes in each of two dimensions.
    np.testing.assert_allclose(found, np.column_stack(expected), rtol=0, atol=1e-6)


def test_thresholds_that_can_cross_are_refused() -> None:
    with pytest.warns(ss.errors.DataWarning, match="cross"):
        fitted = fit_of_draws("level ~ 1 + (cs(1) || g)", data(), family="cumulative", ndraws=3)
    with pytest.raises(OptionError, match="can cross in new groups"):
        fitted.predictions(data()[["x"]].iloc[:1], integrate_groups=True)


def test_too_many_nodes_are_refused() -> None:
    fitted = fit(
        "y ~ 1 + (1 | gr(g, dist = 'student')) + (1 | gr(k, dist = 'student'))", sd_g__Intercept=[0.5, 1.0, 0.8],
        sd_k__Intercept=[0.5, 1.0, 0.8], df_g=DF, df_k=DF,
    )  # fmt: skip
    with pytest.raises(OptionError, match=r"the scales of 2 Student-t groups need 52111 nodes"):
        fitted.predictions(data()[["x"]].iloc[:1], integrate_groups=True)
    assert fitted.predictions(data()[["k"]].iloc[:1], integrate_groups="g").draws.shape == (3, 1)
