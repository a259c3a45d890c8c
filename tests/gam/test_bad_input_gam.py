"""What ``gam()`` and its results say about input that cannot be used."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, FamilyError, FitError, FitWarning, FormulaError, NotYetSupported, OptionError


def sample(n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.uniform(size=n), "z": rng.normal(size=n), "w": rng.uniform(0.5, 2, n)})
    data["g"], data["f"] = rng.choice(list("abcdef"), n), rng.choice(["u", "v", "w"], n)
    data["y"] = np.sin(6 * data.x) + 0.3 * rng.normal(size=n)
    data["count"], data["above"], data["one"] = rng.poisson(3, n), (data.x > 0.5).astype(int), 1.0
    data["twice"] = 2 * data.z
    data["sick"] = pd.Categorical(np.where(data.above == 1, "yes", "no"))
    data["zero"], data["negative"] = data.w.where(data.index != 3, 0.0), data.w.where(data.index != 4, -1.0)
    data["infinite"] = data.y.where(data.index != 5, np.inf)
    data["empty"] = np.nan
    data["id"] = [f"i{i}" for i in range(n)]
    return data


DATA = sample()

REFUSED: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("y ~ s(x, k=100, bs='cr') + s(z, k=60, bs='cr')", {}, DataError, r"159 coefficients .* make s\(x\), which has 99"),
    ("y ~ te(x, z, k=12)", {}, DataError, r"make te\(x,z\), which has 143 of them, smaller"),
    ("y ~ s(x, k=130, bs='cr')", {}, DataError, "only 120 distinct values"),
    ("y ~ s(x, sp=0)", {}, OptionError, r"sp of s\(x\) must be a positive number"),
    ("y ~ s(x, sp=c(1, 2))", {}, FormulaError, "one number per penalty"),
    ("y ~ s(x, sp='a')", {}, FormulaError, "sp must be numbers"),
    ("y | weights(zero) ~ s(x)", {}, DataError, "weights are positive numbers, found 0 in row 3"),
    ("y | weights(negative) ~ s(x)", {}, DataError, "must not be negative, found -1 in row 4"),
    ("y ~ s(x)", {"family": "poisson"}, FamilyError, "whole numbers >= 0; row 0"),
    ("y ~ s(x)", {"family": "Gamma"}, FamilyError, "positive numbers"),
    ("y ~ s(x)", {"family": "beta"}, FamilyError, "strictly between 0 and 1"),
    ("y ~ s(x)", {"family": "binomial"}, FamilyError, "proportions between 0 and 1"),
    ("one ~ s(x)", {}, FitError, "reproduces the response exactly"),
    ("y ~ (1 | id)", {}, FitError, "as many coefficients as rows"),
    ("sick ~ s(x)", {}, DataError, "sick is a factor, but family gaussian needs numbers"),
    ("y ~ s(x)", {"family": "gausian"}, FamilyError, "did you mean 'gaussian'"),
    ("y ~ s(x)", {"family": 3}, FamilyError, "family is a name"),
    ("y ~ s(x)", {"link": "logit"}, FamilyError, "family gaussian has no link 'logit'"),
    ("y ~ s(x)", {"method": "GACV"}, OptionError, "method is one of"),
    ("y ~ s(x)", {"method": None}, OptionError, "method is one of"),
    ("count ~ s(x)", {"family": "nb", "method": "GCV"}, OptionError, "use method 'REML' or 'ML'"),
    ("y ~ s(x)", {"scale": -1}, OptionError, "scale is a positive number"),
    ("y ~ s(x)", {"scale": "a"}, OptionError, "scale is a positive number"),
    ("y ~ s(x) + (1 + x | g)", {}, FormulaError, r"no correlation between effects of a group: write '\|\|'"),
    ("y ~ s(x, bs='zz')", {}, FormulaError, "unknown basis 'zz'"),
    ("y ~ s(q)", {}, DataError, "no column 'q'"),
    ("infinite ~ s(x)", {}, DataError, "infinite value in row 5"),
    ("empty ~ s(x)", {}, DataError, "no values at all"),
    ("y ~ s(g)", {}, DataError, "must be numeric here"),
    ("y ~ 0", {}, DataError, "no coefficients"),
    ("y ~ s(one)", {}, FormulaError, "lower k"),
    ("count | trials(2) ~ s(x)", {"family": "binomial"}, DataError, "3 successes in 2 trials in row"),
    ("count | trials(20) ~ s(x)", {"family": "poisson"}, FormulaError, "no use for trials"),
    ("cbind(count, above) ~ s(x)", {}, FormulaError, "response of the binomial family"),
    ("y ~ s(x)", {"knots": {"q": [1, 2]}}, DataError, "no smooth has this covariate"),
    ("y ~ gp(x)", {}, NotYetSupported, r"gp\(\) is not built for gam"),
]


@pytest.mark.parametrize(
    ("formula", "options", "error", "message"), REFUSED, ids=[f"{f} {o or ''}" for f, o, _, _ in REFUSED]
)
def test_refused(formula: str, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ss.gam(formula, DATA, **options)


def test_a_second_formula_is_refused() -> None:
    with pytest.raises(NotYetSupported, match="one linear predictor"):
        ss.gam(ss.bf("y ~ s(x)", "sigma ~ z"), DATA)


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_rows(rows: int) -> None:
    with pytest.raises(DataError, match=r"no rows|2 coefficients .* for 1 row of data"):
        ss.gam("y ~ x", DATA[:rows])


@pytest.mark.parametrize("formula", ["above ~ s(x)", "above ~ x", "above ~ f + x"])
def test_separation_is_warned_about(formula: str) -> None:
    with pytest.warns(FitWarning, match="the data are separated"):
        ss.gam(formula, DATA, family="binomial")


def test_collinear_columns() -> None:
    plain, doubled = (ss.gam(f"y ~ {columns} + s(x, bs='cr', sp=1)", DATA) for columns in ("twice", "z + twice"))
    assert np.sum(doubled.coefficients == 0) == 1
    np.testing.assert_allclose(doubled.fitted, plain.fitted, rtol=1e-8)
    assert "twice" in str(doubled)


def test_a_negative_smoothing_parameter_is_estimated() -> None:
    assert ss.gam("y ~ s(x, sp=-1)", DATA).score == ss.gam("y ~ s(x)", DATA).score


FIT = ss.gam("y ~ f + s(x) + s(z) + (1 | g)", DATA)
NEW = DATA.head(3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"f": "q"}, "column 'f' has the new level 'q'"),
        ({"x": np.nan}, "column 'x' of the new data has no value in row 0"),
        ({"x": np.inf}, "infinite value in row 0"),
        ({"x": "a"}, "column 'x' is a factor with levels a, but in the fit it was numeric"),
    ],
)
def test_new_data(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        FIT.predict(NEW.assign(**change))


def test_new_data_without_a_column_or_rows() -> None:
    with pytest.raises(DataError, match="no column 'x'"):
        FIT.predict(NEW.drop(columns="x"))
    with pytest.raises(DataError, match="no rows"):
        FIT.predict(NEW.head(0))


def test_one_new_row() -> None:
    one, three = FIT.predict(NEW.head(1), se=True), FIT.predict(NEW, se=True)
    np.testing.assert_allclose(one.fit, three.fit[:1], rtol=1e-12)
    np.testing.assert_allclose(one.se, three.se[:1], rtol=1e-12)
    assert FIT.predict({"x": [0.5], "z": [0], "f": ["u"], "g": ["a"]}).shape == (1,)


def test_an_unseen_group_has_no_effect() -> None:
    new = NEW.assign(g=["unheard", "of", NEW.g.iloc[2]])
    terms = FIT.predict(new, type="terms")
    np.testing.assert_array_equal(terms["s(g)"][:2], 0.0)
    known = FIT.predict(NEW, type="terms")
    np.testing.assert_allclose(terms.drop(columns="s(g)"), known.drop(columns="s(g)"), rtol=1e-12)
    assert terms["s(g)"][2] == known["s(g)"][2] != 0
    assert np.all(FIT.model_matrix(new).filter(like="s(g)")[:2] == 0)


def test_an_unseen_level_of_a_factor_smooth_is_refused() -> None:
    fit = ss.gam("y ~ s(x, g, bs='fs', m=1, k=4)", DATA)
    with pytest.raises(DataError, match="new level"):
        fit.predict(NEW.assign(g="unheard"))


def test_options_of_results() -> None:
    with pytest.raises(OptionError, match="type must be one of"):
        FIT.predict(type="resp")
    with pytest.raises(OptionError, match=r"no term 's\(q\)'"):
        FIT.predict(terms=["s(q)"])
    with pytest.raises(OptionError, match="residuals are one of"):
        FIT.residuals("pears")
    with pytest.raises(OptionError, match="between 0 and 1"):
        FIT.vcomp(prob=95)
    with pytest.raises(OptionError, match="REML or ML"):
        ss.gam("y ~ s(x)", DATA, method="GCV").predict(unconditional=True)
    np.testing.assert_array_equal(FIT.predict(exclude="s(x)"), FIT.predict(exclude=["s(x)"]))


def test_awkward_but_possible_models_are_fitted_in_silence() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ss.gam("one ~ s(x)", DATA, family="poisson")
        ss.gam("y ~ one + s(x)", DATA)
        ss.gam("count ~ s(x)", DATA, family="poisson", link="identity")
        ss.gam("y ~ 1", DATA)
