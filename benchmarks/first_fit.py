"""How long it takes from a formula to a printed summary."""

from __future__ import annotations

import json
import tempfile
import time
from statistics import median

from benchmarks.fresh_process import run_python
from benchmarks.machine import engine_version, runnable_engines
from benchmarks.markdown import markdown_table
from benchmarks.seed_models import SEED_MODELS

_REPEATS = 3
_SLOW = 15.0
_MEASURED = ("cold", "warm", "warm, processor", "translating", "sampling")
_HEADER = ("model", "engine", *_MEASURED, "runs")
_TEXT = (
    "Wall seconds from formula to printed summary, 4 chains of 1000 + 1000 iterations, medians over runs. "
    "Cold: a fresh process, imports included, no compiled program in the cache; warm: the second fit of the same "
    "process, with its processor time and, of its wall time, what the engine takes before and while sampling."
)


def run() -> str:
    """Fit both seed models with every engine that can run."""
    rows = [_row(name, engine) for name in SEED_MODELS for engine in runnable_engines()]
    return f"{_TEXT}\n\n{markdown_table(_HEADER, rows)}"


def _row(name: str, engine: str) -> tuple[str, ...]:
    runs = [_fresh_fit(name, engine)]
    if runs[0]["cold"] < _SLOW:
        runs += [_fresh_fit(name, engine) for _ in range(_REPEATS - 1)]
    cells = (f"{median(run[key] for run in runs):.2f}" for key in _MEASURED)
    return (f"`{SEED_MODELS[name].formula}`", engine_version(engine), *cells, str(len(runs)))


def _fresh_fit(name: str, engine: str) -> dict[str, float]:
    """Return what a fresh process with an empty cache of compiled programs measured."""
    with tempfile.TemporaryDirectory() as cache:
        printed = run_python(
            "-m", "benchmarks.fresh_fit", name, engine, str(time.time()),
            variables={"SMOOTHSTAN_CACHE_DIR": cache},
        )  # fmt: skip
    measured: dict[str, float] = json.loads(printed.splitlines()[-1])
    return measured
