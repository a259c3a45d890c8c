"""The family of unordered categories: its parameters, which depend on the response, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special

import smoothstan as ss
from smoothstan.errors import DataError, FamilyError, FormulaError, PriorError
from smoothstan.families import Categorical, Response
from smoothstan.families.category_names import category_parameters

LABELS = np.asarray(["a", "b c", "d-e"])


@pytest.fixture
def data() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    y = LABELS[np.arange(30) % 3]
    return pd.DataFrame({"y": y, "x": rng.normal(size=30), "z": rng.normal(size=30), "k": np.arange(30) % 3 + 1})


# brms 2.18: make_stan_names() of these texts.
@pytest.mark.parametrize(
    ("categories", "names"),
    [
        (("a", "b c", "c+d"), ("mua", "mubc", "mucd")),
        (("1", "2.5", "-3"), ("mu1", "mu25", "mu3")),
        (("b c", "b.c"), ("mubc1", "mubc")),
        (("b c", "b.c", "b+c"), ("mubc1", "mubc", "mubc2")),
        (("TRUE", "FALSE"), ("muTRUE", "muFALSE")),
        (("a_b", "x"), ("muab", "mux")),
    ],
)
def test_names_as_brms_makes_them(categories: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert category_parameters("mu", categories) == names


def test_names_of_letters_that_stan_does_not_know() -> None:
    assert category_parameters("mu", ("été", "中")) == ("muete", "muu4e2d")


@pytest.mark.parametrize(
    ("categories", "message"),
    [
        (("a_b", "a.b"), r"'a_b' and 'a.b' would both have the parameter muab"),
        (("+", "a"), r"the category '\+' has no letter or digit"),
    ],
)
def test_categories_without_names(categories: tuple[str, ...], message: str) -> None:
    with pytest.raises(FamilyError, match=message):
        category_parameters("mu", categories)


@pytest.mark.parametrize(
    ("refcat", "expected"),
    [
        (None, ("", "mubc", "mude")), ("b c", ("mua", "", "mude")), ("NA", ("mua", "mubc", "mude")),
        (float("nan"), ("mua", "mubc", "mude")), (pd.NA, ("mua", "mubc", "mude")),
    ],
)  # fmt: skip
def test_reference(refcat: Any, expected: tuple[str, ...]) -> None:
    family = Categorical.create({}, refcat=refcat).bound(tuple(LABELS))
    assert family.by_category == expected
    assert family.main == tuple(p.name for p in family.parameters) == tuple(filter(None, expected))
    assert {name: family.link(name).name for name in family.main} == dict.fromkeys(family.main, "identity")


@pytest.mark.parametrize(("refcat", "name"), [(2, "mu1"), (True, "muFALSE"), ("NA", "muX")])
def test_reference_by_value(refcat: Any, name: str) -> None:
    categories = {2: ("1", "2"), True: ("FALSE", "TRUE"), "NA": ("NA", "X")}[refcat]
    assert Categorical.create({}, refcat=refcat).bound(categories).main == (name,)


def test_probabilities_and_density_are_stable() -> None:
    family = Categorical.create({}).bound(tuple(LABELS))
    odds = {"mubc": np.asarray([[800.0, -800.0]]), "mude": np.asarray([[1.0, -2.0]])}
    response = Response("y", np.asarray([1.0, 3.0]), categories=tuple(LABELS))
    expected = special.log_softmax(np.asarray([[0, 800.0, 1.0], [0, -800.0, -2.0]]), axis=1)
    np.testing.assert_allclose(family.log_density(response, odds)[0], expected[[0, 1], [0, 2]], rtol=1e-14)
    np.testing.assert_allclose(family.probabilities(odds, response)[0], np.exp(expected), rtol=1e-14)


def test_binding_again_follows_the_data(data: pd.DataFrame) -> None:
    """A fit's family, with its categories, can be given to other data."""
    family = Categorical.create({}).bound(("p", "q"))
    assert {"K_mubc", "K_mude"} <= set(ss.standata("y ~ x", data, family=family))


def test_a_category_whose_rows_are_all_incomplete_has_no_parameter(data: pd.DataFrame) -> None:
    gap = data.assign(x=np.where(data["y"] == "b c", np.nan, data["x"]))
    with pytest.warns(ss.errors.DataWarning):
        found = ss.standata("y ~ x", gap, family="categorical")
    assert found["ncat"] == 2
    assert [name for name in found if name.startswith("K_")] == ["K_mude"]
    kept = ss.standata("y | subset(keep) ~ x", data.assign(keep=data["y"] != "a"), family="categorical")
    assert kept["ncat"] == 2
    np.testing.assert_array_equal(np.unique(kept["Y"]), [1, 2])


def test_the_main_formula_is_not_read_if_all_have_their_own(data: pd.DataFrame) -> None:
    gap = data.assign(w=np.nan)
    found = ss.standata(["y ~ w", "mubc ~ x", "mude ~ z"], gap, family="categorical")
    assert found["N"] == 30


def test_priors_for_all_categories(data: pd.DataFrame) -> None:
    priors = [ss.prior("normal(0, 1)"), ss.prior("normal(0, 3)", dpar="mude"), ss.prior("normal(0, 2)", "Intercept")]
    code = ss.stancode("y ~ x", data, family="categorical", prior=priors)
    for statement in (
        "normal_lpdf(b_mubc | 0, 1)", "normal_lpdf(b_mude | 0, 3)", "normal_lpdf(Intercept_mubc | 0, 2)",
        "normal_lpdf(Intercept_mude | 0, 2)",
    ):  # fmt: skip
        assert statement in code
    bounded = ss.stancode("y ~ x", data, family="categorical", prior=ss.prior("normal(0, 1)", lb=0))
    assert "vector<lower=0>[Kc_mubc] b_mubc" in bounded
    assert "vector<lower=0>[Kc_mude] b_mude" in bounded


BAD: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    (
        ["y ~ x", "mub ~ z"],
        {},
        FormulaError,
        r"no parameter 'mub' to predict; did you mean 'mubc'\? \(it has: mubc, mude\)(.|\n)*\^\^\^",
    ),
    (ss.bf("y ~ x", mubc=1), {}, FormulaError, "no parameter 'mubc' to hold"),
    ("y | cens(z) ~ x", {}, FormulaError, "no use for cens"),
    ("y ~ x", {"refcat": "b"}, FamilyError, "refcat must be one of the categories a, b c, d-e, or 'NA'"),
    ("poly(x, 2) ~ z", {}, DataError, r"one category per row(.|\n)*\^"),
    ("mubc ~ x", {}, DataError, "no column 'mubc'"),
]


@pytest.mark.parametrize(("formula", "options", "kind", "message"), BAD, ids=[str(case[0]) for case in BAD])
def test_bad_input(
    data: pd.DataFrame, formula: Any, options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        ss.standata(formula, data, family=ss.family("categorical", **options))


def test_more_bad_input(data: pd.DataFrame) -> None:
    with pytest.raises(FamilyError, match="at least two categories, found a"):
        ss.standata("y ~ x", data.assign(y="a"), family="categorical")
    with pytest.raises(PriorError, match="no dpar 'mub' in class 'b'; did you mean 'mubc'"):
        ss.stancode("y ~ x", data, family="categorical", prior=ss.prior("normal(0, 1)", dpar="mub"))
    for call, message in [
        (lambda: ss.family("categorical", "probit"), "link 'probit' is not available"),
        (lambda: ss.family("categorical", refcat=[1]), "refcat is the label of a category"),
        (lambda: ss.family("categorical", ref="a"), "unknown argument 'ref'.*options of categorical: refcat"),
        (lambda: ss.family("poisson", refcat="a"), "unknown argument 'refcat'"),
        (lambda: Categorical.create({}, other=1), "no option 'other'"),
    ]:
        with pytest.raises(FamilyError, match=message):
            call()
    with pytest.raises(FamilyError, match="unknown family 'categorical'"):
        ss.gam("k ~ s(x)", data, family="categorical")
