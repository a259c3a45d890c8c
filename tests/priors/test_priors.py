"""Priors: reading, addressing, defaults and their place in the program."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import PriorError, PriorWarning
from smoothstan.families import LINKS
from smoothstan.priors import default_scale, parse_distribution
from smoothstan.priors.density import DENSITIES

FORMULA = "y ~ x + f + s(z, bs='cr', k=5) + (1 + x | g) + (1 | sub)"


@pytest.mark.parametrize("name", sorted(DENSITIES))
def test_every_density_reads_with_its_own_arity(name: str) -> None:
    density = DENSITIES[name]
    arguments = [f"{0.25 * (i + 1)}" for i in range(len(density.arguments))]
    assert parse_distribution(f"{name}({', '.join(arguments)})").density is density
    expected = re.escape(f"{name} takes {len(arguments) or 'none'}: {density.usage}")
    with pytest.raises(PriorError, match=expected):
        parse_distribution(f"{name}({', '.join([*arguments, '1'])})")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nomral(0, 1)", "did you mean 'normal'"),
        ("normal(0, -1)", "-1 where a positive number"),
        ("normal(a, 1)", "must be numbers"),
        ("normal(mean=0, 1)", "without names"),
        ("skew_double_exponential(0, 1, 1.5)", "between 0 and 1 is needed: tau"),
        ("normal", "not a distribution"),
        ("normal(0, 1", "cannot be read"),
        ("uniform(2, 1)", "lower bound below"),
        ("lasso(1)", "brms took lasso"),
        ("__import__('os')", "unknown distribution"),
    ],
)
def test_malformed_priors(text: str, message: str) -> None:
    with pytest.raises(PriorError, match=message):
        ss.prior(text)


@pytest.mark.parametrize(
    ("priors", "message"),
    [
        (ss.prior("normal(0, 1)", "b", coef="xx"), r"no coef 'xx' in class 'b'; did you mean 'x'.*x"),
        (ss.prior("normal(0, 1)", "sigmaa"), "no class 'sigmaa'; did you mean 'sigma'"),
        (ss.prior("normal(0, 1)", "sd", group="gg"), "no group 'gg'"),
        (ss.prior("normal(0, 1)", "b", dpar="sigma"), "no dpar 'sigma'"),
        ([ss.prior("normal(0, 1)"), ss.prior("normal(0, 2)")], "two priors"),
        (ss.prior("lkj(2)", "b"), "correlations"),
        (ss.prior("normal(0, 1)", "cor"), "correlations"),
        (ss.prior("gamma(2, 1)", "b", ub=0), "no mass"),
        ("normal(0, 1)", "made with prior"),
    ],
)
def test_priors_that_do_not_fit(frame: pd.DataFrame, priors, message: str) -> None:
    with pytest.raises(PriorError, match=message):
        ss.stancode(FORMULA, frame, prior=priors)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("dirichlet(2)", (2, 2, 2)), ("dirichlet(2, 1, 1)", (2, 1, 1)), ("dirichlet(c(2, 1, 1))", (2, 1, 1))],
)
def test_concentrations_of_a_simplex(text: str, expected: tuple[float, ...]) -> None:
    assert parse_distribution(text).concentrations(3) == expected


def test_concentrations_fit_the_simplex() -> None:
    with pytest.raises(PriorError, match="has 2 concentrations, but the simplex has 3 elements"):
        parse_distribution("dirichlet(1, 2)").concentrations(3)
    for text, message in {
        "dirichlet()": "one for each",
        "dirichlet(1, 0)": "positive",
        "normal(c(0, 1))": "numb",
    }.items():
        with pytest.raises(PriorError, match=message):
            ss.prior(text, "simo")


def test_bounds_need_a_class() -> None:
    with pytest.raises(PriorError, match="whole class"):
        ss.prior("normal(0, 1)", "b", coef="x", lb=0)
    with pytest.raises(PriorError, match="lb must be below"):
        ss.prior("normal(0, 1)", "b", lb=1, ub=0)


def test_the_most_specific_prior_holds(frame: pd.DataFrame) -> None:
    priors = [
        ss.prior("normal(0, 10)", "sd"),
        ss.prior("normal(0, 5)", "sd", group="g"),
        ss.prior("normal(0, 1)", "sd", group="g", coef="x"),
    ]
    code = ss.stancode(FORMULA, frame, prior=priors)
    assert "normal_lpdf(sd_1[1] | 0, 5)" in code
    assert "normal_lpdf(sd_1[2] | 0, 1)" in code
    assert "normal_lpdf(sd_2 | 0, 10)" in code


def test_every_row_with_a_prior_is_in_the_program(frame: pd.DataFrame) -> None:
    """Give each row of the table a prior of its own and look for all of them."""
    table = ss.default_prior(FORMULA, frame)
    marked, scale = [], 3.0
    for row in table.rows:
        class_, coef, group, dpar = row.slot.address
        scale += 1
        text = f"lkj({scale:g})" if class_ == "cor" else f"normal(0, {scale:g})"
        marked.append((ss.prior(text, class_, coef=coef, group=group, dpar=dpar), f"{scale:g}"))
    with pytest.warns(PriorWarning, match="not used"):
        code = ss.stancode(FORMULA, frame, prior=[p for p, _ in marked])
    # A class row shows only where some parameter has no closer one.
    covered = {("b", ""), ("sd", ""), ("sd", "g"), ("sd", "sub"), ("sds", ""), ("cor", "")}
    for prior, number in marked:
        if not prior.coef and (prior.class_, prior.group) in covered:
            continue
        assert f"| 0, {number})" in code or f"| {number})" in code, prior


def test_linked_smooths_have_one_row(frame: pd.DataFrame) -> None:
    """A prior that nothing would follow is refused, not ignored."""
    formula = "y ~ s(x, k=4, id=1) + s(z, k=4, id=1)"
    rows = ss.default_prior(formula, frame).to_frame()
    assert list(rows.loc[rows["class"] == "sds", "coef"]) == ["", "s(x, k = 4, id = 1)"]
    with pytest.raises(PriorError):
        ss.stancode(formula, frame, prior=ss.prior("normal(0, 1)", "sds", coef="s(z, k = 4, id = 1)"))


def test_bounds_of_a_class_reach_the_declaration_and_the_normaliser(frame: pd.DataFrame) -> None:
    code = ss.stancode("y ~ x + z", frame, prior=ss.prior("normal(0, 1)", "b", lb=-1, ub=2))
    assert "vector<lower=-1, upper=2>[Kc] b;" in code
    assert "- 2 * log_diff_exp(normal_lcdf(2 | 0, 1), normal_lcdf(-1 | 0, 1))" in code


def test_a_half_prior_is_normalised_only_where_it_is_cut(frame: pd.DataFrame) -> None:
    code = ss.stancode("y ~ x", frame, prior=ss.prior("exponential(1)", "sigma"))
    assert "exponential_lpdf(sigma | 1);" in code


def test_table_prints_what_is_inherited(frame: pd.DataFrame) -> None:
    table = ss.default_prior("y ~ x + (1 | g)", frame).to_frame()
    inherited = table[(table["class"] == "sd") & (table["coef"] == "Intercept")].iloc[0]
    assert (inherited["prior"], inherited["source"]) == ("student_t(3, 0, 2.5)", "(vectorized)")
    flat = table[(table["class"] == "b") & (table["coef"] == "x")].iloc[0]
    assert flat["prior"] == "(flat)"
    assert "<table" in ss.default_prior("y ~ x", frame)._repr_html_()


@pytest.mark.parametrize(
    ("y", "link", "expected"),
    [
        ([1, 2, 3, 4, 100], "identity", (3.0, 2.5)),
        (list(range(0, 100, 10)), "identity", (45.0, 37.1)),
        ([0, 0, 1, 2, 10], "log", (0.0, 3.4)),
        ([-5, 1, 2], "log", (0.0, 2.5)),
        ([0, 1, 1], "logit", (0.0, 2.5)),
    ],
)
def test_default_scale_rule(y, link: str, expected: tuple[float, float]) -> None:
    found = default_scale(np.asarray(y, dtype=float), LINKS[link])
    assert (found.location, found.scale) == expected


def test_offsets_move_the_location_unrounded() -> None:
    found = default_scale(np.array([10.0, 20.0, 30.0]), LINKS["identity"], mean_offset=2.4652249651395)
    assert found.fill("student_t(3, {location}, {scale})") == "student_t(3, 17.5347750348605, 14.8)"


def test_sample_prior_only_needs_proper_priors(frame: pd.DataFrame) -> None:
    with pytest.raises(PriorError, match="b_x has a flat one"):
        ss.stancode("y ~ x", frame, sample_prior="only")
    assert ss.standata("y ~ x", frame, sample_prior="only")["prior_only"] == 1


def test_prior_draws_follow_the_priors(frame: pd.DataFrame) -> None:
    """Draws by sample_prior="yes" and "only" have the priors' quantiles."""
    from scipy import stats

    priors = [
        ss.prior("normal(1, 2)", "b"), ss.prior("normal(0, 1)", "Intercept"), ss.prior("exponential(2)", "sigma"),
        ss.prior("normal(0, 1.5)", "sd"), ss.prior("lkj(3)", "cor"),
    ]  # fmt: skip
    options = {"prior": priors, "seed": 3, "backend": "stanli", "show_progress": False, "iter_warmup": 500}
    formula = "y ~ x + (1 + x | g)"
    drawn = ss.brm(formula, frame, sample_prior="yes", **options).draws["posterior"].dataset
    sampled = ss.brm(formula, frame, sample_prior="only", iter_sampling=2000, **options).draws["posterior"].dataset
    expected = {
        "b": stats.norm(1, 2), "sigma": stats.expon(scale=0.5), "sd_g": stats.halfnorm(0, 1.5),
        "cor_g": stats.beta(3, 3, loc=-1, scale=2),
    }  # fmt: skip
    names = {"b": "b_x", "sigma": "sigma", "sd_g": "sd_g__x", "cor_g": "cor_g__Intercept__x"}
    for name, distribution in expected.items():
        independent = drawn[f"prior_{name}"].values.ravel()
        assert stats.kstest(independent, distribution.cdf).pvalue > 1e-4, name
        # Thinned so that the chain's autocorrelation does not matter.
        chain = sampled[names[name]].values[:, ::10].ravel()
        assert stats.kstest(chain, distribution.cdf).pvalue > 1e-4, name
