"""Joined fits, and fits to several data sets: whose chains stand where, and what may not be joined."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import DataError, DataWarning, OptionError, SamplingError, SamplingWarning
from smoothstan.posterior import data_sets
from smoothstan.posterior.diagnostics import problems

SHORT: dict[str, Any] = {
    "chains": 2, "iter_warmup": 100, "iter_sampling": 50, "backend": "stanli", "show_progress": False, "seed": 5,
}  # fmt: skip
FORMULA = "y ~ x + s(z, k = 4) + (1 | g)"

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")


@pytest.fixture(scope="module")
def sets(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Three imputations of x and z."""
    rng = np.random.default_rng(1)
    return [frame.assign(**{c: frame[c] + rng.normal(scale=0.3, size=len(frame)) for c in "xz"}) for _ in range(3)]


def quietly(formula: str, data: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return ss.brm_multiple(formula, data, **SHORT | options)


@pytest.fixture(scope="module")
def separate(sets: list[pd.DataFrame]) -> list[ss.Posterior]:
    return quietly(FORMULA, sets, combine=False)


@pytest.fixture(scope="module")
def pooled(sets: list[pd.DataFrame]) -> ss.Posterior:
    return quietly(FORMULA, sets)


def test_the_pooled_fit_has_the_chains_of_all(pooled: ss.Posterior, separate: list[ss.Posterior]) -> None:
    assert [fit.chains for fit in separate] == [2, 2, 2]
    assert pooled.chains == 6
    assert pooled.model.data_sets == 3
    values = pooled.as_numpy()[0]
    np.testing.assert_array_equal(values, np.concatenate([fit.as_numpy()[0] for fit in separate]))
    statistics = [fit.draws["sample_stats"]["energy"].values for fit in separate]
    np.testing.assert_array_equal(pooled.draws["sample_stats"]["energy"].values, np.concatenate(statistics))
    np.testing.assert_array_equal(pooled.draws["posterior"].coords["chain"], np.arange(6))
    np.testing.assert_array_equal(pooled.draws["observed_data"]["Y"], separate[0].draws["observed_data"]["Y"])


def test_pooling_adds_the_variance_between_the_data_sets(pooled: ss.Posterior, separate: list[ss.Posterior]) -> None:
    """The law of total variance: Rubin's rules for draws."""
    each = np.stack([fit.flat["b_x"] for fit in separate])
    total = each.var(axis=1).mean() + each.mean(axis=1).var()
    # Rounding only.
    np.testing.assert_allclose(pooled.flat["b_x"].var(), total, rtol=1e-12)
    np.testing.assert_allclose(pooled.fixef().loc["x", "Estimate"], each.mean(), rtol=1e-12)


def test_all_data_sets_have_the_bases_and_priors_of_the_first(separate: list[ss.Posterior], sets: Any) -> None:
    first, second, _ = separate
    assert first.priors == second.priors
    new = sets[0].iloc[:5]
    one, two = first.model_matrix(new), second.model_matrix(new)
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    np.testing.assert_array_equal(second.design.table["x"].values, sets[1]["x"])
    assert not np.array_equal(first.model_matrix(), second.model_matrix())


def test_without_smooths_each_is_the_fit_by_brm(sets: list[pd.DataFrame]) -> None:
    priors = [ss.prior("normal(0, 5)", "Intercept"), ss.prior("normal(0, 5)", "sigma")]
    fits = quietly("y ~ x + f", sets, prior=priors, combine=False)
    direct = ss.brm("y ~ x + f", sets[1], prior=priors, **SHORT | {"seed": fits[1].model.options.seed})
    np.testing.assert_array_equal(fits[1].as_numpy()[0], direct.as_numpy()[0])
    assert len({fit.model.options.seed for fit in fits}) == 3


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_the_draws_do_not_depend_on_the_jobs(pooled: ss.Posterior, sets: list[pd.DataFrame], backend: str) -> None:
    with joblib.parallel_config(backend=backend, n_jobs=2):
        by_config = quietly(FORMULA, sets)
    np.testing.assert_array_equal(by_config.as_numpy()[0], pooled.as_numpy()[0])
    assert by_config.model.options == pooled.model.options


def test_jobs_by_argument_and_seeds(pooled: ss.Posterior, sets: list[pd.DataFrame]) -> None:
    again = quietly(FORMULA, sets, n_jobs=2)
    np.testing.assert_array_equal(again.as_numpy()[0], pooled.as_numpy()[0])
    assert pooled.model.options.seed == 5
    unseeded = quietly("y ~ x", sets, seed=None, iter_warmup=20, iter_sampling=10)
    repeated = quietly("y ~ x", sets, seed=unseeded.model.options.seed, iter_warmup=20, iter_sampling=10)
    np.testing.assert_array_equal(unseeded.as_numpy()[0], repeated.as_numpy()[0])


def test_rhat_is_within_each_data_set(pooled: ss.Posterior, separate: list[ss.Posterior]) -> None:
    assert pooled.rhats.shape == (3, pooled.nvariables)
    assert list(pooled.rhats.index) == [1, 2, 3]
    for number, fit in enumerate(separate, start=1):
        np.testing.assert_array_equal(pooled.rhats.loc[number], fit.rhats.loc[1])
        np.testing.assert_array_equal(
            fit.rhats.loc[1, ["b_x", "sigma"]],
            [fit.summary()["Regression"].loc["x", "Rhat"], fit.summary()["Further"].loc["sigma", "Rhat"]],
        )
    tables = [fit.summary()["Regression"].loc["x"] for fit in separate]
    row = pooled.summary()["Regression"].loc["x"]
    assert row["Rhat"] == max(table["Rhat"] for table in tables)
    np.testing.assert_allclose(row["Bulk_ESS"], sum(table["Bulk_ESS"] for table in tables), rtol=1e-12)
    np.testing.assert_allclose(row["Tail_ESS"], sum(table["Tail_ESS"] for table in tables), rtol=1e-12)
    assert "3 data sets, the first with 60 observations" in str(pooled)
    assert "largest within a data set" in str(pooled)


def test_data_sets_that_disagree_are_no_failure_to_converge(frame: pd.DataFrame) -> None:
    far = [frame, frame.assign(y=frame["y"] + 50)]
    long = {"iter_warmup": 300, "iter_sampling": 300}
    fit = quietly("y ~ x", far, **long)
    assert not any("R-hat" in problem for problem in fit.problems())
    options = {"adapt_delta": 0.8, "max_treedepth": 10}
    assert any("R-hat is above" in problem for problem in problems(fit.draws, **options))
    stuck = fit.draws.copy(deep=True)
    stuck["posterior"]["b_x"].values[3] += 50
    (problem,) = problems(stuck, data_sets=2, **options)
    assert problem.startswith("In data set 2, R-hat is above 1.05 for b_x")


def test_problems_name_the_data_set(sets: list[pd.DataFrame]) -> None:
    short = SHORT | {"iter_warmup": 5, "iter_sampling": 10}
    with pytest.warns(SamplingWarning, match=r"In data set .*R-hat"):
        ss.brm_multiple(FORMULA, sets, **short)
    with pytest.warns(SamplingWarning, match="data set 2: R-hat"):
        ss.brm_multiple(FORMULA, sets, combine=False, **short)


def test_pooled_fits_answer_and_are_stored(pooled: ss.Posterior, tmp_path: Path, sets: list[pd.DataFrame]) -> None:
    pooled.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    assert str(loaded) == str(pooled)
    pd.testing.assert_frame_equal(loaded.rhats, pooled.rhats, check_exact=True)
    new = sets[0].iloc[:3]
    assert pooled.posterior_epred(new).size == pooled.ndraws * 3
    with pytest.raises(OptionError, match=r"joins fits to 3 data sets .* call brm_multiple"):
        pooled.update("~ . - x")


@pytest.mark.filterwarnings("ignore::smoothstan.errors.DataWarning")
def test_rows_with_missing_values_are_left_out_of_each(sets: list[pd.DataFrame]) -> None:
    holes = [data.assign(y=data["y"].where(data.index >= i)) for i, data in enumerate(sets)]
    with pytest.warns(DataWarning, match="data set 3: 2 of 60 rows have missing values"):
        fits = quietly("y ~ x", holes, combine=False)
    assert [(fit.nobs, fit.design.dropped) for fit in fits] == [(60, 0), (59, 1), (58, 2)]


def test_the_file_of_a_pooled_fit(sets: list[pd.DataFrame], tmp_path: Path) -> None:
    short = {"iter_warmup": 20, "iter_sampling": 10}
    first = quietly("y ~ x", sets, file=tmp_path / "fit", **short)
    kept = quietly("y ~ f", sets, file=tmp_path / "fit", **short)
    assert str(kept) == str(first)
    assert quietly("y ~ z", sets, file=tmp_path / "fit", file_refit="always", **short).formula == "y ~ z"
    with pytest.raises(OptionError, match="'never' or 'always'"):
        quietly("y ~ x", sets, file=tmp_path / "fit", file_refit="on_change")
    with pytest.raises(OptionError, match="a list of fits has no file"):
        quietly("y ~ x", sets, file=tmp_path / "fit", combine=False)


@pytest.mark.parametrize(
    ("kind", "message", "change"),
    [
        (DataError, "must be a list of tables, one per data set, got DataFrame", {"data": pd.DataFrame({"y": [1.0]})}),
        (DataError, "got dict", {"data": {"y": [1.0, 2.0]}}),
        (DataError, "got str", {"data": "data.csv"}),
        (DataError, "list of data sets is empty", {"data": []}),
        (OptionError, "n_jobs must be", {"n_jobs": 0}),
        (OptionError, "n_jobs must be", {"n_jobs": 1.5}),
        (OptionError, "n_jobs must be", {"n_jobs": True}),
        (OptionError, "combine must be", {"combine": "yes"}),
        (OptionError, "chains must be", {"chains": 0}),
    ],
)  # fmt: skip
def test_refused(sets: list[pd.DataFrame], kind: type[Exception], message: str, change: dict[str, Any]) -> None:
    with pytest.raises(kind, match=message):
        ss.brm_multiple(**{"formula": FORMULA, "data": sets, **SHORT, **change})


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (lambda d: d.drop(columns="x"), "data set 2 does not fit the model of the first: .*no column 'x'"),
        (lambda d: d.assign(x=d["f"]), "data set 2 .* 'x' is a factor"),
        (lambda d: d.assign(g="new"), "data set 2 .*new level 'new'"),
        (lambda d: d.assign(x=np.inf), "data set 2 .*infinite"),
        (lambda d: d.assign(x=np.nan), "data set 2 .*no rows"),
        (lambda _: 3, "data set 2 "),
    ],
)
@pytest.mark.filterwarnings("ignore::smoothstan.errors.DataWarning")
def test_a_data_set_that_does_not_fit_is_named(frame: pd.DataFrame, second: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ss.brm_multiple("y ~ x + (1 | g)", [frame, second(frame)], **SHORT)


def test_the_support_of_the_family_is_checked_in_each() -> None:
    good = pd.DataFrame({"y": [0, 3, 1, 2], "x": [1.0, 2.0, 3.0, 4.0]})
    with pytest.raises(DataError, match="data set 2"):
        ss.brm_multiple("y ~ x", [good, good.assign(y=[0, -3, 1, 2])], family="poisson", **SHORT)


def test_a_failure_names_the_data_set(sets: list[pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def sample(self, *_: object) -> None:
            raise SamplingError("no luck")

    monkeypatch.setattr(data_sets, "choose_engine", lambda _: Failing())
    with pytest.raises(SamplingError, match="data set 1: no luck"):
        ss.brm_multiple("y ~ x", sets, **SHORT)


@pytest.fixture(scope="module")
def fit(frame: pd.DataFrame) -> ss.Posterior:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        return ss.brm("y ~ x + s(z, k = 4) + (1 | g)", frame, **SHORT)


def test_combined_chains_stand_side_by_side(fit: ss.Posterior) -> None:
    other = fit.update(seed=9, chains=1)
    both = fit.combine(other)
    assert (both.chains, both.ndraws, both.model.data_sets) == (3, 150, 1)
    np.testing.assert_array_equal(both.flat["r_g"], np.concatenate([fit.flat["r_g"], other.flat["r_g"]]))
    again = ss.combine_models(fit, other)
    np.testing.assert_array_equal(again.as_numpy()[0], both.as_numpy()[0])
    assert len(both.loo().elpd_i) == fit.nobs
    assert both.model.options.chains == 3
    assert fit.chains == 2
    assert ss.combine_models(fit).ndraws == fit.ndraws
    three = ss.combine_models(both, fit.update(seed=10))
    assert three.chains == 5


def test_the_same_chain_twice_warns(fit: ss.Posterior) -> None:
    with pytest.warns(SamplingWarning, match="fits 1 and 2 have a chain in common, which now counts twice"):
        assert fit.combine(fit.update()).chains == 4


@pytest.mark.parametrize(
    ("message", "change"),
    [
        (r"formulas:\n  y ~ x \+ s\(z, k = 4\) \+ \(1 \| g\)\nand\n  y ~ s", {"formula": "~ . - x"}),
        (r"formulas:\n.*\nand\n  y ~ x .*\n  sigma ~ x", {"formula": (". ~ .", "sigma ~ x")}),
        ("families: gaussian .* student", {"family": "student"}),
        ("families: gaussian .*sigma: log.*sigma: identity", {"family": ss.family("gaussian", link_sigma="identity")}),
        ("sample_prior: 'no' and 'yes'", {"sample_prior": "yes"}),
        ("draws per chain: 50 and 40", {"iter_sampling": 40}),
        (r"different priors:\n", {"prior": ss.prior("normal(0, 1)", "sd")}),
        ("different knots", {"data2": {"a": 1}}),
    ],
)  # fmt: skip
def test_what_differs_is_named(fit: ss.Posterior, message: str, change: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=message):
        fit.combine(fit.update(**{"seed": 9, "chains": 1, **change}))


def test_data_that_differ(fit: ss.Posterior, frame: pd.DataFrame) -> None:
    moved = fit.update(new_data=frame.assign(x=frame["x"] * 1.01), seed=9)
    shorter = fit.update(new_data=frame.iloc[3:], seed=9)
    with pytest.raises(OptionError, match="fits 1 and 3 cannot be combined: they have different data, in column 'x'"):
        ss.combine_models(fit, fit.update(seed=10), moved)
    with pytest.raises(OptionError, match="data: 60 and 57 rows; check_data=False lets"):
        fit.combine(shorter)
    both = fit.combine(moved, check_data=False)
    assert both.model.data_sets == 2
    np.testing.assert_array_equal(both.rhats.loc[2], moved.rhats.loc[1])
    fewer = fit.update(new_data=frame[frame["g"] != "g1"], seed=9)
    with pytest.raises(OptionError, match=r"different parameters: r_g\[g1,Intercept\]$"):
        fit.combine(fewer, check_data=False)
    with pytest.warns(DataWarning, match=r"made from different data.*brm_multiple"):
        fit.combine(shorter, check_data=False)


def test_no_fits(fit: ss.Posterior) -> None:
    with pytest.raises(OptionError, match="no fit to combine"):
        ss.combine_models()
    with pytest.raises(OptionError, match="number 2 is of type str"):
        fit.combine("fit.nc")  # type: ignore[arg-type]


def test_a_fit_travels_light(fit: ss.Posterior) -> None:
    light = len(pickle.dumps(fit))
    used = (fit.loo(), fit.summary(), fit.posterior_epred())
    assert len(used) == 3
    # xarray keeps a few bytes of its own.
    assert len(pickle.dumps(fit)) < light + 100
    # The draws, and some kilobytes for the design and the program.
    assert light < fit.as_numpy()[0].nbytes + 200_000
    again = pickle.loads(pickle.dumps(fit))
    assert str(again) == str(fit)
    np.testing.assert_array_equal(again.posterior_epred().values, fit.posterior_epred().values)
    answers = joblib.Parallel(n_jobs=2)(joblib.delayed(_mean)(fit) for _ in range(2))
    np.testing.assert_array_equal(answers[1], fit.posterior_epred().values.mean(axis=0))


def _mean(fit: ss.Posterior) -> Any:
    return fit.posterior_epred().values.mean(axis=0)
