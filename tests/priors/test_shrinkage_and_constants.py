"""Shrinkage priors and constants: the log density, posterior names, recoveries, and what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import gammaln

import smoothstan as ss
from smoothstan.errors import PriorError, PriorWarning, SamplingWarning
from smoothstan.posterior.comparison.unconstrained import unconstrained_posterior

SHORT: dict[str, Any] = {
    "backend": "stanli", "chains": 2, "iter_warmup": 60, "iter_sampling": 40, "seed": 4, "show_progress": False,
}  # fmt: skip
GROUPED = "y ~ x + w + s(z, k=5) + (1 + x | g)"
JOINT = [ss.prior("R2D2(0.4, 3, main=TRUE)"), ss.prior("R2D2()", "sds"), ss.prior("R2D2()", "sd")]


def short_fit(formula: Any, data: pd.DataFrame, prior: Any, **options: Any) -> ss.Posterior:
    """Return a few draws: any points will do to compare densities."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return ss.brm(formula, data, prior=prior, **(SHORT | options))


def half_t(x: np.ndarray, df: float, scale: Any) -> np.ndarray:
    return stats.t.logpdf(x, df, 0, scale) + np.log(2)


def dirichlet(phi: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return gammaln(alpha.sum()) - gammaln(alpha).sum() + ((alpha - 1) * np.log(phi)).sum(axis=1)


def columns(fit: ss.Posterior, *names: str) -> np.ndarray:
    return np.column_stack([fit.flat[name] for name in names])


def test_the_horseshoe_is_the_one_of_its_paper(frame: pd.DataFrame) -> None:
    """Piironen & Vehtari (2017): coefficients, their scales, the prior and all of the log density with the Jacobian."""
    prior = ss.prior("horseshoe(3, scale_global=0.7, df_global=2, scale_slab=1.5, df_slab=6)")
    prior = prior + ss.prior("normal(0, 2)", "Intercept") + ss.prior("exponential(1)", "sigma")
    fit = short_fit("y ~ x + z", frame, prior, sample_prior="only")
    flat, local = fit.flat, fit.flat["hs_local"]
    tau, sigma = flat["hs_global"], flat["sigma"]
    slab = 1.5**2 * flat["hs_slab"][:, None]
    scales = tau[:, None] * local * np.sqrt(slab / (slab + tau[:, None] ** 2 * local**2))
    np.testing.assert_allclose(columns(fit, "sdb_x", "sdb_z"), scales, rtol=1e-10)
    z = columns(fit, "b_x", "b_z") / scales
    hyper = half_t(tau, 2, 0.7 * sigma) + stats.invgamma.logpdf(flat["hs_slab"], 3, scale=3)
    own = stats.norm.logpdf(flat["Intercept"], 0, 2) + stats.expon.logpdf(sigma)
    np.testing.assert_allclose(flat["lprior"], hyper + own, rtol=1e-9)
    jacobian = np.log(tau) + np.log(flat["hs_slab"]) + np.log(local).sum(axis=1) + np.log(sigma)
    expected = hyper + own + stats.norm.logpdf(z).sum(axis=1) + half_t(local, 3, 1).sum(axis=1) + jacobian
    np.testing.assert_allclose(flat["lp__"], expected, rtol=1e-9)


def test_r2d2_is_the_one_of_its_paper(frame: pd.DataFrame) -> None:
    """Zhang et al. (2022): the same for a beta share of variance and Dirichlet shares in it."""
    prior = ss.prior("R2D2(0.3, 5, cons_D2=c(0.5, 2))") + ss.prior("normal(0, 2)", "Intercept")
    fit = short_fit("y ~ x + z", frame, [prior, ss.prior("exponential(1)", "sigma")], sample_prior="only")
    flat, phi = fit.flat, fit.flat["R2D2_phi"]
    r2, sigma = flat["R2D2_R2"], flat["sigma"]
    scales = sigma[:, None] * np.sqrt(phi * (r2 / (1 - r2))[:, None])
    np.testing.assert_allclose(columns(fit, "sdb_x", "sdb_z"), scales, rtol=1e-10)
    z = columns(fit, "b_x", "b_z") / scales
    prior_density = (
        stats.beta.logpdf(r2, 1.5, 3.5) + stats.norm.logpdf(flat["Intercept"], 0, 2) + stats.expon.logpdf(sigma)
    )
    np.testing.assert_allclose(flat["lprior"], prior_density, rtol=1e-9)
    expected = prior_density + stats.norm.logpdf(z).sum(axis=1) + dirichlet(phi, np.asarray([0.5, 2]))
    jacobian = np.log(sigma) + np.log(r2 * (1 - r2)) + np.log(phi).sum(axis=1)
    # The Jacobian of a simplex is the product of its elements, times a constant that depends on the transform.
    difference = flat["lp__"] - expected - jacobian
    np.testing.assert_allclose(difference, difference[0], atol=1e-9)


@pytest.mark.parametrize(
    ("formula", "prior"),
    [
        (GROUPED, JOINT),
        (["y ~ x", "sigma ~ x + w"], [ss.prior("horseshoe(1)"), ss.prior("R2D2()", dpar="sigma")]),
        (GROUPED, [
            ss.prior("constant(1)", coef="x"), ss.prior("constant(2)", "sd", group="g", coef="x"),
            ss.prior("constant(0)", "Intercept"), ss.prior("constant(1.5)", "sigma"), ss.prior("constant(0.3)", "sds"),
            ss.prior("constant(-1)", coef="sz_1"), ss.prior("normal(0, 1)"),
        ]),
        (["y ~ x", "sigma ~ x"], [ss.prior("constant(0.2)", dpar="sigma"), ss.prior("horseshoe()")]),
        ("y ~ x + w", [ss.prior("R2D2()"), ss.prior("constant(2)", "sigma")]),
    ],
    ids=["joint", "two predictors", "constants", "constant sigma", "autoscaled by a constant"],
)  # fmt: skip
def test_draws_go_to_unconstrained_points_and_back(
    frame: pd.DataFrame, formula: Any, prior: Any, tmp_path: Any
) -> None:
    fit = short_fit(formula, frame, prior)
    unconstrained = unconstrained_posterior(fit)
    back = unconstrained.draws(unconstrained.points)
    for name, values in back.items():
        np.testing.assert_allclose(values, fit.flat[name], rtol=1e-6, atol=1e-8, err_msg=name)
    # The same program at the same point: nothing but the rounding of the two transforms.
    np.testing.assert_allclose(unconstrained.log_density(unconstrained.points), fit.flat["lp__"], rtol=1e-9)
    fit.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    np.testing.assert_array_equal(loaded.posterior_epred(), fit.posterior_epred())
    assert str(loaded.prior_summary()) == str(fit.prior_summary())
    assert set(loaded.standata) >= {"N", "Y"}


def test_draws_hold_the_constants(frame: pd.DataFrame) -> None:
    prior = [
        ss.prior("constant(1)", coef="x"), ss.prior("constant(2)", "sd", group="g"), ss.prior("constant(1.5)", "sigma"),
        ss.prior("normal(0, 1)"),
    ]  # fmt: skip
    fit = short_fit("y ~ x + w + (1 | g)", frame, prior, sample_prior="yes")
    for name, value in {"b_x": 1.0, "sd_g__Intercept": 2.0, "sigma": 1.5}.items():
        assert np.unique(fit.flat[name]).tolist() == [value]
    assert "prior_b_w" in fit.flat
    assert not {"prior_b_x", "prior_sigma", "prior_sd_g"} & set(fit.flat)
    summary = fit.summary()
    assert summary["Further"].loc["sigma", ["Estimate", "Est.Error"]].tolist() == [1.5, 0.0]
    # What is held adds nothing to the prior.
    expected = stats.norm.logpdf(fit.flat["b_w"]) + stats.t.logpdf(fit.flat["Intercept"], 3, *intercept_of(fit))
    np.testing.assert_allclose(fit.flat["lprior"], expected, rtol=1e-10)


def intercept_of(fit: ss.Posterior) -> tuple[float, float]:
    frame = fit.prior_summary().to_frame()
    text = frame.loc[frame["class"] == "Intercept", "prior"].iloc[0]
    location, scale = text.removeprefix("student_t(3, ").rstrip(")").split(", ")
    return float(location), float(scale)


def test_names_in_the_posterior_are_those_of_brms(frame: pd.DataFrame) -> None:
    fit = short_fit(["y ~ x + w", "sigma ~ x"], frame, [ss.prior("R2D2()"), ss.prior("horseshoe()", dpar="sigma")])
    names = fit.variables()
    for name in ("R2D2_R2", "R2D2_phi[1]", "R2D2_phi[2]", "sdb_x", "sdb_w", "hs_global_sigma", "hs_slab_sigma",
                 "hs_local_sigma[1]", "sdb_sigma_x"):  # fmt: skip
        assert name in names
    assert not any(name.startswith(("zb", "scales")) for name in names)


def test_chains_start_around_the_penalised_fit(frame: pd.DataFrame) -> None:
    prior = [ss.prior("horseshoe(1)"), ss.prior("constant(1)", "sigma")]
    fit = short_fit("y ~ x + w + (1 | g)", frame, prior, inits="gam")
    assert np.isfinite(fit.flat["lp__"]).all()
    partly = [ss.prior("constant(1)", coef="x"), ss.prior("R2D2(main=TRUE)", dpar="sigma")]
    assert short_fit(["y ~ x + w", "sigma ~ x"], frame, partly, inits="gam").flat["b_x"][0] == 1


def test_sampling_from_the_prior_needs_no_other_prior_of_coefficients(frame: pd.DataFrame) -> None:
    assert ss.stancode("y ~ x", frame, prior=ss.prior("horseshoe(1)"), sample_prior="only")
    assert ss.stancode("y ~ x", frame, prior=ss.prior("constant(1)"), sample_prior="only")


BAD = [
    ("y ~ x", [ss.prior("horseshoe(1)", coef="x")], "stands at coef='x' of class 'b'"),
    ("y ~ x", [ss.prior("horseshoe(1)", "Intercept")], "class 'Intercept'; it shrinks whole classes together"),
    ("y ~ x", [ss.prior("R2D2()", "sigma")], "class 'sigma'"),
    ("y ~ x", [ss.prior("horseshoe(1)", lb=0)], "leave lb and ub of 'b' out"),
    ("y ~ x + z", [ss.prior("horseshoe(1)"), ss.prior("normal(0, 1)", coef="x")], "'x' cannot have 'normal.0, 1.'"),
    ("y ~ x + z", [ss.prior("horseshoe(1)"), ss.prior("constant(1)", coef="x")], "'x' cannot have 'constant"),
    ("y ~ x + z", [ss.prior("R2D2(cons_D2=c(1, 2, 3))")], "has 3 values .1, 2, 3., but there are 2 coefficients"),
    ("y ~ x + (1 | g)", [ss.prior("horseshoe()"), ss.prior("R2D2()", "sd")], "one shrinkage prior, but"),
    ("y ~ x + (1 | g)", [ss.prior("horseshoe()"), ss.prior("horseshoe()", "sd")], "one must say main=TRUE"),
    (
        ["y ~ x + (1 | i | g)", "sigma ~ (1 | i | g)"], [ss.prior("horseshoe()", "sd")],
        "sd_g__Intercept, sd_g__sigma_Intercept cannot have the shrinkage prior of the predictor of mu, since",
    ),
    ("y ~ x + (1 + x | g)", [ss.prior("constant(0.5)", "cor")], "only one"),
    ("y ~ x + (1 | g)", [ss.prior("constant(-1)", "sd")], "'constant.-1.' of class 'sd' lies outside the bounds lb=0"),
    ("y ~ x", [ss.prior("constant(2)", lb=3)], "lies outside the bounds lb=3 and ub=None"),
    ("y ~ x", [ss.prior("dirichlet(1)")], "prior of simplexes"),
    ("y ~ x", [ss.prior("von_mises(0, 1)")], "repeats every 2 pi"),
    ("y ~ x", [ss.prior("gamma(1, 1)", lb=-1)], "no density beyond 0, where parameters of class 'b' can go .lb=-1"),
    ("y ~ x + (1 | g)", [ss.prior("normal(0, 1)", "sd", group="g", lb=-1)], "below the parameter's own bound, 0"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "prior", "message"), BAD, ids=[message for _, _, message in BAD])
def test_what_cannot_be(frame: pd.DataFrame, formula: Any, prior: Any, message: str) -> None:
    with pytest.raises(PriorError, match=message):
        ss.standata(formula, frame, prior=prior)


MODEL = ["y ~ x + w + s(z, k=4) + (1 + x | g) + (1 | sub)", "sigma ~ w"]
NO_MATCH = [
    ({"coef": "ww"}, "no coef 'ww' in class 'b'; did you mean 'w'. .there: sz_1, w, x."),
    ({"class_": "sd", "group": "subb"}, "no group 'subb' in class 'sd'; did you mean 'sub'"),
    ({"class_": "sd", "group": "g", "coef": "xx"}, "no coef 'xx' in class 'sd' of group 'g'; did you mean 'x'"),
    ({"class_": "sd", "group": "sub", "coef": "x"}, "'x' in class 'sd' of group 'sub'; it is there with group='g'"),
    ({"class_": "sd", "coef": "x"}, "no coef 'x' in class 'sd'; it is there with group='g' .there: none."),
    ({"class_": "sds", "coef": "s(z,k=4)"}, r"did you mean 's\(z, k = 4\)'"),
    ({"dpar": "sigm"}, "no dpar 'sigm' in class 'b'; did you mean 'sigma'"),
    ({"dpar": "sigma", "coef": "x"}, "no coef 'x' in class 'b' of dpar 'sigma'; it is there without dpar"),
    ({"class_": "Intercept", "dpar": "nu"}, "no dpar 'nu' in class 'Intercept' .there: sigma."),
    ({"class_": "sigma"}, "no class 'sigma'; sigma is predicted: see dpar='sigma'"),
    ({"class_": "simo", "coef": "mox1"}, "no class 'simo' .classes: Intercept, b, cor, sd, sds."),
    ({"class_": "sd", "dpar": "sigma"}, "no dpar 'sigma' in class 'sd'"),
]


@pytest.mark.parametrize(("address", "message"), NO_MATCH, ids=[message for _, message in NO_MATCH])
def test_an_address_that_is_not_there(frame: pd.DataFrame, address: dict[str, str], message: str) -> None:
    with pytest.raises(PriorError, match=f"matches no parameter of this model.*{message}"):
        ss.stancode(MODEL, frame, prior=ss.prior("normal(0, 1)", **address))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("normal(0, -1)", "            ^^"),
        ("normal(0)", "  ^^^^^^^^^"),
        ("nrmal(0, 1)", "  ^^^^^^^^^^^"),
        ("normal(0, x)", "            ^"),
        ("horseshoe(df=1, dff=2)", "                  ^^^"),
        ("horseshoe(1, par_ratio=-1)", "                         ^^"),
        ("R2D2(2)", "  ^"),
        ("normal(0, 1", "        ^"),
    ],
)
def test_the_place_is_underlined(text: str, place: str) -> None:
    with pytest.raises(PriorError) as caught:
        ss.prior(text)
    *_, shown, marks = str(caught.value).splitlines()
    assert shown == f"  {text}"
    assert marks.startswith(place)


OF_G = {"class_": "sd", "group": "g"}
UNUSED = [
    ("y ~ x", [ss.prior("normal(0, 1)"), ss.prior("normal(0, 2)", coef="x")], "class 'b' is not used"),
    ("y ~ (1 | g)", [ss.prior("normal(0, 1)", "sd"), ss.prior("normal(0, 2)", **OF_G)], "class 'sd' is not used"),
    (
        "y ~ (1 | g)", [ss.prior("normal(0, 1)", **OF_G), ss.prior("normal(0, 2)", coef="Intercept", **OF_G)],
        "class 'sd' and group 'g' is not used",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "given", "message"), UNUSED)
def test_priors_that_nothing_follows_are_warned_of(frame: pd.DataFrame, formula: str, given: Any, message: str) -> None:
    with pytest.warns(PriorWarning, match=message):
        ss.stancode(formula, frame, prior=given)


def test_priors_add_up(frame: pd.DataFrame) -> None:
    together = ss.prior("normal(0, 1)") + ss.prior("exponential(1)", "sigma") + ss.prior("normal(0, 9)", "Intercept")
    assert ss.stancode("y ~ x", frame, prior=together) == ss.stancode("y ~ x", frame, prior=list(together))
    assert len(together) == 3
    assert str(together).count(" + ") == 2
    assert ss.stancode("y ~ (1 + x | g)", frame, prior=ss.prior("lkj(3)", "L")).count("lkj_corr_cholesky_lpdf(L_1 | 3)")


@pytest.mark.slow
@pytest.mark.parametrize("text", ["horseshoe(par_ratio=0.1)", "R2D2(0.6, 5, cons_D2=0.3)"])
def test_few_of_many_coefficients_are_found(text: str) -> None:
    """Two of 20 coefficients are 1.5 and -2; the errors are closer to zero than those under a flat prior."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(60, 20))
    truth = np.zeros(20)
    truth[[2, 11]] = 1.5, -2.0
    data = pd.DataFrame(x, columns=[f"x{i}" for i in range(20)])
    formula = "y ~ " + " + ".join(data.columns)
    data["y"] = x @ truth + rng.normal(size=60)
    options = SHORT | {"iter_warmup": 300, "iter_sampling": 300, "adapt_delta": 0.95}
    shrunk = short_fit(formula, data, ss.prior(text), **options)
    means = columns(shrunk, *(f"b_x{i}" for i in range(20))).mean(axis=0)
    flat = np.linalg.lstsq(np.column_stack([np.ones(60), x]), data["y"], rcond=None)[0][1:]
    zeros = truth == 0
    assert np.abs(means[zeros]).mean() < 0.6 * np.abs(flat[zeros]).mean()
    # The standard error of a coefficient is 0.16 or so.
    np.testing.assert_allclose(means[~zeros], truth[~zeros], atol=0.5)
