"""Faults in the modelling language are found before anything is sampled, and the place is underlined.

In the tables guillemets mark the fault, in a formula or in the text shown: the carets of the message must stand exactly
there.  In an expected message `` ... `` stands for anything.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, FamilyError, FormulaError, NotYetSupported, PriorError
from smoothstan.families import FAMILIES

I = np.arange(24)  # noqa: E741
STEPS = I % 3 + 1
HALF = np.where(I % 2 == 0, "none", "interval")


def table(**columns: Any) -> pd.DataFrame:
    data = pd.DataFrame({
        "y": np.sin(I), "x": np.cos(1.7 * I), "z": np.sin(0.3 * I), "n": 10, "w": 1.0, "k": STEPS,
        "g": list("abcd") * 6, "h": list("abc") * 8,
    })  # fmt: skip
    return data.assign(**columns)


def marked(text: str) -> tuple[str, str]:
    """Return a text without guillemets, and the line of carets that stands under what they enclose."""
    before, fault, _ = re.split("[«»]", text)
    return re.sub("[«»]", "", text), " " * len(before) + "^" * len(fault)


def refused(kind: type[Exception], message: str, shown: str, call: Any) -> None:
    """Check that a call is refused with a message that ends with the marked text and its carets."""
    pattern = "(?s)" + ".*".join(re.escape(piece) for piece in message.split(" ... "))
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert type(caught.value) is kind
    line, carets = marked(shown)
    assert str(caught.value).endswith(f"\n  {line}\n  {carets}"), str(caught.value)


UNIT = ("beta", "zero_inflated_beta", "zero_one_inflated_beta")
OUTSIDE: dict[str, tuple[float, ...]] = {
    "acat": (0, -1, 1.5), "asym_laplace": (np.inf,), "bernoulli": (2, 0.5, -1), "beta": (0, 1, -0.1, 2),
    "beta_binomial": (-1, 11, 0.5), "binomial": (-1, 11, 0.5), "categorical": (np.inf,), "cratio": (0, 1.5),
    "cumulative": (0, 1.5), "exponential": (-1e-9,), "gamma": (0, -1), "gaussian": (np.inf, -np.inf),
    "geometric": (-1, 0.5), "hurdle_gamma": (-1,), "hurdle_lognormal": (-1,), "hurdle_negbinomial": (-1, 0.5),
    "hurdle_poisson": (-1, 0.5), "inverse.gaussian": (0, -1), "lognormal": (0, -1), "negbinomial": (-1, 0.5, 1e10),
    "poisson": (-1, 0.5, 1e10), "shifted_lognormal": (0, -1), "skew_normal": (np.inf,), "sratio": (0, 1.5),
    "student": (-np.inf,), "weibull": (0, -1), "zero_inflated_beta": (1, -0.1),
    "zero_inflated_binomial": (-1, 11, 0.5), "zero_inflated_negbinomial": (-1, 0.5),
    "zero_inflated_poisson": (-1, 0.5), "zero_one_inflated_beta": (-0.1, 1.1),
}  # fmt: skip


def formula_of(family: str) -> str:
    return f"y{' | trials(n)' if 'trials' in FAMILIES[family].required_additions else ''} ~ x"


def response_of(family: str) -> np.ndarray:
    return np.full(24, 0.5) if family in UNIT else (I % 2 if family == "bernoulli" else STEPS).astype(float)


def test_every_family_is_in_the_table() -> None:
    assert set(OUTSIDE) == set(FAMILIES)


@pytest.mark.parametrize("family", OUTSIDE)
def test_responses_outside_the_support(family: str) -> None:
    formula, inside = formula_of(family), response_of(family)
    assert len(ss.standata(formula, table(y=inside), family=family)["Y"]) == 24
    for value in OUTSIDE[family]:
        y = np.where(I == 5, value, inside)
        kind, said = (DataError, "column 'y'") if np.isinf(value) else (FamilyError, f"family {family} needs")
        said = "11 successes in 10 trials" if value == 11 else said
        with pytest.raises(kind, match=rf"(?s){re.escape(said)}.* in row 5 .*\n  y.*\n  \^$"):
            ss.standata(formula, table(y=y), family=family)


KINDS_OF_COLUMN = {
    "text": list("uvw") * 8,
    "factor": pd.Categorical(list("uvw") * 8),
    "one level": pd.Categorical(["u"] * 24, ordered=True),
    "dates": pd.Timestamp(0),
    "nothing": np.nan,
    "mixed": [1, "a"] * 12,
}


@pytest.mark.parametrize("column", KINDS_OF_COLUMN)
@pytest.mark.parametrize("family", ["bernoulli", "binomial", "cumulative", "gaussian"])
def test_responses_of_a_wrong_kind(family: str, column: str) -> None:
    with pytest.raises((DataError, FamilyError), match=r"\n  y.*\n  \^$"):
        ss.standata(formula_of(family), table(y=KINDS_OF_COLUMN[column]), family=family)


ACCEPTED = {
    "Int64": (pd.array([1, 2, 3] * 8, dtype="Int64"), STEPS),
    "unsigned": (STEPS.astype(np.uint8), STEPS),
    "whole floats": (STEPS.astype(float), STEPS),
    "objects": (pd.array([1, 2, 3] * 8, dtype=object), STEPS),
    "negative zero": (np.where(I == 0, -0.0, STEPS), np.where(I == 0, 0, STEPS)),
    "logical": (STEPS > 1, STEPS > 1),
}


@pytest.mark.parametrize("column", ACCEPTED)
def test_counts_may_come_in_any_type_of_whole_numbers(column: str) -> None:
    given, expected = ACCEPTED[column]
    found = ss.standata("y ~ x", table(y=given), family="poisson")["Y"]
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, expected)


def test_unused_levels_are_no_categories() -> None:
    y = pd.Categorical(["v", "w"] * 12, list("uvwz"), ordered=True)
    assert ss.standata("y ~ x", table(y=y), family="cumulative")["nthres"] == 1
    assert set(ss.standata("y ~ x", table(y=y), family="bernoulli")["Y"]) == {0, 1}


FORMULAS = [
    ("«y» ~ 1", DataError, "a single category, and so no threshold", {"y": 1}, "cumulative"),
    ("y | «thres(gr = g)» ~ x", DataError, "of 'b' has a single", {"y": np.where(I % 4 == 1, 1, STEPS)}, "acat"),
    ("k | «thres(1)» ~ x", DataError, "reaches category 3, which needs 2 thresholds; thres() gives 1", {}, "sratio"),
    ("k | thres(«1e9») ~ x", DataError, "at most 10000", {}, "sratio"),
    ("«y» ~ x", DataError, "reaches category 50000; at most", {"y": np.where(I == 0, 50_000, STEPS)}, "cumulative"),
    ("k | thres(«'g'») ~ x", FormulaError, '"g" is a text ... write a column without quotes: g', {}, "sratio"),
    ("«y» ~ x", FamilyError, "at least two categories, found u", {"y": ["u"] * 24}, "categorical"),
    ("«k» | trials(2) ~ x", FamilyError, "3 successes in 2 trials in row 2", {}, "beta_binomial"),
    ("k | trials(«n») ~ x", DataError, "column 'n' has an infinite value in row 0", {"n": np.inf}, "binomial"),
    ("k | trials(«n») ~ x", DataError, "column 'n' has no values at all", {"n": np.nan}, "binomial"),
    ("k | trials(«n») ~ x", DataError, "n is 2.5 in row 0", {"n": 2.5}, "zero_inflated_binomial"),
    ("k | «trials(n)» ~ x", FormulaError, "poisson has no use for trials() (it takes: weights", {}, "poisson"),
    ("k | «trials(n, w)» ~ x", FormulaError, "trials() takes 1 argument: x", {}, "binomial"),
    ("y | cens(«w») ~ x", DataError, "w has 'rigth'; did you mean 'right'?", {"w": ["none", "rigth"] * 12}, "gaussian"),
    ("y | cens(«w») ~ x", DataError, "needs y2 ... cens(w, y2) ... in row 1", {"w": HALF}, "gaussian"),
    ("y | cens(w, «z») ~ x", DataError, "is not below the end y2", {"w": HALF, "y": 1.0, "z": 0.0}, "gaussian"),
    ("y | cens(w, «z») ~ x", DataError, "no end y2", {"w": HALF, "z": np.where(I == 3, np.nan, 9)}, "gaussian"),
    ("k | cens(w, «z») ~ x", DataError, "whole numbers for family poisson; z is 9.5", {"w": HALF, "z": 9.5}, "poisson"),
    ("y | cens(«left») ~ x", DataError, "no column 'left'", {}, "gaussian"),
    ("y | cens(«w») ~ x", DataError, "response is that small", {"y": 0.0, "w": ["none", "left"] * 12}, "exponential"),
    ("y | trunc(lb = «0») ~ x", DataError, "lies below its truncation bound, 0, in row 4", {}, "gaussian"),
    ("y | trunc(ub = «0») ~ x", DataError, "lies above its truncation bound, 0, in row 1", {}, "gaussian"),
    ("y | trunc(lb = 2, ub = «2») ~ x", DataError, "leave no room below, 2", {"y": 2.0}, "gaussian"),
    ("k | trunc(lb = «0.5») ~ x", DataError, "whole numbers for family poisson; 0.5 is 0.5", {}, "poisson"),
    ("y | «weights(w, scale = TRUE)» ~ x", DataError, "all zero cannot be scaled", {"w": 0.0}, "gaussian"),
    ("y | weights(«w») ~ x", DataError, "w is -1 in row 0", {"w": -1}, "gaussian"),
    ("y | se(«w») ~ x", DataError, "positive numbers (or sigma = TRUE); w is 0 in row 0", {"w": 0.0}, "gaussian"),
    ("y | se(«w», sigma = TRUE) ~ x", DataError, "numbers >= 0; w is -1", {"w": -1.0}, "student"),
    ("k | rate(«w») ~ x", DataError, "positive numbers; w is 0 in row 0", {"w": 0}, "negbinomial"),
    ("y | «subset(w == 2)» ~ x", DataError, "keeps no row", {}, "gaussian"),
    ("y ~ x + «bad»", DataError, "'bad' has an infinite value", {"bad": np.where(I == 7, np.inf, 0)}, "gaussian"),
    ("y ~ x + «when»", DataError, "'when' is of type Datetime", {"when": pd.Timestamp(0)}, "gaussian"),
    ("y ~ x + «odd»", DataError, "'odd' mixes values of type int, str", {"odd": [1, "a"] * 12}, "gaussian"),
    ("y ~ «a__b»", DataError, "may not contain '__'", {"a__b": I}, "gaussian"),
    ("y ~ «mo(k)»", DataError, "would have 23000 steps", {"k": 1000 * I}, "gaussian"),
    ("y ~ mo(«x»)", DataError, "whole numbers, found", {}, "gaussian"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "message", "columns", "family"), FORMULAS, ids=[f for f, *_ in FORMULAS])
def test_faults_of_formulas_and_data(text: str, kind: Any, message: str, columns: Any, family: str) -> None:
    refused(kind, message, text, lambda: ss.stancode(marked(text)[0], table(**columns), family=family))


def test_bounds_may_be_infinite_in_a_formula() -> None:
    both = ss.standata("y | trunc(lb = -Inf, ub = Inf) ~ x", table())
    assert np.isneginf(both["lb"]).all()
    assert np.isposinf(both["ub"]).all()
    assert "se" in ss.standata("y | se(w, sigma = TRUE) ~ x", table(w=0.0))


PARAMETERS = [
    (lambda: ss.bf("y ~ x", nu=0.5), "nu = «0.5»", "nu = 0.5 lies outside its range (1, Inf)"),
    (lambda: ss.bf("y ~ x", nu=1), "nu = «1»", "whose ends are excluded"),
    (lambda: ss.bf("y ~ x", sgima=2), "«sgima» = 2", "'sgima' to hold; did you mean 'sigma'?"),
    (lambda: ss.bf("y ~ x", "sgima ~ z"), "«sgima» ~ z", "'sgima' to predict; did you mean 'sigma'? (it has"),
    (lambda: ss.bf("y ~ x", sigma="nu"), "sigma = «'nu'»", "different ranges, (0, Inf) and (1, Inf)"),
    (lambda: ss.bf("y ~ x", sigma="nu", nu="sigma"), "sigma = «'nu'»", "nu is set equal to 'sigma' itself"),
    (lambda: ss.bf("y ~ x", nu="nu"), "nu = «'nu'»", "equal to itself"),
    (lambda: ss.bf("y ~ x", sigma2="sigma1"), "«sigma2» = 'sigma1'", "did you mean 'sigma'?"),
    (lambda: ss.bf("y ~ x", "nu ~ z", "nu ~ x"), "«nu» ~ x", "'nu' is set more than once"),
    (lambda: ss.bf("y ~ x", "nu ~ z", nu=3), "«nu» ~ z", "'nu' is set more than once"),
    (lambda: ss.bf("y ~ x", "sigma ~ z") + ss.lf("sigma ~ x"), "«sigma» ~ x", "'sigma' is set more than once"),
    (lambda: ss.bf("y | se(w) ~ x", "sigma ~ z"), "«sigma» ~ z", "se(w) takes the place of sigma ... sigma = TRUE"),
    (lambda: ss.bf("y | se(w) ~ x", sigma=2), "«y | se(w) ~ x»", "se(w) takes the place of sigma"),
    (lambda: ss.bf("y ~ x + (1 | I | g)", "sigma ~ (1 | I | h)"), "sigma ~ «(1 | I | h)»", "belongs to the group 'g'"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "shown", "message"), PARAMETERS, ids=[shown for _, shown, _ in PARAMETERS])
def test_faults_of_parameters(formula: Any, shown: str, message: str) -> None:
    refused(FormulaError, message, shown, lambda: ss.stancode(formula(), table(), family="student"))


def test_a_shift_beyond_the_smallest_response_is_refused() -> None:
    refused(
        FormulaError, "below the smallest response k, 1", "ndt = «1»",
        lambda: ss.stancode(ss.bf("k ~ x", ndt=1), table(), family="shifted_lognormal"),
    )  # fmt: skip
    assert "ndt" in ss.standata(ss.bf("k ~ x", ndt=0.9), table(), family="shifted_lognormal")


@pytest.mark.parametrize(
    ("given", "message"), [({"family": "student"}, "give the family to brm"), ({"nl": True}, "not built")]
)
def test_arguments_of_other_functions(given: Any, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        ss.bf("y ~ x", **given)


PRIORS: list[tuple[str, dict[str, Any], str, str]] = [
    ("beta(2, 2)", {"lb": 1}, "no mass between the bounds lb=1", "prior(«'beta(2, 2)'», class_='b', lb=1)"),
    ("constant(2)", {"ub": 1}, "lies outside the bounds lb=None and ub=1", "prior(«'constant(2)'», class_='b', ub=1)"),
    ("constant(0)", {"class_": "sigma"}, "excluded", "prior(«'constant(0)'», class_='sigma')"),
    ("normal(0, 1)", {"class_": "sigma", "ub": -1}, "no value", "prior('normal(0, 1)', class_='sigma', «ub=-1»)"),
    ("normal(0, 1)", {"class_": "sd", "lb": -1}, "own bound, 0", "prior('normal(0, 1)', class_='sd', «lb=-1»)"),
    ("uniform(0, 5)", {"class_": "sigma"}, "set ub=5", "prior(«'uniform(0, 5)'», class_='sigma')"),
    ("normal(0, 1)", {"coef": "X"}, "did you mean 'x'?", "prior('normal(0, 1)', class_='b', «coef='X'»)"),
    ("normal(0, 1)", {"coef": "b_x"}, "did you mean 'x'?", "prior('normal(0, 1)', class_='b', «coef='b_x'»)"),
    ("normal(0, 1)", {"class_": "b_x"}, "coef='x' of class 'b'", "prior('normal(0, 1)', «class_='b_x'»)"),
    ("normal(0, 1)", {"class_": "sd_g__x"}, "coef='x' of class 'sd'", "prior('normal(0, 1)', «class_='sd_g__x'»)"),
    ("normal(0, 1)", {"coef": "Intercept"}, "class_='Intercept'",
     "prior('normal(0, 1)', class_='b', «coef='Intercept'»)"),
    ("normal(0, 1)", {"class_": "sigma", "dpar": "sigma"}, "leave dpar out",
     "prior('normal(0, 1)', class_='sigma', «dpar='sigma'»)"),
    ("normal(0, 1)", {"class_": "sgima"}, "did you mean 'sigma'?", "prior('normal(0, 1)', «class_='sgima'»)"),
    ("normal(0, 1)", {"class_": "sd", "group": "gg"}, "did you mean 'g'?",
     "prior('normal(0, 1)', class_='sd', «group='gg'»)"),
    ("normal(0, 1)", {"class_": "cor"}, "lkj(eta)", "prior(«'normal(0, 1)'», class_='cor')"),
    ("lkj(2)", {"class_": "cor", "lb": 0}, "no bounds", "prior('lkj(2)', class_='cor', «lb=0»)"),
    ("horseshoe(1)", {"class_": "sigma"}, "shrinks whole classes", "«horseshoe(1)»"),
    ("horseshoe(1)", {"lb": 0}, "have no bounds", "«horseshoe(1)»"),
    ("normal(0)", {}, "normal takes 2", "«normal(0)»"), ("nomal(0, 1)", {}, "did you mean 'normal'?", "«nomal(0, 1)»"),
    ("normal(0, -1)", {}, "a positive number", "normal(0, «-1»)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "address", "message", "shown"), PRIORS, ids=[shown for *_, shown in PRIORS])
def test_faults_of_priors(text: str, address: dict[str, Any], message: str, shown: str) -> None:
    def write() -> None:
        ss.stancode("y ~ x + h + (1 + x | g)", table(), prior=ss.prior(text, **address))

    refused(PriorError, message, shown, write)


def test_two_priors_for_the_same_parameters() -> None:
    twice = ss.prior("normal(0, 1)") + ss.prior("normal(0, 2)", dpar="mu")
    shown = "prior('normal(0, 2)', «class_='b'», dpar='mu')"
    refused(PriorError, "two priors", shown, lambda: ss.stancode("y ~ x", table(), prior=twice))


def test_concentrations_that_do_not_fit_the_simplex() -> None:
    given = ss.prior("dirichlet(1, 2, 3)", "simo", coef="mok1")
    shown = "prior(«'dirichlet(1, 2, 3)'», class_='simo', coef='mok1')"
    refused(PriorError, "the simplex has 2 elements", shown, lambda: ss.stancode("y ~ mo(k)", table(), prior=given))


def test_thresholds_may_be_named_by_number() -> None:
    code = ss.stancode("k ~ x", table(), family="cumulative", prior=ss.prior("normal(0, 7)", "Intercept", coef=1))
    assert code.count("normal_lpdf") == 1


SPELLINGS = {
    "Gaussian": "gaussian", "normal": "gaussian", "GAMMA": "gamma", "Gamma(link = 'log')": "gamma", "Beta": "beta",
    "negbinomial()": "negbinomial", "zi_poisson": "zero_inflated_poisson", "hu_gamma": "hurdle_gamma",
    "inverse_gaussian": "inverse.gaussian", "inverse.gaussian()": "inverse.gaussian",
}  # fmt: skip


@pytest.mark.parametrize("written", SPELLINGS)
def test_families_as_r_users_write_them(written: str) -> None:
    assert ss.family(written) == ss.family(SPELLINGS[written])


def test_calls_of_families() -> None:
    plain = ss.family("cumulative", link="probit", threshold="equidistant")
    assert ss.family('cumulative("probit", threshold = "equidistant")') == plain
    assert ss.family("categorical(refcat = NA)") == ss.family("categorical", refcat="NA")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("cox", "'cox' is not built yet"), ("multinomial()", "not built yet"), ("gausian", "did you mean 'gaussian'"),
        ("poisson('lgo')", "did you mean 'log'"), ("poisson(1, 2)", "a call such as"),
        ("poisson(f(x))", "a call such as"),
        ("poisson(", "a call such as"), ("student(link_sgma = 'log')", "did you mean 'sigma'"),
        ("student(lnk = 'log')", "unknown argument 'lnk'; did you mean 'link'"),
    ],
)  # fmt: skip
def test_families_that_are_not_there(written: str, message: str) -> None:
    with pytest.raises(FamilyError, match=message):
        ss.family(written)


def test_a_family_looked_for_in_the_package_is_pointed_at() -> None:
    with pytest.raises(AttributeError, match=r"ss\.family\('Gamma', link=\.\.\.\)"):
        ss.Gamma  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'gaussain'$"):
        ss.gaussain  # noqa: B018


def test_what_is_not_built_is_refused_by_name() -> None:
    refused(NotYetSupported, "mi()", "y | «mi()» ~ x", lambda: ss.stancode("y | mi() ~ x", table()))
