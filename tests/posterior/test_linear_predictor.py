"""The linear predictor and the log likelihood from the draws, against standata and scipy, for every kind of term."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import smoothstan as ss
from smoothstan.errors import DataError, OptionError
from smoothstan.terms import LinearTerm

# The sampler only has to move: these few draws are not meant to converge.
pytestmark = pytest.mark.filterwarnings("ignore::smoothstan.errors.SamplingWarning")
SHORT = {"chains": 2, "iter_warmup": 60, "iter_sampling": 20, "seed": 2, "backend": "stanli", "show_progress": False}
DRAWS = 40

MODELS: dict[str, Any] = {
    "split group": "y ~ x + (1 | g) + (0 + x | g)",
    "split group, three terms": "y ~ (1 | g) + (0 + x | g) + (0 + z | g) + (1 | sub)",
    "split by ID": "y ~ (1 | a | g) + (0 + x | b | g)",
    "shared ID": ["y ~ x + (1 + x | ID | g)", "sigma ~ (1 | ID | g) + (1 | site)"],
    "split across parameters": ["y ~ (1 | g) + (0 + x | g)", "sigma ~ (0 + z | g) + (1 | g)"],
    "nested and crossed": "y ~ f * x + (1 | g/sub) + (x || site) + offset(off)",
    "smooths": ["y ~ z + s(x, bs='cr', k=5) + s(log(z), bs='cr', k=4) + (1 | g)", "sigma ~ s(x, bs='cr', k=4)"],
    "no intercept": "y ~ 0 + f + x:h + (0 + f | g)",
    "reserved intercept": "y ~ 0 + x + Intercept + h",
    "weights": "y | weights(w) ~ poly(z, 2) + scale(x) + (1 | site)",
}


def flat(fit: ss.Posterior) -> dict[str, np.ndarray]:
    variables = fit.draws["posterior"].dataset.data_vars
    return {str(name): array.values.reshape(DRAWS, *array.shape[2:]) for name, array in variables.items()}


def expected_predictor(fit: ss.Posterior, dpar: str) -> np.ndarray:
    """Compute X b + Xs bs + Zs s + r[J] Z + offsets from brms's data and names alone."""
    p = "" if dpar == "mu" else f"_{dpar}"
    data, draws = fit.standata, flat(fit)
    eta = np.zeros((DRAWS, data["N"])) + data.get(f"offsets{p}", 0.0)
    names = linear_names(fit, dpar)
    if names:
        eta += np.column_stack([draws[f"b{p}_{name}"] for name in names]) @ data[f"X{p}"].T
    if f"Xs{p}" in data:
        eta += np.column_stack([draws[name] for name in names_starting(draws, f"bs{p}_", p)]) @ data[f"Xs{p}"].T
        for i, name in enumerate(names_starting(draws, f"s{p}_", p), start=1):
            eta += draws[name] @ data[f"Zs{p}_{i}_1"].T
    return eta + group_part(fit, dpar, data)


def names_starting(draws: dict[str, np.ndarray], stem: str, p: str) -> list[str]:
    """Return the variables of a stem, those of sigma left out where mu is meant."""
    return [name for name in draws if name.startswith(stem) and (p or not name.startswith(f"{stem}sigma"))]


def linear_names(fit: ss.Posterior, dpar: str) -> list[str]:
    (term,) = (t for t in fit.design.terms if isinstance(t, LinearTerm) and t.dpar == dpar)
    return [*(["Intercept"] if term.centred else []), *term.coefficients]


def group_part(fit: ss.Posterior, dpar: str, data: dict[str, Any]) -> np.ndarray:
    """Add r[level, coef] Z over all groupings, the effects looked up by the labels of the draws."""
    total = np.zeros((DRAWS, data["N"]))
    for term in fit.design.groups:
        for c in (c for c in term.coefficients if c.dpar == dpar):
            array = fit.draws["posterior"].dataset[term.effects_name(dpar)]
            labels = list(array[array.dims[3]].values)
            effects = array.values.reshape(DRAWS, *array.shape[2:])[:, :, labels.index(c.name)]
            total += effects[:, data[f"J_{term.index}"] - 1] * data[f"Z_{term.index}{c.stan_column}"]
    return total


@pytest.mark.parametrize("name", MODELS)
def test_linear_predictor_and_log_likelihood(name: str, frame: pd.DataFrame) -> None:
    fit = ss.brm(MODELS[name], frame, **SHORT)
    mu = expected_predictor(fit, "mu")
    np.testing.assert_allclose(fit.posterior_linpred().values.reshape(DRAWS, -1), mu, rtol=1e-9, atol=1e-9)
    if "sigma" in fit.design.predicted:
        eta = expected_predictor(fit, "sigma")
        found = fit.posterior_linpred(dpar="sigma").values.reshape(DRAWS, -1)
        np.testing.assert_allclose(found, eta, rtol=1e-9, atol=1e-9)
        sigma = np.exp(eta)
    else:
        sigma = flat(fit)["sigma"][:, None]
    expected = stats.norm.logpdf(fit.standata["Y"], mu, sigma) * fit.standata.get("weights", 1.0)
    for log_lik in (fit.log_lik(), fit.log_lik(frame)):
        np.testing.assert_allclose(log_lik.values.reshape(DRAWS, -1), expected, rtol=1e-8, atol=1e-8)


def test_ranef_of_a_split_group(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ x + (1 | g) + (0 + x | g)", frame, **SHORT)
    array = fit.draws["posterior"].dataset["r_g"]
    for coef in ("Intercept", "x"):
        found = fit.ranef()["g"].loc[("g4", coef), "Estimate"]
        assert found == pytest.approx(float(array.sel(g="g4", coef=coef).mean()))


def test_predictions_need_no_weights_and_linear_predictors_no_trials(frame: pd.DataFrame) -> None:
    weighted = ss.brm("y | weights(w) ~ x", frame, **SHORT)
    assert weighted.posterior_epred(frame[["x"]]).sizes["obs"] == 60
    binomial = ss.brm("hits | trials(trials) ~ x", frame, family="binomial", **SHORT)
    assert binomial.posterior_linpred(frame[["x"]]).sizes["obs"] == 60
    with pytest.raises(DataError, match="trials"):
        binomial.posterior_epred(frame[["x"]])


def test_a_binary_response_keeps_its_coding(frame: pd.DataFrame) -> None:
    data = frame.assign(b=frame["bin"] + 1)
    fit = ss.brm("b ~ x", data, family="bernoulli", **SHORT)
    np.testing.assert_array_equal(fit.standata["Y"], frame["bin"])
    assert fit.log_lik(data.iloc[:5]).sizes["obs"] == 5
    with pytest.raises(DataError, match="coded 1 and 2 in the fit; it is 0"):
        fit.log_lik(data.assign(b=0))


def test_groups_given_as_other_kinds_are_found_by_label(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ (1 | site)", frame, **SHORT)
    as_text = frame.assign(site=frame["site"].astype(str))
    np.testing.assert_array_equal(fit.posterior_epred(as_text), fit.posterior_epred(frame))


def test_loo_of_awkward_likelihoods(frame: pd.DataFrame) -> None:
    """Weight zero, too few draws, and a fit that ignored the data."""
    weighted = frame.assign(v=np.arange(60.0))
    zero = ss.brm("y | weights(v) ~ x", weighted, **{**SHORT, "iter_sampling": 200}).loo()
    assert np.isfinite(zero.elpd_loo)
    assert zero.elpd_i[0] == pytest.approx(0, abs=1e-12)
    few = ss.brm("y ~ x", frame, **{**SHORT, "chains": 1, "iter_sampling": 5}).loo()
    assert "not reliable" in str(few)
    priors = [ss.prior("normal(0, 1)", "b"), ss.prior("normal(0, 1)", "Intercept")]
    ignorant = ss.brm("y ~ x", frame, prior=priors, sample_prior="only", **SHORT)
    with pytest.raises(OptionError, match="needs a fit to the data"):
        ignorant.loo()


def test_chains_that_never_move_are_reported(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ x", frame, **SHORT)
    stuck = fit.draws["posterior"].dataset.copy(deep=True)
    stuck["sigma"][:] = np.array([[1.0], [2.0]])
    draws = fit.draws.copy()
    draws["posterior"] = stuck
    assert "sigma (inf)" in " ".join(ss.Posterior(fit.model, draws).problems())


def test_a_fit_can_be_sent_to_another_process(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ x + s(z, bs='cr', k=4) + (1 | g)", frame, **SHORT)
    assert str(pickle.loads(pickle.dumps(fit))) == str(fit)
    assert str(copy.deepcopy(fit)) == str(fit)


def test_prior_draws_that_cannot_be_are_missing(frame: pd.DataFrame) -> None:
    fit = ss.brm("y ~ x", frame, prior=ss.prior("normal(-50, 1)", "b", lb=0), sample_prior="yes", **SHORT)
    assert np.isnan(flat(fit)["prior_b"]).all()


def test_matrix_covariates_are_kept_with_the_draws(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    data = {"y": rng.normal(size=30), "when": rng.uniform(size=(30, 4)), "when_dim": rng.uniform(size=(30, 4))}
    fit = ss.brm("y ~ s(when, by=when_dim, k=5)", data, **SHORT)
    kept = fit.draws["constant_data"].dataset
    np.testing.assert_array_equal(kept["when"], data["when"])
    np.testing.assert_array_equal(kept["when_dim"], data["when_dim"])
    fit.save(tmp_path / "fit.nc")
    loaded = ss.load_fit(tmp_path / "fit.nc")
    np.testing.assert_array_equal(loaded.posterior_linpred(data), fit.posterior_linpred(data))
