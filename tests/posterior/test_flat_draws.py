"""Draws as tables: brms's names in brms's order, and every value in its place."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brms_oracle import CASES, answers, load_case
from conftest import read_reference

import smoothstan as ss
from smoothstan.errors import OptionError


@pytest.mark.parametrize("name", CASES)
def test_names_order_and_values_are_those_of_brms(name: str) -> None:
    case = load_case(name)
    recorded = {key: np.asarray(values) for key, values in case.stored["draws"].items()}
    fit = case.posterior
    held = [name for name in fit.variables() if name == "disc" and name not in recorded]  # 1, not in these draws
    assert [name for name in fit.variables() if name not in held] == list(recorded)
    assert fit.nvariables == len(recorded) + len(held)
    # The columns of smooths may be rotated beside brms's.
    kept = [key for key in recorded if not key.startswith(("s_", "bs_"))]
    values, names = fit.as_numpy(kept)
    assert list(names) == kept
    np.testing.assert_array_equal(values, np.column_stack([recorded[key] for key in kept]))


def test_the_table_is_that_of_as_draws_df() -> None:
    """The array, its names and the table were recorded from R's posterior package, with record.R there."""
    recorded = read_reference("r_draws/draws_df.json")
    case = load_case("gaussian_distributional")
    fit = case.posterior
    table = fit.as_pandas()
    assert list(table.columns[-3:]) == recorded["index"]
    assert list(table.columns[:-3]) == list(fit.variables())
    chains, iterations = case.stored["chains"], case.stored["iterations"]
    assert (chains, iterations) == (recorded["chains"], recorded["iterations"])
    for column in recorded["index"]:
        np.testing.assert_array_equal(table[column], recorded[column])
    np.testing.assert_array_equal(table[".chain"], np.repeat([1, 2], 10))


@pytest.mark.parametrize("select", read_reference("r_draws/draws_df.json")["selections"], ids=lambda s: str(s["call"]))
def test_selections_are_those_of_subset_draws(select: dict[str, Any]) -> None:
    fit = load_case("gaussian_distributional").posterior
    assert list(fit.as_numpy(select["variable"], regex=select["regex"])[1]) == select["names"]


def test_every_form_holds_the_same_numbers(slopes_fit: ss.Posterior) -> None:
    chosen = ["^b_", r"^r_g\[g1,"]
    values, names = slopes_fit.as_numpy(chosen, regex=True)
    wide = slopes_fit.as_pandas(chosen, regex=True)
    pd.testing.assert_frame_equal(slopes_fit.as_polars(chosen, regex=True).to_pandas(), wide)
    np.testing.assert_array_equal(wide[list(names)].to_numpy(), values)
    long = slopes_fit.as_pandas(chosen, regex=True, long=True)
    assert list(long.columns) == [".chain", ".iteration", ".draw", ".variable", ".value"]
    back = long.pivot(index=".draw", columns=".variable", values=".value")[list(names)]
    np.testing.assert_array_equal(back.to_numpy(), values)
    pd.testing.assert_frame_equal(
        slopes_fit.as_polars(chosen, regex=True, long=True).to_pandas(), long, check_dtype=False
    )


def test_a_column_is_the_variable_of_the_tree(slopes_fit: ss.Posterior) -> None:
    tree = slopes_fit.draws["posterior"].dataset
    table = slopes_fit.as_pandas()
    picked = table[(table[".chain"] == 2) & (table[".iteration"] == 7)]
    at = tree.isel(chain=1, draw=6)
    assert picked["r_g[g3,x]"].item() == at["r_g"].sel(g="g3", coef_r_g="x").item()
    assert picked["s_sz_1[2]"].item() == at["s_sz_1"].values[1]
    assert picked["lp__"].item() == at["lp__"].item()
    assert picked[".draw"].item() == slopes_fit.ndraws // 2 + 7


@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
def test_blanks_in_levels_become_dots_unless_two_would_be_one() -> None:
    def made(levels: list[str]) -> ss.Posterior:
        data = pd.DataFrame({"y": np.sin(np.arange(30)), "g": levels * 10})
        return ss.brm("y ~ (1 | g)", data, chains=1, iter_warmup=20, iter_sampling=5, seed=1, backend="stanli",
                      show_progress=False)  # fmt: skip

    assert made(["a b", "c\td", "e"]).as_numpy("r_g")[1] == (
        "r_g[a.b,Intercept]", "r_g[c.d,Intercept]", "r_g[e,Intercept]",
    )  # fmt: skip
    assert made(["a b", "a.b", "e"]).as_numpy("r_g")[1] == (
        "r_g[a b,Intercept]", "r_g[a.b,Intercept]", "r_g[e,Intercept]",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variables", "regex", "message"),
    [
        ("b_xx", False, r"no variable 'b_xx'; did you mean 'b_x'\?"),
        ("r_g[g1,Intercep]", False, r"did you mean 'r_g\[g1,Intercept\]'"),
        (["b_x", "zz9"], False, "no variable 'zz9'; fit.variables"),
        ("zz9", True, "no variable matches 'zz9'"),
        ("(", True, "is no regular expression"),
        ([1], False, "variables are names such as"),
    ],
)
def test_unknown_variables(slopes_fit: ss.Posterior, variables: Any, regex: bool, message: str) -> None:
    for method in (slopes_fit.as_pandas, slopes_fit.as_numpy, slopes_fit.posterior_summary, slopes_fit.as_polars):
        with pytest.raises(OptionError, match=message):
            method(variables, regex=regex)


def test_without_polars(slopes_fit: ss.Posterior, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match="as_polars\\(\\) needs the package polars: pip install polars"):
        slopes_fit.as_polars()


# brms's answers have 13 significant digits.
RTOL = 1e-10


@pytest.mark.parametrize("answer", list(answers("vcov")), ids=lambda a: a.id)
def test_vcov_of_brms(answer: Any) -> None:
    table = load_case(answer.case).posterior.vcov(**answer.arguments)
    assert list(table.index) == answer.value["rows"] == list(table.columns)
    np.testing.assert_allclose(table.to_numpy(), np.asarray(answer.value["values"]), rtol=RTOL, atol=1e-12)


@pytest.mark.parametrize("answer", list(answers("posterior_summary")), ids=lambda a: a.id)
def test_posterior_summary_of_brms(answer: Any) -> None:
    options = dict(answer.arguments)
    low, *_, high = options.pop("probs", (0.025, 0.975))
    variables = options.pop("variable", None)
    variables = [variables] if isinstance(variables, str) else variables
    table = load_case(answer.case).posterior.posterior_summary(variables, prob=high - low, **options)
    table = table.drop(index=[name for name in table.index if name == "disc" and name not in answer.value["rows"]])
    assert list(table.index) == answer.value["rows"]
    theirs = pd.DataFrame(answer.value["values"], answer.value["rows"], answer.value["names"])
    assert set(table.columns) <= set(theirs.columns)
    kept = [name for name in table.index if not name.startswith(("s_", "bs_"))]
    np.testing.assert_allclose(
        table.loc[kept].to_numpy(), theirs.loc[kept, list(table.columns)].to_numpy(dtype=float), rtol=RTOL, atol=1e-12
    )


def test_sizes(slopes_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    assert slopes_fit.nobs == len(frame)
    assert slopes_fit.ngrps() == {"g": frame["g"].nunique(), "site": frame["site"].nunique()}


@pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
def test_prior_draws(slopes_fit: ss.Posterior, frame: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match=r"need sample_prior='yes'.*this fit: 'no'\)"):
        slopes_fit.prior_draws()
    priors = [ss.prior("normal(1, 2)"), ss.prior("exponential(2)", "sd")]
    fit = ss.brm(
        "y ~ x + (1 | g)", frame, sample_prior="yes", prior=priors, seed=1, chains=2, iter_warmup=200,
        iter_sampling=1000, backend="stanli", show_progress=False,
    )  # fmt: skip
    draws = fit.prior_draws()
    assert sorted(draws.columns) == ["Intercept", "b", "sd_g", "sigma"]
    np.testing.assert_array_equal(draws["b"], fit.flat["prior_b"])
    # Means of 2000 independent draws: four standard errors.
    assert abs(draws["b"].mean() - 1) < 4 * 2 / np.sqrt(2000)
    assert abs(draws["sd_g"].mean() - 0.5) < 4 * 0.5 / np.sqrt(2000)
    only = fit.update(sample_prior="only")
    with pytest.raises(OptionError, match="with 'only' all draws are from the prior"):
        only.prior_draws()
