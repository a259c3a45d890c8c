"""Simulation-based calibration: parameters drawn from the priors have uniform ranks among their posterior draws.

Source: Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv:1804.06788; Modrák, Moon, Kim, Bürkner,
Huurre, Faltejsková, Gelman & Vehtari (2023), Bayesian Analysis, for the log likelihood as a quantity that
depends on the data.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from ranks import FALSE_ALARM, uniformity
from scipy import stats

import smoothstan as ss
from smoothstan.errors import SamplingWarning

pytestmark = pytest.mark.calibration

REPLICATIONS = 150
CONTROLS = 40
DRAWS = 99
THIN = 8
WARMUP = 400

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """A model with proper priors on everything, written down a second time in numpy.

    Args:
        formula, covariates, priors: what ``brm`` is told.
        scalars: the parameters whose ranks are tested, under their posterior names.
        draw: draws all parameters from the priors, given the arrays of ``standata``.
        mean: the mean of every row, (..., n), from parameters with any leading shape; ``inflation``
            multiplies the penalised or varying effects, for the data of a model that is wrong on purpose.
        deviations: the standard deviations that an inflation of 2 makes wrong.
    """

    formula: str
    covariates: Values
    priors: tuple[Any, ...]
    scalars: tuple[str, ...]
    draw: Callable[[np.random.Generator, Values], Values]
    mean: Callable[[Values, Values, float], Any]
    deviations: tuple[str, ...]

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is ranked."""
        return (*self.scalars, "log_lik")


def _times(values: Any, row: Any) -> Any:
    """Return the outer product of (...,) values and an (n,) row."""
    return np.multiply.outer(np.asarray(values), row)


def _population(values: Values, data: Values, name: str) -> Any:
    """Return Intercept + b (x - mean(x)), (..., n)."""
    centred = data["X"][:, 1] - data["X"][:, 1].mean()
    return np.asarray(values["Intercept"])[..., None] + _times(values[name], centred)


def _smooth_draw(rng: np.random.Generator, data: Values) -> Values:
    deviation = rng.lognormal(-0.5, 0.5)
    return {
        "Intercept": rng.normal(0, 1),
        "b_z": rng.normal(0, 1),
        "bs_sx_1": rng.normal(0, 1),
        "sds_sx_1": deviation,
        "s_sx_1": deviation * rng.normal(size=data["Zs_1_1"].shape[1]),
        "sigma": rng.gamma(6, 1 / 10),
    }


def _smooth_mean(values: Values, data: Values, inflation: float) -> Any:
    line = _times(values["bs_sx_1"], data["Xs"][:, 0])
    wiggle = np.asarray(values["s_sx_1"]) @ data["Zs_1_1"].T
    return _population(values, data, "b_z") + line + inflation * wiggle


def _group_draw(rng: np.random.Generator, data: Values) -> Values:
    sd = np.exp(rng.normal(-0.5, 0.5, size=2))
    # Two effects under LKJ(2): (cor + 1) / 2 ~ Beta(2, 2).
    cor = 2 * rng.beta(2, 2) - 1
    covariance = np.diag(sd) @ [[1, cor], [cor, 1]] @ np.diag(sd)
    return {
        "Intercept": rng.normal(0, 1),
        "b_x": rng.normal(0, 1),
        "sd_g__Intercept": sd[0],
        "sd_g__x": sd[1],
        "cor_g__Intercept__x": cor,
        "r_g": rng.multivariate_normal([0, 0], covariance, size=data["N_1"]),
        "sigma": rng.gamma(6, 1 / 10),
    }


def _group_mean(values: Values, data: Values, inflation: float) -> Any:
    effects = np.asarray(values["r_g"])[..., data["J_1"] - 1, :]
    slopes = np.stack([data["Z_1_1"], data["Z_1_2"]], axis=-1)
    return _population(values, data, "b_x") + inflation * np.sum(effects * slopes, axis=-1)


def _covariates(seed: int) -> Values:
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(0, 3, size=30), rng.normal(1, 1, size=30)
    return {"x": x, "z": z, "g": np.repeat(list("abcdef"), 5)}


_COMMON = (
    ss.prior("normal(0, 1)", "Intercept"),
    ss.prior("normal(0, 1)"),
    ss.prior("gamma(6, 10)", "sigma"),
)

MODELS: Mapping[str, Model] = {
    "smooth": Model(
        formula="y ~ z + s(x, bs='cr', k=5)",
        covariates=_covariates(11),
        priors=(*_COMMON, ss.prior("lognormal(-0.5, 0.5)", "sds")),
        scalars=("Intercept", "b_z", "bs_sx_1", "sds_sx_1", "sigma"),
        draw=_smooth_draw,
        mean=_smooth_mean,
        deviations=("sds_sx_1",),
    ),
    "group": Model(
        formula="y ~ x + (1 + x | g)",
        covariates=_covariates(12),
        priors=(*_COMMON, ss.prior("lognormal(-0.5, 0.5)", "sd"), ss.prior("lkj(2)", "cor")),
        scalars=("Intercept", "b_x", "sd_g__Intercept", "sd_g__x", "cor_g__Intercept__x", "sigma"),
        draw=_group_draw,
        mean=_group_mean,
        deviations=("sd_g__Intercept", "sd_g__x"),
    ),
}

every_model = pytest.mark.parametrize("name", MODELS)


@cache
def _data(name: str) -> Values:
    """Return the design matrices, which do not depend on the response."""
    model = MODELS[name]
    return ss.standata(model.formula, {**model.covariates, "y": np.zeros(30)})


def _log_likelihood(model: Model, values: Values, data: Values, y: Any) -> Any:
    sigma = np.asarray(values["sigma"])[..., None]
    return np.sum(stats.norm.logpdf(y, model.mean(values, data, 1.0), sigma), axis=-1)


def _posterior(model: Model, y: Any, seed: int) -> Values:
    """Return thinned draws by posterior name, (DRAWS, ...)."""
    with warnings.catch_warnings():
        # Among hundreds of short single chains on 30 rows a few have divergences or a low effective
        # size; whether that harms the draws is what the ranks tell.
        warnings.simplefilter("ignore", SamplingWarning)
        fit = ss.brm(
            model.formula, {**model.covariates, "y": y}, prior=model.priors, backend="stanli", chains=1,
            iter_warmup=WARMUP, iter_sampling=DRAWS * THIN, seed=seed, adapt_delta=0.9, show_progress=False,
        )  # fmt: skip
    variables = fit.draws["posterior"].dataset.data_vars
    return {str(key): array.values[0, ::THIN] for key, array in variables.items()}


def _ranks(model: Model, truth: Values, draws: Values, data: Values, y: Any) -> list[int]:
    """Return how many draws lie below the truth, for every quantity."""
    below = [np.sum(draws[key] < truth[key]) for key in model.scalars]
    likelihoods = (_log_likelihood(model, values, data, y) for values in (draws, truth))
    return [*map(int, below), int(np.sum(np.less(*likelihoods)))]


@cache
def _simulated_ranks(name: str, replications: int, inflation: float) -> np.ndarray:
    """Return ranks, (replications, quantities)."""
    model, data = MODELS[name], _data(name)
    rng = np.random.default_rng([*name.encode(), 20240612])
    ranks = []
    for seed in range(1, replications + 1):
        truth = model.draw(rng, data)
        y = rng.normal(model.mean(truth, data, inflation), truth["sigma"])
        ranks.append(_ranks(model, truth, _posterior(model, y, seed), data, y))
    return np.asarray(ranks)


def _p_values(name: str, ranks: np.ndarray) -> dict[str, float]:
    p = [uniformity(quantity, DRAWS) for quantity in ranks.T]
    return dict(zip(MODELS[name].quantities, p, strict=True))


@every_model
def test_ranks_are_uniform(name: str) -> None:
    p = _p_values(name, _simulated_ranks(name, REPLICATIONS, inflation=1.0))
    assert min(p.values()) > FALSE_ALARM / len(p), p


@every_model
def test_detects_inflated_effects(name: str) -> None:
    """Effects twice as large as the parameters say are found out, with far fewer replications."""
    p = _p_values(name, _simulated_ranks(name, CONTROLS, inflation=2.0))
    for deviation in MODELS[name].deviations:
        assert p[deviation] < FALSE_ALARM / len(p), p


@every_model
def test_log_likelihood_detects_ignored_data(name: str) -> None:
    """A sampler that returns its prior passes for every parameter, but not for the log likelihood."""
    model, data = MODELS[name], _data(name)
    rng = np.random.default_rng(5)
    ranks = []
    for _ in range(REPLICATIONS):
        truth = model.draw(rng, data)
        y = rng.normal(model.mean(truth, data, 1.0), truth["sigma"])
        prior = [model.draw(rng, data) for _ in range(DRAWS)]
        draws = {key: np.asarray([values[key] for values in prior]) for key in truth}
        ranks.append(_ranks(model, truth, draws, data, y))
    p = _p_values(name, np.asarray(ranks))
    assert p.pop("log_lik") < FALSE_ALARM
    assert min(p.values()) > FALSE_ALARM / len(p), p
