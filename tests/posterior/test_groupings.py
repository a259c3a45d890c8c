"""Fits with groupings of every kind: what they recover, and what follows from them."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import smoothstan as ss
from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

# Nothing here asks for convergence beyond what each test says.
pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
OPTIONS: dict[str, Any] = {"backend": "stanli", "show_progress": False, "seed": 1}
FEW = OPTIONS | {"chains": 1, "iter_warmup": 40, "iter_sampling": 10}
ENOUGH = OPTIONS | {"chains": 2, "iter_warmup": 250, "iter_sampling": 250}
G = 24
LEVELS = [f"l{i}" for i in range(G)]
A = 0.8 ** np.abs(np.subtract.outer(range(G), range(G))) * np.where(np.add.outer(range(G), range(G)) % 2, -1, 1)
DATA2 = {"A": pd.DataFrame(A, index=LEVELS)}


@cache
def simulated() -> pd.DataFrame:
    """Responses of four kinds of effects, all with residual standard deviation 0.5.

    Standardised effects are quantiles of their distribution in a random order, so that few levels are enough.
    """
    rng = np.random.default_rng(11)

    def standard(count: int, df: float = np.inf) -> np.ndarray:
        return rng.permutation(stats.t(df).ppf((np.arange(count) + 0.5) / count))

    per = 12
    g = np.repeat(np.arange(G), per)
    h = rng.permutation(g)
    n = len(g)
    d = pd.DataFrame({"g": np.take(LEVELS, g), "h": np.take(LEVELS, h), "x": rng.normal(size=n)})
    d["side"], d["sideh"] = np.where(g % 2, "odd", "even"), np.where(h % 2, "odd", "even")
    d["w1"], d["w2"] = rng.uniform(0.5, 2, n), rng.uniform(0.5, 2, n)
    noise = rng.normal(0, 0.5, n)
    sd = np.where(np.arange(G) % 2, 2.0, 0.4)
    first = np.empty(G)
    first[::2], first[1::2] = standard(G // 2), standard(G // 2)
    d["by"] = 1 + (sd * first)[g] + (0.6 * standard(G))[g] * d.x + noise
    d["cov"] = 1 + 1.5 * (np.linalg.cholesky(A) @ standard(G))[g] + noise
    d["student"] = 1 + 0.8 * standard(G, df=3)[g] + noise
    total = d.w1 + d.w2
    u = 1.2 * standard(G)
    d["mm"] = 1 + d.w1 / total * u[g] + d.w2 / total * u[h] + noise
    return d


def interval(fit: ss.Posterior, name: str) -> np.ndarray:
    """The middle 98 per cent."""
    return np.quantile(fit.flat[name], [0.01, 0.99])


RECOVERED = {
    "by": ("by ~ x + (1 + x || gr(g, by = side))", {
        "sd_g__Intercept:sideodd": 2.0, "sd_g__Intercept:sideeven": 0.4, "sd_g__x:sideodd": 0.6, "sigma": 0.5}),
    "cov": ("cov ~ 1 + (1 | gr(g, cov = A))", {"sd_g__Intercept": 1.5, "sigma": 0.5}),
    "mm": ("mm ~ 1 + (1 | mm(g, h, weights = cbind(w1, w2)))", {"sd_mmgh__Intercept": 1.2, "sigma": 0.5}),
}  # fmt: skip


@pytest.mark.slow
def test_recovers_the_degrees_of_freedom() -> None:
    rng = np.random.default_rng(7)
    g = np.repeat(np.arange(80), 3)
    effects = 0.8 * rng.permutation(stats.t(2).ppf((np.arange(80) + 0.5) / 80))
    d = pd.DataFrame({"g": np.char.add("l", g.astype(str)), "y": effects[g] + rng.normal(0, 0.3, 240)})
    fit = ss.brm("y ~ 1 + (1 | gr(g, dist = 'student', center = TRUE))", d, **ENOUGH)
    for parameter, value in {"sd_g__Intercept": 0.8, "df_g": 2.0, "sigma": 0.3}.items():
        low, high = interval(fit, parameter)
        assert low < value < high, parameter


@pytest.mark.slow
@pytest.mark.parametrize("name", RECOVERED)
def test_recovers_the_parameters(name: str) -> None:
    formula, truth = RECOVERED[name]
    fit = ss.brm(formula, simulated(), data2=DATA2, **ENOUGH)
    for parameter, value in truth.items():
        low, high = interval(fit, parameter)
        assert low < value < high, parameter


def test_thirty_two_uncorrelated_slopes_are_one_matrix() -> None:
    rng = np.random.default_rng(2)
    n, slopes = 90, [f"x{i}" for i in range(32)]
    d = pd.DataFrame(rng.normal(size=(n, 32)), columns=slopes)
    d["g"], d["y"] = np.resize(list("abcdefghi"), n), rng.normal(size=n)
    formula = f"y ~ 1 + ({' + '.join(slopes)} || g)"
    code = ss.stancode(formula, d)
    assert code.count("z_1") == 3  # declared, scaled, standard normal
    assert code.count("\ntarget") + code.count("target +=") <= 4
    fit = ss.brm(formula, d, **FEW)
    assert fit.flat["r_g"].shape == (10, 9, 33)


@cache
def small(formula: str | tuple[str, ...]) -> ss.Posterior:
    return ss.brm(formula, simulated().iloc[::3], data2=DATA2, **FEW)


KINDS = [
    "by ~ x + (1 + x | gr(g, by = side))", "by ~ (x || gr(g, by = side, center = TRUE))",
    "by ~ (x | gr(g, by = side, center = TRUE))", "cov ~ (1 + x | gr(g, cov = A))",
    "cov ~ (x | gr(g, cov = A, center = TRUE))", "by ~ (1 + x | gr(g, by = side, cov = A))",
    "mm ~ x + (1 + mmc(w1, w2) | mm(g, h, weights = cbind(w1, w2), by = cbind(side, sideh)))",
    "by ~ (x | gr(g, by = side, cov = A, center = TRUE))",
    ("by ~ (1 | I | gr(g, by = side))", "sigma ~ (1 | I | gr(g, by = side))"),
]  # fmt: skip
STUDENTS = [
    "student ~ (1 + x | gr(g, dist = 'student', by = side, cov = A))",
    "student ~ (1 | gr(g, dist = 'student', center = TRUE)) + (1 | gr(h, dist = 'student'))",
    "mm ~ (1 | mm(g, h, dist = 'student'))",
]  # fmt: skip
STUDENT = "student ~ (1 | gr(g, dist = 'student')) + (0 + x | gr(g, dist = 'student'))"


@pytest.mark.parametrize("formula", [*KINDS, STUDENT, *STUDENTS])
def test_points_stand_for_the_draws(formula: Any) -> None:
    fit = small(formula)
    here = unconstrained_posterior(fit)
    # Effects that are scaled by almost nothing lose digits on the way back.
    np.testing.assert_allclose(here.log_density(here.points), fit.flat["lp__"], rtol=1e-6, atol=1e-6)
    for name, values in here.draws(here.points).items():
        np.testing.assert_allclose(values, fit.flat[name], rtol=1e-7, atol=1e-7 * np.abs(values).max(), err_msg=name)


@pytest.mark.parametrize("formula", [*KINDS, STUDENT])
def test_model_matrix_times_coefficients_is_the_predictor(formula: Any) -> None:
    fit = small(formula)
    matrix = fit.model_matrix()
    draws = fit.as_pandas(list(matrix.columns))[list(matrix.columns)].to_numpy()
    linear = fit.posterior_linpred().values.reshape(fit.ndraws, -1)
    np.testing.assert_allclose(draws @ matrix.to_numpy().T, linear, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("formula", [*KINDS, STUDENT])
def test_stored_fit_answers_the_same(formula: Any, tmp_path: Path) -> None:
    fit = small(formula)
    fit.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    rows = simulated().iloc[[0, 100, 200]].assign(g="new", side="odd", h="other", sideh="even")
    for ask in (
        lambda f: f.posterior_epred(),
        lambda f: f.posterior_epred(rows, allow_new_levels=True, seed=2),
        lambda f: f.log_lik(),
    ):
        np.testing.assert_array_equal(ask(fit).values, ask(loaded).values)


def test_scales_of_the_levels_stand_beside_the_posterior(tmp_path: Path) -> None:
    """They are none of its variables, but in files and in combined fits, so that points can be found there too."""
    fit = small(STUDENT)
    assert not [name for name in fit.variables() if name.startswith("udf")]
    assert list(fit.draws["latent"].data_vars) == ["udf_g"]
    assert "latent" not in small(KINDS[0]).draws.children
    fit.save(tmp_path / "fit.nc")
    points = unconstrained_posterior(fit).points
    np.testing.assert_array_equal(unconstrained_posterior(ss.load_fit(tmp_path / "fit.nc")).points, points)
    other = ss.brm(STUDENT, simulated().iloc[::3], data2=DATA2, **FEW | {"seed": 2})
    both = unconstrained_posterior(ss.combine_models(fit, other)).points
    np.testing.assert_array_equal(both[: len(points)], points)


def test_student_effects_match_moments() -> None:
    fit = small(STUDENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SmoothstanWarning)
        found, plain = fit.loo(moment_match=True), fit.loo()
    assert np.all(np.isfinite(found.elpd))
    assert found.elpd == pytest.approx(plain.elpd, abs=5)


@pytest.mark.parametrize("how", ["uncertainty", "old_levels"])
def test_new_levels_take_effects_of_levels_with_their_by(how: str) -> None:
    fit = small(KINDS[0])
    new = pd.DataFrame({"g": ["n1", "n2"], "side": ["odd", "even"], "x": [0.0, 0.0]})
    found = fit.posterior_linpred(new, allow_new_levels=True, sample_new_levels=how, seed=3).values.reshape(-1, 2)
    effects = found - fit.flat["b_Intercept"][:, None]
    levels = list(fit.design.groups[0].levels)
    odd = np.asarray([int(level[1:]) % 2 for level in levels], dtype=bool)
    for column, own in enumerate((odd, ~odd)):
        candidates = fit.flat["r_g"][:, own, 0]
        distance = np.abs(candidates - effects[:, column][:, None])
        assert np.all(distance.min(axis=1) < 1e-12)
        if how == "old_levels":
            assert len(set(distance.argmin(axis=1))) == 1


def test_gaussian_new_levels_have_the_standard_deviation_of_their_by() -> None:
    fit = small(KINDS[0])
    count = 400
    new = pd.DataFrame({"g": [f"n{i}" for i in range(count)], "side": "odd", "x": 0.0})
    found = fit.posterior_linpred(new, allow_new_levels=True, sample_new_levels="gaussian", seed=3)
    scaled = found.values.reshape(-1, count) - fit.flat["b_Intercept"][:, None]
    scaled = scaled / fit.flat["sd_g__Intercept:sideodd"][:, None]
    # 4000 standard normal numbers: mean squares within four standard errors, 4 sqrt(2 / 4000).
    assert np.mean(scaled**2) == pytest.approx(1, abs=0.09)


def test_new_members_of_a_known_row() -> None:
    """A row with one known and one new member: the known one counts with its own effect and weight."""
    fit = small("mm ~ 1 + (1 | mm(g, h, weights = cbind(w1, w2)))")
    row = pd.DataFrame({"g": ["l3"], "h": ["new"], "w1": [3.0], "w2": [1.0]})
    found = fit.posterior_linpred(row, allow_new_levels=True, seed=4).values.ravel()
    levels = fit.design.groups[0].levels
    rest = found - fit.flat["b_Intercept"] - 0.75 * fit.flat["r_mmgh"][:, levels.index("l3"), 0]
    distance = np.abs(fit.flat["r_mmgh"][:, :, 0] * 0.25 - rest[:, None])
    assert np.all(distance.min(axis=1) < 1e-12)
    with pytest.raises(ss.errors.DataError, match="new level 'new'"):
        fit.posterior_linpred(row)


@pytest.mark.parametrize("formula", ["~ (1 | g)", "~ (1 | gr(g, by = side))"])
def test_part_of_the_effects(formula: str) -> None:
    fit = small(KINDS[0])
    found = fit.posterior_linpred(re_formula=formula).values.reshape(fit.ndraws, -1)
    level = fit.design.groups[0].indices(fit.design.table)
    x = simulated().x.to_numpy()[::3]
    fixed = fit.flat["b_Intercept"][:, None] + fit.flat["b_x"][:, None] * x
    np.testing.assert_allclose(found, fixed + fit.flat["r_g"][:, level, 0], rtol=1e-12, atol=1e-12)


def test_by_must_be_known_for_new_levels() -> None:
    fit = small(KINDS[0])
    with pytest.raises(ss.errors.DataError, match="new level 'neither'"):
        fit.posterior_linpred(pd.DataFrame({"g": ["n"], "side": ["neither"], "x": [0.0]}), allow_new_levels=True)
    rows = pd.DataFrame({"g": ["n", "n"], "side": ["odd", "even"], "x": [0.0, 1.0]})
    with pytest.raises(ss.errors.DataError, match="must be the same in all rows of a level"):
        fit.posterior_linpred(rows, allow_new_levels=True)


def test_student_groupings_of_a_group_share_the_degrees_of_freedom() -> None:
    fit = small(STUDENT)
    code = ss.stancode(STUDENT, simulated())
    assert "real<lower=1> df_1;" in code
    assert "df_2" not in code
    assert [name for name in fit.flat if name.startswith("df_")] == ["df_g"]


def test_tables_name_every_set() -> None:
    fit = small(KINDS[0])
    sets = ["Intercept:sideeven", "x:sideeven", "Intercept:sideodd", "x:sideodd"]
    tables = fit.var_corr()["g"]
    assert list(tables["sd"].index) == sets
    assert list(tables["cor"].index) == [tuple(sets[:2]), tuple(sets[2:])]
    rows = list(fit.summary()["~g"].index)
    assert rows == [f"sd({label})" for label in sets] + [
        "cor(Intercept:sideeven,x:sideeven)", "cor(Intercept:sideodd,x:sideodd)",
    ]  # fmt: skip
    assert list(small(STUDENT).summary()["~g"].index) == ["df", "sd(Intercept)", "sd(x)"]


def test_fit_starts_from_the_penalised_one() -> None:
    """Centred effects start at the effects themselves; what gam() has no term for starts anywhere."""
    fit = ss.brm("cov ~ x + (1 + x || gr(g, center = TRUE))", simulated(), inits="gam", **FEW)
    assert fit.flat["r_g"].shape == (10, G, 2)


def test_centring_follows_the_information_in_the_data() -> None:
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(30), 20)
    d = pd.DataFrame({"g": np.char.add("g", g.astype(str)), "x": rng.normal(size=600)})
    d["strong"] = rng.normal(0, 3, 30)[g] + rng.normal(size=600)
    d["weak"] = rng.normal(0, 0.05, 30)[g] + rng.normal(size=600)
    d["explained"] = g / 3 + rng.normal(size=600)
    d["z"] = g.astype(float)
    assert "[N_1, M_1] r_1;  // effects" in ss.stancode("strong ~ x + (1 | gr(g, center = 'auto'))", d)
    assert "z_1" in ss.stancode("weak ~ x + (1 | gr(g, center = 'auto'))", d)
    assert "z_1" in ss.stancode("explained ~ z + (1 | gr(g, center = 'auto'))", d)
    assert "z_1" not in ss.stancode("explained ~ x + (1 | gr(g, center = 'auto'))", d)
    assert "z_1" in ss.stancode(["weak ~ x", "sigma ~ (1 | gr(g, center = 'auto'))"], d)
