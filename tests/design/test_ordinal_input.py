"""Wrong ordinal models are refused before anything is sampled, with what was found and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, FamilyError, FormulaError, PriorError, SmoothstanError

N = 24
TABLE = pd.DataFrame({
    "x": np.linspace(-1, 1, N), "y": np.resize([1, 2, 3, 4], N), "from_zero": np.resize([0, 1, 2], N),
    "half": np.resize([1, 1.5, 2], N), "one": 1, "g": np.resize(["a", "b"], N), "words": np.resize(["lo", "hi"], N),
    "n": np.resize([3, 4], N), "mixed": np.resize([3, 4, 5], N), "number": np.resize([1, 2], N),
    "same_name": np.resize(["a b", "ab"], N), "flag": np.resize([True, False], N),
})  # fmt: skip
TABLE["single"] = pd.Categorical(["only"] * N, ordered=True)
TABLE["unordered"] = pd.Categorical(TABLE["words"])
TABLE["in_a"] = np.where(TABLE["g"] == "a", 1, TABLE["y"])

WRONG: list[tuple[Any, type[SmoothstanError], str]] = [
    ("single ~ x", FamilyError, r"(?s)ordered factor with at least two levels, but single is .*\n *\^"),
    ("unordered ~ x", FamilyError, "unordered is a factor"),
    ("words ~ x", FamilyError, "words is"),
    ("flag ~ x", FamilyError, "positive whole numbers or an ordered factor"),
    ("from_zero ~ x", FamilyError, "has 0 in row 0"),
    ("half ~ x", FamilyError, "has 1.5 in row 1"),
    ("one ~ x", DataError, "single category, and so no threshold"),
    ("in_a | thres(gr = g) ~ x", DataError, r"(?s)response of 'a' has a single category.*\^"),
    ("y | thres(2) ~ x", DataError, r"(?s)reaches category 4, which needs 3 thresholds; thres\(\) gives 2\n.*\^"),
    ("y | thres(n) ~ x", DataError, "must be the same in all rows, found 3, 4"),
    ("y | thres(mixed, gr = g) ~ x", DataError, "must be the same in the group 'a', found 3, 4, 5"),
    ("y | thres(2.5) ~ x", DataError, "positive whole number, found 2.5"),
    ("y | thres() ~ x", FormulaError, "needs a number of thresholds or gr="),
    ("y | thres(3, groups = g) ~ x", FormulaError, "unknown argument 'groups'"),
    ("y | thres(gr = number) ~ x", DataError, r"write factor\(number\)"),
    ("y | thres(gr = same_name) ~ x", DataError, "same name 'ab'"),
    ("y | thres(words) ~ x", DataError, "must be numeric"),
    ("y ~ 0 + x", FormulaError, r"(?s)thresholds in place of an intercept, which cannot be removed\n.*\^"),
    ("y ~ 0 + Intercept + x", FormulaError, "cannot be removed"),
    ("y | cens(from_zero) ~ x", FormulaError, r"no use for cens\(\)"),
    ("y | trunc(lb = 2) ~ x", FormulaError, r"no use for trunc\(\)"),
    ("y | thres(gr = g) ~ cs(x)", FormulaError, r"same thresholds in all rows"),
    ("y ~ cs(x, number)", FormulaError, "takes one expression"),
    ("y ~ cs(s(x))", FormulaError, "population-level terms only"),
    (["y ~ x", "disc ~ cs(x)"], FormulaError, "thresholds, which the parameter disc does not have"),
    (ss.bf("y ~ x", disc=-1), FormulaError, "outside its range"),
    ("y ~ x + (number + cs(x) | g)", FormulaError, r"(?s)need a group-level term of their own.*\n.*\^"),
    ("y ~ (cs(x) + s(x) | g)", FormulaError, "need a group-level term of their own"),
    ("y ~ (cs(0) | g)", FormulaError, "has no effects"),
    ("y ~ (cs(offset(x)) | g)", FormulaError, "population-level terms only"),
    ("y ~ (cs(mo(number)) | g)", FormulaError, "population-level terms only"),
    ("y | thres(gr = words) ~ (cs(x) | g)", FormulaError, r"(?s)same thresholds in all rows.*\n.*\^"),
    (["y ~ x", "disc ~ (cs(x) | g)"], FormulaError, "thresholds, which the parameter disc does not have"),
    ("y ~ x + (cs(x) | g) + (cs(1) | g)", FormulaError, r"Intercept\[1\] varies by 'g' in two terms"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "error", "message"), WRONG, ids=[str(case[0]) for case in WRONG])
def test_refused(formula: Any, error: type[SmoothstanError], message: str) -> None:
    with pytest.raises(error, match=message):
        ss.standata(formula, TABLE, family="acat")


def test_other_families_have_no_thresholds() -> None:
    with pytest.raises(FormulaError, match=r"no use for thres\(\)"):
        ss.standata("x | thres(3) ~ 1", TABLE)
    with pytest.raises(FormulaError, match=r"needs thresholds, which family gaussian does not have"):
        ss.standata("x ~ cs(y)", TABLE)
    with pytest.raises(FormulaError, match=r"needs thresholds, which family gaussian does not have"):
        ss.standata("x ~ (cs(y) | g)", TABLE)


def test_category_specific_effects_of_the_cumulative_family_warn() -> None:
    with pytest.warns(ss.errors.DataWarning, match="cross"):
        data = ss.standata("y ~ cs(x)", TABLE, family="cumulative")
    assert data["Kcs"] == 1
    with pytest.warns(ss.errors.DataWarning, match="cross"):
        ss.standata("y ~ (cs(x) | g)", TABLE, family="cumulative")


def test_choosing_thresholds() -> None:
    assert ss.family("sratio", "probit", threshold="equidistant").threshold == "equidistant"
    for call, message in [
        (lambda: ss.family("cumulative", threshold="equal"), "flexible, equidistant, sum_to_zero, got 'equal'"),
        (lambda: ss.family("gaussian", threshold="flexible"), "unknown argument 'threshold'"),
        (lambda: ss.family("acat", "log"), "link 'log' is not available"),
    ]:
        with pytest.raises(FamilyError, match=message):
            call()


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (ss.prior("normal(0, 1)", class_="Intercept", coef="4"), "no coef '4'.*there: 1, 2, 3"),
        (ss.prior("normal(0, 1)", class_="Intercept", lb=0), "no bounds of their own"),
        (ss.prior("normal(0, 1)", class_="delta"), "no class 'delta'"),
        (ss.prior("normal(0, 1)", class_="disc"), "no class 'disc'"),
    ],
)
def test_priors_of_thresholds(prior: Any, message: str) -> None:
    with pytest.raises(PriorError, match=message):
        ss.stancode("y ~ x", TABLE, family="cumulative", prior=prior)


def test_levels_without_rows_are_dropped() -> None:
    data = TABLE.assign(o=pd.Categorical.from_codes(TABLE["y"] - 1, list("abcdef"), ordered=True))
    assert ss.standata("o ~ x", data, family="cumulative")["nthres"] == 3


def test_penalised_fits_have_no_ordinal_family() -> None:
    with pytest.raises(SmoothstanError, match="cumulative"):
        ss.gam("y ~ s(x)", TABLE, family="cumulative")
