"""The reference engine, where CmdStan is installed."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.engines import CmdStanEngine, SamplingOptions, StanliEngine
from smoothstan.engines.cmdstan import compile_program
from smoothstan.errors import CompilationError, SamplingError, SamplingWarning
from smoothstan.posterior import FitRequest

pytestmark = pytest.mark.cmdstan
QUICK = {"chains": 2, "iter_warmup": 200, "iter_sampling": 200, "show_progress": False}


def program_of(formula: str, data: pd.DataFrame) -> StanProgram:
    return write_program(*FitRequest.of(formula).bind(data), version="test")


@pytest.mark.parametrize("formula", ["accel ~ s(times, bs='cr', k=20)", "accel ~ s(times, bs='cr', k=6) + times"])
def test_both_engines_evaluate_the_same_density(formula: str, mcycle: pd.DataFrame) -> None:
    program = program_of(formula, mcycle)
    size = len(StanliEngine().log_density(program, _zeros(program))[1])
    for seed in range(3):
        q = np.random.default_rng(seed).normal(size=size) * 0.5
        value, gradient = CmdStanEngine().log_density(program, q)
        expected, expected_gradient = StanliEngine().log_density(program, q)
        assert value == pytest.approx(expected, rel=1e-9)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-9, atol=1e-9 * np.abs(gradient).max())


def _zeros(program: StanProgram) -> np.ndarray:
    from smoothstan.engines.stanli import _model

    return np.zeros(_model(program).n_unconstrained)


@pytest.mark.parametrize(
    ("formula", "data", "other"),
    [
        ("accel ~ s(times, bs='cr', k=20)", "mcycle", "mcycle_fit"),
        ("log_radon ~ 1 + (1 | county)", "radon", "radon_fit"),
    ],
)
def test_both_engines_sample_the_same_posterior(
    formula: str, data: str, other: str, request: pytest.FixtureRequest
) -> None:
    fit = ss.brm(formula, request.getfixturevalue(data), seed=2, backend="cmdstan", show_progress=False)
    embedded = request.getfixturevalue(other)
    ours, theirs = fit.summary().to_frame(), embedded.summary().to_frame()
    for row in ours.index:
        error = np.hypot(*(t.loc[row, "Est.Error"] / np.sqrt(t.loc[row, "Bulk_ESS"]) for t in (ours, theirs)))
        assert abs(ours.loc[row, "Estimate"] - theirs.loc[row, "Estimate"]) < 4 * error, row
    assert fit.model.engine.startswith("CmdStan ")
    assert set(fit.draws["posterior"].data_vars) == set(embedded.draws["posterior"].data_vars)
    assert set(fit.draws["sample_stats"].data_vars) == set(embedded.draws["sample_stats"].data_vars)
    # Both estimate one number; the Monte Carlo error of p_loo is a few tenths. Whether a Pareto k comes out
    # just above 0.7, and warns, is left to the draws.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplingWarning)
        assert fit.loo().p_loo == pytest.approx(embedded.loo().p_loo, abs=1.5)


def test_a_program_that_does_not_compile() -> None:
    with pytest.raises(CompilationError, match="nonsense"):
        CmdStanEngine().sample(StanProgram("model { nonsense(); }", {}, ()), SamplingOptions(**QUICK))


def test_a_chain_that_cannot_start() -> None:
    program = StanProgram('parameters { real x; } model { reject("never"); }', {}, ())
    with pytest.raises(SamplingError, match="Common causes"):
        CmdStanEngine().sample(program, SamplingOptions(**QUICK))


def test_a_chain_that_is_killed(mcycle: pd.DataFrame) -> None:
    program = program_of("accel ~ s(times, bs='cr', k=20)", mcycle)
    options = SamplingOptions(chains=2, iter_warmup=100_000, seed=1, show_progress=False)
    compile_program(program.code)

    def kill_one() -> None:
        while not (children := psutil.Process().children()):
            time.sleep(0.1)
        time.sleep(1)
        for child in children:
            child.kill()

    thread = threading.Thread(target=kill_one)
    thread.start()
    with pytest.raises(SamplingError, match="ended from outside or crashed: chain 1 by SIGKILL"):
        CmdStanEngine().sample(program, options)
    thread.join()


INTERRUPTED = """
    import smoothstan as ss
    from smoothstan.codegen import write_program
    from smoothstan.engines.cmdstan import compile_program
    from smoothstan.posterior import FitRequest
    data = ss.load_dataset("mcycle")
    model = FitRequest.of("accel ~ s(times, bs='cr', k=20)").bind(data)
    compile_program(write_program(*model, version="t").code)
    print("ready", flush=True)
    try:
        ss.brm("accel ~ s(times, bs='cr', k=20)", data, iter_warmup=400_000, seed=1, backend="cmdstan",
               show_progress=False)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


COMPILING = """
    import smoothstan as ss
    print("ready", flush=True)
    try:
        ss.brm("accel ~ times", ss.load_dataset("mcycle"), backend="cmdstan", show_progress=False)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_ctrl_c_while_compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHSTAN_CACHE_DIR", str(tmp_path))
    interrupt_after(2, COMPILING)
    assert [path for path in tmp_path.iterdir() if path.suffix != ".lock"] == []


def test_ctrl_c_while_sampling_removes_the_files() -> None:
    before = set(Path(tempfile.gettempdir()).glob("smoothstan-*"))
    interrupt_after(4, INTERRUPTED)
    assert set(Path(tempfile.gettempdir()).glob("smoothstan-*")) <= before


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait until a process has started others, and return them."""
    for _ in range(600):
        if children := psutil.Process(process.pid).children(recursive=True):
            return children
        time.sleep(0.1)
    raise AssertionError("no process was started")


def interrupt_after(seconds: float, script: str) -> None:
    """Run a script, interrupt Python alone once its processes have run for a while, and check that none is left."""
    # What is started in the background ignores the signal, and so would all that it starts.
    heeding = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", heeding + textwrap.dedent(script)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        children = children_of(process)
        time.sleep(seconds)
        children = psutil.Process(process.pid).children(recursive=True) or children
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[0].strip() == "interrupted"
    _, alive = psutil.wait_procs(children, timeout=10)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
