"""The log density of the Stan program is that of the model, and its gradient the derivative of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from reference_density import (
    DENSITIES,
    PriorBook,
    ReferenceDensity,
    cholesky_factor,
    declared_parameters,
    lkj_log_density,
    partial_correlations,
)

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.engines import StanliEngine
from smoothstan.engines.stanli import _model
from smoothstan.posterior import FitRequest
from smoothstan.priors import density as known_densities
from smoothstan.priors import parse_distribution

POINTS = 5

# Stan and scipy add the same few hundred terms in another order and round lgamma, log and exp
# differently by a few units in the last place: 4e-15 of the sum at most where this was written.
VALUE_RTOL = 1e-11

# The five-point rule errs by step^4 f^(5) / 30, about 1e-11 of a component, and by rounding,
# 1e-16 |lp| / step = 5e-14 |lp|; both with a factor of about a thousand for stronger curvature.
STEP = 2e-3
GRADIENT_RTOL = 1e-8
GRADIENT_ATOL_PER_LP = 5e-11


def _table() -> dict[str, Any]:
    """Return responses and covariates far from standardised, so that centring and defaults matter."""
    rng = np.random.default_rng(20240611)
    n = 36
    x, z, v = 3 + rng.normal(size=n), rng.normal(size=n), rng.uniform(-1, 2, size=n)
    return {
        "y": 2 * x - 1.5 * z + 2.5 * rng.normal(size=n),
        "count": rng.poisson(np.exp(0.4 + 0.5 * z)),
        "success": rng.integers(0, 2, size=n),
        "hits": rng.binomial(9, 0.4, size=n),
        "tries": rng.integers(9, 14, size=n),
        "x": x, "z": z, "v": v,
        "exposure": rng.uniform(0.5, 3, size=n),
        "weight": rng.uniform(0.2, 2, size=n),
        "f": np.asarray(["low", "mid", "high"])[rng.integers(0, 3, size=n)],
        "g": np.asarray(list("abcdef"))[rng.permutation(n) % 6],
        "h": np.asarray(["u", "v", "w"])[rng.integers(0, 3, size=n)],
        "lat": rng.uniform(-70, 70, size=n), "lon": rng.uniform(-180, 180, size=n),
    }  # fmt: skip


TABLE = _table()


@dataclass(frozen=True)
class Case:
    """A model.

    ``priors`` are the arguments of ``prior()``; ``addresses`` name the elements of a parameter as (coef,
    group) where a prior is that specific; ``correlated`` numbers the groups with correlated effects;
    ``held`` repeats the parameters that the formula sets to a number; ``linked`` says which smooth's standard
    deviations another uses (by their suffixes, e.g. ``_2`` those of ``_1``).
    """

    formula: Any
    family: str = "gaussian"
    link: str = ""
    priors: tuple[Mapping[str, Any], ...] = ()
    addresses: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    correlated: tuple[int, ...] = ()
    held: Mapping[str, float] = field(default_factory=dict)
    linked: Mapping[str, str] = field(default_factory=dict)
    data2: Mapping[str, Any] = field(default_factory=dict)

    @property
    def response_family(self) -> Any:
        """The family as ``brm`` takes it."""
        return ss.family(self.family, link=self.link) if self.link else self.family


def _prior(distribution: str, class_: str = "b", **address: Any) -> dict[str, Any]:
    return {"distribution": distribution, "class_": class_, **address}


NEIGHBOURS = {"a": ["b", "c"], "b": ["a", "d"], "c": ["a", "e"], "d": ["b", "f"], "e": ["c"], "f": ["d"]}
CR5 = 's(z, bs = "cr", k = 5)'

CASES: Mapping[str, Case] = {
    "gaussian, intercept only": Case("y ~ 1"),
    "gaussian, covariates": Case("y ~ x + z"),
    "gaussian, no intercept": Case("y ~ 0 + x + z"),
    "gaussian, intercept as a coefficient": Case("y ~ 0 + Intercept + x"),
    "gaussian, factor and interaction": Case("y ~ f * x"),
    "gaussian, offset": Case("y ~ x + offset(v)"),
    "gaussian, no intercept, offset": Case("y ~ 0 + x + offset(v) + offset(2 * z)"),
    "gaussian, weights": Case("y | weights(weight) ~ x"),
    "gaussian, log link": Case("count ~ z", link="log"),
    "gaussian, smooth": Case("y ~ s(x, bs='cr', k=6)"),
    "gaussian, smooth by factor": Case("y ~ f + s(z, bs='cr', k=5, by=f)"),
    "gaussian, smooth by number": Case("y ~ s(z, bs='cr', k=5, by=v)"),
    "gaussian, unpenalised smooth": Case("y ~ s(z, bs='cr', k=5, fx=TRUE) + s(x, k=5)"),
    "gaussian, random effects as smooths": Case("y ~ x + s(g, bs='re') + s(h, z, bs='re')"),
    "gaussian, a smooth per group": Case("y ~ x + s(z, g, bs='fs', k=4)"),
    "gaussian, two penalties on one block": Case("y ~ s(x, bs='bs', k=7, m=c(3, 2, 1))"),
    "gaussian, three penalties on one block": Case("y ~ s(x, bs='ad', k=9, m=3)"),
    "gaussian, random effects by level": Case("y ~ f + s(g, by=f, bs='re') + s(z, h, by=f, bs='fs', k=4)"),
    "poisson, smooths of all kinds": Case("count ~ s(z, k=5) + s(x, g, bs='fs', k=4) + s(v, k=5, by=f)", "poisson"),
    "gaussian, tensor product": Case("y ~ te(x, z, k=3)"),
    "gaussian, tensor product of three covariates": Case("y ~ te(x, z, v, k=3)"),
    "gaussian, tensor interaction": Case("y ~ ti(x, k=4) + ti(z, k=4) + ti(x, z, k=4)"),
    "gaussian, tensor product by factor": Case("y ~ f + te(x, z, k=3, by=f)"),
    "gaussian, tensor product by number": Case("y ~ te(x, z, k=3, by=v)"),
    "gaussian, tensor product of blocks": Case("y ~ t2(x, z, k=4)"),
    "gaussian, tensor product with unpenalised margin": Case("y ~ te(x, z, k=3, fx=c(TRUE, FALSE))"),
    "gaussian, deviations from a smooth": Case("y ~ s(x, k=4) + s(h, x, bs='sz', k=4)"),
    "gaussian, Markov random field": Case("y ~ s(g, bs='mrf', xt=list(nb=map))", data2={"map": NEIGHBOURS}),
    "gaussian, smooth on the sphere": Case("y ~ s(lat, lon, bs='sos', k=8)"),
    "gaussian, linked smooths": Case("y ~ s(x, k=5, id=1) + s(z, k=5, id=1)", linked={"_2": "_1"}),
    "gaussian, linked levels": Case("y ~ f + s(z, k=5, by=f, id='a')", linked={"_2": "_1", "_3": "_1"}),
    "gaussian, linked tensor products": Case(
        "y ~ te(x, z, k=3, id=1) + s(v, k=4) + te(x, v, k=3, id=1)", linked={"_3": "_1"}
    ),
    "distributional, linked within a parameter": Case(
        ss.bf("y ~ s(x, k=4, id=1) + s(z, k=4, id=1)", "sigma ~ s(v, k=4, id=1) + s(x, k=4, id=1)"),
        linked={"_2": "_1", "_sigma_2": "_sigma_1"},
    ),
    "prior of linked smooths": Case(
        "y ~ s(z, bs='cr', k=5, id=1) + s(v, bs='cr', k=5, id=1)",
        priors=(_prior("exponential(0.5)", "sds", coef='s(z, bs = "cr", k = 5, id = 1)'),),
        addresses={"sds_1": (('s(z, bs = "cr", k = 5, id = 1)', ""),)},
        linked={"_2": "_1"},
    ),
    "gaussian, smooth, weights": Case("y | weights(weight) ~ z + s(x, bs='cr', k=5)"),
    "gaussian, two smooths and a group": Case(
        "y ~ x + s(z, bs='cr', k=5) + s(v, bs='cr', k=6) + (1 | g)"
    ),
    "gaussian, group without a population intercept": Case("y ~ 0 + (1 | g)"),
    "gaussian, correlated slopes": Case("y ~ x + (1 + x | g)", correlated=(1,)),
    "gaussian, uncorrelated slopes": Case("y ~ x + (x || g)"),
    "gaussian, three correlated effects": Case("y ~ x + (1 + x + z | g)", correlated=(1,)),
    "gaussian, four correlated effects": Case("y ~ 1 + (1 + x + z + v | g)", correlated=(1,)),
    "gaussian, nested groups": Case("y ~ x + (1 | g / h)"),
    "gaussian, crossed groups": Case("y ~ (1 + x | g) + (0 + z | h)", correlated=(1,)),
    "student": Case("y ~ x + (1 | g)", "student"),
    "student, weights": Case("y | weights(weight) ~ x", "student"),
    "student, degrees of freedom predicted": Case(ss.bf("y ~ x", "nu ~ z"), "student"),
    "student, parameters held": Case(
        ss.bf("y ~ x + (1 | g)", nu=4, sigma=2.5), "student", held={"nu": 4, "sigma": 2.5}
    ),
    "bernoulli, logit": Case("success ~ x + z", "bernoulli"),
    "bernoulli, probit": Case("success ~ z", "bernoulli", "probit"),
    "bernoulli, cloglog": Case("success ~ z", "bernoulli", "cloglog"),
    "bernoulli, cauchit, weights": Case("success | weights(weight) ~ z", "bernoulli", "cauchit"),
    "binomial, group": Case("hits | trials(tries) ~ z + (1 | g)", "binomial"),
    "binomial, no covariates": Case("hits | trials(tries) ~ 1", "binomial"),
    "binomial, probit, weights": Case(
        "hits | trials(tries) + weights(weight) ~ z + (1 | g)", "binomial", "probit"
    ),
    "poisson, no covariates": Case("count ~ 1", "poisson"),
    "poisson, smooth and offset": Case("count ~ v + s(z, bs='cr', k=5) + offset(log(exposure))", "poisson"),
    "poisson, sqrt link": Case("count ~ z + offset(2 + exposure)", "poisson", "sqrt"),
    "distributional": Case(
        ss.bf("y ~ x + (1 | ID | g)", "sigma ~ z + (1 | ID | g)"), correlated=(1,)
    ),
    "distributional, smooth, groups and offset of sigma": Case(
        ss.bf("y ~ s(x, bs='cr', k=5)", "sigma ~ s(z, bs='cr', k=5) + (v || g) + offset(0.1 * x)")
    ),
    "prior of a class": Case("y ~ x + z", priors=(_prior("normal(1, 3)"),)),
    "prior of one coefficient": Case(
        "y ~ x + z",
        priors=(_prior("normal(0, 2)", coef="z"), _prior("student_t(4, 10, 5)", "Intercept")),
        addresses={"b": (("x", ""), ("z", ""))},
    ),
    "prior of one coefficient over that of its class": Case(
        "y ~ x + z + s(v, bs='cr', k=5)",
        priors=(_prior("normal(0, 2)"), _prior("logistic(1, 2)", coef="x"), _prior("cauchy(0, 1)", coef="sv_1")),
        addresses={"b": (("x", ""), ("z", "")), "bs": (("sv_1", ""),)},
    ),
    "bounds on both sides": Case("y ~ x + z", priors=(_prior("normal(0, 2)", lb=-1, ub=3),)),
    "bounds of the intercept": Case("y ~ x", priors=(_prior("normal(2, 9)", "Intercept", lb=-3, ub=12),)),
    "bounds without a prior": Case("y ~ x + z", priors=(_prior("", lb=-1, ub=3),)),
    "bounds of a class with a smooth": Case(
        "y ~ x + s(z, bs='cr', k=5)", priors=(_prior("normal(1, 2)", lb=0.5),)
    ),
    "upper bound, one coefficient": Case(
        "y ~ 0 + x + z",
        priors=(_prior("student_t(5, 0, 3)", ub=2), _prior("double_exponential(1, 2)", coef="x")),
        addresses={"b": (("x", ""), ("z", ""))},
    ),
    "gamma with a lower bound": Case(
        "y ~ x",
        priors=(_prior("gamma(2, 0.1)", "sigma", lb=0.5), _prior("", "Intercept")),
    ),
    "priors of a smooth": Case(
        "y ~ s(z, bs='cr', k=5) + s(v, bs='cr', k=5)",
        priors=(
            _prior("exponential(0.5)", "sds", coef=CR5),
            _prior("lognormal(0, 1)", "sds"),
            _prior("inv_gamma(3, 4)", "sigma"),
        ),
        addresses={"sds_1": ((CR5, ""),)},
    ),
    "priors of groups": Case(
        "y ~ x + (1 + x | g) + (1 | h)",
        priors=(
            _prior("exponential(0.3)", "sd"),
            _prior("weibull(2, 3)", "sd", group="g"),
            _prior("normal(1, 2)", "sd", group="g", coef="x"),
            _prior("lkj(2)", "cor"),
        ),
        addresses={
            "sd_1": (("Intercept", "g"), ("x", "g")),
            "L_1": (("", "g"),),
            "sd_2": (("Intercept", "h"),),
        },
        correlated=(1,),
    ),
    "lkj prior of one of two groups": Case(
        "y ~ (1 + x + z | g) + (1 + z | h)",
        priors=(_prior("lkj(0.7)", "cor"), _prior("lkj(4)", "cor", group="g")),
        addresses={"L_1": (("", "g"),), "L_2": (("", "h"),)},
        correlated=(1, 2),
    ),
    "priors of a predicted sigma": Case(
        ss.bf("y ~ x + (1 | ID | g)", "sigma ~ z + (1 | ID | g)"),
        priors=(
            _prior("exponential(2)", "sd", dpar="sigma"),
            _prior("normal(2, 0.5)", "Intercept", dpar="sigma"),
            _prior("normal(0, 0.3)", dpar="sigma"),
        ),
        correlated=(1,),
    ),
}  # fmt: skip

every_case = pytest.mark.parametrize("name", CASES)


@cache
def _program(name: str, sample_prior: str = "no") -> StanProgram:
    case = CASES[name]
    priors = [ss.prior(**given) for given in case.priors]
    return write_program(
        *FitRequest.of(case.formula, case.response_family, priors, data2=case.data2).bind(TABLE),
        version="test",
        sample_prior=sample_prior,
    )


@cache
def _reference(name: str, sample_prior: str = "no") -> ReferenceDensity:
    case = CASES[name]
    model = {"formula": case.formula, "data": TABLE, "family": case.response_family, "data2": case.data2}
    return ReferenceDensity(
        data=ss.standata(**model, sample_prior=sample_prior),
        family=case.family,
        link=case.link,
        priors=PriorBook.read(ss.default_prior(**model).to_frame(), case.priors),
        declared=declared_parameters(_program(name, sample_prior).code),
        addresses=case.addresses,
        held=case.held,
        linked=case.linked,
    )


def _points(name: str, count: int = POINTS) -> np.ndarray:
    """Return points near the origin, where the density is not dwarfed by a few squared residuals."""
    return np.random.default_rng([*name.encode()]).uniform(-1, 1, size=(count, _reference(name).size))


@every_case
def test_parameters(name: str) -> None:
    """The declared parameters are those that the data and the formula call for, no more and no fewer."""
    reference = _reference(name)
    assert set(reference.declared) == reference.expected_parameters(CASES[name].correlated)
    assert len(set(reference.declared)) == len(reference.declared)
    assert _model(_program(name)).n_unconstrained == reference.size


@every_case
def test_differences_of_log_density(name: str) -> None:
    points = _points(name)
    ours = np.asarray([StanliEngine().log_density(_program(name), q)[0] for q in points])
    theirs = np.asarray([_reference(name)(q) for q in points])
    assert np.all(np.isfinite(theirs))
    magnitude = np.max(np.abs(theirs))
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), rtol=0, atol=VALUE_RTOL * magnitude)


@every_case
def test_normalisation(name: str) -> None:
    """The density is normalised, half and truncated priors too: no constant is dropped."""
    (q,) = _points(name, 1)
    value, _ = StanliEngine().log_density(_program(name), q)
    assert value == pytest.approx(_reference(name)(q), rel=VALUE_RTOL)


def _derivative(function: Any, q: np.ndarray) -> np.ndarray:
    """Return the gradient by the central five-point rule (Abramowitz & Stegun 1972, 25.3.6)."""

    def along(direction: np.ndarray) -> float:
        ends = [function(q + k * STEP * direction) for k in (-2, -1, 1, 2)]
        return float(np.dot([1, -8, 8, -1], ends) / (12 * STEP))

    return np.asarray([along(direction) for direction in np.eye(len(q))])


@every_case
def test_gradient(name: str) -> None:
    reference = _reference(name)
    for q in _points(name, 2):
        _, gradient = StanliEngine().log_density(_program(name), q)
        expected = _derivative(reference, q)
        assert gradient.shape == expected.shape
        atol = GRADIENT_ATOL_PER_LP * abs(reference(q))
        np.testing.assert_allclose(gradient, expected, rtol=GRADIENT_RTOL, atol=atol)


@pytest.mark.parametrize("name", ["poisson, no covariates", "gaussian, four correlated effects"])
def test_prior_only(name: str) -> None:
    """``sample_prior="only"`` leaves the likelihood out and nothing else."""
    for q in _points(name):
        value, _ = StanliEngine().log_density(_program(name, "only"), q)
        assert value == pytest.approx(_reference(name, "only")(q), rel=VALUE_RTOL)
        assert value != pytest.approx(_reference(name)(q), rel=1e-3)


@pytest.mark.parametrize("name", ["priors of groups", "bounds on both sides"])
def test_sample_prior_leaves_density(name: str) -> None:
    """``sample_prior="yes"`` adds draws from the priors, not terms of the density."""
    for q in _points(name):
        with_draws, _ = StanliEngine().log_density(_program(name, "yes"), q)
        assert with_draws == pytest.approx(_reference(name)(q), rel=VALUE_RTOL)


PRIOR_ARGUMENTS: Mapping[str, str] = {
    "std_normal": "", "normal": "0.4, 1.5", "student_t": "4, 0.4, 1.5", "cauchy": "0.4, 1.5",
    "double_exponential": "0.4, 1.5", "logistic": "0.4, 1.5", "gumbel": "0.4, 1.5",
    "skew_normal": "0.4, 1.5, 2", "exp_mod_normal": "0.4, 1.5, 2", "lognormal": "0.4, 1.5",
    "chi_square": "3", "inv_chi_square": "3", "scaled_inv_chi_square": "3, 1.5", "exponential": "1.5",
    "gamma": "2, 1.5", "inv_gamma": "2, 1.5", "weibull": "2, 1.5", "frechet": "2, 1.5",
    "rayleigh": "1.5", "loglogistic": "1.5, 2", "pareto": "0.1, 2", "pareto_type_2": "0.1, 1.5, 2",
    "beta": "2, 1.5", "beta_proportion": "0.3, 4", "uniform": "0.1, 0.95",
}  # fmt: skip

BOUNDS: Mapping[str, Mapping[str, float]] = {
    "lower": {"lb": 0.2},
    "upper": {"ub": 0.8},
    "both": {"lb": 0.2, "ub": 0.8},
}


def test_all_densities_are_covered() -> None:
    elsewhere = {"skew_double_exponential", "von_mises"}  # in tests/priors, with all others once more
    assert set(PRIOR_ARGUMENTS) == set(DENSITIES) == set(known_densities.DENSITIES) - elsewhere


def _prior_pair(prior: Mapping[str, Any]) -> tuple[StanProgram, ReferenceDensity]:
    program = write_program(*FitRequest.of("y ~ x", "gaussian", [ss.prior(**prior)]).bind(TABLE), version="test")
    book = PriorBook.read(ss.default_prior("y ~ x", TABLE).to_frame(), [prior])
    declared = declared_parameters(program.code)
    return program, ReferenceDensity(ss.standata("y ~ x", TABLE), "gaussian", "", book, declared, {}, {}, {})


@pytest.mark.parametrize("side", BOUNDS)
@pytest.mark.parametrize("density", PRIOR_ARGUMENTS)
def test_prior_density(density: str, side: str) -> None:
    """Every density that a prior may name is the distribution of that name, truncated to the bounds."""
    text = f"{density}({PRIOR_ARGUMENTS[density]})"
    # A class must not reach beyond the support of its prior: the ends of the support are bounds too.
    ends = zip(("lb", "ub"), parse_distribution(text).support, strict=True)
    natural = {name: end for name, end in ends if end is not None}
    program, reference = _prior_pair(_prior(text, **{**natural, **BOUNDS[side]}))
    # Intercept, b, sigma; with each kind of bounds b falls inside the support of all the densities.
    for raw in (-1.1, -0.9):
        q = np.asarray([6.0, raw, 1.0])
        value, _ = StanliEngine().log_density(program, q)
        assert value == pytest.approx(reference(q), rel=VALUE_RTOL)


@pytest.mark.parametrize("eta", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_reference_correlations(size: int, eta: float) -> None:
    """The vine form of the LKJ density is the one of the Stan manuals: kernel and Jacobian, up to a constant.

    Source: Stan Functions Reference, ``lkj_corr_cholesky``; Stan Reference Manual, 'Cholesky factors of
    correlation matrices'.
    """
    rng = np.random.default_rng(size)
    constants = []
    for u in rng.normal(size=(POINTS, size * (size - 1) // 2)):
        partial = partial_correlations(u, size)
        factor = cholesky_factor(partial)
        kernel = np.dot(size - np.arange(1, size + 1) + 2 * eta - 2, np.log(np.diag(factor)))
        rows, columns = np.tril_indices(size, -1)
        left = [1 - np.sum(factor[i, :j] ** 2) for i, j in zip(rows, columns, strict=True)]
        jacobian = np.sum(np.log(left)) / 2 + np.sum(np.log1p(-(np.tanh(u) ** 2)))
        constants.append(kernel + jacobian - lkj_log_density(partial, eta))
    np.testing.assert_allclose(constants, constants[0], rtol=1e-12, atol=1e-12)


WRONG_PRIORS: Mapping[str, Mapping[str, Any]] = {
    "shape of the correlations": _prior("lkj(2)", "cor"),
    "scale of a deviation": _prior("student_t(3, 0, 9)", "sd"),
    "location of the intercept": _prior("student_t(3, 0, 9)", "Intercept"),
}


@pytest.mark.parametrize("wrong", WRONG_PRIORS)
def test_comparison_detects(wrong: str) -> None:
    """A reference with one wrong prior differs by far more than the tolerance."""
    name = "gaussian, correlated slopes"
    right = _reference(name)
    frame = ss.default_prior(CASES[name].formula, TABLE).to_frame()
    book = PriorBook.read(frame, [WRONG_PRIORS[wrong]])
    altered = replace(right, priors=book)
    differences = [altered(q) - right(q) for q in _points(name)]
    assert np.ptp(differences) > 1e3 * VALUE_RTOL * np.max(np.abs([right(q) for q in _points(name)]))
