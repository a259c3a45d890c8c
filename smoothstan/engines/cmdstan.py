"""The reference engine: CmdStan, by way of cmdstanpy."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar, final

import numpy as np

from smoothstan.arrays import FloatArray
from smoothstan.codegen import StanProgram
from smoothstan.engines.cache import executable
from smoothstan.engines.cmdstan_folder import cmdstan_path, cmdstan_version, fault
from smoothstan.engines.compiler import description, portable_library
from smoothstan.engines.data import to_json
from smoothstan.engines.draws import SAMPLER_STATISTICS, RawDraws
from smoothstan.engines.failure import explanation, useful_lines
from smoothstan.engines.interrupt import run_interruptibly
from smoothstan.engines.options import Inits, SamplingOptions
from smoothstan.engines.progress import chain_bars
from smoothstan.engines.seed import seed_or_random
from smoothstan.errors import CompilationError, SamplingError

_SIGNIFICANT_DIGITS = 12
_UPDATES = 50


@final
class CmdStanEngine:
    """Compiles a program once, keeps the executable, and runs one process per chain."""

    name: ClassVar[str] = "cmdstan"

    @classmethod
    def missing(cls) -> str:
        """Return what is missing, CmdStan itself or the tools to compile with, and how to mend it."""
        return fault()

    def sample(self, program: StanProgram, options: SamplingOptions) -> RawDraws:
        """Sample with one process per chain; Ctrl-C ends the processes and removes their files."""
        started = time.perf_counter()
        exe = compile_program(program.code)
        compiled = time.perf_counter()
        seed = seed_or_random(options.seed)
        with tempfile.TemporaryDirectory(prefix="smoothstan-") as folder:
            data = Path(folder) / "data.json"
            data.write_bytes(to_json(program.data))
            fit = run_interruptibly(lambda: _run(exe, data, Path(folder), seed, options), exe)
            columns, values, statistics = _read(fit)
        sampled = time.perf_counter()
        return RawDraws(
            columns=columns,
            values=values,
            statistics=statistics,
            engine=f"CmdStan {cmdstan_version()}",
            seed=seed,
            seconds={"compile": compiled - started, "sample": sampled - compiled},
        )

    def log_density(self, program: StanProgram, unconstrained: FloatArray) -> tuple[float, FloatArray]:
        """Return the log density with the Jacobian, and its gradient, by CmdStan's log_prob method."""
        exe = compile_program(program.code)
        with tempfile.TemporaryDirectory(prefix="smoothstan-") as name:
            folder = Path(name)
            (folder / "data.json").write_bytes(to_json(program.data))
            (folder / "point.json").write_bytes(to_json({"params_r": np.asarray(unconstrained, dtype=float)}))
            command = [
                str(exe), "method=log_prob", f"unconstrained_params={folder / 'point.json'}", "jacobian=1",
                "data", f"file={folder / 'data.json'}",
                "output", f"file={folder / 'output.csv'}", "sig_figs=18",
            ]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SamplingError(f"CmdStan could not evaluate the log density:\n{done.stderr or done.stdout}")
            lines = [line for line in (folder / "output.csv").read_text().splitlines() if not line.startswith("#")]
        row = np.array([float(cell) for cell in lines[1].split(",")])
        return float(row[0]), row[1:]


def compile_program(code: str) -> Path:
    """Return the executable of a Stan program, compiled now or taken from the cache."""
    missing, cmdstan = fault(), cmdstan_path()
    if missing or cmdstan is None:
        raise CompilationError(f"{missing}; or use backend='stanli', which needs no compiler")
    return executable(code, (*description(cmdstan), cmdstan_version()), lambda source: _compile(source, cmdstan))


def _compile(source: Path, cmdstan: Path) -> Path:
    from cmdstanpy import compile_stan_file, disable_logging

    try:
        with disable_logging():
            built = Path(run_interruptibly(lambda: compile_stan_file(source), source.parent))
        _place_library(portable_library(cmdstan), built.parent)
        return built
    except ValueError as error:
        raise CompilationError(f"CmdStan could not compile the program:\n{useful_lines(str(error))}") from None


def _place_library(library: Path | None, folder: Path) -> None:
    """Put the library beside an executable that looks for it there, so that the CmdStan folder may be moved."""
    if library is None:
        return
    try:
        os.link(library, folder / library.name)
    except OSError:  # another file system, or one without links
        shutil.copy2(library, folder / library.name)


def _run(exe: Path, data: Path, folder: Path, seed: int, options: SamplingOptions) -> Any:
    from cmdstanpy import CmdStanModel, disable_logging

    iterations = options.iter_warmup + options.iter_sampling
    bars = chain_bars(options.chains, iterations) if options.show_progress else nullcontext()
    try:
        with disable_logging(), bars:
            return CmdStanModel(exe_file=exe).sample(
                data=data, chains=options.chains, parallel_chains=options.parallel, seed=seed,
                iter_warmup=options.iter_warmup, iter_sampling=options.iter_sampling,
                adapt_delta=options.adapt_delta, max_treedepth=options.max_treedepth,
                inits=_inits(options.inits), output_dir=folder, sig_figs=_SIGNIFICANT_DIGITS,
                show_progress=False, show_console=options.show_progress,
                refresh=max(1, iterations // _UPDATES), time_fmt="%Y%m%d%H%M%S%f",
            )  # fmt: skip
    except RuntimeError as error:
        raise SamplingError(f"sampling failed:\n{explanation(str(error), folder)}") from None


def _inits(inits: Inits) -> Any:
    if inits is None or isinstance(inits, (int, float)):
        return inits
    if isinstance(inits, Mapping):
        return dict(inits)
    return [dict(values) for values in inits]


def _read(fit: Any) -> tuple[tuple[str, ...], FloatArray, dict[str, FloatArray]]:
    """Return columns, (chains, draws, columns) values and sampler statistics of a CmdStanMCMC."""
    values = np.swapaxes(np.asarray(fit.draws(concat_chains=False)), 0, 1)
    names = tuple(fit.column_names)
    statistics = {name: values[:, :, names.index(name)] for name in SAMPLER_STATISTICS if name in names}
    kept = [i for i, name in enumerate(names) if name not in SAMPLER_STATISTICS]
    return tuple(names[i] for i in kept), values[:, :, kept], statistics
