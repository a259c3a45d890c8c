"""cmdstanpy's documented examples run against the installed CmdStan without a change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.cmdstan,
    # cmdstanpy 1.3 leaves files open and passes an argument that pandas 3 deprecates.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:The 'float_precision' argument"),
]
DATA = {"N": 10, "y": [0, 1, 0, 0, 0, 0, 0, 0, 0, 1]}
# theta ~ Beta(1, 1) and 2 of 10: the posterior is Beta(3, 9).
MEAN, SD, MODE = 0.25, np.sqrt(0.25 * 0.75 / 13), 0.2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from cmdstanpy import CmdStanModel, cmdstan_path

    source = Path(cmdstan_path()) / "examples" / "bernoulli" / "bernoulli.stan"
    copy = tmp_path_factory.mktemp("bernoulli") / "bernoulli.stan"
    copy.write_text(source.read_text())
    return CmdStanModel(stan_file=os.fspath(copy))


@pytest.fixture(scope="module")
def sampled(model: Any) -> Any:
    return model.sample(data=DATA, seed=1, show_progress=False)


def test_sample(sampled: Any) -> None:
    theta = sampled.stan_variable("theta")
    assert theta.shape == (4000,)
    assert theta.mean() == pytest.approx(MEAN, abs=0.02)
    assert theta.std() == pytest.approx(SD, abs=0.02)
    assert sampled.divergences.sum() == 0
    assert sampled.inv_metric.shape == (4, 1)


def test_summary_and_diagnose(sampled: Any) -> None:
    table = sampled.summary()
    assert table.loc["theta", "Mean"] == pytest.approx(MEAN, abs=0.02)
    assert table.loc["theta", "R_hat"] < 1.02
    assert "no problems detected" in sampled.diagnose()


def test_optimize(model: Any) -> None:
    assert model.optimize(data=DATA, seed=1).stan_variable("theta") == pytest.approx(MODE, abs=1e-3)
    # With the Jacobian the mode on the logit scale is the mean of Beta(3, 9).
    assert model.optimize(data=DATA, seed=1, jacobian=True).stan_variable("theta") == pytest.approx(MEAN, abs=1e-3)


def test_variational(model: Any) -> None:
    fit = model.variational(data=DATA, seed=2, require_converged=False, show_console=False)
    assert fit.stan_variable("theta", mean=False).mean() == pytest.approx(MEAN, abs=0.08)


def test_pathfinder(model: Any) -> None:
    fit = model.pathfinder(data=DATA, seed=1)
    assert fit.stan_variable("theta").mean() == pytest.approx(MEAN, abs=0.04)
    assert len(fit.create_inits(chains=4)) == 4


def test_laplace(model: Any) -> None:
    fit = model.laplace_sample(data=DATA, seed=1, draws=2000)
    assert fit.stan_variable("theta").mean() == pytest.approx(MEAN, abs=0.04)


def test_log_prob(model: Any) -> None:
    found = model.log_prob({"theta": 0.3}, data=DATA)
    # 2 log(theta) + 8 log(1 - theta), and the Jacobian log(theta (1 - theta)).
    expected = 3 * np.log(0.3) + 9 * np.log(0.7)
    assert found.iloc[0, 0] == pytest.approx(expected, rel=1e-6)


def test_generate_quantities(model: Any, sampled: Any, tmp_path: Path) -> None:
    from cmdstanpy import CmdStanModel

    source = tmp_path / "predict.stan"
    source.write_text(
        "data { int<lower=0> N; array[N] int<lower=0, upper=1> y; }\n"
        "parameters { real<lower=0, upper=1> theta; }\n"
        "model { theta ~ beta(1, 1); y ~ bernoulli(theta); }\n"
        "generated quantities { array[N] int y_rep = bernoulli_rng(rep_vector(theta, N)); }\n"
    )
    drawn = CmdStanModel(stan_file=os.fspath(source)).generate_quantities(data=DATA, previous_fit=sampled, seed=1)
    assert drawn.stan_variable("y_rep").shape == (4000, 10)
    assert drawn.stan_variable("y_rep").mean() == pytest.approx(MEAN, abs=0.03)
