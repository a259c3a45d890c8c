"""Groupings that cannot be: each is refused early, and the place in the formula is underlined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, FormulaError, NotYetSupported, OptionError, PriorError

LEVELS = ["a", "b", "c", "d"]


def data() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    n = 24
    d = pd.DataFrame({"y": rng.normal(size=n), "x": rng.normal(size=n), "g": LEVELS * 6, "h": LEVELS[::-1] * 6})
    d["k"] = ["u", "v"] * 12
    d["varies"] = ["m"] * 5 + ["f"] * 19
    d["w1"], d["w2"] = rng.uniform(size=n), rng.uniform(size=n)
    d["below"] = d.w1 - 0.5
    return d


def matrix(values: Any = None, names: Any = LEVELS) -> pd.DataFrame:
    return pd.DataFrame(np.eye(4) if values is None else values, index=names)


SKEW = np.eye(4) + np.diag([0.1, 0, 0], 1)
SINGULAR = np.ones((4, 4))
TWICE = matrix(names=["a", "b", "b", "d"])

FORMULAS = [
    ("y ~ (1 | gr(g, bye = k))", FormulaError, "unknown argument 'bye'.*by", "bye"),
    ("y ~ (1 | gr(g, k))", FormulaError, "takes one grouping factor, found 2", "gr(g, k)"),
    ("y ~ (1 | gr())", FormulaError, "takes one grouping factor, found 0", "gr()"),
    ("y ~ (1 | gr(g + k))", FormulaError, "columns joined by ':'", "g + k"),
    ("y ~ (1 | gr(log(x)))", FormulaError, "columns joined by ':'", "log(x)"),
    ("y ~ (1 | gr(g):k)", FormulaError, "gr.. cannot be joined", "gr(g)"),
    ("y ~ (1 | gr(g)/k)", FormulaError, "gr.. cannot be joined", "gr(g)"),
    ("y ~ (1 | gr(g, dist = 'cauchy'))", FormulaError, "gaussian.*student", "'cauchy'"),
    ("y ~ (1 | gr(g, cor = 2))", FormulaError, "TRUE, FALSE", "2"),
    ("y ~ (1 | gr(g, center = 'sometimes'))", FormulaError, "auto", "'sometimes'"),
    ("y ~ (1 | gr(g, cov = 3))", FormulaError, "name of a matrix", "3"),
    ("y ~ (1 | gr(g, cov = Q))", FormulaError, "covariance matrix Q is not known.*data2", "gr(g, cov = Q)"),
    ("y ~ (1 | gr(g, pw = w1))", DataError, "pw must be the same in all rows of a level", "w1"),
    ("y ~ (1 | gr(g, pw = k))", DataError, "must be numeric", "k"),
    ("y ~ (1 | gr(g, pw = x * 0 - 1))", DataError, "weights of levels must not be negative", "x * 0 - 1"),
    ("y ~ (1 | mm(g, h, pw = x * 0))", DataError, "pw needs 2 columns", "x * 0"),
    ("y ~ (1 | I | gr(g, pw = x * 0)) + (0 + x | I | g)", FormulaError, "pw differs", "(0 + x | I | g)"),
    ("y ~ (1 | mm(g))", FormulaError, "at least two grouping factors, found 1", "mm(g)"),
    ("y ~ (1 | mm(g, h, weights = cbind(w1, w2, x)))", DataError, "2 grouping factors but 3 weights", "w1"),
    ("y ~ (1 | mm(g, h, weights = w1))", DataError, "2 grouping factors but 1 weights", "w1"),
    ("y ~ (1 | mm(g, h, weights = cbind(w1, k)))", DataError, "must be numeric", "k"),
    ("y ~ (1 | mm(g, h, weights = cbind(w1, below)))", DataError, "must not be negative.*scale = FALSE", "w1"),
    ("y ~ (1 | mm(g, h, weights = cbind(w1 * 0, w2 * 0)))", DataError, "sum to zero", "w1"),
    ("y ~ (1 | mm(g, h, by = k))", DataError, "by needs 2 variables", "k"),
    ("y ~ (1 | mm(g, h, by = cbind(k, k)))", DataError, "level 'd' has 'v' and 'u'", "k"),
    ("y ~ (mmc(w1) | mm(g, h))", FormulaError, "mmc.. needs 2 variables", "mmc(w1)"),
    ("y ~ (mmc(w1, w2) | g)", FormulaError, "multi-membership", "mmc(w1, w2)"),
    ("y ~ mmc(w1, w2)", FormulaError, "multi-membership", "mmc(w1, w2)"),
    ("y ~ (mmc(w1, k) | mm(g, h))", DataError, "must be numeric", "k"),
    ("y ~ (1 | gr(g, by = varies))", DataError, "level .* has 'm' and 'f'", "varies"),
    ("y ~ (1 | gr(g, by = k)) + (0 + x | gr(g, by = h))", FormulaError, "another by variable", "gr(g, by = h)"),
    ("y ~ (1 | I | g) + (0 + x | I | k)", FormulaError, "belongs to the group 'g'", "(0 + x | I | k)"),
    ("y ~ (1 | I | gr(g, by = k)) + (0 + x | I | g)", FormulaError, "by differs", "(0 + x | I | g)"),
    ("y ~ (1 | I | gr(g, cov = A)) + (0 + x | I | g)", FormulaError, "cov differs", "(0 + x | I | g)"),
    ("y ~ (1 | I | g) + (x || gr(g, id = 'I'))", FormulaError, "'[|]' or all '[|][|]'", "(x || gr(g, id = 'I'))"),
    ("y ~ (1 | gr(g)) + (1 | g)", FormulaError, "in two terms", "(1 | g)"),
    ("y ~ (s(x) | gr(g))", FormulaError, "population-level terms", "(s(x) | gr(g))"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "kind", "message", "place"), FORMULAS, ids=[f for f, *_ in FORMULAS])
def test_refused(formula: str, kind: type[Exception], message: str, place: str) -> None:
    with pytest.raises(kind, match=f"(?s){message}") as caught:
        ss.standata(formula, data(), data2={"A": matrix()})
    *_, shown, marks = str(caught.value).splitlines()
    begin = marks.index("^")
    assert shown[begin:].startswith(place)


def test_id_of_different_groups_across_parameters() -> None:
    with pytest.raises(FormulaError, match="dist differs"):
        ss.standata(["y ~ (1 | I | g)", "sigma ~ (1 | I | gr(g, dist = 'student'))"], data())


MATRICES = [
    (matrix(np.eye(3), ["a", "b", "d"]), "lacks 1 of the 4 levels, 'c'"),
    (matrix(names=["a", "b", "c", "e"]), "lacks 1 of the 4 levels, 'd'"),
    (matrix(SKEW), "not symmetric"),
    (matrix(SINGULAR), "not positive definite"),
    (matrix(-np.eye(4)), "not positive definite"),
    (TWICE, "two rows .* 'b'"),
    (np.eye(4), "needs names of its rows.*ndarray"),
    ((np.eye(4), ["a", "b"]), "4 x 4 numbers and 2 names"),
    ((np.eye(4)[:3], LEVELS), "square"),
    (matrix(np.diag([1, 1, 1, np.nan])), "missing or infinite"),
    (matrix(np.asarray([["p"] * 4] * 4)), "must hold numbers"),
    ("A", "needs names of its rows"),
]


@pytest.mark.parametrize(("given", "message"), MATRICES, ids=[message for _, message in MATRICES])
def test_covariance_refused(given: Any, message: str) -> None:
    with pytest.raises(FormulaError, match=f"(?s){message}") as caught:
        ss.standata("y ~ x + (1 | gr(g, cov = A))", data(), data2={"A": given})
    shown, marks = str(caught.value).splitlines()[-2:]
    assert shown[marks.index("^") :].startswith("gr(g, cov = A)")


def test_covariance_of_every_form_is_put_in_the_order_of_the_levels() -> None:
    import xarray as xr

    values = np.eye(4) + 0.2 * np.add.outer(range(4), range(4))
    names = ["d", "b", "a", "c"]
    frame = pd.DataFrame(values, index=names, columns=names)
    forms = [frame, (values, names), xr.DataArray(values, {"level": names}, ("level", "other"))]
    expected = np.linalg.cholesky(frame.loc[LEVELS, LEVELS])
    for form in forms:
        found = ss.standata("y ~ (1 | gr(g, cov = A))", data(), data2={"A": form})["Lcov_1"]
        np.testing.assert_array_equal(found, expected)


def test_priors_of_the_degrees_of_freedom() -> None:
    formula = "y ~ (1 | gr(g, dist = 'student'))"
    code = ss.stancode(formula, data(), prior=ss.prior("gamma(4, 1)", class_="df", group="g"))
    assert "gamma_lpdf(df_1 | 4, 1)" in code
    assert "gamma_lccdf(1 | 4, 1)" in code
    with pytest.raises(PriorError, match="no group 'h'"):
        ss.stancode(formula, data(), prior=ss.prior("gamma(4, 1)", class_="df", group="h"))


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("mm(g, h)", "multi-membership"), ("gr(g, by = k)", "by-specific"), ("gr(g, cov = A)", "known-covariance"),
        ("gr(g, dist = 'student')", "Student-t"),
    ],
)  # fmt: skip
def test_gam_refuses(group: str, kind: str) -> None:
    with pytest.raises(NotYetSupported, match=kind):
        ss.gam(f"y ~ x + (1 | {group})", data())


def test_gam_takes_what_only_concerns_the_sampler() -> None:
    plain, chosen = (ss.gam(f"y ~ x + (1 | {group})", data()) for group in ("g", "gr(g, center = TRUE)"))
    np.testing.assert_array_equal(plain.coefficients, chosen.coefficients)


def test_draws_without_the_scales_of_student_effects_are_refused() -> None:
    fit = ss.brm(
        "y ~ (1 | gr(g, dist = 'student'))", data(), chains=1, iter_warmup=30, iter_sampling=5, seed=1,
        backend="stanli", show_progress=False,
    )  # fmt: skip
    with pytest.raises(NotYetSupported, match="not kept"):
        fit.design.groups[0].program_parameters(fit.flat)
    new = pd.DataFrame({"g": ["new"]})
    with pytest.raises(OptionError, match=r"Student-t.*uncertainty"):
        fit.posterior_epred(new, allow_new_levels=True, sample_new_levels="gaussian")
