"""What predictions refuse, and how they say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from prediction_models import fit_of

import smoothstan as ss
from smoothstan.errors import DataError, FormulaError, OptionError

pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")

METHODS: dict[str, Any] = {
    "posterior_linpred": lambda fit, *a, **k: fit.posterior_linpred(*a, **k),
    "posterior_epred": lambda fit, *a, **k: fit.posterior_epred(*a, **k),
    "posterior_predict": lambda fit, *a, **k: fit.posterior_predict(*a, **k),
    "log_lik": lambda fit, *a, **k: fit.log_lik(*a, **k),
    "fitted": lambda fit, *a, **k: fit.fitted(*a, **k),
    "predict": lambda fit, *a, **k: fit.predict(*a, **k),
    "residuals": lambda fit, *a, **k: fit.residuals(*a, **k),
    "predictive_error": lambda fit, *a, **k: fit.predictive_error(*a, **k),
    "predictive_interval": lambda fit, *a, **k: fit.predictive_interval(*a, **k),
    "prediction_blocks": lambda fit, *a, **k: fit.prediction_blocks("epred", *a, **k),
}
SHARED = [
    ({"ndraws": 201}, "ndraws is 201, but the fit has 200 draws"),
    ({"ndraws": 0}, "ndraws must be a whole number of at least 1, got 0"),
    ({"ndraws": 2.5}, "ndraws must be a whole number"),
    ({"ndraws": True}, "ndraws must be a whole number"),
    ({"ndraws": 3, "draw_ids": [1]}, "give ndraws or draw_ids, not both"),
    ({"draw_ids": []}, "draw_ids holds whole numbers"),
    ({"draw_ids": [0.5]}, "draw_ids holds whole numbers"),
    ({"draw_ids": 3}, "draw_ids holds whole numbers"),
    ({"draw_ids": [True, False]}, "draw_ids holds whole numbers"),
    ({"draw_ids": [[1], [1, 2]]}, "draw_ids holds whole numbers"),
    ({"draw_ids": [5, 200]}, "draw_ids count from 0 to 199, got 200"),
    ({"draw_ids": [-1]}, "draw_ids count from 0 to 199, got -1"),
    ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
    ({"seed": "a"}, "seed must be a whole number"),
    ({"max_memory": "2 apples"}, "max_memory is a number of bytes or a text such as '200 MB', got '2 apples'"),
    ({"max_memory": "1.2.3 MB"}, "max_memory is a number of bytes"),
    ({"max_memory": -1}, "max_memory is a number of bytes"),
    ({"max_memory": True}, "max_memory is a number of bytes"),
    ({"max_memory": float("inf")}, "max_memory is a number of bytes"),
    ({"allow_new_levels": 1}, "allow_new_levels must be True or False, got 1"),
    ({"sample_new_levels": "old"}, "sample_new_levels must be one of"),
    ({"re_formula": 3}, "re_formula is None"),
]


@pytest.mark.parametrize(("options", "message"), SHARED, ids=lambda v: str(v) if isinstance(v, dict) else "")
@pytest.mark.parametrize("method", METHODS)
def test_options_that_all_methods_share(method: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        METHODS[method](fit_of("gaussian"), **options)


@pytest.mark.parametrize("method", METHODS)
def test_new_data_that_cannot_be(method: str, frame: pd.DataFrame) -> None:
    fit = fit_of("gaussian")
    for column in ("x", "z", "h", "g", "site"):
        with pytest.raises(DataError, match=f"no column '{column}'"):
            METHODS[method](fit, frame.drop(columns=column))
    for change, message in (
        ({"z": "a"}, "'z' is a factor with levels a, but in the fit it was numeric"),
        ({"h": "w"}, "'h' has the new level 'w'"),
        ({"x": np.inf}, "'x' has an infinite value in row 0"),
        ({"x": np.nan}, "'x' of the new data has no value in row 0"),
        ({"g": "g0"}, "'g' has the new level 'g0' in row 0"),
    ):
        with pytest.raises(DataError, match=message):
            METHODS[method](fit, frame.assign(**change))
    with pytest.raises(DataError, match="no rows"):
        METHODS[method](fit, frame.iloc[:0])
    with pytest.raises(DataError, match="must be a table with named columns"):
        METHODS[method](fit, 7)
    with pytest.raises(FormulaError, match="no effects that vary by sub"):
        METHODS[method](fit, frame, re_formula="~ (1 | sub)")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda f: f.posterior_linpred(dpar="nu"), r"'nu' has no linear predictor \(predicted: mu, sigma\)"),
        (lambda f: f.posterior_linpred(transform=1), "transform must be True or False, got 1"),
        (lambda f: f.posterior_epred(dpar="nu"), r"family gaussian has no parameter 'nu' \(it has: mu, sigma\)"),
        (lambda f: f.fitted(dpar="nu"), "has no parameter 'nu'"),
        (lambda f: f.fitted(dpar="nu", scale="linear"), "'nu' has no linear predictor"),
        (lambda f: f.fitted(scale="log"), "scale must be one of 'response', 'linear', got 'log'"),
        (lambda f: f.fitted(prob=1.0), "prob must lie strictly between 0 and 1, got 1.0"),
        (lambda f: f.predict(prob="a"), "prob must lie strictly between 0 and 1, got 'a'"),
        (lambda f: f.predict(robust="yes"), "robust must be True or False, got 'yes'"),
        (lambda f: f.residuals(summary=0), "summary must be True or False, got 0"),
        (lambda f: f.residuals(method="predict"), "method must be one of 'posterior_epred', 'posterior_predict'"),
        (lambda f: f.residuals(type="deviance"), "type must be one of 'ordinary', 'pearson', got 'deviance'"),
        (lambda f: f.predictive_error(method="epred"), "method must be one of"),
        (lambda f: f.predictive_interval(prob=0), "prob must lie strictly"),
        (lambda f: f.prediction_blocks("mean"), "unknown kind of prediction 'mean' .known: 'linpred', 'epred'"),
        (lambda f: f.prediction_blocks("predict", dpar="mu"), "dpar belongs to the kinds 'linpred' and 'epred'"),
        (lambda f: f.prediction_blocks("epred", transform=True), "transform belongs to kind='linpred'"),
        (lambda f: f.prediction_blocks("linpred", dpar="nu"), "'nu' has no linear predictor"),
        (lambda f: f.write_predictions("p.nc", "mean"), "unknown kind of prediction 'mean'"),
        (lambda f: f.write_predictions("p.txt", "epred"), "the ending says the format"),
        (lambda f: f.posterior_smooths("s(x)"), r"the predictor of mu has no smooth 's\(x\)'.*it has: s\(z, bs = "),
        (lambda f: f.posterior_smooths("s(z, bs='cr', k=5)", dpar="sigma"), "sigma has no smooth.*it has none"),
        (lambda f: f.posterior_smooths("s(z)", dpar="nu"), "'nu' has no linear predictor"),
        (lambda f: f.posterior_smooths(3), "smooth is the text of a term, got 3"),
    ],
)
def test_options_of_one_method(ask: Any, message: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionError, match=message):
        ask(fit_of("gaussian"))


def test_the_response_of_a_log_likelihood(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="no column 'y'"):
        fit_of("gaussian").log_lik(frame.drop(columns="y"))
    with pytest.raises(DataError, match="no column 'w'"):
        fit_of("poisson").log_lik(frame.drop(columns="w"))
    with pytest.raises(DataError, match="'y' of the new data has no value in row 3"):
        fit_of("gaussian").log_lik(frame.assign(y=frame["y"].where(np.arange(60) != 3)))
    assert fit_of("gaussian").posterior_predict(frame.drop(columns="y")).sizes["obs"] == 60


@pytest.mark.parametrize("text", ["200 MB", "200MB", " 0.2 gb ", "200000000", 2e8, np.int64(200_000_000), "190.8 MiB"])
def test_ways_to_write_memory(text: Any) -> None:
    from smoothstan.posterior.memory import bytes_allowed

    assert bytes_allowed(text) == pytest.approx(200_000_000, rel=1e-3)


def test_new_data_of_any_kind(frame: pd.DataFrame) -> None:
    import polars as pl

    fit = fit_of("gaussian")
    needed = frame[["x", "z", "h", "g", "site"]].astype({"h": str, "g": str})
    expected = fit.posterior_epred(frame)
    for table in (needed, pl.from_pandas(needed), {k: v.to_numpy() for k, v in needed.items()}):
        np.testing.assert_array_equal(fit.posterior_epred(table), expected)


def test_smooths_by_their_text(frame: pd.DataFrame) -> None:
    """Spaces, quotes and the language of constants do not matter; all levels of a factor belong together."""
    fit = ss.brm(
        "y ~ f + s(z, by=f, bs='cr', k=4) + s(x, bs='cr', k=4, fx=FALSE)", frame, chains=2, iter_warmup=100,
        iter_sampling=50, seed=1, backend="stanli", show_progress=False,
    )  # fmt: skip
    expected = fit.posterior_smooths('s(z, by = f, bs = "cr", k = 4)')
    for text in ("s(z,by=f,bs='cr',k=4)", " s( z, by=f,bs=cr, k=4 )"):
        np.testing.assert_array_equal(fit.posterior_smooths(text), expected)
    second = fit.posterior_smooths("s(x, bs='cr', k=4, fx=False)")
    np.testing.assert_array_equal(second, fit.posterior_smooths("s(x, bs='cr', k=4, fx=FALSE)"))
    linear = fit.posterior_linpred() - expected - second
    posterior = fit.draws["posterior"].dataset
    for level, name in (("b b", None), ("a", "b_fa"), ("c+d", "b_fcPd")):
        at = (frame["f"] == level).to_numpy()
        fixed = posterior["b_Intercept"] + (posterior[name] if name else 0)
        np.testing.assert_allclose(linear[:, :, at], np.repeat(fixed.values[:, :, None], at.sum(), 2), atol=1e-10)
    alone = fit.posterior_smooths("s(x, bs='cr', k=4, fx=FALSE)", frame[["x"]].iloc[:4], ndraws=7, seed=2)
    assert alone.sizes == {"chain": 1, "draw": 7, "obs": 4}
    np.testing.assert_allclose(
        alone.values[0], second.values.reshape(100, -1)[alone["draw"].values][:, :4], rtol=1e-10, atol=1e-12
    )
    with pytest.raises(DataError, match="no column 'f'"):
        fit.posterior_smooths("s(z,by=f,bs='cr',k=4)", frame[["z"]])
