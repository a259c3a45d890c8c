"""What functions of a formula learn from the data of the fit is kept for new data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import reference_frame

import smoothstan as ss
from smoothstan.design import build_design
from smoothstan.errors import DataError, DataWarning
from smoothstan.formula import parse_formula
from smoothstan.posterior.codec import decode, encode
from smoothstan.table import read_table
from smoothstan.terms import LinearTerm
from smoothstan.terms.stateful import apply_stateful

LEARNING = (
    "ns(x1, df = 3)", "bs(x1, df = 5)", "poly(x1, 3)", "poly(x1, dose, degree = 2)", "poly(cbind(x1, dose), 2)",
    "cut(x1, 4)", "cut(x1, 4, labels = FALSE)", "cut(x1, quantile(x1, c(0, 0.5, 1)), include.lowest = TRUE)",
    "cut(dose, mean(dose) + c(-50, 0, 50)) * x1", "interaction(fa, fb)", "interaction(fb, ch, lex.order = TRUE):x1",
    "factor(k, labels = c('a', 'b', 'c', 'd', 'e', 'f'))", "factor(k, labels = 'K')",
    "ordered(num, levels = c(1, 2, 10))",
    "paste(fb, lg, sep = '/')", "ifelse(x1 > 8, 'high', ch)", "as.numeric(as.character(num))", "I(x1 / sum(x1))",
    "I(fa %in% c('2nd', 'x y'))", "relevel(factor(year), ref = '2003')", "scale(x1)",
)  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return reference_frame("combined_data")


def linear(formula: str, data: pd.DataFrame) -> LinearTerm:
    design = build_design(parse_formula(formula), data, ss.family("gaussian"))
    return next(term for term in design.terms if isinstance(term, LinearTerm))


@pytest.mark.parametrize("text", LEARNING)
def test_a_few_rows_have_the_columns_that_they_have_among_all(text: str, frame: pd.DataFrame) -> None:
    """Also after the term was stored."""
    term = linear(f"y ~ {text}", frame)
    few = read_table(frame.iloc[[3, 11, 40]])
    expected = term.matrix.at(read_table(frame))[[3, 11, 40]]
    np.testing.assert_array_equal(term.matrix.at(few), expected)
    np.testing.assert_array_equal(decode(encode(term)).matrix.at(few), expected)


# predict(basis, newx) of R 4.2's stats and splines, by rows; the new values lie inside and outside the range of x1.
FROM_R = {
    ("ns", "df=3"): [
        1.1941854682572, -3.30090975869412, 2.10672429043691, 0, 0, 0, 0.277973936893338, 0.496038934510441,
        -0.312511716155415, -6.43095835425272, 1.47480827660574, 5.95615007764698,
    ],
    ("ns", "knots=(8, 12), intercept=True, Boundary.knots=(2, 15)"): [
        -5.42641031270451, -0.828277163178789, 2.76092387726263, -1.93264671408384,
        -0.116652077631753, -0.169018178644498, 0.565631563926106, -0.395942094748274,
        0.351812668481764, 0.526253892974106, 0.179886290818914, -0.0973489750018114,
        0, -8.20253164556962, 2.34177215189873, 6.86075949367089,
    ],
    ("bs", "df=4"): [
        -1.92134486277536, 0.295970287558222, -0.0159449462583828, 0,
        -0.0341019829032123, 0.548383649589072, -3.16402291427176, 3.6497412475859,
    ],
    ("poly", "degree=2"): [
        -0.392488115024034, 0.895659844728522, -0.0711133318808536, 0.0279111375829947, 0.0398918650578589,
        0.382619842417715, 0.983026530983793, 0.466060288901254, 0.178323914296553, 0.327384369456621,
    ],
}  # fmt: skip
OPTIONS = {
    "df=3": {"df": 3},
    "knots=(8, 12), intercept=True, Boundary.knots=(2, 15)": {
        "knots": (8, 12), "intercept": True, "Boundary.knots": (2, 15),
    },
    "df=4": {"df": 4},
    "degree=2": {"degree": 2},
}  # fmt: skip


@pytest.mark.parametrize("case", FROM_R, ids=" ".join)
def test_new_values_are_those_of_r(case: tuple[str, str], frame: pd.DataFrame) -> None:
    function, options = case[0], OPTIONS[case[1]]
    names = ("x1", "dose") if function == "poly" else ("x1",)
    known = [frame[name].to_numpy(dtype=float) for name in names]
    new = [np.array([-20, 2.806, 10, 40])] if function == "ns" else [np.array([0.0, 20]), np.array([1.0, 9])]
    learned = apply_stateful(function, known, options, None)[2]
    found = apply_stateful(function, new[: len(names)], options, learned)[0]
    # 15 digits were recorded, of sums of a few terms.
    np.testing.assert_allclose(found.ravel(), FROM_R[case], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("text", "column", "value", "message"),
    [
        ("cut(x1, c(0, 10, 20))", "x1", 21.0, "outside the breaks of cut(x1, c(0, 10, 20))"),
        ("interaction(fa, fb)", "fb", "maybe", "no level 'x y.maybe'"),
        ("factor(k, labels = 'K')", "k", 9, "has no level '9'"),
        ("paste(fb, lg)", "fb", "maybe", "no level 'maybe TRUE'"),
    ],
)
def test_values_that_the_fit_does_not_know(text, column, value, message, frame: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    matrix = linear(f"y ~ {text}", frame).matrix
    new = frame.iloc[[2]].astype({column: object} if isinstance(value, str) else {}).assign(**{column: [value]})
    with pytest.raises(DataError) as caught:
        matrix.at(read_table(new))
    assert message in str(caught.value)


def test_transforms_of_predictors_learn_from_rows_that_miss_values_elsewhere(frame: pd.DataFrame) -> None:
    """As R's model frames do; the response and offsets see only the rows used."""
    with pytest.warns(DataWarning, match="2 of 54 rows"):
        data = ss.standata("scale(y) ~ scale(x1) + xm + offset(scale(dose)) + (scale(k) | item)", frame)

    def scaled(name: str, rows: np.ndarray) -> np.ndarray:
        values = frame[name].to_numpy(dtype=float)
        return ((values - values[rows].mean()) / values[rows].std(ddof=1))[used]

    used, every = frame["xm"].notna().to_numpy(), np.full(len(frame), True)
    np.testing.assert_allclose(data["X"][:, 1], scaled("x1", every), rtol=1e-12)
    np.testing.assert_allclose(data["Z_1_2"], scaled("k", every), rtol=1e-12)
    np.testing.assert_allclose(data["offsets"], scaled("dose", used), rtol=1e-12)
    np.testing.assert_allclose(data["Y"], scaled("y", used), rtol=1e-12)


def test_strings_have_no_levels_but_those_of_the_subset(frame: pd.DataFrame) -> None:
    """A factor keeps its levels, a string column does not; both as in brms."""
    names = linear("y | subset(!keep) ~ fa + ch", frame).matrix.names
    assert names == ("Intercept", "fa1st", "fagrün", "faxy", "chZebra")
    rows = read_table(frame[~frame["keep"].astype(bool)])
    np.testing.assert_array_equal(
        linear("y | subset(!keep) ~ ch", frame).matrix.at(rows)[:, 1], np.asarray(rows["ch"].labels() == "Zebra")
    )
