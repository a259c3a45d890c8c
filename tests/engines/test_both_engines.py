"""Every golden program on both engines: it compiles, and density, gradient and posterior agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from arviz_stats.base import array_stats
from golden_models import MODELS, program_of

from smoothstan.codegen import StanProgram
from smoothstan.engines import CmdStanEngine, RawDraws, SamplingOptions, StanliEngine
from smoothstan.engines.stanli import _model

pytestmark = pytest.mark.cmdstan
SAMPLED = ("smooth", "correlated_slopes", "distributional", "binomial", "poisson_glm")


def points(program: StanProgram) -> list[np.ndarray]:
    size = _model(program).n_unconstrained
    return [np.random.default_rng(seed).normal(size=size) * 0.3 for seed in range(3)]


@pytest.mark.parametrize("name", MODELS)
def test_density_and_gradient_agree(name: str, frame: pd.DataFrame) -> None:
    program = program_of(frame, MODELS[name])
    for q in points(program):
        value, gradient = CmdStanEngine().log_density(program, q)
        expected, expected_gradient = StanliEngine().log_density(program, q)
        assert value == pytest.approx(expected, rel=1e-9)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-9, atol=1e-9 * np.abs(gradient).max())


@pytest.mark.parametrize("name", SAMPLED)
def test_posteriors_agree(name: str, frame: pd.DataFrame) -> None:
    """Means differ by less than 4.5 Monte Carlo errors: about 1 in 100,000 per quantity."""
    program = program_of(frame, MODELS[name])
    options = SamplingOptions(seed=8, adapt_delta=0.95, show_progress=False)
    ours, theirs = (engine.sample(program, options) for engine in (CmdStanEngine(), StanliEngine()))
    shared = [column for column in ours.columns if column in theirs.columns]
    first, second = (values_of(raw, shared) for raw in (ours, theirs))
    moving = np.ptp(first, axis=(1, 2)) > 0
    errors = [array_stats.mcse(v[moving], chain_axis=1, draw_axis=2, method="mean") for v in (first, second)]
    difference = first[moving].mean(axis=(1, 2)) - second[moving].mean(axis=(1, 2))
    assert np.max(np.abs(difference) / np.hypot(*errors)) < 4.5


def values_of(raw: RawDraws, columns: list[str]) -> np.ndarray:
    """Return (columns, chains, draws)."""
    position = {name: i for i, name in enumerate(raw.columns)}
    return np.moveaxis(raw.values[:, :, [position[name] for name in columns]], 2, 0)
