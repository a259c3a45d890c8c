"""Careless input is refused before anything is sampled, by one of our errors that says where the fault is.

In the tables a formula carries guillemets around its fault, ``y ~ «xx»``: the carets of the message must stand
exactly there.  In an expected message `` ... `` stands for anything.
"""

import re
import warnings
from functools import cache

import numpy as np
import pandas as pd
import polars
import pytest
import xarray as xr

import smoothstan as ss
from smoothstan import errors
from smoothstan.engines import SamplingOptions
from smoothstan.errors import DataError, FamilyError, FormulaError, OptionError, PriorError, StorageError

ROWS = np.arange(40)
RING = {f"g{i}": [f"g{(i - 1) % 5}", f"g{(i + 1) % 5}"] for i in range(5)}
MAPS = {
    "ring": RING, "alone": dict.fromkeys(RING, ()), "text": dict.fromkeys(RING, "abc"),
    "unknown": {**RING, "g0": ["q"]}, "oneway": {**RING, "g0": ["g1"]}, "part": {"g0": ["g1"], "g1": ["g0"]},
    "eye": np.eye(3),
}  # fmt: skip
FIT = {"backend": "stanli", "chains": 1, "iter_warmup": 20, "iter_sampling": 10, "seed": 1, "show_progress": False}


def table(**columns) -> pd.DataFrame:
    frame = pd.DataFrame({
        "y": np.sin(ROWS / 4), "x": ROWS / 10 + 0.1, "z": np.cos(1.7 * ROWS), "w": 1 + ROWS % 3, "n": 10,
        "f": pd.Categorical.from_codes(ROWS % 3, ["a", "b", "c"]), "few": ROWS % 3, "flag": ROWS % 2 == 0,
        "g": [f"g{i % 5}" for i in ROWS], "h": [f"h{i % 4}" for i in ROWS],
        "const": 3.0, "one": "only", "gone": np.nan,
    })  # fmt: skip
    return frame.assign(**columns)


def code(formula="y ~ x", main=None, prior=(), family="gaussian", sample_prior="no", knots=None, **columns):
    """Write the program; beside a ``main`` formula, ``formula`` is the one of a further parameter."""
    formulas = formula if main is None else [main, formula]
    options = {"prior": prior, "family": family, "sample_prior": sample_prior, "knots": knots, "data2": MAPS}
    return ss.stancode(formulas, table(**columns), **options)


def sample(formula="y ~ x", data=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", errors.SamplingWarning)
        return ss.brm(formula, table() if data is None else data, **{**FIT, **options})


fit = cache(lambda: sample("y | weights(w) ~ x + f + flag + s(z, bs='cr', k=4) + offset(few) + (1 + x | g)"))
counts = cache(lambda: sample("few | trials(n) ~ x", family="binomial"))


def at(**columns):
    return fit().posterior_epred(table().iloc[:3].assign(**columns))


def refused(kind, message, call) -> str:
    """Check that ``call`` raises exactly ``kind``, saying ``message``; return all that it says."""
    pattern = "(?s)" + ".*".join(re.escape(piece) for piece in message.split(" ... "))
    with pytest.raises(kind, match=pattern) as caught:
        call()
    assert type(caught.value) is kind
    return str(caught.value)


def refused_at(kind, marked, message, options=None) -> None:
    """Check that a formula is refused and, if its fault is marked, that the carets stand under it."""
    before, fault, after = re.split("[«»]", marked) if "«" in marked else (marked, "", "")
    formula, line_start = before + fault + after, before.rfind("\n") + 1
    said = refused(kind, message, lambda: code(formula, **(options or {})))
    if "«" in marked:
        line = formula[line_start:].split("\n")[0].replace("\t", " ")
        carets = " " * (len(before) - line_start) + "^" * max(1, len(fault.split("\n")[0]))
        assert said.endswith(f"\n  {line}\n  {carets}"), f"wanted these carets:\n  {line}\n  {carets}\nfound:\n{said}"


FORMULAS = [
    ("", "the formula is empty"), ("«y»", "no response: write 'y ~ ...'"), ("«~ x»", "no response"),
    ("y ~«»", "ends where a term is expected"), ("y ~ x +«»", "ends where"), ("y ~ x «~» z", "only one '~'"),
    ("y «=» x", "'=' is only allowed inside a call"), ("y + «~» x", "expected a term, found '~'"), ("y ~ «[x]»", "c("),
    ("«5» ~ x", "response"), ("y ~ x + «y»", "response"), ("y ~ «(»1|g", "'(' is never closed"),
    ("y ~ x«)»", "')' closes"), ("y ~ x «z»", "expected an operator such as '+' before 'z'"), ("y ~ x*«0»", "number"),
    ("y ~ x«,» z", "separate terms with '+'"), ("y ~ «'x»", "quote ' is never closed"), ("y ~ «(s(x)|g)»", "smooths"),
    ("y ~ x «$» z", "unexpected character '$'"), ("y ~ s(x,«,» k=4)", "expected a term, found ','"),
    ("y ~ («|»g)", "expected a term, found '|'"), ("y ~ x\n  + z\n  «z»", "before 'z'"), ("y ~ «s()»", "covariate"),
    ("y ~ (1|g)\n\t+ s«(»x,\n  bs='cr'", "never closed"), ("y ~ «2»", "only numbers allowed as terms are 0 and 1"),
    ("y ~ x:«1»", "number"), ("y ~ x^«2.5»", "positive whole number ... I(x^2)"), ("y ~ relevel(f, ref=«x»)", "ref"),
    ("y ~ x^«1e400»", "positive whole number"), ("y ~ «x > 3»", "write it inside I(...)"), ("y ~ «relevel(f)»", "ref"),
    ("y ~ «lgo(x)»", "lgo() is not known ... did you mean 'log'? ... (known: C, I,"), ("y ~ «(0|g)»", "has no effects"),
    ("y ~ «1|g»", "written in parentheses, e.g. (1 | g)"), ("y ~ «(1|g)»:x", "cannot be part of an interaction"),
    ("y ~ (1|«log(x)»)", "a group is a column"), ("y ~ (x|ID|g) + «(z|ID|h)»", "ID ... belongs to the group 'g'"),
    ("y ~ (x|ID|g) + «(z||ID|g)»", "share an ID ... '||'"), ("y | «trials(n)» ~ x", "gaussian has no use for trials()"),
    ("y ~ (x|g) + «(1|g)»", "Intercept varies by 'g' in two terms"), ("y ~ «(x|I|D|g)»", "(effects | ID | group)"),
    ("y ~ «s(x)»:z", "s() cannot be part of an interaction; use its 'by'"), ("y ~ s(x, bs=«cr»)", "bs: ... found cr"),
    ("y ~ s(x, bs=«'zz'»)", "unknown basis 'zz' ... (known: ad, bs, cc"),
    ("y ~ C(f, «contr.foo»)", "known: contr.treatment"),
    ("y ~ «s(x, sp=1)»", "sp fixes a smoothing parameter of gam() ... leave sp out ... prior('normal(0, 0.1)', 'sds')"),
    ("y ~ s(x, bs='cr', k=«2»)", "k must be at least 3, found 2"), ("sigma ~ z +«»", "ends where", {"main": "y ~ x"}),
    ("y ~ s(x, bs='cr', k=«4.5»)", "k must be one whole number, found 4.5"), ("y ~ poly(x, 'a')", "degree ... 'a'"),
    ("y ~ s(x, bs='cr', k=«'a'»)", "k must be one whole number, found 'a'"), ("y ~ poly(x, 0)", "degree ... 0"),
    ("y ~ s(x, bs='cr', k=«1e400»)", "k must be"), ("y | weights(w) + «weights(w)» ~ x", "weights() is given twice"),
    ("y ~ s(x, bs='cr', «K»=4)", "unknown argument 'K'; did you mean 'k'? (allowed: k, bs"),
    ("y ~ s(x, bs='cr', k=4) + «s(x, bs='cr', k=5)»", "s(x) is given twice"),
    ("y | «wieghts(w)» ~ x", "wieghts(w) cannot stand right of the '|' ... weights"),
    ("y | «weights()» ~ x", "one column or number"), ("y ~ «offset(x, z)»", "offset() takes one"),
    ("y ~ «Intercept»", "reserved name Intercept needs '0 +'"), ("\n  «nope» ~ z", "'nope'", {"main": "y ~ x"}),
    ("«few ~ x»", "binomial needs trials(): write 'y | trials(n) ~ ...'", {"family": "binomial"}),
    ("y ~ (1 | «Intercept»)", "Intercept ... reserved", {"Intercept": ROWS}),
    ("y ~ s(«Intercept», bs='cr')", "Intercept ... reserved", {"Intercept": ROWS}),
    ("«nope» ~ z", "no parameter 'nope' to predict (it has: sigma)", {"main": "y ~ x"}),
    ("y ~ poly(x, z, «2»)", "several variables needs degree = 2"),
    ("y ~ «cut(x)»", "cut() takes a variable and breaks"),
    ("y ~ cut(x, «1»)", "number of intervals ... >= 2, found 1"), ("y ~ cut(x, «c(0, 0, 1)»)", "breaks must differ"),
    ("y ~ cut(x, 2, labels = «c('a', 'b', 'c')»)", "3 labels for 2 intervals"),
    ("y ~ cut(x, «'a'»)", "expected numbers"),
    ("y ~ cut(x, «z»)", "the same in all rows"), ("y ~ cut(x, «quantile(x, 2)»)", "between 0 and 1"),
    ("y ~ factor(f, labels = «c('u', 'v', 'w', 'q')»)", "4 labels for 3 levels"), ("y ~ «ns(x, df = 0)»", "df must be"),
    ("y ~ «ns(x, z)»", "ns() takes one variable"), ("y ~ «seq(1, 2)»", "makes a list for an argument"),
    ("y ~ I(f %in% «z»)", "%in%: expected a constant"), ("y ~ ifelse(x > 0, 'a', «x»)", "two numbers or two strings"),
    ("y ~ as.numeric(«as.character(f)»)", "no number"), ("y ~ «interaction(sep = '_')»", "takes factors"),
    ("«sigma» ~ z", "se(w) takes the place of sigma", {"main": "y | se(w) ~ x"}),
    ("«`no pe`» ~ z", "'no pe'", {"main": "y ~ x"}), ("«sigma»", "the form 'sigma ~ ...'", {"main": "y ~ x"}),
]  # fmt: skip
NOT_YET = [
    ("y ~ s(x, bs=«'so'»)", 'bs = "so" ... built: ad, bs, cc'),
    ("y ~ «me(x, z)»", "me()"), ("y ~ x:«me(x, z)»", "me()"),
]  # fmt: skip
COLUMNS = [
    ("y ~ «xx»", "no column 'xx'; did you mean 'x'? (it has: y, x, z"), ("«yy» ~ x", "no column 'yy'"),
    ("y | weights(«ww») ~ x", "'ww'"), ("y ~ (1|«gg»)", "'gg'"), ("y ~ («xx»|g)", "'xx'"), ("y ~ «log»", "'log'"),
    ("y ~ x +\n  s(«xx», bs='cr')", "no column 'xx'"), ("y ~ «`a b`»", "'a b'"), ("y ~ poly(const, 2)", "const"),
    ("y ~ s(«f», bs='cr', k=3)", "f must be numeric here, but it is a factor with levels a, b, c"),
    ("y ~ offset(«f»)", "f must be numeric"), ("y | weights(«f») ~ x", "f must be numeric"), ("y ~ (1|gone)", "'gone'"),
    ("y ~ «s(x, bs='cr', k=99)»", "x has only 40 distinct values, but k = 99"), ("y ~ scale(const)", "const"),
    ("y ~ «s(few, bs='cr', k=5)»", "few has only 3 distinct"), ("y ~ «s(const, bs='cr', k=3)»", "const is constant"),
    ("y ~ «s(x, z, bs='cr')»", 's(x, z, bs = "cr"): this basis takes one covariate, found 2 (x, z)'),
    ("y ~ poly(few, 5)", "few"),
    ("y ~ «log(-x)»", "not a finite number in row 0"), ("y ~ const", "'const' has the same value in every row"),
    ("y ~ «one»", "two levels, this one has 1, 'only'"), ("y ~ lp__", "'lp__' may not contain '__'", {"lp__": ROWS}),
    ("y ~ «(1|one)»", "grouping factor 'one' has only one level ('only')"),
    ("y ~ factor(f, levels='abc')", "no level 'a' (levels: abc)"), ("y ~ gone", "column 'gone' has no values at all"),
    ("y ~ factor(f, levels=3)", "no level 'a' (levels: 3)"), ("sigma ~ «zz»", "no column 'zz'", {"main": "y ~ x"}),
    ("y | weights(«w - 2») ~ x", "weights() needs numbers >= 0; w - 2 is -1 in row 0"),
    ("y ~ `a b` + ab", "same name 'ab': 'a b' and 'ab'", {"a b": ROWS, "ab": ROWS}),
    ("y ~ s(`a b`, bs='cr') + s(ab, bs='cr')", "same name", {"a b": ROWS, "ab": ROWS}),
    ("sigma ~ x", "same name", {"main": "y ~ sigma_x", "sigma_x": ROWS}),
    ("few | trials(«-1») ~ x", "whole numbers ... -1 is -1 in row 0", {"family": "binomial"}),
    ("few | trials(«n») ~ x", "n is 4.5 in row 0", {"family": "binomial", "n": 4.5}),
    ("few | trials(«n») ~ x", "n is 1e+10 in row 0", {"family": "binomial", "n": 1e10}),
    ("few | trials(«f») ~ x", "f must be numeric", {"family": "binomial"}),
    ("y ~ x", "'y' has an infinite value in row 3", {"y": np.where(ROWS == 3, np.inf, 0)}),
    ("y | weights(w) ~ x", "'w' has an infinite value in row 0", {"w": -np.inf}),
]  # fmt: skip
SMOOTHS = [
    ("y ~ s(x, k=«41»)", "k=41 needs at least 41 distinct values of x, found 40; lower k"),
    ("y ~ s(x, z, k=«41»)", "41 distinct combinations of x, z, found 40"), ("y ~ s(x, k=«c(4, 5)»)", "one number"),
    ("y ~ «s(few)»", "k=10 needs at least 10 distinct values of few, found 3"), ("y ~ s(x, k=«0»)", "least 1"),
    ("y ~ s(x, k=«2»)", "at least 3, found 2"), ("y ~ s(x, bs='cc', k=«3»)", "k must be at least 4, found 3"),
    ("y ~ s(x, bs='ps', m=c(4, 2), k=«4»)", "at least 6"),
    ("y ~ s(x, bs='bs', k=«4»)", "k must be at least 5, found 4"),
    ("y ~ s(x, bs='ps', k=«1000000»)", "k must be at most 10000, found 1000000"),
    ("y ~ te(x, z, k=«c(3, 4, 5)»)", "one value or 2, one per margin, found 3"), ("y ~ te(x, z, k=«2»)", "margin x"),
    ("y ~ s(x, m=«1.5»)", "m must be a whole number here, found 1.5"), ("y ~ s(x, m=«-1»)", "must not be negative"),
    ("y ~ s(x, m=«1e400»)", "m must be finite, found inf"), ("y ~ s(x, m=«'a'»)", "m must be numbers, found 'a'"),
    ("y ~ s(x, bs='ps', m=«c(2, -1)»)", "order of the differences) must be at least 0, found -1"),
    ("y ~ s(x, bs='bs', m=«c(3, 4)»)", "degree 3 has derivatives of order 0 to 3, found 4"),
    ("y ~ s(x, bs='gp', m=«9»)", "1 (spherical), 2 (power exponential)"), ("y ~ s(x, z, bs='sos', m=«7»)", "-2"),
    ("y ~ s(x, bs='ds', m=«c(2, .5)»)", "the second number of m must be 0 for ds of 1 covariate, found 0.5"),
    ("y ~ s(x, xt=«list(foo=3)»)", "unknown setting 'foo' in xt; known: max.knots, seed"), ("y ~ s(x, xt=«3»)", "xt"),
    ("y ~ s(x, xt=«list(max.knots=5)»)", "at least 10 here, found 5"), ("y ~ s(x, xt=«nope»)", "data2={'nope': ...}"),
    ("y ~ s(x, xt=«list(seed=1e12)»)", "seed must lie between"),
    ("y ~ s(x, f, bs='fs', xt=«'zz'»)", "basis 'zz' in xt"),
    ("y ~ s(x, pc=«c(1, 2)»)", "one number per covariate, 1, found 2"), ("y ~ s(x, pc=«1e400»)", "pc must be finite"),
    ("y ~ s(f, bs='re', pc=«1»)", "pc needs numeric"), ("y ~ te(x, z, sp=«c(1, 2, 3)»)", "one number per penalty, 2"),
    ("y ~ «s(x, sp=1)»", "sp fixes a smoothing parameter of gam()"), ("y ~ s(x, sp=«'a'»)", "sp must be numbers"),
    ("y ~ ti(x, z, mc=«3»)", "mc must be TRUE or FALSE, found 3"), ("y ~ t2(x, z, ord=«7»)", "between 0 and 2"),
    ("y ~ te(x, z, d=«3»)", "2 together (x, z), found 3"), ("y ~ s(x, fx=«1»)", "fx must be TRUE or FALSE, found 1"),
    ("y ~ s(x, id=1) + s(z, w, id=«1»)", "the same number of covariates, found 1 and 2"),
    ("y ~ s(x, id=1) + te(z, id=«1»)", "must be of one kind, found s and te"), ("y ~ s(x, id=«TRUE»)", "id must be"),
    ("y ~ s(x, bs='re', id=1) + s(f, bs='re', id=«1»)", "the same kinds, found numbers and a factor with"),
    ("y ~ s(f, bs='re', id=1) + s(g, bs='re', id=«1»)", "the same levels, found a factor with levels a, b, c and"),
    ("y ~ s(g, bs='mrf', xt=list(nb=ring), k=«9»)", "at most 5, the number of regions"),
    ("y ~ s(x, by=«'f'»)", "no value"),
    ("y ~ s(g, bs='mrf', xt=«list(foo=ring)»)", "known: penalty, nb, polys"), ("y ~ s(x, by=«f:g»)", "inside a call"),
]  # fmt: skip
SMOOTH_DATA = [
    ("y ~ s(«f»)", "f must be numeric here, but it is a factor"), ("y ~ s(x, «g»)", "g must be numeric here"),
    ("y ~ te(x, «f»)", "margin f: f must be numeric"), ("y ~ s(x, by=«nope»)", "the data has no column 'nope'"),
    ("y ~ «s(x, one, bs='sz', k=4)»", "at least 2 levels in one, found 1"), ("y ~ «s(const, bs='ps')»", "found 1"),
    ("y ~ «s(const, x)»", "lie on a line"), ("y ~ «s(const, x, bs='gp', k=6)»", "the data do not determine"),
    ("y ~ s(x, by=«I(z * 0)»)", "I(z * 0) is zero in every row, so s(x) has no effect"),
    ("y ~ s(«x»)", "x goes from 0 to 3.9e+201, too large to compute powers; rescale it", {"x": ROWS * 1e200}),
    ("y ~ s(«x», bs='cr')", "too small to compute powers", {"x": ROWS * 1e-200}),
    ("y ~ s(x, by=«z»)", "z goes from 0 to 3.9e+201, too large", {"z": ROWS * 1e200}),
    ("y ~ «s(g, bs='mrf')»", "one of penalty, nb, polys in xt"), ("y ~ s(«x», bs='mrf', xt=list(nb=ring))", "a factor"),
    ("y ~ «s(g, bs='mrf', xt=list(nb=alone))»", "no region of the map has a neighbour"),
    ("y ~ «s(g, bs='mrf', xt=list(nb=part))»", "nb lacks the regions g2, g3, g4"),
    ("y ~ «s(g, bs='mrf', xt=list(nb=unknown))»", "lists q as a neighbour of 'g0', but has no such region"),
    ("y ~ «s(g, bs='mrf', xt=list(nb=oneway))»", "not the other way round"),
    ("y ~ «s(g, bs='mrf', xt=list(polys=text))»", "polygons of 'g0' must be arrays of numbers, found 'abc'"),
    ("y ~ «s(g, bs='re', xt=list(S=eye))»", "5 x 5 ... found 3 x 3"),
    ("y ~ «s(x, f, g, bs='fs')»", "one factor, found 2"),
    ("y ~ «s(x, bs='cr', k=4)»", "k=4 needs exactly 4 knots of x, found 3", {"knots": {"x": [1, 2, 3]}}),
    ("y ~ «s(x, bs='cr', k=4)»", "must increase strictly", {"knots": {"x": [3, 1, 2, 4]}}),
    ("y ~ «s(x, bs='cc', k=5)»", "2 or 5 knots of x, found 3", {"knots": {"x": [1, 2, 3]}}),
    ("y ~ «s(x, bs='ps', k=5)»", "values from 0.1 to 4, range of the knots 1 to 2", {"knots": {"x": [1, 2]}}),
    ("y ~ «s(x, k=4)»", "at least 4 distinct knots, found 2", {"knots": {"x": [1, 1, 2, 2]}}),
    ("y ~ «s(x, z, k=4)»", "the knots of z are missing", {"knots": {"x": [1, 2, 3, 4]}}),
    ("y ~ «s(x, k=4)»", "the knots of x must be numbers, found ['a', 'b']", {"knots": {"x": ["a", "b"]}}),
    ("y ~ «s(x, k=4)»", "one list of numbers, found 3", {"knots": {"x": 3}}),
    ("y ~ s(x, k=4)", "no smooth has this covariate; did you mean 'x'?", {"knots": {"xx": [1, 2, 3, 4]}}),
    ("y ~ s(x, k=4)", "knots must be a dictionary from covariates to their knots, found list", {"knots": [1, 2]}),
]  # fmt: skip
VALUES = [
    ("y ~ x", "'y' has -1 in row 0", {"family": "poisson", "y": ROWS - 1}),
    ("y ~ x", "has 0.5 in row 0", {"family": "poisson", "y": ROWS + 0.5}),
    ("y ~ x", "1e+10 in row 1", {"family": "poisson", "y": ROWS * 1e10}),
    ("few ~ x", "0 and 1 ... 'few' has 2", {"family": "bernoulli"}), ("«f» ~ x", "needs numbers, but f is a factor"),
    ("«g» ~ x", "a factor with two levels, but g is a factor with 5 levels", {"family": "bernoulli"}),
    ("y | trials(n) ~ x", "11 successes in 10 trials in row 11", {"family": "binomial", "y": ROWS}),
    ("few | trials(0) ~ x", "1 successes in 0 trials in row 1", {"family": "binomial"}),
    ("y | trials(n) ~ x", "'y' has -1 in row 1", {"family": "binomial", "y": -ROWS}),
]  # fmt: skip
KINDS = {
    FormulaError: FORMULAS + SMOOTHS, errors.NotYetSupported: NOT_YET, DataError: COLUMNS + SMOOTH_DATA,
    FamilyError: VALUES,
}  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param((kind, *row), id=row[0]) for kind in KINDS for row in KINDS[kind]])
def test_faults_of_a_formula_are_named_and_underlined(case):
    refused_at(*case)


@pytest.mark.parametrize("function", [ss.standata, ss.stancode, ss.default_prior, sample])
@pytest.mark.parametrize("column", [np.where(ROWS < 2, np.nan, 1), pd.array([None, None, *range(38)], dtype="Int64")])
def test_rows_with_missing_values_are_left_out_with_a_warning_that_points_at_the_caller(function, column):
    with pytest.warns(errors.DataWarning, match="2 of 40 rows") as caught:
        function("y | weights(v) ~ x", table(v=column))
    assert [warning.filename for warning in caught if warning.category is errors.DataWarning] == [__file__]


@pytest.mark.parametrize(("data", "message"), [
    (None, "got NoneType"), ([1, 2], "got list"), (table().x, "got Series"), (np.zeros((3, 2)), "got ndarray"),
    (pd.DataFrame, "got type"), (pd.DataFrame(), "no column 'y'"), (table().iloc[:0], "no rows"), (table(x=1j), "'x'"),
    ({"y": [], "x": []}, "no rows"), ({"y": 1, "x": 2}, "'y'"), ({"y": "abc", "x": "def"}, "'y'"),
    ({"y": [1, 2], "x": [1, 2, 3]}, "length"), (polars.LazyFrame({"y": [1.0, 2], "x": [1.0, 3]}), "LazyFrame"),
    (pd.DataFrame(np.eye(3), columns=["y", "x", "x"]), "more than one column named 'x'"),
    (pd.DataFrame(np.eye(3)), "no column 'y' ... (it has: 0, 1, 2)"), (table(x=pd.Timestamp(0)), "'x' ... Datetime"),
    (table(x=pd.Timedelta(0)), "'x' ... Duration"), (table(x=[1, "a"] * 20), "'x' ... int, str"),
    (table(x=[[1]] * 40), "'x' ... list"), (table(x=[True, 2] * 20), "'x' ... bool, int"),
    (table(x=np.where(ROWS == 0, 1.0, np.nan), y=np.where(ROWS == 0, np.nan, 1.0)), "every row misses a value"),
])  # fmt: skip
def test_data_that_is_no_table_of_numbers_and_labels_is_refused(data, message):
    refused(DataError, message, lambda: ss.stancode("y ~ x", data))


@pytest.mark.parametrize("name", re.split(", ", "chain, draw, coef, sigma, lprior, T, F, log, np, x.y, a b, km/h, é"))
def test_a_covariate_or_group_may_have_any_name(name, tmp_path):
    for formula, source in ((f"y ~ `{name}` + s(`{name}`, bs='cr', k=4)", "x"), (f"y ~ x + (1 + x | `{name}`)", "g")):
        data = table(**{name: table()[source]})
        made = sample(formula, data)
        assert "sigma" in str(made)
        made.save(tmp_path / "fit.nc")
        again = ss.load_fit(tmp_path / "fit.nc")
        np.testing.assert_array_equal(again.posterior_epred(data), made.posterior_epred(data))


def test_columns_may_be_named_like_functions_and_used_beside_them():
    data = table(log=table().x, s=table().x, poly=table().x, c=table().x, np=table().x)
    plain = ss.standata("y ~ log(x) + poly(x, 2) + c + s(x, bs='cr', k=4) + np", data)
    named = ss.standata("y ~ log(log) + poly(poly, 2) + c + s(s, bs='cr', k=4) + np", data)
    assert all(np.array_equal(plain[key], named[key]) for key in plain)
    assert ss.standata("y ~ (1 | chain / draw)", table(chain=table().g, draw=table().h))["N_2"] == 20


def test_whole_numbers_may_come_from_numpy():
    assert ss.bf("y ~ x", sigma=np.int64(2)).fixed == (("sigma", 2.0),)
    assert SamplingOptions(chains=np.int64(2), seed=np.int64(3)).parallel <= 2


def test_a_formula_may_have_a_thousand_terms():
    many = {f"v{i}": np.sin(i * ROWS) for i in range(1, 1001)}
    assert ss.standata("y ~ " + " + ".join(many), {"y": ROWS, **many})["K"] == 1001


@pytest.mark.parametrize("text", [
    "__import__('os').system('touch x')", "os.system('touch x')", "open('x', 'w')", "eval('1')", "I(__import__('os'))",
    "x.__class__", "(x).__class__", "I(x.sum())", "lambda: 1", "[i for i in x]", "{1}", "f'{x}'", "x if x else z",
    "x[0]", "I(x := 3)", "x; import os", "x\nimport os", "`x\n} model { target += 1;`", "x \\ z", "\x00", "x" * 100_000,
    "base::log(x)", "s(x, bs='cr', k=open('x', 'w'))", "s(open('x', 'w'), bs='cr')", "offset(open('x', 'w'))",
    "(1 | open('x', 'w'))", "(open('x', 'w') | g)", "factor(f, levels=open('x', 'w'))", "C(f, open('x', 'w'))",
    "log(x, base=open('x', 'w'))", "(" * 5000 + "x" + ")" * 5000, "log(" * 5000 + "x" + ")" * 5000, "(" * 5000,
    "^".join(["x"] * 5000), "(" + "|".join(["x"] * 5000) + ")", "I(" + " + ".join(["xx"] * 5000) + ")",
], ids=lambda text: text[:25])  # fmt: skip
@pytest.mark.parametrize("use", [code, ss.prior])
@pytest.mark.parametrize("around", ["y ~ {}", "y | weights({}) ~ x", "normal(0, {})", "{}"])
def test_code_in_a_formula_or_prior_is_refused_and_never_run(text, around, use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((FormulaError, DataError, PriorError)):
        use(around.replace("{}", text))
    assert not list(tmp_path.iterdir())


def test_names_in_backticks_do_not_reach_the_statements_of_the_program():
    evil = "a\n} model { target += 1;\n b"
    program = ss.stancode(f"y ~ `{evil}` + (1 | `{evil}`)", table(**{evil: table().few}))
    assert all("target += 1;" not in line.partition("//")[0] for line in program.splitlines())


@pytest.mark.parametrize(("text", "address", "message"), [
    ("normal(0, 5)", {"coef": "xx"}, "no coef 'xx' in class 'b'; did you mean 'x'? (there: fb, fc"),
    ("normal(0, 5)", {"class_": "intercept"}, "no class 'intercept'; did you mean 'Intercept'?"),
    ("normal(0, 5)", {"class_": "sd", "group": "h"}, "no group 'h' in class 'sd' (there: g)"), ("beta(1, 1)", {}, "lb"),
    ("normal(0, 5)", {"dpar": "sigma"}, "no dpar 'sigma'"), ("normal(0, 5)", {"class_": None}, "class_ ... None"),
    ("normal(0, 5)", {"coef": 3}, "coef ... 3"), ("normal(0, 5)", {"coef": ["x", "fb"]}, "coef ... ['x', 'fb']"),
    ("normal(0)", {}, "'normal(0)' has 1 arguments; normal takes 2"), ("normal", {}, "not a distribution such as"),
    ("normal(0, -1)", {}, "argument -1 where a positive number is needed"), ("normal(0, 1); target += 1", {}, "';'"),
    ("norml(0, 1)", {}, "did you mean 'normal'?"), ("normal(0, x)", {}, "must be numbers"), ("gamma(2, 1)", {}, "lb"),
    ("normal(0, 1e400)", {}, "normal(0, 1e400)"), ("normal(0, 1", {}, "never closed"), ("lkj(2)", {}, "class_='cor'"),
    (3, {}, "string such as ... got 3"), ("lasso(1)", {}, "horseshoe()"), ("normal(0, 1)", {"lb": np.nan}, "lb"),
    ("normal(0, 1)", {"class_": "cor"}, "lkj(eta)"), ("uniform(1, 0)", {}, "lower bound"),
    ("normal(0, 1)", {"coef": "x", "lb": 0}, "bounds hold for a whole class ... coef='x'"),
    ("normal(0, 1)", {"lb": 2, "ub": 1}, "lb must be below ub, found lb=2, ub=1"), ("normal(0, 1)", {"lb": "0"}, "lb"),
    ("normal(0, 1)", {"ub": np.inf}, "ub"), ("lkj(2)", {"class_": "cor", "lb": 0}, "lb"),
    ("normal(0, 1)", {"class_": "sigma", "lb": -1}, "lb"), ("normal(0, 1)", {"class_": "sigma", "ub": -1}, "ub"),
    ("beta(1, 1)", {"class_": "sigma", "lb": 2}, "no mass"), ("uniform(-2, -1)", {"class_": "sigma"}, "no mass"),
])  # fmt: skip
def test_priors_that_do_not_fit_are_refused(text, address, message):
    refused(PriorError, message, lambda: code("y ~ x + f + (1 + x | g)", prior=ss.prior(text, **address)))


@pytest.mark.parametrize(("name", "value", "message"), [
    ("chains", 0, "at least 1, got 0"), ("chains", 2.5, "got 2.5"), ("iter_sampling", 0, "got 0"), ("seed", "a", "'a'"),
    ("iter_warmup", -1, "at least 0, got -1"), ("max_treedepth", 0, "got 0"), ("parallel_chains", 0, "got 0"),
    ("adapt_delta", 1.5, "between 0 and 1, got 1.5"), ("adapt_delta", "0.9", "'0.9'"), ("adapt_delta", np.nan, "nan"),
    ("seed", -1, "at least 0, got -1"), ("seed", 2**40, "below 2**32"), ("show_progress", "no", "'no'"),
    ("inits", -1, "-1"), ("inits", np.nan, "nan"), ("inits", "random", "'random'"), ("inits", True, "True"),
    ("inits", [{}, {}], "2 entries for 4 chains"), ("inits", [1.0] * 4, "1.0"), ("inits", len, "function len"),
])  # fmt: skip
def test_options_of_the_sampler_out_of_range_are_named(name, value, message):
    refused(OptionError, f"{name} ... {message}", lambda: SamplingOptions(**{name: value}))


GOOD = {"b": [0.0], "Intercept": 0.0, "sigma": 1.0}
CALLS = [
    (FamilyError, "'gausian'; did you mean 'gaussian'?", lambda: ss.family("gausian")),
    (FamilyError, "['poisson']", lambda: code(family=["poisson"])),
    (FamilyError, "link 'lgo' (known: ", lambda: ss.family("gaussian", "lgo")),
    (FamilyError, "'logit' is not available for mu", lambda: ss.family("poisson", "logit")),
    (FamilyError, "['log']", lambda: ss.family("gaussian", ["log"])),
    (FamilyError, "no parameter 'sigma'", lambda: ss.family("bernoulli", link_sigma="log")),
    (FamilyError, "'sigma' ... link_<parameter>", lambda: ss.family("gaussian", sigma="log")),
    (FamilyError, "mu", lambda: ss.family("gaussian", "log", link_mu="identity")),
    (FamilyError, "link", lambda: ss.family(ss.family("poisson"), "identity")),
    (FamilyError, "20 successes in 10 trials", lambda: counts().log_lik(table(few=20))),
    (FormulaError, "'sigma' is set more", lambda: ss.bf("y ~ x", "sigma ~ z", "sigma ~ x")),
    (FormulaError, "'sigma' is set more", lambda: ss.bf("y ~ x", "sigma ~ z", sigma=2)),
    (FormulaError, "'mu' is set more", lambda: ss.bf("y ~ x", "mu ~ z")), (FormulaError, "empty", lambda: code([])),
    (FormulaError, "no parameter 'nu' to hold (it has: sigma)", lambda: code(ss.bf("y ~ x", nu=2))),
    (FormulaError, "sigma = -1 lies outside", lambda: code(ss.bf("y ~ x", sigma=-1))),
    (FormulaError, "bf() takes a string first", lambda: ss.bf(ss.bf("y ~ x"), "sigma ~ z")),
    (FormulaError, "got ModelFormula", lambda: ss.bf("y ~ x", ss.bf("sigma ~ z"))),
    (FormulaError, "got int", lambda: code(["y ~ x", 3])), (PriorError, "got None", lambda: code(prior=None)),
    (PriorError, "two priors", lambda: code(prior=[ss.prior("normal(0, 1)")] * 2)),
    (PriorError, "got 'normal(0, 1)'", lambda: code(prior="normal(0, 1)")),
    (PriorError, "prior(", lambda: code(prior=ss.default_prior("y ~ x", table()))),
    (PriorError, "b_x has a flat one", lambda: code(sample_prior="only")),
    (errors.EngineNotFound, "'stan' (known: auto, cmdstan, stanli)", lambda: sample(backend="stan")),
    (errors.EngineNotFound, "['stanli']", lambda: sample(backend=["stanli"])),
    (OptionError, "'only', got 'maybe'", lambda: sample(sample_prior="maybe")),
    (OptionError, "Intercept", lambda: sample(inits={"b": [0.0]})),
    (OptionError, "b needs 1 starting values, got 2", lambda: sample(inits={**GOOD, "b": [0.0, 1.0]})),
    (OptionError, "sigma", lambda: sample(inits={**GOOD, "sigma": -1.0})),
    (OptionError, "nope is not a parameter", lambda: sample(inits={**GOOD, "nope": 1.0})),
    (OptionError, "prob ... between 0 and 1, got 95", lambda: fit().summary(prob=95)),
    (OptionError, "prob ... 'a'", lambda: fit().fixef(prob="a")), (DataError, "few ... row 0", lambda: at(few=np.inf)),
    (OptionError, "seed", lambda: fit().posterior_predict(seed=-1)),
    (OptionError, "seed", lambda: fit().posterior_predict(seed="a")),
    (DataError, "no column 'x'", lambda: fit().posterior_epred(table().drop(columns="x"))),
    (DataError, "'x' is a factor with levels a, but in the fit", lambda: at(x="a")),
    (DataError, "'x' ... row 2", lambda: at(x=[1, 2, np.nan])), (DataError, "'f' is numeric, but in", lambda: at(f=1)),
    (DataError, "'x' ... Datetime", lambda: at(x=pd.Timestamp(0))), (DataError, "None", lambda: ss.load_dataset(None)),
    (DataError, "'g' ... has no value in row 0", lambda: at(g=None)), (StorageError, "None", lambda: ss.load_fit(None)),
    (DataError, "'f' has the new level 'q' (levels of the fit: a, b", lambda: at(f="q")),
    (DataError, "weights() ... -1 in row 0", lambda: fit().log_lik(table(w=-1))),
    (StorageError, "", lambda: ss.load_fit("x" * 5000)),
    (DataError, "'g' has the new level 'new'", lambda: at(g="new")), (StorageError, "None", lambda: fit().save(None)),
    (DataError, "'flag' is numeric, but in", lambda: at(flag=1)), (DataError, "got list", lambda: fit().log_lik([1])),
    (DataError, "no rows", lambda: fit().posterior_epred(table().iloc[:0])),
    (DataError, "trials() ... -1 in row 0", lambda: counts().posterior_epred(table(n=-1))),
    (DataError, "trials() ... 2.5 in row 0", lambda: counts().posterior_predict(table(n=2.5))),
    (OptionError, "'nu' has no linear predictor", lambda: fit().posterior_linpred(dpar="nu")),
    (DataError, "'mcycl'; did you mean 'mcycle'?", lambda: ss.load_dataset("mcycl")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "message", "call"), CALLS)
def test_arguments_of_calls_are_checked(kind, message, call):
    refused(kind, message, call)


CURVES = {"y": ROWS[:9], "x": np.sin(ROWS[:27]).reshape(9, 3), "w": np.cos(ROWS[:18]).reshape(9, 2), "v": ROWS[:9]}


MANY = {"g": np.char.add("g", np.arange(20_000).astype(str)), "y": np.zeros(20_000)}


def con(term="s(x)", data=None, **options):
    return ss.smooth_con(term, table() if data is None else data, absorb_cons=True, **options)


def con_at(term, **new):
    return con(term, data2=MAPS)[0].predict_matrix(new)


@pytest.mark.parametrize(("kind", "message", "call"), [
    (FormulaError, "expected one smooth term (s, t2, te, ti)\n  s(x) + s(z)\n", lambda: con("s(x) + s(z)")),
    (FormulaError, "expected one smooth term", lambda: con("y ~ s(x)")), (FormulaError, "got int", lambda: con(3)),
    (DataError, "no column 'xx'; did you mean 'x'? (it has: y, x, z ... s(xx)\n    ^^", lambda: con("s(xx)")),
    (DataError, "data must be a table", lambda: ss.smooth_con("s(x)", None)),
    (DataError, "no rows", lambda: con(data=table().iloc[:0])),
    (DataError, "'x' has no value in row 0", lambda: con(data=table(x=np.where(ROWS == 0, np.nan, ROWS)))),
    (DataError, "'x' has an infinite value in row 3", lambda: con(data=table(x=np.where(ROWS == 3, np.inf, ROWS)))),
    (FormulaError, "10 distinct values of x, found 1", lambda: con(data=table().iloc[:1])),
    (DataError, "knots must be a dictionary", lambda: con(knots=[1])),
    (DataError, "data2 must be", lambda: con(data2=[1])),
    (DataError, "w is a matrix of 2 columns, but the covariates of s(x) have 3", lambda: con("s(x, by=w)", CURVES)),
    (DataError, "w is a matrix of ... the covariates of s(v) have 1", lambda: con("s(v, by=w, k=4)", CURVES)),
    (DataError, "s(g) has 20000 columns, more than the 10000", lambda: con("s(g, bs='re')", MANY)),
    (DataError, "all matrices of one width", lambda: con("s(x, w)", CURVES)),
    (OptionError, "one of the smooths of smooth_con(), got list", lambda: ss.smooth2random(con())),
    (DataError, "no column 'x' (it has: z)", lambda: con_at("s(x)", z=[1.0])),
    (DataError, "'x' of the new data has no value in row 1", lambda: con_at("s(x)", x=[1.0, np.nan])),
    (DataError, "'x' is a factor with levels a, but in the fit it was numeric", lambda: con_at("s(x)", x=["a"])),
    (DataError, "'f' has the new level 'q' (levels of the fit: a", lambda: con_at("s(x, by=f)", x=[1.0], f=["q"])),
    (DataError, "'f' has the new level 'q'", lambda: con_at("s(x, f, bs='fs', k=4)", x=[1.0], f=["q"])),
    (DataError, "'g' has the new level 'q'", lambda: con_at("s(g, bs='mrf', xt=list(nb=ring))", g=["q"])),
    (DataError, "'flag' is numeric, but in the fit ... logical", lambda: con_at("s(x, by=flag)", x=[1.0], flag=[1])),
    (DataError, "log(x) is not a finite number in row 0", lambda: con_at("s(log(x))", x=[-1.0])),
])  # fmt: skip
def test_smooths_outside_a_model_refuse_what_they_cannot_use(kind, message, call):
    refused(kind, message, call)


def test_a_random_effect_of_very_many_levels_makes_no_dense_matrix():
    made = ss.standata("y ~ s(g, bs='re')", MANY)
    assert made["ngs_1"] == 20_000
    assert max(np.size(value) for value in made.values()) == 20_000


@pytest.mark.parametrize("other", ["k=7", "bs='cr'", "m=1", "fx=TRUE"])
def test_arguments_that_a_linked_smooth_does_not_use_are_said_to_be_unused(other):
    with pytest.warns(errors.SmoothstanWarning, match=f"{other[0]}.* of s\\(z, id = 1.* is not used, that of s\\(x, k"):
        ss.standata(f"y ~ s(x, k=5, id=1) + s(z, id=1, {other})", table())


@pytest.mark.parametrize("term", ["s(x, z, by=f, k=9)", "te(x, z, by=f, k=3)", "s(x, by=f, bs='ds', m=c(3, 0), k=6)"])
def test_the_first_level_of_a_by_may_have_a_single_row(term):
    data = table(f=np.where(ROWS == 0, "a", "b"))
    assert all(np.isfinite(value).all() for value in ss.standata(f"y ~ {term}", data).values())
    assert all(np.isfinite(ss.smooth2random(one).fixed).all() for one in con(term, data, diagonal_penalty=True))


@pytest.mark.parametrize("keep", [lambda n: 0, lambda n: 100, lambda n: n // 2, lambda n: n - 1, None])
def test_damaged_files_and_files_of_other_kinds_are_refused(keep, tmp_path):
    path = tmp_path / "fit.nc"
    fit().save(path)
    whole = path.read_bytes()
    path.write_bytes(b"hello\n" * 100 if keep is None else whole[: keep(len(whole))])
    refused(StorageError, "fit.nc is not a fit saved by smoothstan, or it is damaged", lambda: ss.load_fit(path))


@pytest.mark.parametrize("attrs", [{"format": 1}, {"format": "x"}, {"format": 2}, {}])
@pytest.mark.parametrize("model", [b"3", b'{"class":"os.system","fields":{}}', None])
def test_netcdf_files_of_others_and_forged_ones_are_refused(attrs, model, tmp_path):
    content = {} if model is None else {"model": ("byte", np.frombuffer(model, dtype=np.uint8))}
    forged = xr.DataTree.from_dict({"/smoothstan": xr.Dataset(content, attrs=attrs)})
    forged.to_netcdf(tmp_path / "forged.nc", engine="h5netcdf")
    refused(StorageError, "forged.nc", lambda: ss.load_fit(tmp_path / "forged.nc"))


def test_a_path_that_cannot_be_read_or_written_is_named_and_nothing_is_left_behind(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "nope" / "fit.nc", tmp_path / "file" / "fit.nc", tmp_path):
        refused(StorageError, f"cannot write {path}", lambda path=path: fit().save(path))
    refused(StorageError, "there is no file ... nope.nc", lambda: ss.load_fit(tmp_path / "nope.nc"))
    refused(StorageError, "folder", lambda: ss.load_fit(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
