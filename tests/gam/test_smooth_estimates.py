"""Smooths on grids and their pictures: mgcv's ``plot.gam`` at its own points, and every kind of panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from conftest import read_reference

import smoothstan as ss
from smoothstan.errors import OptionError
from smoothstan.gam.smooth_estimates import chosen_terms
from smoothstan.gam.smooth_panels import labelled_edf, smooth_panels
from smoothstan.plots import Curve, Curves, Levels, Quantiles, Surface

STORED = read_reference("mgcv/gam_tables.json")
MODELS = {
    "count": ("count ~ s(x2, bs='cr', k=8) + s(x0, x1, k=15)", "poisson"),
    "by": ("y ~ f + s(x2, by=f, bs='cr', k=8)", "gaussian"),
}
# Both optimisers are converged; what is left is the flatness of the criterion.
CLOSE = 1e-5


@pytest.fixture(autouse=True)
def no_windows() -> Iterator[None]:
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    frame = pd.DataFrame(STORED["data"])
    return frame.astype({"f": "category", "g": "category"})


def fitted(name: str, data: pd.DataFrame) -> ss.GamFit:
    formula, family = MODELS[name]
    return ss.gam(formula, data, family=family)


@pytest.mark.parametrize("name", MODELS)
def test_estimates_are_those_of_plot_gam(name: str, data: pd.DataFrame) -> None:
    fit = fitted(name, data)
    for label, picture in zip(fit.edf.index, STORED["pictures"][name], strict=True):
        surface = bool(picture["y"])
        table = fit.smooth_estimates(label, n=10 if surface else 7)
        assert list(table.columns) == ["smooth", "by", *_covariates(table), "estimate", "se", "lower", "upper"]
        if surface:
            np.testing.assert_allclose(table["x0"][:10], picture["x"])
            np.testing.assert_allclose(table["x1"][::10], picture["y"])
        else:
            np.testing.assert_allclose(table[_covariates(table)[0]], picture["x"])
        scale = np.abs(picture["fit"]).max()
        np.testing.assert_allclose(table["estimate"], picture["fit"], rtol=0, atol=CLOSE * scale)
        np.testing.assert_allclose(table["se"], picture["se"], rtol=CLOSE)
        np.testing.assert_allclose(table["upper"] - table["lower"], 4 * table["se"])


def _covariates(table: pd.DataFrame) -> list[str]:
    return [name for name in table.columns if name not in ("smooth", "by", "estimate", "se", "lower", "upper")]


@pytest.mark.parametrize(("name", "place"), [("count", 0), ("by", 1)])
def test_partial_residuals_are_those_of_plot_gam(name: str, place: int, data: pd.DataFrame) -> None:
    fit = fitted(name, data)
    (panel,) = panels(fit, place, residuals=True)
    assert isinstance(panel, Curve)
    assert panel.residuals is not None
    stored = np.asarray(STORED["pictures"][name][place]["residuals"])
    selected = np.flatnonzero(data["f"] == "b") if name == "by" else np.arange(len(data))
    rows = selected[selected < len(stored)]
    np.testing.assert_allclose(panel.residuals[: len(rows), 1], stored[rows], rtol=0, atol=CLOSE * np.abs(stored).max())


def panels(fit: ss.GamFit, place: int, **options: bool) -> list[Any]:
    (estimated,) = fit._estimated(fit.edf.index[place], 20, False, None)
    return list(
        smooth_panels(estimated, fit.penalised, fit.design.table, **({"rug": True, "residuals": False} | options))
    )


def test_estimates_equal_predictions_of_terms(data: pd.DataFrame) -> None:
    fit = ss.gam("y ~ s(x0) + te(x1, x2, k=4) + s(x2, g, bs='fs', k=4) + (1 | f)", data)
    everything = fit.smooth_estimates(n=5, unconditional=True, prob=0.9)
    for label, table in everything.groupby("smooth"):
        new = {name: np.full(len(table), data[name].iloc[0]) for name in ("x0", "x1", "x2")}
        new |= {name: [data[name].iloc[0]] * len(table) for name in ("f", "g")}
        new |= {name: table[name].to_numpy() for name in _covariates(table) if table[name].notna().all()}
        found = fit.predict(new, type="terms", se=True, unconditional=True)
        np.testing.assert_allclose(table["estimate"], found.fit[label], atol=1e-10)
        np.testing.assert_allclose(table["se"], found.se[label], atol=1e-10)
    np.testing.assert_allclose(
        everything["upper"] - everything["estimate"], 1.6448536269514722 * everything["se"], rtol=1e-10
    )


KINDS = {
    "s(x0)": Curve,
    "s(x0, by=x1)": Curve,
    "te(x0, x1, k=4)": Surface,
    "ti(x0, x1, x2, k=3)": Surface,
    "s(x0, g, bs='fs', k=4)": Curves,
    "te(x0, f, bs=['cr', 're'], k=4)": Curves,
    "s(g, bs='re')": Quantiles,
    "s(g, x0, bs='re')": Quantiles,
    "s(f, bs='sz')": Quantiles,
    "s(f, bs='mrf', xt=list(penalty=field))": Levels,
}


@pytest.mark.parametrize("term", KINDS)
def test_every_kind_of_smooth_is_drawn(term: str, data: pd.DataFrame) -> None:
    field = pd.DataFrame([[1, -1, 0], [-1, 2, -1], [0, -1, 1]], index=list("abc"), columns=list("abc"))
    fit = ss.gam(f"y ~ {term}", data, data2={"field": field})
    (panel,) = panels(fit, 0)
    assert isinstance(panel, KINDS[term])
    (ax,) = fit.plot(residuals=True)
    assert ax.get_xlabel()
    assert ax.has_data()


def test_by_levels_stand_apart(data: pd.DataFrame) -> None:
    fit = fitted("by", data)
    axes = fit.plot()
    assert [ax.get_ylabel() for ax in axes] == [f"s(x2, {e:.2f}):f{v}" for v, e in zip("abc", fit.edf, strict=True)]
    assert len(fit.plot("s(x2)")) == 3
    assert [t.label for t in chosen_terms(fit.design, "s(x2):fb")] == ["s(x2):fb"]
    assert set(fit.smooth_estimates()["by"]) == set("abc")


def test_axes_may_be_given(data: pd.DataFrame) -> None:
    import matplotlib.pyplot as plt

    fit = fitted("count", data)
    _, axes = plt.subplots(1, 2)
    assert fit.plot(axes=list(axes)) == tuple(axes)
    with pytest.raises(OptionError, match="2 panels to draw, but axes for 1"):
        fit.plot(axes=[axes[0]])


@pytest.mark.parametrize(
    ("label", "expected"),
    [("s(x)", "s(x, 2.50)"), ("te(x,z)", "te(x,z, 2.50)"), ("s(log(x)):fb", "s(log(x), 2.50):fb")],
)
def test_labels(label: str, expected: str) -> None:
    assert labelled_edf(label, 2.5) == expected


def test_bad_input(data: pd.DataFrame) -> None:
    fit = fitted("count", data)
    with pytest.raises(OptionError, match=r"no smooth 's\(q\)' \(smooths: s\(x2\), s\(x0,x1\)\)"):
        fit.plot("s(q)")
    with pytest.raises(OptionError, match="n must be a whole number"):
        fit.smooth_estimates(n=1)
    with pytest.raises(OptionError, match="prob must lie"):
        fit.plot(prob=2)
    with pytest.raises(OptionError, match="no smooths"):
        ss.gam("y ~ x0", data).plot()


@pytest.mark.parametrize("family", ["gaussian", "poisson", "quasipoisson", "negbinomial", "student", "gamma"])
def test_checks_are_drawn(family: str, data: pd.DataFrame) -> None:
    response = "y" if family in ("gaussian", "student") else "I(count + 1)" if family == "gamma" else "count"
    link = "log" if family == "gamma" else None
    fit = ss.gam(f"{response} ~ s(x0, bs='cr', k=5) + s(x2, bs='cr', k=5)", data, family=family, link=link)
    axes = fit.plot_check()
    assert [ax.get_title() for ax in axes] == [
        "Quantiles of residuals", "Residuals and linear predictor", "Histogram of residuals",
        "Response and fitted values",
    ]  # fmt: skip
    assert axes[0].get_xlabel() == ("normal quantiles" if family == "quasipoisson" else "simulated quantiles")
    assert list(fit.check(plot=True).columns) == ["k'", "edf", "k-index", "p-value"]
