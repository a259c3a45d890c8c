"""``compare_to_gam()``: the posterior beside the penalised fit, the equivalence that the package is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import OptionError
from smoothstan.gam import twin_of
from smoothstan.posterior.twin_comparison import _posterior_edf, _standard_deviations, column_edf


@pytest.mark.parametrize(
    ("model", "term", "deviation", "expected"),
    # mgcv: gam.vcomp(rescale = FALSE) for mcycle, with the random effect on its own scale for radon; edf.
    [
        ("mcycle_fit", "s(times)", "sds_stimes_1", (11.78490, 4.483695)),
        ("radon_fit", "s(county)", "sd_county__Intercept", (39.57, 0.2976669)),
    ],
)
def test_seed_models(model: str, term: str, deviation: str, expected: tuple, request: pytest.FixtureRequest) -> None:
    fit = request.getfixturevalue(model)
    found = fit.compare_to_gam()
    edf, row = found.terms.loc[term], found.deviations.loc[deviation]
    assert edf["gam"] == pytest.approx(expected[0], rel=1e-4)
    assert row["gam"] == pytest.approx(expected[1], rel=1e-4)
    # The estimate of one lies within the middle half of the other's interval.
    assert edf["Q2.5"] < edf["gam"] < edf["Q97.5"]
    assert row["Q2.5"] < row["gam"] < row["Q97.5"]
    assert row["gam lower"] < row["posterior"] < row["gam upper"]
    assert found.deviations.loc["sigma", "gam"] == pytest.approx(found.deviations.loc["sigma", "posterior"], rel=0.02)
    assert found.terms.loc["total", "gam"] == pytest.approx(found.gam.total_edf)
    value, error = found.p_loo
    assert abs(value - found.terms.loc["total", "posterior"]) < 2 * error
    assert "p_loo = " in str(found)
    assert found._repr_html_().count("<table") == 2


def test_edf_at_the_estimate_is_that_of_gam(mcycle_fit: ss.Posterior) -> None:
    """The formula, at one draw that equals the penalised estimate, gives the penalised fit's edf."""
    twin = twin_of(mcycle_fit.design)
    fit = mcycle_fit.compare_to_gam().gam
    phi, sp = fit.scale, fit.penalised.full_sp
    draws = {"sds_stimes_1": np.sqrt(phi / sp[:1]), "sigma": np.array([np.sqrt(phi)])}
    np.testing.assert_allclose(_posterior_edf(twin, draws, fit)[0], fit.penalised.edf, atol=1e-8)


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("won ~ s(x, k=6) + (1 | g)", "bernoulli"),
        ("count ~ te(x, z, k=4) + offset(w)", "poisson"),
        ("y ~ f + s(x, by=f, k=5) + (1 + x || g)", "gaussian"),
        ("y ~ s(x, k=6, id=1) + s(z, k=6, id=1)", "gaussian"),
        ("y ~ s(x, f, bs='fs', k=4)", "gaussian"),
    ],
)
def test_edf_of_other_models(formula: str, family: str) -> None:
    """At the penalised estimate, for several terms, penalties and links."""
    rng = np.random.default_rng(2)
    n = 150
    data = pd.DataFrame({name: rng.uniform(size=n) for name in ("x", "z", "w")})
    data["f"], data["g"] = pd.Categorical(rng.choice(list("ab"), n)), rng.integers(0, 9, n)
    eta = np.sin(5 * data.x) + data.z + 0.5 * rng.standard_normal(9)[data.g]
    data["y"], data["won"] = eta + 0.3 * rng.standard_normal(n), rng.binomial(1, 1 / (1 + np.exp(-eta)))
    data["count"] = rng.poisson(np.exp(eta + data.w))
    from smoothstan.design import build_design
    from smoothstan.formula import parse_formula
    from smoothstan.gam import GamFit, fit_penalised
    from smoothstan.posterior import twin_comparison

    twin = twin_of(build_design(parse_formula(formula), data, ss.family(family)))
    fit = GamFit(twin.gam, fit_penalised(twin.gam.problem()))
    names, first, draws = _standard_deviations(twin), 0, {}
    for block in fit.penalised.problem.blocks:
        for j, (variable, scale) in enumerate(names[block.label]):
            draws[variable] = np.sqrt(np.array([fit.scale * scale / fit.penalised.full_sp[first + j]]))
        first += len(block.penalties)
    draws["sigma"] = np.array([np.sqrt(fit.scale)])
    precision = twin_comparison._precision(twin, names, draws, 0)
    np.testing.assert_allclose(
        column_edf(fit.penalised.information / fit.scale, precision), fit.penalised.edf, atol=1e-6
    )


def test_a_fit_may_be_given(radon_fit: ss.Posterior, radon: pd.DataFrame) -> None:
    by_ml = ss.gam("log_radon ~ 1 + (1 | county)", radon, method="ML")
    found = radon_fit.compare_to_gam(by_ml, prob=0.5)
    assert found.gam is by_ml
    assert list(found.terms.columns) == ["gam", "posterior", "Q25", "Q75"]
    assert found.terms.loc["s(county)", "gam"] == pytest.approx(by_ml.edf["s(county)"])


def test_bad_input(radon_fit: ss.Posterior, slopes_fit: ss.Posterior, mcycle: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="has the smooths s\\(times\\) of 133 rows, this model s\\(county\\) of 919"):
        radon_fit.compare_to_gam(ss.gam("accel ~ s(times)", mcycle))
    with pytest.raises(OptionError, match="takes a fit made by gam"):
        radon_fit.compare_to_gam(3)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="predicts mu, sigma"):
        slopes_fit.compare_to_gam()


def test_correlated_effects_are_refused(radon_fit: ss.Posterior, radon: pd.DataFrame) -> None:
    from smoothstan.design import build_design
    from smoothstan.formula import parse_formula

    formula = parse_formula("log_radon ~ floor + (1 + floor | county)")
    model = replace(radon_fit.model, design=build_design(formula, radon, ss.family("gaussian")))
    with pytest.raises(OptionError, match="write '\\|\\|'"):
        replace(radon_fit, model=model).compare_to_gam()


def test_columns_that_nothing_determines() -> None:
    information, precision = np.diag([3.0, 1.0, 0.0]), np.diag([0.0, 1.0, 0.0])
    np.testing.assert_allclose(column_edf(information, precision), [1.0, 0.5, 0.0])
