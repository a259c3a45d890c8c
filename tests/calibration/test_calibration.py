"""Simulation-based calibration of whole models: priors, draws of responses, and posteriors belong together.

Parameters are draws of the program without its likelihood, responses are ``posterior_predict`` of each such
draw, and the draws of each posterior rank the parameters that made its data.

Source: Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv:1804.06788, algorithm 2; Modrák, Moon, Kim,
Bürkner, Huurre, Faltejsková, Gelman & Vehtari (2023), Bayesian Analysis, for the log likelihood as a quantity
that depends on the data.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from calibration_cases import CASES, Case, covariates
from ranks import FALSE_ALARM, uniformity
from scipy import stats

import smoothstan as ss
from smoothstan.errors import SamplingWarning

pytestmark = pytest.mark.calibration

SIMULATIONS = 120
CHAINS = 2
WARMUP = 300
# Far enough apart to be nearly independent; one of the draws is dropped, so that there are 200 ranks.
THIN = 8
DRAWS = 199
# A prior is drawn from once for all simulations, which must be independent of each other.
PRIOR_THIN = 20

every_case = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in CASES]
)


def _fit(case: Case, y: Any, iterations: int, seed: int, sample_prior: str = "no") -> ss.Posterior:
    with warnings.catch_warnings():
        # Among hundreds of short fits of 40 rows a few have divergences or a low effective size;
        # whether that harms the draws is what the ranks tell.
        warnings.simplefilter("ignore", SamplingWarning)
        return ss.brm(
            case.formula, covariates() | {"y": y}, family=case.family, prior=case.priors, backend="stanli",
            chains=CHAINS, iter_warmup=WARMUP, iter_sampling=iterations, seed=seed, adapt_delta=0.9,
            sample_prior=sample_prior, show_progress=False,
        )  # fmt: skip


@cache
def _prior(name: str) -> ss.Posterior:
    return _fit(CASES[name], covariates()["y"], SIMULATIONS * PRIOR_THIN // CHAINS, 1, "only")


def _parameters(name: str, fit: ss.Posterior) -> np.ndarray:
    """Return the ranked parameters, (draws, quantities)."""
    variables = list(CASES[name].marginals)
    return fit.as_pandas(variables)[variables].to_numpy()


def _log_likelihood(fit: ss.Posterior, data: Any = None, draws: list[int] | None = None) -> Any:
    values = fit.log_lik(data, draw_ids=draws).values
    return values.reshape(-1, values.shape[-1]).sum(axis=1)


@cache
def _simulated(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return true values, (simulations, quantities), and draws, (simulations, DRAWS, quantities)."""
    prior = _prior(name)
    chosen = range(0, SIMULATIONS * PRIOR_THIN, PRIOR_THIN)
    responses = prior.posterior_predict(seed=2).values.reshape(prior.ndraws, -1)
    truths, draws = [], []
    for seed, draw in enumerate(chosen, start=3):
        fit = _fit(CASES[name], y := responses[draw], (DRAWS + 1) * THIN // CHAINS, seed)
        likelihood = _log_likelihood(prior, covariates() | {"y": y}, [draw])
        truths.append([*_parameters(name, prior)[draw], *likelihood])
        draws.append(np.column_stack([_parameters(name, fit), _log_likelihood(fit)])[::THIN][:DRAWS])
    return np.asarray(truths), np.asarray(draws)


def _p_values(name: str, truths: np.ndarray, draws: np.ndarray) -> dict[str, float]:
    ranks = np.sum(draws < truths[:, None], axis=1)
    quantities = (*CASES[name].marginals, "log_lik")
    return {quantity: uniformity(ranks[:, i], DRAWS) for i, quantity in enumerate(quantities)}


@every_case
def test_draws_of_the_prior_have_its_distribution(name: str) -> None:
    """Parameters and posterior could share a wrong prior, which ranks cannot see."""
    values = _parameters(name, _prior(name))[::PRIOR_THIN]
    marginals = CASES[name].marginals
    p = {key: stats.kstest(values[:, i], cdf).pvalue for i, (key, cdf) in enumerate(marginals.items())}
    assert min(p.values()) > FALSE_ALARM / len(p), p


@every_case
def test_ranks_are_uniform(name: str) -> None:
    p = _p_values(name, *_simulated(name))
    print(name, {key: round(value, 4) for key, value in p.items()})
    assert min(p.values()) > FALSE_ALARM / len(p), p


@every_case
def test_ranks_among_draws_of_other_data_are_not(name: str) -> None:
    """Posteriors that belong to other parameters than those they rank are found out."""
    truths, draws = _simulated(name)
    p = _p_values(name, np.roll(truths, 1, axis=0), draws)
    assert min(p.values()) < FALSE_ALARM / len(p), p
