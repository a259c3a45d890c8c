"""Tables of several penalised fits: mgcv's ``anova``, ``AIC`` and ``BIC``."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from conftest import read_reference

import smoothstan as ss
from smoothstan.errors import OptionError

STORED = read_reference("mgcv/gam_tables.json")
FIRST, SECOND, THIRD = "s(x1, bs='cr', k=8)", "s(x2, bs='cr', k=10)", "s(x0, bs='cr', k=8)"


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.DataFrame(STORED["data"])


def compared(name: str, data: pd.DataFrame) -> ss.GamComparison:
    if name == "gaussian":
        return ss.compare_gam(*(ss.gam(f"y ~ {' + '.join([FIRST, SECOND, THIRD][:m])}", data) for m in (1, 2, 3)))
    formulas = ("count ~ s(x2, bs='cr', k=8)", "count ~ s(x2, bs='cr', k=8) + s(x1, bs='cr', k=8)")
    return ss.compare_gam(*(ss.gam(formula, data, family="poisson") for formula in formulas))


@pytest.mark.parametrize("name", ["gaussian", "poisson"])
def test_table_is_that_of_anova(name: str, data: pd.DataFrame) -> None:
    table, stored = compared(name, data).table, STORED["anovas"][name]
    columns = {"Resid. Df": "resid_df", "Resid. Dev": "resid_dev", "Df": "df", "Deviance": "deviance", "AIC": "AIC"}
    # Both optimisers are converged; what is left is the flatness of the criterion.
    for column, key in (columns | {"BIC": "BIC"}).items():
        np.testing.assert_allclose(table[column], np.array(stored[key], dtype=float), rtol=1e-5)
    if name == "gaussian":
        np.testing.assert_allclose(table["F"], np.array(stored["statistic"], dtype=float), rtol=1e-5)
    else:
        np.testing.assert_allclose(table["Chi.sq"], table["Deviance"])
    np.testing.assert_allclose(np.log(table["p-value"]), np.log(np.array(stored["p"], dtype=float)), rtol=1e-5)


def test_it_prints_and_draws(data: pd.DataFrame) -> None:
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    found = compared("gaussian", data)
    assert "Model 3: y ~ s(x1, bs='cr', k=8)" in str(found)
    assert "NaN" not in str(found)
    assert "<table" in found._repr_html_()
    axes = found.plot()
    assert [ax.get_xlabel() for ax in axes] == ["x1", "x2", "x0"]
    assert [len(ax.get_lines()) for ax in axes] == [3, 2, 1]
    plt.close("all")


def test_scale_that_is_known_is_tested_by_chi_squared(data: pd.DataFrame) -> None:
    g, b = (ss.gam(f"y ~ {terms}", data) for terms in (FIRST, f"{FIRST} + {SECOND}"))
    assert "Chi.sq" in ss.compare_gam(g, b, test="Chisq").table
    assert list(ss.compare_gam(g, b, names=["small", "large"]).table.index) == ["small", "large"]
    # A smaller model second: the same test, no negative degrees of freedom in it.
    turned, usual = ss.compare_gam(b, g).table, ss.compare_gam(g, b).table
    assert turned["p-value"].iloc[1] == pytest.approx(usual["p-value"].iloc[1])


def test_bad_input(data: pd.DataFrame) -> None:
    g = ss.gam(f"y ~ {FIRST}", data)
    with pytest.raises(OptionError, match="at least two fits"):
        ss.compare_gam(g)
    with pytest.raises(OptionError, match="fits made by gam"):
        ss.compare_gam(g, 3)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="200 and 150 rows"):
        ss.compare_gam(g, ss.gam(f"y ~ {FIRST}", data[:150]))
    with pytest.raises(OptionError, match="different responses"):
        ss.compare_gam(g, ss.gam(f"count ~ {FIRST}", data))
    with pytest.raises(OptionError, match="different families"):
        ss.compare_gam(g, ss.gam(f"y ~ {FIRST}", data, family="student"))
    with pytest.raises(OptionError, match="names must be 2"):
        ss.compare_gam(g, g, names=["a"])
    with pytest.raises(OptionError, match="test must be"):
        ss.compare_gam(g, g, test="t")
    with pytest.raises(OptionError, match="no smooths of one number"):
        ss.compare_gam(*[ss.gam("y ~ x0", data)] * 2).plot()
