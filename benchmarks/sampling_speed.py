"""Effective draws per second of our programs, beside brms's form of the same models."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

import numpy as np

import smoothstan as ss
from benchmarks.markdown import markdown_table
from benchmarks.program_pair import ProgramPair, density_difference, program_pair, start_models
from benchmarks.simulated import simulated_rows
from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram
from smoothstan.engines import SAMPLER_STATISTICS, RawDraws, SamplingOptions, StanliEngine

_SUMMARISED = re.compile(r"(Intercept|b|bs|sds_\d+|sds_\d+_\d+|sd_\d+|sigma|zi)(\[\d+\])?")
_SMOOTH_AND_GROUP = "y ~ x + s(z, bs='cr', k=10) + (1 | g)"
_TRAJECTORIES = 3
_BATCHES = 7
_STEPS = list(SAMPLER_STATISTICS).index("n_leapfrog__")


@dataclass(frozen=True)
class Comparison:
    """A model to sample in both forms: ``pairs`` seeds, each with ``chains`` of ``iterations`` + ``iterations``."""

    name: str
    formula: str
    data: Callable[[], Any]
    brms_program: str
    family: str = "gaussian"
    pairs: int = 3
    chains: int = 4
    iterations: int = 500


COMPARISONS = (
    Comparison(
        "mcycle", "accel ~ s(times, bs='cr', k=20)", lambda: ss.load_dataset("mcycle"), "gaussian_smooth",
        pairs=7, iterations=1000,
    ),
    Comparison(
        "radon, intercepts", "log_radon ~ 1 + (1 | county)", lambda: ss.load_dataset("radon"),
        "gaussian_intercepts", pairs=7, iterations=1000,
    ),
    Comparison(
        "radon, slopes", "log_radon ~ floor + (1 + floor | county)", lambda: ss.load_dataset("radon"),
        "gaussian_slopes", pairs=5,
    ),
    Comparison(
        "gaussian, n = 1,000", _SMOOTH_AND_GROUP, lambda: simulated_rows(1_000), "gaussian_smooth_intercepts",
        pairs=5,
    ),
    Comparison(
        "gaussian, n = 10,000", _SMOOTH_AND_GROUP, lambda: simulated_rows(10_000), "gaussian_smooth_intercepts",
        chains=2, iterations=400,
    ),
    Comparison(
        "bernoulli, n = 2,000", _SMOOTH_AND_GROUP, lambda: simulated_rows(2_000, "bernoulli"),
        "bernoulli_smooth_intercepts", "bernoulli",
    ),
    Comparison(
        "poisson, n = 2,000", _SMOOTH_AND_GROUP, lambda: simulated_rows(2_000, "poisson"),
        "poisson_smooth_intercepts", "poisson",
    ),
    Comparison(
        "bernoulli, n = 10,000", _SMOOTH_AND_GROUP, lambda: simulated_rows(10_000, "bernoulli"),
        "bernoulli_smooth_intercepts", "bernoulli", pairs=1, chains=2, iterations=200,
    ),
    Comparison(
        "poisson, n = 10,000", _SMOOTH_AND_GROUP, lambda: simulated_rows(10_000, "poisson"),
        "poisson_smooth_intercepts", "poisson", pairs=1, chains=2, iterations=200,
    ),
    Comparison(
        "gaussian with weights, n = 2,000", f"y | weights(w) {_SMOOTH_AND_GROUP[2:]}", lambda: simulated_rows(2_000),
        "gaussian_weights_smooth_intercepts", pairs=2, chains=2,
    ),
    Comparison(
        "zero-inflated poisson, n = 2,000", "y ~ x + (1 | g)", lambda: simulated_rows(2_000, "zero_inflated_poisson"),
        "zero_inflated_poisson_intercepts", "zero_inflated_poisson", pairs=2, chains=2,
    ),
)  # fmt: skip


class Sampled(NamedTuple):
    """Draws and the processor time that they took."""

    draws: RawDraws
    seconds: float


class Speed(NamedTuple):
    """Effective draws per second: of the slowest parameter and of the median one."""

    slowest: float
    median: float


class Row(NamedTuple):
    """What is measured of one model: cells of the table, and the difference of the log densities."""

    cells: tuple[str, ...]
    density_difference: float


_HEADER = (
    "model", "ours: min", "median", "brms form: min", "median", "ratio of min", "ratio of median",
    "ratios of median, by pair", "step, µs: ours", "brms form", "ratio of steps",
)  # fmt: skip
_TEXT = (
    "Effective draws per second of processor time, warm-up included (bulk ESS over intercept, coefficients and "
    "standard deviations: the slowest and the median parameter). Both forms run in stanli with the same data and "
    "seeds, in turn; medians over the pairs, ratios above 1: ours is faster. Step: processor time of one leapfrog "
    f"step from the same point, median of {_BATCHES} batches in turn; as both forms have the same posterior and the "
    "same parameters, this ratio is that of the effective draws without the luck of the chains. "
)


def run() -> str:
    """Sample every model in both forms, in turn; check that the posteriors are the same."""
    rows = [_row(comparison) for comparison in COMPARISONS]
    largest = max(abs(row.density_difference) for row in rows)
    checked = f"The log densities of the two forms, compared at draws of ours, differ by at most {largest:.0e}."
    return f"{_TEXT}{checked}\n\n{markdown_table(_HEADER, (row.cells for row in rows))}"


def _row(comparison: Comparison) -> Row:
    data = comparison.data()
    pair = program_pair(comparison.formula, data, comparison.family, comparison.brms_program)
    sampled = [_sample_both(pair, comparison, seed) for seed in range(1, comparison.pairs + 1)]
    speeds = [(_speed(ours), _speed(theirs)) for ours, theirs in sampled]
    ours, theirs = (Speed(*map(median, zip(*form, strict=True))) for form in zip(*speeds, strict=True))
    slowest = median(a.slowest / b.slowest for a, b in speeds)
    ratios = [a.median / b.median for a, b in speeds]
    first = sampled[0][0].draws
    our_step, brms_step = _step_microseconds(pair, first)
    cells = (
        comparison.name,
        *(f"{value:,.0f}" for value in (*ours, *theirs)),
        f"{slowest:.2f}",
        f"{median(ratios):.2f}",
        ", ".join(f"{ratio:.2f}" for ratio in ratios),
        *(f"{value:.1f}" for value in (our_step, brms_step)),
        f"**{brms_step / our_step:.2f}**",
    )
    return Row(cells, density_difference(pair, first))


def _sample_both(pair: ProgramPair, comparison: Comparison, seed: int) -> tuple[Sampled, Sampled]:
    """Sample both programs with one seed; which goes first alternates."""
    n = comparison.iterations
    options = SamplingOptions(comparison.chains, n, n, seed=seed, show_progress=False)
    if seed % 2:
        ours = _sample(pair.ours, options)
        return ours, _sample(pair.brms_form, options)
    theirs = _sample(pair.brms_form, options)
    return _sample(pair.ours, options), theirs


def _sample(program: StanProgram, options: SamplingOptions) -> Sampled:
    started = time.process_time()
    draws = StanliEngine().sample(program, options)
    return Sampled(draws, time.process_time() - started)


def _speed(sampled: Sampled) -> Speed:
    from arviz_stats.base import array_stats

    chosen = [i for i, name in enumerate(sampled.draws.columns) if _SUMMARISED.fullmatch(name)]
    values = sampled.draws.values[:, :, chosen]
    rates = np.asarray(array_stats.ess(values, chain_axis=0, draw_axis=1, method="bulk")) / sampled.seconds
    return Speed(float(rates.min()), float(np.median(rates)))


def _step_microseconds(pair: ProgramPair, draws: RawDraws) -> tuple[float, float]:
    """Return the time of one leapfrog step of ours and of brms's form, from the same point, in turn."""
    ours, theirs = start_models(pair, draws)
    times = [(_step_seconds(*ours), _step_seconds(*theirs)) for _ in range(_BATCHES)]
    return median(a for a, _ in times) * 1e6, median(b for _, b in times) * 1e6


def _step_seconds(model: Any, start: FloatArray) -> float:
    """Return the seconds per leapfrog step of trajectories that stay at one point: tiny steps, full depth."""
    options = {"warmup": 0, "adapt_engaged": False, "step_size": 1e-7, "refresh": 0}
    started = time.process_time()
    fit = model.sample(chains=1, samples=_TRAJECTORIES, inits=start, **options)
    elapsed = time.process_time() - started
    return elapsed / float(fit.sampler_stats[:, :, _STEPS].sum())
