"""The embedded engine."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas as pd
import pytest

import smoothstan as ss
from smoothstan.codegen import StanProgram, write_program
from smoothstan.engines import SamplingOptions, StanliEngine
from smoothstan.errors import CompilationError, OptionError, SamplingError
from smoothstan.posterior import FitRequest

QUICK = {"chains": 2, "iter_warmup": 100, "iter_sampling": 100, "show_progress": False}


@pytest.fixture(scope="module")
def program(mcycle: pd.DataFrame) -> StanProgram:
    return write_program(*FitRequest.of("accel ~ s(times, bs='cr', k=6)").bind(mcycle), version="test")


def test_shapes_and_statistics(program: StanProgram) -> None:
    raw = StanliEngine().sample(program, SamplingOptions(seed=1, **QUICK))
    assert raw.values.shape == (2, 100, len(raw.columns))
    assert set(raw.statistics) == {
        "lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__", "energy__",
    }  # fmt: skip
    assert all(values.shape == (2, 100) for values in raw.statistics.values())
    assert raw.engine.startswith("stanli ")
    assert raw.seconds["sample"] > 0


def test_a_seed_reproduces_the_draws(program: StanProgram) -> None:
    first, second, other = (StanliEngine().sample(program, SamplingOptions(seed=seed, **QUICK)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.values, second.values)
    assert not np.array_equal(first.values, other.values)


def test_parallel_chains_do_not_change_the_draws(program: StanProgram) -> None:
    one, two = (StanliEngine().sample(program, SamplingOptions(seed=5, parallel_chains=n, **QUICK)) for n in (1, 2))
    np.testing.assert_array_equal(one.values, two.values)


def test_inits_by_name_radius_and_chain(program: StanProgram) -> None:
    values = {"Intercept": -20.0, "bs": [0.5], "zs_1_1": [0.1] * 4, "sds_1": [2.0], "sigma": 30.0}
    for inits in (values, [values, values], 0.5, 0):
        assert StanliEngine().sample(program, SamplingOptions(seed=1, inits=inits, **QUICK)).values.shape[0] == 2
    with pytest.raises(OptionError, match="needs all parameters"):
        StanliEngine().sample(program, SamplingOptions(inits={"sigma": 1.0}, **QUICK))
    with pytest.raises(OptionError, match="inits"):
        StanliEngine().sample(program, SamplingOptions(inits=values | {"sigma": -1.0}, **QUICK))


def test_gradient_by_finite_differences(program: StanProgram) -> None:
    engine, rng = StanliEngine(), np.random.default_rng(3)
    q = rng.normal(size=8) * 0.5
    value, gradient = engine.log_density(program, q)
    step = 1e-6
    numeric = [
        (engine.log_density(program, q + step * e)[0] - engine.log_density(program, q - step * e)[0]) / (2 * step)
        for e in np.eye(8)
    ]
    # Central differences of a value of magnitude |lp| lose |lp| * eps / step.
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=abs(value) * 1e-9)


def test_a_broken_program_is_refused(program: StanProgram) -> None:
    broken = StanProgram("parameters { real x; } model { x ~ nonsense(1); }", {}, ())
    with pytest.raises(CompilationError, match="nonsense"):
        StanliEngine().sample(broken, SamplingOptions(**QUICK))


def test_a_program_that_can_only_be_interpreted_in_part_names_the_other_engine() -> None:
    code = """
    parameters { real x; } model { x ~ normal(0, 1); }
    generated quantities { matrix[2, 2] r = lkj_corr_rng(2, 1); }
    """
    with pytest.raises(CompilationError, match="backend='cmdstan'"):
        StanliEngine().sample(StanProgram(code, {}, ()), SamplingOptions(**QUICK))


def test_a_chain_that_cannot_start_is_an_error_in_words() -> None:
    program = StanProgram("parameters { real x; } model { target += log(-1 - square(x)); }", {}, ())
    with pytest.raises(SamplingError, match="Common causes"):
        StanliEngine().sample(program, SamplingOptions(**QUICK))


def test_progress_is_drawn_and_leaves_stdout_alone(mcycle: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    ss.brm(
        "accel ~ s(times, bs='cr', k=20)",
        mcycle,
        seed=1,
        chains=2,
        iter_warmup=500,
        iter_sampling=500,
        backend="stanli",
    )
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "chain 1" in captured.err
    assert re.search(r"chain [12]: +\d+%.*/1000", captured.err)


INTERRUPTED = """
    import signal
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its background jobs ignore it
    import smoothstan as ss
    print("ready", flush=True)
    try:
        ss.brm("accel ~ s(times, bs='cr', k=20)", ss.load_dataset("mcycle"), iter_warmup=400_000, seed=1,
               backend="stanli", show_progress=False)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_ctrl_c_stops_the_chains() -> None:
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(INTERRUPTED)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0].strip() == "interrupted"
    assert process.returncode == 0
