"""update(): what changes, what stays, and what the fit cannot know."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.errors import (
    DataError,
    EngineNotFound,
    FamilyError,
    FormulaError,
    FormulaWarning,
    OptionError,
    PriorError,
    PriorWarning,
)

SHORT: dict[str, Any] = {
    "chains": 2, "iter_warmup": 100, "iter_sampling": 50, "backend": "stanli", "show_progress": False, "seed": 5,
}  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")


@pytest.fixture(scope="module")
def fit(frame: pd.DataFrame) -> ss.Posterior:
    priors = [ss.prior("normal(0, 1)", "sd"), ss.prior("normal(0, 3)", coef="x")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.errors.SamplingWarning)
        return ss.brm("y ~ x + f + (1 | g)", frame, prior=priors, adapt_delta=0.9, **SHORT)


def same_draws(one: ss.Posterior, two: ss.Posterior) -> bool:
    return one.variables() == two.variables() and np.array_equal(one.as_numpy()[0], two.as_numpy()[0])


def test_without_changes_the_draws_are_the_same(fit: ss.Posterior) -> None:
    again = fit.update()
    assert again is not fit
    assert same_draws(again, fit)
    assert again.model.options == fit.model.options


def test_it_is_the_fit_that_brm_makes(fit: ss.Posterior, frame: pd.DataFrame) -> None:
    updated = fit.update(
        ("log(. + 20) ~ . - f + s(z, k = 5)", "sigma ~ h"), new_data=frame, family="student", seed=8, chains=1,
        iter_sampling=30, adapt_delta=0.8, prior=ss.prior("gamma(2, 0.2)", "nu"),
    )  # fmt: skip
    direct = ss.brm(
        ["log(y + 20) ~ x + (1 | g) + s(z, k = 5)", "sigma ~ h"], frame, family="student",
        prior=[ss.prior("normal(0, 1)", "sd"), ss.prior("normal(0, 3)", coef="x"), ss.prior("gamma(2, 0.2)", "nu")],
        **SHORT | {"seed": 8, "chains": 1, "iter_sampling": 30},
    )  # fmt: skip
    assert updated.formula == direct.formula
    assert str(updated.priors) == str(direct.priors)
    assert same_draws(updated, direct)


def test_what_is_not_given_stays(fit: ss.Posterior) -> None:
    other = fit.update("~ . - f", chains=1)
    assert other.formula == "y ~ x + (1 | g)"
    options = other.model.options
    assert (options.chains, options.iter_warmup, options.iter_sampling) == (1, 100, 50)
    assert (options.adapt_delta, options.seed, options.show_progress) == (0.9, 5, False)
    assert (other.model.backend, other.model.sample_prior, other.family) == ("stanli", "no", "gaussian")
    assert other.model.given_priors == fit.model.given_priors
    assert other.design.table.n == fit.nobs
    assert fit.formula == "y ~ x + f + (1 | g)"


def test_the_other_parameters_are_kept(slopes_fit: ss.Posterior) -> None:
    with pytest.warns(PriorWarning, match="class_='sds'"):
        other = slopes_fit.update(". ~ . - s(z, bs = 'cr', k = 5)", chains=1, iter_warmup=50, iter_sampling=10)
    assert other.formula == "y ~ x + f + (1 + x | g) + (1 | site)\nsigma ~ h"
    assert [str(p) for p in other.model.given_priors] == ["prior('normal(0, 1)', class_='sd')"]


@pytest.mark.filterwarnings("ignore::smoothstan.errors.PriorWarning")
def test_earlier_priors_that_match_nothing_are_left_out_with_a_warning(fit: ss.Posterior) -> None:
    with pytest.warns(PriorWarning, match=r"matches prior\('normal\(0, 3\)', class_='b', coef='x'\): left out"):
        other = fit.update("~ . - x", chains=1)
    assert [p.class_ for p in other.model.given_priors] == ["sd"]
    with pytest.warns(PriorWarning, match="class_='sd'"):
        other = fit.update("~ . - (1 | g)", chains=1)
    assert [p.coef for p in other.model.given_priors] == ["x"]


def test_a_new_prior_takes_the_place_of_the_earlier_one(fit: ss.Posterior) -> None:
    other = fit.update(prior=[ss.prior("normal(0, 9)", coef="x"), ss.prior("normal(1, 1)", "Intercept")], chains=1)
    table = other.priors.to_frame()
    users = table[table["source"] == "user"]
    assert dict(zip(users["class"], users["prior"], strict=True)) == {
        "b": "normal(0, 9)", "Intercept": "normal(1, 1)", "sd": "normal(0, 1)",
    }  # fmt: skip


def test_default_priors_follow_the_data(fit: ss.Posterior, frame: pd.DataFrame) -> None:
    """brms keeps those of the first fit; a response a hundred times as large needs others."""
    large = frame.assign(y=100 * frame["y"])
    other = fit.update(new_data=large, chains=1, iter_warmup=20, iter_sampling=5)
    expected = ss.default_prior(fit.formula, large).resolve("Intercept").distribution
    assert other.priors.resolve("Intercept").distribution == expected
    assert other.priors.resolve("Intercept") != fit.priors.resolve("Intercept")


def test_sampling_from_the_prior_of_a_fit(fit: ss.Posterior) -> None:
    only = fit.update(sample_prior="only", prior=ss.prior("normal(0, 1)"))
    assert only.model.sample_prior == "only"
    assert np.all(only.design.observed.y == fit.design.observed.y)


def test_dots_stand_for_the_columns_that_the_fit_had(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ .", frame[["z", "y", "x"]], **SHORT)
    assert fit.update("~ . - z", chains=1).formula == "y ~ x"
    other = fit.update(new_data=frame, chains=1)
    assert other.formula == "y ~ z + x"
    assert list(other.design.table.columns) == ["y", "z", "x"]


def test_rows_that_were_left_out_are_still_counted(frame: pd.DataFrame) -> None:
    holes = frame.assign(x=frame["x"].where(frame.index >= 3))
    with pytest.warns(ss.errors.DataWarning, match="3 of"):
        fit = ss.brm("y ~ x + f", holes, **SHORT)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ss.errors.DataWarning)
        other = fit.update("~ . - x", chains=1)
    assert (other.nobs, other.design.dropped) == (len(frame) - 3, 3)


def test_knots_and_objects_stay_or_change() -> None:
    x = np.linspace(0, 1, 40)
    data = pd.DataFrame({"y": np.sin(6 * x), "x": x})
    knots = {"x": [0.0, 0.2, 0.5, 0.8, 1.0]}
    short = SHORT | {"iter_warmup": 20, "iter_sampling": 5}
    fit = ss.brm("y ~ s(x, bs='cr', k=5)", data, knots=knots, **short)
    assert fit.update(chains=1).model.smooth_options.knots == knots
    moved = {"x": [0.0, 0.1, 0.2, 0.3, 1.0]}
    direct = ss.brm("y ~ s(x, bs='cr', k=5)", data, knots=moved, **short)
    assert same_draws(fit.update(knots=moved), direct)


@pytest.mark.parametrize(
    ("kind", "message", "arguments"),
    [
        (DataError, "keeps only the columns of its own formula .*not z; give the data again", {"formula": "~ . + z"}),
        (DataError, "not z, h", {"formula": "~ . + z:h"}),
        (DataError, "not xx; did you mean 'x'", {"formula": "~ . + xx"}),
        (DataError, "not h; give", {"formula": (". ~ .", "sigma ~ h")}),
        (DataError, "to predict the parameter sigma write update", {"formula": "sigma ~ x"}),
        (DataError, "no column 'x'", {"new_data": pd.DataFrame({"y": [1.0, 2.0], "f": ["a", "b"], "g": ["u", "v"]})}),
        (FormulaError, "has a '~'", {"formula": "x"}),
        (FormulaError, "cannot be part of an interaction", {"formula": "~ .:x"}),
        (FormulaError, "no parameter 'nu'", {"formula": (". ~ .", "nu ~ x")}),
        (FormulaError, "cannot predict itself", {"formula": "~ . + y"}),
        (FamilyError, "unknown family", {"family": "gausian"}),
        (FamilyError, "poisson", {"family": "poisson"}),
        (PriorError, "matches no parameter", {"prior": ss.prior("normal(0, 1)", coef="zz")}),
        (PriorError, "priors are made with", {"prior": "normal(0, 1)"}),
        (OptionError, "chains must be", {"chains": 0}),
        (OptionError, "sample_prior must be", {"sample_prior": "maybe"}),
        (OptionError, "file_refit must be", {"file_refit": "sometimes"}),
        (EngineNotFound, "unknown backend", {"backend": "jags"}),
        (DataError, "knots must be a dictionary", {"knots": [1, 2]}),
    ],
)  # fmt: skip
def test_refused(fit: ss.Posterior, kind: type[Exception], message: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(kind, match=message):
        fit.update(**arguments)


def test_a_minus_without_effect_warns(fit: ss.Posterior) -> None:
    with pytest.warns(FormulaWarning, match="'- z' takes nothing away"):
        fit.update("~ . - z", chains=1, iter_warmup=20, iter_sampling=5)


def test_starting_at_the_penalised_fit(fit: ss.Posterior, frame: pd.DataFrame) -> None:
    direct = ss.brm("y ~ x + f + (1 | g)", frame, prior=list(fit.model.given_priors), adapt_delta=0.9, inits="gam",
                    **SHORT)  # fmt: skip
    assert same_draws(fit.update(inits="gam"), direct)
    assert not same_draws(direct, fit)
