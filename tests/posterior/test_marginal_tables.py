"""What surrounds marginal effects: grids, comparisons of rows, printing, figures, and bad input."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from given_draws import fit_of_draws

import smoothstan as ss
from smoothstan.errors import DataError, FormulaError, OptionError

NDRAWS = 9


def _data(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "x": rng.normal(size=n), "count": rng.poisson(4, n), "b": rng.integers(0, 2, n), "lg": rng.random(n) < 0.7,
            "f": pd.Categorical(rng.choice(list("abc"), n, p=[0.2, 0.5, 0.3]), categories=list("cab")),
            "g": rng.choice(["u", "v", "w"], n), "y": rng.normal(size=n),
        }
    )  # fmt: skip


DATA = _data()


@pytest.fixture(scope="module")
def fit() -> ss.Posterior:
    return fit_of_draws("y ~ x + count + b + lg + f + (1 + x | g)", DATA, ndraws=NDRAWS)


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    matplotlib.use("agg")
    yield
    plt.close("all")


def test_mean_or_mode(fit: ss.Posterior) -> None:
    grid = ss.datagrid(fit, x=[0, 1], f=["a", "c"])
    assert list(grid["x"]) == [0, 0, 1, 1]
    assert list(grid["f"]) == ["a", "c", "a", "c"]
    assert set(grid["count"]) == {round(DATA["count"].mean())}
    assert set(grid["b"]) == {DATA["b"].mode()[0]}
    assert set(grid["lg"]) == {DATA["lg"].mode()[0]}
    assert set(grid["g"]) == {DATA["g"].mode()[0]}
    assert "y" not in grid
    assert fit.datagrid(x=[0, 1], f=["a", "c"]).equals(grid)


def test_balanced_grid_has_all_categories_of_predictors(fit: ss.Posterior) -> None:
    grid = ss.datagrid(fit, grid_type="balanced")
    assert len(grid) == 2 * 2 * 3
    assert set(grid["g"]) == {DATA["g"].mode()[0]}
    assert list(grid["f"].cat.categories) == ["c", "a", "b"]
    assert set(grid["x"]) == {DATA["x"].mean()}


def test_counterfactual_grid_repeats_the_data(fit: ss.Posterior) -> None:
    grid = ss.datagrid(fit, x=[0, 1], grid_type="counterfactual")
    assert len(grid) == 2 * len(DATA)
    assert list(grid["rowidcf"][:4]) == [0, 0, 1, 1]
    np.testing.assert_array_equal(grid["count"][::2], DATA["count"])


def test_functions_in_place_of_means(fit: ss.Posterior) -> None:
    grid = ss.datagrid(fit, FUN_numeric=np.median, FUN_integer=max, FUN_binary=np.unique, x=np.min)
    assert set(grid["x"]) == {DATA["x"].min()}
    assert set(grid["count"]) == {DATA["count"].max()}
    assert list(grid["b"]) == [0, 1]
    first = ss.datagrid(fit, FUN=lambda column: column.iloc[0])
    for name in ("x", "count", "b", "lg", "f", "g"):
        assert first[name][0] == DATA[name][0]


def test_a_grid_without_a_fit_is_made_by_the_function(fit: ss.Posterior) -> None:
    early, late = fit.predictions(ss.datagrid(fit, x=[0, 1])), fit.predictions(ss.datagrid(x=[0, 1]))
    pd.testing.assert_frame_equal(early.table, late.table)
    assert "g" not in fit.predictions(ss.datagrid(x=[0, 1]), re_formula="NA").table


@pytest.mark.parametrize(
    ("hypothesis", "pairs"),
    [
        ("pairwise", [(1, 0), (2, 0), (2, 1)]),
        ("revpairwise", [(0, 1), (0, 2), (1, 2)]),
        ("reference", [(1, 0), (2, 0)]),
        ("~revreference", [(0, 1), (0, 2)]),
        ("sequential", [(1, 0), (2, 1)]),
        ("difference ~ revsequential", [(0, 1), (1, 2)]),
    ],
)
def test_pairs_of_rows(fit: ss.Posterior, hypothesis: str, pairs: list[tuple[int, int]]) -> None:
    plain, compared = fit.avg_predictions(by="f"), fit.avg_predictions(by="f", hypothesis=hypothesis)
    expected = np.stack([plain.draws[:, i] - plain.draws[:, j] for i, j in pairs], axis=1)
    np.testing.assert_allclose(compared.draws, expected, atol=1e-14)
    levels = ["c", "a", "b"]
    assert list(compared.table["term"]) == [f"({levels[i]}) - ({levels[j]})" for i, j in pairs]
    np.testing.assert_allclose(compared.table["estimate"], np.median(expected, axis=0))


def test_pairs_within_groups_and_ratios(fit: ss.Posterior) -> None:
    plain = fit.avg_predictions(by=["lg", "f"]).draws
    found = fit.avg_predictions(by=["lg", "f"], hypothesis="ratio ~ reference | lg")
    expected = np.stack([plain[:, i] / plain[:, j] for i, j in [(1, 0), (2, 0), (4, 3), (5, 3)]], axis=1)
    np.testing.assert_allclose(found.draws, expected)
    assert list(found.table["lg"]) == [False, False, True, True]
    assert found.table["term"][3] == "(b) / (c)"


def test_equations_weights_and_functions(fit: ss.Posterior) -> None:
    d = fit.avg_predictions(by="f").draws

    def ask(hypothesis: Any) -> np.ndarray:
        return fit.avg_predictions(by="f", hypothesis=hypothesis).draws

    np.testing.assert_allclose(ask("b1 - b2 = 0")[:, 0], d[:, 0] - d[:, 1])
    np.testing.assert_allclose(ask("b1 = 2 * b3")[:, 0], d[:, 0] - 2 * d[:, 2])
    np.testing.assert_allclose(ask("exp(b2)^2 / (1 + b1)")[:, 0], np.exp(d[:, 1]) ** 2 / (1 + d[:, 0]))
    np.testing.assert_allclose(ask(["b1 = b2", "-b2 = 1"]), np.stack([d[:, 0] - d[:, 1], -d[:, 1] - 1], axis=1))
    np.testing.assert_allclose(ask(np.asarray([1, -0.5, -0.5]))[:, 0], d @ [1, -0.5, -0.5])
    np.testing.assert_allclose(ask([[1, 0], [0, 1], [0, -1]]), d @ np.asarray([[1, 0], [0, 1], [0, -1]]))
    np.testing.assert_allclose(ask(lambda draws: draws.max(axis=1))[:, 0], d.max(axis=1))
    slopes = fit.avg_slopes(["x", "b"]).draws
    np.testing.assert_allclose(fit.avg_slopes(["x", "b"], hypothesis="x = b").draws[:, 0], slopes[:, 0] - slopes[:, 1])
    at_rows = fit.comparisons("x", DATA.iloc[:2], hypothesis="b2 - b1 = 0").draws[:, 0]
    np.testing.assert_allclose(at_rows, np.diff(fit.comparisons("x", DATA.iloc[:2]).draws, axis=1)[:, 0])


def test_it_prints_and_travels(fit: ss.Posterior) -> None:
    found = fit.avg_comparisons({"f": "pairwise"})
    text = str(found)
    assert text.startswith("average comparisons: expected y\n")
    assert "95 % equal-tailed interval" in text
    assert "b - a" in found._repr_html_()
    rows = fit.predictions()
    assert "40 rows in .table" in str(rows)
    assert len(str(rows).splitlines()) < 20
    assert len(rows) == 40
    frame = rows.to_frame()
    frame["estimate"] = 0.0
    assert (rows.table["estimate"] != 0).any()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(found)).draws, found.draws)


def test_functions_and_methods_are_one(fit: ss.Posterior) -> None:
    for name in ("predictions", "comparisons", "slopes", "avg_predictions", "avg_comparisons", "avg_slopes"):
        by_function, by_method = getattr(ss, name)(fit), getattr(fit, name)()
        pd.testing.assert_frame_equal(by_function.table, by_method.table)


def test_bands_along_a_number(fit: ss.Posterior) -> None:
    found = fit.predictions(ss.datagrid(x=np.linspace(-2, 2, 20), f=["a", "b"], lg=[False, True]))
    ax = found.plot(y_label="y (mm)")
    assert ax.get_title() == "lg = False"
    assert len(ax.figure.axes) == 2
    line = ax.lines[0].get_ydata()
    mask = (found.table["f"] == "a") & ~found.table["lg"]
    np.testing.assert_allclose(line, found.table["estimate"][mask])
    assert ax.get_ylabel() == "y (mm)"
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == ["a", "b"]
    alone = fit.slopes("x", ss.datagrid(x=np.linspace(-2, 2, 20))).plot()
    assert alone.get_xlabel() == "x"
    assert [text.get_text() for text in alone.get_legend().get_texts()] == ["95 % interval", "estimate"]


def test_points_for_categories(fit: ss.Posterior) -> None:
    ax = fit.avg_predictions(by=["f", "lg"]).plot()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["c", "a", "b"]
    assert ax.get_legend().get_title().get_text() == "lg"
    effects = fit.avg_comparisons()
    sideways = effects.plot()
    assert "f: a - c" in [label.get_text() for label in sideways.get_yticklabels()]
    middle = sideways.containers[0].lines[0].get_xdata()
    np.testing.assert_allclose(middle, effects.table["estimate"])
    turned = fit.avg_predictions(by=["f", "lg"]).plot(condition=["lg", "f"])
    assert turned.get_xlabel() == "lg"
    with pytest.raises(OptionError, match="need a figure of their own"):
        fit.avg_predictions(by=["f", "lg", "b"]).plot(ax=ax)
    fit.avg_predictions().plot()
    fit.avg_predictions(by="f", hypothesis="pairwise").plot()


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda f: f.comparisons("counts"), OptionError, "no variable 'counts'; did you mean 'count'"),
        (lambda f: f.comparisons("y"), OptionError, "'y' is the response"),
        (lambda f: f.comparisons("g", re_formula="NA"), OptionError, "'g' does not enter the predictions"),
        (lambda f: f.comparisons([]), OptionError, "variables is a column"),
        (lambda f: f.comparisons([3]), OptionError, "names of columns"),
        (lambda f: f.comparisons({"x": 0}), OptionError, "by zero compares nothing"),
        (lambda f: f.comparisons({"x": (1, 1)}), OptionError, "nothing to compare"),
        (lambda f: f.comparisons({"x": "sdd"}), OptionError, "is a number, a pair"),
        (lambda f: f.comparisons({"x": lambda v: v}), OptionError, "returns two arrays"),
        (lambda f: f.comparisons({"f": "pairs"}), OptionError, "one of reference"),
        (lambda f: f.comparisons({"f": ("a", "d")}), OptionError, "two different of its levels"),
        (lambda f: f.comparisons({"f": ("a", "a")}), OptionError, "two different of its levels"),
        (lambda f: f.comparisons("x", comparison="diff"), OptionError, "comparison must be one of"),
        (lambda f: f.comparisons("x", comparison=lambda hi, lo: hi.mean()), OptionError, "one number per draw and row"),
        (lambda f: f.comparisons("x", direction="up"), OptionError, "direction must be"),
        (lambda f: f.comparisons(cross=True), OptionError, "cross=True needs variables"),
        (lambda f: f.comparisons(["x", "count"], comparison="dydx", cross=True), OptionError, "no derivatives"),
        (lambda f: f.slopes("x", eps=0), OptionError, "eps is the step"),
        (lambda f: f.slopes("x", slope="dyx"), OptionError, "slope must be one of"),
        (lambda f: f.slopes({"x": 2}), OptionError, "no size of change"),
        (lambda f: f.predictions(by="nowhere"), DataError, "no column 'nowhere'"),
        (lambda f: f.predictions(by=3), OptionError, "by is True, False"),
        (lambda f: f.predictions(by="f", wts="ww"), DataError, "no column 'ww'"),
        (lambda f: f.predictions(wts="count"), OptionError, "wts weighs the rows of an average"),
        (lambda f: f.predictions(by="f", wts="x"), DataError, "numbers >= 0"),
        (lambda f: f.predictions(by="f", wts="f"), DataError, "numbers >= 0"),
        (lambda f: f.predictions(type="respons"), OptionError, "type must be"),
        (lambda f: f.predictions(dpar="nu"), OptionError, "is no parameter of the family"),
        (lambda f: f.predictions(dpar="sigma", type="link"), OptionError, "has no linear predictor"),
        (lambda f: f.predictions(prob=95), OptionError, "prob"),
        (lambda f: f.predictions(center="mode"), OptionError, "center must be"),
        (lambda f: f.predictions("means"), OptionError, "new_data is a table"),
        (lambda f: f.predictions(variables=3), OptionError, "variables is a column"),
        (lambda f: f.predictions(variables={"yy": [1]}), OptionError, "no variable 'yy'"),
        (lambda f: f.predictions(DATA.drop(columns="x")), DataError, "no column 'x'"),
        (lambda f: f.predictions(DATA.assign(estimate=1)), OptionError, "'estimate', which the result uses itself"),
        (lambda f: f.predictions(DATA.assign(x=np.nan)), DataError, "no value"),
        (lambda f: f.predictions(DATA.iloc[:0]), DataError, "no rows"),
        (lambda f: f.predictions(DATA.assign(g="new")), DataError, "new level"),
        (lambda f: f.predictions(max_memory="1 KB"), OptionError, "max_memory is too small"),
        (lambda f: f.avg_predictions(hypothesis="pairwise"), OptionError, "at least two rows"),
        (lambda f: f.predictions(hypothesis="b0 = b1"), FormulaError, "no row 'b0'"),
        (lambda f: f.avg_slopes("f", hypothesis="f = 0"), FormulaError, "several rows have the term 'f'"),
        (lambda f: f.predictions(hypothesis="b1 > b2"), OptionError, "one '='"),
        (lambda f: f.predictions(hypothesis="x ~ pairwise"), OptionError, "compares by difference or ratio"),
        (lambda f: f.predictions(hypothesis="~ pairwise | q"), OptionError, "no column 'q'"),
        (lambda f: f.predictions(hypothesis=[1, 2]), OptionError, "one row per row of the result"),
        (lambda f: f.predictions(hypothesis=3), OptionError, "hypothesis is one of"),
        (lambda f: f.predictions(hypothesis=lambda d: d[:2]), OptionError, "one row per draw"),
        (lambda f: f.predictions(hypothesis="b1 + 'a'"), FormulaError, "a hypothesis holds numbers"),
        (lambda f: ss.datagrid(f, xx=1), DataError, "no column 'xx'"),
        (lambda f: ss.datagrid(f, x=[]), OptionError, "no values for 'x'"),
        (lambda f: ss.datagrid(f, grid_type="typical"), OptionError, "grid_type must be"),
        (lambda f: ss.datagrid(f, grid_type="counterfactual"), OptionError, "name a column"),
        (lambda f: ss.datagrid(DATA, x=1), OptionError, "takes a fit first"),
        (lambda f: ss.datagrid(f, x=range(10**4), count=range(10**4)), OptionError, "more than 10000000"),
        (lambda f: f.predictions().plot(condition="x1"), OptionError, "no column 'x1'"),
        (lambda f: f.predictions().plot(condition="f"), OptionError, "several rows have the same f"),
        (lambda f: f.predictions().plot(condition=["f", "lg", "b", "g"]), OptionError, "one to three columns"),
    ],
)
def test_bad_input(fit: ss.Posterior, ask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask(fit)


def test_an_unknown_level_in_a_grid(fit: ss.Posterior) -> None:
    with pytest.raises(DataError, match="new level 'd'"):
        fit.predictions(ss.datagrid(f=["a", "d"]))
    found = fit.predictions(ss.datagrid(g=["u", "other"]), allow_new_levels=True, seed=1)
    assert list(found.table["g"].astype(str)) == ["u", "other"]


def test_a_change_that_leaves_the_domain_says_so() -> None:
    fit = fit_of_draws("y ~ sqrt(count)", DATA.assign(count=np.arange(len(DATA))), ndraws=NDRAWS)
    with pytest.raises(DataError, match=r"sqrt\(count\) is not a finite number(.|\n)*after 'count' was changed"):
        fit.slopes("count")
