"""Shared fixtures: the reference data and small data sets."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.engines import CmdStanEngine

# For the workers of xdist and all that tests start: threads of BLAS that wait for each other on the small matrices of
# the tests take several times the processor time of one, the more the busier the machine is.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REFERENCE = Path(__file__).parent / "reference"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="rewrite the expected outputs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs CmdStan is slow, and left out where it is missing; what is slow comes first."""
    fault = CmdStanEngine.missing()
    for item in items:
        if item.get_closest_marker("cmdstan"):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.skipif(bool(fault), reason=f"left out: {fault}"))
    # With workers that take tests from each other the many short ones at the end keep all of them busy.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def read_reference(name: str) -> Any:
    """Read a JSON file of recorded numbers."""
    return json.loads((REFERENCE / name).read_text())


def reference_frame(name: str = "data") -> pd.DataFrame:
    """A data set on which brms's answers were recorded, with the kinds of its columns."""
    columns = {}
    for column_name, column in read_reference(f"brms/{name}.json").items():
        values = column["values"]
        if "levels" in column:
            values = pd.Categorical(values, categories=column["levels"], ordered=column["kind"] == "ordered")
        elif column["kind"] == "logical":
            values = pd.array(values, dtype="boolean")
        elif column["kind"] == "integer":
            values = pd.array(values, dtype="Int64")
        columns[column_name] = values
    return pd.DataFrame(columns)


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    return reference_frame()


@pytest.fixture(scope="session")
def mcycle() -> pd.DataFrame:
    return ss.load_dataset("mcycle")


@pytest.fixture(scope="session")
def radon() -> pd.DataFrame:
    return ss.load_dataset("radon")


@pytest.fixture(scope="session")
def mcycle_fit(mcycle: pd.DataFrame) -> ss.Posterior:
    return ss.brm("accel ~ s(times, bs='cr', k=20)", mcycle, seed=1, backend="stanli", show_progress=False)


@pytest.fixture(scope="session")
def radon_fit(radon: pd.DataFrame) -> ss.Posterior:
    return ss.brm("log_radon ~ 1 + (1 | county)", radon, seed=1, backend="stanli", show_progress=False)


@pytest.fixture(scope="session")
def slopes_fit(frame: pd.DataFrame) -> ss.Posterior:
    """A fit with most kinds of term: smooth, correlated slopes, a second group, a predicted sigma."""
    formula = ss.bf("y ~ x + f + s(z, bs='cr', k=5) + (1 + x | g) + (1 | site)", "sigma ~ h")
    priors = [ss.prior("normal(0, 1)", "sd"), ss.prior("normal(0, 2)", "sds")]
    return ss.brm(
        formula, frame, prior=priors, seed=4, chains=2, iter_warmup=500, iter_sampling=500,
        adapt_delta=0.99, backend="stanli", show_progress=False,
    )  # fmt: skip


CHECKED_MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "gaussian": ("y ~ x + g", {}),
    "student": ("y ~ x + g", {"family": "student"}),
    "poisson": ("count ~ x + g", {"family": "poisson"}),
    "binomial": ("wins | trials(games) ~ x + g", {"family": "binomial"}),
    "bernoulli": ("won ~ x + g", {"family": "bernoulli"}),
    "weighted": ("y | weights(w) ~ x + g", {}),
    "prior": (
        "count ~ x + g",
        {"family": "poisson", "sample_prior": "only", "prior": ss.prior("normal(0, 20)", "b")},
    ),
    "prior_gaussian": ("y ~ x + g", {"sample_prior": "only", "prior": ss.prior("normal(0, 1)", "b")}),
}


@pytest.fixture(scope="session")
def checked_rows() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 60
    x = rng.normal(size=n)
    games = rng.integers(1, 9, n)
    return pd.DataFrame(
        {
            "x": x, "g": rng.choice(["a", "b", "c"], n), "y": 1 + x + rng.normal(size=n), "w": rng.uniform(0.5, 2, n),
            "count": rng.poisson(np.exp(0.5 + 0.4 * x)), "games": games, "won": (rng.random(n) < 0.4).astype(int),
            "wins": rng.binomial(games, 1 / (1 + np.exp(-x))),
        }
    )  # fmt: skip


@pytest.fixture(scope="session")
def checked_fits(checked_rows: pd.DataFrame) -> dict[str, ss.Posterior]:
    """A fit of every family, 600 draws each; of two the draws are from the prior, once a very wide one."""
    options: dict[str, Any] = {
        "seed": 1, "chains": 2, "iter_warmup": 300, "iter_sampling": 300, "backend": "stanli", "show_progress": False,
    }  # fmt: skip
    return {name: ss.brm(formula, checked_rows, **own, **options) for name, (formula, own) in CHECKED_MODELS.items()}


@pytest.fixture
def figures() -> Iterator[None]:
    """Figures that need no screen, closed afterwards."""
    import matplotlib
    import matplotlib.pyplot as plt

    matplotlib.use("Agg")
    yield
    plt.close("all")
