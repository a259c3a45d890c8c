"""How long a penalised fit takes, everything included, beside R's gam and bam and other Python packages."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import smoothstan as ss
from benchmarks.answering_process import AnsweringProcess, CannotRun, r_version
from benchmarks.markdown import markdown_table
from benchmarks.timing import elapsed

_SEED = 20240302
_SIZES = (10_000, 100_000, 1_000_000)
_LIMIT = 60.0
_MOST_REPEATS = 25
_ENOUGH_SECONDS = 5.0
_PYTHON = "BENCHMARK_PYTHON"
_R_FITS = {"gam": "gam", "bam": "bam, discrete"}
_TEXT = (
    f"Processor seconds from a data frame to a fit, best of up to {_MOST_REPEATS}, in turn, stopped after "
    f"{_LIMIT:.0f} s; in brackets how many times as long as smoothstan. Smoothing parameters: smoothstan, gam, mssm "
    "by REML, bam by fast REML, pygam one for all terms from its grid of 11; statsmodels does not choose any. "
    "`cubic`: four terms "
    '`s(x, bs="cr")`. '
)


class Model(NamedTuple):
    """A model of the benchmark: how R's script calls it, its formula, and its data."""

    key: str
    formula: str
    data: pd.DataFrame

    @property
    def label(self) -> str:
        """What the table calls it."""
        return f"{self.key}, {len(self.data):,} rows"

    def fit(self) -> object:
        """Fit it with smoothstan."""
        return ss.gam(self.formula, self.data)

    def write(self, folder: str) -> None:
        """Leave its columns in a folder as floats, levels as their numbers."""
        for name, column in self.data.items():
            numbers = column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column
            numbers.to_numpy(dtype=float).tofile(Path(folder) / str(name))


class Rival(NamedTuple):
    """Another program: its column, the process that runs it, and what that calls it."""

    column: str
    process: AnsweringProcess
    name: str


def run() -> str:
    """Measure all models with everything that can run."""
    with ExitStack() as stack:
        rivals, note = _rivals(stack)
        rows = [_row(model, rivals) for model in _models()]
    header = ("model", "smoothstan", *(rival.column for rival in rivals))
    return f"{_TEXT}{note}\n\n{markdown_table(header, rows)}"


def _models() -> Iterator[Model]:
    mcycle, radon = (ss.load_dataset(name) for name in ("mcycle", "radon"))
    yield Model("mcycle", "accel ~ s(times, bs='cr', k=20)", mcycle[["times", "accel"]])
    county = radon[["county", "log_radon"]].astype({"county": "category"})
    yield Model("radon", "log_radon ~ s(county, bs='re')", county)
    formula = "y ~ " + " + ".join(f"s(x{i}, bs='cr')" for i in range(4))
    for n in _SIZES:
        yield Model("cubic", formula, _four_covariates(n))


def _four_covariates(n: int) -> pd.DataFrame:
    """Return the example of Gu & Wahba (1991), SIAM J. Sci. Stat. Comput. 12, 383-398, which has four covariates."""
    rng = np.random.default_rng(_SEED)
    x = rng.uniform(size=(n, 4))
    bumps = 0.2 * x[:, 2] ** 11 * (10 * (1 - x[:, 2])) ** 6 + 10 * (10 * x[:, 2]) ** 3 * (1 - x[:, 2]) ** 10
    mean = 2 * np.sin(np.pi * x[:, 0]) + np.exp(2 * x[:, 1]) + bumps
    return pd.DataFrame({"y": rng.normal(mean, 2.0), **{f"x{i}": x[:, i] for i in range(4)}})


def _rivals(stack: ExitStack) -> tuple[list[Rival], str]:
    """Return what there is to compare with, and a note on versions and on what is missing."""
    rivals: list[Rival] = []
    r = r_version("mgcv")
    if r:
        process = stack.enter_context(AnsweringProcess(("Rscript", "--vanilla"), "gam_time.R"))
        rivals += [Rival(column, process, name) for name, column in _R_FITS.items()]
    python = os.environ.get(_PYTHON, sys.executable)
    script = Path(__file__).with_name("gam_packages.py")
    done = subprocess.run([python, str(script), "versions"], capture_output=True, text=True, check=True)
    packages = done.stdout.splitlines()
    if packages:
        process = stack.enter_context(AnsweringProcess((python,), script.name))
        rivals += [Rival(line.partition(" ")[0], process, line.partition(" ")[0]) for line in packages]
    missing = "" if packages else f" Set {_PYTHON} to a Python with pygam, statsmodels and mssm for their columns."
    return rivals, f"{', '.join([r or 'no R with mgcv', *packages])}.{missing}"


def _row(model: Model, rivals: list[Rival]) -> tuple[str, ...]:
    model.fit()
    with tempfile.TemporaryDirectory() as folder:
        model.write(folder)
        times = _in_turn(model, folder, rivals)
    ours = min(times[0])
    return (f"{model.label}", _seconds(ours), *(_cell(found, ours) for found in times[1:]))


def _in_turn(model: Model, folder: str, rivals: list[Rival]) -> list[list[float]]:
    """Return the times of ours and of every rival; infinity where it was stopped, nothing where it cannot."""
    attempts: list[Callable[[], float | None]] = [lambda: elapsed(model.fit).processor]
    words = (model.key, folder, str(len(model.data)))
    attempts += [lambda one=one: one.process.seconds(one.name, *words, limit=_LIMIT) for one in rivals]  # type: ignore[misc]
    times: list[list[float]] = [[] for _ in attempts]
    active = list(range(len(attempts)))
    for _ in range(_MOST_REPEATS):
        for i in list(active):
            try:
                seconds = attempts[i]()
            except CannotRun:
                active.remove(i)
                continue
            times[i].append(np.inf if seconds is None else seconds)
            if sum(times[i]) > _ENOUGH_SECONDS:
                active.remove(i)
    return times


def _cell(times: list[float], ours: float) -> str:
    if not times:
        return ""
    best = min(times)
    return f"> {_LIMIT:.0f}" if np.isinf(best) else f"{_seconds(best)} ({best / ours:.2g})"


def _seconds(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"
