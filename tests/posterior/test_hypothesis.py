"""Hypotheses: laws, evidence from priors, names, figures, bad input."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid

import smoothstan as ss
from smoothstan.errors import DataError, FormulaError, OptionError
from smoothstan.posterior.hypothesis.density import bandwidth, density_ratio, kernel_density
from tests.conftest import read_reference

_OPTIONS: dict[str, Any] = {
    "chains": 2, "iter_warmup": 200, "iter_sampling": 300, "seed": 3, "backend": "stanli", "show_progress": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 80
    groups = np.asarray(["north side", "south side", "St. John's", "d"])[np.arange(n) % 4]
    x, z = rng.normal(size=(2, n))
    return pd.DataFrame({"y": 0.5 * x + rng.normal(size=n), "x": x, "z": z, "w": rng.normal(size=n), "g": groups})


@pytest.fixture(scope="module")
def fit(data: pd.DataFrame) -> ss.Posterior:
    """Slopes of x and z share a prior; those of groups vary."""
    priors = [
        ss.prior("normal(0, 2)", "b"), ss.prior("normal(0, 1)", "sd"), ss.prior("normal(0, 5)", "Intercept"),
        ss.prior("normal(0, 1)", "sigma"),
    ]  # fmt: skip
    return ss.brm("y ~ x + z + (1 + x | g)", data, prior=priors, sample_prior="yes", adapt_delta=0.95, **_OPTIONS)


@pytest.fixture(scope="module")
def own_priors(data: pd.DataFrame) -> ss.Posterior:
    priors = [ss.prior("normal(0, 1)", "b", coef="x"), ss.prior("normal(5, 1)", "b", coef="w")]
    return ss.brm("y ~ x + z + w", data, prior=priors, sample_prior="yes", **_OPTIONS)


def _row(fit: ss.Posterior, text: str, **options: Any) -> pd.Series:
    return fit.hypothesis(text, **options).table.iloc[0]


def test_one_sided(fit: ss.Posterior) -> None:
    x = fit.flat["b_x"]
    row = _row(fit, "x > 0.4")
    true = int((x > 0.4).sum())
    assert row["Evid.Ratio"] == true / (len(x) - true)
    assert row["Post.Prob"] == pytest.approx(true / len(x), rel=1e-14)
    np.testing.assert_allclose([row["CI.Lower"], row["CI.Upper"]], np.quantile(x - 0.4, [0.05, 0.95]), rtol=1e-12)
    turned = _row(fit, "0.4 < x")
    assert (turned["Estimate"], turned["Post.Prob"]) == (pytest.approx(-row["Estimate"]), row["Post.Prob"])
    assert _row(fit, "x < 100")["Evid.Ratio"] == np.inf
    assert _row(fit, "x < 100")["Star"] == "*"
    assert _row(fit, "x > 100")["Post.Prob"] == 0


def test_two_sided_star_and_alpha(fit: ss.Posterior) -> None:
    x = fit.flat["b_x"]
    for alpha in (0.4, 0.05, 1e-4):
        low, high = np.quantile(x, [alpha / 2, 1 - alpha / 2])
        row = _row(fit, "x = 0", alpha=alpha)
        np.testing.assert_allclose([row["CI.Lower"], row["CI.Upper"]], [low, high], rtol=1e-10)
        assert row["Star"] == ("" if low <= 0 <= high else "*")


def test_expressions(fit: ss.Posterior) -> None:
    x, z, b0 = fit.flat["b_x"], fit.flat["b_z"], fit.flat["b_Intercept"]
    wanted = {
        "-x^2 + 2e-3 > 0": -(x**2) + 2e-3,
        "exp(Intercept) * (x - z) / 2 > pi": np.exp(b0) * (x - z) / 2 - np.pi,
        "log(exp(x), 10) > log2(8)": x / np.log(10) - 3,
        "pmax(x, z, 0.5) > plogis(x)": np.maximum(np.maximum(x, z), 0.5) - 1 / (1 + np.exp(-x)),
        "`x` == z": x - z,
        "x %% 0.25 - x %/% 0.25 > .5": x % 0.25 - x // 0.25 - 0.5,
    }
    tests = fit.hypothesis(list(wanted))
    for i, values in enumerate(wanted.values()):
        np.testing.assert_allclose(tests.samples.iloc[:, i], values, rtol=1e-12, atol=1e-14)
    assert tests.table["Hypothesis"][0] == "(-x^2+2e-3) > 0"
    assert fit.hypothesis({"mine": "x > 0"}).table["Hypothesis"].tolist() == ["mine"]


def test_full_names(fit: ss.Posterior) -> None:
    r = fit.draws["posterior"]["r_g"].sel(g="north side", coef="x").values.ravel()
    for text in ("r_g[north side,x] > 0", "r_g[north.side, x] > 0", "`r_g[north side,x]` > 0"):
        np.testing.assert_array_equal(fit.hypothesis(text, class_=None).samples["H1"], r)
    own = fit.draws["posterior"]["r_g"].sel(g="St. John's", coef="Intercept").values.ravel()
    np.testing.assert_array_equal(fit.hypothesis("r_g[St. John's,Intercept] < 0", class_=None).samples["H1"], own)
    ratio = fit.flat["sd_g__x"] / fit.flat["sigma"]
    np.testing.assert_allclose(fit.hypothesis("sd_g__x / sigma > 0", class_=None).samples["H1"], ratio, rtol=1e-14)
    np.testing.assert_array_equal(fit.hypothesis("x > 0", class_="sd", group="g").samples["H1"], fit.flat["sd_g__x"])


def test_every_level(fit: ss.Posterior) -> None:
    tests = fit.hypothesis(["Intercept > 0", "x = 0.1"], scope="coef", group="g")
    assert tests.table["Group"].tolist() == ["d", "north side", "south side", "St. John's"] * 2
    coefficients = fit.coef()["g"]
    np.testing.assert_allclose(
        tests.table["Estimate"],
        [
            *coefficients.xs("Intercept", level="coef")["Estimate"],
            *(coefficients.xs("x", level="coef")["Estimate"] - 0.1),
        ],
        rtol=1e-12,
    )
    assert tests.samples.shape == (fit.ndraws, 8)
    alone = fit.hypothesis("x = 0.1", scope="ranef", group="g").table
    shift = fit.fixef().loc["x", "Estimate"]
    np.testing.assert_allclose(alone["Estimate"] + shift, tests.table["Estimate"][4:], rtol=1e-12)


def test_density_ratio_as_in_brms() -> None:
    for case in read_reference("brms_hypothesis/density_ratio.json"):
        posterior, prior = np.asarray(case["posterior"]), np.asarray(case["prior"])
        assert bandwidth(posterior) == pytest.approx(case["bandwidth"], rel=1e-13)
        # R puts draws on a grid of 4096 points before it smooths them.
        assert density_ratio(posterior, prior, case["point"]) == pytest.approx(case["ratio"], rel=1e-4)


def test_density_has_mass_one_and_the_spread_of_its_draws() -> None:
    draws = np.random.default_rng(2).gamma(3, size=500)
    x = np.linspace(-10, 40, 20001)
    density = kernel_density(draws, x)
    assert trapezoid(density, x) == pytest.approx(1, abs=1e-9)
    mean = trapezoid(x * density, x)
    assert mean == pytest.approx(draws.mean(), abs=1e-9)
    variance = draws.var() + bandwidth(draws) ** 2
    assert trapezoid((x - mean) ** 2 * density, x) == pytest.approx(variance, rel=1e-8)


def test_evidence_of_a_point(own_priors: ss.Posterior) -> None:
    row = _row(own_priors, "x = 0")
    draws = own_priors.flat["b_x"]
    posterior = kernel_density(draws, np.zeros(1))[0]
    # 600 draws: the density of the standard normal prior at zero is estimated within some ten per cent.
    assert row["Evid.Ratio"] == pytest.approx(posterior / 0.3989, rel=0.15)
    assert row["Post.Prob"] == pytest.approx(row["Evid.Ratio"] / (1 + row["Evid.Ratio"]))
    shifted = own_priors.hypothesis("w = 5")
    np.testing.assert_array_equal(shifted.prior_samples["H1"], own_priors.flat["prior_b_w"] - 5)


def test_no_evidence_without_prior(own_priors: ss.Posterior, slopes_fit: ss.Posterior) -> None:
    for fit, text in (
        (own_priors, "z = 0"),
        (own_priors, "x - z = 0"),
        (own_priors, "Intercept = 0"),
        (slopes_fit, "x = 0"),
    ):
        tests = fit.hypothesis(text)
        assert tests.table[["Evid.Ratio", "Post.Prob"]].isna().all(axis=None)
        assert tests.prior_samples.isna().all(axis=None)


def test_coefficients_that_share_a_prior_are_independent_under_it(fit: ss.Posterior) -> None:
    prior = fit.hypothesis("x - z = 0", seed=1).prior_samples["H1"]
    # Two independent normal(0, 2): 600 draws give the standard deviation within ten per cent.
    assert prior.std() == pytest.approx(2 * np.sqrt(2), rel=0.1)
    again = fit.hypothesis("x - z = 0", seed=1)
    np.testing.assert_array_equal(again.prior_samples["H1"], prior)
    np.testing.assert_array_equal(fit.hypothesis("x - x = 1").prior_samples["H1"], -1)


def test_priors_of_other_classes(fit: ss.Posterior) -> None:
    shared = fit.hypothesis("Intercept = 0.5", class_="sd", group="g").prior_samples["H1"]
    np.testing.assert_array_equal(shared, fit.flat["prior_sd_g"] - 0.5)
    correlation = fit.hypothesis("g__Intercept__x = 0", class_="cor")
    np.testing.assert_array_equal(correlation.prior_samples["H1"], fit.flat["prior_cor_g"])
    assert np.isfinite(correlation.table["Evid.Ratio"]).all()
    np.testing.assert_array_equal(fit.hypothesis("sigma = 0", class_=None).prior_samples["H1"], fit.flat["prior_sigma"])


def test_prints(fit: ss.Posterior) -> None:
    tests = fit.hypothesis(["x > 0", "x = 100"])
    text = str(tests)
    assert text.startswith("Hypothesis Tests for class b:\n")
    assert "90 % interval of one-sided, 95 % interval of two-sided" in text
    assert "(x)-(100) = 0" in text
    assert "<td>(x) &gt; 0</td>" in tests._repr_html_()
    assert str(fit.hypothesis("sigma > 0", class_=None)).startswith("Hypothesis Tests:")
    assert "NA" in str(fit.hypothesis("Intercept = 0"))


def test_figures(fit: ss.Posterior) -> None:
    axes = fit.hypothesis(["x - z = 0", "Intercept > 0"]).plot()
    assert [ax.get_title() for ax in axes] == ["(x-z) = 0", "(Intercept) > 0"]
    texts = [[text.get_text() for text in ax.get_legend().get_texts()] for ax in axes]
    assert texts == [["interval", "posterior", "prior"], ["interval", "posterior"]]
    assert "prior" not in [t.get_text() for t in fit.hypothesis("x = 0").plot(prior=False)[0].get_legend().get_texts()]
    near, far = fit.hypothesis(["x > 0", "x > 100"]).plot()
    assert near.get_xlim()[0] < 0 < near.get_xlim()[1]
    assert far.get_xlim()[1] < -90
    (ax,) = fit.hypothesis("x > 0", scope="coef", group="g").plot()
    assert len(ax.get_yticklabels()) == 4
    plt.close("all")


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("xx > 0", "no parameter 'xx'; did you mean 'x'", "xx"),
        ("x + zz*2 > 0", "there is no parameter 'zz'", "zz"),
        ("x > 2 * Intercep", "did you mean 'Intercept'", "Intercep"),
        ("x:z > 0", "there is no parameter 'x:z'", "x:z"),
        ("b_x > 0", "there is no parameter 'b_x'", "b_x"),
        ("x + 1", "compares two sides by", "x + 1"),
        ("0 < x < 1", "has one comparison", "<"),
        ("x >= 0", "not by '>='", ">="),
        ("x != 0", "not by '!='", "!="),
        ("(x > 0)", "cannot stand in parentheses", ">"),
        ("= 3", "nothing left of the comparison", "="),
        ("x >", "nothing right of the comparison", ">"),
        ("x + > 3", "ends where a term is expected", ">"),
        ("x * (z > 0", "cannot stand in parentheses|never closed", "("),
        ("foo(x) > 0", r"function foo\(\) is not known", "foo(x)"),
        ("poly(x, 2) > 0", r"function poly\(\) is not known", "poly(x, 2)"),
        ("exp(x, z) > 0", r"exp\(\) takes one argument", "exp(x, z)"),
        ("log(x, base = 2) > 0", "has one comparison", ">"),
        ("pmin(x) > 0", "two or more arguments", "pmin(x)"),
        ("x | z > 0", "'|' has no meaning", "x | z"),
        ("'a' > x", "has no meaning in a hypothesis", "'a'"),
        ("1 > 0", "names no parameter", "1 > 0"),
    ],
)
def test_bad_hypotheses(text: str, message: str, marked: str, fit: ss.Posterior) -> None:
    with pytest.raises(FormulaError, match=message) as caught:
        fit.hypothesis(text)
    line, carets = str(caught.value).splitlines()[-2:]
    assert line == f"  {text}"
    start, stop = carets.index("^"), carets.rindex("^") + 1
    assert line.ljust(stop)[start:stop] == marked


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"hypothesis": []}, OptionError, "no hypothesis to test"),
        ({"hypothesis": 3}, FormulaError, "a hypothesis is a text"),
        ({"hypothesis": [3]}, FormulaError, "a hypothesis is a text"),
        ({"hypothesis": "x > 0", "alpha": 0.5}, OptionError, "alpha must lie strictly between 0 and 0.5"),
        ({"hypothesis": "x > 0", "class_": "sdd"}, OptionError, "start with 'sdd_'"),
        ({"hypothesis": "x > 0", "scope": "all"}, OptionError, "scope must be one of"),
        ({"hypothesis": "x > 0", "scope": "coef"}, OptionError, "no group ''.*'g'"),
        ({"hypothesis": "x > 0", "scope": "coef", "group": "G"}, OptionError, "did you mean 'g'"),
        ({"hypothesis": "log(x - 100) > 0"}, DataError, "not a number in 600 of 600 draws"),
        ({"hypothesis": "z > 0", "scope": "ranef", "group": "g"}, FormulaError, "there are: Intercept, x"),
        ({"hypothesis": "r_g[nowhere,x] > 0", "class_": None}, FormulaError, r"no parameter 'r_g\[nowhere,x\]'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], message: str, fit: ss.Posterior) -> None:
    with pytest.raises(error, match=message):
        fit.hypothesis(**arguments)
