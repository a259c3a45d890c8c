"""Monotonic effects: their program, their draws, and what a fit answers about them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import reference_frame
from scipy import stats

import smoothstan as ss
from smoothstan.codegen import write_program
from smoothstan.engines import StanliEngine
from smoothstan.engines.stanli import _model, _unconstrain
from smoothstan.errors import DataError, FormulaError, NotYetSupported, PriorError, SmoothstanWarning
from smoothstan.posterior import FitRequest
from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

SHARES = np.array([0.6, 0.1, 0.3])


def simulated(n: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    x = rng.integers(2, 6, n)
    z = rng.normal(size=n)
    heights = 3 * np.concatenate([[0.0], np.cumsum(SHARES)])
    return pd.DataFrame({"x": x, "z": z, "y": 1 + 1.5 * heights[x - 2] - 0.5 * z + rng.normal(0, 0.5, n)})


@cache
def fitted() -> ss.Posterior:
    return ss.brm(
        "y ~ mo(x) + z", simulated(), backend="stanli", chains=2, iter_warmup=300, iter_sampling=300, seed=2,
        show_progress=False, sample_prior="yes", prior=ss.prior("dirichlet(2, 1, c(1))", class_="simo", coef="mox1"),
    )  # fmt: skip


@cache
def everywhere() -> ss.Posterior:
    """Monotonic effects in interactions, groups and sigma; its few draws only have to move."""
    formula = ss.bf(
        "y ~ mo(int, id='k') * h + mo(o):mo(int, id='k') + x + (1 + mo(int, id='k') + x | g)",
        "sigma ~ mo(o) * x + (1 + mo(o) || g)",
    )
    with pytest.warns(SmoothstanWarning):
        return ss.brm(
            formula, reference_frame(), backend="stanli", chains=1, iter_warmup=30, iter_sampling=8, seed=3,
            show_progress=False,
        )  # fmt: skip


def test_recovers_an_effect_and_its_shape() -> None:
    fit = fitted()
    slope, shares = fit.flat["bsp_mox"], fit.flat["simo_mox1"]
    # Within four posterior standard deviations of the truth, and much closer than the prior.
    assert abs(slope.mean() - 1.5) < 4 * slope.std() < 0.3
    assert np.all(np.abs(shares.mean(axis=0) - SHARES) < 4 * shares.std(axis=0))
    assert shares.std(axis=0).max() < 0.05
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)


def test_draws_from_the_prior_of_a_simplex() -> None:
    drawn = fitted().flat["prior_simo_mox1"]
    # 600 draws of a beta(2, 2): 1% point of the Kolmogorov statistic is 0.066.
    assert stats.kstest(drawn[:, 0], stats.beta(2, 2).cdf).statistic < 0.066


def test_names_and_sections() -> None:
    fit = fitted()
    assert fit.variables()[:4] == ("b_Intercept", "b_z", "bsp_mox", "sigma")
    assert list(fit.summary()["Monotonic"].index) == ["mox1[1]", "mox1[2]", "mox1[3]"]
    assert list(fit.fixef().index) == ["Intercept", "z", "mox"]


def test_new_data_within_the_range_only() -> None:
    fit, rows = fitted(), simulated().head(4)
    np.testing.assert_allclose(fit.posterior_epred(rows), fit.posterior_epred()[..., :4], rtol=1e-12)
    heights = fit.posterior_epred(pd.DataFrame({"x": [2, 3, 4, 5], "z": 0.0})).values.reshape(-1, 4)
    steps = 3 * fit.flat["bsp_mox"][:, None] * fit.flat["simo_mox1"]
    np.testing.assert_allclose(np.diff(heights, axis=1), steps, rtol=1e-9)
    for bad, message in ((6, r"mo\(x\) is 6 in row 1"), (1, "2 to 5 only"), (2.5, "found 2.5 in row 1")):
        with pytest.raises(DataError, match=message):
            fit.posterior_epred(pd.DataFrame({"x": [2, bad], "z": 0.0}))


def test_save_and_load(tmp_path) -> None:
    fit = everywhere()
    fit.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    rows = reference_frame().head(3)
    np.testing.assert_array_equal(loaded.log_lik(rows), fit.log_lik(rows))
    assert loaded.design.prior_slots() == fit.design.prior_slots()


def test_shared_simplexes_are_one() -> None:
    flat = everywhere().flat
    names = ["simo_mointidEQk1", "simo_mointidEQk:hv1", "simo_mointidEQk:moo1"]
    assert all(np.array_equal(flat[names[0]], flat[name]) for name in names)


def test_points_are_those_of_the_program() -> None:
    here = unconstrained_posterior(everywhere())
    found = here.draws(here.points)
    for variable, values in found.items():
        drawn = here.fit.flat[variable]
        np.testing.assert_allclose(values, drawn, rtol=1e-7, atol=1e-7 * np.abs(drawn).max(), err_msg=variable)
    # Effects that are scaled by almost nothing lose digits on the way back.
    np.testing.assert_allclose(here.log_density(here.points), here.fit.flat["lp__"], rtol=1e-6, atol=1e-6)
    values = {}
    for term in here.fit.design.terms:
        values |= term.program_parameters(here.fit.flat)
    one = {name: value[0] for name, value in values.items()}
    np.testing.assert_allclose(here.points[0], _unconstrain(_model(here.program), one), rtol=1e-9, atol=1e-9)


def test_log_density_is_likelihood_and_priors() -> None:
    """Against scipy at random parameters; the transform of a simplex adds the sum of its logarithms."""
    data = simulated(40)
    priors = [ss.prior("dirichlet(2, 1, 3)", class_="simo", coef="mox1"), ss.prior("normal(0, 2)", class_="b")]
    design, table = FitRequest.of("y ~ mo(x) * z", "gaussian", priors).bind(data)
    program = write_program(design, table, version="test")
    np.testing.assert_array_equal(program.data["con_simo_1"], [2, 1, 3])
    np.testing.assert_array_equal(program.data["con_simo_2"], [1, 1, 1])
    rng, z, x = np.random.default_rng(3), data["z"].to_numpy(), data["x"].to_numpy() - 2
    location, scale = design.scale.location, design.scale.scale

    def heights(simplex: np.ndarray) -> np.ndarray:
        return 3 * np.array([simplex[:i].sum() for i in range(4)])[x]

    def expected(values: dict[str, np.ndarray]) -> float:
        mean = values["Intercept"] + values["b"][0] * (z - z.mean()) + values["bsp"][0] * heights(values["simo_1"])
        mean = mean + values["bsp"][1] * heights(values["simo_2"]) * z
        sigma = values["sigma"]
        parts = [
            stats.norm.logpdf(data["y"], mean, sigma), stats.norm.logpdf(np.append(values["b"], values["bsp"]), 0, 2),
            stats.t.logpdf(values["Intercept"], 3, location, scale), stats.t.logpdf(sigma, 3, 0, 2.5), np.log(sigma),
            stats.dirichlet.logpdf(values["simo_1"], [2, 1, 3]), np.log(values["simo_1"]), np.log(values["simo_2"]),
        ]  # fmt: skip
        return float(sum(np.sum(part) for part in parts))

    differences = []
    for _ in range(6):
        values = {
            "Intercept": rng.normal(), "b": rng.normal(size=1), "bsp": rng.normal(size=2), "sigma": rng.gamma(3.0),
            "simo_1": rng.dirichlet(np.ones(3)), "simo_2": rng.dirichlet(np.ones(3)),
        }  # fmt: skip
        point = _unconstrain(_model(program), values)
        differences.append(StanliEngine().log_density(program, point)[0] - expected(values))
    # Sums of 40 logarithms in double precision.
    np.testing.assert_allclose(np.ptp(differences), 0, atol=1e-9)


BAD = [
    ("y ~ mo(f)", DataError, "a factor without an order"),
    ("y ~ mo(x)", DataError, "whole numbers, found"),
    ("y ~ mo(lgl)", DataError, "is logical"),
    ("y ~ mo(one)", DataError, "at least two categories"),
    ("y ~ mo(int, x)", FormulaError, "must be a text"),
    ("y ~ mo(int, ID = 'a')", FormulaError, "unknown argument 'ID'"),
    ("y ~ mo()", FormulaError, "takes one variable"),
    ("y ~ mo(int, id = 'a') + mo(o, id = 'a')", FormulaError, "6 categories already; o has 4"),
    ("y ~ x + (1 + mo(o) | g)", FormulaError, "population-level terms of mu too; moo does not"),
    ("y ~ mo(o):f + (1 + mo(o) | g)", FormulaError, "moo does not"),
    ("y ~ s(x):mo(o)", FormulaError, "cannot be part of an interaction"),
]


@pytest.mark.parametrize(("formula", "error", "message"), BAD)
def test_bad_input_is_named_and_underlined(formula, error, message) -> None:
    data = reference_frame().assign(one=1)
    with pytest.raises(error, match=message) as caught:
        ss.standata(formula, data)
    assert "^" in str(caught.value)


def test_priors_that_do_not_fit() -> None:
    def priors(text: str, class_: str, coef: str) -> None:
        FitRequest.of("y ~ mo(o) + x", "gaussian", ss.prior(text, class_, coef=coef)).bind(reference_frame())

    with pytest.raises(PriorError, match="3"):
        priors("dirichlet(1, 2)", "simo", "moo1")
    with pytest.raises(PriorError, match="simplex"):
        priors("normal(0, 1)", "simo", "moo1")
    with pytest.raises(PriorError, match="simplex"):
        priors("dirichlet(1)", "b", "moo")
    with pytest.raises(PriorError, match="moo1"):
        priors("dirichlet(1)", "simo", "moo")


def test_gam_has_no_monotonic_effects() -> None:
    with pytest.raises(NotYetSupported, match=r"mo\(\) is not built for gam"):
        ss.gam("y ~ mo(o)", reference_frame())
